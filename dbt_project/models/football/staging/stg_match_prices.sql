-- Each book's 1X2 prices of one moment, side by side.
select
    match_id,
    competition_id,
    season_code,
    bookmaker,
    is_aggregate,
    quote_kind,
    known_at_utc,
    max(case when selection = 'home' then price_odds_dec end) as home_odds_dec,
    max(case when selection = 'draw' then price_odds_dec end) as draw_odds_dec,
    max(case when selection = 'away' then price_odds_dec end) as away_odds_dec
from {{ source('silver_football', 'odds_quotes') }}
where market = '1x2' and known_at_utc <= {{ as_of() }}
group by all
having count(distinct selection) = 3
