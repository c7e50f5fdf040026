-- The moments at which matches are or would have been decided: past ones at their first named price (else a day
-- before kick-off) with the fixture as it was known then, coming ones of the leagues asked for at the moment of this
-- run.
with first_price as (
    select
        match_id,
        min(known_at_utc) as priced_at_utc
    from {{ ref('stg_match_prices') }}
    where quote_kind != 'closing' and not is_aggregate
    group by match_id
),

versions as (
    select
        fixtures.*,
        least(
            coalesce(first_price.priced_at_utc, fixtures.event_at_utc - interval 1 day), fixtures.event_at_utc
        ) as decided_at_utc,
        first_value(fixtures.event_at_utc) over (
            partition by fixtures.match_id order by fixtures.known_at_utc desc
        ) > {{ as_of() }} as is_upcoming
    from {{ ref('stg_fixtures') }} as fixtures
    left join first_price on fixtures.match_id = first_price.match_id
),

chosen as (
    select *
    from versions
    qualify row_number() over (
        partition by match_id
        order by
            case
                when is_upcoming then superseded_at_utc > {{ as_of() }}
                else decided_at_utc >= known_at_utc and decided_at_utc < superseded_at_utc
            end desc,
            known_at_utc asc
    ) = 1
)

select
    match_id,
    competition_id,
    season_code,
    event_at_utc,
    home_team_id,
    away_team_id,
    case when is_upcoming then {{ as_of() }} else decided_at_utc end as as_of_utc,
    is_upcoming
from chosen
where not is_upcoming or (event_at_utc <= {{ horizon_end() }} and {{ is_asked_for('competition_id') }})
