"""The tickets that would have been issued over a range of decisions, by the functions that issue them live."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import polars as pl

from core.market.grid import ScoreGrid
from core.market.sports import Sport
from core.settings import Settings, Staking
from lake.contracts.model import contract
from lake.desk import of_desk
from lake.keys import short_hash
from models import fair
from models.dataset import Dataset
from optimizer import settlement
from optimizer.coming import Coming, Slate
from optimizer.performance.closing import closing_line_value
from optimizer.prices import edges
from optimizer.prices.offers import book_terms, commissions
from replay.moment import Acted, Record, act, policy_of, spread_of, staking_of
from replay.quotes import Quotes
from replay.sharp import Weights

END_OF_TIME = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Walked:
    """What a walk left: the whole record, every decision's stakings, and what each rule refused."""

    record: Record
    portfolios: pl.DataFrame
    audit: pl.DataFrame
    opening_minor: int
    staking: Staking
    timezone: str = "UTC"


def walk(
    data: Dataset, grid: ScoreGrid, quotes: Quotes, results: pl.DataFrame, settings: Settings,
    sharpness: Callable[[datetime], Weights] = lambda _: {},
) -> Walked:  # fmt: skip
    """Decide moment by moment: bankroll, what stands open and every rule are those of that moment.

    `grid`: of each decision of `data`. `quotes`: only prices known at each decision count. `results`: gold fct_results
    or silver matches; bets are settled by the first result known, and again by its corrections. `sharpness`: of books
    at a moment, for the consensus that offers are compared with.
    """
    policy, staking, record = policy_of(settings), staking_of(settings), _nothing()
    told, results = quotes.by_moment(data.rows), settlement.scored(results, quotes.sport)
    priced = _priced(data, grid, quotes.sport).partition_by("as_of_utc", as_dict=True, maintain_order=True)
    acted: list[Acted] = []
    for (as_of,), rows in priced.items():
        if isinstance(as_of, datetime) and as_of in told:
            offers, weights = told[as_of].offers(as_of), sharpness(as_of) or None
            bets = edges.value_bets(rows, offers, staking, as_of, sharpness=weights)
            named = short_hash("backtest", as_of.isoformat())
            acted.append(act(bets, _coming(data, grid, as_of, settings), record, settings, policy, as_of, named))
            record = _with(record, acted[-1], quotes, results)
    portfolios, audit = [one.decided.portfolios for one in acted], [one.audit for one in acted]
    return Walked(
        record,
        _together(portfolios, "portfolios"),
        _together(audit, "audit"),
        staking.bankroll_minor,
        staking,
        policy.timezone,
    )


def _coming(data: Dataset, grid: ScoreGrid, as_of: datetime, settings: Settings) -> Coming:
    here = (data.rows["as_of_utc"] == as_of).to_numpy() & grid.is_belief
    matches = data.rows.filter(pl.Series(here)).select("match_id", "competition_id")
    return Coming((Slate(matches, grid.of_matches(here), spread_of(settings)),))


def _priced(data: Dataset, grid: ScoreGrid, sport: Sport) -> pl.DataFrame:
    """Gold fair_odds of the quoted markets, in the order of time, with each match's kick-off and teams."""
    matches = data.rows.select("match_id", "event_at_utc", "home_team_id", "away_team_id")
    untold = (pl.lit("walk").alias("training_hash"), pl.lit(None, pl.String).alias("stand_ins"))
    priced = fair.fair_odds(data, grid, sport.quoted).join(matches, on="match_id", maintain_order="left")
    told = priced.with_columns(*untold, pl.lit(sport.name).alias("sport"))
    return told.sort("as_of_utc", "match_id", maintain_order=True)


def _nothing() -> Record:
    names = ("tickets", "ticket_legs", "placements", "settlements", "limit_changes", "closing_line_value")
    return Record(*(contract(of_desk(name)).empty() for name in names))


def _together(parts: list[pl.DataFrame], table: str) -> pl.DataFrame:
    return pl.concat(parts) if parts else contract(of_desk(table)).empty()


def _with(record: Record, acted: Acted, quotes: Quotes, results: pl.DataFrame) -> Record:
    """The record after a moment; its tickets meet their close and result at once, each known when it became known."""
    made, legs = acted.decided.tickets, acted.decided.legs
    settled = settlement.settle(made, legs, results, END_OF_TIME, commissions=commissions(book_terms()))
    values = closing_line_value(legs, quotes.of_matches(legs["match_id"]).by_market, END_OF_TIME)
    return replace(
        record,
        tickets=pl.concat([record.tickets, made]),
        legs=pl.concat([record.legs, legs]),
        settlements=pl.concat([record.settlements, settled], how="diagonal"),
        limit_changes=pl.concat([record.limit_changes, acted.limit_changes]),
        closing_values=pl.concat([record.closing_values, values]),
    )
