"""From outcomes to prices of matches: market, selection, line, the lay side of an exchange, and refused ones."""

from __future__ import annotations

import polars as pl

from core.market.markets import SELECTION_CODES
from lake.conform import DETAIL, REASON
from lake.keys import with_selection_key
from sources.rows import accepted_of, refused_of
from sources.the_odds_api.markets import HANDICAPS, LAY, LINED, MARKETS, PROP, TEAM_TOTAL, UNREAD, selection
from sources.the_odds_api.pricing import SHOWN, Asked, Fault, judged, priced, without_clashes

MAX_LINE = 500.0


def quotes(
    prices: pl.DataFrame, events: pl.DataFrame, asked: Asked, sport: str
) -> tuple[pl.DataFrame, pl.DataFrame]:  # fmt: skip
    """Rows of silver odds_quotes, and refused ones, of one payload's prices; player props are left to `props.py`.

    `events` has the columns of `pricing.EVENT_FACTS` with `_reason` and `_detail`.
    """
    own = prices.filter(~pl.col("market").str.contains(PROP).fill_null(False) & ~_unread(sport))
    meant = _meant(priced(own, events, asked), sport)
    found = judged(meant, _faults())
    lays, backs = found.filter(pl.col("_kind") == LAY), found.filter(pl.col("_kind").ne_missing(LAY))
    backs, lays = _with_lays(backs, lays)
    sound = with_selection_key(backs.filter(pl.col(REASON).is_null()))
    clashed = without_clashes(sound, ["selection_key"])
    bad = [backs.filter(pl.col(REASON).is_not_null()), lays, clashed]
    return accepted_of(clashed).select(_SILVER), pl.concat([refused_of(rows, SHOWN) for rows in bad])


_SILVER = (
    "match_id", "competition_id", "season_code", "event_at_utc", "known_at_utc", "known_at_basis", "selection_key",
    "market", "selection", "line", "bookmaker", "is_aggregate", "quote_kind", "price_odds_dec", "quoted_at_utc",
    "lay_odds_dec",
)  # fmt: skip


def _unread(sport: str) -> pl.Expr:
    market = pl.col("market")
    return (market.str.contains(UNREAD) & ~market.is_in(list(MARKETS[sport]))).fill_null(False)


def _meant(rows: pl.DataFrame, sport: str) -> pl.DataFrame:
    """Add market, selection and line in our words, null where the vendor's have no meaning here."""
    words = pl.DataFrame(
        [(key, market, kind) for key, (market, kind) in MARKETS[sport].items()],
        schema={"market_key": pl.String, "market": pl.String, "_kind": pl.String},
        orient="row",
    )
    team = pl.col("description")
    of_team = (
        pl.when(team == pl.col("home_team")).then(pl.lit("team_total_home"))
        .when(team == pl.col("away_team")).then(pl.lit("team_total_away"))
    )  # fmt: skip
    told = selection(pl.col("home_team"), pl.col("away_team"), pl.col("name"), pl.col("_kind"))
    known = [f"{market} {side}" for market, side in SELECTION_CODES]
    return (
        rows.join(words, on="market_key", how="left", maintain_order="left")
        .with_columns(
            pl.when(pl.col("_kind") == TEAM_TOTAL).then(of_team).otherwise("market").alias("market"),
            told.alias("selection"),
        )
        .with_columns(
            pl.when(pl.concat_str("market", "selection", separator=" ").is_in(known)).then("selection"),
            _line().alias("line"),
            pl.lit(False).alias("is_aggregate"),
            pl.lit("observed").alias("quote_kind"),
        )
    )


def _line() -> pl.Expr:
    """The total, or the points that the home side is given: those of the away side turned round; -0 is 0."""
    turned = pl.col("market").is_in(HANDICAPS) & (pl.col("selection") == "away")
    signed = pl.when(turned).then(-pl.col("point")).otherwise("point")
    return pl.when(pl.col("market").is_in(LINED)).then(signed + 0.0)


def _faults() -> list[Fault]:
    line = pl.col("line")
    no_line = pl.col("market").is_in(LINED) & (line.is_null() | (line.abs() > MAX_LINE) | (line * 4 % 1 != 0))
    unknown = pl.format("'{}' is no market that was asked for.", "market_key")
    no_side = pl.format("'{}' is no selection of {} in this match.", "name", "market_key")
    return [
        ("unknown_market", pl.col("_kind").is_null(), unknown),
        ("unknown_selection", pl.col("market").is_null() | pl.col("selection").is_null(), no_side),
        ("no_line", no_line, pl.format("{} has no readable line on a quarter.", "market_key")),
    ]


def _with_lays(backs: pl.DataFrame, lays: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Put prices to lay beside the same book's prices to back; those without are refused, as is what they cannot be."""
    if lays.is_empty():
        return backs.with_columns(pl.lit(None, pl.Float64).alias("lay_odds_dec")), lays
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
