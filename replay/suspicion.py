"""A forecaster that beats the closing price by more than chance is a suspected leak until somebody explains it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

WIDTHS = 2.0
"""Half-widths of the 95% interval by which the close must be beaten: about one false alarm in 20,000 forecasters."""


def suspects(report: Mapping[str, Any]) -> dict[str, float]:
    """Forecasters of a backtest's report (docs/schemas/backtest.json) that beat the close, by how much log-loss.

    A forecaster is suspected where the mean difference lies below zero by `WIDTHS` times what its interval reaches up.
    Without an interval (fewer than two days) nobody is.
    """
    cards = report["overall"]["forecasters"]
    return {name: card["log_loss_minus_close"] for name, card in cards.items() if _beats_the_close(card)}


def _beats_the_close(card: Mapping[str, Any]) -> bool:
    difference, (_, high) = card["log_loss_minus_close"], card["log_loss_minus_close_ci95"]
    return high is not None and difference + WIDTHS * (high - difference) < 0
