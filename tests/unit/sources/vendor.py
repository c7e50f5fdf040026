"""Payloads in the shape of football-data.co.uk with INVENTED values: no club, score or price here is real."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import polars as pl

from core.clock import parse_instant
from lake.competitions import competitions
from sources.base import Parsed, Payload
from sources.football_data.source import FootballData
from sources.known import MATCH, Known

ROOT = "https://www.football-data.co.uk"
Row = Mapping[str, str]

PLAYED: Row = {
    **{"Div": "E0", "Date": "12/08/2023", "Time": "15:00", "HomeTeam": "Alderwick", "AwayTeam": "Brackmoor"},
    **{"FTHG": "2", "FTAG": "1", "FTR": "H", "HTHG": "1", "HTAG": "0", "HTR": "H"},
    **{"HS": "10", "AS": "8", "HST": "5", "AST": "3", "B365H": "2.1", "B365D": "3.4", "B365A": "3.6"},
}
"""A match that is over, with nothing wrong with it."""

NO_RESULT: Row = dict.fromkeys(("FTHG", "FTAG", "FTR", "HTHG", "HTAG", "HTR", "HS", "AS", "HST", "AST"), "")
"""What stands in these cells before the match."""

ABROAD: Row = {
    **{"Country": "USA", "League": "MLS", "Season": "2012", "Date": "10/03/2012", "Time": "23:00", "Home": "Alderwick"},
    **{"Away": "Brackmoor", "HG": "2", "AG": "0", "Res": "H", "PSCH": "2.06", "PSCD": "3.4", "PSCA": "4.11"},
    **{"B365CH": "2", "B365CD": "3.3", "B36CA": "4"},
}
"""A match of a file of an extra country: closing prices only, and the vendor's slip B36CA."""

NOTHING_PLAYED = pl.DataFrame(
    schema={
        **dict.fromkeys(("competition_id", "season_code", "home_team_id", "away_team_id"), pl.String()),
        "event_at_utc": pl.Datetime("us", "UTC"),
    }
)


def known_of(played: pl.DataFrame) -> Known:
    """What silver knows where these matches are over and nothing else is known."""
    return Known("football", played.with_columns(match_id=pl.lit(""), state=pl.lit("finished")).select(*MATCH))


def row(changes: Row | None = None, base: Row = PLAYED, **cells: str) -> dict[str, str]:
    """A row of the vendor with some cells changed or added."""
    return {**base, **(changes or {}), **cells}


def file(*rows: Row, header: Sequence[str] | None = None, end: str = "\r\n", encoding: str = "utf-8") -> bytes:
    """A CSV file of these rows; its columns are those of the first row unless a header is given."""
    columns = list(rows[0] if header is None else header)
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator=end)
    writer.writerow(columns)
    writer.writerows([[cells.get(name, "") for name in columns] for cells in rows])
    return text.getvalue().encode(encoding)


def season(clubs: Sequence[str], start: str = "12/08/2023") -> list[dict[str, str]]:
    """A complete double round robin, all on one day: each club meets each other once at home."""
    return [row(HomeTeam=home, AwayTeam=away, Date=start) for home in clubs for away in clubs if home != away]


def clubs(count: int) -> list[str]:
    """Invented names of clubs."""
    return [f"Club {chr(65 + place)}" for place in range(count)]


def address(league: str | None, season_code: str | None, endpoint: str) -> str:
    """Where the vendor serves a resource."""
    if endpoint == "fixtures":
        return f"{ROOT}/fixtures.csv"
    if endpoint == "extra_file":
        return f"{ROOT}/new/{league}.csv"
    assert season_code is not None
    return f"{ROOT}/mmz4281/{season_code[2:4]}{season_code[5:7]}/{league}.csv"


def payload(
    body: bytes,
    league: str | None = "E0",
    season_code: str | None = "2023-24",
    endpoint: str = "season_file",
    captured: str = "2024-07-01T00:00:00Z",
) -> Payload:
    """A payload as bronze would hand it to the parser."""
    league, season_code = _named_by(endpoint, league, season_code)
    sha256 = hashlib.sha256(body).hexdigest()
    return Payload(address(league, season_code, endpoint), endpoint, league, season_code, at(captured), sha256, body)


def read(
    body: bytes,
    league: str | None = "E0",
    season_code: str | None = "2023-24",
    endpoint: str = "season_file",
    captured: str = "2024-07-01T00:00:00Z",
    played: pl.DataFrame = NOTHING_PLAYED,
) -> Parsed:
    """What the source reads out of these bytes, with all leagues asked for."""
    asked = payload(body, league, season_code, endpoint, captured)
    return FootballData().parse(asked, competitions("football"), known_of(played))


def read_rows(*rows: Row, header: Sequence[str] | None = None) -> Parsed:
    """What the source reads out of a season file of these rows."""
    return read(file(*rows, header=header))


def finished(parsed: Parsed) -> pl.DataFrame:
    """The finished matches among what was read."""
    return state(parsed, "finished")


def scheduled(parsed: Parsed) -> pl.DataFrame:
    """The scheduled matches among what was read: one a match that was not refused."""
    return state(parsed, "scheduled")


def state(parsed: Parsed, name: str) -> pl.DataFrame:
    """Matches in one state; an empty frame where the payload gave none at all."""
    matches = parsed.rows.get("matches")
    return pl.DataFrame() if matches is None else matches.filter(pl.col("state") == name)


def reasons(parsed: Parsed, entity: str = "matches") -> list[tuple[str, str]]:
    """(reason, sentence) of every refused row of an entity."""
    refused = parsed.refused.get(entity, pl.DataFrame())
    return [] if refused.is_empty() else list(refused.select("_reason", "_detail").rows())


def prices(parsed: Parsed) -> dict[tuple[str, str, str, str, float | None], float]:
    """Prices by (bookmaker, kind, market, selection, line)."""
    names = ("bookmaker", "quote_kind", "market", "selection", "line")
    rows = parsed.rows["odds_quotes"].select(*names, "price_odds_dec").rows()
    found = {(book, kind, market, selection, line): price for book, kind, market, selection, line, price in rows}
    assert len(found) == len(rows)
    return found


def at(text: str) -> datetime:
    """`2024-07-01T00:00:00Z` as an instant."""
    return parse_instant(text).astimezone(UTC)


def _named_by(endpoint: str, league: str | None, season_code: str | None) -> tuple[str | None, str | None]:
    return (None if endpoint == "fixtures" else league), (season_code if endpoint == "season_file" else None)
