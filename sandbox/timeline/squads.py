"""The squads of the running season: who plays for whom, and the transfers of January."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl

from sandbox.arrays import stream
from sandbox.clubs import DIVISIONS
from sandbox.moments import UTC_TIME
from sandbox.names import people

FIRST_PLAYER = 7_100_001
SHAPE = {"GK": 3, "DEF": 8, "MID": 7, "FWD": 5}
SQUAD = sum(SHAPE.values())
COUNTRIES = ("England", "Spain", "Germany")
HOME_GROWN, MONONYMS, SUFFIXED = 0.6, 0.015, 0.02
NAMESAKES = (120, 480)
JOINED_AT_UTC = datetime(2026, 7, 1, tzinfo=UTC)
TRANSFERS = 18
WINDOW_OPENS, WINDOW_DAYS = datetime(2027, 1, 2, 9, tzinfo=UTC), 30


def clubs_of_season(matches: pl.DataFrame) -> pl.DataFrame:
    """Return the clubs of the season: club, division, country; sorted by division and name."""
    countries = {division.code: division.country for division in DIVISIONS}
    clubs = matches.select(club="home", division="division").unique().sort("division", "club")
    return clubs.with_columns(country=pl.col("division").replace_strict(countries, return_dtype=pl.String))


def players(clubs: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Return all players: player_key, names, position, born_on, ability, value_eur, club (the first), shirt_number."""
    rng = stream(seed, "timeline", "squads")
    count = clubs.height * SQUAD
    home = np.repeat(clubs["country"].to_numpy(), SQUAD)
    away = np.array(COUNTRIES, dtype=object)[rng.integers(len(COUNTRIES), size=count)]
    names = _named(np.where(rng.random(count) < HOME_GROWN, home, away), rng)
    ability = rng.normal(size=count)
    shirts = rng.permuted(np.tile(np.arange(1, 41), (clubs.height, 1)), axis=1)[:, :SQUAD].ravel()
    born = [date(1990, 1, 1) + timedelta(days=int(days)) for days in rng.integers(0, 6400, count)]
    return names.select(
        (FIRST_PLAYER + pl.int_range(pl.len())).alias("player_key"),
        pl.Series("club", np.repeat(clubs["club"].to_numpy(), SQUAD)),
        "name",
        "first_name",
        "last_name",
        pl.Series("position", [place for place, number in SHAPE.items() for _ in range(number)] * clubs.height),
        pl.Series("shirt_number", shirts),
        pl.Series("born_on", born),
        pl.Series("ability", np.round(ability, 4)),
        pl.Series("value_eur", np.round(4.0e6 * np.exp(1.1 * ability) * rng.lognormal(0.0, 0.3, count), -5)),
    )


def _named(country: np.typing.NDArray[np.object_], rng: np.random.Generator) -> pl.DataFrame:
    """Name people by country; some go by one name, and two of different clubs share theirs."""
    parts = [_of_country(name, np.flatnonzero(country == name), rng) for name in COUNTRIES]
    frame = pl.concat(parts).sort("place").drop("place")
    rows = frame.to_dict(as_series=False)
    one, other = NAMESAKES
    for column in ("first_name", "last_name", "name"):
        rows[column][other] = rows[column][one]
    single = pl.Series(rng.random(frame.height) < MONONYMS)
    full = pl.when(single).then("first_name").otherwise("name")
    return pl.DataFrame(rows).with_columns(name=full)


def _of_country(country: str, places: np.typing.NDArray[np.int64], rng: np.random.Generator) -> pl.DataFrame:
    suffixed = SUFFIXED if country == "England" else 0.0
    return people(country, len(places), rng, suffixed).with_columns(place=pl.Series(places))


def spells(squad: pl.DataFrame, clubs: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Return who belongs to whom and when: player_key, club, shirt_number, from_at_utc, until_at_utc (null: no end)."""
    rng = stream(seed, "timeline", "transfers")
    outfield = np.flatnonzero((squad["position"] != "GK").to_numpy())
    movers = rng.choice(outfield, TRANSFERS, replace=False)
    minutes = rng.integers(0, WINDOW_DAYS * 1440, TRANSFERS)
    moves = pl.DataFrame(
        {
            "player_key": squad["player_key"].gather(movers),
            "to": clubs["club"].gather(rng.integers(clubs.height, size=TRANSFERS)),
            "moved_at_utc": [WINDOW_OPENS + timedelta(minutes=int(minute)) for minute in minutes],
            "number": np.arange(41, 41 + TRANSFERS),
        }
    ).with_columns(pl.col("moved_at_utc").cast(UTC_TIME))
    start = pl.lit(JOINED_AT_UTC).cast(UTC_TIME)
    here = squad.select("player_key", "club", "shirt_number").join(
        moves, on="player_key", how="left", maintain_order="left"
    )
    first = here.select("player_key", "club", "shirt_number", from_at_utc=start, until_at_utc="moved_at_utc")
    second = here.filter(pl.col("to").is_not_null() & (pl.col("to") != pl.col("club"))).select(
        "player_key",
        club="to",
        shirt_number=pl.col("number"),
        from_at_utc="moved_at_utc",
        until_at_utc=pl.lit(None, dtype=UTC_TIME),
    )
    stays = pl.col("player_key").is_in(second["player_key"].to_list())
    first = first.with_columns(until_at_utc=pl.when(stays).then("until_at_utc"))
    return pl.concat([first, second]).sort("player_key", "from_at_utc")


def at(spell: pl.DataFrame, t: pl.Expr) -> pl.DataFrame:
    """Return the spells that hold at a moment."""
    until = pl.col("until_at_utc")
    return spell.filter((pl.col("from_at_utc") <= t) & (until.is_null() | (t < until)))
