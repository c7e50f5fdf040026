"""Sums of silver that expectations are held against: vectorised, a few rows each, and of the named seasons only.

A measure's frame has one row a league and season, or finer where its docstring says so. What was known later than
`as_of` is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl

from lake.storage import Lake

_PLAYED = ("finished", "corrected")
_LEAGUE = ("competition_id", "season_code")


@dataclass(frozen=True)
class Scope:
    """Which part of a sport's silver is looked at."""

    lake: Lake
    sport: str
    seasons: tuple[str, ...]
    as_of: datetime

    def rows(self, entity: str) -> pl.LazyFrame:
        """Rows of these seasons that were known."""
        scanned = self.lake.table(f"silver.{self.sport}.{entity}").scan()
        return scanned.filter(pl.col("season_code").is_in(self.seasons), pl.col("known_at_utc") <= self.as_of)

    def matches(self) -> pl.LazyFrame:
        """The newest known state of each match."""
        return self.rows("matches").sort("known_at_utc").unique("match_id", keep="last")


def current_seasons(lake: Lake, sport: str, as_of: datetime, days: float = 120) -> tuple[str, ...]:
    """Seasons with a match in the days before `as_of` or in the 30 after it; else the newest one, if any."""
    spans = lake.table(f"silver.{sport}.matches").scan().group_by("season_code").agg(
        pl.col("event_at_utc").min().alias("first"), pl.col("event_at_utc").max().alias("last")
    ).sort("last").collect()  # fmt: skip
    near = (pl.col("first") <= as_of + timedelta(days=30)) & (pl.col("last") >= as_of - timedelta(days=days))
    return tuple(spans.filter(near)["season_code"]) or tuple(spans["season_code"].tail(1))


def overround(scope: Scope, low: float, high: float, markets: Mapping[str, Sequence[str]]) -> pl.DataFrame:
    """One row a league, season, book, market and kind of quote: sums of reciprocal prices, and the share outside.

    A price stands until the book's next one, so that each moment has the prices of all selections. Aggregates are left
    out: maxima of many books may well sum to less than 1.
    """
    quotes = scope.rows("odds_quotes").filter(~pl.col("is_aggregate"))
    told = [_sums(quotes.filter(pl.col("market") == market), names) for market, names in markets.items()]
    sums = pl.concat(told).with_columns(((pl.col("sum") < low) | (pl.col("sum") > high)).alias("is_outside"))
    found = sums.group_by(*_LEAGUE, "bookmaker", "market", "quote_kind").agg(
        pl.len().alias("markets"),
        pl.col("is_outside").sum().alias("outside"),
        pl.col("is_outside").mean().alias("outside_share"),
        pl.col("sum").min().alias("lowest"),
        pl.col("sum").max().alias("highest"),
        pl.col("match_id").filter("is_outside").min().alias("such_as"),
    )
    return _worst_first(found, "outside_share", (*_LEAGUE, "bookmaker", "market", "quote_kind"))


def _sums(quotes: pl.LazyFrame, selections: Sequence[str]) -> pl.LazyFrame:
    """The sum of reciprocal prices at each moment of a book's market; none before all selections are priced."""
    book = (*_LEAGUE, "match_id", "market", "line", "bookmaker", "quote_kind")
    names, inverse = [f"_{selection}" for selection in selections], 1 / pl.col("price_odds_dec")
    moments = quotes.group_by(*book, "known_at_utc").agg(
        inverse.filter(pl.col("selection") == selection).last().alias(f"_{selection}") for selection in selections
    )
    standing = moments.sort("known_at_utc").with_columns(pl.col(names).forward_fill().over(book))
    total = pl.sum_horizontal(names, ignore_nulls=False).alias("sum")
    return standing.select(*book, total).drop_nulls("sum")


def kick_off_in_season(scope: Scope, across_years: Sequence[str], one_year: Sequence[str]) -> pl.DataFrame:
    """Matches whose kick-off lies outside the season: `across_years` bounds 2023-24, `one_year` 2024.

    Bounds are month and day: the first day in the season's first year, the last one in the year after it.
    """
    spans = [_span(season, across_years if "-" in season else one_year) for season in scope.seasons]
    bounds = pl.LazyFrame(spans, schema={"season_code": pl.String, "first": pl.Date, "last": pl.Date}, orient="row")
    day = pl.col("event_at_utc").dt.date()
    judged = scope.matches().join(bounds, on="season_code").with_columns(
        ((day < pl.col("first")) | (day > pl.col("last"))).alias("is_outside")
    )  # fmt: skip
    return judged.group_by(_LEAGUE).agg(
        pl.len().alias("matches"),
        pl.col("is_outside").sum().alias("outside"),
        pl.col("event_at_utc").min().alias("earliest_at_utc"),
        pl.col("event_at_utc").max().alias("latest_at_utc"),
        pl.col("match_id").filter("is_outside").min().alias("such_as"),
    ).sort(_LEAGUE).collect()  # fmt: skip


def _span(season: str, bounds: Sequence[str]) -> tuple[str, date, date]:
    year = int(season[:4])
    return season, date.fromisoformat(f"{year}-{bounds[0]}"), date.fromisoformat(f"{year + 1}-{bounds[1]}")


def half_time(scope: Scope, pairs: Sequence[Sequence[str]]) -> pl.DataFrame:
    """Matches with more goals at half time than at full time; each pair names the two columns of a side."""
    contradicts = pl.any_horizontal(pl.col(half) > pl.col(full) for half, full in pairs).fill_null(False)
    played = scope.matches().filter(pl.col("state").is_in(_PLAYED)).with_columns(contradicts.alias("contradicts"))
    return played.group_by(_LEAGUE).agg(
        pl.len().alias("matches"),
        pl.col("contradicts").sum().alias("contradicting"),
        pl.col("match_id").filter("contradicts").min().alias("such_as"),
    ).sort(_LEAGUE).collect()  # fmt: skip


def one_closing_price(scope: Scope) -> pl.DataFrame:
    """One row a league, season, book and market: selections with a closing price, and those with several of them."""
    closing = scope.rows("odds_quotes").filter(pl.col("quote_kind") == "closing")
    by = (*_LEAGUE, "bookmaker", "market")
    told = closing.group_by(*by, "match_id", "selection_key").agg((pl.len() > 1).alias("is_repeated"))
    found = told.group_by(by).agg(
        pl.len().alias("selections"),
        pl.col("is_repeated").sum().alias("repeated"),
        pl.col("is_repeated").mean().alias("repeated_share"),
        pl.col("match_id").filter("is_repeated").min().alias("such_as"),
    )
    return _worst_first(found, "repeated_share", by)


def _worst_first(found: pl.LazyFrame, measure: str, by: Sequence[str]) -> pl.DataFrame:
    return found.sort(measure, *by, descending=[True] + [False] * len(by)).collect()


def coverage(scope: Scope, before: float, now: float, weeks: int, minimum_matches: int) -> pl.DataFrame:
    """One row a league and book: its share of matches quoted before kick-off, newest week against the weeks before.

    The newest week is the last one with enough matches played. `has_fallen`: at least `before` then, below `now` since.
    """
    played = scope.matches().filter(pl.col("state").is_in(_PLAYED), pl.col("event_at_utc") <= scope.as_of)
    week = pl.col("event_at_utc").dt.truncate("1w").alias("week")
    in_weeks = played.select("competition_id", "match_id", "event_at_utc", week).collect()
    sizes = in_weeks.group_by("competition_id", "week").len().filter(pl.col("len") >= minimum_matches)
    newest = sizes.group_by("competition_id").agg(pl.col("week").max().alias("newest"))
    since = pl.col("newest") - pl.duration(weeks=weeks)
    recent = in_weeks.join(newest, on="competition_id").filter(pl.col("week").is_between(since, "newest"))
    recent = recent.with_columns((pl.col("week") == pl.col("newest")).alias("is_now"))
    told = _shares(recent, _quoted(scope, recent))
    fallen = (pl.col("share_before") >= before) & (pl.col("share_now") < now)
    return _worst_first(
        told.lazy().with_columns(fallen.alias("has_fallen")), "has_fallen", ("competition_id", "bookmaker")
    )


def _quoted(scope: Scope, matches: pl.DataFrame) -> pl.DataFrame:
    """Which books quoted which matches before kick-off."""
    quotes = scope.rows("odds_quotes").filter(~pl.col("is_aggregate")).select("match_id", "bookmaker", "known_at_utc")
    first = quotes.group_by("match_id", "bookmaker").agg(pl.col("known_at_utc").min())
    timely = pl.col("known_at_utc") <= pl.col("event_at_utc")
    return first.join(matches.lazy(), on="match_id").filter(timely).collect()


def _shares(matches: pl.DataFrame, quoted: pl.DataFrame) -> pl.DataFrame:
    """Shares of each book that quoted any of these matches; leagues without weeks before are left out."""
    is_now = pl.col("is_now")
    sizes = matches.group_by("competition_id", "newest").agg(
        is_now.sum().alias("matches_now"), (~is_now).sum().alias("matches_before")
    )  # fmt: skip
    counts = quoted.group_by("competition_id", "bookmaker").agg(
        is_now.sum().alias("now"), (~is_now).sum().alias("before")
    )  # fmt: skip
    told = counts.join(sizes.filter(pl.col("matches_before") > 0), on="competition_id")
    return told.select(
        "competition_id", "bookmaker", pl.col("newest").dt.date().alias("week"), "matches_before", "matches_now",
        (pl.col("before") / pl.col("matches_before")).alias("share_before"),
        (pl.col("now") / pl.col("matches_now")).alias("share_now"),
    )  # fmt: skip


def players_add_up(scope: Scope, statistic: str) -> pl.DataFrame:
    """Games and teams whose players' sum of a statistic differs from the team's own; those without players are none."""
    side = ("match_id", "team_id")
    newest = scope.rows("player_stats").sort("known_at_utc").unique(["match_id", "player_id"], keep="last")
    players = newest.group_by(side).agg(pl.col(statistic).sum().alias("_players"))
    teams = scope.rows("team_stats").sort("known_at_utc").unique(side, keep="last")
    judged = teams.join(players, on=side).with_columns((pl.col("_players") != pl.col(statistic)).alias("differs"))
    return judged.group_by(_LEAGUE).agg(
        pl.len().alias("sides"),
        pl.col("differs").sum().alias("differing"),
        pl.col("match_id").filter("differs").min().alias("such_as"),
    ).sort(_LEAGUE).collect()  # fmt: skip


MEASURES: Mapping[str, Callable[..., pl.DataFrame]] = {
    measure.__name__: measure
    for measure in (overround, kick_off_in_season, half_time, one_closing_price, coverage, players_add_up)
}


def measured(scope: Scope, name: str, parameters: Mapping[str, Any]) -> pl.DataFrame:
    """What a measure gives with these parameters."""
    return MEASURES[name](scope, **parameters)
