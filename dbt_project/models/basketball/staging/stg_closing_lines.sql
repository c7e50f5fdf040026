-- The line at which a market closed, one row a game: of each book the line it told last, the middle one of them. Named
-- books come before averages of books, and closing quotes, where they were told before the first result, before those
-- seen last before tip-off. Of averages the `consensus` of the archive comes first: to 2020-21 its spreads missed the
-- margin by 10.31 points on average, `consensus_mean` on the same 256 games by 10.41.
with first_results as (
    select
        match_id,
        min(event_at_utc) as event_at_utc,
        min(known_at_utc) as known_at_utc
    from {{ ref('stg_results') }}
    group by match_id
),

last_told as (
    select
        prices.match_id,
        prices.market,
        prices.bookmaker,
        prices.is_aggregate,
        prices.quote_kind = 'closing' as is_closing,
        prices.line
    from {{ ref('stg_line_prices') }} as prices
    inner join first_results
        on
            prices.match_id = first_results.match_id
            and prices.known_at_utc <= case
                when prices.quote_kind = 'closing' then first_results.known_at_utc
                else first_results.event_at_utc
            end
    qualify row_number() over (
        partition by prices.match_id, prices.market, prices.bookmaker
        order by
            is_closing desc,
            prices.known_at_utc desc,
            abs(coalesce(prices.first_odds_dec, 2) - 2) asc,
            prices.line asc
    ) = 1
),

best_told as (
    select *
    from last_told
    qualify dense_rank() over (
        partition by match_id, market
        order by is_closing desc, is_aggregate asc, (is_aggregate and bookmaker != 'consensus') asc
    ) = 1
)

select
    match_id,
    median(line) filter (where market = 'spread') as home_spread,
    median(line) filter (where market = 'totals') as total
from best_told
group by match_id
