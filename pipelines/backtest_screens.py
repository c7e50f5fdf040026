"""What `fairline backtest` shows: every forecaster on the same matches, best first, and what was found beside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

from pipelines.screens import told


def show_backtest(console: Console, report: Mapping[str, Any]) -> None:
    """A report of gold backtests; those of sports that are played in points have a screen of their own."""
    show = _of_points if "by_part" in report else _of_results
    show(console, report)


def _of_points(console: Console, report: Mapping[str, Any]) -> None:
    """Winner, margin and total of every forecaster against results and closing lines."""
    overall = report["overall"]
    cards = sorted(overall["forecasters"].items(), key=lambda item: item[1]["log_loss"])
    title = f"{overall['n']:,} games · {report['data']} · {report['hash']}"
    winner = _table(title, "log-loss", "− close [95%]", "Brier", "accuracy", "spread MAE", "− close [95%]")
    lines = _table(
        "Points", "spread RMS to close", "total MAE", "− close [95%]", "total RMS to close", "margins in 50/80/94%",
        "totals in 50/80/94%",
    )  # fmt: skip
    for name, card in cards:
        winner.add_row(
            name, f"{card['log_loss']:.4f}", _difference(card, "log_loss", "+.4f"), f"{card['brier']:.4f}",
            f"{card['accuracy']:.1%}", f"{card['spread_mae']:.3f}", _difference(card, "spread_mae", "+.3f"),
        )  # fmt: skip
        lines.add_row(
            name, f"{card['spread_rms_to_close']:.2f}", f"{card['total_mae']:.3f}",
            _difference(card, "total_mae", "+.3f"), f"{card['total_rms_to_close']:.2f}",
            *("/".join(f"{share:.1%}" for share in card[covered]) for covered in ("margins_covered", "totals_covered")),
        )  # fmt: skip
    console.print(winner)
    console.print(lines)
    console.print(f"No tickets: {report['bets']['why']}.")


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left")
    table.add_column("forecaster", no_wrap=True)
    for column in columns:
        table.add_column(column, justify="right", no_wrap=True)
    return table


def _difference(card: Mapping[str, Any], measure: str, form: str) -> str:
    low, high = (told(end, form) for end in card[f"{measure}_minus_close_ci95"])
    return f"{card[f'{measure}_minus_close']:{form}} [{low}, {high}]"


def _of_results(console: Console, report: Mapping[str, Any]) -> None:
    """Scores of every forecaster on the same matches, best first; then bets, calibration, overfitting and devig."""
    overall = report["overall"]
    table = Table(title=f"{overall['n']:,} matches · {report['data']} · {report['hash']}", title_justify="left")
    table.add_column("forecaster")
    for column in ("log-loss", "Brier", "RPS", "KL to close", "log-loss − close [95%]"):
        table.add_column(column, justify="right")
    for name, card in sorted(overall["forecasters"].items(), key=lambda item: item[1]["log_loss"]):
        low, high = (end if end is not None else float("nan") for end in card["log_loss_minus_close_ci95"])
        table.add_row(
            name, f"{card['log_loss']:.4f}", f"{card['brier']:.4f}", f"{card['rps']:.4f}", f"{card['kl_to_close']:.4f}",
            f"{card['log_loss_minus_close']:+.4f} [{low:+.4f}, {high:+.4f}]",
        )  # fmt: skip
    console.print(table)
    for said in (_bets(report["bets"]), _calibration(report["calibration"].get("blend", {}))):
        if said:
            console.print(said)
    console.print(_overfitting(report["overfitting"]))
    console.print(_devig(report["devig"]))


def _bets(bets: Mapping[str, Any]) -> str:
    if not bets["n"]:
        return ""
    (low, high), (down, up) = (bets[name] or (None, None) for name in ("yield_ci95", "clv_ci95"))
    return (
        f"{bets['n']:,} tickets: yield {bets['yield']:+.2%} [{told(low, '+.2%')}, {told(high, '+.2%')}], "
        f"closing-line value {told(bets['clv'], '+.2%')} [{told(down, '+.2%')}, {told(up, '+.2%')}], "
        f"largest drawdown {bets['max_drawdown']:.1%}; {len(bets['broken'])} limits broken"
    )


def _calibration(markets: Mapping[str, Any]) -> str:
    said = [f"{name} slope {_slope(markets[name])}" for name in ("1x2", "totals 2.5") if name in markets]
    return f"Calibration of blend: {'; '.join(said)}" if said else ""


def _slope(card: Mapping[str, Any]) -> str:
    low, high = (told(end, ".3f") for end in card["slope_ci95"])
    return f"{told(card['slope'], '.3f')} [{low}, {high}], {'inside' if card['inside'] else 'outside'} the perfect band"


def _overfitting(search: Mapping[str, Any]) -> str:
    said = f"{search['trials']} trials over {search['periods']} months at flat stakes: ours {_ratio(search)}"
    best = f"; best {_ratio(search['best'])}" if search["best"] else ""
    return f"{said}{best}; probability of overfitting {told(search['probability_of_overfitting'], '.0%')}"


def _ratio(found: Mapping[str, Any]) -> str:
    sharpe, deflated = told(found["sharpe"], "+.2f"), told(found["deflated_sharpe"], ".1%")
    rule = found["variant"]
    name = f"{rule['forecaster']}, edge {rule['minimum_edge']:.0%}, price to {rule['maximum_price_odds_dec']:g}"
    return f"({name}) monthly Sharpe {sharpe}, deflated {deflated}"


def _devig(choice: Mapping[str, Any]) -> str:
    earlier = f"choose {choice['chosen']} ({choice['n']:,} matches)" if choice["chosen"] else "have no closing price"
    return f"Devig method {choice['used']}; earlier seasons {earlier}"
