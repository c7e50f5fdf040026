"""How sources stand: what is stale, who stands in, and what the transport knows. Vendors' answers are INVENTED."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from lake.competitions import competitions
from lake.conform import require
from lake.contracts.model import contract
from lake.storage import Lake
from sources.base import Capture, Request
from sources.catalog import TERMS
from sources.collecting import due
from sources.football_data.source import FootballData
from sources.ingest import land
from sources.known import Known
from sources.status import NAME, Plan, degraded, plan, status, warning
from sources.transport.standing import QuotaStanding, Standing

NOW = datetime(2026, 11, 20, 17, tzinfo=UTC)
LIFE = TERMS["espn"].life("scoreboard")
URL = "https://site.api.espn.com/one"


def _asked(vendor: str = "espn", endpoint: str = "scoreboard", url: str = URL, **more: Any) -> Request:
    return Request(vendor, endpoint, url, **more)


class _Vendor(FootballData):
    """Any vendor, as far as landing its answers goes."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.terms = TERMS[name]


def _lake(root: Path, *answers: tuple[Request, timedelta, str, int | None]) -> Lake:
    """A lake with these attempts: request, age, outcome, status."""
    lake = Lake(root)
    for request, age, outcome, code in answers:
        capture = Capture(request, NOW - age, NOW - age, outcome, b"{}", code)
        land(lake, _Vendor(request.source), [capture])  # type: ignore[arg-type]
    return lake


def _row(frame: pl.DataFrame, vendor: str = "espn", endpoint: str = "scoreboard") -> dict[str, Any]:
    return frame.row(by_predicate=(pl.col("vendor") == vendor) & (pl.col("endpoint") == endpoint), named=True)


def _plan(wanted: Sequence[Request], missing: Sequence[Request] = (), vendor: str = "espn") -> Plan:
    return Plan(vendor, wanted, missing)


def _status(lake: Lake, *plans: Plan, standings: Sequence[Standing] = (), now: datetime = NOW) -> pl.DataFrame:
    return require(status(lake, plans, TERMS, standings, now), contract(NAME))


def test_a_row_tells_the_last_good_answer_its_age_the_newest_attempt_and_counts_of_a_day(tmp_path: Path) -> None:
    asked, hour = _asked(), timedelta(hours=1)
    lake = _lake(
        tmp_path, (asked, 30 * hour, "timeout", None), (asked, 3 * hour, "ok", 200),
        (asked, 2 * hour, "breaker_open", None), (asked, hour, "http_error", 500),
    )  # fmt: skip
    row = _row(_status(lake, _plan([asked], [asked])))
    assert (row["state"], row["is_stale"], row["wanted"], row["missing"]) == ("stale", True, 1, 1)
    assert (row["last_good_at_utc"], row["age_minutes"]) == (NOW - 3 * hour, 180)
    assert row["life_minutes"] == LIFE / timedelta(minutes=1)
    assert (row["newest_at_utc"], row["newest_outcome"], row["newest_status"]) == (NOW - hour, "http_error", 500)
    assert (row["attempts_24h"], row["failures_24h"]) == (2, 1), "what was not sent is no attempt"


@pytest.mark.parametrize(
    ("attempts", "wanted", "missing", "state"),
    [
        ([("ok", 200)], 1, 0, "fresh"), ([("not_modified", 304)], 1, 0, "fresh"),
        ([("http_error", 404)], 1, 0, "fresh"), ([], 1, 1, "stale"),
        ([("no_credential", None)], 1, 1, "no_credential"), ([], 0, 0, "unasked"),
        ([("ok", 200)], 0, 0, "unasked"), ([], 1, 0, "unasked"),
    ],
)  # fmt: skip
def test_the_state_follows_from_what_is_wanted_and_what_came(
    tmp_path: Path, attempts: list[tuple[str, int | None]], wanted: int, missing: int, state: str
) -> None:
    asked = _asked()
    lake = _lake(tmp_path, *((asked, timedelta(minutes=1), outcome, code) for outcome, code in attempts))
    assert _row(_status(lake, _plan([asked] * wanted, [asked] * missing)))["state"] == state


def test_a_vendor_with_a_living_answer_of_its_own_is_named_where_it_stands_in(tmp_path: Path) -> None:
    primary = _asked("api_football", "fixtures", "https://v3.football.api-sports.io/fixtures")
    backup = _asked("api_football_rapid", "fixtures", "https://rapid.test/f", backup_of="api_football/fixtures")
    plans = [_plan([primary], [primary], "api_football"), _plan([backup], [], "api_football_rapid")]
    failed = (primary, timedelta(minutes=1), "http_error", 503)
    helped = _status(_lake(tmp_path / "helped", failed, (backup, timedelta(minutes=1), "ok", 200)), *plans)
    assert _row(helped, "api_football", "fixtures")["answered_by"] == "api_football_rapid"
    assert degraded(helped) == [
        "api_football/fixtures is stale: it never answered, its last attempt ended with http_error 503; "
        "api_football_rapid stands in."
    ]
    old = _status(_lake(tmp_path / "old", failed, (backup, timedelta(days=30), "ok", 200)), *plans)
    assert _row(old, "api_football", "fixtures")["answered_by"] is None


def test_a_vendor_of_two_sports_has_one_row_an_endpoint_and_its_plans_count_together(tmp_path: Path) -> None:
    one, two = _asked(), _asked(url=f"{URL}/2")
    frame = _status(_lake(tmp_path), _plan([one], [one]), _plan([two], []))
    assert frame["endpoint"].to_list() == sorted(TERMS["espn"].lives)
    assert (_row(frame)["wanted"], _row(frame)["missing"]) == (2, 1)


def test_circuit_pause_and_quota_are_the_transports_own_words(tmp_path: Path) -> None:
    quota = QuotaStanding("2026-11", 500, 400, 100, 50, 6)
    standings = [Standing("espn", "open", 5, NOW + timedelta(minutes=2), quota)]
    row = _row(_status(_lake(tmp_path), _plan([_asked()]), standings=standings))
    assert (row["circuit"], row["paused_until_at_utc"]) == ("open", NOW + timedelta(minutes=2))
    told = ("quota_period", "quota_allowance", "quota_used", "quota_left", "quota_reserve_left", "quota_routine_left")
    assert [row[name] for name in told] == ["2026-11", 500, 400, 100, 50, 6]
    bare = _row(_status(_lake(tmp_path), _plan([_asked()])))
    assert (bare["circuit"], bare["quota_left"]) == (None, None)


def test_what_was_captured_after_the_moment_does_not_count(tmp_path: Path) -> None:
    lake = _lake(tmp_path, (_asked(), timedelta(0), "ok", 200))
    assert _row(_status(lake, _plan([_asked()]), now=NOW - timedelta(hours=1)))["last_good_at_utc"] is None


def test_one_sentence_names_every_degraded_vendor_and_nothing_is_said_where_none_is(tmp_path: Path) -> None:
    many = [_asked(), _asked(endpoint="injuries", url=f"{URL}/i")]
    frame = _status(_lake(tmp_path), _plan(many, many))
    assert warning(frame) == ["Degraded sources: espn (injuries, scoreboard)."]
    assert warning(frame.clear()) == []


def test_a_real_source_is_stale_before_its_first_answer_fresh_after_it_and_never_where_nothing_ages(
    tmp_path: Path,
) -> None:
    source, leagues, lake = FootballData(), competitions("football", ["E0"]), Lake(tmp_path)

    def freshness(requests: Sequence[Request]) -> Sequence[Request]:
        return due(lake, source, TERMS, requests, NOW)

    def now(ages: bool = True) -> Mapping[str, str]:
        made = plan(source, Known.read(lake, "football"), leagues, NOW, freshness if ages else None)
        return dict(_status(lake, made).select("endpoint", "state").iter_rows())

    assert now()["season_file"] == "stale"
    assert now(ages=False)["season_file"] == "unasked"
    wanted = plan(source, Known.read(lake, "football"), leagues, NOW, None).wanted
    land(lake, source, [Capture(replace(one), NOW, NOW, "ok", b"answer", 200) for one in wanted])
    assert now()["season_file"] == "fresh"
