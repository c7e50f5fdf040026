"""API-Football's fixtures, lineups, statistics, injuries and standings, from what is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import polars as pl

from sandbox.vendors.spelling import formal, initialled, numbers, plain
from sandbox.vendors.view import View
from sandbox.vendors.writing import COUNTRY_NAMES, offset

LEAGUES = {"E0": (39, "Premier League"), "E1": (40, "Championship"), "SP1": (140, "La Liga"), "D1": (78, "Bundesliga")}
CODES = {str(number): code for code, (number, _) in LEAGUES.items()}
FLAGS = {"England": "gb", "Spain": "es", "Germany": "de"}
MEDIA = "https://media.api-sports.io"
SEASON = 2026
FIRST_FIXTURE = 1_400_000
FIRST_PLAYER = 600_000
INJURIES_BEFORE = timedelta(days=4)
Row = dict[str, Any]

STATUSES = {
    "scheduled": ("Not Started", "NS"),
    "postponed": ("Match Postponed", "PST"),
    "in_play": ("Second Half", "2H"),
    "finished": ("Match Finished", "FT"),
    "abandoned": ("Match Abandoned", "ABD"),
}
POSITIONS = {"GK": "G", "DEF": "D", "MID": "M", "FWD": "F"}


def matches(view: View, asked: Mapping[str, str]) -> list[Row]:
    """Matches by the vendor's parameters: id, fixture, ids, league, season, date, from, to, status; else none."""
    rows = view.frame("fixtures").sort("kickoff_at_utc", "match_key")
    day = pl.col("kickoff_at_utc").dt.date().cast(pl.String)
    tests: dict[str, Callable[[str], pl.Expr]] = {
        "league": lambda value: pl.col("division") == CODES.get(value, ""),
        "season": lambda value: pl.lit(value == str(SEASON)),
        "date": lambda value: day == value,
        "from": lambda value: day >= value,
        "to": lambda value: day <= value,
        "id": lambda value: pl.col("match_key") == int(value) - FIRST_FIXTURE,
        "fixture": lambda value: pl.col("match_key") == int(value) - FIRST_FIXTURE,
        "ids": lambda value: pl.col("match_key").is_in([int(part) - FIRST_FIXTURE for part in value.split("-")]),
    }
    chosen = [test(asked[name]) for name, test in tests.items() if name in asked]
    found = list(rows.filter(*chosen).iter_rows(named=True)) if chosen else []
    wanted = set(asked["status"].split("-")) if "status" in asked else None
    return [row for row in found if wanted is None or STATUSES[row["status"]][1] in wanted]


def fixture(view: View, row: Row) -> Row:
    """One match in the vendor's words."""
    begun = row["status"] in ("in_play", "finished")
    told = _match(view, row)
    goals = (row["home_goals"], row["away_goals"])
    nothing = {"home": None, "away": None}
    halftime = {"home": row["home_goals_half_time"], "away": row["away_goals_half_time"]}
    fulltime = {"home": goals[0], "away": goals[1]}
    return {
        "fixture": told | {"status": _status(row), "periods": _periods(row, begun)},
        "league": league(row["division"]) | {"round": f"Regular Season - {row['round']}"},
        "teams": {
            "home": team(row["home"]) | {"winner": _won(goals[0], goals[1])},
            "away": team(row["away"]) | {"winner": _won(goals[1], goals[0])},
        },
        "goals": fulltime,
        "score": {"halftime": halftime, "fulltime": fulltime, "extratime": nothing, "penalty": nothing},
    }


def _match(view: View, row: Row) -> Row:
    grounds = view.once(
        "api_football venues", lambda: {v["club"]: v for v in view.still("venues").iter_rows(named=True)}
    )
    ground = grounds.get(row["home"], {})
    country = COUNTRY_NAMES[row["division"]]
    return {
        "id": FIRST_FIXTURE + row["match_key"],
        "referee": f"{row['referee']}, {country}" if row["referee"] else None,
        "timezone": "UTC",
        "date": offset(row["kickoff_at_utc"]),
        "timestamp": int(row["kickoff_at_utc"].timestamp()),
        "periods": {"first": None, "second": None},
        "venue": {"id": numbers()[row["home"]], "name": ground.get("ground"), "city": ground.get("city")},
    }


def _status(row: Row) -> Row:
    long, brief = STATUSES[row["status"]]
    return {"long": long, "short": brief, "elapsed": {"finished": 90, "in_play": 60}.get(row["status"])}


def _periods(row: Row, begun: bool) -> Row:
    first = int(row["kickoff_at_utc"].timestamp())
    return {"first": first if begun else None, "second": first + 3600 if row["status"] == "finished" else None}


def _won(own: int | None, other: int | None) -> bool | None:
    return None if own is None or other is None or own == other else own > other


def league(code: str) -> Row:
    """A league in the vendor's words."""
    number, name = LEAGUES[code]
    country = COUNTRY_NAMES[code]
    return {
        "id": number,
        "name": name,
        "country": country,
        "logo": f"{MEDIA}/football/leagues/{number}.png",
        "flag": f"{MEDIA}/flags/{FLAGS[country]}.svg",
        "season": SEASON,
    }


def team(club: str) -> Row:
    """A club in the vendor's words: the formal name without accents."""
    number = 2000 + numbers()[club]
    return {"id": number, "name": plain(formal(club)), "logo": f"{MEDIA}/football/teams/{number}.png"}


def lineup(view: View, row: Row) -> list[Row]:
    """Both sides' lineups of a match; none before they are announced."""
    rows = view.frame("lineups", match_key=row["match_key"])
    sides = [rows.filter(pl.col("side") == side) for side in ("home", "away")]
    return [_lineup(side) for side in sides if side.height]


def _lineup(rows: pl.DataFrame) -> Row:
    players = list(rows.iter_rows(named=True))
    start = [_named(player, f"{1 + index // 4}:{1 + index % 4}") for index, player in
             enumerate(player for player in players if player["is_starter"])]  # fmt: skip
    bench = [_named(player, None) for player in players if not player["is_starter"]]
    colours = {"primary": "b30000", "number": "ffffff", "border": "b30000"}
    side = team(players[0]["club"]) | {"colors": {"player": colours, "goalkeeper": colours}}
    coach = {"id": None, "name": None, "photo": None}
    return {"team": side, "coach": coach, "formation": players[0]["formation"], "startXI": start, "substitutes": bench}


def _named(player: Row, grid: str | None) -> Row:
    return {
        "player": {
            "id": FIRST_PLAYER + player["player_key"],
            "name": player["name"],
            "number": player["shirt_number"],
            "pos": POSITIONS[player["position"]],
            "grid": grid,
        }
    }


def statistics(view: View, row: Row) -> list[Row]:
    """Both sides' statistics of a finished match."""
    rows = view.frame("team_stats").filter(pl.col("match_key") == row["match_key"]).sort("side", descending=True)
    return [{"team": team(side["club"]), "statistics": _numbers(side)} for side in rows.iter_rows(named=True)]


def _numbers(side: Row) -> list[Row]:
    shots, on_target = side["shots"], side["shots_on_target"]
    told = {
        "Shots on Goal": on_target, "Shots off Goal": shots - on_target, "Total Shots": shots, "Blocked Shots": None,
        "Shots insidebox": None, "Shots outsidebox": None, "Fouls": side["fouls"], "Corner Kicks": side["corners"],
        "Offsides": None, "Ball Possession": f"{round(100 * side['possession_share'])}%",
        "Yellow Cards": side["yellows"], "Red Cards": side["reds"] or None, "Goalkeeper Saves": None,
        "Total passes": None, "Passes accurate": None, "Passes %": None, "expected_goals": f"{side['xg']:.2f}",
    }  # fmt: skip
    return [{"type": name, "value": value} for name, value in told.items()]


def injury(view: View, row: Row) -> list[Row]:
    """Who is known to miss a coming match, or may; a few days before it at most."""
    if row["status"] != "scheduled" or row["kickoff_at_utc"] - view.at_utc > INJURIES_BEFORE:
        return []
    rows = view.frame("absences").filter(pl.col("club").is_in([row["home"], row["away"]]))
    absent = [one for one in rows.iter_rows(named=True) if _is_away(one, row)]
    return [_absence(one, row) for one in absent]


def _is_away(absence: Row, row: Row) -> bool:
    back = absence["expected_return_at_utc"]
    return back is None or bool(back > row["kickoff_at_utc"])


def _absence(absence: Row, row: Row) -> Row:
    number = FIRST_PLAYER + absence["player_key"]
    first, _, last = absence["name"].partition(" ")
    player = {
        "id": number,
        "name": initialled(first, last) if last else first,
        "photo": f"{MEDIA}/football/players/{number}.png",
        "type": "Missing Fixture" if absence["status"] == "out" else "Questionable",
        "reason": absence["kind"].capitalize(),
    }
    told = league(row["division"])
    order = ("id", "season", "name", "country", "logo", "flag")
    return {"player": player, "team": team(absence["club"]), "fixture": brief(row),
            "league": {name: told[name] for name in order}}  # fmt: skip


def brief(row: Row) -> Row:
    """A match as other endpoints refer to it."""
    return {
        "id": FIRST_FIXTURE + row["match_key"],
        "timezone": "UTC",
        "date": offset(row["kickoff_at_utc"]),
        "timestamp": int(row["kickoff_at_utc"].timestamp()),
    }


def standing(view: View, code: str) -> Row:
    """The table of a league."""
    rows = view.frame("standings").filter(pl.col("division") == code).sort("position")
    table = [_place(row, view) for row in rows.iter_rows(named=True)]
    return {"league": league(code) | {"standings": [table]}}


def _place(row: Row, view: View) -> Row:
    played = {
        "played": row["played"],
        "win": row["won"],
        "draw": row["drawn"],
        "lose": row["lost"],
        "goals": {"for": row["goals_for"], "against": row["goals_against"]},
    }
    return {
        "rank": row["position"],
        "team": team(row["club"]),
        "points": row["points"],
        "goalsDiff": row["goals_for"] - row["goals_against"],
        "group": LEAGUES[row["division"]][1],
        "form": None,
        "status": "same",
        "description": None,
        "all": played,
        "update": offset(view.at_utc.replace(hour=0, minute=0, second=0)),
    }
