"""Korfball's craft: the clubs' form, and prices of the winner."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import numpy as np
import polars as pl

from core.market.markets import MONEYLINE
from core.settings import Settings
from feature_repo.store import Store, historical, latest
from lake.storage import Lake
from models import korfball, prices
from models.artifacts import Format
from models.kept import Kept
from models.scores import log_loss
from replay.craft import PERFORMANCE, Priced, Progress, Taught

MODEL, DECIDES = "winner", "form"
TABLES: tuple[str, ...] = ("spn_decisions", "fct_results", "feat_team_form")
SEEN: tuple[str, ...] = ()
PLAYERS_FROM: Mapping[str, tuple[str, ...]] = {}
players = strengths = seen = backtest = ablate = None
FEWEST = 10


def recipe_of(settings: Settings) -> korfball.FormRecipe:
    """The recipe of a run."""
    return korfball.FormRecipe.of(settings)


def format() -> Format:
    """How its forecasters are written and read."""
    return korfball.FORMAT


def described(trained: korfball.Trained) -> Mapping[str, object]:
    """What was learned."""
    return {"home_advantage": trained.home_advantage, "deviation": trained.deviation}


def teach(lake: Lake, settings: Settings, as_of: datetime, kept: Kept, progress: Progress) -> Taught | None:
    """Train on all past matches; judged is what the first half of them says of the second."""
    past, recipe = _past(lake, settings.sport), recipe_of(settings)
    if len(past) < FEWEST:
        return None
    lead, margin, half = past["lead"].to_numpy(), past["margin"].to_numpy().astype(float), len(past) // 2
    judge = korfball.learn(lead[:half], margin[:half], recipe)
    home = judge.home_probs(lead[half:])
    chances, outcome = np.stack([home, 1.0 - home], axis=1), (margin[half:] < 0).astype(np.int64)
    losses = (
        past[half:].select("match_id", "event_at_utc").with_columns(pl.Series("log_loss", log_loss(chances, outcome)))
    )
    mean = (DECIDES, "log_loss", losses["log_loss"].mean(), None, None, len(losses))
    scores = pl.DataFrame([mean], schema=PERFORMANCE, orient="row")
    progress(f"{len(past)} finished matches with form known")
    return Taught(
        korfball.learn(lead, margin, recipe), scores, losses, (chances, outcome.astype(np.float64)), past.select("lead")
    )


def price(lake: Lake, store: Store, settings: Settings, trained: korfball.Trained) -> Priced:
    """Prices of the winner of every coming match whose clubs have played before."""
    decisions = lake.table(f"gold.{settings.sport}.spn_decisions").read(pl.col("is_upcoming"))
    teams = pl.concat([decisions["home_team_id"], decisions["away_team_id"]]).unique().sort().to_list()
    rows = _with_lead(latest(decisions, store.online(teams)))
    if rows.is_empty():
        return Priced.nothing(lake, settings.sport)
    grid = korfball.winner_grid(trained.home_probs(rows["lead"].to_numpy()))
    fair = prices.fair_odds(rows, grid, {MONEYLINE.name: MONEYLINE})
    said = fair.drop("fair_odds_dec", "push_share").with_columns(pl.lit(DECIDES).alias("forecaster"))
    return Priced(said, fair, prices.score_grids(rows, grid))


def _past(lake: Lake, sport: str) -> pl.DataFrame:
    """Past decisions with form of both clubs and a result, in order of time: `lead` and `margin`."""
    decisions, results, form = (lake.table(f"gold.{sport}.{name}").read() for name in TABLES)
    margin = (pl.col("home_goals") - pl.col("away_goals")).alias("margin")
    rows = _with_lead(historical(decisions.filter(~pl.col("is_upcoming")), form))
    return rows.join(results.select("match_id", margin), on="match_id").sort("event_at_utc", "match_id")


def _with_lead(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of which both clubs' form is known, with its difference."""
    return rows.with_columns((pl.col("home_margin_l10") - pl.col("away_margin_l10")).alias("lead")).drop_nulls("lead")
