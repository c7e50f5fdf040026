"""Quality in a run: source status and alerts are written, Data Docs are linked, a failure is told and ends."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlparse

import polars as pl
import pytest
from dagster import (
    AssetCheckResult,
    AssetChecksDefinition,
    DagsterInstance,
    Definitions,
    ExecuteInProcessResult,
    asset,
    define_asset_job,
    in_process_executor,
    materialize,
)

from assets import quality
from assets.checks import CHECKS
from assets.workspace import Workspace
from lake.storage import Lake, Moment, Table
from serving.alerts.book import NAME as ALERTS
from sources.status import NAME as STATUS
from tests.unit.lake.quality.silver import match, quotes, rows

pytestmark = pytest.mark.slow
ASSETS = [quality.source_status, quality.alerts, quality.data_docs]


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """An archive's lake with one match and a book whose INVENTED prices cannot be."""
    archive = tmp_path / "archive"
    archive.mkdir()
    (archive / "index.csv").write_text("file,url,captured_at_utc\n", encoding="utf-8")
    lake = Lake(tmp_path / "lake")
    tables = {"matches": [match(1)], "odds_quotes": quotes(1, {"home": 1.5, "draw": 2.5, "away": 2.5})}
    for entity, records in tables.items():
        table = lake.table(f"silver.football.{entity}")
        table.replace(rows(table.contract.name, *records))
    monkeypatch.setenv("FAIRLINE_KEYS__THE_ODDS_API", "planted-key")
    monkeypatch.setenv("FAIRLINE_ALERTS__PAGERDUTY_URL", "http://127.0.0.1:9/none")
    return Workspace(profile="archive", archive=str(archive), lake_dir=str(lake.root))


def _run(workspace: Workspace) -> ExecuteInProcessResult:
    return materialize(ASSETS, resources={"workspace": workspace}, instance=DagsterInstance.ephemeral())


def _book(workspace: Workspace) -> pl.DataFrame:
    return workspace.lake.table(ALERTS).read()


def _checked(check: AssetChecksDefinition, workspace: Workspace) -> AssetCheckResult:
    found = check(workspace=workspace)
    assert isinstance(found, AssetCheckResult)
    return found


def test_a_run_writes_status_and_alerts_and_links_data_docs_that_name_the_fault_and_hold_no_key(
    workspace: Workspace,
) -> None:
    done = _run(workspace)
    assert done.success
    metadata = done.asset_materializations_for_node("report__desk__data_docs")[0].metadata
    page = Path(str(metadata["pages"].value))
    assert page == workspace.lake.root / "data_docs" / "index.html"
    assert Path(unquote(urlparse(str(metadata["address"].value)).path)) == page
    pages = [path.read_text(encoding="utf-8") for path in page.parent.rglob("*.html")]
    assert any("expectations.silver.football.overround" in text for text in pages)
    kept = [path for path in workspace.lake.root.rglob("*") if path.is_file()]
    assert [path for path in kept if b"planted-key" in path.read_bytes()] == []
    assert {STATUS, ALERTS} <= {name for name in (STATUS, ALERTS) if workspace.lake.table(name).exists}
    assert set(_book(workspace)["alert_key"]) == {"quality/expectations.silver.football.overround"}
    versions = workspace.lake.table(ALERTS).version()
    assert _run(workspace).success
    assert workspace.lake.table(ALERTS).version() == versions, "the same moment twice tells nothing twice"


def test_an_alert_of_quality_ends_once_the_data_are_mended(workspace: Workspace) -> None:
    _run(workspace)
    table = workspace.lake.table("silver.football.odds_quotes")
    table.replace(rows(table.contract.name, *quotes(1, {"home": 2.0, "draw": 3.6, "away": 4.0})))
    _run(workspace)
    assert _book(workspace)["closed_at_utc"].null_count() == 0


def test_a_failing_step_is_told_by_the_hook_and_is_over_when_the_job_comes_as_far_as_its_alerts(
    workspace: Workspace,
) -> None:
    fails = [True]

    @asset
    def fragile() -> None:
        if fails:
            raise RuntimeError("It broke at https://api.vendor.test/odds?apiKey=planted-key.")

    job = define_asset_job("nightly", hooks={quality.tell_failure}, executor_def=in_process_executor)
    defs = Definitions([fragile, quality.alerts], jobs=[job], resources={"workspace": workspace})
    with DagsterInstance.ephemeral() as instance:
        made = defs.resolve_job_def("nightly")
        assert not made.execute_in_process(instance=instance, raise_on_error=False).success
        summary = _book(workspace).filter(alert_key="run/nightly")["summary"].item()
        assert "fragile: It broke at https://api.vendor.test/odds" in summary
        assert "planted-key" not in summary
        fails.clear()
        assert made.execute_in_process(instance=instance).success
    assert _book(workspace).filter(alert_key="run/nightly")["closed_at_utc"].null_count() == 0


def test_an_audit_of_a_contract_has_a_page_and_a_broken_one_has_it_at_once(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "silver.football.matches"
    check = next(one for one in CHECKS if next(iter(one.check_keys)).asset_key.path == name.split("."))
    first = workspace.lake.root / "data_docs" / "index.html"
    assert _checked(check, workspace).passed
    assert not first.exists(), "the pages of a good night are built at its end"
    scan = Table.scan

    def twice(self: Table, version: Moment = None) -> pl.LazyFrame:
        rows = scan(self, version)
        return pl.concat([rows, rows]) if self.contract.name == name else rows

    monkeypatch.setattr(Table, "scan", twice)
    broken = _checked(check, workspace)
    assert not broken.passed
    assert str(broken.metadata["data_docs"].value) == str(first)
    assert first.is_file()
