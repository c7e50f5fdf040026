"""stats.nba.com: game logs, scoreboards, box scores and players. Who does not look like a browser is never answered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sandbox.vendors.base import STATUS, Answer, Ask, Refusal, Route, Shape, Vendor
from sandbox.vendors.nba_games import (
    Row,
    boxes,
    eastern,
    game,
    games,
    players,
    players_of,
    records,
    season_text,
    share,
    teams,
)
from sandbox.vendors.spelling import plain, slug
from sandbox.vendors.stats_nba_com_box import box_score
from sandbox.vendors.view import View
from sandbox.vendors.writing import zulu

REGULAR = "Regular Season"
_BASE = (
    "GAME_ID", "GAME_DATE", "MATCHUP", "WL", "MIN", "FGM", "FGA", "FG_PCT", "FG3M", "FG3A", "FG3_PCT", "FTM", "FTA",
    "FT_PCT", "OREB", "DREB", "REB", "AST", "STL", "BLK", "TOV", "PF", "PTS", "PLUS_MINUS",
)  # fmt: skip
TEAM_HEADERS = ("SEASON_ID", "TEAM_ID", "TEAM_ABBREVIATION", "TEAM_NAME", *_BASE, "VIDEO_AVAILABLE")
PLAYER_HEADERS = (
    "SEASON_ID", "PLAYER_ID", "PLAYER_NAME", "TEAM_ID", "TEAM_ABBREVIATION", "TEAM_NAME", *_BASE, "FANTASY_PTS",
    "VIDEO_AVAILABLE",
)  # fmt: skip
ALL_PLAYERS_HEADERS = (
    "PERSON_ID", "DISPLAY_LAST_COMMA_FIRST", "DISPLAY_FIRST_LAST", "ROSTERSTATUS", "FROM_YEAR", "TO_YEAR", "PLAYERCODE",
    "PLAYER_SLUG", "TEAM_ID", "TEAM_CITY", "TEAM_NAME", "TEAM_ABBREVIATION", "TEAM_CODE", "TEAM_SLUG",
    "GAMES_PLAYED_FLAG", "OTHERLEAGUE_EXPERIENCE_CH",
)  # fmt: skip


def refuse(refusal: Refusal) -> Answer:
    """The page of the network in front of the vendor."""
    title = {"unauthorized": "Access Denied", "forbidden": "Access Denied"}.get(refusal, refusal.replace("_", " "))
    if refusal == "error_body":
        return Answer({"resource": "error", "parameters": {}, "resultSets": []})
    page = f"<HTML><HEAD>\n<TITLE>{title}</TITLE>\n</HEAD><BODY>\n<H1>{title}</H1>\n</BODY>\n</HTML>\n"
    return Answer(page, "html", STATUS[refusal])


def looks_like_a_browser(ask: Ask) -> bool:
    """Whether the request has the headers that a browser on nba.com sends."""
    return "nba.com" in ask.headers.get("referer", "") and "Mozilla/" in ask.headers.get("user-agent", "")


def game_log(ask: Ask) -> Answer:
    """A line a team (`PlayerOrTeam=T`) or player (`P`) and game of a season; 404 for a part that this world has not."""
    who = ask.query.get("PlayerOrTeam", "T")
    season, kind = ask.query.get("Season", ""), ask.query.get("SeasonType", REGULAR)
    headers = PLAYER_HEADERS if who == "P" else TEAM_HEADERS
    name = f"stats_nba_com log {who} {season}"
    if kind != REGULAR or season not in {
        season_text(year) for year in {row["season_start_year"] for row in games(ask.view)}
    }:
        return refuse("not_found")
    rows = ask.view.once(name, lambda: _log(ask.view, season, headers, who))
    parameters = {
        "LeagueID": "00", "Season": season, "SeasonType": kind, "PlayerOrTeam": who, "Counter": 0, "Sorter": "DATE",
        "Direction": "ASC", "DateFrom": None, "DateTo": None,
    }  # fmt: skip
    return _result_set("leaguegamelog", parameters, "LeagueGameLog", headers, rows)


def all_players(ask: Ask) -> Answer:
    """Every player, with the team that he is with."""
    season = ask.query.get("Season", "")
    rows = [_listed(row, teams(ask.view)[row["team_id"]], season) for row in players(ask.view).values()]
    parameters = {
        "LeagueID": "00",
        "Season": season,
        "IsOnlyCurrentSeason": int(ask.query.get("IsOnlyCurrentSeason", 0)),
    }
    return _result_set("commonallplayers", parameters, "CommonAllPlayers", ALL_PLAYERS_HEADERS, rows)


def scoreboard(ask: Ask) -> Answer:
    """The games of one Eastern day (`GameDate`)."""
    day = date.fromisoformat(ask.query.get("GameDate") or eastern(ask.now).date().isoformat())
    found = [row for row in games(ask.view) if row["game_date_eastern"] == day and row["status"] != "postponed"]
    board = {
        "gameDate": day.isoformat(),
        "leagueId": "00",
        "leagueName": "National Basketball Association",
        "games": [_game(ask.view, row) for row in found],
    }
    return Answer({"meta": _meta(ask, f"league/00/{day:%Y/%m/%d}/scoreboard"), "scoreboard": board})


def traditional(ask: Ask) -> Answer:
    """The box score of one game (`GameID`); without players before it is over."""
    found = game(ask.view, ask.query.get("GameID"))
    if found is None:
        return refuse("not_found")
    meta = _meta(ask, f"games/{found['game_id']}/boxscoretraditional")
    return Answer({"meta": meta, "boxScoreTraditional": box_score(ask.view, found)})


def _meta(ask: Ask, path: str) -> Row:
    time = ask.now.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {"version": 1, "request": f"http://nba.cloud/{path}?Format=json", "time": time}


def _result_set(resource: str, parameters: Row, name: str, headers: tuple[str, ...], rows: list[list[Any]]) -> Answer:
    sets = [{"name": name, "headers": list(headers), "rowSet": rows}]
    return Answer({"resource": resource, "parameters": parameters, "resultSets": sets})


def _log(view: View, season: str, headers: tuple[str, ...], who: str) -> list[list[Any]]:
    over = [
        row for row in games(view) if row["status"] == "finished" and season_text(row["season_start_year"]) == season
    ]
    found = boxes(view, "player" if who == "P" else "team")
    names = players_of(view, over[0]["season_start_year"]) if over else {}
    rows = [(row, box) for row in over for box in found.get(row["game_id"], ())]
    return [[line[header] for header in headers] for line in (_line(view, row, box, names) for row, box in rows)]


def _line(view: View, row: Row, box: Row, names: Mapping[Any, Row]) -> Row:
    team = teams(view)[box["team_id"]]
    home, away = (teams(view)[row[f"{side}_team_id"]]["abbreviation"] for side in ("home", "away"))
    margin = row["home_points"] - row["away_points"]
    own = margin if box["is_home"] else -margin
    player = names.get(box.get("player_id"), {})
    return {
        "SEASON_ID": f"2{row['season_start_year']}",
        "PLAYER_ID": box.get("player_id"),
        "PLAYER_NAME": player.get("name"),
        "TEAM_ID": box["team_id"],
        "TEAM_ABBREVIATION": team["abbreviation"],
        "TEAM_NAME": f"{team['city']} {team['nickname']}",
        "GAME_ID": row["game_id"],
        "GAME_DATE": row["game_date_eastern"].isoformat(),
        "MATCHUP": f"{home} vs. {away}" if box["is_home"] else f"{away} @ {home}",
        "WL": "W" if own > 0 else "L",
        "MIN": round(box["minutes"]),
        "PLUS_MINUS": box.get("plus_minus", own),
        "FANTASY_PTS": _fantasy(box),
        "VIDEO_AVAILABLE": 1,
        **_counts(box),
    }


def _counts(box: Row) -> Row:
    return {
        "FGM": box["field_goals_made"], "FGA": box["field_goals_attempted"],
        "FG_PCT": share(box["field_goals_made"], box["field_goals_attempted"]),
        "FG3M": box["threes_made"], "FG3A": box["threes_attempted"],
        "FG3_PCT": share(box["threes_made"], box["threes_attempted"]),
        "FTM": box["free_throws_made"], "FTA": box["free_throws_attempted"],
        "FT_PCT": share(box["free_throws_made"], box["free_throws_attempted"]),
        "OREB": box["rebounds_offensive"], "DREB": box["rebounds_defensive"], "REB": box["rebounds"],
        "AST": box["assists"], "STL": box["steals"], "BLK": box["blocks"], "TOV": box["turnovers"], "PF": box["fouls"],
        "PTS": box["points"],
    }  # fmt: skip


def _fantasy(box: Row) -> float:
    """The vendor's fantasy points: 1.2 a rebound, 1.5 an assist, 3 a steal or block, -1 a turnover."""
    defended = 3.0 * (box["steals"] + box["blocks"])
    return float(round(box["points"] + 1.2 * box["rebounds"] + 1.5 * box["assists"] + defended - box["turnovers"], 1))


def _listed(row: Row, team: Row, season: str) -> list[Any]:
    code = slug(plain(row["name"])).replace("-", "_")
    nickname = slug(team["nickname"])
    return [
        row["player_id"], f"{row['last_name']}, {row['first_name']}", row["name"], 1, str(row["first_season"]),
        season[:4], code, row["name"].lower().replace(" ", "_"), row["team_id"], team["city"], team["nickname"],
        team["abbreviation"], nickname, nickname, "Y", "00",
    ]  # fmt: skip


def _game(view: View, row: Row) -> Row:
    home, away = (teams(view)[row[f"{side}_team_id"]] for side in ("home", "away"))
    number = {"scheduled": 1, "in_play": 2, "finished": 3}[row["status"]]
    tip = eastern(row["tipoff_at_utc"])
    final = "Final" if not row["overtimes"] else f"Final/OT{row['overtimes'] if row['overtimes'] > 1 else ''}"
    texts = {1: f"{tip:%I:%M %p}".lstrip("0").lower() + " ET", 2: "In Progress", 3: final}
    code = f"{row['game_date_eastern']:%Y%m%d}/{away['abbreviation']}{home['abbreviation']}"
    return {
        "gameId": row["game_id"], "gameCode": code, "gameStatus": number, "gameStatusText": texts[number],
        "period": 4 + (row["overtimes"] or 0) if number == 3 else int(number == 2), "gameClock": "",
        "gameTimeUTC": zulu(row["tipoff_at_utc"]), "gameEt": f"{tip:%Y-%m-%dT%H:%M:%SZ}", "regulationPeriods": 4,
        "seriesGameNumber": "", "gameLabel": "", "gameSubLabel": "", "seriesText": "", "ifNecessary": False,
        "seriesConference": "", "poRoundDesc": "", "gameSubtype": "", "isNeutral": False,
        "gameLeaders": {"homeLeaders": _leader(view, row, home), "awayLeaders": _leader(view, row, away)},
        "broadcasters": {name: [] for name in _BROADCASTERS},
        "homeTeam": _side(view, row, home, "home"), "awayTeam": _side(view, row, away, "away"),
    }  # fmt: skip


_BROADCASTERS = (
    "nationalBroadcasters", "nationalRadioBroadcasters", "nationalOttBroadcasters", "homeTvBroadcasters",
    "homeRadioBroadcasters", "homeOttBroadcasters", "awayTvBroadcasters", "awayRadioBroadcasters",
    "awayOttBroadcasters",
)  # fmt: skip


def _leader(view: View, row: Row, team: Row) -> Row:
    rows = [box for box in boxes(view, "player").get(row["game_id"], ()) if box["team_id"] == team["team_id"]]
    best = max(rows, key=lambda box: box["points"], default=None)
    player = players_of(view, row["season_start_year"]).get(best["player_id"]) if best else None
    told = player or {"player_id": 0, "name": "", "jersey": "", "position": ""}
    scored = best if best and player else {"points": 0, "rebounds": 0, "assists": 0}
    return {
        "personId": told["player_id"], "name": told["name"], "playerSlug": slug(told["name"]) or None,
        "jerseyNum": str(told["jersey"]), "position": told["position"], "teamTricode": team["abbreviation"],
        "points": scored["points"], "rebounds": scored["rebounds"], "assists": scored["assists"],
    }  # fmt: skip


def _side(view: View, row: Row, team: Row, side: str) -> Row:
    wins, losses = records(view, row["season_start_year"])[(team["team_id"], "")]
    periods = row[f"{side}_points_by_period"] or []
    return {
        "teamId": team["team_id"], "teamName": team["nickname"], "teamCity": team["city"],
        "teamTricode": team["abbreviation"], "teamSlug": slug(team["nickname"]), "wins": wins, "losses": losses,
        "score": row[f"{side}_points"] or 0, "seed": 0, "inBonus": None, "timeoutsRemaining": 0,
        "periods": [
            {"period": number, "periodType": "REGULAR" if number <= 4 else "OVERTIME", "score": score}
            for number, score in enumerate(periods, 1)
        ],
    }  # fmt: skip


_RESULTS = Shape(("resultSets", "*", "rowSet"), renamed=("GAME_ID", "GAMEID"))
VENDOR = Vendor(
    name="stats_nba_com",
    hosts=("stats.nba.com",),
    routes=(
        Route("leaguegamelog", "/stats/leaguegamelog", game_log, _RESULTS),
        Route("commonallplayers", "/stats/commonallplayers", all_players,
              Shape(("resultSets", "*", "rowSet"), renamed=("PERSON_ID", "PERSONID"))),
        Route("scoreboardv3", "/stats/scoreboardv3", scoreboard,
              Shape(("scoreboard", "games"), stamps=("time",), sides=(("homeTeam", "awayTeam"),),
                    renamed=("gameId", "game_id"))),
        Route("boxscoretraditionalv3", "/stats/boxscoretraditionalv3", traditional,
              Shape(("boxScoreTraditional", "*", "players"), stamps=("time",), sides=(("homeTeam", "awayTeam"),),
                    renamed=("personId", "playerId"))),
    ),
    admitted=looks_like_a_browser,
    unheard=True,
    refuse=refuse,
)  # fmt: skip
