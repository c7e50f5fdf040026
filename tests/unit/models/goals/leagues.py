"""Invented leagues whose attack, defence and law of scores are known."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl

from models.families.goals.design import Floats, GoalFit, Integers, Matches

START = datetime(2016, 8, 6, 15, tzinfo=UTC)
TIME = pl.Datetime("us", "UTC")


def planted(n_clubs: int, seed: int, shape: float) -> GoalFit:
    """True strengths, summing to 0, of a league with ordinary scores."""
    generator = np.random.default_rng(seed)
    attack, defence = generator.normal(0, 0.25, (2, n_clubs))
    return GoalFit(attack - attack.mean(), defence - defence.mean(), 0.15, 0.25, shape, 0.0, 0.0, 0, True)


def rounds(n_clubs: int, seasons: int) -> tuple[Integers, Integers]:
    """Every club at home to every other once a season."""
    home, away = np.array([(h, a) for h in range(n_clubs) for a in range(n_clubs) if h != a]).T
    return np.tile(home, seasons), np.tile(away, seasons)


def drawn(home: Integers, away: Integers, goals: Floats, n_clubs: int, weights: Floats | None = None) -> Matches:
    """Matches with these goals, (m, 2)."""
    counts = goals.astype(np.int64)
    weight = np.ones(len(home)) if weights is None else weights
    return Matches(home, away, counts[:, 0], counts[:, 1], weight, n_clubs)


def poisson_league(n_clubs: int, seasons: int, seed: int) -> Matches:
    """Independent Poisson scores, with random weights."""
    home, away = rounds(n_clubs, seasons)
    generator = np.random.default_rng(seed)
    goals = generator.poisson(planted(n_clubs, seed, 0.0).rates(home, away))
    return drawn(home, away, goals, n_clubs, generator.uniform(0.2, 1.0, len(home)))


def dixon_coles_scores(rates: Floats, rho: float, generator: np.random.Generator) -> Floats:
    """Scores drawn by rejection: Poissons kept with a probability in proportion to tau."""
    scores = np.full(rates.shape, -1.0)
    while (waiting := scores[:, 0] < 0).any():
        proposed = generator.poisson(rates[waiting])
        kept = generator.random(len(proposed)) < tau(proposed, rates[waiting], rho) / 2
        scores[np.flatnonzero(waiting)[kept]] = proposed[kept]
    return scores


def tau(scores: Floats, rates: Floats, rho: float) -> Floats:
    """Dixon and Coles' correction, written as in the paper: the obvious way."""
    home, away = scores.T
    lam, mu = rates.T
    cases = [(home == 0) & (away == 0), (home == 0) & (away == 1), (home == 1) & (away == 0), (home == 1) & (away == 1)]
    return np.select(cases, [1 - lam * mu * rho, 1 + lam * rho, 1 + mu * rho, np.full(len(lam), 1 - rho)], 1.0)


def seasons_of(competition: str, clubs_of_season: list[list[str]], seed: int, weak: str = "new") -> pl.DataFrame:
    """Results of whole seasons, August to May, in random order; clubs named `weak...` score less, concede more."""
    generator = np.random.default_rng(seed)
    rows = []
    for season, clubs in enumerate(clubs_of_season):
        games = [(home, away) for home in clubs for away in clubs if home != away]
        for played, place in enumerate(generator.permutation(len(games))):
            home, away = games[place]
            at = START + timedelta(days=365 * season + 270 * played / len(games))
            lead = 0.5 * (away.startswith(weak) - home.startswith(weak))
            goals = generator.poisson([np.exp(0.4 + lead), np.exp(0.15 - lead)])
            rows.append((f"{competition}-{season}-{home}-{away}", competition, at, home, away, *goals.tolist()))
    names = ["match_id", "competition_id", "event_at_utc", "home_team_id", "away_team_id", "home_goals", "away_goals"]
    frame = pl.DataFrame(rows, schema=names, orient="row").with_columns(pl.col("event_at_utc").cast(TIME))
    return frame.with_columns(known_at_utc=pl.col("event_at_utc") + timedelta(hours=3))


def asks_of(results: pl.DataFrame) -> pl.DataFrame:
    """A decision a day before each match."""
    columns = ("match_id", "competition_id", "event_at_utc", "home_team_id", "away_team_id")
    return results.select(*columns).with_columns(as_of_utc=pl.col("event_at_utc") - timedelta(days=1))
