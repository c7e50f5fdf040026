-- Each book's 1X2 prices at every moment at which one of them became known, side by side.
{{ winner_prices(source('silver_football', 'odds_quotes'), '1x2', ['home', 'draw', 'away']) }}
