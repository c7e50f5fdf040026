"""Full names of gold tables, for tests that write tables of the desk beside those of a sport."""

from __future__ import annotations

from lake.desk import desk_tables, of_desk


def gold(table: str, sport: str = "football") -> str:
    """Of the desk where the table is the desk's, else of the sport."""
    return of_desk(table) if table in desk_tables() else f"gold.{sport}.{table}"
