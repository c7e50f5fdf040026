"""Small histories for the proofs: silver facts as frames, planted into a lake, and gold built from them."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from assets import dbt_runner
from assets.features import publish_candidate
from core.settings import Settings
from feature_repo.store import Store, historical
from lake.contracts.model import contract
from lake.contracts.render import dbt_contracts, source_entities
from lake.hashing import content_hash
from lake.storage import Lake
from lake.views import open_snapshot, read_table
from models import dataset
from models.dataset import Dataset
from models.recipe import Recipe
from models.registry import Registry
from replay import believe, learning

SPORT = "football"
Facts = Mapping[str, pl.DataFrame]
Gold = Mapping[str, pl.DataFrame]
NOW = datetime(2026, 11, 20, 17, tzinfo=UTC)


def facts(lake: Lake, seasons: Sequence[str]) -> dict[str, pl.DataFrame]:
    """Silver of these seasons."""
    inside = pl.col("season_code").is_in(list(seasons))
    return {name: lake.table(f"silver.{SPORT}.{name}").read(inside) for name in source_entities(SPORT)}


def known(found: Facts, as_of: datetime) -> dict[str, pl.DataFrame]:
    """The history cut at a moment: no row that became known later. Clubs carry no such time and stay."""
    return {
        name: rows.filter(pl.col("known_at_utc") <= as_of) if "known_at_utc" in rows.columns else rows
        for name, rows in found.items()
    }


def planted(root: Path, found: Facts) -> Lake:
    """A lake whose silver holds exactly these facts."""
    lake = Lake(root)
    for name, rows in found.items():
        lake.table(f"silver.{SPORT}.{name}").replace(rows)
    return lake


def gold(lake: Lake, as_of: datetime, *, publish: bool = False) -> dict[str, pl.DataFrame]:
    """Every model of dbt as the run at this moment builds it, and if asked also as tables of the lake."""
    with tempfile.TemporaryDirectory(prefix="fairline-leakage-") as folder:
        database = Path(folder) / dbt_runner.DATABASE_NAME
        open_snapshot(database, lake, [f"silver.{SPORT}.{name}" for name in source_entities(SPORT)])
        built = dbt_runner.build(database, {"as_of_utc": as_of.isoformat(), "horizon_hours": 72})
        assert built.success, built.exception
        if publish:
            publish_candidate(lake, database, SPORT)
        return {name: read_table(database, f"gold_{SPORT}", name) for name in dbt_contracts(SPORT)}


def built(folder: Path, found: Facts, as_of: datetime) -> dict[str, pl.DataFrame]:
    """Gold of these facts at a moment, in a lake of its own."""
    return gold(planted(Path(tempfile.mkdtemp(dir=folder)), found), as_of)


def hashes(tables: Gold) -> dict[str, str]:
    """Content hash of every gold table."""
    return {name: content_hash(rows, contract(f"gold.{SPORT}.{name}")) for name, rows in tables.items()}


def joined(tables: Gold) -> pl.DataFrame:
    """Every decision, past and coming, with both clubs' form as known then."""
    return historical(tables["spn_decisions"], tables["feat_team_form"]).sort("match_id")


def training_frame(tables: Gold) -> Dataset:
    """What the learners read of the past decisions."""
    past = tables["spn_decisions"].filter(~pl.col("is_upcoming"))
    decisions = historical(past, tables["feat_team_form"])
    names = ("feat_match_schedule", "fct_results", "fct_match_prices", "fct_total_prices", "fct_match_statistics")
    return dataset.assemble(decisions, *(tables[name] for name in names), Recipe())


def learner_rows(data: Dataset) -> pl.DataFrame:
    """One row a decision: its identity and every number that a learner sees."""
    return data.rows.select("match_id", "as_of_utc", "event_at_utc").hstack(data.features.get_columns())


def decided(lake: Lake, state: Path, as_of: datetime) -> tuple[pl.DataFrame, ...]:
    """The tables `PRICED` of a moment, by the functions that the run uses; gold must stand in the lake."""
    settings = Settings(lake=lake.root, as_of=as_of, leagues=("E0",))
    registry, store = Registry(state / "mlflow"), Store(state / "feast", state / "published", SPORT)
    learning.learn(lake, registry, settings, as_of, lambda _: None, lambda *_: b"")
    store.publish({"feat_team_form": lake.table(f"gold.{SPORT}.feat_team_form").read()}, as_of)
    found = believe.predict(lake, registry, store, settings)
    return tuple(getattr(found, name) for name in believe.PRICED)
