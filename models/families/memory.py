"""Market memory: what past matches' closing prices say of two clubs, corrected by how those matches were played.

A price of a match is two log ratios: `supremacy = log(p_home / p_away)` and `draw = log(p_draw) - (log p_home +
log p_away) / 2`. A club's strength is filtered from the supremacies that the market gave it (Kalman, 1960: a club that
was not seen for long, or never, learns faster), then moved by the surprise of goals, shots on target and shots over
what the price foretold, because the market has not yet answered to them. No price of the match at hand is needed.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass

import numpy as np
import polars as pl
from numba import njit
from numpy.typing import NDArray

from models.belief import Belief
from models.families import numbering

Floats = NDArray[np.float64]
SIGNALS = ("memory_supremacy", "memory_draw", "memory_variance")
_DAY_US = numbering.DAY_US
_OFF_SEASON_DAYS = 50.0


@dataclass(frozen=True)
class MemoryParameters:
    """Found by `fairline tune` (2,499 trials) on the seasons 2013/14–2020/21 of eleven divisions; slopes by regression.

    Variances are of log ratios. Gains are log ratios a goal or shot of surprise; slopes are goals and shots of
    difference that one unit of supremacy foretells.
    """

    observation_variance: float = 0.03739
    daily_variance: float = 0.0004409
    off_season_variance: float = 0.06114
    first_variance: float = 0.2457
    off_season_keep: float = 0.7883
    newcomer: float = -0.1346
    newcomer_draw: float = 0.01089
    home_gain: float = 0.01599
    draw_gain: float = 0.1386
    draw_curvature: float = -0.04108
    goal_gain: float = 0.02177
    shot_on_target_gain: float = 0.002638
    shot_gain: float = 0.002954
    total_goal_gain: float = 0.0008677
    goal_slope: float = 0.7197
    shot_on_target_slope: float = 1.8067
    shot_slope: float = 3.8114
    division_gap: float = 0.9796


def log_ratios(belief: Belief) -> Floats:
    """Supremacy and draw of each match, (n, 2); NaN where there is no belief."""
    home, draw, away = np.log(belief.probabilities).T
    return np.column_stack([home - away, draw - (home + away) / 2])


def belief_of(supremacy: Floats, draw: Floats) -> Belief:
    """The inverse of `log_ratios`; NaN gives no belief."""
    logits = np.column_stack([supremacy / 2, draw, -supremacy / 2])
    return Belief.of(np.exp(logits - logits.max(axis=1, keepdims=True)))


def signals(seen: pl.DataFrame, spine: pl.DataFrame, parameters: MemoryParameters) -> pl.DataFrame:
    """The columns `SIGNALS` for each spine row, as known at its `as_of_utc`; a club never seen counts as a newcomer.

    `seen`: one row a finished match with the columns of `models.signals.seen_matches`; matches without a price teach
    nothing. `spine`: competition_id, as_of_utc, home_team_id, away_team_id.
    """
    priced = seen.filter(pl.col("supremacy").is_not_nan()).sort("known_at_utc", "match_id")
    before = numbering.known_before(priced["known_at_utc"], spine["as_of_utc"])
    order = np.argsort(before, kind="stable")
    clubs = numbering.numbers((priced, spine), ("home_team_id", "away_team_id"))
    leagues = numbering.numbers((priced, spine), ("competition_id",))
    tiers = numbering.tiers(leagues)
    answers = np.empty((len(spine), 3))
    answers[order] = _walk(
        numbering.codes(priced["home_team_id"], clubs), numbering.codes(priced["away_team_id"], clubs),
        numbering.codes(priced["competition_id"], leagues), numbering.micros(priced["known_at_utc"]),
        priced.select(_OBSERVED).to_numpy().astype(np.float64), before[order].astype(np.int64),
        numbering.codes(spine["home_team_id"], clubs)[order], numbering.codes(spine["away_team_id"], clubs)[order],
        numbering.codes(spine["competition_id"], leagues)[order], numbering.micros(spine["as_of_utc"])[order],
        len(clubs), tiers, np.array(astuple(parameters)),
    )  # fmt: skip
    return pl.DataFrame(answers, schema=dict.fromkeys(SIGNALS, pl.Float64))


_OBSERVED = (
    "supremacy", "draw", "goal_difference", "total_goals", "shot_on_target_difference", "shot_difference",
)  # fmt: skip
_MEAN_GOALS = 2.7
_FIRST_HOME_ADVANTAGE, _FIRST_DRAW_LEVEL = 0.45, -0.05
_LEVEL_GAIN = 0.02
_FIRST_SEASON_MATCHES = 380
"""Before a division has played so many, its clubs are new to us, not to it."""


@njit(cache=True)  # type: ignore[untyped-decorator]
def _walk(  # type: ignore[no-untyped-def]
    home, away, league, known, observed, before, asks_home, asks_away, asks_league, asks_at, n_clubs, tiers, p
):
    """What the first `before[i]` matches say of question i; `before` is sorted. `p`: MemoryParameters in order."""
    strength, variance = np.full(n_clubs, np.nan), np.full(n_clubs, p[3])
    drawish, last, division = np.zeros(n_clubs), np.zeros(n_clubs), np.full(n_clubs, -1)
    advantage, level = np.full(len(tiers), _FIRST_HOME_ADVANTAGE), np.full(len(tiers), _FIRST_DRAW_LEVEL)
    played = np.zeros(len(tiers))
    answers = np.empty((len(before), 3))
    match = 0
    for ask in range(len(before)):
        while match < before[ask]:
            h, a, where = home[match], away[match], league[match]
            for club in (h, a):
                strength[club], drawish[club] = _shown(
                    club, where, known[match], strength, drawish, last, division, tiers, played, p
                )
                variance[club] = _doubt(club, where, known[match], variance, last, division, p)
                last[club], division[club] = known[match], where
            played[where] += 1
            _learn(h, a, where, observed[match], strength, variance, drawish, advantage, level, p)
            match += 1
        h, a, where = asks_home[ask], asks_away[ask], asks_league[ask]
        at_home, home_draw = _shown(h, where, asks_at[ask], strength, drawish, last, division, tiers, played, p)
        visiting, away_draw = _shown(a, where, asks_at[ask], strength, drawish, last, division, tiers, played, p)
        supremacy = at_home - visiting + advantage[where]
        answers[ask, 0] = supremacy
        answers[ask, 1] = home_draw + away_draw + level[where] + p[9] * supremacy * supremacy
        answers[ask, 2] = _doubt(h, where, asks_at[ask], variance, last, division, p) + _doubt(
            a, where, asks_at[ask], variance, last, division, p
        )
    return answers


@njit(cache=True)  # type: ignore[untyped-decorator]
def _learn(h, a, where, seen, strength, variance, drawish, advantage, level, p):  # type: ignore[no-untyped-def]
    """The price of a match moves both clubs by their gain, and how it was played moves them a little further."""
    error = seen[0] - (strength[h] - strength[a] + advantage[where])
    total = variance[h] + variance[a] + p[0]
    home_gain, away_gain = variance[h] / total, variance[a] / total
    surprise = p[10] * (seen[2] - p[14] * seen[0])
    if not np.isnan(seen[4]):
        surprise += p[11] * (seen[4] - p[15] * seen[0])
    if not np.isnan(seen[5]):
        surprise += p[12] * (seen[5] - p[16] * seen[0])
    strength[h] += home_gain * error + surprise
    strength[a] -= away_gain * error + surprise
    variance[h] *= 1 - home_gain
    variance[a] *= 1 - away_gain
    advantage[where] += p[7] * error
    off = seen[1] - (drawish[h] + drawish[a] + level[where] + p[9] * seen[0] * seen[0])
    goals = p[13] * (seen[3] - _MEAN_GOALS)
    drawish[h] += p[8] * off - goals
    drawish[a] += p[8] * off - goals
    level[where] += _LEVEL_GAIN * off


@njit(cache=True)  # type: ignore[untyped-decorator]
def _shown(club, where, at, strength, drawish, last, division, tiers, played, p):  # type: ignore[no-untyped-def]
    """Strength and draw of a club in this division at this moment: after a summer it is nearer to the others."""
    if np.isnan(strength[club]):
        is_newcomer = played[where] > _FIRST_SEASON_MATCHES
        return (p[5], p[6]) if is_newcomer else (0.0, 0.0)
    keep = p[4] if (at - last[club]) / _DAY_US > _OFF_SEASON_DAYS else 1.0
    moved = tiers[where] - tiers[division[club]]
    return strength[club] * keep + p[17] * moved, drawish[club] * keep


@njit(cache=True)  # type: ignore[untyped-decorator]
def _doubt(club, where, at, variance, last, division, p):  # type: ignore[no-untyped-def]
    """Variance of a club's strength at this moment: it grows with time, a summer, and a change of division."""
    if division[club] != where:
        return p[3]
    days = (at - last[club]) / _DAY_US
    summer = p[2] if days > _OFF_SEASON_DAYS else 0.0
    return min(p[3], variance[club] + p[1] * days + summer)
