"""Totals: what over 2.5 goals is worth by its sharpest price, and by a memory of past matches' prices.

A price of over 2.5 is read as the expected total of the Poisson law that gives it. The memory splits the log of that
expectation into a league's level, a strength of each club (how many goals its matches have), and a bend: one-sided
matches have more goals. Strengths are filtered from past prices (Kalman, 1960), then moved by the surprise of goals and
of shots on target, because the market has not yet answered to them. No price of the match at hand is needed.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass

import numpy as np
import polars as pl
from numba import njit
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammainc, gammaincinv

from core.market.devig import Method, devig
from models.belief import Belief
from models.families import market, numbering

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
SIGNALS = ("total_memory_goals", "total_memory_variance")
LINE = 2.5
"""The one total that every match is quoted at."""
_GOALS_OVER = 3
_BOOKS = (*market.BENCHMARKS, "market_average")
_PRICES = ("over_odds_dec", "under_odds_dec")


@dataclass(frozen=True)
class TotalParameters:
    """Found by Nelder-Mead on the seasons 2013/14–2020/21 of twenty divisions: log-loss plus divergence from the price.

    Variances are of log expected totals, gains are log totals for a surprise as large as what was expected. A match of
    supremacy s (models/families/memory.py) has cosh(`curvature` * s) times the goals of an even one: as if each side's
    goals were multiplied or divided by exp(`curvature` * s).
    """

    observation_variance: float = 0.00088
    daily_variance: float = 1.7e-5
    off_season_variance: float = 0.00033
    first_variance: float = 0.003
    off_season_keep: float = 0.535
    goal_gain: float = 0.0071
    shot_on_target_gain: float = 0.0104
    curvature: float = 0.262


def over(expected_total: ArrayLike) -> Floats:
    """Probability of 3 goals or more of a Poisson total, the same shape; NaN for NaN or an expectation below 0."""
    probability: Floats = gammainc(_GOALS_OVER, np.asarray(expected_total, dtype=float))
    return probability


def expected_total(over_probability: ArrayLike) -> Floats:
    """The inverse of `over`, in goals, the same shape; NaN for NaN or what is no probability."""
    goals: Floats = gammaincinv(_GOALS_OVER, np.asarray(over_probability, dtype=float))
    return goals


def benchmark(matches: pl.DataFrame, prices: pl.DataFrame, method: Method = "power") -> tuple[Floats, pl.Series]:
    """Fair probability of over 2.5 by the sharpest quote of each match, and who gave it.

    Books speak in the order of the 1X2 benchmark: Pinnacle, else Betfair Exchange, else the average (log-loss of the
    closes of 13,284 matches in 2019/20–2020/21: Pinnacle 0.6738, Bet365 0.6740, average 0.6741). `matches`: match_id.
    `prices`: rows of gold fct_total_prices, one row a book and match; other lines than 2.5 are not looked at. Returns
    (n,) in the order of `matches`, NaN and a null name where nobody quotes both prices.
    """
    quoted = prices.filter((pl.col("line") == LINE) & pl.col("bookmaker").is_in(_BOOKS))
    fair = devig(quoted.select(pl.col(_PRICES).fill_null(float("nan"))).to_numpy(), method)[:, 0]
    first = (
        quoted.select("match_id", pl.col("bookmaker").alias("benchmark"), pl.Series("over", fair))
        .filter(pl.col("over").is_not_nan())
        .sort(pl.col("benchmark").replace_strict({book: place for place, book in enumerate(_BOOKS)}))
        .unique("match_id", keep="first", maintain_order=True)
    )
    found = matches.select("match_id").join(first, on="match_id", how="left", maintain_order="left")
    return found["over"].fill_null(float("nan")).to_numpy(), found["benchmark"]


def belief(matches: pl.DataFrame, prices: pl.DataFrame, method: Method = "power") -> Belief:
    """`benchmark` as probabilities of over and under 2.5, (n, 2)."""
    likely, _ = benchmark(matches, prices, method)
    return Belief(np.column_stack([likely, 1 - likely]))


def last_price(matches: pl.DataFrame, prices: pl.DataFrame, method: Method = "power") -> Floats:
    """Fair probability of over 2.5 at the benchmark close, first as told; else at the last prices before it.

    `matches`: match_id. `prices`: rows of gold fct_total_prices. Returns (n,), NaN where there is neither.
    """
    quoted = prices.filter(pl.col("line") == LINE)
    before_it = quoted.filter(pl.col("quote_kind") != "closing").sort("known_at_utc", "quote_kind")
    close, _ = benchmark(matches, market.closing(quoted), method)
    last = before_it.unique(["match_id", "bookmaker"], keep="last", maintain_order=True)
    before, _ = benchmark(matches, last, method)
    return np.where(np.isnan(close), before, close)


def seen_totals(seen: pl.DataFrame, total_prices: pl.DataFrame, statistics: pl.DataFrame) -> pl.DataFrame:
    """The matches of `seen` with the total that their last price foretold and the shots on target that they had.

    `seen`: rows of models.signals.seen_matches, which also tell the moment at which a match became known; what was
    told later is not looked at. `total_prices`, `statistics`: gold fct_total_prices and fct_match_statistics. Adds
    `expected_total` (goals, by `last_price`) and `total_shots_on_target`; NaN where there is none.
    """
    over_at = seen.select("match_id", pl.col("known_at_utc").alias("over_at_utc"))
    known = pl.col("known_at_utc") <= pl.col("over_at_utc")
    priced = total_prices.join(over_at, on="match_id").filter(known)
    shots = (
        statistics.join(over_at, on="match_id")
        .filter(known)
        .select("match_id", (pl.col("home_shots_on_target") + pl.col("away_shots_on_target")).alias("shots"))
    )
    told = seen.select("match_id").join(shots, on="match_id", how="left", maintain_order="left")["shots"]
    return seen.with_columns(
        pl.Series("expected_total", expected_total(last_price(seen, priced))),
        told.cast(pl.Float64).fill_null(float("nan")).alias("total_shots_on_target"),
    )


def signals(seen: pl.DataFrame, spine: pl.DataFrame, parameters: TotalParameters) -> pl.DataFrame:
    """The columns `SIGNALS` for each spine row, as known at its `as_of_utc`: expected goals, and variance of their log.

    `seen`: one row a finished match as `seen_totals` returns it. A match without a price of its total teaches by its
    goals alone, with the small weight of an observation of Poisson variance; one without supremacy counts as even.
    `spine`: competition_id, as_of_utc, home_team_id, away_team_id, memory_supremacy (models/families/memory.py). A
    club never seen counts as its league's typical one; never NaN.
    """
    past = seen.sort("known_at_utc", "match_id")
    before = numbering.known_before(past["known_at_utc"], spine["as_of_utc"])
    order = np.argsort(before, kind="stable")
    clubs = numbering.numbers((past, spine), ("home_team_id", "away_team_id"))
    leagues = numbering.numbers((past, spine), ("competition_id",))
    answers = np.empty((len(spine), len(SIGNALS)))
    answers[order] = _walk(
        numbering.places(past, clubs, leagues), numbering.days(past["known_at_utc"]),
        past.select(_OBSERVED).to_numpy().astype(np.float64), before[order].astype(np.int64),
        numbering.places(spine, clubs, leagues)[order], numbering.days(spine["as_of_utc"])[order],
        spine["memory_supremacy"].to_numpy().astype(np.float64)[order],
        len(clubs), len(leagues), np.array(astuple(parameters)),
    )  # fmt: skip
    return pl.DataFrame(answers, schema=dict.fromkeys(SIGNALS, pl.Float64))


_OBSERVED = ("expected_total", "total_goals", "total_shots_on_target", "supremacy")
_EXPECTED, _GOALS, _SHOTS_ON_TARGET, _SUPREMACY = range(4)
_PRICE_NOISE, _DAILY, _SUMMER, _FIRST, _KEEP, _GOAL_GAIN, _SHOT_GAIN, _CURVATURE = range(8)
"""Places of `TotalParameters`, in its order."""
_STRENGTH, _VARIANCE, _LAST, _LEAGUE = range(4)
_LEVEL, _SHOTS_A_GOAL, _PLAYED = range(3)
_HOME, _AWAY, _WHERE = range(3)
_FIRST_GOALS, _FIRST_SHOTS_A_GOAL, _SHOTS_A_GOAL_GAIN = 2.6, 3.4, 0.01
_FIRST_MATCHES = 10.0
"""Matches that `_FIRST_GOALS` counts for in a league's level, the mean log total of its matches whoever plays."""
_LEVEL_MATCHES = 1000.0
"""A league's level follows its last matches, about so many."""
_NOWHERE = -1.0
_OFF_SEASON_DAYS = 50.0


@njit(cache=True)  # type: ignore[untyped-decorator]
def _walk(  # type: ignore[no-untyped-def]
    matches, known, observed, before, asks, asks_at, asks_supremacy, n_clubs, n_leagues, p
):
    """What the first `before[i]` matches say of question i; `before` is sorted. `p`: TotalParameters in order."""
    clubs, leagues = np.zeros((n_clubs, 4)), np.zeros((n_leagues, 3))
    clubs[:, _LEAGUE] = _NOWHERE
    leagues[:, _LEVEL], leagues[:, _SHOTS_A_GOAL] = np.log(_FIRST_GOALS), _FIRST_SHOTS_A_GOAL
    answers = np.empty((len(before), 2))
    match = 0
    for ask in range(len(before)):
        while match < before[ask]:
            home, away, where = matches[match]
            for club in (home, away):
                strength, variance = _shown(clubs[club], where, known[match], p)
                clubs[club] = np.array([strength, variance, known[match], where])
            _learn(clubs[home], clubs[away], leagues[where], observed[match], p)
            match += 1
        home, away, where = asks[ask]
        strength, variance = _shown(clubs[home], where, asks_at[ask], p)
        other_strength, other_variance = _shown(clubs[away], where, asks_at[ask], p)
        bend = _bend(asks_supremacy[ask], p)
        answers[ask, 0] = np.exp(leagues[where, _LEVEL] + strength + other_strength + bend)
        answers[ask, 1] = variance + other_variance
    return answers


@njit(cache=True)  # type: ignore[untyped-decorator]
def _learn(home, away, league, seen, p):  # type: ignore[no-untyped-def]
    """The price of a match, or else its goals, moves both clubs by their gain; its play moves them a little further."""
    foretold = league[_LEVEL] + home[_STRENGTH] + away[_STRENGTH] + _bend(seen[_SUPREMACY], p)
    is_priced = not np.isnan(seen[_EXPECTED])
    believed = seen[_EXPECTED] if is_priced else np.exp(foretold)
    goals_over = seen[_GOALS] / believed - 1.0
    error, noise, surprise = goals_over, 1.0 / believed, 0.0
    if is_priced:
        error, noise, surprise = np.log(believed) - foretold, p[_PRICE_NOISE], p[_GOAL_GAIN] * goals_over
    if not np.isnan(seen[_SHOTS_ON_TARGET]):
        usual = league[_SHOTS_A_GOAL]
        shots_over = seen[_SHOTS_ON_TARGET] / believed - usual
        surprise += p[_SHOT_GAIN] * shots_over / usual
        league[_SHOTS_A_GOAL] += _SHOTS_A_GOAL_GAIN * shots_over
    league[_PLAYED] += 1.0
    heard = min(league[_PLAYED] + _FIRST_MATCHES, _LEVEL_MATCHES)
    league[_LEVEL] += (error + home[_STRENGTH] + away[_STRENGTH]) / heard
    total = home[_VARIANCE] + away[_VARIANCE] + noise
    for club in (home, away):
        gain = club[_VARIANCE] / total
        club[_STRENGTH] += gain * error + surprise
        club[_VARIANCE] *= 1.0 - gain


@njit(cache=True)  # type: ignore[untyped-decorator]
def _shown(club, where, at, p):  # type: ignore[no-untyped-def]
    """Strength and variance of a club in this league on this day: after a summer or a move it is nearer to typical."""
    if club[_LEAGUE] == _NOWHERE:
        return 0.0, p[_FIRST]
    days = at - club[_LAST]
    if club[_LEAGUE] != where:
        return p[_KEEP] * club[_STRENGTH], p[_FIRST]
    if days > _OFF_SEASON_DAYS:
        return p[_KEEP] * club[_STRENGTH], min(p[_FIRST], club[_VARIANCE] + p[_DAILY] * days + p[_SUMMER])
    return club[_STRENGTH], min(p[_FIRST], club[_VARIANCE] + p[_DAILY] * days)


@njit(cache=True)  # type: ignore[untyped-decorator]
def _bend(supremacy, p):  # type: ignore[no-untyped-def]
    """Log of the goals of a match over those of an even one."""
    return 0.0 if np.isnan(supremacy) else np.log(np.cosh(p[_CURVATURE] * supremacy))
