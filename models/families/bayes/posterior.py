"""Posterior draws of the goals model: rates, and beliefs with their uncertainty.

Nothing here needs PyMC: a posterior is written and read as NetCDF. How it is sampled belongs in `model`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from core.market.grid import ScoreGrid
from core.market.pricing import price
from models.belief import Belief
from models.families.bayes import draws
from models.families.bayes.diagnostics import Diagnostics

Floats = NDArray[np.float64]
_GOALS_AT_MOST = 12.0
_GRIDS_AT_ONCE = 8192
_STRENGTHS = ("attack", "defence")


@dataclass(frozen=True)
class UncertainBelief:
    """`mean`: the belief to act on. `low`, `high`: 5% and 95% of each probability over the draws, (n, 3) in [0, 1].

    The interval is of the probability itself, what more results would narrow; not of the match. Raises ValueError
    where shapes differ or an interval is upside down.
    """

    mean: Belief
    low: Floats
    high: Floats

    def __post_init__(self) -> None:
        if not self.mean.probabilities.shape == self.low.shape == self.high.shape:
            raise ValueError("A belief and its interval have the same shape.")
        if not ((self.low >= 0) & (self.low <= self.high) & (self.high <= 1)).all():
            raise ValueError("An interval of a probability lies in [0, 1], its low end first.")


@dataclass(frozen=True, eq=False)
class Posterior:
    """d draws for L leagues and the K clubs seen in them; all on the log scale of goals, all finite.

    `clubs`: K pairs of league and club. `base`, `home_advantage`: (d, L). `strength`: (d, K, 2), attack and defence,
    higher is better for both. `newcomer`, `scale`: (d, L, 2), centre and standard deviation (0 or more) from which
    a club without a match in the league is drawn. Raises ValueError for shapes that do not fit, names that come twice,
    a club of no league, and values that are not finite.
    """

    leagues: tuple[str, ...]
    clubs: tuple[tuple[str, str], ...]
    base: Floats
    home_advantage: Floats
    strength: Floats
    newcomer: Floats
    scale: Floats
    diagnostics: Diagnostics

    def __post_init__(self) -> None:
        d, n = len(self.base), len(self.leagues)
        shapes = {"base": (d, n), "home_advantage": (d, n), "strength": (d, len(self.clubs), 2)}
        for name, shape in (shapes | {"newcomer": (d, n, 2), "scale": (d, n, 2)}).items():
            values = getattr(self, name)
            if values.shape != shape or not np.isfinite(values).all():
                raise ValueError(f"The draws of {name} are not {shape} finite numbers.")
        if d == 0 or (self.scale < 0).any():
            raise ValueError("A posterior has draws, and no standard deviation below 0.")
        if len(set(self.leagues)) < n or len(set(self.clubs)) < len(self.clubs):
            raise ValueError("A league or a club of a league comes twice.")
        if not {league for league, _ in self.clubs} <= set(self.leagues):
            raise ValueError("A club belongs to a league that is not there.")

    @classmethod
    def joined(cls, each: Sequence[Posterior]) -> Posterior:
        """One posterior of several leagues, fitted apart with equally many draws; their draws are independent."""
        columns = ("base", "home_advantage", "strength", "newcomer", "scale")
        sampled = {name: np.concatenate([getattr(one, name) for one in each], axis=1) for name in columns}
        leagues = tuple(league for one in each for league in one.leagues)
        clubs = tuple(club for one in each for club in one.clubs)
        return cls(leagues, clubs, **sampled, diagnostics=Diagnostics.worst([one.diagnostics for one in each]))

    def rates(self, home: Sequence[str], away: Sequence[str], league: Sequence[str]) -> Floats:
        """Expected goals of home and away in every draw for m matches, (m, d, 2), above 0.

        `home`, `away`: ids of clubs, `league`: of their competitions, each (m,). A club without a match in the league
        is drawn from the league's newcomers, the same in every call. Raises ValueError for a league that is not there.
        """
        number = self._numbers(league)
        ours, theirs = (self._strengths(clubs, league) for clubs in (home, away))
        base = self.base[:, number]
        at_home = base + self.home_advantage[:, number] + ours[:, :, 0] - theirs[:, :, 1]
        visiting = base + theirs[:, :, 0] - ours[:, :, 1]
        rates: Floats = np.exp(np.stack([at_home, visiting], axis=2)).swapaxes(0, 1)
        return np.ascontiguousarray(rates)

    def belief(self, home: Sequence[str], away: Sequence[str], league: Sequence[str]) -> UncertainBelief:
        """Home, draw and away of m matches (as in `rates`): the mean over draws of each draw's score grid, 5% and 95%.

        Goals are independent Poissons in each draw. A match has the same bits alone and in any company.
        """
        rates = np.minimum(self.rates(home, away, league), _GOALS_AT_MOST)
        at_once = max(1, _GRIDS_AT_ONCE // len(self.base))
        blocks = [_summary(rates[first : first + at_once]) for first in range(0, len(rates), at_once)]
        low, mean, high = np.concatenate([np.empty((3, 0, 3)), *blocks], axis=1)
        return UncertainBelief(Belief.of(mean), low, high)

    def answers(self, asks: pl.DataFrame) -> Floats:
        """Mean, 5% and 95% of home, draw and away, (m, 9), of `asks`: home_team_id, away_team_id, competition_id."""
        names = ("home_team_id", "away_team_id", "competition_id")
        found = self.belief(*(asks[name].to_list() for name in names))
        return np.hstack([found.mean.probabilities, found.low, found.high])

    def write(self, path: Path, key: str = "") -> None:
        """Write as NetCDF under a name that nobody reads until it is whole; `key` says what it was sampled from."""
        clubs = np.array(self.clubs, dtype=np.str_).reshape(-1, 2)
        variables = {
            "league": ("league", np.array(self.leagues, dtype=np.str_)),
            "club": ("club", clubs[:, 1]), "league_of_club": ("club", clubs[:, 0]),
            "base": (("draw", "league"), self.base),
            "home_advantage": (("draw", "league"), self.home_advantage),
            "strength": (("draw", "club", "side"), self.strength),
            "newcomer": (("draw", "league", "side"), self.newcomer),
            "scale": (("draw", "league", "side"), self.scale),
            "side": ("side", np.array(_STRENGTHS)),
        }  # fmt: skip
        draws.write(path, key, variables, self.diagnostics)

    @classmethod
    def read(cls, path: Path, key: str = "") -> Posterior:
        """Read what `write` wrote; raises ValueError or OSError if it is not whole or was sampled from other data."""
        found, diagnostics = draws.read(path, key, _NAMES, _DRAWS)
        leagues, clubs, of = (found[name].tolist() for name in _NAMES)
        sampled = {name: found[name] for name in _DRAWS}
        return cls(tuple(leagues), tuple(zip(of, clubs, strict=True)), **sampled, diagnostics=diagnostics)

    def _numbers(self, league: Sequence[str]) -> NDArray[np.int64]:
        unknown = sorted(set(league) - set(self.leagues))
        if unknown:
            raise ValueError(f"The posterior has no league called {', '.join(unknown)}.")
        places = {name: place for place, name in enumerate(self.leagues)}
        return _coded(pl.Series(league, dtype=pl.String), places)

    def _strengths(self, clubs: Sequence[str], league: Sequence[str]) -> Floats:
        """(d, m, 2): attack and defence of each club in its league."""
        pair = ["league", "club"]
        asked = pl.DataFrame([league, clubs], schema=dict.fromkeys(pair, pl.String))
        pairs = asked.unique(maintain_order=True).with_row_index("place")
        place = asked.join(pairs, on=pair, maintain_order="left")["place"].to_numpy()
        columns = [self._strength_of(league, club) for league, club in pairs.select(pair).rows()]
        return np.stack(columns, axis=1)[:, place] if columns else np.empty((len(self.base), 0, 2))

    def _strength_of(self, league: str, club: str) -> Floats:
        """(d, 2) of one club; of one that was not seen, drawn by a generator that its name alone seeds."""
        if (place := self._places.get((league, club))) is not None:
            return self.strength[:, place]
        number = self.leagues.index(league)
        normal = draws.unseen(f"{league}/{club}", len(self.base))
        drawn: Floats = self.newcomer[:, number] + self.scale[:, number] * normal
        return drawn

    @cached_property
    def _places(self) -> dict[tuple[str, str], int]:
        return {pair: place for place, pair in enumerate(self.clubs)}


_NAMES = ("league", "club", "league_of_club")
_DRAWS = ("base", "home_advantage", "strength", "newcomer", "scale")


def _summary(rates: Floats) -> Floats:
    """Low, mean and high of home, draw and away, (3, m, 3), of rates (m, d, 2)."""
    grid = ScoreGrid.poisson(rates[:, :, 0].ravel(), rates[:, :, 1].ravel())
    over_draws = price(grid, ["1x2"]).win.reshape(*rates.shape[:2], 3)
    low, high = np.quantile(over_draws, draws.INTERVAL, axis=1)
    return np.stack([low, over_draws.mean(axis=1), high])


def _coded(names: pl.Series, places: dict[str, int]) -> NDArray[np.int64]:
    return names.replace_strict(places, return_dtype=pl.Int64).to_numpy().astype(np.int64)
