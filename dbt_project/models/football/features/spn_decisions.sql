-- The moments at which matches are or would have been decided: past ones at their first named price (else a day
-- before kick-off), coming ones at the moment of this run.
with first_price as (
    select
        match_id,
        min(known_at_utc) as priced_at_utc
    from {{ ref('stg_match_prices') }}
    where quote_kind != 'closing' and not is_aggregate
    group by match_id
),

known as (
    select
        fixtures.match_id,
        fixtures.competition_id,
        fixtures.season_code,
        fixtures.event_at_utc,
        fixtures.home_team_id,
        fixtures.away_team_id,
        least(
            coalesce(first_price.priced_at_utc, fixtures.event_at_utc - interval 1 day), fixtures.event_at_utc
        ) as decided_at_utc
    from {{ ref('stg_fixtures') }} as fixtures
    left join first_price on fixtures.match_id = first_price.match_id
    where fixtures.superseded_at_utc > {{ as_of() }}
)

select
    match_id,
    competition_id,
    season_code,
    event_at_utc,
    home_team_id,
    away_team_id,
    case when event_at_utc > {{ as_of() }} then {{ as_of() }} else decided_at_utc end as as_of_utc,
    event_at_utc > {{ as_of() }} as is_upcoming
from known
where event_at_utc <= {{ horizon_end() }}
