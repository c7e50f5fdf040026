"""Invented pages of a newspaper: two layouts that are read, and what must never be misread."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake.competitions import competitions
from lake.conform import REASON, conform
from lake.contracts.model import contract
from sources import outcomes
from sources.base import Parsed, Payload
from sources.injury_page import plan
from sources.injury_page.source import InjuryPage
from sources.known import Known

LEAGUES = competitions("football", ["E0"])
URL = "https://injuries.sandpress.example/football/premier-league"
NOW = datetime(2026, 11, 20, 17, tzinfo=UTC)
LISTED = datetime(2026, 11, 18, 9, 30, tzinfo=UTC)
Report = tuple[str, str, str, str]
REPORTS: tuple[Report, ...] = (
    ("Alderwick", "Tom Hale", "Out", "Knee injury"),
    ("Alderwick", "Zé Núñez-Roe", "Doubtful", "Illness"),
    ("Brackmoor", "Ian Bell", "Out", "Suspension"),
)


def known() -> Known:
    season = {"competition_id": "E0", "season_code": "2026-27"}
    clubs = ("Alderwick", "Brackmoor", "Cinderford Vale")
    teams = [
        {
            "team_id": f"eng-{name.lower()}",
            "team_name": name,
            "country": "ENG",
            "matches_listed": 9,
            "status": "confirmed",
        }
        | season
        for name in clubs
    ]
    player = {"player_id": "tom-hale", "player_name": "Tom Hale", "team_id": "eng-alderwick"} | season
    frames = {"teams": teams, "players": [player]}
    return Known(
        "football",
        frames={
            name: pl.DataFrame(rows, schema=contract(f"silver.football.{name}").schema) for name, rows in frames.items()
        },
    )


def html(body: str) -> bytes:
    return f"<!DOCTYPE html><html><head><title>Injuries</title></head><body><main>{body}</main></body></html>".encode()


def lists(reports: Sequence[Report], at: datetime = LISTED) -> bytes:
    """A page of layout 1."""
    parts = []
    for club in dict.fromkeys(report[0] for report in reports):
        items = "".join(
            f'<li data-updated="{at:%Y-%m-%dT%H:%M:%SZ}"><span class="player">{r[1]}</span>'
            f'<span class="status">{r[2]}</span>'
            f'<span class="reason">{r[3]}</span><span class="return">Unknown</span></li>'
            for r in reports
            if r[0] == club
        )
        parts.append(f'<section class="team"><h2>{club}</h2><ul class="injuries">{items}</ul></section>')
    return html("".join(parts))


def table(reports: Sequence[Report], headings: str = "Name,Club,Problem,Back,Availability,As of") -> bytes:
    """A page of layout 2."""
    lines = "".join(
        f"<tr><td>{r[1]}</td><td>{r[0]}</td><td>{r[3]}</td><td>Unknown</td><td>{r[2].upper()}</td>"
        f"<td>{LISTED:%d/%m/%Y %H:%M}</td></tr>"
        for r in reports
    )
    head = "".join(f"<th>{heading}</th>" for heading in headings.split(","))
    return html(f'<table class="injury-table"><tr>{head}</tr>{lines}</table>')


def prose() -> bytes:
    """A layout that nobody can read."""
    return html(
        "".join(
            f"<p><strong>{r[1]}</strong> ({r[0]}) is {r[2]} with {r[3]}; a return is expected soon.</p>"
            for r in REPORTS * 2
        )
    )


def parsed(body: bytes, captured_at: datetime = NOW, url: str = URL) -> Parsed:
    payload = Payload(url, "page", "E0", None, captured_at, "0" * 64, body)
    return InjuryPage("football", is_simulated=True).parse(payload, LEAGUES, known())


def reasons(found: Parsed) -> list[str]:
    return found.refused["injuries"][REASON].to_list()


@pytest.mark.parametrize("page", [lists(REPORTS), table(REPORTS)])
def test_both_layouts_say_the_same(page: bytes) -> None:
    found = parsed(page)
    assert found.rows["injuries"].select("team_id", "player_id", "player_name", "status", "reason").rows() == [
        ("eng-alderwick", "tom-hale", "Tom Hale", "out", "Knee injury"),
        ("eng-alderwick", None, "Zé Núñez-Roe", "doubtful", "Illness"),
        ("eng-brackmoor", None, "Ian Bell", "suspended", "Suspension"),
    ]
    row = found.rows["injuries"].row(1, named=True)
    assert row["report_id"] == "eng-alderwick-ze-nunez-roe-20261118"
    assert (row["event_at_utc"], row["known_at_utc"], row["season_code"]) == (LISTED, NOW, "2026-27")
    assert reasons(found) == []


def test_rows_keep_their_contract() -> None:
    lineage = {"source": "injury_page", "bronze_sha256": "0" * 64, "ingested_at_utc": NOW}
    rows = (
        parsed(lists(REPORTS)).rows["injuries"].with_columns(pl.lit(said).alias(name) for name, said in lineage.items())
    )
    assert len(conform(rows, contract("silver.football.injuries")).good) == 3


@pytest.mark.parametrize(
    "page",
    [
        prose(),
        table(REPORTS, "Name,Club,Problem,Back,Status,As of"),
        table(REPORTS, "Name,Club,Availability,Back,Problem,As of"),
        table(REPORTS, "Name,Club,Problem,As of,Availability,Back"),
        table([*REPORTS, ("a</td><td>b", "c", "d", "e")]),
        lists(REPORTS).replace(b'class="status"', b'class="state"'),
        lists(REPORTS).replace(b"data-updated", b"data-listed"),
        lists(REPORTS).replace(b"<h2>", b"<h3>"),
        lists(REPORTS).replace(b'class="injuries"', b'class="missing"'),
    ],
)
def test_a_page_that_looks_anew_is_refused_whole(page: bytes) -> None:
    found = parsed(page)
    assert reasons(found) == ["layout_drift"]
    assert found.rows == {}


@pytest.mark.parametrize(
    ("report", "reason"),
    [
        (("Alderwick", "Tom Hale", "Sidelined", "Knee injury"), "unknown_status"),
        (("Alderwick", "", "Out", "Knee injury"), "missing_field"),
        (("Nowhere Rangers", "Tom Hale", "Out", "Knee injury"), "unknown_team"),
        (("Alderwick", "Zé Núñez-Roe", "Out", "Illness"), "two_reports"),
    ],
)
def test_a_report_with_a_fault_is_refused_and_the_others_are_kept(report: Report, reason: str) -> None:
    found = parsed(table([*REPORTS[1:], report]))
    assert reasons(found) == [reason]
    assert len(found.rows["injuries"]) == 2


def test_club_and_player_in_each_others_column_are_never_a_row() -> None:
    found = parsed(table(REPORTS, "Club,Name,Problem,Back,Availability,As of"))
    assert reasons(found) == ["unknown_team"] * 3
    assert found.rows["injuries"].is_empty()


def test_a_report_from_the_future_is_refused() -> None:
    assert reasons(parsed(lists(REPORTS, NOW + timedelta(minutes=11)))) == ["clock_skew"] * 3


def test_a_page_on_which_nobody_is_hurt_has_no_rows_and_no_faults() -> None:
    assert reasons(parsed(table([]))) == []


@pytest.mark.parametrize("body", [b"", b"[]", html("<h1>Server</h1>"), lists(REPORTS)[:-30]])
def test_what_is_no_page_of_injuries_is_refused_whole(body: bytes) -> None:
    assert reasons(parsed(body)) == ["malformed_payload"]


@given(
    st.one_of(
        st.binary(max_size=200),
        st.text(max_size=80).map(html),
        st.text(max_size=60).map(lambda t: table([(t, t, t, t)])),
    )
)
def test_no_bytes_stop_the_parser(body: bytes) -> None:
    parsed(body)


def test_every_league_with_a_page_is_visited() -> None:
    (request,) = InjuryPage("football", is_simulated=True).plan(LEAGUES, NOW, known())
    assert (request.url, request.competition_id, request.sport) == (URL, "E0", "football")
    (nba,) = InjuryPage("basketball", is_simulated=True).plan(competitions("basketball"), NOW, known())
    assert (nba.competition_id, nba.sport) == ("NBA", "basketball")
    assert InjuryPage("football").plan(LEAGUES, NOW, known()) == [], "the sandbox's page is not for real runs"
    assert InjuryPage("football").is_fresh(request, NOW, NOW + timedelta(minutes=59))
    assert not InjuryPage("football").is_fresh(request, NOW, NOW + timedelta(hours=1))


def test_a_page_that_cannot_be_read_is_known_at_once() -> None:
    assert plan.TERMS.verdict("page", lists(REPORTS)) is None
    assert plan.TERMS.verdict("page", prose()) == outcomes.MALFORMED
