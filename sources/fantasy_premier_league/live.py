"""The game's own fixtures, and what players did in the matches of a running week.

The game numbers clubs, players and fixtures anew each season and names none of them here: a club is the one for which
the players play whose deeds stand on its side, and a fixture's number is kept with its season.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from lake.competitions import Competition
from sources.fantasy_premier_league.plan import SOURCE, season_code, season_start_year
from sources.items import amount_in_text, at, count, flag, instant, listed, table, words
from sources.known import Known
from sources.placing import by_number, in_calendar, refuse, unjudged
from sources.rows import Refused, document, fields, items

Judged = tuple[pl.DataFrame, list[Refused]]
OVER_AFTER = timedelta(hours=2, minutes=30)
"""So long after kick-off the minutes and goals of a match no longer change."""

_AGREE = 0.8
"""This share of the players on a side must play for one club: some have moved since they were listed."""

_COUNTS = (
    "assists", "own_goals", "penalties_missed", "saves", "yellow_cards", "red_cards",
)  # fmt: skip
_MEASURES = ("threat", "creativity", "expected_goals", "expected_assists")
FIXTURES = (
    count("number", "id", needed=True),
    instant("event_at_utc", "kickoff_time", needed=True),
    count("home_number", "team_h", needed=True),
    count("away_number", "team_a", needed=True),
    count("home_goals", "team_h_score"),
    count("away_goals", "team_a_score"),
    flag("started", "started"),
    flag("finished", "finished", needed=True),
)
PLAYERS = (
    words("player_id_fpl", "id", needed=True),
    words("fixture", "fixture"),
    count("fixtures", "fixtures", needed=True),
    count("minutes", "stats", "minutes", needed=True),
    count("goals", "stats", "goals_scored", needed=True),
    count("starts", "stats", "starts"),
    *(count(name, "stats", name) for name in _COUNTS),
    *(amount_in_text(name, "stats", name) for name in _MEASURES),
)


def vendor_matches(body: bytes, captured_at: datetime, league: Competition, known: Known) -> Judged:
    """Fixtures as vendor matches with `_reason` and `_detail`; raises PayloadMalformed for what is no list."""
    found = items(document(body), "fixtures")
    season = season_code(season_start_year(captured_at))
    rows, refused = table(found, FIXTURES)
    clubs = _clubs(found, known, season)
    names = dict(known.teams.select("team_id", "team_name").iter_rows())
    over = pl.col("finished")
    sides = {
        side: pl.col(f"{side}_number").replace_strict(clubs, default=None, return_dtype=pl.String)
        for side in ("home", "away")
    }
    read = unjudged(rows).with_columns(
        pl.lit(league.id).alias("competition_id"),
        pl.lit(season).alias("season_code"),
        pl.format("{}-{}", pl.lit(season), "number").alias("vendor_match_id"),
        pl.when(over).then(pl.lit("finished")).when("started").then(pl.lit("in_play")).otherwise(pl.lit("scheduled"))
        .alias("state"),
        *(club.alias(f"{side}_team_id") for side, club in sides.items()),
        *(club.replace(names).alias(f"{side}_name") for side, club in sides.items()),
        *(pl.when(over).then(f"{side}_goals").alias(f"{side}_score") for side in sides),
        pl.lit(captured_at).alias("known_at_utc"),
        pl.lit("observed").alias("known_at_basis"),
    )  # fmt: skip
    unknown = pl.any_horizontal(pl.col(f"{side}_team_id").is_null() for side in sides)
    said = pl.format("Club {} or {} is not told by its players yet.", "home_number", "away_number")
    return in_calendar(refuse(read, [("unknown_team", unknown, said)]), known), refused


def player_stats(body: bytes, captured_at: datetime, known: Known) -> Judged:
    """Players of matches that are over, with `_reason` and `_detail`; raises PayloadMalformed for what is no week.

    One with two matches in the week is refused: his deeds are summed. Matches still under way are no candidates.
    """
    season = season_code(season_start_year(captured_at))
    rows, refused = table(_played(fields(document(body), "a week")), PLAYERS)
    listed_players = known.players.filter(pl.col("season_code") == season).unique("player_id_fpl", keep="last")
    people = listed_players.select("player_id_fpl", "player_id", "player_name", "team_id", "position")
    numbered = unjudged(rows).with_columns(pl.format("{}-{}", pl.lit(season), "fixture").alias("vendor_match_id"))
    twice = pl.format("Player {} had {} matches this week.", "player_id_fpl", "fixtures")
    placed = by_number(refuse(numbered, [("two_matches", pl.col("fixtures") > 1, twice)]), known, (SOURCE,))
    over = placed.filter((pl.col("event_at_utc") + OVER_AFTER <= captured_at).fill_null(True))
    named = over.join(people, on="player_id_fpl", how="left", maintain_order="left")
    playing = pl.col("team_id").is_in(pl.concat_list("home_team_id", "away_team_id"))
    stranger = pl.format("No snapshot lists player {}.", "player_id_fpl")
    moved = pl.format("'{}' is listed for a club that does not play in his match.", "player_name")
    judged = refuse(
        named,
        [("unknown_player", pl.col("player_id").is_null(), stranger), ("unknown_team", ~playing, moved)],
    )
    return judged.with_columns(
        (pl.col("starts") > 0).alias("has_started"),
        pl.lit(captured_at).alias("known_at_utc"),
        pl.lit("observed").alias("known_at_basis"),
    ), refused


def _played(week: Mapping[str, Any]) -> Iterator[Any]:
    """Every player whose club had a match, with its fixture's number and how many there were."""
    for player in items(week.get("elements"), "players"):
        matches = listed(player, "explain")
        if matches and isinstance(player, dict):
            yield player | {"fixture": at(matches[0], "fixture"), "fixtures": len(matches)}
        elif not isinstance(player, dict):
            yield player


def _clubs(found: list[Any], known: Known, season: str) -> dict[int, str]:
    """Clubs by number, as the players on their sides tell; one that two numbers claim is nobody's."""
    rows = known.players.filter(pl.col("season_code") == season).select("player_id_fpl", "team_id")
    plays_for = dict(rows.iter_rows())
    votes: dict[int, Counter[str]] = defaultdict(Counter)
    for fixture in found:
        for deed in listed(fixture, "stats"):
            for side, number in (("h", at(fixture, "team_h")), ("a", at(fixture, "team_a"))):
                known_ones = [plays_for.get(str(at(entry, "element"))) for entry in listed(deed, side)]
                if isinstance(number, int) and at(deed, "identifier") != "own_goals":
                    votes[number].update(club for club in known_ones if club is not None)
    best = {number: cast.most_common(1)[0] for number, cast in votes.items() if cast}
    sure = {number: club for number, (club, n) in best.items() if n >= _AGREE * votes[number].total()}
    claims = Counter(sure.values())
    return {number: club for number, club in sure.items() if claims[club] == 1}
