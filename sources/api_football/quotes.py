"""From the vendor's bets to quotes: markets, selections, lines, and what makes a price worthless."""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl

from lake.keys import slug, with_selection_key
from sources.placing import refuse
from sources.rows import accepted_of

STALE_HOURS, SKEW_MINUTES = 24, 10
_OVERROUND = (0.97, 1.35)
_SURE, _DOUBTFUL = 0.9, 0.6
_OFFER = ["vendor_match_id", "bookmaker"]
_SIDES = {"Home": "home", "Draw": "draw", "Away": "away"}
_SELECTIONS = {
    "Match Winner": ("1x2", _SIDES),
    "Home/Away": ("draw_no_bet", {"Home": "home", "Away": "away"}),
    "Goals Over/Under": ("totals", {"Over": "over", "Under": "under"}),
    "Asian Handicap": ("asian_handicap", {"Home": "home", "Away": "away"}),
    "Both Teams Score": ("both_to_score", {"Yes": "yes", "No": "no"}),
    "Both Teams To Score": ("both_to_score", {"Yes": "yes", "No": "no"}),
    "Double Chance": (
        "double_chance", {"Home/Draw": "home_draw", "Home/Away": "home_away", "Draw/Away": "draw_away"},
    ),
    "Total - Home": ("team_total_home", {"Over": "over", "Under": "under"}),
    "Total - Away": ("team_total_away", {"Over": "over", "Under": "under"}),
}  # fmt: skip
BETS = tuple(_SELECTIONS)
"""The bets that are read, as the vendor calls them; every other one is no candidate."""

_WITH_LINE = ("totals", "asian_handicap", "team_total_home", "team_total_away")
_CODES = {
    f"{bet}|{value}": f"{market}|{selection}"
    for bet, (market, values) in _SELECTIONS.items()
    for value, selection in values.items()
}


def quotes(rows: pl.DataFrame, captured_at: datetime) -> pl.DataFrame:
    """Quotes of the bets that are read, with `_reason` and `_detail`; `selection_key` stands with the good ones only.

    `rows` as `reading.read_odds` gives them, with match and kick-off known or refused.
    """
    said = pl.coalesce(pl.concat_str("value", pl.lit(" "), "handicap"), "value").str.extract_groups(
        r"^\s*(?<word>[A-Za-z/]+)\s*(?<line>[+-]?\d+(?:\.\d+)?)?\s*$"
    )
    code = pl.concat_str(pl.col("bet"), pl.lit("|"), said.struct.field("word"))
    meant = code.replace_strict(_CODES, default=None, return_dtype=pl.String).str.split_exact("|", 1)
    read = rows.filter(pl.col("bet").is_in(BETS)).with_columns(
        meant.struct.field("field_0").alias("market"),
        meant.struct.field("field_1").alias("selection"),
        said.struct.field("line").cast(pl.Float64, strict=False).alias("_said_line"),
        pl.col("odd").cast(pl.Float64, strict=False).alias("price_odds_dec"),
        pl.col("bookmaker").map_elements(bookmaker, return_dtype=pl.String),
    )
    return _judged(_with_lines(read), captured_at).with_columns(
        pl.lit("observed").alias("quote_kind"), pl.lit(False).alias("is_aggregate")
    )


def keyed(rows: pl.DataFrame) -> pl.DataFrame:
    """The good quotes among these with their `selection_key`."""
    return with_selection_key(accepted_of(rows))


def bookmaker(name: str) -> str:
    """`William Hill` → `william_hill`."""
    return slug(name).replace("-", "_")


def _with_lines(rows: pl.DataFrame) -> pl.DataFrame:
    """Add `line`; of a handicap it is the home side's, null where it cannot be told whose line an away price has."""
    handicap, away = pl.col("market") == "asian_handicap", pl.col("selection") == "away"
    signs = _away_signs(rows.filter(handicap & (pl.col("_said_line") != 0) & (pl.col("price_odds_dec") > 1)))
    joined = rows.join(signs, on=_OFFER, how="left", maintain_order="left")
    sign = pl.when(pl.col("_said_line") == 0).then(0.0).when(away).then("_sign").otherwise(pl.col("_sign").abs())
    line = pl.when(handicap).then(pl.col("_said_line") * sign + 0.0).otherwise("_said_line")
    return joined.with_columns(pl.when(pl.col("market").is_in(_WITH_LINE)).then(line).alias("line")).drop("_sign")


def _away_signs(told: pl.DataFrame) -> pl.DataFrame:
    """Whose line a book's away prices carry, by match and book: 1 the home side's, -1 their own, null where unclear.

    Both ways are in use; only one of them gives pairs of prices whose overrounds a book can live with.
    """
    shares = told.select(_OFFER).unique(maintain_order=True)
    for name, sign in (("_shared", 1), ("_own", -1)):
        shares = shares.join(_sound_share(told, sign).rename({"_sound": name}), on=_OFFER, how="left")
    shared, own = pl.col("_shared").fill_null(0.0), pl.col("_own").fill_null(0.0)
    is_shared, is_own = (shared >= _SURE) & (own <= _DOUBTFUL), (own >= _SURE) & (shared <= _DOUBTFUL)
    away_sign = pl.when(is_shared).then(1.0).when(is_own).then(-1.0)
    return shares.select(*_OFFER, away_sign.alias("_sign"))


def _sound_share(told: pl.DataFrame, sign: int) -> pl.DataFrame:
    """The share of a book's pairs with a plausible overround, the away side's lines taken with this sign."""
    side, line = pl.col("selection"), pl.col("_said_line")
    home = told.filter(side == "home").select(*_OFFER, "_said_line", pl.col("price_odds_dec").alias("_home"))
    away = told.filter(side == "away").select(*_OFFER, line * sign, pl.col("price_odds_dec").alias("_away"))
    overround = 1 / pl.col("_home") + 1 / pl.col("_away")
    pairs = home.join(away, on=[*_OFFER, "_said_line"], how="inner")
    return pairs.group_by(_OFFER).agg(overround.is_between(*_OVERROUND).mean().alias("_sound"))


def _judged(rows: pl.DataFrame, captured_at: datetime) -> pl.DataFrame:
    quoted, price, line = pl.col("quoted_at_utc"), pl.col("price_odds_dec"), pl.col("line")
    needs_line = pl.col("market").is_in(_WITH_LINE)
    stale, late = captured_at - timedelta(hours=STALE_HOURS), captured_at + timedelta(minutes=SKEW_MINUTES)
    shown = pl.format("{} '{}'", "bet", "value")
    return refuse(
        rows,
        [
            ("after_kickoff", pl.col("event_at_utc") <= captured_at, pl.format("Kick-off was at {}.", "event_at_utc")),
            ("clock_skew", quoted > late, pl.format("The price is of {}, later than its capture.", quoted)),
            ("stale_price", quoted < stale, pl.format("The price is of {}, over 24 hours old.", quoted)),
            ("unknown_selection", pl.col("selection").is_null(), pl.format("{} is no selection we know.", shown)),
            ("bad_line", needs_line & pl.col("_said_line").is_null(), pl.format("{} has no line.", shown)),
            ("unclear_line", needs_line & line.is_null(), pl.format("{}: whose line is not clear.", shown)),
            ("bad_line", (line.abs() > 500) | (line * 4 % 1 != 0), pl.format("{} is off a quarter.", shown)),
            ("unreadable_price", price.is_null() | ~price.is_finite(), pl.format("'{}' is no price.", "odd")),
            ("impossible_price", price <= 1, pl.format("Nobody offers {}.", "odd")),
        ],
    )
