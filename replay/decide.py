"""One decision moment: learn, predict, find value, stake, settle, book. The live run and every replay come this way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import polars as pl
from numpy.typing import NDArray

from core.settings import Settings
from feature_repo.store import Store
from lake.keys import short_hash
from lake.storage import Lake
from models import dataset, training
from models.belief import OUTCOMES, Belief
from models.recipe import Recipe
from models.registry import Registered, Registry, recipe_parameters
from models.scorecard import Score, score
from optimizer import edges, ledger, settlement, tickets
from replay import fingerprint
from replay.evidence import TABLES, Evidence

TRAINED_ON = TABLES
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Learned:
    """The champion of this moment, its out-of-fold scores as rows of gold model_performance, and reliability pairs.

    `registered` is None on a first day without any result.
    """

    registered: Registered | None
    scores: pl.DataFrame
    reliability: tuple[NDArray[np.float64], NDArray[np.float64]] | None


def model_name(settings: Settings) -> str:
    """What the registry calls the forecaster of a sport's match result."""
    return f"{settings.sport}_1x2"


def at_moment(as_of: datetime) -> pl.Expr:
    """The rows of one decision moment."""
    return pl.col("as_of_utc") == as_of


def learn(lake: Lake, registry: Registry, settings: Settings, as_of: datetime, progress: Progress) -> Learned:
    """Train and register the champion on what gold knows; what was trained on the same data before is used again."""
    recipe = Recipe(seed=settings.seed % 2**31, threads=settings.threads)
    training_hash = _training_hash(lake, settings, recipe)
    performance = lake.table(f"gold.{settings.sport}.model_performance")
    standing = registry.find(model_name(settings), training_hash)
    if standing is not None:
        progress(f"trained on the same data already: version {standing.version}")
        return Learned(standing, performance.read(pl.col("training_hash") == training_hash), None)
    evidence = Evidence.of(lake, settings.sport)
    data = evidence.past(recipe)
    if not (data.outcome >= 0).any():
        return Learned(None, performance.contract.empty(), None)
    trained, beliefs = training.train(data, recipe, progress)
    scores, reliability = _scores(evidence, data, beliefs, training_hash, as_of)
    registered = registry.register(
        model_name(settings), trained, training_hash, as_of,
        parameters=recipe_parameters(recipe) | {"matches": trained.matches, "training_hash": training_hash},
        metrics={f"{row['forecaster']}.{row['measure']}": row["value"] for row in scores.iter_rows(named=True)},
        card=_card(settings, trained, scores), pictures={},
    )  # fmt: skip
    return Learned(registered, scores, reliability)


def predict(lake: Lake, registry: Registry, store: Store, settings: Settings, as_of: datetime) -> pl.DataFrame:
    """Probabilities of every forecaster for the coming matches, as rows of gold predictions; empty on a first day."""
    contract = lake.table(f"gold.{settings.sport}.predictions").contract
    recipe = Recipe(seed=settings.seed % 2**31, threads=settings.threads)
    data = Evidence.of(lake, settings.sport).coming(store, recipe)
    champion = registry.find(model_name(settings), _training_hash(lake, settings, recipe))
    if champion is None or data.rows.is_empty():
        return contract.empty()
    beliefs = champion.trained.predict(data)
    frames = [_long(data.rows, name, belief) for name, belief in beliefs.items()]
    return pl.concat(frames).with_columns(pl.lit(champion.training_hash).alias("training_hash"))


def fair_odds(predictions: pl.DataFrame) -> pl.DataFrame:
    """The blend's probabilities with their fair prices, as rows of gold fair_odds."""
    blend = predictions.filter(pl.col("forecaster") == "blend").drop("forecaster")
    return blend.with_columns((1 / pl.col("prob")).alias("fair_odds_dec"))


def find_value(lake: Lake, settings: Settings, as_of: datetime) -> pl.DataFrame:
    """Every fair selection with an executable price, its edge and verdict, as rows of gold value_bets."""
    gold = f"gold.{settings.sport}"
    fair = lake.table(f"{gold}.fair_odds").read(at_moment(as_of))
    decisions = lake.table(f"{gold}.spn_decisions").read(pl.col("is_upcoming"))
    prices = dataset.prices_at_decision(decisions, lake.table(f"{gold}.fct_match_prices").read())
    return edges.value_bets(fair, prices, settings.staking, as_of)


def settle(lake: Lake, settings: Settings, as_of: datetime) -> pl.DataFrame:
    """Settlements of earlier tickets whose results are known now, as rows of gold settlements."""
    gold = f"gold.{settings.sport}"
    issued = lake.table(f"{gold}.tickets").read(pl.col("as_of_utc") < as_of)
    legs = lake.table(f"{gold}.ticket_legs").read()
    results = lake.table(f"silver.{settings.sport}.matches").read(pl.col("state") == "finished")
    first = results.sort("known_at_utc").unique("match_id", keep="first")
    return settlement.settle(issued, legs, first, as_of)


def issue(lake: Lake, settings: Settings, as_of: datetime) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Tickets and legs of this decision, around what stands; tickets issued for it before are kept as they are."""
    gold = f"gold.{settings.sport}"
    decision = decision_id(settings, as_of)
    issued, legs = lake.table(f"{gold}.tickets").read(), lake.table(f"{gold}.ticket_legs").read()
    own = issued.filter(pl.col("decision_id") == decision)
    if len(own):
        return own, legs.join(own.select("ticket_id"), on="ticket_id", how="semi")
    settled = lake.table(f"{gold}.settlements").read(pl.col("known_at_utc") <= as_of)
    bets = lake.table(f"{gold}.value_bets").read(at_moment(as_of)).join(_fixtures(lake, settings), on="match_id")
    bankroll = round(settings.staking.bankroll * 100) + int(settled["profit_minor"].sum())
    standing = tickets.exposure(issued, legs, settled, as_of)
    return tickets.build(bets, bankroll, settings.staking, standing, as_of, decision)


def book(lake: Lake, settings: Settings) -> pl.DataFrame:
    """Ledger entries that the tickets and settlements of the lake ask for and the ledger lacks, chained."""
    gold = f"gold.{settings.sport}"
    issued, settled = lake.table(f"{gold}.tickets").read(), lake.table(f"{gold}.settlements").read()
    standing = lake.table(f"{gold}.ledger").read()
    if issued.is_empty() and standing.is_empty():
        return standing
    opened = standing if len(standing) else issued.rename({"as_of_utc": "known_at_utc"})
    deposit, first = round(settings.staking.bankroll * 100), opened["known_at_utc"].min()
    assert isinstance(first, datetime)
    wanted = ledger.transactions(issued, settled, deposit, settings.staking.currency, first)
    return ledger.chained(standing, wanted)


def decision_id(settings: Settings, as_of: datetime) -> str:
    """The same moment, horizon, leagues and policy are the same decision."""
    policy = settings.staking.model_dump_json()
    return short_hash(settings.sport, as_of.isoformat(), settings.horizon_hours, *sorted(settings.leagues), policy)


def _fixtures(lake: Lake, settings: Settings) -> pl.DataFrame:
    columns = ("match_id", "event_at_utc", "home_team_id", "away_team_id")
    return lake.table(f"gold.{settings.sport}.spn_decisions").read(pl.col("is_upcoming")).select(columns)


def _training_hash(lake: Lake, settings: Settings, recipe: Recipe) -> str:
    hashes = [lake.table(f"gold.{settings.sport}.{name}").content_hash() for name in TRAINED_ON]
    return short_hash(fingerprint.code(), *hashes, sorted(recipe_parameters(recipe).items()))


def _long(rows: pl.DataFrame, forecaster: str, belief: Belief) -> pl.DataFrame:
    """Probabilities side by side as one row a selection; matches without a belief are left out."""
    identity = rows.select("match_id", "competition_id", "season_code", "as_of_utc")
    wide = identity.with_columns(pl.Series(name, belief.probabilities[:, place]) for place, name in enumerate(OUTCOMES))
    long = wide.unpivot(list(OUTCOMES), index=identity.columns, variable_name="selection", value_name="prob")
    return long.filter(pl.col("prob").is_not_nan()).with_columns(
        pl.lit(forecaster).alias("forecaster"),
        pl.lit("1x2").alias("market"),
        pl.lit(None, pl.Float64).alias("line"),
    )


def _scores(
    evidence: Evidence, data: dataset.Dataset, beliefs: dict[str, Belief], training_hash: str, as_of: datetime
) -> tuple[pl.DataFrame, tuple[NDArray[np.float64], NDArray[np.float64]] | None]:
    """Scores on the last out-of-fold season, by pools learned on the out-of-fold seasons before it."""
    known = beliefs["elo"].present & (data.outcome >= 0)
    last = int(data.years[known].max()) if known.any() else 0
    inside = known & (data.years == last)
    model, blend = training.fit_pools(beliefs, data, known & (data.years < last))
    forecasters = beliefs | {"model": model.blend(beliefs), "blend": blend.blend(beliefs)}
    chosen = {name: Belief(belief.probabilities[inside]) for name, belief in forecasters.items()}
    close, _ = evidence.close(data)
    days = data.rows["event_at_utc"].dt.date().to_physical().to_numpy()[inside]
    outcome = data.outcome[inside]
    matches, cards = score(chosen, Belief(close.probabilities[inside]), outcome, days)
    rows = [row for name, card in cards.items() for row in _performance(name, card, matches, training_hash, as_of)]
    return pl.DataFrame(rows, schema=_PERFORMANCE, orient="row"), (chosen["blend"].probabilities, outcome.astype(float))


_PERFORMANCE = {
    "training_hash": pl.String(), "as_of_utc": pl.Datetime("us", "UTC"), "forecaster": pl.String(),
    "measure": pl.String(), "value": pl.Float64(), "low_ci95": pl.Float64(), "high_ci95": pl.Float64(),
    "matches": pl.Int64(),
}  # fmt: skip


def _performance(name: str, card: Score, matches: int, training_hash: str, as_of: datetime) -> list[tuple[object, ...]]:
    plain = [(measure, getattr(card, measure), None, None) for measure in ("log_loss", "brier", "rps", "kl_to_close")]
    measured = [*plain, ("log_loss_minus_close", card.log_loss_minus_close, *card.log_loss_minus_close_ci95)]
    return [(training_hash, as_of, name, *values, matches) for values in measured]


def _card(settings: Settings, trained: training.Trained, scores: pl.DataFrame) -> str:
    """The model card: what it is, what it learned from, how it did on matches that it had not seen."""
    origin = "**Simulated data**: every figure is from the sandbox's invented world." if settings.simulated else ""
    lines = [
        f"# {model_name(settings)}", origin,
        f"A pool of {', '.join(trained.members.fitted)} and the market; {trained.matches:,} matches.",
        f"Weights without the match's price: {dict(trained.model.weights)}; with it: {dict(trained.blend.weights)}.",
        "", "Last out-of-fold season:", "", "| forecaster | measure | value |", "|---|---|---|",
        *(f"| {row['forecaster']} | {row['measure']} | {row['value']:.4f} |" for row in scores.iter_rows(named=True)),
    ]  # fmt: skip
    return "\n".join(lines)
