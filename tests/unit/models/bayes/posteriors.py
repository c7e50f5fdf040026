"""Invented posteriors and tallies."""

from __future__ import annotations

import numpy as np

from models.families.bayes.diagnostics import Diagnostics
from models.families.bayes.posterior import Posterior
from models.families.bayes.tally import Tally
from models.families.goals.design import Matches

HEALTHY = Diagnostics(1.004, 900.0, 0, 2)


def posterior(
    league: str = "X1", clubs: tuple[str, ...] = ("a", "b", "c"), draws: int = 50, seed: int = 0
) -> Posterior:
    """Draws around ordinary strengths; clubs that have played vary by 0.1, newcomers by 0.5."""
    generator = np.random.default_rng(seed)
    return Posterior(
        leagues=(league,),
        clubs=tuple((league, club) for club in clubs),
        base=generator.normal(0.15, 0.05, (draws, 1)),
        home_advantage=generator.normal(0.25, 0.05, (draws, 1)),
        strength=generator.normal(0.0, 0.1, (draws, len(clubs), 2)),
        newcomer=generator.normal(-0.2, 0.05, (draws, 1, 2)),
        scale=np.full((draws, 1, 2), 0.5),
        diagnostics=HEALTHY,
    )


def tally(matches: Matches, league: str = "X1", newcomers: tuple[int, ...] = ()) -> Tally:
    """The sums of these matches, one match after the other: the obvious way."""
    n = matches.n_clubs
    played, scored, conceded, sides = np.zeros((n, n)), np.zeros(n), np.zeros(n), np.zeros(2)
    rows = zip(matches.home, matches.away, matches.home_goals, matches.away_goals, matches.weights, strict=True)
    for home, away, home_goals, away_goals, weight in rows:
        played[home, away] += weight
        scored[[home, away]] += weight * np.array([home_goals, away_goals])
        conceded[[home, away]] += weight * np.array([away_goals, home_goals])
        sides += weight * np.array([home_goals, away_goals])
    names = tuple(f"club-{number}" for number in range(n))
    is_newcomer = np.isin(np.arange(n), newcomers)
    return Tally(league, names, is_newcomer, played, scored, conceded, *sides.tolist())
