"""An invented league's gold of basketball: results told late and corrected, lines before and at the close, reports."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import polars as pl

from feature_repo.tables import TABLES
from lake.contracts.model import contract
from replay.basketball.evidence import SPORT, Evidence
from tests.unit.models.basketball import worlds

TOLD_LATE, CORRECTED = timedelta(days=9), timedelta(days=40)
_PLAIN = {"string": "x", "int": 1, "float": 2.0, "bool": False}


def evidence(seed: int = 5) -> Evidence:
    """Four short seasons of eight teams: every fourth result is told late, every fifth corrected weeks after."""
    played = worlds.games(seed, teams=8, days=90, seasons=4).with_columns(competition_id=pl.lit("NBA"))
    fifth, quarter = (pl.col("match_id").hash(seed=1) % parts == 0 for parts in (5, 4))
    late = pl.when(quarter).then(pl.col("known_at_utc") + TOLD_LATE).otherwise("known_at_utc")
    results = played.with_columns(late.alias("known_at_utc"), pl.lit("finished").alias("state"))
    corrected = results.filter(fifth).with_columns(
        pl.col("home_points") + 2, pl.col("known_at_utc") + CORRECTED, pl.lit("corrected").alias("state")
    )
    teams = tuple(_of_teams(name, played, place) for place, name in enumerate(TABLES[SPORT]))
    return Evidence(
        decisions=_filled("spn_decisions", played.with_columns(is_upcoming=pl.lit(False))),
        schedule=_of_games("feat_match_schedule", played, 11),
        absences=_of_games("feat_absences", played, 12),
        results=_filled("fct_results", pl.concat([results, corrected])),
        spreads=_lines("fct_handicap_prices", played.with_columns(line=-pl.col("closing_margin")), ("home", "away")),
        totals=_lines("fct_total_prices", played.with_columns(line=pl.col("closing_total")), ("over", "under")),
        teams=teams,
        reports=worlds.reports(seed, teams=8, days=90, seasons=4),
    )


def known(whole: Evidence, moment: datetime) -> Evidence:
    """The same gold and reports, cut to what a run at this moment would have had."""
    told, decided = pl.col("known_at_utc") <= moment, pl.col("as_of_utc") <= moment
    return replace(
        whole,
        **{name: getattr(whole, name).filter(decided) for name in ("decisions", "schedule", "absences")},
        **{name: getattr(whole, name).filter(told) for name in ("results", "spreads", "totals", "reports")},
        teams=tuple(table.filter(told) for table in whole.teams),
    )


def _filled(name: str, rows: pl.DataFrame) -> pl.DataFrame:
    """Rows in the columns of a gold table; what they do not say is null, or a usual value where it may not be."""
    told = contract(f"gold.{SPORT}.{name}")
    usual = {column.name: None if column.nullable else _PLAIN[column.type] for column in told.columns
             if column.name not in rows.columns}  # fmt: skip
    wide = rows.with_columns(pl.lit(value).alias(column) for column, value in usual.items())
    return wide.select(pl.col(column).cast(kind) for column, kind in told.schema.items())


def _numbered(name: str, rows: pl.DataFrame, seed: int) -> pl.DataFrame:
    """The first ten numbers of a table of features, drawn anew for each row."""
    columns = [c.name for c in contract(f"gold.{SPORT}.{name}").columns if c.type in ("int", "float")][:10]
    drawn = np.random.default_rng(seed).integers(0, 5, (len(rows), len(columns)))
    return _filled(name, rows.with_columns(pl.Series(column, drawn[:, place]) for place, column in enumerate(columns)))


def _of_games(name: str, played: pl.DataFrame, seed: int) -> pl.DataFrame:
    return _numbered(name, played.select("match_id", "competition_id", "season_code", "as_of_utc"), seed)


def _of_teams(name: str, played: pl.DataFrame, seed: int) -> pl.DataFrame:
    """A row a team and game, known with the result."""
    columns = ("competition_id", "season_code", "event_at_utc", "known_at_utc")
    sides = [played.select(pl.col(f"{side}_team_id").alias("team_id"), *columns) for side in ("home", "away")]
    return _numbered(name, pl.concat(sides).unique(["team_id", "known_at_utc"], maintain_order=True), seed)


def _lines(name: str, played: pl.DataFrame, sides: tuple[str, str]) -> pl.DataFrame:
    """Of every line prices seen an hour before the decision and three after it, points off, and the closing one."""
    told = played.drop_nulls("line").with_columns(
        pl.lit(1.9).alias(f"{sides[0]}_odds_dec"), pl.lit(1.9).alias(f"{sides[1]}_odds_dec"),
        bookmaker=pl.lit("book"), is_aggregate=pl.lit(False),
    )  # fmt: skip
    seen = [
        told.with_columns(
            pl.col("line") + off, quote_kind=pl.lit("observed"), known_at_basis=pl.lit("observed"),
            known_at_utc=pl.col("as_of_utc") + timedelta(hours=hours),
        )
        for off, hours in ((2.0, -1), (1.0, 3))
    ]  # fmt: skip
    closing = told.with_columns(
        quote_kind=pl.lit("closing"), known_at_basis=pl.lit("date_only"), known_at_utc=pl.col("event_at_utc")
    )
    return _filled(name, pl.concat([*seen, closing]))
