"""Prices of the games (moneyline, spread, total) and of player props, from what the books believe."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from sandbox.arrays import Floats, Ints, stream
from sandbox.moments import UTC_TIME
from sandbox.nba.books import PROP_MARGIN_MORE, US_BOOKS, american, decimal_odds, normal_share
from sandbox.nba.expect import MARGIN_SD, TOTAL_SD, player_means
from sandbox.nba.league import NbaLeague
from sandbox.nba.market import BookView

PROP_MINUTES = 20.0
PROP_ERROR_SD = 0.02
VARIANCE_OF_MEAN = {"points": 1.83, "rebounds": 1.03, "assists": 1.01, "threes": 0.76, "pra": 1.74}
FEWEST, MOST = 0.01, 100
PROP_SHARES = (0.28, 0.72)


def game_prices(views: list[BookView], league: NbaLeague) -> pl.DataFrame:
    """Return the prices of the games in the columns of `Universe.nba_prices`."""
    frames = [frame for view in views for frame in _of_a_book(view, league)]
    return pl.concat(frames).sort("game_id", maintain_order=True) if frames else _empty()


def _empty() -> pl.DataFrame:
    texts = dict.fromkeys(("book", "market", "selection"), pl.String)
    numbers = {"line": pl.Float64, "price": pl.Float64, "american": pl.Int64}
    return pl.DataFrame(schema={"game_id": pl.String, **texts, **numbers, "quoted_at_utc": UTC_TIME})


def _of_a_book(view: BookView, league: NbaLeague) -> Iterator[pl.DataFrame]:
    margin, total = view.means.margin + view.errors[:, 0], view.means.total + view.errors[:, 1]
    spread, line = -np.round(2.0 * margin) / 2.0, np.round(2.0 * total) / 2.0
    ids = league.games["game_id"].gather(view.games)
    wins = _wins(margin / MARGIN_SD, 0.0 * margin)
    yield _rows(view, ids, "moneyline", ("home", "away"), None, wins)
    push = np.where(spread % 1.0 == 0.0, 0.5, 0.0)
    yield _rows(view, ids, "spread", ("home", "away"), spread, _wins((margin + spread) / MARGIN_SD, push / MARGIN_SD))
    push = np.where(line % 1.0 == 0.0, 0.5, 0.0)
    yield _rows(view, ids, "total", ("over", "under"), line, _wins((total - line) / TOTAL_SD, push / TOTAL_SD))


def _wins(distance: Floats, push: Floats) -> Floats:
    """Return two-way probabilities (n, 2) where a band of `push` to either side of the line returns the stake."""
    won, lost = normal_share(distance - push), normal_share(-distance - push)
    return np.column_stack([won, lost]) / (won + lost)[:, None]


def _rows(
    view: BookView, ids: pl.Series, market: str, sides: tuple[str, str], line: Floats | None, fair: Floats
) -> pl.DataFrame:
    book, count = US_BOOKS[view.book], 2 * len(ids)
    odds = american(fair, book.margin).ravel()
    return pl.DataFrame(
        {
            "game_id": np.repeat(ids.to_numpy(), 2),
            "book": [book.code] * count,
            "market": [market] * count,
            "selection": list(sides) * len(ids),
            "line": [None] * count if line is None else np.repeat(line, 2),
            "price": decimal_odds(odds),
            "american": odds,
            "quoted_at_utc": np.repeat(view.quoted_at, 2),
        },
        schema=_empty().schema | {"quoted_at_utc": pl.Int64},
    ).with_columns(pl.col("quoted_at_utc").cast(UTC_TIME))


def over_probabilities(mean: Floats, line: Floats, variance_of_mean: float) -> Floats:
    """Return the probability of more than a line (which ends in .5) for counts with a given variance over mean.

    Above one the counts are negative binomial, below one binomial; one recursion serves both.
    """
    size = mean / (variance_of_mean - 1.0)
    term = (size / (size + mean)) ** size
    at_most = np.zeros_like(mean)
    for count in range(MOST):
        at_most += np.where(count < line, term, 0.0)
        term = np.maximum(term * (count + size) / (count + 1.0) * mean / (mean + size), 0.0)
    return np.clip(1.0 - at_most, 1e-4, 1.0 - 1e-4)


def prop_prices(views: list[BookView], league: NbaLeague) -> pl.DataFrame:
    """Return the prices of the props in the columns of `Universe.nba_props`."""
    frames = [frame for view in views if US_BOOKS[view.book].has_props for frame in _props_of_a_book(view, league)]
    return pl.concat(frames).sort("game_id", "player_id", maintain_order=True) if frames else _empty_props()


def _empty_props() -> pl.DataFrame:
    return _with_player(_empty(), pl.Series([], dtype=pl.Int64), pl.Series([], dtype=pl.String))


def _with_player(rows: pl.DataFrame, player_id: pl.Series, name: pl.Series) -> pl.DataFrame:
    told = rows.with_columns(player_id=player_id, name=name)
    return told.select("game_id", "player_id", "name", pl.exclude("game_id", "player_id", "name"))


def _props_of_a_book(view: BookView, league: NbaLeague) -> Iterator[pl.DataFrame]:
    game, side, rank = np.nonzero(view.minutes >= PROP_MINUTES)
    who = view.lineups.players[game, side, rank]
    errors = _player_errors(league, view.book)[who]
    for column, (market, means) in enumerate(player_means(view.lineups, league.skills, view.minutes).items()):
        mean = np.maximum(means[game, side, rank], FEWEST) * np.exp(errors[:, column])
        line = np.floor(mean) + 0.5
        over = over_probabilities(mean, line, VARIANCE_OF_MEAN[market])
        shown = (over > PROP_SHARES[0]) & (over < PROP_SHARES[1])
        yield _prop_rows(view, league, market, game[shown], who[shown], line[shown], over[shown])


def _player_errors(league: NbaLeague, book: int) -> Floats:
    """Draw what a book gets wrong about each player by market, in logs of the mean, shape (players, 5)."""
    rng = stream(league.seed, "nba", "prop errors", book)
    return rng.normal(0.0, PROP_ERROR_SD, (league.players.height, len(VARIANCE_OF_MEAN)))


def _prop_rows(
    view: BookView, league: NbaLeague, market: str, game: Ints, who: Ints, line: Floats, over: Floats
) -> pl.DataFrame:
    book, count = US_BOOKS[view.book], 2 * len(game)
    odds = american(np.column_stack([over, 1.0 - over]), book.margin + PROP_MARGIN_MORE).ravel()
    rows = pl.DataFrame(
        {
            "game_id": league.games["game_id"].gather(np.repeat(view.games[game], 2)),
            "book": [book.code] * count,
            "market": [market] * count,
            "selection": ["over", "under"] * len(game),
            "line": np.repeat(line, 2),
            "price": decimal_odds(odds),
            "american": odds,
            "quoted_at_utc": np.repeat(view.quoted_at[game], 2),
        },
        schema=_empty().schema | {"quoted_at_utc": pl.Int64},
    ).with_columns(pl.col("quoted_at_utc").cast(UTC_TIME))
    twice = np.repeat(who, 2)
    return _with_player(rows, league.players["player_id"].gather(twice), league.players["name"].gather(twice))
