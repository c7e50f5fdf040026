-- Each book's 1X2 prices at every moment at which one of them became known, side by side.
with changes as (
    select
        match_id,
        competition_id,
        season_code,
        bookmaker,
        is_aggregate,
        quote_kind,
        known_at_utc,
        max(case when selection = 'home' then price_odds_dec end) as home_change,
        max(case when selection = 'draw' then price_odds_dec end) as draw_change,
        max(case when selection = 'away' then price_odds_dec end) as away_change
    from {{ source('silver_football', 'odds_quotes') }}
    where market = '1x2' and known_at_utc <= {{ as_of() }}
    group by all
),

standing as (
    select
        * exclude (home_change, draw_change, away_change),
        last_value(home_change ignore nulls) over moment as home_odds_dec,
        last_value(draw_change ignore nulls) over moment as draw_odds_dec,
        last_value(away_change ignore nulls) over moment as away_odds_dec
    from changes
    window moment as (
        partition by match_id, bookmaker, quote_kind order by known_at_utc
        rows between unbounded preceding and current row
    )
)

select *
from standing
where home_odds_dec is not null and draw_odds_dec is not null and away_odds_dec is not null
