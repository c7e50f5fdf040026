"""The words everybody speaks: settings, clock, errors, money and markets.

Nothing here knows tables, vendors or Dagster; every other room may import this one, and it imports none.
"""
