"""What Feast knows: one entity, one view on the gold table of team form, one service for the 1X2 models.

Fields come from the contract, so Feast cannot drift from gold. This is the only file that Feast scans.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from feast import Entity, FeatureService, FeatureView, Field, FileSource, ValueType
from feast.types import Float64, Int64

from lake.contracts.model import contract

VIEW = "team_form"
SERVICE = "football_1x2_v1"
TIMESTAMP = "known_at_utc"
LIVES = timedelta(days=400)
"""Form older than this says nothing of a club any more: it is null, in history and online."""
_TYPES = {"float": Float64, "int": Int64}
FORM = contract("gold.football.feat_team_form")
FIELDS = tuple(column for column in FORM.columns if column.type in _TYPES)


def definitions(published: Path) -> tuple[Entity, FeatureView, FeatureService]:
    """Entity, view and service over the published Parquet of gold; nothing is read here."""
    team = Entity(name="team", join_keys=["team_id"], value_type=ValueType.STRING, description="A club.")
    view = FeatureView(
        name=VIEW,
        entities=[team],
        ttl=LIVES,
        schema=[
            Field(name=column.name, dtype=_TYPES[column.type], description=column.description) for column in FIELDS
        ],
        source=FileSource(name="feat_team_form", path=str(published), timestamp_field=TIMESTAMP),
        online=True,
        tags={"contract": FORM.name, "contract_version": str(FORM.version), "owner": FORM.owner},
    )
    return team, view, FeatureService(name=SERVICE, features=[view], description="What the 1X2 models read.")


TEAM, TEAM_FORM, FOOTBALL_1X2 = definitions(Path("published"))
"""The same objects for `feast` on the command line, which looks for them by name."""
