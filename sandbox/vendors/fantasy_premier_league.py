"""The fantasy game of the first English division: players with news, rounds, points, and the public archive of them."""

from __future__ import annotations

import zlib
from typing import Any

import polars as pl

from sandbox.vendors.base import STATUS, Answer, Ask, Refusal, Route, Shape, Vendor
from sandbox.vendors.fpl_points import (
    COUNTED,
    INDEXED,
    MEASURED,
    TYPES,
    Row,
    deadline,
    matches,
    performances,
    summed,
    teams,
)
from sandbox.vendors.spelling import numbers, short, tla
from sandbox.vendors.vaastav import gameweek_csv
from sandbox.vendors.view import View
from sandbox.vendors.writing import zulu

API, ARCHIVE = "fantasy.premierleague.com", "raw.githubusercontent.com"
SEASON = "2026-27"
PER_90 = ("expected_goals", "expected_assists", "expected_goal_involvements", "expected_goals_conceded", "saves",
          "goals_conceded", "starts", "clean_sheets")  # fmt: skip
TYPE_NAMES = (
    (1, "Goalkeepers", "GKP", "Goalkeeper"), (2, "Defenders", "DEF", "Defender"),
    (3, "Midfielders", "MID", "Midfielder"), (4, "Forwards", "FWD", "Forward"),
)  # fmt: skip


def refuse(refusal: Refusal) -> Answer:
    """The vendor's error: JSON with `detail`; the archive says so in plain text."""
    words = {"not_found": "Not found.", "error_body": "The game is being updated."}
    return Answer({"detail": words.get(refusal, refusal.replace("_", " ").capitalize())}, status=STATUS[refusal])


def bootstrap(ask: Ask) -> Answer:
    """Rounds, clubs and players, with their news."""
    view = ask.view
    return Answer(view.once("fpl bootstrap", lambda: _bootstrap(view)))


def live(ask: Ask) -> Answer:
    """Points of one round, by player."""
    rows = [row for row in performances(ask.view) if row["round"] == int(ask.place["round"])]
    by_player: dict[int, list[Row]] = {}
    for row in rows:
        by_player.setdefault(row["player_key"], []).append(row)
    elements = [{"id": key, "stats": _stats(found), "explain": [_explained(row) for row in found]}
                for key, found in sorted(by_player.items())]  # fmt: skip
    return Answer({"elements": elements})


def fixtures(ask: Ask) -> Answer:
    """All matches of the season, or those of one round (`event`)."""
    clubs, wanted = teams(ask.view), ask.query.get("event")
    rows = [row for row in matches(ask.view) if wanted in (None, str(row["round"]))]
    return Answer([_fixture(row, clubs) for row in rows])


def archived(ask: Ask) -> Answer:
    """The public archive's table of one round of the running season; 404 before it is over, and for other seasons."""
    week = int(ask.place["round"])
    rows = [row for row in matches(ask.view) if row["round"] == week]
    over = bool(rows) and all(row["status"] in ("finished", "postponed", "abandoned") for row in rows)
    if ask.place["season"] != SEASON or not over:
        return Answer("404: Not Found", "text", 404)
    return Answer(gameweek_csv(ask.view, week), "csv", content_type="text/plain; charset=utf-8")


def _bootstrap(view: View) -> Row:
    clubs = teams(view)
    done: dict[int, list[Row]] = {}
    for row in performances(view):
        done.setdefault(row["player_key"], []).append(row)
    news = {row["player_key"]: row for row in view.frame("absences").iter_rows(named=True)}
    squads = view.frame("squads").filter(pl.col("club").is_in(list(clubs))).sort("player_key")
    elements = [
        _element(row, clubs, done.get(row["player_key"], []), news.get(row["player_key"]))
        for row in squads.iter_rows(named=True)
    ]
    return {
        "events": _events(view),
        "teams": [_team(club, number) for club, number in clubs.items()],
        "total_players": 9_000_000,
        "elements": elements,
        "element_types": [_type(*names, elements) for names in TYPE_NAMES],
    }


def _events(view: View) -> list[Row]:
    rounds: dict[int, list[Row]] = {}
    for row in matches(view):
        rounds.setdefault(row["round"], []).append(row)
    closes = {number: deadline(rows) for number, rows in rounds.items()}
    past = [number for number, at in closes.items() if at <= view.at_utc]
    current = max(past, default=0)
    return [_event(number, rows, closes[number], current) for number, rows in sorted(rounds.items())]


def _event(number: int, rows: list[Row], closes: Any, current: int) -> Row:
    finished = all(row["status"] == "finished" for row in rows)
    return {
        "id": number, "name": f"Gameweek {number}", "deadline_time": zulu(closes), "average_entry_score": 0,
        "finished": finished, "data_checked": finished, "highest_scoring_entry": None,
        "deadline_time_epoch": int(closes.timestamp()), "deadline_time_game_offset": 0, "highest_score": None,
        "is_previous": number == current - 1, "is_current": number == current, "is_next": number == current + 1,
        "cup_leagues_created": False, "h2h_ko_matches_created": False, "chip_plays": [], "most_selected": None,
        "most_transferred_in": None, "top_element": None, "top_element_info": None, "transfers_made": 0,
        "most_captained": None, "most_vice_captained": None,
    }  # fmt: skip


def _team(club: str, number: int) -> Row:
    strength = 2 + zlib.crc32(club.encode()) % 4
    rated = {f"strength_{part}_{where}": 1000 + 60 * strength + 10 * index
             for index, part in enumerate(("overall", "attack", "defence")) for where in ("home", "away")}  # fmt: skip
    head = {"code": numbers()[club], "draw": 0, "form": None, "id": number, "loss": 0, "name": short(club), "played": 0,
            "points": 0, "position": 0, "short_name": tla(club), "strength": strength, "team_division": None,
            "unavailable": False, "win": 0}  # fmt: skip
    return head | rated | {"pulse_id": numbers()[club]}


def _type(number: int, plural: str, brief: str, single: str, elements: list[Row]) -> Row:
    count = sum(element["element_type"] == number for element in elements)
    return {"id": number, "plural_name": plural, "plural_name_short": brief, "singular_name": single,
            "singular_name_short": brief, "element_count": count}  # fmt: skip


def _element(row: Row, clubs: dict[str, int], done: list[Row], absence: Row | None) -> Row:
    sums = summed(done)
    games = sum(row["minutes"] > 0 for row in done)
    minutes = max(sums["minutes"], 1)
    recent = [row["total_points"] for row in done[-4:]]
    known = {
        "id": row["player_key"], "code": 200_000 + row["player_key"], "first_name": row["first_name"],
        "second_name": row["last_name"], "web_name": row["last_name"], "team": clubs[row["club"]],
        "team_code": numbers()[row["club"]], "element_type": TYPES[row["position"]],
        "photo": f"{200_000 + row['player_key']}.jpg", "squad_number": None, "special": False, "in_dreamteam": False,
        "now_cost": 40 + round(max(row["ability"] + 1.5, 0.0) * 15), "cost_change_event": 0,
        "cost_change_event_fall": 0, "cost_change_start": 0, "cost_change_start_fall": 0, "dreamteam_count": 0,
        "ep_next": "0.0", "ep_this": "0.0", "event_points": recent[-1] if recent else 0,
        "form": f"{sum(recent) / max(len(recent), 1):.1f}",
        "points_per_game": f"{sums['total_points'] / max(games, 1):.1f}", "selected_by_percent": "1.0",
        "transfers_in": 0, "transfers_in_event": 0, "transfers_out": 0, "transfers_out_event": 0, "value_form": "0.0",
        "value_season": "0.0", "corners_and_indirect_freekicks_order": None,
        "corners_and_indirect_freekicks_text": "", "direct_freekicks_order": None, "direct_freekicks_text": "",
        "penalties_order": None, "penalties_text": "",
    }  # fmt: skip
    per_90 = {f"{name}_per_90": round(float(sums[name]) * 90 / minutes, 2) for name in PER_90}
    ranks = {f"{name}{suffix}": row["player_key"] for name in _RANKED for suffix in ("_rank", "_rank_type")}
    return known | sums | per_90 | ranks | _news(absence)


_RANKED = (*INDEXED, "form", "now_cost", "points_per_game", "selected")


def _news(absence: Row | None) -> Row:
    """Status and news: `a` available, `d` doubtful, `i` injured, `s` suspended."""
    if absence is None:
        nothing = {"chance_of_playing_next_round": None, "chance_of_playing_this_round": None}
        return {"status": "a", "news": "", "news_added": None, **nothing}
    out = absence["status"] == "out"
    chance = 0 if out else 50
    suspended = absence["kind"] == "suspension"
    back = absence["expected_return_at_utc"]
    until = f"Expected back {back.day} {back:%b}" if back else "Unknown return date"
    text = f"{absence['kind'].capitalize()} - {until if out else f'{chance}% chance of playing'}"
    added = absence["announced_at_utc"].strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    chances = {"chance_of_playing_next_round": chance, "chance_of_playing_this_round": chance}
    return {"status": "s" if suspended else "i" if out else "d", "news": text, "news_added": added, **chances}


def _stats(rows: list[Row]) -> Row:
    sums = summed(rows)
    return {name: sums[name] for name in (*COUNTED, *INDEXED, *MEASURED)} | {"in_dreamteam": False}


def _explained(row: Row) -> Row:
    told = [{"identifier": "minutes", "points": min(2, 1 + row["minutes"] // 60), "value": row["minutes"]}]
    return {"fixture": row["fixture"], "stats": told}


def _fixture(row: Row, clubs: dict[str, int]) -> Row:
    over, begun = row["status"] == "finished", row["status"] in ("finished", "in_play")
    planned = row["status"] != "postponed"
    return {
        "code": 2_500_000 + row["id"], "event": row["round"] if planned else None, "finished": over,
        "finished_provisional": over, "id": row["id"],
        "kickoff_time": zulu(row["kickoff_at_utc"]) if planned else None, "minutes": 90 if over else 0,
        "provisional_start_time": False, "started": begun, "team_a": clubs[row["away"]],
        "team_a_score": row["away_goals"], "team_h": clubs[row["home"]], "team_h_score": row["home_goals"], "stats": [],
        "team_h_difficulty": 3, "team_a_difficulty": 3, "pulse_id": 120_000 + row["id"],
    }  # fmt: skip


_SIDES = (("team_h", "team_a"),)
VENDOR = Vendor(
    name="fantasy_premier_league",
    hosts=(API,),
    routes=(
        Route("bootstrap_static", "/api/bootstrap-static/", bootstrap,
              Shape(("elements",), stamps=("news_added",), renamed=("chance_of_playing_next_round", "chance_next"))),
        Route("event_live", "/api/event/{round:int}/live/", live,
              Shape(("elements",), renamed=("minutes", "minutes_played"))),
        Route("fixtures", "/api/fixtures/", fixtures, Shape((), sides=_SIDES, renamed=("kickoff_time", "kickoff"))),
    ),
    refuse=refuse,
    validators=("etag",),
)  # fmt: skip

ARCHIVE_VENDOR = Vendor(
    name="fpl_archive",
    hosts=(ARCHIVE,),
    routes=(
        Route("gameweek", "/vaastav/Fantasy-Premier-League/master/data/{season}/gws/gw{round:int}.csv", archived,
              Shape((), stamps=(), renamed=("minutes", "mins"))),
    ),
    refuse=lambda refusal: Answer("404: Not Found" if refusal == "not_found" else refusal, "text", STATUS[refusal]),
    validators=("etag",),
)  # fmt: skip
