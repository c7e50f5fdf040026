-- The moments at which games are or would have been decided: past ones at noon of the league's clocks on their day, an
-- hour before an earlier tip-off, or when the fixture became known after that; coming ones of the leagues asked for at
-- the moment of this run. A game of which nothing was known before its tip-off is no decision.
with versions as (
    select
        *,
        greatest(
            case
                when {{ league_noon('event_at_utc') }} < event_at_utc then {{ league_noon('event_at_utc') }}
                else event_at_utc - interval 1 hour
            end,
            known_at_utc
        ) as decided_at_utc,
        first_value(event_at_utc) over (partition by match_id order by known_at_utc desc) > {{ as_of() }} as is_upcoming
    from {{ ref('stg_fixtures') }}
),

chosen as (
    select *
    from versions
    where
        case
            when is_upcoming then superseded_at_utc > {{ as_of() }}
            else decided_at_utc < superseded_at_utc and decided_at_utc < event_at_utc
        end
    qualify row_number() over (partition by match_id order by known_at_utc desc) = 1
)

select
    match_id,
    competition_id,
    season_code,
    season_type,
    event_at_utc,
    home_team_id,
    away_team_id,
    is_neutral,
    case when is_upcoming then {{ as_of() }} else decided_at_utc end as as_of_utc,
    is_upcoming
from chosen
where not is_upcoming or (event_at_utc <= {{ horizon_end() }} and {{ is_asked_for('competition_id') }})
