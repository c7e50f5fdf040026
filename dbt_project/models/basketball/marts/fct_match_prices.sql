-- Each book's prices of the winner at one moment: what could be bet at, what closed, and what only averages.
select
    match_id,
    competition_id,
    season_code,
    bookmaker,
    is_aggregate,
    quote_kind,
    known_at_utc,
    home_odds_dec,
    away_odds_dec,
    known_at_basis
from {{ ref('stg_match_prices') }}
