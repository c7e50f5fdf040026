"""Bets that a bettor took without a ticket, from a CSV file: each row is imported, or refused with its reason."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation

import polars as pl

from core.clock import parse_instant
from core.errors import PayloadMalformed, SettingsInvalid
from core.market.markets import MARKETS
from core.market.odds import MAX_ODDS_DEC
from core.money import Money
from lake.contracts.model import contract
from lake.desk import of_desk
from lake.keys import short_hash

COLUMNS = (
    "reference", "placed_at_utc", "bookmaker", "event_date", "home", "away", "market", "selection", "line",
    "price_odds_dec", "stake", "currency",
)  # fmt: skip
"""What the file must have.

reference: the book's own number; placed_at_utc: 2026-08-15T14:00:00Z; bookmaker: such as bet365; event_date: the day
of the match, 2026-08-16; home and away: the club's name or id exactly as in dim_teams; market and selection: of
core.market.markets; line: empty where the market has none; price_odds_dec: 1.95; stake: 20.00; currency: EUR.
"""
OPTIONAL = ("result",)
_CONTRACT = of_desk("own_bets")
_HIGHEST = 10**9
_Cells = Mapping[str | None, str | None]
_RESULTS = ("won", "half_won", "push", "half_lost", "lost", "void")


@dataclass(frozen=True)
class Refusal:
    """A row that was not taken: its line in the file (the header is line 1) and why."""

    line: int
    reason: str


@dataclass(frozen=True)
class Imported:
    """Rows of gold own_bets that are new, how many were there before, and the rows refused."""

    bets: pl.DataFrame
    known_before: int
    refused: tuple[Refusal, ...]


class _Wrong(Exception):
    """What is wrong with one row, in a sentence."""


def read_csv(text: str, bettor_id: str, teams: pl.DataFrame, standing: pl.DataFrame, as_of: datetime) -> Imported:
    """The bets of a file that are not in `standing` (gold own_bets) yet.

    `teams`: team_id and team_name of dim_teams; a club is taken by its exact name or id, never by a likeness, and
    a name that two clubs share is refused. A row whose bet was imported before, or stands in the file twice word for
    word, counts once; one that says something else under the same reference is refused. Raises PayloadMalformed where
    a column is missing or the text is no CSV.
    """
    clubs = _clubs(teams)
    before = {row["bet_id"]: row for row in standing.iter_rows(named=True)}
    seen = dict(before)
    refused: list[Refusal] = []
    told_again: set[str] = set()
    for line, cells in _rows(text):
        try:
            row = _bet(cells, bettor_id, clubs, as_of)
            name = str(row["bet_id"])
            _refuse_another(row, seen.setdefault(name, row))
        except _Wrong as wrong:
            refused.append(Refusal(line, str(wrong)))
            continue
        if name in before:
            told_again.add(name)
    fresh = [row for name, row in seen.items() if name not in before]
    return Imported(pl.DataFrame(fresh, schema=contract(_CONTRACT).schema), len(told_again), tuple(refused))


def _rows(text: str) -> list[tuple[int, _Cells]]:
    """Each row with its line in the file."""
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    try:
        rows: list[tuple[int, _Cells]] = [(reader.line_num, cells) for cells in reader]
    except csv.Error as error:
        raise PayloadMalformed(
            f"The file is no CSV after line {reader.line_num}: {error}.", "Export it anew."
        ) from error
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        raise PayloadMalformed(f"The file lacks the columns {missing}.", f"It needs {', '.join(COLUMNS)}.")
    return rows


def _bet(cells: _Cells, bettor_id: str, clubs: Mapping[str, str], as_of: datetime) -> dict[str, object]:
    if None in cells or any(cells[name] is None for name in COLUMNS):
        raise _Wrong("It has more or fewer cells than the header.")
    told = {str(name): (cell or "").strip() for name, cell in cells.items()}
    reference, bookmaker = _given(told, "reference"), _given(told, "bookmaker")
    placed_at = _instant(told["placed_at_utc"], as_of)
    home, away = _club(told["home"], clubs), _club(told["away"], clubs)
    if home == away:
        raise _Wrong(f"'{told['home']}' cannot play itself.")
    line = _line(told["line"])
    _check_selection(told["market"], told["selection"], line)
    return {
        "bet_id": f"B{short_hash(bettor_id, bookmaker, reference)}",
        "bettor_id": bettor_id,
        "reference": reference,
        "placed_at_utc": placed_at,
        "bookmaker": bookmaker,
        "event_date": _day(told["event_date"]),
        "home_team_id": home,
        "away_team_id": away,
        "market": told["market"],
        "selection": told["selection"],
        "line": line,
        "price_odds_dec": _price(told["price_odds_dec"]),
        "stake_minor": _stake(told["stake"], told["currency"]),
        "currency": told["currency"],
        "result": _result(told.get("result", "")),
        "known_at_utc": as_of,
    }


def _refuse_another(row: Mapping[str, object], other: Mapping[str, object]) -> None:
    """The same bet again is no fault; another under its reference is."""
    differs = [name for name, value in row.items() if name != "known_at_utc" and value != other[name]]
    if differs:
        raise _Wrong(f"Reference {row['reference']} was told before with another {' and '.join(differs)}.")


def _clubs(teams: pl.DataFrame) -> dict[str, str]:
    """Ids by name and by id; names that several clubs share are left out."""
    pairs = [(name, team) for team, name in teams.select("team_id", "team_name").unique().iter_rows()]
    shared = Counter(name for name, _ in pairs)
    names = {name: team for name, team in pairs if shared[name] == 1}
    return names | {team: team for _, team in pairs}


def _club(name: str, clubs: Mapping[str, str]) -> str:
    if name not in clubs:
        raise _Wrong(f"No club, or more than one, is called '{name}': use the name or the id of dim_teams.")
    return clubs[name]


def _given(told: Mapping[str, str], name: str) -> str:
    if not told[name]:
        raise _Wrong(f"The {name} is missing.")
    return told[name]


def _instant(text: str, as_of: datetime) -> datetime:
    try:
        placed_at = parse_instant(text).astimezone(UTC)
    except SettingsInvalid as error:
        raise _Wrong(f"'{text}' is no time with a zone, such as 2026-08-15T14:00:00Z.") from error
    if placed_at > as_of:
        raise _Wrong(f"'{text}' is in the future.")
    return placed_at


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise _Wrong(f"'{text}' is no day, such as 2026-08-16.") from error


def _check_selection(market: str, selection: str, line: float | None) -> None:
    if market not in MARKETS:
        raise _Wrong(f"No market is called '{market}'.")
    try:
        MARKETS[market].payoff(0, 0, selection, line)
    except ValueError as error:
        raise _Wrong(str(error)) from error


def _line(text: str) -> float | None:
    return float(_number(text, "line")) if text else None


def _price(text: str) -> float:
    price = _number(text, "price")
    if not 1 < price <= Decimal(str(MAX_ODDS_DEC)):
        raise _Wrong(f"A price of {text} does not lie above 1, up to {MAX_ODDS_DEC:g}.")
    return float(price)


def _stake(text: str, currency: str) -> int:
    stake = _number(text, "stake")
    if stake <= 0 or stake != round(stake, 2):
        raise _Wrong(f"A stake of {text} is not above zero with two decimals at most.")
    try:
        return Money.of(stake, currency).minor
    except ValueError as error:
        raise _Wrong(str(error)) from error


def _number(text: str, what: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise _Wrong(f"The {what} '{text}' is no number.") from error
    if not number.is_finite() or abs(number) > _HIGHEST:
        raise _Wrong(f"The {what} '{text}' is no number of a bet.")
    return number


def _result(text: str) -> str | None:
    if text and text not in _RESULTS:
        raise _Wrong(f"The result '{text}' is none of {', '.join(_RESULTS)}.")
    return text or None


def lines(imported: Imported) -> Iterator[str]:
    """What to tell the bettor: one sentence for the whole, and one for each row refused."""
    yield f"{len(imported.bets)} bets imported, {imported.known_before} known before, {len(imported.refused)} refused."
    for refusal in imported.refused:
        yield f"Line {refusal.line}: {refusal.reason}"
