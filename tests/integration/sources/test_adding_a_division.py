"""A division is one entry of competitions.yaml: without it unknown, with it delivered, and nothing else changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.errors import UnknownCompetition
from lake import competitions as register
from lake.competitions import competitions
from lake.storage import Lake
from sources.football_data.source import FootballData
from sources.ingest import land, to_silver
from sources.known import Known
from sources.transport.archive import ArchiveTransport
from tests.integration.sources.lakes import NOW, capture, ingest, matches
from tests.unit.sources.vendor import file, row

Shown = Callable[[bool], None]


@pytest.fixture
def spain_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shown]:
    """Work on a copy of competitions.yaml, with or without its one line for SP1."""
    copy, lines = tmp_path / "competitions.yaml", register.FILE.read_text(encoding="utf-8").splitlines(keepends=True)
    without = [line for line in lines if not line.startswith("  SP1:")]
    assert len(without) == len(lines) - 1
    monkeypatch.setattr(register, "FILE", copy)

    def write(known: bool) -> None:
        copy.write_text("".join(lines if known else without), encoding="utf-8")
        register._all.cache_clear()

    yield write
    monkeypatch.undo()
    register._all.cache_clear()


def test_a_division_without_an_entry_is_unknown_and_the_message_says_where_to_add_it(spain_is_known: Shown) -> None:
    spain_is_known(False)
    with pytest.raises(UnknownCompetition, match=r"SP1.*competitions\.yaml"):
        competitions("football", ["E0", "SP1"])
    spain_is_known(True)
    assert list(competitions("football", ["SP1"])) == ["SP1"]


def test_a_division_without_an_entry_is_not_asked_for(spain_is_known: Shown) -> None:
    spain_is_known(False)
    before = {request.url for request in FootballData().plan(competitions("football"), NOW, Known("football"))}
    spain_is_known(True)
    after = {request.url for request in FootballData().plan(competitions("football"), NOW, Known("football"))}
    assert before < after
    assert {url.rsplit("/", 1)[1] for url in after - before} == {"SP1.csv"}
    assert len(after - before) == 22


def test_an_entry_put_back_delivers_what_lay_in_bronze_and_leaves_the_others_alone(
    tmp_path: Path, spain_is_known: Shown
) -> None:
    lake, moment = Lake(tmp_path / "lake"), "2024-07-01T00:00:00Z"
    spain_is_known(False)
    everything = [capture(file(row(Div=code)), moment, code) for code in ("E0", "SP1")]
    ingest(lake, *everything, leagues=())
    before = matches(lake)
    assert set(before["competition_id"]) == {"E0"}
    spain_is_known(True)
    assert ingest(lake, leagues=()) == 1
    after = matches(lake)
    assert set(after["home_team_id"]) == {"eng-alderwick", "esp-alderwick"}
    assert after.filter(competition_id="E0").equals(before)


@pytest.mark.slow
def test_an_entry_put_back_delivers_the_division_of_the_archive(
    tmp_path: Path, spain_is_known: Shown, archive: Path
) -> None:
    lake, source = Lake(tmp_path / "lake"), FootballData()
    delivered = []
    for known in (False, True):
        spain_is_known(known)
        leagues = competitions("football")
        requests = [one for one in source.plan(leagues, NOW, Known("football")) if one.season_code == "2023-24"]
        wanted = [one for one in requests if one.competition_id in ("E0", "SP1")]
        land(lake, source, ArchiveTransport(archive).fetch(wanted))
        to_silver(lake, source, leagues, NOW, lambda _: None)
        delivered.append(dict(matches(lake).filter(state="finished").group_by("competition_id").len().rows()))
    assert delivered == [{"E0": 380}, {"E0": 380, "SP1": 380}]
