-- Each book's two prices of a line (over and under, or home and away after a spread) at every moment at which one of
-- them became known, side by side. An archive may tell a line without a price; a line that the book left later still
-- stands: what is newest says which it quotes.
with changes as (
    select
        match_id,
        competition_id,
        season_code,
        bookmaker,
        is_aggregate,
        quote_kind,
        market,
        line,
        known_at_utc,
        min(known_at_basis) as known_at_basis,
        max(case when selection in ('over', 'home') then price_odds_dec end) as first_change,
        max(case when selection in ('under', 'away') then price_odds_dec end) as second_change
    from {{ source('silver_basketball', 'odds_quotes') }}
    where market in ('totals', 'spread') and line is not null and known_at_utc <= {{ as_of() }}
    group by all
)

select
    * exclude (first_change, second_change),
    last_value(first_change ignore nulls) over moment as first_odds_dec,
    last_value(second_change ignore nulls) over moment as second_odds_dec
from changes
window moment as (
    partition by match_id, bookmaker, quote_kind, market, line order by known_at_utc
    rows between unbounded preceding and current row
)
