"""Tables of docs/results-basketball.md, each from a part of what `backtest` or `ablate` tells of basketball."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tables import table

LEVELS = ("50", "80", "94")
LOSSES = {
    "log_loss": ("log-loss, 10⁻⁴ nats", 1e4, "+.1f"),
    "spread_mae": ("spread MAE", 1.0, "+.3f"),
    "spread_square_to_close": ("spread to close, squared", 1.0, "+.3f"),
    "total_mae": ("total MAE", 1.0, "+.3f"),
    "total_square_to_close": ("total to close, squared", 1.0, "+.3f"),
}
"""What ablations measure: its heading, the unit, and how it is written."""


def forecasters(scope: dict[str, Any]) -> str:
    """Every forecaster on the games with a closing line, best log-loss first."""
    head = ["forecaster", "log-loss", "minus close, 95% interval", "Brier", "right", "spread MAE", "minus close",
            "RMS to close", "total MAE", "RMS to close"]  # fmt: skip
    cards = sorted(scope["forecasters"].items(), key=lambda item: item[1]["log_loss"])
    return table(head, [_forecaster(name, card) for name, card in cards])


def _forecaster(name: str, card: dict[str, Any]) -> list[str]:
    loss, spread = (
        _with_ends(card, f"{what}_minus_close", form) for what, form in (("log_loss", "+.4f"), ("spread_mae", "+.3f"))
    )
    return [
        name, f"{card['log_loss']:.4f}", loss, f"{card['brier']:.4f}", f"{card['accuracy']:.1%}",
        f"{card['spread_mae']:.3f}", spread, f"{card['spread_rms_to_close']:.2f}", f"{card['total_mae']:.3f}",
        f"{card['total_rms_to_close']:.2f}",
    ]  # fmt: skip


def seasons(scopes: dict[str, Any]) -> str:
    """The model beside the closing lines, one line a season or part of it."""
    rows = [
        [name, f"{scope['n']:,}", *(f"{scope['forecasters'][who][what]:{form}}" for what, form in
         (("log_loss", ".4f"), ("spread_mae", ".3f"), ("total_mae", ".3f")) for who in ("model", "market_close")),
         f"{scope['forecasters']['model']['spread_rms_to_close']:.2f}"]
        for name, scope in sorted(scopes.items())
    ]  # fmt: skip
    head = [
        "",
        "games",
        "log-loss",
        "of the close",
        "spread MAE",
        "of the close",
        "total MAE",
        "of the close",
        "RMS to close",
    ]
    return table(head, rows)


def covered(scope: dict[str, Any]) -> str:
    """How often margins and totals lay inside the model's central intervals."""
    card = scope["forecasters"]["model"]
    rows = [[what, *(f"{share:.1%}" for share in card[f"{what}_covered"])] for what in ("margins", "totals")]
    return table(["model", *(f"in {level}%" for level in LEVELS)], rows)


def changes(found: Iterable[dict[str, Any]], kind: str, of: str) -> str:
    """What every part costs one forecaster: bold where the interval leaves zero out."""
    rows = [
        [change["name"].replace("_", " "), *(_change(change, name, *how) for name, (_, *how) in LOSSES.items())]
        for change in found
        if (change["kind"], change["of"]) == (kind, of)
    ]
    return table(["", *(heading for heading, *_ in LOSSES.values())], rows)


def _change(change: dict[str, Any], name: str, unit: float, form: str) -> str:
    value, ends = unit * change[f"{name}_minus_full"], change[f"{name}_minus_full_ci95"]
    if ends is None:
        return format(value, form)
    low, high = (unit * end for end in ends)
    told = f"**{value:{form}}**" if low > 0 or high < 0 else format(value, form)
    return f"{told} ({low:{form}} to {high:{form}})"


def players(population: dict[str, Any]) -> str:
    """Every count of a population: errors beside the best simple baseline, and how often it lay inside intervals."""
    head = [
        "count",
        "MAE",
        "best baseline",
        "its MAE",
        "gain, 95% interval",
        "CRPS",
        *(f"in {level}%" for level in LEVELS),
        "bias",
    ]
    counts = [(name, told) for name, told in population.items() if isinstance(told, dict) and "mae" in told]
    return table(head, [_count(name, told) for name, told in counts])


def _count(name: str, told: dict[str, Any]) -> list[str]:
    low, high = (f"{100 * end:.1f}" for end in told["mae_gain_share_ci95"])
    best = told["best_baseline"]
    return [
        name.replace("_", " + ") if name.count("_") == 2 else name, f"{told['mae']:.3f}",
        best.replace("weighted_h", "weighted, half-life ").replace("_", " "), f"{told['baselines_mae'][best]:.3f}",
        f"{told['mae_gain_share']:.1%} ({low} to {high})", f"{told['crps']:.3f}",
        *(f"{100 * told['inside_interval'][level]:.1f}" for level in LEVELS), f"{told['bias']:+.2f}",
    ]  # fmt: skip


def _with_ends(card: dict[str, Any], name: str, form: str) -> str:
    low, high = card[f"{name}_ci95"]
    if low is None or not (low or high):
        return ""
    return f"{card[name]:{form}} ({low:{form}} to {high:{form}})"
