"""What a source calls to have names made into ids: rows in, rows out, and a refusal where a name is not sure.

Rows have `competition_id` and `season_code`. They carry `_reason` and `_detail`, null while nothing is wrong; the first
fault stays. A detail ends with the line that would resolve it, once somebody has reviewed it.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence

import polars as pl

from core.frames import with_nulls
from lake.conform import DETAIL, REASON
from lake.entities import league_lists
from lake.entities.aliases import COLUMNS, Alias, Aliases
from lake.entities.matching import Pair, Pairing, pair
from lake.entities.players import Roster, pair_players

UNKNOWN_TEAM, UNKNOWN_PLAYER = "unknown_team", "unknown_player"
_SEASON = ("competition_id", "season_code")
_LINE = re.compile(r"Alias: (.+?)(?: · |$)")
_BETWEEN = " · "


def with_team_ids(
    rows: pl.DataFrame, known_teams: pl.DataFrame, aliases: Aliases, source: str, names: Mapping[str, str]
) -> pl.DataFrame:
    """Add a column of team ids for each column of names, such as `{"home_name": "home_team_id"}`.

    `known_teams`: silver teams. A name that is not sure has a null id, and its row the reason `unknown_team`.
    """
    found = _judged(rows)
    told = pl.concat(found.select(*_SEASON, pl.col(column).alias("name")) for column in names).drop_nulls().unique()
    paired = []
    for (competition, season), group in told.partition_by(*_SEASON, as_dict=True).items():
        anchors, rivals = clubs_of(known_teams, competition, season)
        pairing = pair(group["name"].to_list(), anchors, aliases.of_teams(source, competition), rivals)
        paired.append(_frame(pairing, source, {"competition_id": competition, "season_code": season}, "club"))
    return _joined(found, paired, names, _SEASON, UNKNOWN_TEAM)


def with_player_ids(
    rows: pl.DataFrame,
    known_players: pl.DataFrame,
    aliases: Aliases,
    source: str,
    names: Mapping[str, str],
    teams: Sequence[str] = (),
    may_have_moved: bool = False,
) -> pl.DataFrame:
    """Add a column of player ids for each column of names, such as `{"player_name": "player_id"}`.

    `known_players`: silver players, one row a player and season. `teams`: columns with the ids of the teams for which
    he may play; none looks in the whole league, where only equal names count. `may_have_moved`: see `pair_players`.
    """
    found, place = _judged(rows), (*_SEASON, *teams)
    told = pl.concat(found.select(*place, pl.col(column).alias("name")) for column in names).drop_nulls("name").unique()
    rosters: dict[tuple[object, ...], Roster] = {}
    paired = []
    for key, group in told.drop_nulls(_SEASON).partition_by(*place, as_dict=True).items():
        competition, season, *sides = key
        if key[:2] not in rosters:
            rosters[key[:2]] = Roster.of(players_of(known_players, competition, season))
        pool = [side for side in sides if side is not None]
        lines = aliases.of_players(source, competition)
        pairing = pair_players(group["name"].to_list(), rosters[key[:2]], lines, pool, may_have_moved)
        paired.append(_frame(pairing, source, dict(zip(place, key, strict=True)), "player"))
    return _joined(found, paired, names, place, UNKNOWN_PLAYER)


def clubs_of(known_teams: pl.DataFrame, competition_id: str, season_code: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The clubs that may play in a league and season, and those of its country that do not: `id` and `name`.

    A season that has no clubs yet, or only provisional ones, is open to all clubs of the country's last season. A
    listed league has its list, unless its anchor names none of it: then these are its clubs, as in a simulated one.
    """
    if league_lists.is_listed(competition_id):
        here = _listed(known_teams, competition_id, season_code)
        return here, here.clear()
    league = known_teams.filter(pl.col("competition_id") == competition_id)
    country = known_teams.filter(pl.col("country").is_in(league["country"].unique().to_list()))
    here = league.filter(pl.col("season_code") == season_code)
    if here.is_empty() or (here["status"] == "provisional").any():
        earlier = country.filter(pl.col("season_code") < season_code)
        here = pl.concat([here, earlier.filter(pl.col("season_code") == pl.col("season_code").max())])
    rivals = country.filter(~pl.col("team_id").is_in(here["team_id"].to_list()))
    return _as_anchors(here), _as_anchors(rivals)


def _listed(known_teams: pl.DataFrame, competition_id: str, season_code: str) -> pl.DataFrame:
    listed = league_lists.clubs(competition_id, season_code)
    of_season = (pl.col("competition_id") == competition_id) & (pl.col("season_code") == season_code)
    minted = known_teams.filter(of_season)
    new = _as_anchors(minted.filter(~pl.col("team_id").is_in(listed["id"].to_list())))
    return new if len(minted) and len(new) == len(minted) else pl.concat([listed, new], how="diagonal")


def players_of(known_players: pl.DataFrame, competition_id: str, season_code: str) -> pl.DataFrame:
    """The players of a league and season, or of its last season where none is known: `id`, `name`, `team_id`."""
    league = known_players.filter(pl.col("competition_id") == competition_id)
    until = league.filter(pl.col("season_code") <= season_code)
    here = until.filter(pl.col("season_code") == pl.col("season_code").max())
    return here.select(pl.col("player_id").alias("id"), pl.col("player_name").alias("name"), "team_id")


def lines_in(detail: str) -> list[Alias]:
    """The lines that a refusal asks somebody to review; ids may be empty."""
    found = csv.DictReader(_LINE.findall(detail), COLUMNS)
    return [Alias(**{name: row[name] or "" for name in COLUMNS}) for row in found]


def _as_anchors(teams: pl.DataFrame) -> pl.DataFrame:
    return teams.select(pl.col("team_id").alias("id"), pl.col("team_name").alias("name")).unique(maintain_order=True)


def _judged(rows: pl.DataFrame) -> pl.DataFrame:
    return with_nulls(rows, {REASON: pl.String, DETAIL: pl.String})


def _frame(pairing: Pairing, source: str, place: Mapping[str, object], what: str) -> pl.DataFrame:
    said = [None if one.id else _sentence(one, source, place, what) for one in pairing.pairs]
    found = pl.DataFrame(
        {"name": [one.name for one in pairing.pairs], "_id": [one.id for one in pairing.pairs], "_said": said},
        schema={"name": pl.String, "_id": pl.String, "_said": pl.String},
    )
    return found.with_columns(pl.lit(value, pl.String).alias(name) for name, value in place.items())


def _sentence(one: Pair, source: str, place: Mapping[str, object], what: str) -> str:
    competition = str(place["competition_id"])
    where = f"{competition} {place['season_code']}"
    return f"'{one.name}' is no sure {what} of {where}: {one.said()}. Alias: {one.alias_line(source, competition)}"


def _joined(
    rows: pl.DataFrame, paired: Sequence[pl.DataFrame], names: Mapping[str, str], place: Sequence[str], reason: str
) -> pl.DataFrame:
    schema = dict.fromkeys(("name", "_id", "_said", *place), pl.String())
    pairs = pl.concat([pl.DataFrame(schema=schema), *(frame.select(list(schema)) for frame in paired)])
    for place_of, (name, id_column) in enumerate(names.items()):
        ours = pairs.rename({"name": name, "_id": id_column, "_said": f"_said_{place_of}"})
        bare = rows.drop(id_column, strict=False)
        rows = bare.join(ours, on=[name, *place], how="left", nulls_equal=True, maintain_order="left")
    said = pl.concat_str([f"_said_{number}" for number in range(len(names))], separator=_BETWEEN, ignore_nulls=True)
    unknown = pl.any_horizontal(pl.col(column).is_null() for column in names.values())
    fresh = pl.col(REASON).is_null() & unknown
    detail = pl.when(said == "").then(pl.lit("The row gives no name.")).otherwise(said)
    return rows.with_columns(
        pl.when(fresh).then(pl.lit(reason)).otherwise(REASON).alias(REASON),
        pl.when(fresh).then(detail).otherwise(DETAIL).alias(DETAIL),
    ).drop(f"_said_{number}" for number in range(len(names)))
