"""Line-ups: the eleven and the bench of either side, from those who can play."""

from __future__ import annotations

import polars as pl

from sandbox.arrays import stream
from sandbox.timeline.absences import LINEUPS_BEFORE, missed

FORMATIONS = {
    "4-3-3": (4, 3, 3), "4-4-2": (4, 4, 2), "3-5-2": (3, 5, 2), "4-2-3-1": (4, 5, 1), "3-4-3": (3, 4, 3),
}  # fmt: skip
FORM_SD = 0.45
STARTERS, SQUAD_OF_THE_DAY = 11, 20


def sides(matches: pl.DataFrame, kickoffs: pl.DataFrame, spells: pl.DataFrame, squad: pl.DataFrame) -> pl.DataFrame:
    """Return every player of either club at every match.

    Columns: match_key, side, club, kickoff_at_utc, player_key, shirt_number, name, position, ability.
    """
    played = matches.select("match_key", "home", "away").join(kickoffs, on="match_key", maintain_order="left")
    clubs = pl.concat(
        [played.select("match_key", "kickoff_at_utc", side=pl.lit(side), club=side) for side in ("home", "away")]
    )
    joined = clubs.join(spells, on="club")
    kickoff, until = pl.col("kickoff_at_utc"), pl.col("until_at_utc")
    there = joined.filter((pl.col("from_at_utc") <= kickoff) & (until.is_null() | (kickoff < until)))
    told = squad.select("player_key", "name", "position", "ability")
    return there.drop("from_at_utc", "until_at_utc").join(told, on="player_key").sort("match_key", "side", "player_key")


def lineups(sides: pl.DataFrame, told: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Return the line-ups of all matches in the columns of `Universe.lineups`, sorted by match, side and place."""
    rng = stream(seed, "timeline", "lineups")
    clubs = sides["club"].unique().sort()
    names = list(FORMATIONS)
    chosen = dict(zip(clubs, [names[index] for index in rng.integers(len(names), size=len(clubs))], strict=True))
    form = sides.with_columns(
        worth=pl.col("ability") + FORM_SD * pl.Series(rng.normal(size=sides.height)),
        formation=pl.col("club").replace_strict(chosen, return_dtype=pl.String),
    )
    fit = form.join(missed(sides, told), on=["match_key", "player_key"], how="anti", maintain_order="left")
    return _picked(fit)


def _picked(fit: pl.DataFrame) -> pl.DataFrame:
    """Pick the best of each position, then the best of the rest; a position that lacks players is filled from these."""
    team = ("match_key", "side")
    rank = pl.col("worth").rank("ordinal", descending=True).over(*team, "position")
    places = [
        pl.when(pl.col("position") == place).then(
            pl.col("formation").replace_strict({name: f[i] for name, f in FORMATIONS.items()}, return_dtype=pl.Int64)
        )
        for i, place in enumerate(("DEF", "MID", "FWD"))
    ]
    ranked = fit.with_columns(in_eleven=rank <= pl.coalesce(*places, pl.lit(1)), last=pl.col("position") == "GK")
    ordered = ranked.sort(
        *team, "in_eleven", pl.col("last") & ~pl.col("in_eleven"), "worth", descending=[False, False, True, False, True]
    )
    place = pl.int_range(pl.len()).over(team)
    return (
        ordered.with_columns(place=place)
        .filter(pl.col("place") < SQUAD_OF_THE_DAY)
        .select(
            "match_key",
            "side",
            "club",
            "player_key",
            "name",
            "position",
            "shirt_number",
            (pl.col("place") < STARTERS).alias("is_starter"),
            "formation",
            (pl.col("kickoff_at_utc") - LINEUPS_BEFORE).alias("known_at_utc"),
            "place",
            "ability",
        )
    )
