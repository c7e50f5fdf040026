"""From a scoreboard to silver: games as ESPN sees them, and prices of those that have not begun.

Everything is known when it was seen. Prices of games that have tipped off are not read.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from lake.competitions import Competition
from lake.conform import REASON
from lake.keys import with_selection_key
from sources.base import Parsed, Payload
from sources.espn import reading
from sources.espn.plan import SOURCE
from sources.known import Known
from sources.placing import Fault
from sources.rows import Refused, accepted_of, decimal_odds, refused_of, refused_rows
from sources.stats_nba_com import seasons
from sources.stats_nba_com.judging import judged
from sources.stats_nba_com.matched import with_clubs, with_games

BOOKMAKERS = {
    "DraftKings": "draftkings", "Draft Kings": "draftkings", "ESPN BET": "espn_bet", "ESPN Bet": "espn_bet",
    "Caesars Sportsbook": "caesars", "FanDuel": "fanduel", "BetMGM": "betmgm", "Bet365": "bet365",
    "Bet 365": "bet365", "William Hill": "william_hill", "consensus": "consensus",
}  # fmt: skip
AGGREGATES = ("consensus",)
_PRE_SEASON, _ALL_STAR = 1, "ALLSTAR"
_STATES = {
    "STATUS_SCHEDULED": "scheduled", "STATUS_POSTPONED": "postponed", "STATUS_CANCELED": "cancelled",
    "STATUS_ABANDONED": "abandoned", "STATUS_FINAL": "finished",
}  # fmt: skip
_PHASES = {"pre": "scheduled", "in": "in_play", "post": "finished"}
_LINES = {"spread": 80.0, "totals": 400.0}
_SHOWN = ("book", "market", "selection", "line", "own_line", "said")


def scoreboard(payload: Payload, league: Competition, known: Known) -> Parsed:
    """Rows of vendor_matches and odds_quotes; raises PayloadMalformed."""
    board = reading.read_scoreboard(payload.body)
    counted = board.games.filter(
        pl.col("season_type").ne_missing(_PRE_SEASON) & pl.col("kind").ne_missing(_ALL_STAR)
    )  # fmt: skip
    named = with_clubs(judged(_identified(counted, payload, league), _faults(payload)), known, SOURCE)
    games = with_games(named, known, league)
    accepted = accepted_of(games)
    priced = _quotes(board.prices, accepted, payload)
    return Parsed(
        rows={"vendor_matches": accepted, "odds_quotes": with_selection_key(accepted_of(priced))},
        refused={
            "vendor_matches": pl.concat([refused_rows(board.refused_games), refused_of(games, ())]),
            "odds_quotes": pl.concat([_unread(board.refused_prices), _refused(priced)]),
        },
    )


def _unread(entries: Sequence[Refused]) -> pl.DataFrame:
    """Refused entries of prices, `item` telling those of one game apart."""
    places = pl.int_range(1, pl.len() + 1).cast(pl.String)
    return refused_rows(entries).with_columns(pl.format("entry {}", places).alias("item"))


def _refused(priced: pl.DataFrame) -> pl.DataFrame:
    """Refused prices, `item` telling those of one game apart."""
    return refused_of(priced, _SHOWN).with_columns(priced.filter(pl.col(REASON).is_not_null())["item"])


def _identified(found: pl.DataFrame, payload: Payload, league: Competition) -> pl.DataFrame:
    over = pl.col("phase") == "post"
    state = pl.coalesce(
        pl.col("status").replace_strict(_STATES, default=None, return_dtype=pl.String),
        pl.when(~over | pl.col("is_completed").fill_null(False)).then(
            pl.col("phase").replace_strict(_PHASES, default=None, return_dtype=pl.String)
        ),
    )
    return found.with_columns(
        pl.lit(league.id).alias("competition_id"),
        seasons.code_of_day(seasons.day_of(pl.col("starts_at_utc"))).alias("season_code"),
        pl.col("starts_at_utc").alias("event_at_utc"),
        pl.col("event_id").alias("vendor_match_id"),
        state.alias("state"),
        pl.lit(payload.captured_at_utc).alias("known_at_utc"),
        pl.lit("observed").alias("known_at_basis"),
        *(pl.when(state == "finished").then(f"{side}_score").alias(f"{side}_score") for side in ("home", "away")),
    )


def _faults(payload: Payload) -> list[Fault]:
    turned = pl.col("name") == pl.format("{} at {}", "home_name", "away_name")
    final = pl.col("state") == "finished"
    unscored = pl.col("home_score").is_null() | pl.col("away_score").is_null()
    game = pl.format("'{}' at '{}'", "away_name", "home_name")
    return [
        ("sides_swapped", turned, pl.format("Its own name, '{}', has the clubs the other way round.", "name")),
        ("unknown_state", pl.col("state").is_null(), pl.format("'{}' is no state of a game.", "status")),
        ("clock_skew", final & (pl.col("event_at_utc") > payload.captured_at_utc), game + pl.lit(" is over too soon.")),
        ("no_score", final & unscored, game + pl.lit(" is over and has no score.")),
        (
            "result_contradicts",
            final & (pl.col("home_score") == pl.col("away_score")),
            game + pl.lit(" is over and level."),
        ),
    ]


def _quotes(prices: pl.DataFrame, games: pl.DataFrame, payload: Payload) -> pl.DataFrame:
    """Prices of games that are still to come, each with its first fault; a game that was refused has none."""
    place = ["match_id", "competition_id", "season_code", "event_at_utc", "known_at_utc", "known_at_basis"]
    begun = games.filter(
        (pl.col("event_at_utc") <= payload.captured_at_utc) | pl.col("state").is_in(["postponed", "cancelled"])
    )
    book = pl.col("book").replace(BOOKMAKERS).str.to_lowercase()
    bookmaker = book.str.replace_all(r"[^a-z0-9]+", "_").str.strip_chars("_")
    open_prices = prices.join(begun, on="row_number", how="anti", maintain_order="left")
    quotes = open_prices.join(games.select("row_number", *place), on="row_number", how="left", maintain_order="left")
    return judged(
        quotes.with_columns(
            bookmaker.alias("bookmaker"),
            bookmaker.is_in(AGGREGATES).alias("is_aggregate"),
            pl.lit("observed").alias("quote_kind"),
            pl.concat_str(pl.col("book").fill_null(""), "market", "selection", separator=" ").alias("item"),
            decimal_odds(pl.col("american")).alias("price_odds_dec"),
            pl.lit(None, pl.Datetime("us", "UTC")).alias("quoted_at_utc"),
        ),
        _of_prices(),
    )


def _of_prices() -> list[Fault]:
    line, own = pl.col("line"), pl.col("own_line")
    wants_line = pl.col("market").is_in(list(_LINES))
    limit = pl.col("market").replace_strict(_LINES, default=None, return_dtype=pl.Float64)
    turned = (pl.col("market") == "spread") & (
        ((pl.col("selection") == "away") & (own != -line))
        | (pl.col("is_home_favourite") & (line > 0))
        | (~pl.col("is_home_favourite") & (line < 0))
    )
    apart = (pl.col("market") == "totals") & (own != line)
    sides = pl.col("market") != "totals"
    turned = sides & turned.fill_null(False).any().over("row_number", "bookmaker")
    what = pl.format("{} {} of '{}'", "market", "selection", pl.col("book").fill_null("nobody"))
    return [
        ("game_refused", pl.col("match_id").is_null(), what + pl.lit(": its game was refused.")),
        ("unknown_bookmaker", pl.col("bookmaker").fill_null("") == "", what + pl.lit(": no book is named.")),
        (
            "impossible_price",
            pl.col("price_odds_dec").is_null() | (pl.col("price_odds_dec") <= 1),
            what + pl.format(": '{}' is no American price.", "said"),
        ),
        ("missing_line", wants_line & line.is_null(), what + pl.lit(": it has no line.")),
        ("bad_line", (line.abs() > limit) | (line * 4 % 1 != 0), what + pl.format(": {} is no line.", "line")),
        ("line_contradicts", turned | apart, what + pl.lit(": the lines of the two sides do not fit together.")),
    ]
