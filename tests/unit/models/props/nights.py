"""Invented beliefs of one game, and laws that couple everything."""

from __future__ import annotations

import numpy as np
import polars as pl

from models.props.laws import Laws
from models.props.minutes import LEVELS
from models.props.night import GameBelief, Night, draw

LAWS = Laws(
    (-0.05, -0.45), 0.35, -0.05, np.full(7, 0.2), np.full(7, 0.02), 0.9 * np.eye(7) + 0.1,
    np.column_stack([np.zeros(7), np.full(7, 0.7), np.full(7, -0.2), np.full(7, 0.1), np.zeros(7), np.zeros(7)]),
)  # fmt: skip
INDEPENDENT = Laws((0.0, 0.0), 0.0, 0.0, np.zeros(7), np.zeros(7), np.eye(7), np.zeros((7, 6)))
"""Poisson counts of men who have nothing to do with each other or with the score."""


def game(men: int = 8, plays_prob: float = 0.9) -> GameBelief:
    """So many men a team; the first of each play 36 minutes and the last few."""
    expected = np.tile(np.linspace(36.0, 8.0, men), 2)
    minutes = np.clip(expected[:, None] + 25.0 * (LEVELS - 0.5), 0.5, 50.0)
    rows = pl.DataFrame({
        "match_id": "m", "team_id": ["a"] * men + ["b"] * men, "is_home": [True] * men + [False] * men,
        "player_id": [f"a{man}" for man in range(men)] + [f"b{man}" for man in range(men)], "typical_minutes": expected,
    })  # fmt: skip
    rates = np.tile([0.15, 0.06, 0.08, 0.2, 0.12, 0.03, 0.02], (2 * men, 1))
    return GameBelief(rows, np.full(2 * men, plays_prob), expected, minutes, rates)


def scores(number: int, seed: int = 2) -> tuple[np.ndarray, np.ndarray]:
    """Drawn final scores of an even game."""
    random = np.random.default_rng(seed)
    total, margin = random.normal(228, 18, number), random.normal(0, 13, number)
    return (total + margin) / 2, (total - margin) / 2


def night(number: int = 4000, belief: GameBelief | None = None, seed: int = 3) -> Night:
    """Scenarios of it."""
    return draw(belief or game(), *scores(number), LAWS, seed)
