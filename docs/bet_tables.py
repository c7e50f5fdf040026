"""Markdown tables of the bets of a backtest, and of the study of adaptive staking, for docs/results.md."""

from __future__ import annotations

from typing import Any

from tables import interval, table, told

_HEAD = ["", "n", "yield", "95%", "closing-line value", "95%", "log growth"]
_SCOPES = {"market": "market", "season": "season", "competition": "league", "bookmaker": "book", "edge": "stated edge"}


def bets(found: dict[str, Any]) -> list[str]:
    """Everything about the tickets, as paragraphs and tables."""
    if not found["n"]:
        return ["No ticket was issued."]
    return [
        overall(found),
        *(part for scope, title in _SCOPES.items() for part in (f"### By {title}", by(found["by"][scope]))),
        "### Where the profit came from",
        attribution(found),
        "### How many bets it takes",
        powers(found["power"]),
        "### Against simpler ways to stake",
        "Means over the decisions that had a candidate, on fresh scenarios that no staking was fitted to; all under "
        "the same limits and the same Kelly fraction.",
        stakings(found["stakings"]),
        "### What rules refused",
        table(["rule", "offers"], [[name, f"{count:,}"] for name, count in found["refused"].items()]),
        f"Limits recounted from the tickets alone, at every decision: {len(found['broken'])} broken.",
    ]


def overall(found: dict[str, Any]) -> str:
    """The whole in one line, and the deepest fall with its dates."""
    begins, ends = ((moment or "–")[:10] for moment in found["max_drawdown_utc"])
    growth = interval(found["log_growth_ci95"], "+.3f")
    return (
        table(_HEAD, [_row("all", found)]) + f"\n\nLog growth of the bankroll {growth} (95%, days resampled); largest "
        f"drawdown {found['max_drawdown']:.1%} {interval(found['max_drawdown_ci95'], '.1%')} ({begins} to {ends}); "
        f"longest losing run {found['longest_losing_run']:.0f}. Closes taken from: "
        + ", ".join(f"{name} {count:,}" for name, count in found["benchmarks"].items())
        + "."
    )


def by(scopes: dict[str, Any]) -> str:
    """One row a name of a scope."""
    return table(_HEAD, [_row(name, found) for name, found in scopes.items() if "n" in found])


def attribution(found: dict[str, Any]) -> str:
    """Edge, movement and luck, in the currency of the bankroll."""
    parts = found["attribution"]
    rows = [
        ["expected at our probabilities", f"{parts['edge_minor'] / 100:+,.2f}"],
        ["what the close thought of that", f"{parts['movement_minor'] / 100:+,.2f}"],
        ["luck", f"{parts['luck_minor'] / 100:+,.2f}"],
        ["expected, of tickets without a close", f"{parts['edge_minor_without_close'] / 100:+,.2f}"],
        ["luck, of tickets without a close", f"{parts['luck_minor_without_close'] / 100:+,.2f}"],
        ["**profit**", f"{parts['profit_minor'] / 100:+,.2f}"],
    ]
    return table(["part", "EUR"], rows)


def powers(found: dict[str, Any]) -> str:
    """Bets until a one-sided test at 5% sees the mean with 80% power, were it the truth."""
    rows = []
    for name in ("yield", "clv"):
        signal = found[name]
        if signal:
            needed = signal["bets_needed"]
            said = "no number" if needed is None else f"{needed:,}"
            rows.append([name, f"{signal['mean']:+.2%}", f"{signal['spread']:.3f}", said, f"{found['bets']:,}"])
    return table(["signal", "mean a bet", "spread", "bets needed", "bets so far"], rows)


def stakings(found: dict[str, Any]) -> str:
    """The optimizer beside its rivals."""
    rows = [
        [
            name, f"{row['expected_log_growth'] * 1e4:+.2f}", f"{row['staked_share']:.2%}", f"{row['tickets']:.1f}",
            f"{row['expected_shortfall']:.2%}", told(row["largest_gap"], ".2%"),
        ]
        for name, row in found.items()
    ]  # fmt: skip
    head = ["staking", "expected log growth, 10⁻⁴", "staked", "tickets", "CVaR 95%", "largest certified gap"]
    return table(head, rows)


def study(found: dict[str, Any]) -> list[str]:
    """The learned staking policy beside the best fixed fraction, in worlds that neither saw."""
    rows = [
        [
            str(number), f"{repeat['fixed_fraction']:.3f}",
            f"{repeat['test']['growth_change']:+.4f}", interval(repeat["test"]["growth_change_ci95"], "+.4f"),
            f"{repeat['test']['drawdown_change']:+.4f}", interval(repeat["test"]["drawdown_change_ci95"], "+.4f"),
            "; ".join(repeat["objections"]) or "none",
        ]
        for number, repeat in enumerate(found["repeats"], 1)
    ]  # fmt: skip
    head = [
        "repeat",
        "best fixed fraction",
        "growth, learned − fixed",
        "95%",
        "drawdown, learned − fixed",
        "95%",
        "objections",
    ]
    said = "switched on" if found["enabled"] else "switched **off**: it runs in the shadow only"
    return [
        f"A policy that scales the Kelly fraction between {found['bounds'][0]:g} and {found['bounds'][1]:g} was "
        f"learned in simulated worlds and compared with the best fixed fraction in others, {found['days']} days each, "
        f"paired. It acts only if no repeat has an objection. It is {said}.",
        table(head, rows),
    ]


def _row(name: str, found: dict[str, Any]) -> list[str]:
    return [
        name, f"{found['n']:,.0f}", told(found.get("yield"), "+.2%"), interval(found.get("yield_ci95"), "+.1%"),
        told(found.get("clv"), "+.2%"), interval(found.get("clv_ci95"), "+.2%"), told(found.get("log_growth"), "+.3f"),
    ]  # fmt: skip
