-- Both books' prices of both winners.
{{ winner_prices(source('silver_korfball', 'odds_quotes'), 'moneyline', ['home', 'away'], ['known_at_basis']) }}
