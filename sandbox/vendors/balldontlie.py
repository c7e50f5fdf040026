"""balldontlie, version 1: the NBA in pages by cursor; the key is the whole header."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.vendors.base import SANDBOX_KEY, STATUS, Answer, Ask, Budget, Refusal, Route, Shape, Vendor
from sandbox.vendors.nba_games import Row, games, players, teams
from sandbox.vendors.spelling import plain
from sandbox.vendors.view import View
from sandbox.vendors.writing import zulu

REQUESTS_A_MINUTE = 60
PER_PAGE, MOST_PER_PAGE = 25, 100
FIRST_GAME = 18_000_000


def refuse(refusal: Refusal) -> Answer:
    """The vendor's error: a word of plain text, or JSON where it says 200."""
    if refusal == "error_body":
        return Answer({"error": "Too many requests, please try again later."})
    words = {"unauthorized": "Unauthorized", "rate": "Too many requests", "quota": "Too many requests"}
    return Answer(words.get(refusal, refusal.replace("_", " ").capitalize()), "text", STATUS[refusal])


def team_list(ask: Ask) -> Answer:
    """All teams."""
    return Answer({"data": [_team(ask.view, team) for team in teams(ask.view)]})


def player_list(ask: Ask) -> Answer:
    """Players on the rosters, by id; `search` in the name, `team_ids[]`."""
    wanted, text = _many(ask, "team_ids[]"), plain(ask.query.get("search", "")).lower()
    rows = [_player(ask.view, row) | {"team": _team(ask.view, row["team_id"])} for row in players(ask.view).values()
            if text in plain(row["name"]).lower()]  # fmt: skip
    return _page(ask, [row for row in rows if not wanted or str(row["team"]["id"]) in wanted])


def game_list(ask: Ask) -> Answer:
    """Games by `dates[]`, `start_date`, `end_date`, `seasons[]`, `team_ids[]`."""
    days, seasons, wanted = _many(ask, "dates[]"), _many(ask, "seasons[]"), _many(ask, "team_ids[]")
    first, last = ask.query.get("start_date", ""), ask.query.get("end_date", "9999")
    rows = [_game(ask.view, row) for row in games(ask.view)]
    return _page(
        ask,
        [
            row
            for row in rows
            if (not days or row["date"] in days)
            and (not seasons or str(row["season"]) in seasons)
            and first <= row["date"] <= last
            and (not wanted or {str(row["home_team"]["id"]), str(row["visitor_team"]["id"])} & wanted)
        ],
    )


def injury_list(ask: Ask) -> Answer:
    """Who is hurt now."""
    rows = ask.view.frame("nba_injuries").sort("player_id").iter_rows(named=True)
    return _page(ask, [_injury(ask.view, row) for row in rows], of=lambda row: row["player"]["id"])


def _page(ask: Ask, rows: list[Row], of: Any = lambda row: row["id"]) -> Answer:
    """The rows after the cursor, which is the id of the last row seen."""
    size = min(int(ask.query.get("per_page", PER_PAGE)), MOST_PER_PAGE)
    after = int(ask.query.get("cursor", 0))
    left = [row for row in sorted(rows, key=of) if of(row) > after]
    meta: Row = {"per_page": size}
    if len(left) > size:
        meta = {"next_cursor": of(left[size - 1]), **meta}
    return Answer({"data": left[:size], "meta": meta})


def _many(ask: Ask, name: str) -> set[str]:
    return {part for part in ask.query.get(name, "").split(",") if part}


def _team(view: View, team_id: int) -> Row:
    team = teams(view)[team_id]
    number = list(teams(view)).index(team_id) + 1
    return {
        "id": number, "conference": team["conference"], "division": team["division"], "city": team["city"],
        "name": team["nickname"], "full_name": f"{team['city']} {team['nickname']}",
        "abbreviation": team["abbreviation"],
    }  # fmt: skip


def _player(view: View, row: Row) -> Row:
    """A player without accents, as this vendor writes names."""
    return {
        "id": row["player_id"], "first_name": plain(row["first_name"]), "last_name": plain(row["last_name"]),
        "position": row["position"], "height": None, "weight": None, "jersey_number": str(row["jersey"]),
        "college": None, "country": None, "draft_year": None, "draft_round": None, "draft_number": None,
    }  # fmt: skip


def _game(view: View, row: Row) -> Row:
    over = row["status"] == "finished"
    status = {"finished": "Final", "in_play": "2nd Qtr", "postponed": "Postponed"}.get(row["status"])
    return {
        "id": FIRST_GAME + 2000 * (row["season_start_year"] % 100) + int(row["game_id"][-4:]),
        "date": row["game_date_eastern"].isoformat(), "season": row["season_start_year"],
        "status": status or zulu(row["tipoff_at_utc"]), "period": 4 + (row["overtimes"] or 0) if over else 0,
        "time": "Final" if over else None, "postseason": False, "home_team_score": row["home_points"] or 0,
        "visitor_team_score": row["away_points"] or 0,
        "datetime": row["tipoff_at_utc"].strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "home_team": _team(view, row["home_team_id"]), "visitor_team": _team(view, row["away_team_id"]),
    }  # fmt: skip


def _injury(view: View, row: Row) -> Row:
    player = players(view).get(row["player_id"])
    number = list(teams(view)).index(row["team_id"]) + 1
    told = _player(view, player) if player else {"id": row["player_id"], "first_name": "", "last_name": row["name"]}
    back = row["expected_return_at_utc"]
    return {
        "player": told | {"team_id": number},
        "return_date": f"{back:%b} {back.day}" if back else None,
        "description": f"{row['announced_at_utc']:%b} {row['announced_at_utc'].day}: {told['last_name']} "
        f"({row['description']}) is {row['status'].lower()}.",
        "status": row["status"],
    }


def _told(used: int, left: int, cost: int) -> Mapping[str, str]:
    return {"x-ratelimit-limit": str(REQUESTS_A_MINUTE), "x-ratelimit-remaining": str(left)}


_SIDES = (("home_team", "visitor_team"), ("home_team_score", "visitor_team_score"))
VENDOR = Vendor(
    name="balldontlie",
    hosts=("api.balldontlie.io",),
    routes=(
        Route("teams", "/v1/teams", team_list, Shape(("data",), renamed=("full_name", "name_full"))),
        Route("players", "/v1/players", player_list, Shape(("data",), renamed=("last_name", "surname"))),
        Route("games", "/v1/games", game_list, Shape(("data",), (), (), _SIDES, ("visitor_team", "away_team"))),
        Route("player_injuries", "/v1/player_injuries", injury_list, Shape(("data",), renamed=("player", "athlete"))),
    ),
    admitted=lambda ask: ask.headers.get("authorization") == SANDBOX_KEY,
    refuse=refuse,
    budgets={"*": Budget(REQUESTS_A_MINUTE, "minute", _told)},
)
