"""Prices worth an alert: a consensus that moved between its last two snapshots, and a book far from all others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

import polars as pl

from core.clock import iso
from core.market.devig import devig
from core.settings import Alerts
from lake.quality.expectations import expectations
from lake.storage import Lake
from serving.alerts.conditions import Condition

_MARKET = ("match_id", "market", "line", "event_at_utc")
_BOOK = (*_MARKET, "bookmaker")


def conditions(lake: Lake, sport: str, now: datetime, alerts: Alerts) -> list[Condition]:
    """One condition a match and market that moved, and one a match, market and book that stands apart.

    Matches within `alerts.horizon_hours` count; each condition stays open until kick-off.
    """
    table = lake.table(f"silver.{sport}.odds_quotes")
    ahead = pl.col("event_at_utc").is_between(now, now + timedelta(hours=alerts.horizon_hours), closed="right")
    quotes = table.read(ahead & ~pl.col("is_aggregate") & (pl.col("known_at_utc") <= now))
    found: list[Condition] = []
    for market, selections in _markets(sport).items():
        priced = prices(quotes.filter(pl.col("market") == market), selections)
        if len(priced):
            found += [_moved(row) for row in moved(priced, selections, alerts).iter_rows(named=True)]
            found += [_apart(row) for row in apart(priced, selections, alerts).iter_rows(named=True)]
    return found


def prices(quotes: pl.DataFrame, selections: Sequence[str]) -> pl.DataFrame:
    """One row a market, book and minute in which the book told a price: the prices that then stand, one column each.

    A price stands until the next one; a row needs one for each selection.
    """
    told = quotes.with_columns(pl.col("known_at_utc").dt.truncate("1m").alias("snapshot_at_utc"))
    wide = told.sort("known_at_utc").group_by(*_BOOK, "snapshot_at_utc", maintain_order=True).agg(
        pl.col("price_odds_dec").filter(pl.col("selection") == name).last().alias(name) for name in selections
    )  # fmt: skip
    standing = wide.sort("snapshot_at_utc").with_columns(pl.col(list(selections)).forward_fill().over(_BOOK))
    return standing.drop_nulls(list(selections))


def moved(priced: pl.DataFrame, selections: Sequence[str], alerts: Alerts) -> pl.DataFrame:
    """Markets whose consensus moved by `movement_prob` between their last two snapshots, by their largest move.

    A consensus is the median of the probabilities (margin taken out in proportion) of the books that stood at both.
    """
    moments = priced.select(*_MARKET, "snapshot_at_utc").unique()
    ranked = moments.with_columns(pl.col("snapshot_at_utc").rank("dense", descending=True).over(_MARKET).alias("_back"))
    frames = [_consensus_frame(priced, ranked.filter(pl.col("_back") == back), selections) for back in (2, 1)]
    before, after = (frame.with_columns(_probabilities(frame, selections)) for frame in frames)
    both = before.join(after, on=[*_BOOK], suffix="_now", nulls_equal=True)
    by = [*_MARKET, "moment", "moment_now"]
    sums = both.group_by(by).agg(
        pl.len().alias("books"),
        *(pl.col(f"p_{name}{end}").median() for name in selections for end in ("", "_now")),
    ).filter(pl.col("books") >= alerts.minimum_books)  # fmt: skip
    long = pl.concat([
        sums.select(*by, "books", pl.lit(name).alias("selection"), pl.col(f"p_{name}").alias("was_prob"),
                    pl.col(f"p_{name}_now").alias("is_prob"))
        for name in selections
    ])  # fmt: skip
    change = (pl.col("is_prob") - pl.col("was_prob")).abs()
    largest = long.sort(change, descending=True).unique(["match_id", "market"], keep="first", maintain_order=True)
    return largest.filter(change >= alerts.movement_prob).sort("match_id", "market")


def apart(priced: pl.DataFrame, selections: Sequence[str], alerts: Alerts) -> pl.DataFrame:
    """Books with a price at least `outlier_share` above or below the median of all books, by their largest distance."""
    newest = priced.sort("snapshot_at_utc").unique(_BOOK, keep="last", maintain_order=True)
    long = newest.unpivot(list(selections), index=list(_BOOK), variable_name="selection", value_name="price_odds_dec")
    market = [*_MARKET, "selection"]
    judged = long.with_columns(
        pl.len().over(market).alias("books"), pl.col("price_odds_dec").median().over(market).alias("median_odds_dec")
    ).with_columns((pl.col("price_odds_dec") / pl.col("median_odds_dec") - 1).alias("distance"))
    far = (pl.col("distance").abs() >= alerts.outlier_share) & (pl.col("books") >= alerts.minimum_books)
    largest = judged.filter(far).sort(pl.col("distance").abs(), descending=True)
    one = largest.unique(["match_id", "market", "bookmaker"], keep="first", maintain_order=True)
    return one.sort("match_id", "market", "bookmaker")


def _consensus_frame(priced: pl.DataFrame, moments: pl.DataFrame, selections: Sequence[str]) -> pl.DataFrame:
    """Each book's prices as they stood at one moment of each market."""
    at = moments.select(*_MARKET, pl.col("snapshot_at_utc").alias("moment"))
    stood = priced.join(at, on=list(_MARKET), nulls_equal=True).filter(pl.col("snapshot_at_utc") <= pl.col("moment"))
    newest = stood.sort("snapshot_at_utc").unique(_BOOK, keep="last", maintain_order=True)
    return newest.select(*_BOOK, "moment", *selections)


def _probabilities(prices: pl.DataFrame, selections: Sequence[str]) -> Iterator[pl.Series]:
    probs = devig(prices.select(selections).to_numpy(), "multiplicative")
    return (pl.Series(f"p_{name}", probs[:, place]) for place, name in enumerate(selections))


def _markets(sport: str) -> Mapping[str, Sequence[str]]:
    """Markets and their selections, as the expectation of overrounds names them."""
    named = (one.parameters["markets"] for one in expectations(sport) if one.measure == "overround")
    return next(named, {})


def _moved(row: Mapping[str, object]) -> Condition:
    summary = (
        f"{row['match_id']}: {_bet(row)} moved from {row['was_prob']:.1%} to {row['is_prob']:.1%} between "
        f"{iso(row['moment'])} and {iso(row['moment_now'])}, consensus of {row['books']} books."  # type: ignore[arg-type]
    )
    return Condition(f"odds/{row['match_id']}/{row['market']}", "odds_moved", "info", summary, _kick_off(row))


def _apart(row: Mapping[str, object]) -> Condition:
    summary = (
        f"{row['match_id']}: {row['bookmaker']} quotes {row['price_odds_dec']:.2f} for {_bet(row)}, "
        f"{row['distance']:+.0%} from the median {row['median_odds_dec']:.2f} of {row['books']} books."
    )
    key = f"apart/{row['match_id']}/{row['market']}/{row['bookmaker']}"
    return Condition(key, "price_apart", "info", summary, _kick_off(row))


def _bet(row: Mapping[str, object]) -> str:
    return " ".join(str(row[name]) for name in ("market", "selection", "line") if row[name] is not None)


def _kick_off(row: Mapping[str, object]) -> datetime:
    at = row["event_at_utc"]
    assert isinstance(at, datetime)
    return at
