"""Importing a bettor's own bets: what is right is taken once, what is wrong is refused with its line and reason."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import pytest

from core.errors import PayloadMalformed
from lake.conform import require
from lake.contracts.model import contract
from optimizer.own_bets import COLUMNS, Imported, lines, read_csv

EMPTY = contract("gold.desk.own_bets").empty()
AS_OF = datetime(2024, 5, 20, tzinfo=UTC)
TEAMS = pl.DataFrame(
    {"team_id": ["arsenal", "chelsea", "united-a", "united-b"], "team_name": ["Arsenal", "Chelsea", "United", "United"]}
)
HEADER = ",".join([*COLUMNS, "result"])
GOOD = ["R1", "2024-05-11T12:00:00Z", "bet365", "2024-05-11", "Arsenal", "chelsea", "totals", "over", "2.25", "1.95",
        "20.00", "EUR", "won"]  # fmt: skip


def row(**changes: str) -> str:
    """An invented row of the file, with what a test changes."""
    cells = dict(zip([*COLUMNS, "result"], GOOD, strict=True)) | changes
    return ",".join(cells.values())


def read(*rows: str, standing: pl.DataFrame = EMPTY, bettor: str = "ann") -> Imported:
    return read_csv("\n".join([HEADER, *rows]), bettor, TEAMS, standing, AS_OF)


def test_a_bet_is_read_with_its_clubs_by_name_or_id_and_its_stake_in_minor_units() -> None:
    imported = read(row())
    assert imported.refused == ()
    assert len(require(imported.bets, contract("gold.desk.own_bets"))) == 1
    told = imported.bets.row(0, named=True)
    assert (told["home_team_id"], told["away_team_id"]) == ("arsenal", "chelsea")
    assert (told["stake_minor"], told["line"], told["price_odds_dec"], told["result"]) == (2000, 2.25, 1.95, "won")
    assert told["placed_at_utc"] == datetime(2024, 5, 11, 12, tzinfo=UTC)
    assert told["known_at_utc"] == AS_OF


def test_the_same_file_twice_is_imported_once() -> None:
    first = read(row(), row(reference="R2"))
    again = read(row(), row(reference="R2"), row(reference="R3"), standing=first.bets)
    assert (len(first.bets), len(again.bets), again.known_before) == (2, 1, 2)
    assert len(read(row(), row()).bets) == 1
    other = read(row(), standing=first.bets, bettor="bob")
    assert len(other.bets) == 1


def test_another_bet_under_the_same_reference_is_refused() -> None:
    for imported in (read(row(), row(stake="30")), read(row(stake="30"), standing=read(row()).bets)):
        assert [refusal.reason for refusal in imported.refused] == [
            "Reference R1 was told before with another stake_minor."
        ]


WRONG = {
    "reference": ("", "The reference is missing."),
    "bookmaker": (" ", "The bookmaker is missing."),
    "placed_at_utc": ("2024-05-11 12:00", "no time with a zone"),
    "event_date": ("11/05/2024", "no day, such as"),
    "home": ("Arsenal FC", "No club, or more than one, is called 'Arsenal FC'"),
    "away": ("United", "No club, or more than one, is called 'United'"),
    "market": ("corners", "No market is called 'corners'."),
    "selection": ("home", "totals has no selection 'home'."),
    "line": ("2.3", "lines stand on quarters"),
    "price_odds_dec": ("1.0", "does not lie above 1"),
    "stake": ("20.005", "two decimals at most"),
    "currency": ("eur", "not a currency code"),
    "result": ("winner", "is none of won"),
}


@pytest.mark.parametrize("column", WRONG)
def test_a_wrong_cell_refuses_its_row_alone_and_says_why(column: str) -> None:
    cell, reason = WRONG[column]
    imported = read(row(reference="R0"), row(**{column: cell}), row(reference="R2"))
    assert imported.bets["reference"].to_list() == ["R0", "R2"]
    assert [refusal.line for refusal in imported.refused] == [3]
    assert reason in imported.refused[0].reason


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"line": ""}, "totals needs a line."), ({"market": "1x2", "selection": "home"}, "1x2 has no line."),
        ({"away": "Arsenal"}, "cannot play itself"), ({"placed_at_utc": "2024-06-01T12:00:00Z"}, "in the future"),
        ({"stake": "0"}, "not above zero"), ({"stake": "nan"}, "is no number"), ({"stake": "ten"}, "is no number"),
        ({"stake": "1e400"}, "no number of a bet"), ({"price_odds_dec": "1002"}, "does not lie above 1"),
        ({"line": "inf"}, "is no number"), ({"currency": "EUR,x,y"}, "more or fewer cells"),
    ],
)  # fmt: skip
def test_what_cannot_be_a_bet_is_refused(changes: dict[str, str], reason: str) -> None:
    imported = read(row(**changes))
    assert imported.bets.is_empty()
    assert reason in imported.refused[0].reason


def test_a_row_that_was_cut_off_is_refused_and_the_result_may_be_left_out() -> None:
    imported = read("R9,2024-05-11T12:00:00Z,bet365")
    assert "more or fewer cells" in imported.refused[0].reason
    text = "\n".join([",".join(COLUMNS), ",".join(GOOD[:-1])])
    assert read_csv(f"\ufeff{text}", "ann", TEAMS, EMPTY, AS_OF).bets["result"].to_list() == [None]


def test_a_file_without_a_column_is_refused_whole() -> None:
    with pytest.raises(PayloadMalformed, match=r"lacks the columns \['stake'\]"):
        read_csv(HEADER.replace("stake,", ""), "ann", TEAMS, EMPTY, AS_OF)
    with pytest.raises(PayloadMalformed, match="lacks the columns"):
        read_csv("", "ann", TEAMS, EMPTY, AS_OF)


def test_a_file_that_is_no_csv_is_refused_whole() -> None:
    with pytest.raises(PayloadMalformed, match=r"is no CSV after line 2: field larger"):
        read(row(), row(reference="R" * 200_000))


def test_the_bettor_is_told_what_became_of_the_file() -> None:
    said = list(lines(read(row(), row(reference=""))))
    assert said == ["1 bets imported, 0 known before, 1 refused.", "Line 3: The reference is missing."]
