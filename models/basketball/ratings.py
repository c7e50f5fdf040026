"""Ratings from results alone: Elo with the margin of victory, and a filter of margins and totals.

Elo (1978) with the multiplier of Silver and Fischer-Baum, "How We Calculate NBA Elo Ratings" (FiveThirtyEight, 2015).
The filter is that of `memory`, with final scores where it has closing lines; so it needs no price at all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numba import njit
from numpy.typing import NDArray

from models.basketball import memory
from models.basketball.memory import ChannelParameters, MemoryParameters
from models.families import numbering

INITIAL_RATING = 1500.0
POINTS_OF_MARGIN = 28.0
"""Rating points that are worth one point of margin, by the same source."""
FILTERED = ("filter_margin", "filter_margin_variance", "filter_total", "filter_total_variance")
_SCALE = 400.0
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class EloParameters:
    """The source's own: `k` points a game, `home_advantage` in points, `carry_over` (0-1) of a rating over a summer.

    The step is multiplied by `(|margin| + margin_offset) ** margin_power / (margin_base + margin_slope * lead)`, where
    `lead` is by how many points the winner was rated above the loser, home advantage included.
    """

    k: float = 20.0
    home_advantage: float = 100.0
    carry_over: float = 0.75
    margin_offset: float = 3.0
    margin_power: float = 0.8
    margin_base: float = 7.5
    margin_slope: float = 0.006


def elo_differences(results: pl.DataFrame, spine: pl.DataFrame, parameters: EloParameters) -> Floats:
    """Difference of ratings of each spine row as known at its `as_of_utc`, home advantage included; (n_spine,).

    `results`: match_id, season_code, known_at_utc, home_team_id, away_team_id, home_points, away_points, is_neutral;
    one row a finished game and version of its result. A correction moves both ratings by the difference that it makes,
    from when it became known. `spine`: season_code, as_of_utc, home_team_id, away_team_id, is_neutral. On a neutral
    court there is no home advantage. A team without a result has the initial rating, to which all return over a summer.
    """
    played = results.sort("known_at_utc", "match_id")
    teams = numbering.numbers((played, spine), ("home_team_id", "away_team_id"))
    seasons = numbering.numbers((played, spine), ("season_code",))
    before = numbering.known_before(played["known_at_utc"], spine["as_of_utc"])
    order = np.argsort(before, kind="stable")
    _, numbered = np.unique(played["match_id"].to_numpy(), return_inverse=True)
    differences = np.empty(len(spine))
    differences[order] = _replay(
        numbered.astype(np.int64), numbering.codes(played["home_team_id"], teams),
        numbering.codes(played["away_team_id"], teams), _seasons(played, seasons), _courts(played, parameters),
        (played["home_points"] - played["away_points"]).to_numpy().astype(np.float64), before[order].astype(np.int64),
        numbering.codes(spine["home_team_id"], teams)[order], numbering.codes(spine["away_team_id"], teams)[order],
        _seasons(spine, seasons)[order], _courts(spine, parameters)[order], len(teams),
        np.array([
            parameters.k, parameters.carry_over, parameters.margin_offset, parameters.margin_power,
            parameters.margin_base, parameters.margin_slope,
        ]),
    )  # fmt: skip
    return differences


def _seasons(rows: pl.DataFrame, seasons: numbering.Numbers) -> NDArray[np.int64]:
    return numbering.codes(rows["season_code"], seasons)


def _courts(rows: pl.DataFrame, parameters: EloParameters) -> Floats:
    """Home advantage of each row in rating points, (n,)."""
    neutral = rows["is_neutral"].fill_null(False).to_numpy()
    return np.where(neutral, 0.0, parameters.home_advantage)


@njit(cache=True)  # type: ignore[untyped-decorator]
def _replay(  # type: ignore[no-untyped-def]
    number, home, away, season, court, margin, before, asks_home, asks_away, asks_season, asks_court, n_teams, p
):
    """Ratings after the first `before[i]` results answer question i; `before` is sorted, `number` names the game."""
    ratings, since = np.full(n_teams, INITIAL_RATING), np.full(n_teams, -1)
    lead, moved = np.full(len(number), np.nan), np.zeros(len(number))
    answers = np.empty(len(before))
    game = 0
    for ask in range(len(before)):
        while game < before[ask]:
            name = number[game]
            for team in (home[game], away[game]):
                ratings[team] = _shown(ratings[team], since[team], season[game], p)
                since[team] = max(since[team], season[game])
            if np.isnan(lead[name]):
                lead[name] = ratings[home[game]] - ratings[away[game]] + court[game]
            step = _step(margin[game], lead[name], p)
            ratings[home[game]] += step - moved[name]
            ratings[away[game]] -= step - moved[name]
            moved[name] = step
            game += 1
        ours = _shown(ratings[asks_home[ask]], since[asks_home[ask]], asks_season[ask], p)
        theirs = _shown(ratings[asks_away[ask]], since[asks_away[ask]], asks_season[ask], p)
        answers[ask] = ours - theirs + asks_court[ask]
    return answers


@njit(cache=True)  # type: ignore[untyped-decorator]
def _shown(rating, since, season, p):  # type: ignore[no-untyped-def]
    """A rating in this season: each summer since its last game took it nearer to the initial one."""
    summers = max(season - since, 0) if since >= 0 else 0
    return INITIAL_RATING + (rating - INITIAL_RATING) * p[1] ** summers


@njit(cache=True)  # type: ignore[untyped-decorator]
def _step(margin, lead, p):  # type: ignore[no-untyped-def]
    """Points that the home side gains; none without a winner."""
    sign = np.sign(margin)
    expected = 1.0 / (1.0 + 10.0 ** (-lead / _SCALE))
    multiplier = (abs(margin) + p[2]) ** p[3] / (p[4] + p[5] * sign * lead)
    return p[0] * multiplier * (0.5 + 0.5 * sign - expected) * abs(sign)


def filtered(results: pl.DataFrame, spine: pl.DataFrame, parameters: MemoryParameters) -> pl.DataFrame:
    """The columns `FILTERED` of each spine row, in its order: expected home margin and total in points; never NaN.

    `results`, `spine`: as `memory.signals` takes `seen` and `spine`, without need of lines. A game counts as first
    told: a filter cannot forget, so corrections are ignored.
    """
    lines = results.with_columns(
        pl.col("margin").alias("closing_margin"), pl.col("total").alias("closing_total"),
        pl.lit(None, pl.Float64).alias("margin"), pl.lit(None, pl.Float64).alias("total"),
    )  # fmt: skip
    found = memory.signals(lines, NO_REPORTS, spine, parameters)
    return found.select(pl.col(f"memory_{name.removeprefix('filter_')}").alias(name) for name in FILTERED)


NO_REPORTS = pl.DataFrame(
    schema={
        "player_id": pl.String(), "team_id": pl.String(), "season_code": pl.String(),
        "known_at_utc": pl.Datetime("us", "UTC"), "status": pl.String(),
    }
)  # fmt: skip
_MARGIN = ChannelParameters(
    sign=-1.0, first_level=3.0, first_level_sd=1.0, first_sd=5.844, summer_sd=1.879,
    summer_keep=0.6679, daily_sd=0.2017, most_days=2.751, mood_sd=1e-6, mood_days=10.0,
    court_sd=0.5009, effect_sd=1.338, level_daily_sd=0.006327, level_summer_sd=0.445, line_sd=9.221,
    rare=50.0, surprise_gain=0.0, surprise_most=1.0, level_gain=0.0, value_mean=0.0, value_sd=0.0,
    value_keep=0.0, value_summer_sd=0.0,
)  # fmt: skip
_TOTAL = replace(
    _MARGIN,
    sign=1.0, first_level=200.0, first_level_sd=5.0, first_sd=4.634, summer_sd=3.445,
    summer_keep=0.5463, daily_sd=0.3199, most_days=12.24, court_sd=0.07128, effect_sd=2.023,
    level_daily_sd=0.3198, level_summer_sd=1.937, line_sd=13.84,
)  # fmt: skip


@dataclass(frozen=True)
class FilterParameters(MemoryParameters):
    """Found by CMA-ES (300 trials for each line): least distance to the closing lines of 2015-16 to 2020-21.

    Nobody is missing, moods are nil and results surprise nobody: the filter sees final scores alone.
    """

    margin: ChannelParameters = _MARGIN
    total: ChannelParameters = _TOTAL
