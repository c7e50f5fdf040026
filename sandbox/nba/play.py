"""Playing the games: team counts from possessions, dealt out to the players, so that the players sum to the team."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from sandbox.arrays import Bools, Floats, Ints
from sandbox.nba.expect import ASSISTED, DEFENSIVE_REBOUNDS, OFFENSIVE_REBOUNDS
from sandbox.nba.rates import FREE_THROWS, SHOTS, TURNOVERS, Lineups, Shares, planned_minutes, shares
from sandbox.nba.rosters import Skills

PACE_SD = 3.2
MINUTES_SPREAD = 0.13
MOST_SECONDS = 46 * 60
OVERTIME_SHARE = 5.0 / 48.0
MOST_FOULS = 6


@dataclass(frozen=True)
class Box:
    """Counts of the players of n games, each (n, 2, 15)."""

    seconds: Ints
    field_goals_made: Ints
    field_goals_attempted: Ints
    threes_made: Ints
    threes_attempted: Ints
    free_throws_made: Ints
    free_throws_attempted: Ints
    rebounds_offensive: Ints
    rebounds_defensive: Ints
    assists: Ints
    steals: Ints
    blocks: Ints
    turnovers: Ints
    fouls: Ints

    @property
    def points(self) -> Ints:
        """Two for a field goal, one more for a three, one for a free throw."""
        return 2 * self.field_goals_made + self.threes_made + self.free_throws_made

    def plus(self, other: Box, rows: Ints) -> Box:
        """Return the counts with those of another part of some games added."""
        added = {}
        for field in fields(self):
            counts = getattr(self, field.name).copy()
            counts[rows] += getattr(other, field.name)
            added[field.name] = counts
        return Box(**{**added, "fouls": np.minimum(added["fouls"], MOST_FOULS)})


@dataclass(frozen=True)
class PlayedGames:
    """Outcomes of n games: the box, points by period (n, 2, periods), zero after the end, and overtimes (n,)."""

    box: Box
    periods: Ints
    overtimes: Ints


def play(lineups: Lineups, skill: Skills, can_play: Bools, rng: np.random.Generator) -> PlayedGames:
    """Play n games to an end, with as many overtimes as it takes."""
    seconds = _seconds(planned_minutes(can_play), rng)
    box = _period(lineups, skill, seconds, rng.normal(lineups.pace, PACE_SD), rng)
    quarters = rng.multinomial(box.points.sum(axis=2), [0.25] * 4)
    periods, overtimes = [quarters], np.zeros(len(seconds), dtype=np.int64)
    level = _level(box)
    while len(level):
        extra = _scaled(seconds[level], 25 * 60)
        more = _period(lineups.taken(level), skill, extra, lineups.pace[level] * OVERTIME_SHARE, rng)
        box, points = box.plus(more, level), np.zeros((len(seconds), 2, 1), dtype=np.int64)
        points[level, :, 0] = more.points.sum(axis=2)
        periods.append(points)
        overtimes[level] += 1
        level = _level(box)
    return PlayedGames(box, np.concatenate(periods, axis=2), overtimes)


def _level(box: Box) -> Ints:
    points = box.points.sum(axis=2)
    return np.flatnonzero(points[:, 0] == points[:, 1])


def _seconds(minutes: Floats, rng: np.random.Generator) -> Ints:
    noisy = minutes * rng.lognormal(0.0, MINUTES_SPREAD, minutes.shape)
    for _ in range(3):
        noisy = np.minimum(noisy * 240.0 / noisy.sum(axis=2, keepdims=True), MOST_SECONDS / 60.0)
    return _scaled(noisy, 240 * 60)


def _scaled(weights: Floats | Ints, total: int) -> Ints:
    """Return whole seconds in proportion to weights that sum to the total; those in the middle take the remainder."""
    exact = weights * total / weights.sum(axis=2, keepdims=True)
    whole: Ints = np.floor(exact).astype(np.int64)
    left = total - whole.sum(axis=2)
    sixth = np.argsort(-exact, axis=2, kind="stable")[:, :, 5]
    np.put_along_axis(whole, sixth[:, :, None], np.take_along_axis(whole, sixth[:, :, None], 2) + left[:, :, None], 2)
    return whole


def _dealt(counts: Ints, share: Floats, rng: np.random.Generator) -> Ints:
    return rng.multinomial(counts, share)


def _hits(shots: Ints, accuracy: Floats, rng: np.random.Generator) -> Ints:
    """Draw how many shots go in, from an urn of twice as many.

    Its variance is half that of tossing coins, which brings the spread of the margins down to that of real games.
    """
    urn = 2 * shots
    good = np.minimum(np.floor(urn * accuracy + rng.random(shots.shape)).astype(np.int64), urn)
    return rng.hypergeometric(good, urn - good, shots)


def _period(lineups: Lineups, skill: Skills, seconds: Ints, possessions: Floats, rng: np.random.Generator) -> Box:
    """Play a part of n games with the given possessions a side, shape (n,)."""
    by = shares(lineups, skill, seconds * (240.0 / seconds.sum(axis=2, keepdims=True)))
    per_side = np.broadcast_to(possessions[:, None], seconds.shape[:2])
    lost = rng.binomial(np.rint(per_side).astype(np.int64), TURNOVERS)
    free = 2 * rng.binomial(np.rint(per_side * 0.3).astype(np.int64), FREE_THROWS / 0.6)
    expected = SHOTS * per_side - 1.15 * (lost - TURNOVERS * per_side) - 0.5 * (free - FREE_THROWS * per_side)
    tried = np.maximum(np.rint(expected).astype(np.int64), 1)
    return _box(by, seconds, tried, lost, free, rng)


def _box(by: Shares, seconds: Ints, tried: Ints, lost: Ints, free: Ints, rng: np.random.Generator) -> Box:
    attempts = _dealt(tried, by.shots, rng)
    threes = rng.binomial(attempts, by.threes)
    threes_made = _hits(threes, by.three_accuracy, rng)
    twos_made = _hits(attempts - threes, by.two_accuracy, rng)
    free_throws = _dealt(free, by.free_throws, rng)
    missed = (attempts - threes_made - twos_made).sum(axis=2)
    missed_twos = (attempts - threes - twos_made).sum(axis=2)
    offensive = rng.binomial(missed, OFFENSIVE_REBOUNDS)
    defensive = rng.binomial(missed - offensive, DEFENSIVE_REBOUNDS)[:, ::-1]
    made = twos_made + threes_made
    return Box(
        seconds=seconds,
        field_goals_made=made,
        field_goals_attempted=attempts,
        threes_made=threes_made,
        threes_attempted=threes,
        free_throws_made=rng.binomial(free_throws, by.free_throw_accuracy),
        free_throws_attempted=free_throws,
        rebounds_offensive=_dealt(offensive, by.offensive_rebounds, rng),
        rebounds_defensive=_dealt(defensive, by.defensive_rebounds, rng),
        assists=_dealt(rng.binomial(made.sum(axis=2), ASSISTED), by.assists, rng),
        steals=_dealt(rng.binomial(lost, 0.55)[:, ::-1], by.steals, rng),
        blocks=_dealt(rng.binomial(missed_twos, 0.2)[:, ::-1], by.blocks, rng),
        turnovers=_dealt(lost, by.turnovers, rng),
        fouls=np.minimum(_dealt(rng.poisson(2.0 + 0.72 * free)[:, ::-1], by.fouls, rng), MOST_FOULS),
    )
