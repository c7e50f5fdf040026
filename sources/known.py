"""What silver knows when a source plans or reads: the anchor's matches and clubs, players, and vendors' own numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

import polars as pl

from lake.contracts.model import contract, contracts
from lake.entities import aliases
from lake.entities.aliases import Aliases
from lake.storage import Lake

MATCH = {
    "match_id": pl.String(),
    "competition_id": pl.String(),
    "season_code": pl.String(),
    "home_team_id": pl.String(),
    "away_team_id": pl.String(),
    "event_at_utc": pl.Datetime("us", "UTC"),
    "state": pl.String(),
}
_ENTITIES = ("teams", "players", "vendor_matches", "exchange_markets", "venues")


@dataclass(frozen=True)
class Known:
    """Frames of one sport; an empty one has its columns.

    `matches`: the newest state of each match of the anchor, the columns of `MATCH`. `frames`: silver `teams`,
    `players`, `vendor_matches`, `exchange_markets` and `venues`, as far as the sport has them: their newest rows, in
    the columns of their contracts.
    `reviewed`: aliases of names; None for those shipped with the code.
    """

    sport: str
    matches: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=MATCH))
    frames: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    reviewed: Aliases | None = None

    @cached_property
    def aliases(self) -> Aliases:
        """Reviewed spellings: the lake's own behind the shipped ones."""
        return self.reviewed or aliases.load(self.sport)

    @cached_property
    def played(self) -> pl.DataFrame:
        """Matches that are over."""
        return self.matches.filter(pl.col("state").is_in(["finished", "corrected"]))

    @property
    def teams(self) -> pl.DataFrame:
        """The anchor's clubs, one row a club and season."""
        return self._frame("teams")

    @property
    def players(self) -> pl.DataFrame:
        """Players, one row a player and season."""
        return self._frame("players")

    @property
    def vendor_matches(self) -> pl.DataFrame:
        """Vendors' own numbers of matches, with the match that each was found to be."""
        return self._frame("vendor_matches")

    @property
    def venues(self) -> pl.DataFrame:
        """Where clubs play."""
        return self._frame("venues")

    def _frame(self, entity: str) -> pl.DataFrame:
        return self.frames[entity] if entity in self.frames else contract(f"silver.{self.sport}.{entity}").empty()

    @classmethod
    def read(cls, lake: Lake, sport: str, as_of: datetime | None = None) -> Known:
        """What the lake's silver says now, or said at a moment."""
        matches = _newest(lake, sport, "matches", as_of, ("match_id",)).select(*MATCH)
        kept = (entity for entity in _ENTITIES if f"silver.{sport}.{entity}" in contracts())
        frames = {entity: _newest(lake, sport, entity, as_of) for entity in kept}
        return cls(sport, matches, frames, aliases.load(sport, lake.root))


def _newest(
    lake: Lake, sport: str, entity: str, as_of: datetime | None, fact: tuple[str, ...] | None = None
) -> pl.DataFrame:
    found = contract(f"silver.{sport}.{entity}")
    rows = lake.table(found.name).scan()
    if "known_at_utc" not in found.column_names:
        return rows.collect()
    told = rows if as_of is None else rows.filter(pl.col("known_at_utc") <= as_of)
    one = fact or [column for column in found.key if column != "known_at_utc"]
    return told.sort("known_at_utc").unique(one, keep="last", maintain_order=True).collect()
