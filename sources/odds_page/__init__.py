"""A bookmaker's web page of match odds, seen through a browser."""
