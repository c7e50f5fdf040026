-- Each book's prices of both winners at every moment at which one of them became known, side by side.
with changes as (
    select
        match_id,
        competition_id,
        season_code,
        bookmaker,
        is_aggregate,
        quote_kind,
        known_at_utc,
        min(known_at_basis) as known_at_basis,
        max(case when selection = 'home' then price_odds_dec end) as home_change,
        max(case when selection = 'away' then price_odds_dec end) as away_change
    from {{ source('silver_basketball', 'odds_quotes') }}
    where market = 'moneyline' and known_at_utc <= {{ as_of() }}
    group by all
),

standing as (
    select
        * exclude (home_change, away_change),
        last_value(home_change ignore nulls) over moment as home_odds_dec,
        last_value(away_change ignore nulls) over moment as away_odds_dec
    from changes
    window moment as (
        partition by match_id, bookmaker, quote_kind order by known_at_utc
        rows between unbounded preceding and current row
    )
)

select *
from standing
where home_odds_dec is not null and away_odds_dec is not null
