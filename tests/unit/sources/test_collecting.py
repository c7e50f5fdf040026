"""A vendor's turn: what is asked, asked again, left out, and stood in for. The vendor and its answers are INVENTED."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from lake.competitions import Competition, competitions
from lake.storage import Lake
from sources.base import Capture, Parsed, Payload, Request
from sources.collecting import collect, due, validators
from sources.football_data.plan import TERMS
from sources.ingest import land
from sources.known import Known

NOW = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)
ROOT = "https://www.football-data.co.uk"
LEAGUES = competitions("football", ["E0"])


def asked(path: str, **changes: object) -> Request:
    return Request("football_data", "season_file", f"{ROOT}/{path}", "E0", "2026-27", **changes)  # type: ignore[arg-type]


@dataclass
class Vendor:
    """Plans one address, and a second one once silver has read an answer."""

    name: str = "football_data"
    sport: str = "football"
    parser_version: int = 1
    entities: tuple[str, ...] = ("matches",)
    snapshots: tuple[str, ...] = ()
    terms = TERMS
    read: list[str] = field(default_factory=list)

    def plan(self, leagues: Mapping[str, Competition], as_of: datetime, known: Known) -> Sequence[Request]:
        return [asked("list"), *(asked("detail") for _ in self.read[:1])]

    def is_fresh(self, request: Request, captured_at: datetime, now: datetime) -> bool:
        return now - captured_at < timedelta(hours=1)

    def parse(self, payload: Payload, leagues: Mapping[str, Competition], known: Known) -> Parsed:
        self.read.append(payload.url)
        return Parsed({}, {})


@dataclass
class Answers:
    """A transport that answers every request the same way, and remembers what it was asked."""

    outcome: str = "ok"
    status: int = 200
    body: bytes = b"answer"
    headers: Mapping[str, str] = field(default_factory=dict)
    at: datetime = NOW
    asked: list[str] = field(default_factory=list)

    def fetch(self, requests: Sequence[Request]) -> Iterator[Capture]:
        for request in requests:
            self.asked.append(request.url.removeprefix(f"{ROOT}/"))
            body = self.body + request.url.encode()
            yield Capture(request, self.at, self.at, self.outcome, body, self.status, headers=self.headers)


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path)


def test_what_an_answer_opens_is_asked_in_the_same_turn_and_nothing_twice(lake: Lake) -> None:
    transport = Answers()
    turn = collect(lake, Vendor(), transport, LEAGUES, NOW, NOW, lambda said: None)
    assert transport.asked == ["list", "detail"]
    assert (turn.requests, turn.landed, turn.read, dict(turn.attempts)) == (2, 2, 2, {"ok": 2})
    assert not turn.is_degraded


def test_what_an_archive_holds_is_asked_for_beside_the_plan_and_once(lake: Lake) -> None:
    transport = Answers()
    held = [asked("detail"), asked("odds/of/an/event")]
    collect(lake, Vendor(), transport, LEAGUES, NOW, NOW, lambda said: None, held=held)
    assert transport.asked == ["list", "detail", "odds/of/an/event"]


@pytest.mark.parametrize(("status", "said", "degraded"), [(500, "http_error", True), (404, "absent", False)])
def test_a_turn_is_degraded_by_a_failure_and_not_by_an_address_that_does_not_exist(
    lake: Lake, status: int, said: str, degraded: bool
) -> None:
    turn = collect(lake, Vendor(), Answers("http_error", status), LEAGUES, NOW, NOW, lambda _: None)
    assert (dict(turn.attempts), turn.is_degraded, turn.landed) == ({said: 1}, degraded, 1)


def _due(lake: Lake, request: Request, hours: float) -> bool:
    return due(lake, Vendor(), {"football_data": TERMS}, [request], NOW + timedelta(hours=hours)) == [request]


@pytest.mark.parametrize(
    ("outcome", "status", "again_at_once"),
    [("ok", 200, False), ("not_modified", 304, False), ("http_error", 404, False), ("http_error", 500, True)],
)
def test_a_fresh_answer_is_not_asked_for_again(lake: Lake, outcome: str, status: int, again_at_once: bool) -> None:
    land(lake, Vendor(), Answers(outcome, status).fetch([asked("list")]))
    assert (_due(lake, asked("list"), 0.5), _due(lake, asked("list"), 1.5)) == (again_at_once, True)


def test_a_backup_is_due_only_where_the_vendor_has_no_fresh_answer(lake: Lake) -> None:
    backup = asked("elsewhere", backup_of="football_data/season_file")
    assert _due(lake, backup, 0)
    land(lake, Vendor(), Answers().fetch([asked("list")]))
    assert not _due(lake, backup, 0.5)
    assert _due(lake, backup, 2)


def test_a_conditional_request_carries_what_the_last_good_answer_said(lake: Lake) -> None:
    land(lake, Vendor(), Answers(headers={"etag": '"1"', "date": "x"}).fetch([asked("list")]))
    land(lake, Vendor(), Answers(headers={"etag": '"2"'}, at=NOW + timedelta(hours=1)).fetch([asked("list")]))
    land(lake, Vendor(), Answers("http_error", 500, at=NOW + timedelta(hours=2)).fetch([asked("list")]))
    of = validators(lake, "football_data")
    assert (of(asked("list").url), of(asked("other").url)) == ({"etag": '"2"'}, {})


def test_every_attempt_of_one_request_is_a_row_of_its_own(lake: Lake) -> None:
    tries = [Capture(asked("list"), NOW, NOW, "http_error", b"", 500, attempt=number) for number in (1, 2, 3)]
    assert land(lake, Vendor(), tries) == 3
    assert land(lake, Vendor(), tries) == 0
    rows = lake.table("bronze.football_data.captures").read().sort("attempt")
    assert rows["attempt"].to_list() == [1, 2, 3]
    assert rows["request_id"].n_unique() == 3
    assert rows["sport"].to_list() == ["football"] * 3


def test_landing_goes_on_batch_by_batch(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sources.ingest.BATCH_CAPTURES", 2)
    names = [f"list{number}" for number in range(5)]

    def broken() -> Iterator[Capture]:
        yield from Answers().fetch([asked(name) for name in names])
        raise RuntimeError("killed")

    with pytest.raises(RuntimeError):
        land(lake, Vendor(), broken())
    assert lake.table("bronze.football_data.captures").read()["url"].len() == 4
    assert land(lake, Vendor(), Answers().fetch([asked(name) for name in names])) == 1


def test_what_silver_knows_has_its_columns_where_there_is_nothing_yet(lake: Lake) -> None:
    known = Known.read(lake, "football")
    assert known.matches.is_empty()
    assert "team_name" in known.teams.columns
    assert known.played.columns == known.matches.columns
    assert isinstance(known.venues, pl.DataFrame)
