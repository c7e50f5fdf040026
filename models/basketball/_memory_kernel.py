"""The compiled walk of market memory: an exact Kalman filter over all teams and absent players, one channel at a time.

The state, in points: slow strengths of n teams, their passing moods, what their own courts add, the league's effects
(level, playoffs, back-to-back and rest of home and away), and what the absent players of the season are worth. What a
channel means and how a walk is asked belongs in `memory`.
"""

from __future__ import annotations

from collections import namedtuple

import numpy as np
from numba import njit

EFFECTS = 6
ANSWERS = 6
_LEVEL, _PLAYOFFS, _TIRED, _RESTED = 0, 1, 2, 4
_PARTS = 11
TIRED_DAYS, RESTED_DAYS, LONG_DAYS = 1.5, 2.5, 10.5
"""A team is tired that played within 1.5 days, rested if not within 2.5 days but within 10.5."""

Games = namedtuple("Games", "places days seasons listed players sides shares")
"""`places` (m, 4): home team, away team, 1 on a neutral court, 1 in the playoffs. `days` (m,): of tip-off, since 1970.
`seasons` (m,): numbers. Rows `listed[i]` to `listed[i + 1]` of `players`, `sides` (0 home, 1 away) and `shares` (0-1)
say who is missing from game i, and how surely."""
State = namedtuple("State", "mean doubt value value_doubt slot owner used last")
"""`mean`, `doubt`: of the state and its covariance. `value`, `value_doubt` (players,): as learned in earlier seasons.
`slot` (players,): place in this season's state, -1 for none; `owner` (slots,): the reverse; `used` (1,): how many.
`last` (n,): day of each team's last game."""


@njit(cache=True)  # type: ignore[untyped-decorator]
def walk(games, lines, before, asks, n_teams, n_players, slots, p):  # type: ignore[no-untyped-def]
    """What the first `before[i]` games say of question i; `before` is sorted. `p`: one channel's parameters.

    `lines` (m, 2): closing line and what happened, NaN where there is none. Returns (k, 6): mean and variance of the
    line, its mean with nobody missing, what is missing at home and away, and the variance of who will play.
    """
    state = _begin(n_teams, n_players, slots, p)
    answers = np.empty((len(before), ANSWERS))
    today, season, game = -1.0, -1, 0
    for ask in range(len(before)):
        while game < before[ask]:
            is_new = season >= 0 and games.seasons[game] != season
            if is_new:
                _store(state, n_teams, p)
            _pass_time(state, n_teams, games.days[game] - today if today >= 0.0 else 0.0, is_new, p)
            today, season = max(today, games.days[game]), games.seasons[game]
            if not np.isnan(lines[game, 0]):
                _observe(state, games, game, lines[game], n_teams, p)
            for side in range(2):
                state.last[games.places[game, side]] = games.days[game]
            game += 1
        passed = max(asks.days[ask] - today, 0.0) if today >= 0.0 else 0.0
        _answer(answers[ask], state, asks, ask, n_teams, passed, season >= 0 and asks.seasons[ask] != season, p)
    return answers


@njit(cache=True)  # type: ignore[untyped-decorator]
def _begin(n, n_players, slots, p):  # type: ignore[no-untyped-def]
    size = 3 * n + EFFECTS + slots
    mean, doubt = np.zeros(size), np.zeros((size, size))
    mean[3 * n + _LEVEL] = p.first_level
    first = np.zeros(size)
    first[:n], first[n : 2 * n], first[2 * n : 3 * n] = p.first_sd, p.mood_sd, p.court_sd
    first[3 * n : 3 * n + EFFECTS] = p.effect_sd
    first[3 * n + _LEVEL] = p.first_level_sd
    for row in range(size):
        doubt[row, row] = first[row] ** 2
    value, value_doubt = np.full(n_players, p.value_mean), np.full(n_players, p.value_sd**2)
    slot, owner = np.full(n_players, -1), np.full(slots, -1)
    return State(mean, doubt, value, value_doubt, slot, owner, np.zeros(1, np.int64), np.full(n, -1e9))


@njit(cache=True)  # type: ignore[untyped-decorator]
def _pass_time(state, n, days, is_new_season, p):  # type: ignore[no-untyped-def]
    """Strengths walk at random, moods fade to nothing and come anew; a summer brings teams nearer to each other."""
    if days <= 0.0 and not is_new_season:
        return
    mean, doubt, size = state.mean, state.doubt, 3 * n + EFFECTS + state.used[0]
    factor = np.ones(size)
    factor[:n] = p.summer_keep if is_new_season else 1.0
    factor[n : 2 * n] = np.exp(-max(days, 0.0) / p.mood_days)
    mean[:size] *= factor
    for row in range(size):
        doubt[row, :size] *= factor[row] * factor
    grown = _growth(n, days, is_new_season, p)
    for row in range(3 * n + EFFECTS):
        doubt[row, row] += grown[row]


@njit(cache=True)  # type: ignore[untyped-decorator]
def _growth(n, days, is_new_season, p):  # type: ignore[no-untyped-def]
    """Variance that each state gains in so many days, which count no further than `most_days`, and in a summer."""
    grown, counted = np.zeros(3 * n + EFFECTS), min(max(days, 0.0), p.most_days)
    summer = 1.0 if is_new_season else 0.0
    grown[:n] = counted * p.daily_sd**2 + summer * p.summer_sd**2
    grown[n : 2 * n] = (1.0 - np.exp(-2.0 * max(days, 0.0) / p.mood_days)) * p.mood_sd**2
    grown[3 * n + _LEVEL] = counted * p.level_daily_sd**2 + summer * p.level_summer_sd**2
    return grown


@njit(cache=True)  # type: ignore[untyped-decorator]
def _store(state, n, p):  # type: ignore[no-untyped-def]
    """At a season's end what its players are worth is kept apart, nearer to the mean and less surely known."""
    base = 3 * n + EFFECTS
    for place in range(state.used[0]):
        player = state.owner[place]
        state.value[player] = _kept(state.mean[base + place], p)
        grown = state.doubt[base + place, base + place] + p.value_summer_sd**2
        state.value_doubt[player] = min(p.value_sd**2, grown)
        state.slot[player] = -1
    state.mean[base:] = 0.0
    state.doubt[base:, :] = 0.0
    state.doubt[:, base:] = 0.0
    state.used[0] = 0


@njit(cache=True)  # type: ignore[untyped-decorator]
def _kept(value, p):  # type: ignore[no-untyped-def]
    return p.value_mean + p.value_keep * (value - p.value_mean)


@njit(cache=True)  # type: ignore[untyped-decorator]
def _design(place, day, last, n, p):  # type: ignore[no-untyped-def]
    """Which states of teams and league a game sees and with what weight, (11,) each; rest is counted from `last`."""
    home, away, is_neutral, is_playoff = place
    court = 1.0 - is_neutral
    level = court if p.sign < 0 else 1.0
    where, weight = np.empty(_PARTS, np.int64), np.empty(_PARTS)
    where[:7] = home, away, n + home, n + away, 2 * n + home, 3 * n + _LEVEL, 3 * n + _PLAYOFFS
    weight[:7] = 1.0, p.sign, 1.0, p.sign, court, level, is_playoff * level
    for side in range(2):
        rest = day - last[place[side]]
        where[7 + side], weight[7 + side] = 3 * n + _TIRED + side, 1.0 if rest < TIRED_DAYS else 0.0
        where[9 + side], weight[9 + side] = 3 * n + _RESTED + side, 1.0 if RESTED_DAYS < rest < LONG_DAYS else 0.0
    return where, weight


@njit(cache=True)  # type: ignore[untyped-decorator]
def _with_absent(state, games, game, where, weight, n, p):  # type: ignore[no-untyped-def]
    """The design with the game's missing players behind it; a player first missed this season gets his slot."""
    first, past = games.listed[game], games.listed[game + 1]
    places, weights = np.empty(_PARTS + past - first, np.int64), np.empty(_PARTS + past - first)
    places[:_PARTS], weights[:_PARTS] = where, weight
    base = 3 * n + EFFECTS
    for row in range(first, past):
        player, sign = games.players[row], 1.0 if games.sides[row] == 0 else p.sign
        if state.slot[player] < 0:
            slot = state.used[0]
            state.slot[player], state.owner[slot] = slot, player
            state.mean[base + slot] = state.value[player]
            state.doubt[base + slot, base + slot] = state.value_doubt[player]
            state.used[0] += 1
        places[_PARTS + row - first] = base + state.slot[player]
        weights[_PARTS + row - first] = -sign * games.shares[row]
    return places, weights


@njit(cache=True)  # type: ignore[untyped-decorator]
def _observe(state, games, game, line, n, p):  # type: ignore[no-untyped-def]
    """The closing line moves every state by its covariance with the line; the result then moves both strengths.

    A line further than `rare` standard deviations from what was foretold counts as so much noisier (Huber, 1964).
    """
    where, weight = _design(games.places[game], games.days[game], state.last, n, p)
    places, weights = _with_absent(state, games, game, where, weight, n, p)
    mean, doubt, size = state.mean, state.doubt, 3 * n + EFFECTS + state.used[0]
    pull, foretold = np.zeros(size), 0.0
    for part in range(len(places)):
        if weights[part] != 0.0:
            pull += weights[part] * doubt[places[part], :size]
            foretold += weights[part] * mean[places[part]]
    variance = p.line_sd**2
    for part in range(len(places)):
        variance += weights[part] * pull[places[part]]
    error = line[0] - foretold
    variance *= max(1.0, abs(error) / np.sqrt(variance) / p.rare)
    gain = pull / variance
    mean[:size] += gain * error
    for row in range(size):
        if gain[row] != 0.0:
            doubt[row, :size] -= gain[row] * pull
    if not np.isnan(line[1]):
        surprise = p.surprise_most * np.tanh((line[1] - line[0]) / p.surprise_most)
        mean[where[0]] += p.surprise_gain * surprise
        mean[where[1]] += p.sign * p.surprise_gain * surprise
        mean[where[5]] += p.level_gain * weight[5] * surprise


@njit(cache=True)  # type: ignore[untyped-decorator]
def _answer(answer, state, asks, ask, n, days, is_new_season, p):  # type: ignore[no-untyped-def]
    """Fill in what `walk` returns of one question, `days` after the last game seen; the state stays as it is."""
    where, weight = _design(asks.places[ask], asks.days[ask], state.last, n, p)
    weight[:2] *= p.summer_keep if is_new_season else 1.0
    weight[2:4] *= np.exp(-days / p.mood_days)
    foretold, variance = 0.0, 0.0
    for row in range(_PARTS):
        foretold += weight[row] * state.mean[where[row]]
        for column in range(_PARTS):
            variance += weight[row] * weight[column] * state.doubt[where[row], where[column]]
    grown = _growth(n, days, is_new_season, p)
    variance += grown[where[0]] + grown[where[1]] + grown[where[2]] + grown[where[3]] + grown[where[5]] * weight[5] ** 2
    missing, unsure = np.zeros(2), 0.0
    for row in range(asks.listed[ask], asks.listed[ask + 1]):
        worth, share = _worth(state, asks.players[row], is_new_season, n, p), asks.shares[row]
        missing[asks.sides[row]] -= share * worth * (1.0 if asks.sides[row] == 0 else p.sign)
        unsure += share * (1.0 - share) * worth**2
    answer[:] = foretold + missing.sum(), variance, foretold, missing[0], missing[1], unsure


@njit(cache=True)  # type: ignore[untyped-decorator]
def _worth(state, player, is_new_season, n, p):  # type: ignore[no-untyped-def]
    slot = state.slot[player]
    if slot < 0:
        return state.value[player]
    value = state.mean[3 * n + EFFECTS + slot]
    return _kept(value, p) if is_new_season else value
