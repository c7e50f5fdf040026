"""What players may score in the coming matches: squads as known at the moment, thinned from their clubs' goals.

Minutes and shares are learned in `models.families.squads`, goals thinned in `models.families.players`. A club's goals
are read from the fair prices of its team totals, so player prices agree with every other fair price of the match.
"""

from __future__ import annotations

from datetime import datetime

import numpy as np
import polars as pl
from numpy.typing import NDArray

from core.market.grid import GOALS
from core.settings import Settings
from lake.storage import Lake
from models.families.players import SquadBelief
from models.families.squads import SquadParameters, squads
from models.signals import OVER

ANYTIME_SCORER = "anytime_scorer"
SIDES = {"home": "team_total_home", "away": "team_total_away"}
"""The market whose prices tell the goals of each side."""
_LINES = (0.5, 1.5, 2.5, 3.5, 4.5)
Floats = NDArray[np.float64]


def predict(lake: Lake, settings: Settings, as_of: datetime) -> pl.DataFrame:
    """Every known player's chance to score in the coming matches, as rows of gold player_predictions.

    Empty where no player is known, or no coming match of his league has fair prices of its team totals.
    """
    gold = f"gold.{settings.sport}"
    contract = lake.table(f"{gold}.player_predictions").contract
    past = _appearances(lake, settings, as_of)
    clubs = _clubs(lake, settings, as_of).filter(
        pl.col("competition_id").is_in(past["competition_id"].unique().implode())
    )
    if clubs.is_empty():
        return contract.empty()
    belief = squads(past, _news(lake, settings, clubs["season_code"], as_of), clubs, as_of, SquadParameters())
    places = belief.rows.join(clubs.with_row_index("place"), on=["match_id", "team_id"], maintain_order="left")
    priced = _priced(belief, goals_of_clubs(clubs)[places["place"].to_numpy()])
    names = past.sort("known_at_utc").unique("player_id", keep="last").select("player_id", "player_name")
    identity = clubs.select("match_id", "team_id", "competition_id", "season_code", "as_of_utc")
    named = priced.join(identity, on=["match_id", "team_id"]).join(names, on="player_id")
    return named.select(contract.column_names).sort(contract.key)


def goals_of_clubs(clubs: pl.DataFrame) -> Floats:
    """(n, 16) distribution of each club's goals, from the chances of fewer than 1, 2, 3, 4 and 5 of them.

    `clubs` has these as `under_0.5` to `under_4.5`, rising within a row. What lies above goes on as the Poisson law in
    which 4 goals are as likely beside 3 as here: exact for Poisson margins, and for a grid that was bent to a result
    within 0.0001 of a player's chance.
    """
    below = clubs.select(f"under_{line}" for line in _LINES).to_numpy()
    told = np.diff(below, axis=1, prepend=0.0)
    rate = 4.0 * told[:, 4] / np.maximum(told[:, 3], 1e-12)
    beyond = np.cumprod(rate[:, None] / np.arange(len(_LINES), GOALS), axis=1)
    scale = np.maximum(beyond.sum(axis=1, keepdims=True), 1e-300)
    return np.column_stack([told, (1.0 - below[:, -1:]) * beyond / scale])


def _appearances(lake: Lake, settings: Settings, as_of: datetime) -> pl.DataFrame:
    """Each past match of each player as it stands at the moment, with his club's goals."""
    known = pl.col("known_at_utc") <= as_of
    rows = lake.table(f"silver.{settings.sport}.player_stats").read(known).sort("known_at_utc")
    results = lake.table(f"gold.{settings.sport}.fct_results").read(known & pl.col("state").is_in(OVER))
    latest = results.sort("known_at_utc").unique("match_id", keep="last")
    goals = pl.when(pl.col("team_id") == pl.col("home_team_id")).then("home_goals").otherwise("away_goals")
    return (
        rows.unique(["match_id", "player_id"], keep="last", maintain_order=True)
        .join(
            latest.select("match_id", "home_team_id", "home_goals", "away_goals"), on="match_id", maintain_order="left"
        )
        .with_columns(goals.alias("team_goals"))
    )


def _clubs(lake: Lake, settings: Settings, as_of: datetime) -> pl.DataFrame:
    """Two rows a coming match with fair prices: its identity, `team_id`, and `under_0.5` to `under_4.5`."""
    gold = f"gold.{settings.sport}"
    offered = lake.table(f"{gold}.fair_odds").read(
        (pl.col("as_of_utc") == as_of) & pl.col("market").is_in(list(SIDES.values())) & pl.col("line").is_in(_LINES)
    )
    decisions = lake.table(f"{gold}.spn_decisions").read(pl.col("is_upcoming"))
    under = pl.when(pl.col("selection") == "under").then("prob").otherwise(1.0 - pl.col("prob"))
    chances = [under.filter(pl.col("line") == line).first().alias(f"under_{line}") for line in _LINES]
    identity = ["match_id", "competition_id", "season_code", "as_of_utc"]
    sides = [
        offered.filter(pl.col("market") == market).group_by(identity, maintain_order=True).agg(chances)
        .join(decisions.select("match_id", pl.col(f"{side}_team_id").alias("team_id")), on="match_id")
        for side, market in SIDES.items()
    ]  # fmt: skip
    return pl.concat(sides).drop_nulls().sort("match_id", "team_id")


def _news(lake: Lake, settings: Settings, seasons: pl.Series, as_of: datetime) -> pl.DataFrame:
    """What is known of the players of these seasons: nobody is out because he was so a season ago."""
    told = lake.table(f"silver.{settings.sport}.players").read(pl.col("known_at_utc") <= as_of)
    return told.filter(pl.col("season_code").is_in(seasons.unique().implode()))


def _priced(belief: SquadBelief, team_goals: NDArray[np.float64]) -> pl.DataFrame:
    """One row a player who may play: his chance to score given that he plays, its price, and his minutes."""
    goals = belief.goals_if_playing(team_goals)
    prob = 1.0 - goals[:, 0]
    expected = belief.goal_share * (team_goals @ np.arange(team_goals.shape[1]))
    rows = belief.rows.with_columns(
        pl.lit(ANYTIME_SCORER).alias("market"),
        pl.Series("prob", prob),
        pl.Series("two_or_more_prob", goals[:, 2] + goals[:, 3]),
        pl.Series("three_or_more_prob", goals[:, 3]),
        pl.Series("plays_prob", belief.plays),
        pl.Series("starts_prob", belief.starts),
        pl.Series("expected_minutes", belief.minutes_if_playing),
        pl.Series("expected_goals", expected),
    )
    return rows.filter(pl.col("prob").is_not_nan() & (pl.col("prob") > 0)).with_columns(
        (1.0 / pl.col("prob")).alias("fair_odds_dec")
    )
