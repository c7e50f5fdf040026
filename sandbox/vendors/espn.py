"""ESPN's public NBA pages as JSON: the scoreboard with one book's odds, injuries and news. No key, tags for caching."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import polars as pl

from sandbox.vendors.base import STATUS, Answer, Ask, Refusal, Route, Shape, Vendor
from sandbox.vendors.nba_games import EASTERN, Row, eastern, games, players, records, season_text, teams
from sandbox.vendors.spelling import initialled
from sandbox.vendors.view import View
from sandbox.vendors.writing import day_of, to_minute, whole_american, zulu

FIRST_EVENT = 401_900_000
BOOK = ("58", "ESPN BET")
TYPES = {
    "scheduled": ("1", "STATUS_SCHEDULED", "pre", False, "Scheduled"),
    "in_play": ("2", "STATUS_IN_PROGRESS", "in", False, "In Progress"),
    "finished": ("3", "STATUS_FINAL", "post", True, "Final"),
    "postponed": ("6", "STATUS_POSTPONED", "post", False, "Postponed"),
}
INJURY_TYPES = {"Out": "O", "Doubtful": "D", "Questionable": "Q", "Probable": "P"}


def refuse(refusal: Refusal) -> Answer:
    """The vendor's error."""
    code = STATUS[refusal]
    return Answer({"code": code if code != 200 else 404, "message": f"Failed to get events: {refusal}"}, status=code)


def scoreboard(ask: Ask) -> Answer:
    """Games of one Eastern day or a range (`dates=20261120` or `20261120-20261122`)."""
    first, last = _days(ask)
    found = [row for row in games(ask.view) if first <= row["game_date_eastern"] <= last]
    events = [_event(ask.view, row) for row in found]
    return Answer({"leagues": [_league(ask.view)], "day": {"date": first.isoformat()}, "events": events})


def injuries(ask: Ask) -> Answer:
    """Who is hurt, by team."""
    rows = list(ask.view.frame("nba_injuries").sort("team_id", "player_id").iter_rows(named=True))
    told = []
    for number, team in enumerate(teams(ask.view).values(), 1):
        own = [_injury(ask.view, row, team, number) for row in rows if row["team_id"] == team["team_id"]]
        if own:
            told.append({"id": str(number), "displayName": _display(team), "injuries": own})
    season = _league(ask.view)["season"]
    return Answer({"timestamp": zulu(ask.now), "status": "success", "season": season, "injuries": told})


def news(ask: Ask) -> Answer:
    """The newest articles, newest first; `limit` of them, 6 unless told."""
    rows = ask.view.frame("nba_news").sort("published_at_utc", descending=True)
    articles = [_article(ask.view, row) for row in rows.head(int(ask.query.get("limit", 6))).iter_rows(named=True)]
    link = {"language": "en", "rel": ["index", "desktop"], "href": "https://www.espn.com/nba/", "text": "All NBA News"}
    return Answer({"header": "NBA News", "link": link, "articles": articles})


def _days(ask: Ask) -> tuple[date, date]:
    first, _, last = ask.query.get("dates", "").partition("-")
    begun = day_of(first) or eastern(ask.now).date()
    return begun, day_of(last) or begun


def _display(team: Row) -> str:
    return f"{team['city']} {team['nickname']}"


def _numbered(view: View) -> dict[int, int]:
    return {team: number for number, team in enumerate(teams(view), 1)}


def _league(view: View) -> Row:
    year = max((row["season_start_year"] for row in games(view)), default=2026)
    start, end = datetime(year, 10, 1, 3, tzinfo=EASTERN), datetime(year + 1, 6, 27, 2, 59, tzinfo=EASTERN)
    kind = {"id": "2", "type": 2, "name": "Regular Season", "abbreviation": "reg"}
    season = {"year": year + 1, "startDate": to_minute(start), "endDate": to_minute(end),
              "displayName": season_text(year), "type": kind}  # fmt: skip
    return {
        "id": "46", "uid": "s:40~l:46", "name": "National Basketball Association", "abbreviation": "NBA", "slug": "nba",
        "season": season, "calendarType": "day", "calendarIsWhitelist": True, "calendarStartDate": to_minute(start),
        "calendarEndDate": to_minute(end),
    }  # fmt: skip


def event_id(row: Row) -> str:
    """The vendor's id of a game."""
    return str(FIRST_EVENT + 2000 * (row["season_start_year"] % 100) + int(row["game_id"][-4:]))


def _event(view: View, row: Row) -> Row:
    home, away = (teams(view)[row[f"{side}_team_id"]] for side in ("home", "away"))
    number, date_text = event_id(row), to_minute(row["tipoff_at_utc"])
    status = _status(row)
    competition = {
        "id": number, "date": date_text, "neutralSite": False,
        "competitors": [_competitor(view, row, home, "home"), _competitor(view, row, away, "away")],
        "status": status, "startDate": date_text,
    }  # fmt: skip
    odds = _odds(view, row, home)
    return {
        "id": number, "uid": f"s:40~l:46~e:{number}", "date": date_text,
        "name": f"{_display(away)} at {_display(home)}",
        "shortName": f"{away['abbreviation']} @ {home['abbreviation']}",
        "competitions": [competition | ({"odds": odds} if odds else {})], "status": status,
    }  # fmt: skip


def _competitor(view: View, row: Row, team: Row, side: str) -> Row:
    number = str(_numbered(view)[team["team_id"]])
    own, other = row[f"{side}_points"], row["away_points" if side == "home" else "home_points"]
    over = {"winner": own > other} if row["status"] == "finished" else {}
    kept = records(view, row["season_start_year"])
    found = (("overall", "Game", "total", ""), ("Home", None, "home", "home"), ("Road", None, "road", "away"))
    told = [
        {"name": name} | ({"abbreviation": brief} if brief else {})
        | {"type": kind, "summary": "{}-{}".format(*kept[(team["team_id"], where)])}
        for name, brief, kind, where in found
    ]  # fmt: skip
    shown = {"id": number, "location": team["city"], "name": team["nickname"], "abbreviation": team["abbreviation"],
             "displayName": _display(team)}  # fmt: skip
    return {"id": number, "homeAway": side, **over, "team": shown, "score": str(own or 0), "records": told}


def _status(row: Row) -> Row:
    number, name, state, completed, words = TYPES[row["status"]]
    tip = eastern(row["tipoff_at_utc"])
    overtimes = row["overtimes"] or 0
    detail = {"scheduled": f"{tip:%a, %B %d at %I:%M %p} {tip:%Z}", "finished": "Final" + "/OT" * bool(overtimes)}
    text = detail.get(row["status"], words)
    brief = f"{tip:%m/%d - %I:%M %p} {tip:%Z}" if row["status"] == "scheduled" else text
    played = row["status"] == "finished"
    return {
        "clock": 0.0, "displayClock": "0.0", "period": 4 + overtimes if played else int(row["status"] == "in_play"),
        "type": {"id": number, "name": name, "state": state, "completed": completed, "description": words,
                 "detail": text, "shortDetail": brief},
    }  # fmt: skip


def _odds(view: View, row: Row, home: Row) -> list[Row]:
    """Spread, total and moneylines of the scoreboard's one book; none where it does not price the game."""
    prices = view.once("espn prices", lambda: _prices(view)).get(row["game_id"], {})
    lines = [prices.get(key) for key in (("spread", "home"), ("total", "over"), ("moneyline", "home"))]
    if any(line is None for line in lines):
        return []
    spread, total = prices[("spread", "home")]["line"], prices[("total", "over")]["line"]
    favourite = home if spread <= 0 else teams(view)[row["away_team_id"]]
    sides = {
        f"{side}TeamOdds": {
            "favorite": (spread <= 0) == (side == "home"),
            "underdog": (spread <= 0) != (side == "home"),
            "moneyLine": whole_american(prices[("moneyline", side)]["price"]),
            "spreadOdds": float(whole_american(prices[("spread", side)]["price"])),
        }
        for side in ("away", "home")
    }
    provider = {"id": BOOK[0], "name": BOOK[1], "priority": 1}
    details = f"{favourite['abbreviation']} -{abs(spread):g}" if spread else "EVEN"
    return [{"provider": provider, "details": details, "overUnder": total, "spread": spread, **sides}]


def _prices(view: View) -> dict[str, dict[tuple[str, str], Row]]:
    rows = view.frame("nba_prices").sort("book")
    book = rows["book"].to_list()[0] if rows.height else ""
    found: dict[str, dict[tuple[str, str], Row]] = {}
    for row in rows.filter(pl.col("book") == book).iter_rows(named=True):
        found.setdefault(row["game_id"], {})[(row["market"], row["selection"])] = row
    return found


def _injury(view: View, row: Row, team: Row, number: int) -> Row:
    player = players(view).get(row["player_id"], {})
    first, last = str(player.get("first_name", "")), str(player.get("last_name", row["name"]))
    back = row["expected_return_at_utc"] or row["announced_at_utc"] + timedelta(days=14)
    words = f"{last} ({row['description']}) is {row['status'].lower()}."
    kind = {"id": "1", "name": f"INJURY_STATUS_{row['status'].upper()}", "description": row["status"].lower(),
            "abbreviation": INJURY_TYPES[row["status"]]}  # fmt: skip
    athlete = {
        "id": str(row["player_id"]), "firstName": first, "lastName": last, "displayName": row["name"],
        "shortName": initialled(first, last), "position": {"abbreviation": player.get("position", "")},
        "team": {"id": str(number), "abbreviation": team["abbreviation"], "displayName": _display(team)},
    }  # fmt: skip
    return {
        "id": f"{row['player_id']}{int(row['announced_at_utc'].timestamp()) % 100_000}", "longComment": words,
        "shortComment": words, "status": row["status"], "date": to_minute(row["announced_at_utc"]), "athlete": athlete,
        "type": kind, "details": {"type": row["description"].capitalize(), "returnDate": back.date().isoformat()},
    }  # fmt: skip


def _article(view: View, row: Row) -> Row:
    numbers = {team["abbreviation"]: number for number, team in enumerate(teams(view).values(), 1)}
    categories: list[dict[str, Any]] = [{"type": "league", "description": "NBA", "leagueId": 46}]
    categories += [{"type": "team", "teamId": numbers[code], "description": code} for code in row["teams"] or ()]
    categories += [{"type": "athlete", "description": name} for name in row["players"] or ()]
    return {
        "id": row["news_key"], "type": "HeadlineNews", "headline": row["headline"], "description": row["summary"],
        "lastModified": zulu(row["published_at_utc"]), "published": zulu(row["published_at_utc"]),
        "categories": categories, "links": {"web": {"href": row["url"]}},
    }  # fmt: skip


_ROOT = "/apis/site/v2/sports/basketball/nba"
VENDOR = Vendor(
    name="espn",
    hosts=("site.api.espn.com",),
    routes=(
        Route("scoreboard", f"{_ROOT}/scoreboard", scoreboard,
              Shape(("events",), ("moneyLine",), (), (("homeTeamOdds", "awayTeamOdds"),), ("competitors", "teams"))),
        Route("injuries", f"{_ROOT}/injuries", injuries,
              Shape(("injuries", "*", "injuries"), (), ("date", "timestamp"), (), ("athlete", "player"))),
        Route("news", f"{_ROOT}/news", news,
              Shape(("articles",), (), ("published", "lastModified"), (), ("headline", "title"))),
    ),
    refuse=refuse,
    validators=("etag",),
)  # fmt: skip
