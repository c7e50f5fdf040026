"""Beliefs about players as a table keeps them, and the nights that are drawn of them beside final scores.

So a portfolio pays bets on players by the same scenarios as bets on their game, without anything being learned again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from core.market.player_markets import BASKETBALL_PLAYERS
from models.props.laws import Laws
from models.props.night import GameBelief, Night, draw
from models.props.pricing import places

Floats = NDArray[np.float64]
Points = NDArray[np.int64]
_ROWS = ("match_id", "team_id", "player_id", "is_home", "typical_minutes", "listed_status")
_TABLES = ("linear", "quadratic", "own", "moves")


@dataclass(frozen=True, eq=False)
class Scenarios:
    """One game's players in s scenarios of its final score."""

    night: Night
    _counts: dict[str, NDArray[np.int16]] = field(default_factory=dict)

    def paid(self, player_id: str, market: str, selection: str, line: float | None) -> Floats | None:
        """(s,) what a selection of a market of core.market.player_markets pays, 0 where he takes no part: -1 to 1.

        None for a player who is not in the night. Raises KeyError for another market.
        """
        asked = BASKETBALL_PLAYERS[market]
        place = places(self.night, pl.Series([player_id]))[0]
        if place < 0:
            return None
        if asked.count not in self._counts:
            self._counts[asked.count] = self.night.statistic(asked.count)
        paid = asked.payoff(self._counts[asked.count][:, place], selection, line)
        return np.where(self.night.plays[:, place], paid, 0.0)


@dataclass(frozen=True, eq=False)
class Crowd:
    """What is believed of the players of several games: `games` by match_id, and what moves them together."""

    games: Mapping[str, GameBelief]
    laws: Laws

    @property
    def known(self) -> pl.DataFrame:
        """match_id and player_id of everybody who is believed in."""
        nobody = pl.DataFrame(schema={"match_id": pl.String, "player_id": pl.String})
        return pl.concat([nobody, *(game.rows.select("match_id", "player_id") for game in self.games.values())])

    def draw(self, match_id: str, home: Points, away: Points, seed: Sequence[int]) -> Scenarios:
        """Its players' nights beside final scores (s,), s of 2 or more and all above 0.

        The same arguments give the same nights. Raises KeyError for another game.
        """
        return Scenarios(draw(self.games[match_id], home.astype(float), away.astype(float), self.laws, seed))


def rows_of(belief: GameBelief, laws: Laws) -> pl.DataFrame:
    """One row a player: those of the belief, plays_prob, expected_minutes, and `minutes_quantiles`, `minute_rates` and
    `laws` as JSON, every number as it is."""
    return belief.rows.select(_ROWS).with_columns(
        pl.Series("plays_prob", belief.plays_prob, pl.Float64),
        pl.Series("expected_minutes", belief.expected, pl.Float64),
        pl.Series("minutes_quantiles", [json.dumps(row) for row in belief.minutes.tolist()], pl.String),
        pl.Series("minute_rates", [json.dumps(row) for row in belief.rates.tolist()], pl.String),
        pl.lit(written(laws)).alias("laws"),
    )


def crowd_of(rows: pl.DataFrame) -> Crowd | None:
    """The belief that rows of one moment and one league hold (`rows_of`); None without any."""
    if rows.is_empty():
        return None
    games = {
        str(match): _game(own)
        for (match,), own in rows.sort("match_id", "player_id").group_by("match_id", maintain_order=True)
    }
    return Crowd(games, _laws(rows["laws"][0]))


def written(laws: Laws) -> str:
    """All constants as JSON."""
    return json.dumps(asdict(laws) | {name: getattr(laws, name).tolist() for name in _TABLES})


def _laws(text: str) -> Laws:
    told = json.loads(text)
    tables = {name: np.array(told[name]) for name in _TABLES}
    return Laws(**(told | tables | {"blow_out": tuple(told["blow_out"])}))


def _game(rows: pl.DataFrame) -> GameBelief:
    minutes, rates = (
        np.array([json.loads(one) for one in rows[name]]) for name in ("minutes_quantiles", "minute_rates")
    )
    return GameBelief(
        rows.select(_ROWS), rows["plays_prob"].to_numpy(), rows["expected_minutes"].to_numpy(), minutes, rates
    )
