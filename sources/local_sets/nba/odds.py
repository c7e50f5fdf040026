"""Closing lines of three sets, none with a book or a time of its own: a benchmark, never a price to bet at.

The sets write the spread in three ways; here it is the points added to the home side. Where a set gives a line and no
price, the price stays null: a customary one would be invented.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from lake.competitions import Competition
from lake.conform import REASON
from lake.keys import with_selection_key
from sources.base import Parsed, Payload
from sources.known import Known
from sources.placing import Fault
from sources.rows import accepted_of, decimal_odds, refused_of, refused_rows
from sources.sheets import read
from sources.stats_nba_com import seasons
from sources.stats_nba_com.judging import judged
from sources.stats_nba_com.matched import with_clubs, with_games

SOURCE = "local_sets"
KAGGLE, KYLESKOM, MEANS = "nba_2008", "kyleskom", "closing_lines"
COLUMNS = {
    KAGGLE: (
        "season", "date", "away", "home", "whos_favored", "spread", "total", "moneyline_away", "moneyline_home",
    ),
    KYLESKOM: ("Date", "Home", "Away", "OU", "Spread", "ML_Home", "ML_Away"),
    MEANS: (
        "home_team", "away_team", "commence_time", "home_ml", "away_ml", "home_spread_price", "away_spread_price",
        "spread_point", "total_over_price", "total_under_price", "total_point",
    ),
}  # fmt: skip
"""By set, the columns that are read; results stand beside them and are not."""

BOOKMAKERS = {KAGGLE: "consensus", KYLESKOM: "consensus_kyleskom", MEANS: "consensus_mean"}
OVERROUNDS = (0.97, 1.35)
_NUMBERS = (
    "home_line", "total_line", "home_moneyline", "away_moneyline", "home_spread_price", "away_spread_price",
    "over_price", "under_price",
)  # fmt: skip
_SHOWN = ("home_name", "away_name", "market", "selection", "line", "american")
_LIMITS = {"spread": 80.0, "totals": 400.0}


def quotes(payload: Payload, league: Competition, known: Known) -> Parsed:
    """Rows of odds_quotes; raises PayloadMalformed."""
    which = kind(payload.url)
    text, unread = read(payload.body, COLUMNS[which])
    named = with_clubs(judged(_in_one_form(text, which, league), _of_games()), known, SOURCE)
    placed = with_games(named, known, league)
    games = judged(placed, _of_doubles())
    priced = judged(_priced(accepted_of(games), which), _of_prices())
    return Parsed(
        rows={"odds_quotes": with_selection_key(accepted_of(priced))},
        refused={
            "odds_quotes": pl.concat([refused_rows(unread), refused_of(games, ()), _refused(priced)], how="diagonal")
        },
    )


def _refused(priced: pl.DataFrame) -> pl.DataFrame:
    """Refused prices, `item` telling those of one line apart."""
    return refused_of(priced, _SHOWN).with_columns(priced.filter(pl.col(REASON).is_not_null())["item"])


def kind(url: str) -> str:
    """Which of the sets a file belongs to."""
    name = url.rsplit("/", 1)[-1]
    return next((which for which in COLUMNS if name.startswith(which)), KAGGLE)


def _in_one_form(text: pl.DataFrame, which: str, league: Competition) -> pl.DataFrame:
    forms = {KAGGLE: _of_kaggle, KYLESKOM: _of_kyleskom, MEANS: _of_means}
    rows = forms[which](text)
    timed = pl.col("tipoff_at_utc").is_not_null()
    day = pl.coalesce(seasons.day_of(pl.col("tipoff_at_utc")), pl.col("_day"))
    nominal = seasons.nominal_tipoff(day)
    return rows.with_columns(
        day.alias("day"),
        pl.lit(league.id).alias("competition_id"),
        seasons.code_of_day(day).alias("season_code"),
        pl.coalesce("tipoff_at_utc", nominal).alias("event_at_utc"),
        pl.when(timed).then("tipoff_at_utc").otherwise(seasons.end_of_day(day)).alias("known_at_utc"),
        pl.lit("date_only").alias("known_at_basis"),
        pl.concat_list(pl.col(f"_{name}_bad") for name in _NUMBERS).list.drop_nulls().list.join(", ").alias("_bad"),
    )


def _of_kaggle(text: pl.DataFrame) -> pl.DataFrame:
    """The spread has no sign, and another column says who is the favourite."""
    favoured = pl.col("whos_favored").replace_strict({"home": -1.0, "away": 1.0}, default=None, return_dtype=pl.Float64)
    columns = {
        "home_line": "spread", "total_line": "total", "home_moneyline": "moneyline_home",
        "away_moneyline": "moneyline_away",
    }  # fmt: skip
    rows = _numbers(text, columns).with_columns((pl.col("home_line") * favoured).alias("home_line"))
    unclear = pl.when(favoured.is_null()).then(pl.lit("whos_favored"))
    return rows.with_columns(
        pl.coalesce("_home_line_bad", unclear).alias("_home_line_bad"),
        *_sides("home", "away"),
        *_dated(pl.col("date")),
    )


def _of_kyleskom(text: pl.DataFrame) -> pl.DataFrame:
    """The spread is what the home side gives: positive where it is the favourite."""
    columns = {"home_line": "Spread", "total_line": "OU", "home_moneyline": "ML_Home", "away_moneyline": "ML_Away"}
    rows = _numbers(text, columns).with_columns((-pl.col("home_line")).alias("home_line"))
    return rows.with_columns(*_sides("Home", "Away"), *_dated(pl.col("Date")))


def _of_means(text: pl.DataFrame) -> pl.DataFrame:
    """Means of several books' American prices, with a tip-off; the spread is the home side's."""
    columns = {
        "home_line": "spread_point", "total_line": "total_point", "home_moneyline": "home_ml",
        "away_moneyline": "away_ml", "home_spread_price": "home_spread_price",
        "away_spread_price": "away_spread_price", "over_price": "total_over_price", "under_price": "total_under_price",
    }  # fmt: skip
    tipoff = pl.col("commence_time").str.to_datetime(
        "%Y-%m-%dT%H:%M:%SZ", time_unit="us", time_zone="UTC", strict=False
    )
    return _numbers(text, columns).with_columns(
        *_sides("home_team", "away_team"),
        tipoff.alias("tipoff_at_utc"),
        pl.lit(None, pl.Date).alias("_day"),
        pl.col("commence_time").alias("_said_day"),
    )


def _numbers(text: pl.DataFrame, columns: dict[str, str]) -> pl.DataFrame:
    """Every number of `_NUMBERS`, null where the set has none; `_<name>_bad` is the column that holds no number."""
    found = []
    for name in _NUMBERS:
        said = columns.get(name)
        value = pl.col(said).cast(pl.Float64, strict=False) if said else pl.lit(None, pl.Float64)
        finite = pl.when(value.is_finite()).then(value)
        bad = (
            pl.when(pl.col(said).is_not_null() & finite.is_null()).then(pl.lit(said))
            if said
            else pl.lit(None, pl.String)
        )
        found += [finite.alias(name), bad.alias(f"_{name}_bad")]
    return text.with_columns(found)


def _sides(home: str, away: str) -> tuple[pl.Expr, pl.Expr]:
    return pl.col(home).alias("home_name"), pl.col(away).alias("away_name")


def _dated(said: pl.Expr) -> tuple[pl.Expr, pl.Expr, pl.Expr]:
    day = said.str.to_date("%Y-%m-%d", strict=False)
    return day.alias("_day"), said.alias("_said_day"), pl.lit(None, pl.Datetime("us", "UTC")).alias("tipoff_at_utc")


def _of_games() -> list[Fault]:
    return [
        ("bad_date", pl.col("day").is_null(), pl.format("'{}' is no day.", pl.col("_said_day").fill_null(""))),
        ("unreadable_number", pl.col("_bad") != "", pl.format("No number stands in {}.", "_bad")),
    ]


def _of_doubles() -> list[Fault]:
    """Two lines of one game that differ: one of them was taken while it was played, and nothing says which."""
    differ = pl.struct("event_at_utc", *_NUMBERS).n_unique().over("match_id") > 1
    known = pl.col("match_id").is_not_null()
    return [("contradicting_rows", known & differ, pl.format("{} has two lines that differ.", "match_id"))]


def _priced(games: pl.DataFrame, which: str) -> pl.DataFrame:
    """One row a price that a game has, or a line where the set has lines alone."""
    none = pl.lit(None, pl.Float64)
    stated = which == MEANS
    spreads = [pl.col(f"{side}_spread_price") if stated else none for side in ("home", "away")]
    totals = [pl.col(f"{side}_price") if stated else none for side in ("over", "under")]
    moneylines = [pl.col("home_moneyline"), pl.col("away_moneyline")]
    markets = [
        *_market(games, "moneyline", ("home", "away"), none, moneylines),
        *_market(games.drop_nulls("home_line"), "spread", ("home", "away"), pl.col("home_line"), spreads),
        *_market(games.drop_nulls("total_line"), "totals", ("over", "under"), pl.col("total_line"), totals),
    ]
    has_price = pl.col("american").is_not_null()
    is_line_alone = (pl.col("market") != "moneyline") & (not stated)
    parts = [market.filter(has_price | is_line_alone) for market in markets]
    return pl.concat(parts).with_columns(
        decimal_odds(pl.col("american")).alias("price_odds_dec"),
        pl.lit(BOOKMAKERS[which]).alias("bookmaker"),
        pl.lit(True).alias("is_aggregate"),
        pl.lit("closing").alias("quote_kind"),
        pl.concat_str("market", "selection", separator=" ").alias("item"),
    )


def _market(
    games: pl.DataFrame, market: str, selections: Sequence[str], line: pl.Expr, prices: Sequence[pl.Expr]
) -> list[pl.DataFrame]:
    """Both sides of one market, priced or not; `_overround` where both prices are there."""
    both = pl.sum_horizontal([1 / decimal_odds(price) for price in prices], ignore_nulls=False)
    kept = [
        "row_number", "match_id", "competition_id", "season_code", "event_at_utc", "known_at_utc", "known_at_basis",
        "home_name", "away_name",
    ]  # fmt: skip
    return [
        games.select(
            *kept,
            pl.lit(market).alias("market"),
            pl.lit(selection).alias("selection"),
            line.alias("line"),
            price.alias("american"),
            both.alias("_overround"),
        )
        for selection, price in zip(selections, prices, strict=True)
    ]


def _of_prices() -> list[Fault]:
    limit = pl.col("market").replace_strict(_LIMITS, default=None, return_dtype=pl.Float64)
    line, price = pl.col("line"), pl.col("price_odds_dec")
    what = pl.format("{} {} of '{}' at '{}': ", "market", "selection", "away_name", "home_name")
    off = (line.abs() > limit) | (line * 4 % 1 != 0)
    return [
        (
            "impossible_price",
            pl.col("american").is_not_null() & (price.is_null() | (price <= 1)),
            what + pl.format("{} is no price.", "american"),
        ),
        ("bad_line", off, what + pl.format("{} is no line.", "line")),
        (
            "prices_contradict",
            ~pl.col("_overround").is_between(*OVERROUNDS),
            what + pl.format("both sides add up to {}.", pl.col("_overround").round(3)),
        ),
    ]
