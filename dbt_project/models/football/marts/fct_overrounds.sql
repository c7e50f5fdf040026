-- The margin of each book by month and market, from the last quote of every match and line that it told in the month.
with quotes as (
    select
        match_id,
        competition_id,
        season_code,
        bookmaker,
        is_aggregate,
        '1x2' as market,
        quote_kind,
        0.0 as goal_line,
        known_at_utc,
        1 / home_odds_dec + 1 / draw_odds_dec + 1 / away_odds_dec - 1 as overround
    from {{ ref('fct_match_prices') }}
    union all
    select
        match_id,
        competition_id,
        season_code,
        bookmaker,
        is_aggregate,
        'totals' as market,
        quote_kind,
        line,
        known_at_utc,
        1 / over_odds_dec + 1 / under_odds_dec - 1 as overround
    from {{ ref('fct_total_prices') }}
    union all
    select
        match_id,
        competition_id,
        season_code,
        bookmaker,
        is_aggregate,
        'asian_handicap' as market,
        quote_kind,
        line,
        known_at_utc,
        1 / home_odds_dec + 1 / away_odds_dec - 1 as overround
    from {{ ref('fct_handicap_prices') }}
),

last_of_month as (
    select
        *,
        strftime(known_at_utc at time zone 'UTC', '%Y-%m') as told_in_month
    from quotes
    qualify row_number() over (
        partition by match_id, bookmaker, market, quote_kind, goal_line, told_in_month order by known_at_utc desc
    ) = 1
)

select
    competition_id,
    season_code,
    bookmaker,
    is_aggregate,
    market,
    quote_kind,
    told_in_month,
    count(*) as markets_count,
    cast(avg(cast(overround as decimal(18, 9))) as double) as mean_overround,
    median(overround) as median_overround,
    max(known_at_utc) as known_at_utc
from last_of_month
group by all
