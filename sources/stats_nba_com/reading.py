"""From bytes to tables in the league's own words: logs and lists of rows, a day's games, a box score."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from core.errors import PayloadMalformed
from sources.items import Field, amount, at, count, flag, instant, table, words
from sources.outcomes import HTTP_ERROR, MALFORMED
from sources.rows import Refused, document, fields, items, number_in_text

TEAM_LOG, PLAYER_LOG, SCOREBOARD, BOX_SCORE, PLAYERS = (
    "team_game_log", "player_game_log", "scoreboard", "box_score", "players",
)  # fmt: skip
COUNTS = (
    "FGM", "FGA", "FG3M", "FG3A", "FTM", "FTA", "OREB", "DREB", "REB", "AST", "STL", "BLK", "TOV", "PF",
)  # fmt: skip
_SIDES = ("home", "away")
_WAY_OUT = "See docs/sources/stats_nba_com.md."
_DURATION = re.compile(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?")
_CLOCK = re.compile(r"(\d{1,3}):([0-5]\d)(?:\.\d+)?")

Read = tuple[pl.DataFrame, list[Refused]]


def minutes(value: object) -> float | None:
    """`PT30M49.00S`, `30:49` or `30` as minutes; null for anything else."""
    if isinstance(value, str):
        if found := _CLOCK.fullmatch(value.strip()):
            return int(found[1]) + int(found[2]) / 60
        found = _DURATION.fullmatch(value.strip())
        if found and any(found.groups()):
            hours, whole, seconds = (float(part or 0) for part in found.groups())
            return hours * 60 + whole + seconds / 60
    return number_in_text(value)


def _column(name: str, *, needed: bool = True) -> Field:
    return words(name, name, needed=needed)


_OF_LOG = (
    *(_column(name) for name in ("SEASON_ID", "TEAM_ID", "TEAM_ABBREVIATION", "TEAM_NAME", "GAME_ID", "MATCHUP")),
    instant("GAME_DATE", "GAME_DATE", needed=True),
    _column("WL", needed=False),
    Field("MIN", ("MIN",), minutes, pl.Float64()),
    count("PTS", "PTS", needed=True),
    *(count(name, name) for name in COUNTS),
    amount("PLUS_MINUS", "PLUS_MINUS"),
)
_LOGS = {TEAM_LOG: _OF_LOG, PLAYER_LOG: (*_OF_LOG, _column("PLAYER_ID"), _column("PLAYER_NAME"))}
_OF_PLAYERS = (
    _column("PERSON_ID"),
    _column("DISPLAY_FIRST_LAST"),
    count("ROSTERSTATUS", "ROSTERSTATUS"),
    count("FROM_YEAR", "FROM_YEAR"),
    count("TO_YEAR", "TO_YEAR"),
    _column("TEAM_ID", needed=False),
    _column("TEAM_ABBREVIATION", needed=False),
)
_OF_GAME = (
    words("game_id", "gameId", needed=True),
    words("game_code", "gameCode"),
    count("status", "gameStatus", needed=True),
    words("status_text", "gameStatusText"),
    count("period", "period"),
    count("regulation_periods", "regulationPeriods"),
    instant("tipoff_at_utc", "gameTimeUTC", needed=True),
    flag("is_neutral", "isNeutral"),
    *(words(f"{side}_number", f"{side}Team", "teamId") for side in _SIDES),
    *(words(f"{side}_tricode", f"{side}Team", "teamTricode", needed=True) for side in _SIDES),
    *(words(f"{side}_city", f"{side}Team", "teamCity") for side in _SIDES),
    *(words(f"{side}_nickname", f"{side}Team", "teamName") for side in _SIDES),
    *(count(f"{side}_score", f"{side}Team", "score") for side in _SIDES),
)
_STATISTICS = {
    "FGM": "fieldGoalsMade", "FGA": "fieldGoalsAttempted", "FG3M": "threePointersMade",
    "FG3A": "threePointersAttempted", "FTM": "freeThrowsMade", "FTA": "freeThrowsAttempted",
    "OREB": "reboundsOffensive", "DREB": "reboundsDefensive", "REB": "reboundsTotal", "AST": "assists",
    "STL": "steals", "BLK": "blocks", "TOV": "turnovers", "PF": "foulsPersonal",
}  # fmt: skip
_OF_BOX = (
    words("side", "side", needed=True),
    words("number", "number"),
    words("tricode", "tricode", needed=True),
    words("person_id", "player", "personId", needed=True),
    words("first_name", "player", "firstName"),
    words("family_name", "player", "familyName", needed=True),
    words("position", "player", "position"),
    words("comment", "player", "comment"),
    Field("MIN", ("player", "statistics", "minutes"), minutes, pl.Float64()),
    count("PTS", "player", "statistics", "points", needed=True),
    *(count(name, "player", "statistics", said) for name, said in _STATISTICS.items()),
    amount("PLUS_MINUS", "player", "statistics", "plusMinusPoints"),
)


@dataclass(frozen=True)
class BoxScore:
    """One game's players: `rows` in the columns of a box, and the number and clubs of the game."""

    game_id: str
    rows: pl.DataFrame
    refused: list[Refused]


def read_log(endpoint: str, body: bytes) -> Read:
    """A season's log, one row a game and club or player; raises PayloadMalformed where it is none.

    One without a row is a log too: of a season to come.
    """
    return _result_set(body, _LOGS[endpoint])


def read_players(body: bytes) -> tuple[pl.DataFrame, list[Refused], str | None]:
    """All players of the league, one row each, and the season asked for; raises PayloadMalformed where it is no list.

    A list without players counts as none.
    """
    found, refused = _result_set(body, _OF_PLAYERS)
    if found.is_empty() and not refused:
        raise PayloadMalformed("The list has no players.", "It is asked for again.")
    season = at(document(body), "parameters", "Season")
    return found, refused, season if isinstance(season, str) else None


def read_scoreboard(body: bytes) -> Read:
    """A day's games, one row each; raises PayloadMalformed where there is no scoreboard."""
    board = fields(_answer(body).get("scoreboard"), "a scoreboard")
    return table(items(board.get("games"), "games"), _OF_GAME)


def read_box_score(body: bytes) -> BoxScore:
    """A game's players, one row each; raises PayloadMalformed where there is no box score or nobody in it."""
    box = fields(_answer(body).get("boxScoreTraditional"), "a box score")
    game_id = box.get("gameId")
    if not isinstance(game_id, str):
        raise PayloadMalformed("The box score does not say of which game it is.", _WAY_OUT)
    found, refused = table([player for side in _SIDES for player in _of_side(box, side)], _OF_BOX)
    if found.is_empty() and not refused:
        raise PayloadMalformed("The box score has no players.", "The game may not have begun: it is asked for again.")
    return BoxScore(game_id, found, refused)


def verdict(endpoint: str, body: bytes) -> str | None:
    """What a body that came with status 200 is, where it is no answer: `http_error`, `malformed`; else None."""
    try:
        if _is_error(document(body)):
            return HTTP_ERROR
        _READERS[endpoint](body)
    except PayloadMalformed:
        return MALFORMED
    return None


_READERS = {
    TEAM_LOG: lambda body: read_log(TEAM_LOG, body),
    PLAYER_LOG: lambda body: read_log(PLAYER_LOG, body),
    PLAYERS: read_players,
    SCOREBOARD: read_scoreboard,
    BOX_SCORE: read_box_score,
}


def _is_error(found: object) -> bool:
    return isinstance(found, dict) and bool({"Message", "message", "error"} & found.keys())


def _answer(body: bytes) -> dict[str, Any]:
    found = fields(document(body), "an answer")
    if _is_error(found):
        said = next(found[name] for name in ("Message", "message", "error") if name in found)
        raise PayloadMalformed(f"The league answered with an error: {str(said)[:200]}", _WAY_OUT)
    return found


def _of_side(box: dict[str, Any], side: str) -> list[object]:
    team = fields(box.get(f"{side}Team"), f"the {side} side")
    shared = {"side": side, "number": team.get("teamId"), "tricode": team.get("teamTricode")}
    return [{**shared, "player": player} for player in items(team.get("players"), "players")]


def _result_set(body: bytes, columns: Sequence[Field]) -> Read:
    """The rows under the headers of an answer's first set; a row of another width than the headers is refused."""
    found = _answer(body)
    sets = found.get("resultSets", found.get("resultSet"))
    answers = [sets] if isinstance(sets, dict) else items(sets, "result sets")
    answer = fields(answers[0] if answers else None, "a result set")
    headers, rows = items(answer.get("headers"), "headers"), items(answer.get("rowSet"), "rows")
    missing = [column.name for column in columns if column.needed and column.name not in headers]
    if missing or len({str(name) for name in headers}) < len(headers):
        raise PayloadMalformed(f"The headers lack or repeat columns (lacking: {', '.join(missing)}).", _WAY_OUT)
    read, refused = table([_named(headers, row) for row in rows], columns)
    return read, [_with_width(refusal, len(headers)) for refusal in refused]


def _named(headers: list[Any], row: object) -> object:
    fits = isinstance(row, list) and len(row) == len(headers)
    return dict(zip(headers, row, strict=True)) if fits and isinstance(row, list) else row


def _with_width(refusal: Refused, width: int) -> Refused:
    if not isinstance(refusal.item, list):
        return refusal
    said = f"{len(refusal.item)} cells stand under {width} headers."
    return replace(refusal, reason="wrong_width", detail=said)
