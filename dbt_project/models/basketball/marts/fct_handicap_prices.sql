-- Each book's prices of both sides after a spread, at one moment; null where only the line was told.
select
    match_id,
    competition_id,
    season_code,
    bookmaker,
    is_aggregate,
    quote_kind,
    line,
    known_at_utc,
    first_odds_dec as home_odds_dec,
    second_odds_dec as away_odds_dec,
    known_at_basis
from {{ ref('stg_line_prices') }}
where market = 'spread'
