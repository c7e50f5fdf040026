"""Whole nightly runs while vendors fail: the run ends well, names whom it missed, and believes nothing wrong.

Two nights between them have every fault once, each vendor another one. The keys are planted: nothing that the nights
leave behind has them.
"""

from __future__ import annotations

import importlib
import json
import logging
import pkgutil
import shutil
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import polars as pl
import pytest

import sandbox.vendors
from assets.workspace import Workspace
from lake.storage import Lake
from pipelines.commands import run_nightly
from sandbox.server.faults import FAULTS
from sandbox.vendors.catalog import VENDORS
from sources.base import Source
from sources.catalog import TERMS
from sources.outcomes import UNSENT
from tests.integration.faults.matrix import rule, vendors_of
from tests.integration.faults.nights import NOW, PATIENCE, Night, Sandbox, asked_sources, copied, is_anchor
from tests.integration.faults.secrets_sought import places
from tests.integration.faults.telling import Rows, beyond, silver, whoever_told
from tests.integration.runs import Finished

pytestmark = pytest.mark.slow
TONIGHT = NOW + timedelta(days=1)
LEAGUES = ("E0",)
KEY, SESSION = "PLANTED-k3y+with/odd=signs&more", "PLANTED-s3ssion/of+betfair=="
FIRST = {
    "the_odds_api": "stale_prices", "api_football": "truncated_json", "api_football_rapidapi": "403",
    "fantasy_premier_league": "error_body", "fpl_archive": "shifted_columns", "football_data_org": "renamed_field",
    "betfair": "429", "open_meteo": "timeout", "sandwire": "trickle", "sandgazette": "401",
}  # fmt: skip
SECOND = {
    "football_data": "swapped_sides", "the_odds_api": "zero_price", "api_football": "clock_skew",
    "api_football_rapidapi": "gzip_bomb", "fantasy_premier_league": "html_for_json", "fpl_archive": "late_rows",
    "football_data_org": "duplicate_rows", "betfair": "huge_payload", "open_meteo": "500",
}  # fmt: skip
NAMED = {
    "first": {"the_odds_api", "api_football", "api_football_rapid", "fantasy_premier_league", "football_data_org",
              "betfair", "open_meteo", "news"},
    "second": {"football_data", "the_odds_api", "api_football", "api_football_rapid", "fantasy_premier_league",
               "betfair", "open_meteo"},
}  # fmt: skip
"""Whom each night must name: those whose answers are missing, or refused in good part."""


@pytest.fixture
def planted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Keys that all vendors of the sandbox accept tonight, and no other."""
    for module in pkgutil.iter_modules(sandbox.vendors.__path__):
        found = importlib.import_module(f"sandbox.vendors.{module.name}")
        for name, key in (("SANDBOX_KEY", KEY), ("SESSION", SESSION)):
            if hasattr(found, name):
                monkeypatch.setattr(found, name, key)
    return [KEY, SESSION]


@pytest.fixture
def tonight(monkeypatch: pytest.MonkeyPatch, world: Sandbox) -> None:
    """Runs take place a day later than the shared lake's, and ask the sandbox of this folder."""
    monkeypatch.setattr(Workspace, "present", TONIGHT)
    monkeypatch.setenv("FAIRLINE_GATEWAY", world.base)


def football() -> list[Source]:
    return [source for source in asked_sources() if source.sport == "football"]


def night(lake: Lake, world: Sandbox) -> Night:
    return Night(lake, world, TONIGHT, leagues=LEAGUES)


@pytest.fixture
def undisturbed(ran: Finished, world: Sandbox, tmp_path: Path) -> dict[str, tuple[Rows, Rows]]:
    """By source, what it tells tonight, and what it ever told, where nothing is wrong and no other has told it before.

    Alone, since a price that nobody reports tonight because of a fault is told by the next one that has seen it.
    """
    anchored, told = copied(ran.lake, tmp_path / "undisturbed"), {}
    world.begin(TONIGHT)
    for source in football():
        lake = anchored if is_anchor(source) else copied(anchored.root, tmp_path / "alone" / source.name)
        assert not night(lake, world).turn(source).is_degraded, source.name
        told[source.name] = silver(lake, source, TONIGHT), silver(lake, source)
    return told


def run(lake: Path, json_file: Path) -> dict[str, Any]:
    """`fairline run` in this process; raises where it fails."""
    given = {"profile": "sandbox", "archive": None, "lake": lake, "leagues": LEAGUES, "as_of": None}
    run_nightly(given, json_file)
    return dict(json.loads(json_file.read_text(encoding="utf-8")))


def impatient(monkeypatch: pytest.MonkeyPatch, faults: dict[str, str]) -> None:
    """Terms that wait only shortly for vendors whose answers do not come."""
    hosts = {vendor.name: vendor.hosts for vendor in VENDORS}
    silent = {host: PATIENCE[fault] for name, fault in faults.items() if fault in PATIENCE for host in hosts[name]}
    terms = {
        name: replace(found, timeout_seconds=min([20.0, *(silent[host] for host in found.hosts if host in silent)]))
        for name, found in TERMS.items()
    }
    monkeypatch.setattr("assets.workspace.TERMS", terms)


def begun(ran: Finished, folder: Path) -> tuple[Lake, datetime]:
    """A copy of the shared lake, and the moment from which on its rows are tonight's."""
    shutil.copytree(ran.lake, folder / "lake", ignore=shutil.ignore_patterns(".transport"))
    return Lake(folder / "lake"), datetime.now(UTC)


def assert_it_ended_well(result: dict[str, Any], lake: Lake, named: set[str]) -> None:
    """It priced, released, and told by warning or alert whose answers it missed."""
    assert result["matches_priced"] > 0
    assert result["release"]
    alerts = lake.table("gold.desk.alerts").read(pl.col("closed_at_utc").is_null())
    said = " ".join([*result["warnings"], *alerts["summary"]])
    assert {vendor for vendor in named if vendor not in said} == set()


def assert_each_attempt_is_a_row(lake: Lake, world: Sandbox) -> None:
    """The sandbox heard as many requests of each vendor's host as bronze has attempts that were sent."""
    sent = Counter[str]()
    for source in football():
        bronze = lake.table(f"bronze.{source.name}.captures").read(pl.col("captured_at_utc") == TONIGHT)
        mine = bronze.filter(~pl.col("outcome").is_in(UNSENT) | pl.col("status").is_not_null())
        sent.update(urlsplit(url).netloc for url in mine["url"])
    assert sent == Counter(entry["host"] for entry in world.log())


@pytest.mark.parametrize(("night_name", "faults"), [("first", FIRST), ("second", SECOND)])
def test_a_night_with_a_fault_at_every_vendor(
    night_name: str, faults: dict[str, str], ran: Finished, world: Sandbox, planted: list[str], tonight: None,
    undisturbed: dict[str, tuple[Rows, Rows]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    caplog.set_level(logging.DEBUG)
    lake, began = begun(ran, tmp_path)
    world.begin(TONIGHT, *(rule(vendor, fault) for vendor, fault in faults.items()))
    impatient(monkeypatch, faults)
    result = run(lake.root, tmp_path / "run.json")
    assert_it_ended_well(result, lake, NAMED[night_name])
    assert_each_attempt_is_a_row(lake, world)
    told = {source.name: silver(lake, source) for source in football()}
    new = whoever_told(silver(lake, source, began) for source in football())
    assert beyond(new, whoever_told(known for _, known in undisturbed.values())) == {}
    spoilt = {source.name for source in football() if {vendor.name for vendor in vendors_of(source)} & faults.keys()}
    for name in undisturbed.keys() - spoilt:
        assert beyond(undisturbed[name][0], told[name]) == {}, name
    assert places(tmp_path, planted) == []
    said = "".join(capfd.readouterr()) + caplog.text
    assert not any(key in said for key in planted)


def test_the_two_nights_have_every_fault_once() -> None:
    assert sorted([*FIRST.values(), *SECOND.values()]) == sorted(FAULTS)
