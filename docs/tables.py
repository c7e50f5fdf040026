"""Tables and sentences of docs/results.md, each from a part of what `fairline backtest` or `fairline ablate` tells."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

CALIBRATED = ("model", "blend", "market")
RATINGS = ("elo", "dixon_coles")
TINY = 1e-4
"""What ablations change is a few ten-thousandths of a nat."""


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def scores(scope: dict[str, Any]) -> str:
    """Every forecaster on the common rows, best first."""
    rows = [
        [
            name, *(f"{card[score]:.4f}" for score in ("log_loss", "brier", "rps")),
            f"{card['kl_to_close']:.4f} {interval(card['kl_to_close_ci95'], '.4f')}",
            f"{card['log_loss_minus_close']:+.4f} {interval(card['log_loss_minus_close_ci95'], '+.4f')}",
        ]
        for name, card in sorted(scope["forecasters"].items(), key=lambda item: item[1]["log_loss"])
    ]  # fmt: skip
    return table(["forecaster", "log-loss", "Brier", "RPS", "KL to close [95%]", "log-loss − close [95%]"], rows)


def by_scope(scopes: dict[str, Any]) -> str:
    """One line a league or season, one column a forecaster."""
    names = forecasters(scopes)
    return table(["", "matches", *names], [[key, *differences(scope, names)] for key, scope in sorted(scopes.items())])


def divisions(scopes: dict[str, Any]) -> str:
    """One line a division, and which ratings `model` beats there by mean log-loss."""
    names = forecasters(scopes)
    rows = [[key, *differences(scope, names), beaten(scope["forecasters"])] for key, scope in sorted(scopes.items())]
    return table(["", "matches", *names, "model beats Elo and Dixon–Coles"], rows)


def forecasters(scopes: dict[str, Any]) -> list[str]:
    """Everybody who forecast in any of these scopes, but for the close itself."""
    return sorted({name for scope in scopes.values() for name in scope["forecasters"]} - {"market_close"})


def differences(scope: dict[str, Any], names: Sequence[str]) -> list[str]:
    """Matches of a scope, and each forecaster's log-loss minus the close's."""
    cards = scope["forecasters"]
    return [f"{scope['n']:,}", *(f"{cards[name]['log_loss_minus_close']:+.4f}" for name in names)]


def beaten(cards: dict[str, Any]) -> str:
    """`yes`, or which of them stands before `model`."""
    ahead = [name for name in RATINGS if cards[name]["log_loss"] <= cards["model"]["log_loss"]]
    return f"no: {' and '.join(ahead)}" if ahead else "yes"


def calibration(found: dict[str, Any]) -> str:
    """One line a market and forecaster."""
    rows = [
        [
            market, name, f"{card['n']:,}", f"{told(card['slope'], '.3f')} {interval(card['slope_ci95'], '.3f')}",
            told(card["slope_width"], ".3f"), yes(card["slope_contains_one"]), told(card["ece"], ".4f"),
            interval(card["ece_band95"], ".4f"), yes(card["inside"]),
        ]
        for market in next(iter(found.values()), {})
        for name in CALIBRATED
        for card in [found[name][market]]
    ]  # fmt: skip
    head = ["market", "forecaster", "n", "slope [95%]", "width", "contains 1", "ECE", "ECE of a perfect forecaster"]
    return table([*head, "inside"], rows)


def members(changes: Sequence[dict[str, Any]], of: str) -> str:
    """What a pool is without each member, and what the member says alone."""
    kinds = {
        kind: {change["name"]: change for change in changes if (change["kind"], change["of"]) == (kind, of)}
        for kind in ("without_member", "member_alone")
    }
    without, alone = kinds["without_member"], kinds["member_alone"]
    rows = [
        [name, *change_of(without[name]), *change_of(alone[name])]
        for name in sorted(without, key=lambda name: -without[name]["kl_minus_full"])
    ]
    return table([of, "without: log-loss", "without: KL", "alone: log-loss", "alone: KL"], rows)


def features(changes: Sequence[dict[str, Any]]) -> str:
    """What `closing` is without each group of features."""
    found = [change for change in changes if change["kind"] == "without_features"]
    rows = [[change["name"], *change_of(change)] for change in sorted(found, key=lambda one: -one["kl_minus_full"])]
    return table(["closing without", "log-loss", "KL"], rows)


def ablation_by_league(scopes: dict[str, Any]) -> str:
    """KL to the close of everything that lacks a part, minus the whole; bold where the interval leaves zero out."""
    leagues = sorted(scopes)
    rows: dict[str, list[str]] = {}
    for league in leagues:
        for change in scopes[league]["changes"]:
            if change["kind"] != "member_alone":
                rows.setdefault(f"{change['of']} without {change['name']}", []).append(bold(change))
    return table(["", *leagues], [[name, *values] for name, values in rows.items()])


def change_of(change: dict[str, Any]) -> list[str]:
    """Both differences with their intervals, in ten-thousandths."""
    return [
        f"{change[name] / TINY:+.2f} {interval(change[f'{name}_ci95'], '+.2f', TINY)}"
        for name in ("log_loss_minus_full", "kl_minus_full")
    ]


def bold(change: dict[str, Any]) -> str:
    """A difference of KL in ten-thousandths, bold where its interval leaves zero out; `0` where it rounds to that."""
    low, high = change["kl_minus_full_ci95"] or (0, 0)
    said = f"{change['kl_minus_full'] / TINY:+.2f}"
    if float(said) == 0:
        return "0"
    return f"**{said}**" if low > 0 or high < 0 else said


def benchmarks(found: dict[str, dict[str, int]]) -> str:
    """How many matches each book's price stood for."""
    return "\n".join(
        f"- {name}: " + ", ".join(f"{book} {count:,}" for book, count in sorted(books.items(), key=lambda b: -b[1]))
        for name, books in found.items()
    )


def overfitting(found: dict[str, Any]) -> str:
    """What is left of the bets once every rule that was tried is counted."""
    rows = [[title, *rule(one)] for title, one in (("ours", found), ("best of the grid", found["best"])) if one]
    return (
        f"{found['trials']} trials ({found['variants']} rules of a fixed grid, and other backtests of the same lake) "
        f"over {found['periods']} months, one unit a bet; probability of overfitting "
        f"{told(found['probability_of_overfitting'], '.1%')}.\n\n"
        + table(["", "forecaster", "least edge", "highest price", "monthly Sharpe", "deflated Sharpe"], rows)
    )


def rule(found: dict[str, Any]) -> list[str]:
    """A rule of the grid, and its Sharpe ratios."""
    variant = found["variant"]
    return [
        variant["forecaster"], f"{variant['minimum_edge']:.0%}", f"{variant['maximum_price_odds_dec']:g}",
        told(found["sharpe"], "+.3f"), told(found["deflated_sharpe"], ".3f"),
    ]  # fmt: skip


def devig(found: dict[str, Any]) -> str:
    """How the methods of taking out a margin did on earlier seasons."""
    if not found["n"]:
        return f"The method is {found['used']}; no earlier season has closing prices to choose by."
    rows = [
        [name, f"{one['log_loss']:.5f}", f"{one['minus_default'] / TINY:+.2f} {interval(one['ci95'], '+.2f', TINY)}"]
        for name, one in sorted(found["scores"].items(), key=lambda item: item[1]["log_loss"])
    ]
    return (
        f"Used: {found['used']}. The {found['n']:,} matches of the seasons before the first tested one choose "
        f"{found['chosen']}.\n\n" + table(["method", "log-loss", f"minus {found['used']}, in 10⁻⁴ nats [95%]"], rows)
    )


def interval(ends: Sequence[float | None] | None, form: str, unit: float = 1.0) -> str:
    """Both ends; `[unknown]` where there is no interval."""
    low, high = ends or (None, None)
    if low is None or high is None:
        return "[unknown]"
    return f"[{low / unit:{form}}, {high / unit:{form}}]"


def told(value: float | None, form: str) -> str:
    """A number, or that it is unknown."""
    return "unknown" if value is None else format(value, form)


def yes(said: bool) -> str:
    """A truth in a word."""
    return "yes" if said else "no"
