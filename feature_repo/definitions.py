"""What Feast knows: one entity, a view on each gold table of team features, one service for the models of each sport.

Fields come from contracts, so Feast cannot drift from gold. This is the only file that Feast scans; which tables are
served is told by `feature_repo.tables`.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from feast import Entity, FeatureService, FeatureView, Field, FileSource, ValueType
from feast.types import Float64, Int64

from feature_repo.tables import SERVICES, TABLES
from lake.contracts.model import Column, contract

TIMESTAMP = "known_at_utc"
LIVES = timedelta(days=400)
"""Form older than this says nothing of a team any more: it is null, in history and online."""
_TYPES = {"float": Float64, "int": Int64}
_TEAM = Entity(name="team", join_keys=["team_id"], value_type=ValueType.STRING, description="A club or team.")


def fields(sport: str, table: str) -> tuple[Column, ...]:
    """The features of a gold table."""
    return tuple(column for column in contract(f"gold.{sport}.{table}").columns if column.type in _TYPES)


def all_fields(sport: str) -> tuple[Column, ...]:
    """Every feature of a sport's teams, table by table."""
    return tuple(column for table in TABLES[sport] for column in fields(sport, table))


def view_name(sport: str, table: str) -> str:
    """What Feast calls the view on a table, such as football_team_form."""
    return f"{sport}_{table.removeprefix('feat_')}"


def definitions(sport: str, published: Path) -> tuple[list[FeatureView], list[Entity | FeatureView | FeatureService]]:
    """A sport's views in the order of `TABLES`, and all that Feast has to know of it; nothing is read here.

    `published`: the folder of gold's published Parquet.
    """
    views = [_view(sport, table, published) for table in TABLES[sport]]
    service = FeatureService(name=SERVICES[sport], features=list(views), description=f"Read by models of {sport}.")
    return views, [_TEAM, *views, service]


def _view(sport: str, table: str, published: Path) -> FeatureView:
    found = contract(f"gold.{sport}.{table}")
    name = view_name(sport, table)
    return FeatureView(
        name=name,
        entities=[_TEAM],
        ttl=LIVES,
        schema=[
            Field(name=column.name, dtype=_TYPES[column.type], description=column.description)
            for column in fields(sport, table)
        ],
        source=FileSource(name=name, path=str(published), timestamp_field=TIMESTAMP),
        online=True,
        tags={"contract": found.name, "contract_version": str(found.version), "owner": found.owner},
    )


globals().update({known.name: known for sport in TABLES for known in definitions(sport, Path("published"))[1]})
"""The same objects under names of their own: `feast` on the command line looks for them in the module."""
