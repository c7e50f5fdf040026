"""The newest row of each fact that a stream may change, kept beside the lake, so that a batch need not read a season.

It is good for as long as nobody else writes these tables; whoever finds it is not reads by `sources.ingest` and anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import polars as pl

from lake.competitions import Competition, competitions
from lake.keys import short_hash
from lake.storage import Lake
from sources.base import Parsed, Payload, Source
from sources.conforming import FACTS, conform_batch
from sources.ingest import batch_id, understood
from sources.known import Known

_OVER = timedelta(days=1)
"""So long after its beginning nobody quotes a match before it any more."""


class Tail:
    """What silver knows of the facts of one source's streams. Not for several threads."""

    def __init__(self, lake: Lake, source: Source) -> None:
        self._lake, self._source = lake, source
        self._leagues: Mapping[str, Competition] = competitions(source.sport)
        self._versions: dict[str, int | None] = {}
        self._newest: dict[str, pl.DataFrame] = {}
        self._known = Known(source.sport)

    @property
    def known(self) -> Known:
        """What silver said when the tail was read."""
        return self._known

    def is_current(self) -> bool:
        """Whether the tables are as this tail left them."""
        return bool(self._versions) and self._versions == self._read_versions()

    def load(self, now: datetime) -> None:
        """Read the tail from the lake: rows of matches that are still to come."""
        self._versions = self._read_versions()
        self._known = Known.read(self._lake, self._source.sport)
        coming = pl.col("event_at_utc") >= now - _OVER
        for entity in self._entities:
            rows = self._lake.table(self._silver(entity)).scan().filter(coming)
            self._newest[entity] = rows.sort("known_at_utc").unique(FACTS[entity], keep="last").collect()

    def forget(self) -> None:
        """From here on the tail is not current, until it is loaded."""
        self._versions = {}

    def compacted(self) -> None:
        """The tables have new versions with the same rows."""
        self._versions = self._read_versions()

    def write(self, payloads: Sequence[Payload], now: datetime) -> None:
        """Read payloads that are in bronze, and in no silver yet, into silver; the record of them is written last."""
        batch = batch_id(self._lake, self._source, self._leagues, payloads)
        parsed = [(one, understood(self._source, one, self._leagues, self._known)) for one in payloads]
        accounts: list[dict[str, object]] = []
        for entity in self._entities:
            accounts += self._write_entity(entity, parsed, now, batch)
        told = pl.DataFrame(accounts).with_columns(pl.lit(short_hash(*self._leagues)).alias("leagues"))
        record = self._lake.table(f"silver.{self._source.sport}.parsed_payloads")
        record.append(told.select(record.contract.column_names), commit_id=f"parsed-{batch}")
        self._versions = self._read_versions()

    def _write_entity(
        self, entity: str, parsed: Sequence[tuple[Payload, Parsed]], now: datetime, batch: str
    ) -> Sequence[dict[str, object]]:
        fact, newest = FACTS[entity], self._newest[entity]
        told = [found.rows[entity].select(fact) for _, found in parsed if len(found.rows.get(entity, ()))]
        touched = pl.concat(told).unique() if told else newest.select(fact).clear()
        standing = newest.join(touched, on=fact, how="semi", nulls_equal=True)
        found = conform_batch(self._source, entity, parsed, standing, now)
        if len(found.fresh):
            self._lake.table(self._silver(entity)).append(found.fresh, commit_id=f"silver-{batch}")
            last = found.fresh.sort("known_at_utc").unique(fact, keep="last")
            kept = newest.join(last, on=fact, how="anti", nulls_equal=True)
            self._newest[entity] = pl.concat([kept, last.select(newest.columns)])
        if len(found.refused):
            quarantine = self._lake.table(f"quarantine.{self._source.sport}.{entity}")
            quarantine.append(found.refused, commit_id=f"quarantine-{batch}")
        return found.accounts

    @property
    def _entities(self) -> tuple[str, ...]:
        return tuple(entity for entity in self._source.entities if entity in FACTS)

    def _read_versions(self) -> dict[str, int | None]:
        """Versions of all that this tail stands on: its entities, and the anchor's matches."""
        names = dict.fromkeys(self._silver(entity) for entity in (*self._entities, "matches"))
        return {name: self._lake.table(name).version() for name in names}

    def _silver(self, entity: str) -> str:
        return f"silver.{self._source.sport}.{entity}"
