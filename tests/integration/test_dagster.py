"""Dagster: one identity a table, jobs and schedules as promised, blocking checks that block, runs that can be seen."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import polars as pl
import pytest
from dagster import AssetKey, DagsterEventType, DagsterInstance, DagsterRunStatus, DefaultScheduleStatus, Definitions

from core.settings import Settings
from lake.contracts.model import contract, contracts
from lake.storage import Lake
from pipelines.instance import open_instance
from pipelines.launch import run_job
from replay.craft import CRAFTS
from tests.gold import gold
from tests.integration.runs import PROJECT, Finished, environment

pytestmark = pytest.mark.slow
CRON = {
    "nightly": "0 2 * * *", "hourly_statistics": "hourly", "intraday_odds": "*/5 * * * *", "settlement": "any",
    "cleanup": "any",
}  # fmt: skip
SCHEDULES = """
import json
from pipelines.definitions import defs
found = [s for s in defs.get_repository_def().schedule_defs]
print(json.dumps({s.job_name: [s.cron_schedule, s.execution_timezone, s.default_status.value] for s in found}))
"""


@pytest.fixture(scope="module")
def defs() -> Definitions:
    """The definitions; how long they took to load is told, not judged."""
    started = time.monotonic()
    from pipelines.definitions import defs as loaded

    loaded.get_repository_def()
    print(f"definitions loaded in {time.monotonic() - started:.1f} s")
    return loaded


def _keys(defs: Definitions) -> set[AssetKey]:
    return set(defs.resolve_asset_graph().get_all_asset_keys())


def _ours(layers: tuple[str, ...]) -> list[str]:
    return [name for name in contracts() if name.startswith(layers)]


BY_OTHERS = {*(f"gold.{sport}.backtests" for sport in CRAFTS), "gold.desk.own_bets"}
"""Tables of jobs that are not run here, and of what people write."""
NEVER_WRITTEN = BY_OTHERS | {"gold.desk.limit_changes", "gold.basketball.model_performance"}
"""These, and tables of what nobody asked for: the one league is football's, so of basketball nothing is learned."""
READ = (
    "football_data", "fantasy_premier_league", "the_odds_api", "api_football", "football_data_org", "betfair", "news",
)  # fmt: skip
FILLED = (
    "matches", "teams", "team_stats", "odds_quotes", "players", "player_stats", "vendor_matches", "injuries",
    "standings", "exchange_markets", "news", "parsed_payloads",
)  # fmt: skip


@pytest.mark.parametrize("name", _ours(("bronze.", "silver.", "gold.", "quarantine.")))
def test_a_table_has_one_identity_as_asset_and_path(defs: Definitions, ran: Finished, name: str) -> None:
    identity = contract(name).identity
    assert AssetKey(identity) in _keys(defs)
    assert Lake(ran.lake).table(name).path == ran.lake.joinpath(*identity)


@pytest.mark.parametrize(
    "name",
    [
        *(name for name in _ours(("gold.",)) if name not in NEVER_WRITTEN),
        *(f"bronze.{vendor}.captures" for vendor in READ),
        *(f"silver.football.{entity}" for entity in FILLED),
    ],
)
def test_a_run_of_one_league_fills_its_tables(ran: Finished, name: str) -> None:
    table = Lake(ran.lake).table(name)
    assert table.exists
    assert table.rows() or not name.startswith(("bronze.", "silver."))


def test_no_folder_of_the_lake_is_a_table_without_a_contract(ran: Finished) -> None:
    logs = (
        log.parent
        for layer in ("bronze", "silver", "gold", "quarantine")
        for log in ran.lake.glob(f"{layer}/*/*/_delta_log")
    )
    found = {".".join(path.relative_to(ran.lake).parts) for path in logs}
    assert len(found) > 15
    assert found <= contracts().keys()


@pytest.mark.parametrize("sport", CRAFTS)
def test_dbt_knows_its_tables_by_the_same_names(defs: Definitions, sport: str) -> None:
    from assets import dbt_runner

    manifest = json.loads(dbt_runner.manifest_path(sport).read_text())
    sources = {f"{node['source_name'].replace('_', '.', 1)}.{node['name']}" for node in manifest["sources"].values()}
    models = {
        f"{node['schema'].replace('_', '.', 1)}.{node['name']}"
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["schema"].startswith("gold_")
    }
    assert sources
    assert sources <= contracts().keys()
    prefixes = ("dim_", "fct_", "feat_", "spn_")
    assert models == {name for name in _ours((f"gold.{sport}.",)) if name.split(".")[2].startswith(prefixes)}
    assert {AssetKey(name.split(".")) for name in sources | models} <= _keys(defs)


def test_an_asset_of_a_lake_layer_has_a_contract(defs: Definitions) -> None:
    layers = {"bronze", "silver", "gold", "quarantine"}
    found = {".".join(key.path) for key in _keys(defs) if key.path[0] in layers}
    assert found == contracts().keys()


def _schedules(profile: str | None) -> Mapping[str, tuple[str, str, str]]:
    more = {"FAIRLINE_PROFILE": profile} if profile else {}
    said = subprocess.run(
        [sys.executable, "-c", SCHEDULES],
        env=environment(**more),
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    found: Mapping[str, tuple[str, str, str]] = json.loads(said.stdout.splitlines()[-1])
    return found


@pytest.mark.parametrize(
    ("profile", "status"), [(None, DefaultScheduleStatus.STOPPED), ("archive", DefaultScheduleStatus.STOPPED),
                            ("live", DefaultScheduleStatus.RUNNING)]
)  # fmt: skip
def test_jobs_have_their_schedules_and_they_run_in_live_only(
    profile: str | None, status: DefaultScheduleStatus
) -> None:
    found = _schedules(profile)
    assert found.keys() == CRON.keys()
    for job, (cron, zone, default) in found.items():
        assert (zone, default) == ("UTC", status.value)
        if CRON[job] == "hourly":
            assert cron.split()[1:] == ["*"] * 4
            assert cron.split()[0].isdigit()
        elif CRON[job] != "any":
            assert cron == CRON[job]


OURS = (
    "keeps_its_contract", "no_row_is_lost", "no_sure_profit", "always_balances", "audit_is_whole",
    "posterior_has_converged",
)  # fmt: skip


def test_every_check_of_ours_blocks(defs: Definitions) -> None:
    graph = defs.resolve_asset_graph()
    ours = [key for key in graph.asset_check_keys if key.name in OURS]
    assert len(ours) >= 10
    for key in ours:
        assert graph.get_check_spec(key).blocking, key


def test_the_nightly_job_checks_what_tickets_are_built_on(defs: Definitions) -> None:
    layer = defs.resolve_job_def("nightly").asset_layer
    checked = {key.asset_key.to_user_string() for key in layer.asset_graph.asset_check_keys}
    wanted = {
        "silver/football/matches",
        "silver/football/odds_quotes",
        "gold/football/predictions",
        "gold/desk/tickets",
        "gold/desk/ledger",
        "gold/desk/audit",
    }
    assert wanted <= checked


def test_the_runs_are_visible_with_their_tags_and_materialisations(ran: Finished) -> None:
    with open_instance(ran.lake) as instance:
        runs = [run for run in instance.get_runs() if run.tags.get("fairline/by") == "cli"]
        assert len(runs) >= 3
        assert {run.job_name for run in runs} == {"nightly"}
        assert {run.status for run in runs} == {DagsterRunStatus.SUCCESS}
        assert {run.tags["fairline/profile"] for run in runs} == {"sandbox"}
        assert {"2026-11-06", "2026-11-20"} == {run.tags["dagster/partition"] for run in runs}
        told = _materialised(instance, runs[0].run_id)
    assert {".".join(key.path) for key in {AssetKey(name.split(".")) for name in contracts()} - told} == BY_OTHERS


def _materialised(instance: DagsterInstance, run_id: str) -> set[AssetKey]:
    records = instance.get_records_for_run(run_id, of_type=DagsterEventType.ASSET_MATERIALIZATION, limit=500).records
    events = [record.event_log_entry.dagster_event for record in records]
    return {event.asset_key for event in events if event is not None and event.asset_key is not None}


def test_a_failing_check_blocks_the_tickets(tmp_path: Path) -> None:
    """A row that no contract allows stands in silver: the audit stops the run before anything is decided on it."""
    lake = Lake(tmp_path / "lake")
    _plant_a_broken_row(lake)
    settings = Settings(lake=lake.root, leagues=("E0",))
    resource = {"lake_dir": str(lake.root), "leagues": ["E0"], "as_of": "2026-11-20T17:00:00Z"}
    said: list[tuple[str, str]] = []
    outcome = run_job("nightly", settings, resource, lambda *one: said.append(one), partition="2026-11-20")
    assert not outcome.success
    assert any("matches_keeps_its_contract" in failure for failure in outcome.failures), outcome.failures
    assert lake.table("silver.football.matches").rows() > 1000
    for name in ("tickets", "value_bets", "predictions", "feat_team_form", "releases"):
        assert not lake.table(gold(name)).exists, name


def _plant_a_broken_row(lake: Lake) -> None:
    """One finished match with 99 goals, written past the contract: as a fault of the writing code would leave it."""
    import duckdb

    table = lake.table("silver.football.matches")
    row = dict.fromkeys(table.contract.column_names) | {
        "match_id": "E0-2026-27-x-y", "competition_id": "E0", "season_code": "2026-27", "state": "finished",
        "event_at_utc": pl.datetime(2026, 11, 1, time_zone="UTC"),
        "known_at_utc": pl.datetime(2026, 11, 2, time_zone="UTC"),
        "ingested_at_utc": pl.datetime(2026, 11, 2, time_zone="UTC"),
        "known_at_basis": "rule", "source": "football_data",
        "bronze_sha256": "0" * 64, "home_team_id": "eng-x", "away_team_id": "eng-y", "home_goals": 3, "away_goals": 1,
    }  # fmt: skip
    columns = [
        value.alias(name) if isinstance(value, pl.Expr) else pl.lit(value).alias(name) for name, value in row.items()
    ]
    table.append(pl.select(columns).cast(table.contract.schema), commit_id="planted")
    (file,) = table.files()
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE r AS SELECT * FROM read_parquet('{file}', hive_partitioning = false)")
        connection.execute("UPDATE r SET home_goals = 99")
        connection.execute(f"COPY r TO '{file}' (FORMAT parquet)")
