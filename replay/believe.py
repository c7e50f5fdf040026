"""One decision moment: predict, find value, stake, settle, book. The live run and every replay come this way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import polars as pl

from core.settings import Settings
from feature_repo.store import Store
from lake.keys import short_hash
from lake.storage import Lake
from models import dataset, fair
from models.belief import OUTCOMES, Belief
from models.registry import Registry
from optimizer import edges, ledger, settlement, tickets
from replay.evidence import Evidence
from replay.learning import model_name, recipe_of, training_hash_of


def at_moment(as_of: datetime) -> pl.Expr:
    """The rows of one decision moment."""
    return pl.col("as_of_utc") == as_of


@dataclass(frozen=True)
class Priced:
    """What is thought of the coming matches: rows of gold predictions and of gold fair_odds; empty on a first day."""

    predictions: pl.DataFrame
    fair_odds: pl.DataFrame


def predict(lake: Lake, registry: Registry, store: Store, settings: Settings, as_of: datetime) -> Priced:
    """Every forecaster's 1X2 of the coming matches, and the blend's fair prices of all markets."""
    recipe = recipe_of(settings)
    data = Evidence.of(lake, settings.sport).coming(store, recipe)
    champion = registry.standing(model_name(settings), training_hash_of(lake, settings, recipe))
    empty = [lake.table(f"gold.{settings.sport}.{name}").contract.empty() for name in ("predictions", "fair_odds")]
    if champion is None or data.rows.is_empty():
        return Priced(*empty)
    found = champion.trained.predict(data)
    said = pl.concat([_long(data.rows, name, belief) for name, belief in found.result.items()])
    trained_on = pl.lit(champion.training_hash).alias("training_hash")
    stand_ins = pl.lit(champion.trained.members.stand_ins, pl.String).alias("stand_ins")
    priced = fair.fair_odds(data, found.result["blend"], found.over["blend"])
    return Priced(said.with_columns(trained_on), priced.with_columns(trained_on, stand_ins))


def find_value(lake: Lake, settings: Settings, as_of: datetime) -> pl.DataFrame:
    """Every fair selection of 1X2 with an executable price, its edge and verdict, as rows of gold value_bets."""
    gold = f"gold.{settings.sport}"
    offered = lake.table(f"{gold}.fair_odds").read(at_moment(as_of) & (pl.col("market") == "1x2"))
    decisions = lake.table(f"{gold}.spn_decisions").read(pl.col("is_upcoming"))
    prices = dataset.prices_at_decision(decisions, lake.table(f"{gold}.fct_match_prices").read())
    return edges.value_bets(offered, prices, settings.staking, as_of)


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
