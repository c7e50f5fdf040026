"""Betfair Exchange: markets, best prices to back and to lay, and the stream of their changes."""
