"""football-data.org, version 4: matches and standings of four competitions; ten requests a minute."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import polars as pl

from sandbox.vendors.base import SANDBOX_KEY, Answer, Ask, Budget, Refusal, Route, Shape, Vendor
from sandbox.vendors.spelling import numbers, short, tla, with_fc
from sandbox.vendors.view import View
from sandbox.vendors.writing import COUNTRY_NAMES, zulu

REQUESTS_A_MINUTE = 10
COMPETITIONS = {
    "PL": ("E0", 2021, "Premier League"),
    "ELC": ("E1", 2016, "Championship"),
    "PD": ("SP1", 2014, "Primera Division"),
    "BL1": ("D1", 2002, "Bundesliga"),
}
AREAS = {"England": (2072, "ENG", "770"), "Spain": (2224, "ESP", "760"), "Germany": (2088, "DEU", "759")}
STATUSES = {
    "scheduled": "TIMED",
    "postponed": "POSTPONED",
    "in_play": "IN_PLAY",
    "finished": "FINISHED",
    "abandoned": "SUSPENDED",
}
CRESTS = "https://crests.football-data.org"
FIRST_MATCH, FIRST_TEAM, SEASON_ID = 540_000, 5000, 2600
Row = dict[str, Any]


def refuse(refusal: Refusal) -> Answer:
    """The vendor's error: a message and its code."""
    told = {
        "unauthorized": (400, "Your API token is invalid."),
        "forbidden": (403, "The resource you are looking for is restricted and apparently not within your permissions. "
                           "Please check your subscription."),
        "not_found": (404, "The resource you are looking for does not exist."),
        "server": (500, "Internal server error."),
    }  # fmt: skip
    limit = f"You reached your request limit. Wait {_reset()} seconds."
    status, message = told.get(refusal, (200 if refusal == "error_body" else 429, limit))
    return Answer({"message": message, "errorCode": status if status != 200 else 429}, status=status)


def matches(ask: Ask) -> Answer:
    """Matches of a competition's season, by `dateFrom` and `dateTo` (days), `matchday`, `status`."""
    found = COMPETITIONS.get(ask.place["competition"])
    if found is None or ask.query.get("season", "2026") != "2026":
        return refuse("not_found" if found is None else "forbidden")
    rows = ask.view.frame("fixtures").filter(pl.col("division") == found[0]).sort("kickoff_at_utc", "match_key")
    told = [_match(row, ask.place["competition"], ask.view) for row in rows.iter_rows(named=True)]
    chosen = [match for match in told if _is_wanted(match, ask.query)]
    days = [match["utcDate"][:10] for match in chosen]
    played = sum(match["status"] == "FINISHED" for match in chosen)
    result = {"count": len(chosen)}
    result |= {"first": days[0], "last": days[-1], "played": played} if days else {}  # type: ignore[dict-item]
    filters = dict(ask.query) | {"season": "2026"}
    return Answer({"filters": filters, "resultSet": result, "competition": _competition(ask.place["competition"]),
                   "matches": chosen})  # fmt: skip


def all_matches(ask: Ask) -> Answer:
    """Matches of several competitions, named by `competitions`, by `dateFrom` and `dateTo` (days)."""
    codes = [code for code in ask.query.get("competitions", ",".join(COMPETITIONS)).split(",") if code in COMPETITIONS]
    divisions = {COMPETITIONS[code][0]: code for code in codes}
    rows = ask.view.frame("fixtures").filter(pl.col("division").is_in(list(divisions)))
    told = [
        _match(row, divisions[row["division"]], ask.view)
        for row in rows.sort("kickoff_at_utc", "match_key").iter_rows(named=True)
    ]
    chosen = [match for match in told if _is_wanted(match, ask.query)]
    return Answer({"filters": dict(ask.query), "resultSet": {"count": len(chosen)}, "matches": chosen})


def standings(ask: Ask) -> Answer:
    """The table of a competition."""
    code = ask.place["competition"]
    if code not in COMPETITIONS:
        return refuse("not_found")
    rows = ask.view.frame("standings").filter(pl.col("division") == COMPETITIONS[code][0]).sort("position")
    table = [_place(row) for row in rows.iter_rows(named=True)]
    total = {"stage": "REGULAR_SEASON", "type": "TOTAL", "group": None, "table": table}
    return Answer({"filters": {"season": "2026"}, "area": _area(code), "competition": _competition(code),
                   "season": _season(code, ask.view), "standings": [total]})  # fmt: skip


def _is_wanted(match: Row, asked: Mapping[str, str]) -> bool:
    day, statuses = match["utcDate"][:10], asked.get("status", "").split(",")
    wanted = {"TIMED", "SCHEDULED"} if "SCHEDULED" in statuses else set()
    return (
        asked.get("dateFrom", "") <= day <= asked.get("dateTo", "9999")
        and asked.get("matchday") in (None, str(match["matchday"]))
        and ("status" not in asked or match["status"] in wanted | set(statuses))
    )


def _match(row: Row, code: str, view: View) -> Row:
    home, away = row["home_goals"], row["away_goals"]
    draw = "DRAW" if home == away else "HOME_TEAM" if home is not None and home > away else "AWAY_TEAM"
    referees = [{"id": None, "name": row["referee"], "type": "REFEREE", "nationality": None}] if row["referee"] else []
    return {
        "area": _area(code), "competition": _competition(code), "season": _season(code, view),
        "id": FIRST_MATCH + row["match_key"], "utcDate": zulu(row["kickoff_at_utc"]), "status": STATUSES[row["status"]],
        "matchday": row["round"], "stage": "REGULAR_SEASON", "group": None, "lastUpdated": zulu(row["known_at_utc"]),
        "homeTeam": _team(row["home"]), "awayTeam": _team(row["away"]),
        "score": {
            "winner": draw if row["status"] == "finished" else None, "duration": "REGULAR",
            "fullTime": {"home": home, "away": away},
            "halfTime": {"home": row["home_goals_half_time"], "away": row["away_goals_half_time"]},
        },
        "odds": {"msg": "Activate Odds-Package in User-Panel to retrieve odds."}, "referees": referees,
    }  # fmt: skip


def _area(code: str) -> Row:
    country = COUNTRY_NAMES[COMPETITIONS[code][0]]
    number, letters, flag = AREAS[country]
    return {"id": number, "name": country, "code": letters, "flag": f"{CRESTS}/{flag}.svg"}


def _competition(code: str) -> Row:
    _, number, name = COMPETITIONS[code]
    return {"id": number, "name": name, "code": code, "type": "LEAGUE", "emblem": f"{CRESTS}/{code}.png"}


def _season(code: str, view: View) -> Row:
    def made() -> Row:
        rows = view.frame("fixtures").filter(pl.col("division") == COMPETITIONS[code][0])
        days = rows["kickoff_at_utc"].dt.date()
        begun = rows.filter(pl.col("kickoff_at_utc") <= view.at_utc)["round"]
        current = int(str(begun.max())) if begun.len() else 1
        return {"id": SEASON_ID + COMPETITIONS[code][1], "startDate": str(days.min()), "endDate": str(days.max()),
                "currentMatchday": current, "winner": None}  # fmt: skip

    season: Row = view.once(f"football_data_org season {code}", made)
    return season


def _team(club: str) -> Row:
    number = FIRST_TEAM + numbers()[club]
    return {"id": number, "name": with_fc(club), "shortName": short(club), "tla": tla(club),
            "crest": f"{CRESTS}/{number}.png"}  # fmt: skip


def _place(row: Row) -> Row:
    return {
        "position": row["position"], "team": _team(row["club"]), "playedGames": row["played"], "form": None,
        "won": row["won"], "draw": row["drawn"], "lost": row["lost"], "points": row["points"],
        "goalsFor": row["goals_for"], "goalsAgainst": row["goals_against"],
        "goalDifference": row["goals_for"] - row["goals_against"],
    }  # fmt: skip


def _reset() -> int:
    return 60 - int(time.monotonic() % 60)


def _told(used: int, left: int, cost: int) -> Mapping[str, str]:
    return {
        "x-api-version": "v4",
        "x-authenticated-client": "sandbox",
        "x-requests-available-minute": str(left),
        "x-requestcounter-reset": str(_reset()),
    }


VENDOR = Vendor(
    name="football_data_org",
    hosts=("api.football-data.org",),
    routes=(
        Route("matches", "/v4/matches", all_matches,
              Shape(("matches",), (), ("lastUpdated",), (("homeTeam", "awayTeam"),), ("utcDate", "date"))),
        Route("matches", "/v4/competitions/{competition}/matches", matches,
              Shape(("matches",), (), ("lastUpdated",), (("homeTeam", "awayTeam"),), ("utcDate", "date"))),
        Route("standings", "/v4/competitions/{competition}/standings", standings,
              Shape(("standings", "*", "table"), renamed=("playedGames", "played"))),
    ),
    admitted=lambda ask: ask.headers.get("x-auth-token") == SANDBOX_KEY,
    refuse=refuse,
    budgets={"*": Budget(REQUESTS_A_MINUTE, "minute", _told)},
)  # fmt: skip
