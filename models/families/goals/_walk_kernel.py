"""The weekly refits of one league, compiled: results in the order in which they became known, questions by refit."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from models.families.goals._fit import fit_vector
from models.families.goals._terms import BIVARIATE_POISSON, DIXON_COLES

_HOME, _AWAY, _HOME_GOALS, _AWAY_GOALS, _HOME_GROUP, _AWAY_GROUP = range(6)
_LAST, _SINCE, _CAME_UP = range(3)
_ESTABLISHED, _NEWCOMER = 0, 1


@njit(cache=True)  # type: ignore[untyped-decorator]
def refits(  # type: ignore[no-untyped-def]
    family, number, event, rows, known_rows, moments, asked_until, ask_home, ask_away, n_clubs,
    window, decay, absence, season, pseudo_matches, common, precisions, warm,
):  # fmt: skip
    """Expected goals (asks, 2), shape (asks,) and converged (moments,) of the fits at `moments`, days like `event`.

    `number`: match of each row in the order of first knowledge; `rows`: home, away, goals of both, (m, 4); the first
    `known_rows[i]` of them are known at `moments[i]`, which answers the questions before `asked_until[i]`.
    `common`: centres of base, home advantage and shape; `precisions`: of clubs and of these three. The shape is told as
    rho, covariance or dispersion.
    """
    table, when = np.zeros((len(number), 6), dtype=np.int64), np.empty(len(number))
    clubs, tally = np.zeros((n_clubs, 3)), np.zeros((2, 3))
    clubs[:, _LAST] = -np.inf
    rates, shape = np.empty((len(ask_home), 2)), np.empty(len(ask_home))
    converged = np.zeros(len(moments), dtype=np.bool_)
    strength = np.zeros(2 * n_clubs + 3)
    before, seen, row, ask = np.zeros(n_clubs, dtype=np.bool_), 0, 0, 0
    for refit in range(len(moments)):
        while row < known_rows[refit]:
            seen = _take(number[row], event[row], rows[row], table, when, clubs, tally, seen, absence, season)
            row += 1
        inside, local, active = _window(table[:seen], when[:seen], moments[refit] - window, n_clubs)
        level = _levels(tally, pseudo_matches)
        centre, precision, start = _prior(active, clubs, level, moments[refit], absence, season, common, precisions)
        if warm and refit > 0:
            _recall(start, strength, active, before)
        x, _, _, _, converged[refit] = fit_vector(
            family, local[table[inside, _HOME]], local[table[inside, _AWAY]],
            table[inside, _HOME_GOALS], table[inside, _AWAY_GOALS],
            np.exp(-decay * np.maximum(moments[refit] - when[inside], 0.0)),
            len(active), centre, precision, start, warm and refit > 0,
        )  # fmt: skip
        before[:] = local >= 0
        _place(strength, x, active, local, clubs, level, moments[refit], absence, season)
        while ask < asked_until[refit]:
            shape[ask] = x[-1] if family == DIXON_COLES else math.exp(x[-1])
            shared = shape[ask] if family == BIVARIATE_POISSON else 0.0
            rates[ask] = shared + _rates(strength, n_clubs, ask_home[ask], ask_away[ask])
            ask += 1
    return rates, shape, converged


@njit(cache=True)  # type: ignore[untyped-decorator]
def _take(match, event, row, table, when, clubs, tally, seen, absence, season):  # type: ignore[no-untyped-def]
    """Learn one row: a new match moves its clubs' spells, a further version of it replaces the one before."""
    if match < seen:
        _count(table[match], tally, -1)
    else:
        first = when[:seen].min() if seen else event
        for side in range(2):
            _appear(clubs[row[side]], event, first, absence)
            table[match, _HOME_GROUP + side] = _group(clubs[row[side]], event, absence, season)
        seen += 1
    when[match] = event
    table[match, :4] = row
    _count(table[match], tally, 1)
    return seen


@njit(cache=True)  # type: ignore[untyped-decorator]
def _appear(club, event, first, absence):  # type: ignore[no-untyped-def]
    """A club unseen for `absence` days begins a spell, and came up unless the league's own history has just begun."""
    if event - club[_LAST] > absence:
        club[_SINCE] = event
        club[_CAME_UP] = 1.0 if event - first > absence else 0.0
    club[_LAST] = max(club[_LAST], event)


@njit(cache=True)  # type: ignore[untyped-decorator]
def _group(club, moment, absence, season):  # type: ignore[no-untyped-def]
    """Newcomer in the first season of a spell, and before a spell begins; else established."""
    if moment - club[_LAST] > absence:
        return _NEWCOMER
    return _NEWCOMER if club[_CAME_UP] > 0 and club[_LAST] - club[_SINCE] < season else _ESTABLISHED


@njit(cache=True)  # type: ignore[untyped-decorator]
def _count(match, tally, sign):  # type: ignore[no-untyped-def]
    """Matches, goals for and goals against of the groups of both sides."""
    for side in range(2):
        group = match[_HOME_GROUP + side]
        tally[group, 0] += sign
        tally[group, 1] += sign * match[_HOME_GOALS + side]
        tally[group, 2] += sign * match[_AWAY_GOALS - side]


@njit(cache=True)  # type: ignore[untyped-decorator]
def _levels(tally, pseudo_matches):  # type: ignore[no-untyped-def]
    """Attack and defence of each group against the league's mean, drawn to 0 by `pseudo_matches`; (2, 2)."""
    level = np.zeros((2, 2))
    goals = tally[:, 1].sum()
    if goals > 0:
        mean = goals / tally[:, 0].sum()
        for group in range(2):
            matches = tally[group, 0] + pseudo_matches
            level[group, 0] = math.log((tally[group, 1] / mean + pseudo_matches) / matches)
            level[group, 1] = -math.log((tally[group, 2] / mean + pseudo_matches) / matches)
    return level


@njit(cache=True)  # type: ignore[untyped-decorator]
def _window(table, when, since, n_clubs):  # type: ignore[no-untyped-def]
    """Matches at or after `since`, the number of each of their clubs among themselves (else -1), and these clubs."""
    inside = np.flatnonzero(when >= since)
    local, active, count = np.full(n_clubs, -1), np.empty(n_clubs, dtype=np.int64), 0
    for match in inside:
        for side in range(2):
            club = table[match, side]
            if local[club] < 0:
                local[club], active[count] = count, club
                count += 1
    return inside, local, active[:count]


@njit(cache=True)  # type: ignore[untyped-decorator]
def _prior(active, clubs, level, moment, absence, season, common, precisions):  # type: ignore[no-untyped-def]
    """Centres and precisions of the fit among `active` clubs, and a start at the centres."""
    n = len(active)
    centre, precision = np.empty(2 * n + 3), np.full(2 * n + 3, precisions[0])
    for place in range(n):
        group = _group(clubs[active[place]], moment, absence, season)
        centre[place], centre[n + place] = level[group, 0], level[group, 1]
    centre[2 * n :] = common
    precision[2 * n :] = precisions[1:]
    return centre, precision, centre.copy()


@njit(cache=True)  # type: ignore[untyped-decorator]
def _recall(start, strength, active, before):  # type: ignore[no-untyped-def]
    """Begin at the fit of the refit before, for the clubs that it had."""
    n, n_clubs = len(active), len(before)
    for place in range(n):
        if before[active[place]]:
            start[place], start[n + place] = strength[active[place]], strength[n_clubs + active[place]]
    start[2 * n :] = strength[2 * n_clubs :]


@njit(cache=True)  # type: ignore[untyped-decorator]
def _place(strength, x, active, local, clubs, level, moment, absence, season):  # type: ignore[no-untyped-def]
    """Every club's attack and defence: fitted where it played in the window, else the level of its group."""
    n, n_clubs = len(active), len(local)
    for club in range(n_clubs):
        if local[club] >= 0:
            strength[club], strength[n_clubs + club] = x[local[club]], x[n + local[club]]
        else:
            group = _group(clubs[club], moment, absence, season)
            strength[club], strength[n_clubs + club] = level[group, 0], level[group, 1]
    strength[2 * n_clubs :] = x[2 * n :]


@njit(cache=True)  # type: ignore[untyped-decorator]
def _rates(strength, n_clubs, home, away):  # type: ignore[no-untyped-def]
    base, advantage = strength[2 * n_clubs], strength[2 * n_clubs + 1]
    ours = base + advantage + strength[home] - strength[n_clubs + away]
    theirs = base + strength[away] - strength[n_clubs + home]
    return np.array([math.exp(ours), math.exp(theirs)])
