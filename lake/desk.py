"""The desk: gold tables that belong to the bettor and not to a sport, so that one bankroll stands behind all sports.

What is believed, priced and learned of a sport stands in that sport's own group.
"""

from __future__ import annotations

from lake.contracts.model import contracts

DESK = "desk"


def of_desk(table: str) -> str:
    """The full name of a table of the desk, such as `gold.desk.tickets`."""
    return f"gold.{DESK}.{table}"


def desk_tables() -> tuple[str, ...]:
    """All tables of the desk by their short names."""
    return tuple(found.identity[2] for found in contracts().values() if found.identity[:2] == ("gold", DESK))
