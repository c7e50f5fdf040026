"""The daily report: one self-contained HTML page; nothing on it is fetched from anywhere."""

from __future__ import annotations

import base64
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from core.clock import iso
from core.frames import with_nulls
from core.settings import Settings
from lake.desk import DESK, of_desk
from lake.releases import newest
from lake.storage import Lake
from serving import pictures, summary
from serving.fair_prices import fair_prices
from serving.no_ticket import no_ticket
from serving.player_props import SHOWN, best_values, props
from serving.sports import asked, has_table
from sources import status

MEASURES = ("log_loss", "brier", "rps", "kl_to_close", "log_loss_minus_close")
"""What forecasters are judged by on the page."""
TEMPLATES = Path(__file__).parent / "templates"


def page_path(state_root: Path, as_of: datetime) -> Path:
    """Where the page of a moment stands."""
    return state_root / "reports" / f"{DESK}-{as_of:%Y%m%dT%H%MZ}.html"


def daily(lake: Lake, settings: Settings, as_of: datetime) -> str:
    """The page of one moment of decision, as HTML."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
    return environment.get_template("daily.html").render(**content(lake, settings, as_of))


def content(lake: Lake, settings: Settings, as_of: datetime) -> dict[str, Any]:
    """Everything that the page shows, as plain values."""
    entries = lake.table(of_desk("ledger")).read()
    bets = lake.table(of_desk("value_bets")).read(pl.col("as_of_utc") == as_of)
    release = newest(lake)
    return {
        "as_of": iso(as_of),
        "simulated": settings.simulated,
        "profile": settings.profile,
        "release": release.release_id if release else "none",
        "tickets": summary.tickets(lake, settings.sports, as_of),
        "no_ticket": no_ticket(lake, settings, as_of),
        "fair_prices": [found for sport in asked(settings) if (found := fair_prices(lake, sport, as_of))],
        "props": [game for sport in asked(settings) for game in props(lake, sport, as_of)],
        "prop_markets": SHOWN,
        "prop_values": [row for sport in asked(settings) for row in best_values(lake, sport, as_of)],
        "verdicts": bets.group_by("verdict").len().sort("len", descending=True).rows(),
        "scores": [row for sport in asked(settings) for row in _scores(lake, sport, as_of)],
        "stakings": _stakings(lake, as_of),
        "apart": _apart(lake, as_of),
        "performance": _performance(lake, as_of),
        "degraded": status.degraded(lake.table(status.NAME).read()),
        "edges_picture": _inline(pictures.edges(bets["edge"].to_numpy())) if len(bets) else None,
        "bankroll_picture": _inline(pictures.bankroll(entries)) if len(entries) else None,
        "warnings": summary.warnings(lake, settings, as_of, is_replay=lake.gold_root is not None),
    }


def _scores(lake: Lake, sport: str, as_of: datetime) -> list[dict[str, Any]]:
    """Out-of-fold scores of the training behind this moment's prices, one row a forecaster, best log-loss first.

    A measure that a sport's forecasters are not judged by is None.
    """
    gold = f"gold.{sport}"
    if not has_table(sport, "predictions", "model_performance"):
        return []
    trained = lake.table(f"{gold}.predictions").read(pl.col("as_of_utc") == as_of)["training_hash"].unique()
    last = lake.table(f"{gold}.model_performance").read(pl.col("training_hash").is_in(trained.to_list()))
    if last.is_empty():
        return []
    interval = last.filter(pl.col("measure") == "log_loss_minus_close").select("forecaster", "low_ci95", "high_ci95")
    wide = last.pivot("measure", index=["forecaster", "matches"], values="value")
    measured = with_nulls(wide, dict.fromkeys(MEASURES, pl.Float64))
    judged = measured.join(interval, on="forecaster", how="left", maintain_order="left")
    return judged.with_columns(pl.lit(sport).alias("sport")).sort("log_loss", nulls_last=True).to_dicts()


def _stakings(lake: Lake, as_of: datetime) -> list[dict[str, Any]]:
    """The optimizer beside simpler ways of staking the same candidates, the optimizer first."""
    rows = lake.table(of_desk("portfolios")).read((pl.col("as_of_utc") == as_of) & (pl.col("candidates") > 0))
    return rows.sort(pl.col("staking") != "portfolio", "staking").to_dicts()


def _apart(lake: Lake, as_of: datetime) -> list[dict[str, Any]]:
    """Sure profits and middles of the moment, the best first; never part of the portfolio."""
    rows = lake.table(of_desk("arbitrages")).read(pl.col("as_of_utc") == as_of)
    ordered = rows.sort("kind", "worst_profit", "opportunity_id", descending=[False, True, False]).head(20)
    return [row | {"legs": [_apart_leg(leg) for leg in json.loads(row["legs"])]} for row in ordered.to_dicts()]


def _apart_leg(leg: dict[str, Any]) -> str:
    bet = summary.bet(leg["market"], leg["selection"], leg["line"])
    return f"{bet} at {leg['price_odds_dec']:.2f} with {leg['bookmaker']} ({leg['stake_share']:.0%})"


def _performance(lake: Lake, as_of: datetime) -> dict[str, dict[str, Any]]:
    """Measures of all tickets settled by the moment, by name."""
    rows = lake.table(of_desk("bet_performance")).read((pl.col("as_of_utc") == as_of) & (pl.col("scope") == "all"))
    return {row["measure"]: row for row in rows.to_dicts()}


def _inline(png: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"
