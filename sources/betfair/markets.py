"""From the catalogue to markets of matches: which match an event is, and what each runner of a market stands for.

Books and streams carry numbers only; silver's exchange_markets, which is filled here, gives them their meaning.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

import polars as pl

from lake.competitions import Competition
from lake.conform import DETAIL, REASON
from sources.placing import refuse
from sources.rows import UTC_TIME, accepted_of, refused_of

Placed = Callable[[pl.DataFrame], pl.DataFrame]

EVENT_TYPES = {"football": "1", "basketball": "7522"}
HANDICAP_TYPES = {"ASIAN_HANDICAP": "asian_handicap", "HANDICAP": "spread"}
LINE_IN_HANDICAP = ("ALT_TOTAL_GOALS", "COMBINED_TOTAL")
MARKET_TYPES = {
    "football": {"MATCH_ODDS": "1x2", "ASIAN_HANDICAP": "asian_handicap", "ALT_TOTAL_GOALS": "totals"},
    "basketball": {"MATCH_ODDS": "moneyline", "HANDICAP": "spread", "COMBINED_TOTAL": "totals"},
}
TOTALS_OF_GOALS = r"^OVER_UNDER_\d+$"
DRAW = "The Draw"
_SHOWN = (
    "market_id", "market_type", "competition_name", "event_name", "open_date", "selection_id", "runner_name",
    "handicap",
)  # fmt: skip
_RUNNER = (
    "vendor_match_id", "market_id", "selection_id", "handicap", "runner_name", "market", "selection", "line",
)  # fmt: skip
_MATCH = ("match_id", "competition_id", "season_code", "event_at_utc", "known_at_utc", "known_at_basis")


def candidates(runners: pl.DataFrame, leagues: Mapping[str, Competition], sport: str, source: str) -> pl.DataFrame:
    """Runners of the markets that we read, of competitions of ours; the rest is no candidate for silver.

    Adds `market`, null where a type is not read, and the sides by the event's name: `Arsenal v Chelsea`, or
    visitors first in `Boston Celtics @ Miami Heat`.
    """
    codes = [str(league.vendors[source]["competition"]) for league in leagues.values() if source in league.vendors]
    kind = pl.col("market_type")
    market = kind.replace_strict(MARKET_TYPES[sport], default=None, return_dtype=pl.String)
    if sport == "football":
        market = pl.when(kind.str.contains(TOTALS_OF_GOALS)).then(pl.lit("totals")).otherwise(market)
    at_home = pl.col("event_name").str.extract_groups(r"^(.+?) (?:v|vs) (.+)$")
    away = pl.col("event_name").str.extract_groups(r"^(.+?) @ (.+)$")
    named = runners.with_columns(
        market.alias("market"),
        pl.coalesce(at_home.struct.field("1"), away.struct.field("2")).str.strip_chars().alias("home_name"),
        pl.coalesce(at_home.struct.field("2"), away.struct.field("1")).str.strip_chars().alias("away_name"),
        pl.col("competition").alias("league"),
        pl.coalesce("market_start_time", "open_date").alias("event_at_utc"),
    )
    return named.filter(
        (pl.col("event_type_id") == EVENT_TYPES[sport])
        & pl.col("market").is_not_null()
        & pl.col("competition").is_in(codes)
    )


def exchange_markets(runners: pl.DataFrame, place: Placed, captured_at: datetime) -> pl.DataFrame:
    """Candidates with match, selection and line, `_reason` and `_detail`: one row a runner of a market.

    `place` gives events their match and faults (`sources.events.placed`).
    """
    lost = pl.any_horizontal(pl.col("event_id", "home_name", "away_name", "event_at_utc").is_null())
    events = runners.select("event_id", "league", "home_name", "away_name", "event_at_utc").unique(maintain_order=True)
    said = pl.lit("The market names no event of two sides, or no time.")
    judged = events.with_columns(
        pl.when(lost).then(pl.lit("missing_field")).alias(REASON), pl.when(lost).then(said).alias(DETAIL)
    )
    on = ["event_id", "home_name", "away_name", "league", "event_at_utc"]
    found = runners.join(place(judged), on=on, how="left", nulls_equal=True, maintain_order="left")
    told = found.with_columns(
        _selection().alias("selection"),
        pl.lit(captured_at, UTC_TIME).alias("known_at_utc"),
        pl.lit("observed").alias("known_at_basis"),
    ).with_columns(_line().alias("line"))
    unknown = pl.format("'{}' is no selection of {} in {}.", "runner_name", "market_type", "event_name")
    no_line = pl.format("'{}' of {} has no line on a quarter.", "runner_name", "market_type")
    line = pl.col("line")
    return refuse(
        told,
        [
            ("unknown_selection", pl.col("selection").is_null(), unknown),
            ("no_line", _has_line() & (line.is_null() | (line.abs() > 500) | (line * 4 % 1 != 0)), no_line),
        ],
    )


def split(markets: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows of silver exchange_markets, and refused ones."""
    rows = accepted_of(markets).with_columns(pl.col("event_id").alias("vendor_match_id"))
    return rows.select(*_MATCH, *_RUNNER), refused_of(markets, _SHOWN)


def vendor_matches(markets: pl.DataFrame) -> pl.DataFrame:
    """Rows of silver vendor_matches: the events of sound markets, as they are listed before they begin."""
    rows = accepted_of(markets).unique("event_id", keep="first", maintain_order=True)
    state = pl.when(pl.col("event_at_utc") > pl.col("known_at_utc")).then(pl.lit("scheduled"))
    none = [pl.lit(None, kind).alias(name) for name, kind in _ABSENT.items()]
    return rows.select(
        *_MATCH, pl.col("event_id").alias("vendor_match_id"), "home_team_id", "away_team_id", "home_name", "away_name",
        state.otherwise(pl.lit("in_play")).alias("state"), *none,
    )  # fmt: skip


_ABSENT = {"home_score": pl.Int64(), "away_score": pl.Int64(), "venue": pl.String()}


def _selection() -> pl.Expr:
    """Home, away or draw by name, over or under by the first word."""
    name, market = pl.col("runner_name"), pl.col("market")
    side = (
        pl.when(name == pl.col("home_name")).then(pl.lit("home"))
        .when(name == pl.col("away_name")).then(pl.lit("away"))
        .when((name == DRAW) & (market == "1x2")).then(pl.lit("draw"))
    )  # fmt: skip
    word = name.str.to_lowercase().str.extract(r"^(over|under)\b")
    return pl.when(market == "totals").then(word).otherwise(side)


def _line() -> pl.Expr:
    """The total of the runner's name or handicap, or the points given to the home side."""
    handicap, market = pl.col("handicap"), pl.col("market")
    named = pl.col("runner_name").str.extract(r"(\d+(?:\.\d+)?)").cast(pl.Float64, strict=False)
    total = pl.when(pl.col("market_type").is_in(LINE_IN_HANDICAP)).then(handicap).otherwise(named)
    turned = pl.when(pl.col("selection") == "away").then(-handicap).otherwise(handicap) + 0.0
    return pl.when(market == "totals").then(total).when(_has_line()).then(turned)


def _has_line() -> pl.Expr:
    return pl.col("market").is_in(["totals", *HANDICAP_TYPES.values()])
