"""Player props of the coming games: everything learned anew each night, every line of a player from one set of draws.

The draws of a game hang on its own score grid where the game's model has left one, so that props agree with its spread
and total; else on what market memory expects of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import polars as pl

from core.settings import Settings
from lake.contracts.model import contract, contracts
from lake.keys import match_number, short_hash
from lake.storage import Lake
from models.props import lessons, model
from models.props.board import board
from models.props.features import features
from models.props.keeping import WeekChances, kept_lessons
from models.props.night import GameBelief, Night, draw
from models.props.points import FinalScores, Spread, spread_of
from models.props.scenes import rows_of, written
from replay import fingerprint
from replay.props.values import standing, values
from replay.props.world import World, first_lesson

WRITTEN = ("player_predictions", "prop_values", "player_beliefs")
SCENARIOS = 4000
ROTATION_MINUTES = 12.0
"""Expected minutes from which a player is of the rotation, and priced."""
LEAST_PLAYS_PROB = 0.1
"""Who is less likely to take part counts as out."""
MINIMUM_PLAYED = 2000
"""Games of players below which nothing is learned of a league: three weeks of the NBA."""


def predict(lake: Lake, settings: Settings, as_of: datetime) -> dict[str, pl.DataFrame]:
    """Rows of gold player_predictions, of prop_values, which are books' prices of the moment beside ours, and of
    player_beliefs, from one pricing.

    Each is empty where no game is coming, or too little is known of a competition's players to learn from.
    """
    told = {name: contract(f"gold.{settings.sport}.{name}") for name in WRITTEN}
    decisions = lake.table(f"gold.{settings.sport}.spn_decisions").read(pl.col("is_upcoming"))
    coming = decisions.filter(pl.col("as_of_utc") == as_of)["competition_id"].unique().sort()
    found = [_priced(lake, settings, competition, as_of) for competition in coming]
    return {
        name: pl.concat([each.empty(), *(rows[name] for rows in found if rows)]).sort(each.key)
        for name, each in told.items()
    }


def nights(lake: Lake, settings: Settings, competition_id: str, as_of: datetime) -> list[tuple[GameBelief, Night]]:
    """What is believed of each coming game of a competition, and the scenarios that all its prices come from.

    Combinations of props with spread and total are asked of a night by models.props.together.combination.
    """
    world = _world(lake, settings, competition_id, as_of)
    fitted = _fitted(lake, settings, world, as_of)
    return [] if fitted is None else _nights(lake, settings, world, fitted, as_of)


def learn(lake: Lake, world: World, settings: Settings, as_of: datetime) -> pl.DataFrame:
    """Lessons of the world's past games (models.props.lessons), from the lake's folder as far as they stand there."""
    competition, first = world.name
    folder, code = lake.root / "learned" / "props" / competition, fingerprint.code()
    kept = kept_lessons(world.archive, world.sides, as_of, folder / "lessons", code)
    if kept.is_empty():
        return kept
    return lessons.walked(kept, settings.seed % 2**31, settings.threads, WeekChances(folder / f"plays-{first}", code))


def scores_of(decisions: pl.DataFrame, grids: pl.DataFrame, spread: Spread) -> dict[str, FinalScores]:
    """The final scores that are believed of each decision: its own grid's rows, else its expected margin and total."""
    own = {str(key[0]): FinalScores.of_rows(rows) for key, rows in grids.group_by("match_id")}
    rows = decisions.select("match_id", "expected_margin", "expected_total").iter_rows()
    return {match: own.get(match) or FinalScores.of_moments(margin, total, spread) for match, margin, total in rows}


@dataclass(frozen=True, eq=False)
class _Fitted:
    """What was learned of players, and how final scores fell around those expected."""

    model: model.PropsModel
    spread: Spread

    @property
    def hash(self) -> str:
        """Data and recipe: the constants hang on every lesson, and what is made of them on the code."""
        return short_hash(fingerprint.code(), written(self.model.laws))


def _world(lake: Lake, settings: Settings, competition_id: str, as_of: datetime) -> World:
    return World.of(lake, settings.sport, competition_id, first_lesson(as_of), as_of)


def _fitted(lake: Lake, settings: Settings, world: World, as_of: datetime) -> _Fitted | None:
    """What the world's past teaches; None where that is too little."""
    learned = learn(lake, world, settings, as_of)
    if learned.is_empty() or learned["has_played"].sum() < MINIMUM_PLAYED:
        return None
    return _Fitted(model.fit(learned, as_of, settings.seed % 2**31, settings.threads), spread_of(learned))


def _nights(
    lake: Lake, settings: Settings, world: World, learned: _Fitted, as_of: datetime
) -> list[tuple[GameBelief, Night]]:
    fitted = learned.model
    coming = world.decisions.filter(pl.col("is_upcoming") & (pl.col("as_of_utc") == as_of))
    scores = scores_of(coming, _grids(lake, settings, as_of), learned.spread)
    rows = features(world.archive, _expecting(world, coming, scores), as_of)
    return [(belief, _night(belief, scores, fitted, settings)) for belief in fitted.believe(rows)]


def _expecting(world: World, coming: pl.DataFrame, scores: dict[str, FinalScores]) -> pl.DataFrame:
    """Both teams of the coming games with the margin and total of their final scores."""
    means = pl.DataFrame(
        [(match, each.margin, each.total) for match, each in scores.items()],
        schema={"match_id": pl.String, "expected_margin": pl.Float64, "expected_total": pl.Float64}, orient="row",
    )  # fmt: skip
    games = coming.drop("expected_margin", "expected_total").join(means, on="match_id", maintain_order="left")
    return replace(world, decisions=games).sides


def _night(belief: GameBelief, scores: dict[str, FinalScores], fitted: model.PropsModel, settings: Settings) -> Night:
    match = belief.rows["match_id"][0]
    seed = (settings.seed + match_number(match)) % 2**63
    return draw(belief, *scores[match].draw(SCENARIOS, seed), fitted.laws, seed)


def _grids(lake: Lake, settings: Settings, as_of: datetime) -> pl.DataFrame:
    """The moment's rows of gold score_grids; none in a house whose game model leaves none."""
    name = f"gold.{settings.sport}.score_grids"
    if name not in contracts():
        return pl.DataFrame(schema={"match_id": pl.String})
    return lake.table(name).read(pl.col("as_of_utc") == as_of)


def _priced(lake: Lake, settings: Settings, competition_id: str, as_of: datetime) -> dict[str, pl.DataFrame]:
    world = _world(lake, settings, competition_id, as_of)
    learned = _fitted(lake, settings, world, as_of)
    drawn = [] if learned is None else _nights(lake, settings, world, learned, as_of)
    if learned is None or not drawn:
        return {}
    quotes = standing(_quotes(lake, settings, drawn), as_of)
    found = {
        "player_predictions": [_rows(belief, night) for belief, night in drawn],
        "prop_values": [_values(belief, night, quotes) for belief, night in drawn],
        "player_beliefs": [rows_of(belief, learned.model.laws) for belief, _ in drawn],
    }
    identity = world.decisions.select(
        "match_id", "competition_id", "season_code", "as_of_utc", pl.lit(learned.hash).alias("training_hash")
    )
    names = _names(lake, settings, as_of)
    return {
        name: _told(f"gold.{settings.sport}.{name}", pl.concat(rows), identity, names) for name, rows in found.items()
    }


def _told(table: str, rows: pl.DataFrame, identity: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """Rows with what the table's contract tells of their games and players."""
    told = contract(table)
    named = rows.join(identity, on="match_id").join(names, on="player_id")
    return named.select(pl.col(name).cast(kind) for name, kind in told.schema.items())


def _quotes(lake: Lake, settings: Settings, drawn: list[tuple[GameBelief, Night]]) -> pl.DataFrame:
    matches = [belief.rows["match_id"][0] for belief, _ in drawn]
    return lake.table(f"silver.{settings.sport}.prop_quotes").read(pl.col("match_id").is_in(matches))


def _values(belief: GameBelief, night: Night, quotes: pl.DataFrame) -> pl.DataFrame:
    """Books' prices of a game's players who are not as good as out."""
    chances = belief.rows.select("player_id", pl.Series("plays_prob", belief.plays_prob, pl.Float64))
    likely = chances.filter(pl.col("plays_prob") >= LEAST_PLAYS_PROB)
    own = ["match_id", "player_id", "market", "selection", "line", "bookmaker", "price_odds_dec", "quoted_at_utc"]
    found = values(night, quotes.join(likely, on="player_id", maintain_order="left"))
    return found.select(*own, "known_at_utc", "prob", "push_prob", "fair_odds_dec", "market_prob", "edge", "plays_prob")


def _rows(belief: GameBelief, night: Night) -> pl.DataFrame:
    """The board of a game's rotation players."""
    men = belief.rows.select("player_id", "listed_status").with_columns(
        pl.Series("expected_minutes", belief.expected), pl.Series("plays", belief.plays_prob)
    )
    rotation = men.filter(
        (pl.col("expected_minutes") >= ROTATION_MINUTES) & (pl.col("plays") >= LEAST_PLAYS_PROB)
    ).drop("plays")
    return board(night).join(rotation, on="player_id", maintain_order="left")


def _names(lake: Lake, settings: Settings, as_of: datetime) -> pl.DataFrame:
    """As box scores spell them, and as lists do where there is none."""
    tables = (lake.table(f"silver.{settings.sport}.{name}") for name in ("players", "player_stats"))
    told = (table.read(pl.col("known_at_utc") <= as_of).sort("known_at_utc") for table in tables)
    every = pl.concat([rows.select("player_id", "player_name") for rows in told])
    return every.unique("player_id", keep="last", maintain_order=True)
