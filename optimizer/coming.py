"""What is believed of the coming matches: a slate for each sport, whose grids share one support of scores.

Grids come from `models`, scores are drawn by `core.market.scenarios`; what pays at them belongs in `scene`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

from core.market.grid import ScoreGrid, Support
from core.market.player_markets import Performances
from core.market.scenarios import Scenarios, Spread, draw
from core.market.sports import Sport
from lake.keys import match_number

Floats = NDArray[np.float64]
Goals = NDArray[np.int64]
_MATCH = ("match_id", "competition_id")


class Players(Protocol):
    """What is believed of the players of a slate's matches."""

    @property
    def known(self) -> pl.DataFrame:
        """match_id and player_id of everybody who is believed in."""
        ...

    def draw(self, match_id: str, home: Goals, away: Goals, seed: Sequence[int]) -> Performances:
        """What the players of a match do in scenarios with these final scores (s,)."""
        ...


@dataclass(frozen=True, eq=False)
class Slate:
    """The coming matches of one sport: `matches` (match_id, competition_id) in the order of `grid`, and how far that
    may lie from the truth. `players`: of those matches whose players are believed in; None in a sport without any.

    Raises ValueError where matches and grid are not of one length.
    """

    matches: pl.DataFrame
    grid: ScoreGrid
    spread: Spread
    players: Players | None = None

    def __post_init__(self) -> None:
        if len(self.matches) != len(self.grid):
            raise ValueError(f"{len(self.matches)} matches are named, and the grid has {len(self.grid)}.")

    @classmethod
    def of(cls, cells: pl.DataFrame, sport: Sport, spread: Spread) -> Slate:
        """From rows of a sport's gold score_grids of one moment; a score that a match has no row of is impossible."""
        matches = cells.select(_MATCH).unique().sort("competition_id", "match_id")
        support = sport.support or (_told(cells, sport) if len(cells) else sport.outcomes)
        scores = pl.DataFrame({sport.scores[0]: support.home, sport.scores[1]: support.away})
        rows = matches.join(scores, how="cross", maintain_order="left_right")
        filled = rows.join(cells, on=[*_MATCH, *sport.scores], how="left", maintain_order="left")
        weights = filled["prob"].fill_null(0.0).to_numpy().reshape(len(matches), *support.shape)
        return cls(matches, ScoreGrid.of(weights, support), spread)

    def only(self, match_ids: pl.Series) -> Slate:
        """Those of these matches that are believed in, by league and name, so that draws depend on no order of rows."""
        kept = self.matches.with_row_index("place").filter(pl.col("match_id").is_in(match_ids.implode()))
        ordered = kept.sort("competition_id", "match_id")
        grid = self.grid.of_matches(ordered["place"].to_numpy())
        return replace(self, matches=ordered.drop("place"), grid=grid)

    def draw(self, number: int, seed: int | tuple[int, int]) -> Scenarios:
        """`number` scenarios of its matches: `core.market.scenarios.draw`."""
        return draw(self.grid, self.matches["competition_id"].to_list(), self.spread, number, seed)

    def tilts(self) -> tuple[Floats, Floats]:
        """(c,) what one standard deviation of supremacy, and one of scores, adds to the log-weight of each cell."""
        home, away = self.grid.support.home, self.grid.support.away
        return np.multiply(home - away, self.spread.supremacy), np.multiply(home + away, self.spread.goals)


@dataclass(frozen=True, eq=False)
class Coming:
    """All coming matches, sport by sport; a sport without any has a slate without matches, for its place counts."""

    slates: tuple[Slate, ...]

    @cached_property
    def match_ids(self) -> pl.Series:
        """Of all slates, in the order of the columns that `draw` makes."""
        return pl.concat([pl.Series("match_id", [], pl.String), *(slate.matches["match_id"] for slate in self.slates)])

    @cached_property
    def places(self) -> dict[str, int]:
        """The column of each match."""
        return {match: place for place, match in enumerate(self.match_ids)}

    @cached_property
    def by_match(self) -> dict[str, tuple[Slate, Floats]]:
        """The slate of each match, and the (c,) probabilities of its scores."""
        return {match: (slate, cells) for slate in self.slates for match, cells in _cells(slate)}

    @cached_property
    def players(self) -> pl.DataFrame:
        """match_id and player_id of everybody who is believed in."""
        nobody = pl.DataFrame(schema={"match_id": pl.String, "player_id": pl.String})
        return pl.concat([nobody, *(slate.players.known for slate in self.slates if slate.players is not None)])

    def believes(self, bets: pl.DataFrame) -> pl.DataFrame:
        """Those of the bets whose match, and whose player where there is one, is believed in."""
        of_match = pl.col("player_id").is_null() & pl.col("match_id").is_in(self.match_ids.implode())
        named = bets.join(self.players, on=["match_id", "player_id"], how="semi", maintain_order="left")
        return pl.concat([bets.filter(of_match), named.filter(pl.col("match_id").is_in(self.match_ids.implode()))])

    def only(self, match_ids: pl.Series) -> Coming:
        """Those of these matches that are believed in."""
        return Coming(tuple(slate.only(match_ids) for slate in self.slates))

    def draw(self, number: int, seed: int) -> Scenarios:
        """`number` scenarios of all matches, those of one slate beside those of the next.

        Every slate has a stream of random numbers of its own by its place, so what is drawn of one depends on no other.
        """
        drawn = [slate.draw(number, (seed, place + 1) if place else seed) for place, slate in self._with_matches()]
        nothing = np.empty((number, 0), dtype=np.int64)
        return Scenarios(
            np.hstack([nothing, *(one.home for one in drawn)]), np.hstack([nothing, *(one.away for one in drawn)])
        )

    def perform(self, drawn: Scenarios, match_ids: pl.Series, seed: int) -> dict[str, Performances]:
        """What players of these matches do in scenarios that `draw` made; nothing of a match without any.

        Each match has a stream of random numbers of its own, so what is drawn of one depends on no other.
        """
        inside = pl.col("match_id").is_in(match_ids.implode()) & pl.col("match_id").is_in(self.match_ids.implode())
        found: dict[str, Performances] = {}
        for match in self.players.filter(inside)["match_id"].unique().sort():
            players, place = self.by_match[match][0].players, self.places[match]
            assert players is not None
            scores = drawn.home[:, place], drawn.away[:, place]
            found[match] = players.draw(match, *scores, (seed, match_number(match)))
        return found

    def _with_matches(self) -> Iterator[tuple[int, Slate]]:
        return ((place, slate) for place, slate in enumerate(self.slates) if len(slate.matches))


def _cells(slate: Slate) -> Iterator[tuple[str, Floats]]:
    return zip(slate.matches["match_id"], slate.grid.flat, strict=True)


def _told(cells: pl.DataFrame, sport: Sport) -> Support:
    """Every score that some match has a row of, in order."""
    scores = cells.select(sport.scores).unique().sort(sport.scores)
    home, away = (scores[name].to_numpy().astype(np.int64) for name in sport.scores)
    return Support(home, away, (len(scores),))
