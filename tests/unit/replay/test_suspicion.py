"""Who beats the close beyond chance is named; luck, the close itself and a single day are not."""

from __future__ import annotations

import numpy as np
import pytest

from models import scores
from models.belief import Belief
from models.scorecard import score
from replay.suspicion import suspects
from tests.unit.models.worlds import outcomes, truths


def report(**cards: tuple[float, float | None, float | None]) -> dict[str, object]:
    """A report of forecasters with (difference from the close, low, high)."""
    told = {
        name: {"log_loss_minus_close": difference, "log_loss_minus_close_ci95": [low, high]}
        for name, (difference, low, high) in cards.items()
    }
    return {"overall": {"n": 100, "forecasters": told}}


@pytest.mark.parametrize(
    ("card", "suspected"),
    [
        ((-0.010, -0.013, -0.007), True), ((-0.010, -0.016, -0.004), False), ((0.0, 0.0, 0.0), False),
        ((0.004, 0.002, 0.006), False), ((-0.5, None, None), False),
    ],
)  # fmt: skip
def test_only_a_win_beyond_chance_is_suspected(card: tuple[float, float, float], suspected: bool) -> None:
    assert (suspects(report(model=card)) == {"model": card[0]}) is suspected


def test_an_empty_report_suspects_nobody() -> None:
    assert suspects({"overall": {"n": 0, "forecasters": {}}}) == {}


def _judged(seer_share: float) -> dict[str, float]:
    """An honest forecaster, and one who has seen a share of the results, against a close that is the truth."""
    n = 3_000
    close = truths(n, 1)
    happened = outcomes(close, 2)
    seen = (1 - seer_share) * close + seer_share * np.eye(3)[happened]
    days = np.arange(n) // 10
    _, cards = score({"honest": Belief(close), "seer": Belief.of(seen + 1e-9)}, Belief(close), happened, days)
    told = {name: (card.log_loss_minus_close, *card.log_loss_minus_close_ci95) for name, card in cards.items()}
    assert scores.log_loss(close, happened).mean() > 0.5
    return suspects(report(**told))


def test_a_forecaster_who_saw_a_little_of_the_results_is_caught() -> None:
    assert set(_judged(0.03)) == {"seer"}
    assert _judged(0.0) == {}
