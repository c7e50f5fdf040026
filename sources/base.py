"""What every source offers: it plans requests and parses bytes; it never fetches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import polars as pl

from lake.competitions import Competition


@dataclass(frozen=True)
class Request:
    """One address of one vendor. `competition_id` and `season_code` are None where a file holds many."""

    source: str
    endpoint: str
    url: str
    competition_id: str | None = None
    season_code: str | None = None


@dataclass(frozen=True)
class Capture:
    """What came of one attempt: `body` is empty unless the outcome is ok."""

    request: Request
    captured_at_utc: datetime
    requested_at_utc: datetime
    outcome: str
    body: bytes = b""
    status: int | None = None
    content_type: str | None = None


@dataclass(frozen=True)
class Payload:
    """The bytes of one capture as bronze keeps them."""

    url: str
    endpoint: str
    competition_id: str | None
    season_code: str | None
    captured_at_utc: datetime
    sha256: str
    body: bytes


@dataclass(frozen=True)
class Parsed:
    """What one payload says: candidate rows per silver entity, refused rows per entity, and counts of candidates.

    Candidates of an entity are the rows of both; refused rows carry `_reason`, `_detail`, `row_number`, `row_text`.
    `teams` has the clubs that an anchor's season mints, in the columns of silver teams.
    """

    rows: Mapping[str, pl.DataFrame]
    refused: Mapping[str, pl.DataFrame]
    teams: pl.DataFrame


class Source(Protocol):
    """A vendor. Its payloads tell of `entities`; one that cannot be read at all is refused as the first of them.

    `snapshots`: endpoints that answer the same address anew again and again, and are read without what others said.
    """

    name: str
    sport: str
    parser_version: int
    entities: tuple[str, ...]
    snapshots: tuple[str, ...]

    def plan(self, leagues: Mapping[str, Competition], as_of: datetime) -> Sequence[Request]:
        """What to ask for, so that everything known at `as_of` is here."""
        ...

    def is_fresh(self, request: Request, captured_at: datetime, now: datetime) -> bool:
        """Whether an answer captured then is still good enough now, so that the vendor need not be asked."""
        ...

    def parse(self, payload: Payload, leagues: Mapping[str, Competition], played: pl.DataFrame) -> Parsed:
        """Candidate and refused rows of one payload; never raises for what the vendor sent."""
        ...


class Transport(Protocol):
    """Where answers come from."""

    def fetch(self, requests: Sequence[Request]) -> Iterator[Capture]:
        """One capture per attempt."""
        ...
