-- What the named books offered on a match at the moment of its decision: the market's prior.
with latest as (
    select
        spine.match_id,
        prices.bookmaker,
        prices.home_odds_dec,
        prices.draw_odds_dec,
        prices.away_odds_dec
    from {{ ref('spn_decisions') }} as spine
    inner join {{ ref('stg_match_prices') }} as prices
        on spine.match_id = prices.match_id and spine.as_of_utc >= prices.known_at_utc
    where not prices.is_aggregate and prices.quote_kind != 'closing'
    qualify row_number() over (
        partition by spine.match_id, prices.bookmaker order by prices.known_at_utc desc
    ) = 1
),

summary as (
    select
        match_id,
        count(*) as books_count,
        avg(cast(home_odds_dec as decimal(18, 6))) as home_mean_odds_dec,
        avg(cast(draw_odds_dec as decimal(18, 6))) as draw_mean_odds_dec,
        avg(cast(away_odds_dec as decimal(18, 6))) as away_mean_odds_dec,
        max(home_odds_dec) as home_best_odds_dec,
        max(draw_odds_dec) as draw_best_odds_dec,
        max(away_odds_dec) as away_best_odds_dec,
        avg(cast(1 / home_odds_dec + 1 / draw_odds_dec + 1 / away_odds_dec as decimal(18, 9))) as mean_overround
    from latest
    group by match_id
)

select
    spine.match_id,
    spine.competition_id,
    spine.season_code,
    spine.as_of_utc,
    coalesce(summary.books_count, 0) as books_count,
    summary.* exclude (match_id, books_count)
from {{ ref('spn_decisions') }} as spine
left join summary on spine.match_id = summary.match_id
