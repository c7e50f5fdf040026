"""The Odds API, version 4: prices of many books, fixtures, scores."""
