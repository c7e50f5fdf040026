"""API-Football v3, directly and through RapidAPI: fixtures, line-ups, statistics, injuries, prices, tables."""
