"""The one door to Feast: apply definitions, write the newest values online, read them back, read history."""

from __future__ import annotations

import contextlib
import io
import logging
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from feature_repo.pit import as_of_join
from feature_repo.tables import SERVICES, TABLES

if TYPE_CHECKING:
    from feast import FeatureStore

SIDES = ("home", "away")


class Store:
    """Feature store of one sport of a lake: registry and online values stand under `root`.

    Reading online gives what was written last, so a run writes before it reads; history is read from the frames given.
    """

    def __init__(self, root: Path, published: Path, sport: str) -> None:
        self._root, self._published, self._sport = root, published, sport

    def publish(self, tables: Mapping[str, pl.DataFrame], as_of: datetime) -> int:
        """Apply the definitions and make each team's newest features known at `as_of` the online ones.

        `tables`: the gold tables of `feature_repo.definitions.TABLES` by name. What was online before is forgotten, so
        that an earlier moment never serves later values. Returns the teams written.
        """
        from feature_repo.definitions import definitions

        (self._root / "online.db").unlink(missing_ok=True)
        store = self._open()
        views, known = definitions(self._sport, self._published)
        newest = [self._newest(table, tables[table], as_of) for table in TABLES[self._sport]]
        with _quietly():
            store.apply(known)
            for view, rows in zip(views, newest, strict=True):
                if len(rows):
                    store.write_to_online_store(view.name, df=rows.to_pandas())
        return int(pl.concat([rows["team_id"] for rows in newest]).n_unique())

    def online(self, team_ids: Sequence[str]) -> pl.DataFrame:
        """Features of these teams as they stand online, one row each in their order; null where a team has none."""
        from feature_repo.definitions import all_fields

        store = self._open()
        schema = {field.name: field.polars_type for field in all_fields(self._sport)}
        if not team_ids:
            return pl.DataFrame(schema={"team_id": pl.String(), **schema})
        with _quietly():
            service = store.get_feature_service(SERVICES[self._sport])
            values = store.get_online_features(service, [{"team_id": team} for team in team_ids]).to_dict()
        return pl.DataFrame(
            {"team_id": list(team_ids)} | {name: values[name] for name in schema}, schema_overrides=schema
        )

    def _newest(self, table: str, rows: pl.DataFrame, as_of: datetime) -> pl.DataFrame:
        from feature_repo.definitions import LIVES, TIMESTAMP, fields

        told = rows.filter(pl.col(TIMESTAMP).is_between(as_of - LIVES, as_of)).sort(TIMESTAMP)
        columns = (field.name for field in fields(self._sport, table))
        return told.unique("team_id", keep="last").select("team_id", TIMESTAMP, *columns)

    def _open(self) -> FeatureStore:
        from feast import FeatureStore, RepoConfig
        from feast.repo_config import RegistryConfig

        self._root.mkdir(parents=True, exist_ok=True)
        return FeatureStore(
            config=RepoConfig(
                project="fairline",
                provider="local",
                registry=RegistryConfig(
                    registry_type="file", path=str(self._root / "registry.db"), cache_ttl_seconds=0
                ),
                online_store={"type": "sqlite", "path": str(self._root / "online.db")},
                offline_store={"type": "file"},
                entity_key_serialization_version=3,
            )
        )


def historical(spine: pl.DataFrame, *tables: pl.DataFrame) -> pl.DataFrame:
    """Every decision with both teams' features as known then: columns `home_…`, `away_…`, null where none or too old.

    `spine` is gold spn_decisions (any rows of it), `tables` gold tables of features of teams.
    """
    from feature_repo.definitions import LIVES

    for table in tables:
        fields = [column for column in table.columns if column not in ("event_at_utc", "competition_id", "season_code")]
        for side in SIDES:
            named = table.select(fields).rename({name: f"{side}_{name}" for name in fields})
            spine = as_of_join(spine, named, f"{side}_team_id", "as_of_utc", f"{side}_known_at_utc", LIVES)
    return spine


def latest(spine: pl.DataFrame, online: pl.DataFrame) -> pl.DataFrame:
    """Coming decisions with both clubs' online features, in the columns of `historical`."""
    for side in SIDES:
        named = online.rename({name: f"{side}_{name}" for name in online.columns})
        spine = spine.join(named, on=f"{side}_team_id", how="left", maintain_order="left")
    return spine


@contextlib.contextmanager
def _quietly() -> Iterator[None]:
    logging.getLogger("feast").setLevel(logging.ERROR)
    with contextlib.redirect_stdout(io.StringIO()):
        yield
