"""The command of the issue on real vendor files: every match of the weekend priced, tickets at real books' prices."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.integration.runs import run

pytestmark = pytest.mark.slow
MOMENT, LEAGUES = "2024-05-10T17:00:00Z", ("E0", "SP1", "D1", "I1", "F1")
COLUMNS = {"bet365": "B365", "bwin": "BW", "pinnacle": "PS", "william_hill": "WH", "betvictor": "VC",
           "interwetten": "IW", "ladbrokes": "LB", "1xbet": "1XB", "betfair_sportsbook": "BF", "coral": "CL",
           "betfred": "BFD", "betmgm": "BMGM", "paddy_power": "PP", "sky_bet": "SKB"}  # fmt: skip
SIDES = {"home": "H", "draw": "D", "away": "A"}


@pytest.fixture(scope="module")
def weekend(archive: Path) -> dict[tuple[str, str, str], dict[str, str]]:
    """The matches inside the horizon by league, home and away, as a plain reading of the CSV files gives them."""
    return {(row["Div"], row["HomeTeam"], row["AwayTeam"]): row for row in _inside(archive)}


def _inside(archive: Path) -> Iterator[dict[str, str]]:
    now = datetime.fromisoformat(MOMENT)
    for row in csv.DictReader((archive / "index.csv").read_text(encoding="utf-8").splitlines()):
        league = row["url"].rsplit("/", 1)[-1].removesuffix(".csv")
        if "/mmz4281/2324/" not in row["url"] or league not in LEAGUES:
            continue
        body = (archive / row["path"]).read_bytes()
        text = (gzip.decompress(body) if row["path"].endswith(".gz") else body).decode("utf-8-sig", errors="replace")
        for match in csv.DictReader(io.StringIO(text)):
            if match["Date"] and now < _kickoff(match) <= now + timedelta(hours=72):
                yield match


def _kickoff(match: dict[str, str]) -> datetime:
    local = datetime.strptime(f"{match['Date']} {match['Time']}", "%d/%m/%Y %H:%M")
    return local.replace(tzinfo=ZoneInfo("Europe/London")).astimezone(UTC)


@pytest.fixture(scope="module")
def result(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The JSON of the command of the issue."""
    folder = tmp_path_factory.mktemp("archive")
    arguments = ("--profile", "archive", "--archive", archive, "--as-of", MOMENT, "--horizon-hours", 72)
    return run(folder / "lake", folder / "run.json", *arguments, "--leagues", ",".join(LEAGUES), timeout=900)[1]


def test_every_match_of_the_weekend_is_priced(
    result: dict[str, Any], weekend: dict[tuple[str, str, str], dict[str, str]]
) -> None:
    assert len(weekend) > 40
    assert {league for league, _, _ in weekend} == set(LEAGUES)
    assert result["matches_priced"] == len(weekend)
    assert (result["simulated"], result["profile"]) == (False, "archive")


def test_tickets_are_at_prices_that_stand_in_the_vendors_file_under_the_books_own_column(
    result: dict[str, Any], weekend: dict[tuple[str, str, str], dict[str, str]]
) -> None:
    assert result["tickets"]
    for ticket in result["tickets"]:
        (leg,) = ticket["legs"]
        match = weekend[leg["match_id"].split("-")[0], leg["home"], leg["away"]]
        cell = match[COLUMNS[leg["bookmaker"]] + SIDES[leg["selection"]]]
        assert float(cell) == leg["price_odds_dec"]
        assert datetime.fromisoformat(leg["kickoff_at_utc"]) == _kickoff(match)


def test_no_ticket_was_placed_at_a_price_that_was_not_open_yet(result: dict[str, Any]) -> None:
    """The Friday snapshot is of 17:00 in London, an hour before the moment: no price is younger, none a day old."""
    assert {ticket["price_age_minutes"] for ticket in result["tickets"]} == {60.0}
