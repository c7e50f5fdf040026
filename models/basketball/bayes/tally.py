"""What a league's known games and closing lines add up to: the weighted sums that a normal likelihood needs.

Margins and totals are sums of strengths with normal errors, so their normal equations are sufficient: a small matrix
for each of four channels, however many games there were.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.basketball.seen import seen_games
from models.families.bayes.tally import last_known
from models.families.goals.design import time_weights

Floats = NDArray[np.float64]
CHANNELS = ("margin", "total", "closing_margin", "closing_total")
"""What is seen of a game, in points: the final score's, then the closing lines'."""
_DAY_MICROSECONDS = 86_400e6
_MARGINS = (True, False, True, False)


@dataclass(frozen=True)
class History:
    """Which games count, and how much.

    `window_days` of games before the cutoff: the running and the previous season, weighted by exp(-decay * age), since
    teams change (`models.families.bayes.tally.History`). Lines forget sooner than results: they say more of the day.
    A pause of the league, such as a summer, ages by at most `pause_days`. Decays and pause were chosen in 22 trials, by
    distance from the closing lines of 2015-16 to 2020-21. Raises ValueError for days that are not above 0 or a negative
    decay.
    """

    window_days: float = 730.0
    result_decay_per_day: float = 0.01
    line_decay_per_day: float = 0.04
    pause_days: float = 30.0

    def __post_init__(self) -> None:
        if not (self.window_days > 0 and self.pause_days > 0 and min(self.decays) >= 0):
            raise ValueError("Days must be above 0, and weights may not grow with age.")

    @property
    def decays(self) -> tuple[float, ...]:
        """In the order of `CHANNELS`."""
        return (self.result_decay_per_day,) * 2 + (self.line_decay_per_day,) * 2


@dataclass(frozen=True, eq=False)
class Tally:
    """Weighted normal equations of one league's n teams, one for each of `CHANNELS`.

    `teams`: n ids in alphabetical order. A margin is home court (none on a neutral one) + strength of the home team -
    strength of the away team; a total is level + both strengths. With the games' rows x of these k = n + 1
    coefficients, the court or the level first, what was seen y and the weights w: `gram` (4, k, k) sums w x x', `cross`
    (4, k) w x y, `square` (4,) w y y and `games` (4,) w. Raises ValueError where shapes do not fit or a number is not
    finite.
    """

    league: str
    teams: tuple[str, ...]
    gram: Floats
    cross: Floats
    square: Floats
    games: Floats

    def __post_init__(self) -> None:
        c, k = len(CHANNELS), len(self.teams) + 1
        shapes = [self.gram.shape, self.cross.shape, self.square.shape, self.games.shape]
        if shapes != [(c, k, k), (c, k), (c,), (c,)]:
            raise ValueError(f"The tally of {self.league} does not fit its {k - 1} teams.")
        if not all(np.isfinite(sums).all() for sums in self._sums):
            raise ValueError(f"The tally of {self.league} has a sum that is not finite.")

    @property
    def _sums(self) -> tuple[Floats, ...]:
        return self.gram, self.cross, self.square, self.games

    def digest(self) -> str:
        """SHA-256 of everything in it, in hexadecimal: equal tallies have equal posteriors."""
        names = "\n".join(("points", self.league, *self.teams)).encode()
        return sha256(names + b"\0" + b"".join(sums.tobytes() for sums in self._sums)).hexdigest()


def games_with_lines(results: pl.DataFrame, spreads: pl.DataFrame, totals: pl.DataFrame) -> pl.DataFrame:
    """What `tally_as_known` asks: every version of a result, with the closing lines that were known before it.

    `results`, `spreads`, `totals`: gold fct_results, fct_handicap_prices and fct_total_prices, as `seen_games` takes
    them.
    """
    lines = seen_games(results, spreads, totals).select("match_id", "closing_margin", "closing_total")
    return results.join(lines, on="match_id", how="left", maintain_order="left")


def tally_as_known(games: pl.DataFrame, league: str, cutoff: datetime, history: History) -> Tally:
    """The tally of one league from what was known at `cutoff` (UTC); without a game it has no team.

    `games`: match_id, competition_id, known_at_utc, event_at_utc, home_team_id, away_team_id, is_neutral, home_points,
    away_points, closing_margin and closing_total (null without a line), one row a game and version of its result; the
    last version known by the cutoff counts.
    """
    known = last_known(games.filter(pl.col("competition_id") == league), cutoff, ("home_points", "away_points"))
    window = known.filter(pl.col("event_at_utc") >= cutoff - timedelta(days=history.window_days))
    teams = pl.concat([window["home_team_id"], window["away_team_id"]]).unique().sort()
    ages = _ages(window["event_at_utc"], cutoff, history.pause_days)
    sums = [
        _sum_up(_rows(window, teams, is_margin), seen, time_weights(ages, decay))
        for is_margin, seen, decay in zip(_MARGINS, _seen(window).T, history.decays, strict=True)
    ]
    gram, cross, square, counted = (np.array(part) for part in zip(*sums, strict=True))
    return Tally(league, tuple(teams), gram, cross, square, counted)


def _ages(events: pl.Series, cutoff: datetime, pause_days: float) -> Floats:
    """Days from each of m events in order of time to the cutoff, (m,), no gap between two counted for more."""
    moments = pl.concat([events, pl.Series([cutoff], dtype=events.dtype)])
    gaps = moments.diff().drop_nulls().dt.total_microseconds().to_numpy() / _DAY_MICROSECONDS
    ages: Floats = np.clip(gaps, 0.0, pause_days)[::-1].cumsum()[::-1]
    return ages


def _seen(window: pl.DataFrame) -> Floats:
    """(m, 4) in the order of `CHANNELS`, NaN where nothing was seen."""
    home, away = pl.col("home_points"), pl.col("away_points")
    told = window.select((home - away).alias("margin"), (home + away).alias("total"), *CHANNELS[2:])
    seen: Floats = told.select(pl.all().cast(pl.Float64).fill_null(float("nan"))).to_numpy()
    return seen


def _rows(window: pl.DataFrame, teams: pl.Series, is_margin: bool) -> Floats:
    """Coefficients of each game, (m, 1 + n)."""
    numbers = {team: number for number, team in enumerate(teams, start=1)}
    rows, games = np.zeros((len(window), len(teams) + 1)), np.arange(len(window))
    home, away = (
        window[f"{side}_team_id"].replace_strict(numbers, return_dtype=pl.Int64).to_numpy().astype(np.int64)
        for side in ("home", "away")
    )
    rows[:, 0] = ~window["is_neutral"].fill_null(False).to_numpy() if is_margin else 1.0
    rows[games, home] = 1.0
    rows[games, away] = -1.0 if is_margin else 1.0
    return rows


def _sum_up(rows: Floats, seen: Floats, weights: Floats) -> tuple[Floats, Floats, float, float]:
    told = np.isfinite(seen)
    x, y, w = rows[told], seen[told], weights[told]
    weighted = x * w[:, None]
    return weighted.T @ x, weighted.T @ y, float(w @ y**2), float(w.sum())
