"""The world in the vendor's columns: one wide frame of all matches and prices, from which each file takes its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import numpy as np
import polars as pl

from sandbox.arrays import Bools, Floats
from sandbox.books import BOOKS, Quotes, Snapshot
from sandbox.formats import handicap_columns, line_column, outcome_columns, totals_columns
from sandbox.world import World

PINNACLE_LOST_FROM = datetime(2026, 1, 15)
PANEL = np.array([book.code != "BFE" for book in BOOKS])
PINNACLE = np.array([book.code == "PS" for book in BOOKS])

STATISTIC_NAMES = {
    "goals": "FT{}G",
    "half_time_goals": "HT{}G",
    "xg": "{}xG",
    "shots": "{}S",
    "shots_on_target": "{}ST",
    "fouls": "{}F",
    "corners": "{}C",
    "yellows": "{}Y",
    "reds": "{}R",
}


def vendor_frame(world: World, quotes: Quotes) -> pl.DataFrame:
    """Return every match with all columns that any generation of the format has.

    Besides them stand `start_year` and `is_played`. Null means that the cell is empty in the file.
    """
    lost = (world.matches["kickoff_local"] >= PINNACLE_LOST_FROM).to_numpy()
    moments = [(_without_pinnacle(snapshot, lost), closing) for snapshot, closing in _moments(quotes)]
    prices = {name: column for snapshot, closing in moments for name, column in _columns(snapshot, closing)}
    prices |= dict(_betbrain(moments[0][0]))
    return _match_columns(world.matches).hstack(pl.DataFrame(prices).fill_nan(None).get_columns())


def _moments(quotes: Quotes) -> tuple[tuple[Snapshot, bool], ...]:
    return (quotes.opening, False), (quotes.closing, True)


def _without_pinnacle(snapshot: Snapshot, lost: Bools) -> Snapshot:
    """Blank Pinnacle's prices on the matches that the vendor could no longer collect them for."""
    gone = (PINNACLE[:, None] & lost[None, :])[:, :, None]
    outcomes, totals, handicap = (
        np.where(gone, np.nan, prices) for prices in (snapshot.outcomes, snapshot.totals, snapshot.handicap)
    )
    return replace(snapshot, outcomes=outcomes, totals=totals, handicap=handicap)


def _match_columns(matches: pl.DataFrame) -> pl.DataFrame:
    statistics = [
        pl.col(f"{side}_{ours}").alias(theirs.format(side[0].upper()))
        for ours, theirs in STATISTIC_NAMES.items()
        for side in ("home", "away")
    ]
    return matches.select(
        "start_year",
        "is_played",
        pl.col("kickoff_local").dt.strftime("%d/%m/%Y").alias("Date"),
        pl.col("kickoff_local").dt.strftime("%H:%M").alias("Time"),
        _result("home_goals", "away_goals").alias("FTR"),
        _result("home_half_time_goals", "away_half_time_goals").alias("HTR"),
        *statistics,
        Div="division",
        HomeTeam="home",
        AwayTeam="away",
        Referee="referee",
    )


def _result(home: str, away: str) -> pl.Expr:
    margin = pl.col(home) - pl.col(away)
    return pl.when(margin > 0).then(pl.lit("H")).when(margin == 0).then(pl.lit("D")).when(margin < 0).then(pl.lit("A"))


def _columns(snapshot: Snapshot, closing: bool) -> Iterator[tuple[str, Floats]]:
    for code, outcomes, totals, handicap in _rows(snapshot):
        yield from zip(outcome_columns(code, closing=closing), outcomes.T, strict=True)
        yield from zip(totals_columns(code, closing=closing), totals.T, strict=True)
        yield from zip(handicap_columns(code, closing=closing), handicap.T, strict=True)
    yield line_column(closing=closing), snapshot.line


def _rows(snapshot: Snapshot) -> Iterator[tuple[str, Floats, Floats, Floats]]:
    """Give each book's prices, then the panel's maximum and average, as (code, 1X2, totals, handicap)."""
    markets = (snapshot.outcomes, snapshot.totals, snapshot.handicap)
    for index, book in enumerate(BOOKS):
        yield book.code, markets[0][index], markets[1][index], markets[2][index]
    for code, pool in (("Max", np.nanmax), ("Avg", np.nanmean)):
        outcomes, totals, handicap = (np.round(pool(market[PANEL], axis=0), 2) for market in markets)
        yield code, outcomes, totals, handicap


def _betbrain(opening: Snapshot) -> Iterator[tuple[str, Floats]]:
    """Give the panel's number of books, maxima and averages under the names used to 2018/19."""
    counted = (~np.isnan(opening.outcomes[PANEL, :, 0])).sum(axis=0).astype(np.float64)
    yield from ((name, counted) for name in ("Bb1X2", "BbOU", "BbAH"))
    yield "BbAHh", opening.line
    pooled = {code: rest for code, *rest in _rows(opening) if code in ("Max", "Avg")}
    for code, prefix in (("Max", "BbMx"), ("Avg", "BbAv")):
        for sides, prices in zip((("H", "D", "A"), (">2.5", "<2.5"), ("AHH", "AHA")), pooled[code], strict=True):
            yield from ((prefix + side, column) for side, column in zip(sides, prices.T, strict=True))
