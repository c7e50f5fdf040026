"""Posterior draws of the model of points: expected scores, and chances with their uncertainty.

Nothing here needs PyMC: a posterior is written and read as NetCDF. How it is sampled belongs in `model`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.basketball.belief import ScoreBelief
from models.basketball.grid import moneyline
from models.families.bayes import draws
from models.families.bayes.diagnostics import Diagnostics

Floats = NDArray[np.float64]
_GRIDS_AT_ONCE = 8192
_MARGIN_AT_MOST, _MARGIN_SDS = 40.0, (6.0, 20.0)
"""What a grid of points can hold (`models.basketball.grid.holds`)."""
_WORDS, _NUMBERS = ("league", "team"), ("level", "home_court", "scale", "error_sd", "strength")


@dataclass(frozen=True, eq=False)
class Posterior:
    """d draws for the n teams of one league; all in points, all finite.

    `level`: of a side's points, `home_court`: points of the margin; (d,). `scale`: (d, 2), standard deviation of
    offences and of defences, from which a team without a game is drawn. `error_sd`: (d, 4) in the order of
    `models.basketball.bayes.tally.CHANNELS`. `strength`: (d, n, 2), offence and defence, higher is better for both.
    Raises ValueError for shapes that do not fit, a team that comes twice, values that are not finite, and standard
    deviations below 0.
    """

    league: str
    teams: tuple[str, ...]
    level: Floats
    home_court: Floats
    scale: Floats
    error_sd: Floats
    strength: Floats
    diagnostics: Diagnostics

    def __post_init__(self) -> None:
        d = len(self.level)
        shapes = {"level": (d,), "home_court": (d,), "scale": (d, 2), "error_sd": (d, 4)}
        for name, shape in (shapes | {"strength": (d, len(self.teams), 2)}).items():
            values = getattr(self, name)
            if values.shape != shape or not np.isfinite(values).all():
                raise ValueError(f"The draws of {name} are not {shape} finite numbers.")
        if d == 0 or (self.scale < 0).any() or (self.error_sd <= 0).any():
            raise ValueError("A posterior has draws, and no standard deviation below 0.")
        if len(set(self.teams)) < len(self.teams):
            raise ValueError("A team comes twice.")

    def expected(self, asks: pl.DataFrame) -> tuple[Floats, Floats]:
        """Expected home margin and total in every draw for m games, each (m, d), in points.

        `asks`: home_team_id, away_team_id, is_neutral. A team without a game is drawn about the league's mean, the same
        in every call.
        """
        home, away = (self._strengths(asks[f"{side}_team_id"]) for side in ("home", "away"))
        court = (~asks["is_neutral"].fill_null(False).to_numpy())[:, None] * self.home_court
        margin = court + home.sum(axis=2) - away.sum(axis=2)
        total = 2 * self.level + (home[:, :, 0] - home[:, :, 1]) + (away[:, :, 0] - away[:, :, 1])
        return margin, total

    def belief(self, asks: pl.DataFrame) -> ScoreBelief:
        """Margin and total of m games, what is not known of strengths included; the two do not depend on each other."""
        margin, total = self.expected(asks)
        errors = (self.error_sd[:, :2] ** 2).mean(axis=0)
        margin_sd, total_sd = (
            np.sqrt(error + mean.var(axis=1)) for error, mean in zip(errors, (margin, total), strict=True)
        )
        return ScoreBelief.of(margin.mean(axis=1), margin_sd, total.mean(axis=1), total_sd)

    def home_wins(self, asks: pl.DataFrame) -> Floats:
        """Chance of a home win in every draw for m games, (m, d): each draw's law of margins, overtime counted."""
        margin, _ = self.expected(asks)
        bounded = np.clip(margin, -_MARGIN_AT_MOST, _MARGIN_AT_MOST)
        sd = np.clip(self.error_sd[:, 0], *_MARGIN_SDS)
        at_once = max(1, _GRIDS_AT_ONCE // len(self.level))
        blocks = [_home_wins(bounded[first : first + at_once], sd) for first in range(0, len(bounded), at_once)]
        return np.concatenate([np.empty((0, len(self.level))), *blocks])

    def answers(self, asks: pl.DataFrame) -> Floats:
        """(m, 10) for games as in `expected`: mean, 5% and 95% of home and away, then the belief's moments.

        The interval is of the probability itself, what more games would narrow; not of the game.
        """
        home = self.home_wins(asks)
        (low, high), mean, belief = np.quantile(home, draws.INTERVAL, axis=1), home.mean(axis=1), self.belief(asks)
        moments = (belief.margin_mean, belief.margin_sd, belief.total_mean, belief.total_sd)
        return np.column_stack([mean, 1 - mean, low, 1 - high, high, 1 - low, *moments])

    def write(self, path: Path, key: str = "") -> None:
        """Write as NetCDF under a name that nobody reads until it is whole; `key` says what it was sampled from."""
        variables = {
            "league": ("one", np.array([self.league], dtype=np.str_)),
            "team": ("team", np.array(self.teams, dtype=np.str_)),
            "level": ("draw", self.level),
            "home_court": ("draw", self.home_court),
            "scale": (("draw", "side"), self.scale),
            "error_sd": (("draw", "channel"), self.error_sd),
            "strength": (("draw", "team", "side"), self.strength),
        }
        draws.write(path, key, variables, self.diagnostics)

    @classmethod
    def read(cls, path: Path, key: str = "") -> Posterior:
        """Read what `write` wrote; raises ValueError or OSError if it is not whole or was sampled from other data."""
        found, diagnostics = draws.read(path, key, _WORDS, _NUMBERS)
        (league,), teams = found["league"].tolist(), found["team"].tolist()
        return cls(league, tuple(teams), **{name: found[name] for name in _NUMBERS}, diagnostics=diagnostics)

    def _strengths(self, teams: pl.Series) -> Floats:
        """(m, d, 2): offence and defence of each team."""
        names = teams.unique(maintain_order=True).to_list()
        columns = np.array([self._strength_of(name) for name in names]).reshape(-1, len(self.level), 2)
        place = teams.replace_strict({name: place for place, name in enumerate(names)}, return_dtype=pl.Int64)
        return np.asarray(columns[place.to_numpy().astype(np.int64)])

    def _strength_of(self, team: str) -> Floats:
        """(d, 2) of one team; of one that was not seen, drawn by a generator that its name alone seeds."""
        if (place := self._places.get(team)) is not None:
            return self.strength[:, place]
        return self.scale * draws.unseen(f"{self.league}/{team}", len(self.level))

    @cached_property
    def _places(self) -> dict[str, int]:
        return {team: place for place, team in enumerate(self.teams)}


def _home_wins(margin: Floats, sd: Floats) -> Floats:
    """Of expected margins (m, d) with the standard deviation of each draw (d,)."""
    laws = ScoreBelief.of(margin.ravel(), np.broadcast_to(sd, margin.shape).ravel(), 200.0, 15.0)
    return moneyline(laws)[:, 0].reshape(margin.shape)
