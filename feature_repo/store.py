"""The one door to Feast: apply definitions, write the newest values online, read them back, read history."""

from __future__ import annotations

import contextlib
import io
import logging
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from feature_repo.pit import as_of_join

if TYPE_CHECKING:
    from feast import FeatureStore

SIDES = ("home", "away")


class Store:
    """Feature store of one lake: registry and online values stand under `root`.

    Reading online gives what was written last, so a run writes before it reads; history is read from the frame given.
    """

    def __init__(self, root: Path, published: Path) -> None:
        self._root = root
        self._published = published

    def publish(self, form: pl.DataFrame, as_of: datetime) -> int:
        """Apply the definitions and make the newest form of each club known at `as_of` the online one.

        `form` is gold feat_team_form. What was online before is forgotten, so that an earlier moment never serves
        later values. Returns clubs written.
        """
        from feature_repo.definitions import LIVES, TIMESTAMP, VIEW, definitions

        newest = (
            form.filter(pl.col(TIMESTAMP).is_between(as_of - LIVES, as_of))
            .sort(TIMESTAMP)
            .unique("team_id", keep="last")
        )
        (self._root / "online.db").unlink(missing_ok=True)
        store = self._open()
        with _quietly():
            store.apply(list(definitions(self._published)))
            if len(newest):
                store.write_to_online_store(VIEW, df=self._columns(newest).to_pandas())
        return len(newest)

    def online(self, team_ids: Sequence[str]) -> pl.DataFrame:
        """Features of these clubs as they stand online, one row each in their order; null where a club has none."""
        from feature_repo.definitions import FIELDS, SERVICE

        store = self._open()
        if not team_ids:
            return pl.DataFrame(schema={"team_id": pl.String} | {field.name: field.polars_type for field in FIELDS})
        with _quietly():
            service = store.get_feature_service(SERVICE)
            values = store.get_online_features(service, [{"team_id": team} for team in team_ids]).to_dict()
        schema = {field.name: field.polars_type for field in FIELDS}
        return pl.DataFrame(
            {"team_id": list(team_ids)} | {name: values[name] for name in schema}, schema_overrides=schema
        )

    def _columns(self, form: pl.DataFrame) -> pl.DataFrame:
        from feature_repo.definitions import FIELDS, TIMESTAMP

        return form.select("team_id", TIMESTAMP, *(field.name for field in FIELDS))

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


def historical(spine: pl.DataFrame, form: pl.DataFrame) -> pl.DataFrame:
    """Every decision with both clubs' form as known then: columns `home_…` and `away_…`, null where none or too old.

    `spine` is gold spn_decisions (any rows of it), `form` gold feat_team_form.
    """
    from feature_repo.definitions import LIVES

    fields = [column for column in form.columns if column not in ("event_at_utc", "competition_id", "season_code")]
    for side in SIDES:
        named = form.select(fields).rename({name: f"{side}_{name}" for name in fields})
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
