-- Each book's prices of both winners at every moment at which one of them became known, side by side.
{{ winner_prices(source('silver_basketball', 'odds_quotes'), 'moneyline', ['home', 'away'], ['known_at_basis']) }}
