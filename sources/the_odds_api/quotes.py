"""From outcomes to prices of matches: market, selection, line, the lay side of an exchange, and refused ones."""

from __future__ import annotations

from functools import cache

import polars as pl

from core.market.markets import SELECTION_CODES
from lake.conform import DETAIL, REASON
from lake.keys import with_selection_key
from sources.rows import accepted_of, refused_of
from sources.the_odds_api.markets import HANDICAPS, LAY, LINED, MARKETS, PROP, TEAM_TOTAL, UNREAD, selection
from sources.the_odds_api.pricing import SHOWN, Asked, Fault, Judging, judged, judging, priced, without_clashes

MAX_LINE = 500.0


def quotes(
    prices: pl.DataFrame, events: pl.DataFrame, asked: Asked, sport: str
) -> tuple[pl.DataFrame, pl.DataFrame]:  # fmt: skip
    """Rows of silver odds_quotes, and refused ones, of one payload's prices; player props are left to `props.py`.

    `events` has the columns of `pricing.EVENT_FACTS` with `_reason` and `_detail`.
    """
    meant = _meant(priced(_of_matches(prices, sport), events, asked), sport)
    backs, lays = _with_lays(judged(meant, _judging()))
    sound = with_selection_key(backs.filter(pl.col(REASON).is_null()))
    clashed = without_clashes(sound, ["selection_key"])
    bad = [backs.filter(pl.col(REASON).is_not_null()), lays, clashed]
    return accepted_of(clashed).select(_SILVER), pl.concat([refused_of(rows, SHOWN) for rows in bad])


_SILVER = (
    "match_id", "competition_id", "season_code", "event_at_utc", "known_at_utc", "known_at_basis", "selection_key",
    "market", "selection", "line", "bookmaker", "is_aggregate", "quote_kind", "price_odds_dec", "quoted_at_utc",
    "lay_odds_dec",
)  # fmt: skip


def _of_matches(prices: pl.DataFrame, sport: str) -> pl.DataFrame:
    """Prices but those of players and of markets that are not read; each market is judged once."""
    market = pl.col("market")
    unread = market.str.contains(UNREAD) & ~market.is_in(list(MARKETS[sport]))
    others = prices.select(market.unique()).filter(market.str.contains(PROP) | unread)["market"]
    return prices.filter(~market.is_in(others.implode()).fill_null(False)) if len(others) else prices


def _meant(rows: pl.DataFrame, sport: str) -> pl.DataFrame:
    """Add market, selection and line in our words, null where the vendor's have no meaning here."""
    found = rows.join(_words(sport), on="market_key", how="left", maintain_order="left")
    kinds = frozenset(found["_kind"].unique().drop_nulls())
    for step in _meaning(kinds):
        found = found.with_columns(step)
    return found


@cache
def _words(sport: str) -> pl.DataFrame:
    """The vendor's keys of markets, our markets, and the kinds of their outcomes."""
    words = [(key, market, kind) for key, (market, kind) in MARKETS[sport].items()]
    return pl.DataFrame(words, {"market_key": pl.String, "market": pl.String, "_kind": pl.String}, orient="row")


@cache
def _meaning(kinds: frozenset[str]) -> tuple[list[pl.Expr], list[pl.Expr]]:
    """Columns to add, in two steps, to rows of which no market is of another kind."""
    team = pl.col("description")
    of_team = (
        pl.when(team == pl.col("home_team")).then(pl.lit("team_total_home"))
        .when(team == pl.col("away_team")).then(pl.lit("team_total_away"))
    )  # fmt: skip
    told = selection(pl.col("home_team"), pl.col("away_team"), pl.col("name"), pl.col("_kind"), kinds)
    known = [f"{market} {side}" for market, side in SELECTION_CODES]
    named = [
        pl.when(pl.col("_kind") == TEAM_TOTAL).then(of_team).otherwise("market").alias("market"),
        told.alias("selection"),
    ]
    sure = [
        pl.when(pl.concat_str("market", "selection", separator=" ").is_in(known)).then("selection"),
        _line().alias("line"),
        pl.lit(False).alias("is_aggregate"),
        pl.lit("observed").alias("quote_kind"),
    ]
    return named, sure


def _line() -> pl.Expr:
    """The total, or the points that the home side is given: those of the away side turned round; -0 is 0."""
    turned = pl.col("market").is_in(HANDICAPS) & (pl.col("selection") == "away")
    signed = pl.when(turned).then(-pl.col("point")).otherwise("point")
    return pl.when(pl.col("market").is_in(LINED)).then(signed + 0.0)


@cache
def _judging() -> Judging:
    line = pl.col("line")
    no_line = pl.col("market").is_in(LINED) & (line.is_null() | (line.abs() > MAX_LINE) | (line * 4 % 1 != 0))
    unknown = pl.format("'{}' is no market that was asked for.", "market_key")
    no_side = pl.format("'{}' is no selection of {} in this match.", "name", "market_key")
    faults: list[Fault] = [
        ("unknown_market", pl.col("_kind").is_null(), unknown),
        ("unknown_selection", pl.col("market").is_null() | pl.col("selection").is_null(), no_side),
        ("no_line", no_line, pl.format("{} has no readable line on a quarter.", "market_key")),
    ]
    return judging(faults)


def _with_lays(found: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Prices to back, each with the same book's price to lay beside it, and the prices to lay that are refused.

    Those are refused without a price to back, and those that cannot be prices at all.
    """
    lays = found.filter(pl.col("_kind") == LAY)
    if lays.is_empty():
        return found.with_columns(pl.lit(None, pl.Float64).alias("lay_odds_dec")), lays
    backs = found.filter(pl.col("_kind").ne_missing(LAY))
    one = ["event", "bookmaker", "market", "selection"]
    sound = lays.filter(pl.col(REASON).is_null())
    beside = sound.unique(one, keep="last").select(*one, pl.col("price_odds_dec").alias("lay_odds_dec"))
    there = backs.filter(pl.col(REASON).is_null()).select(*one).unique()
    alone = sound.join(there, on=one, how="anti", maintain_order="left").with_columns(
        pl.lit("lay_without_back").alias(REASON),
        pl.format("{} has a price to lay '{}', and none to back it.", "bookmaker", "name").alias(DETAIL),
    )
    return (
        backs.join(beside, on=one, how="left", maintain_order="left"),
        pl.concat([lays.filter(pl.col(REASON).is_not_null()), alone]),
    )
