"""What every source offers: it plans requests and parses bytes; it never fetches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

import polars as pl

from lake.competitions import Competition
from sources.known import Known
from sources.terms import Terms


@dataclass(frozen=True)
class Request:
    """One address of one vendor, without credentials.

    `competition_id` and `season_code` are None where an answer holds many. `cost`: in the vendor's own credits.
    `is_closing`: the prices asked for are the last before kick-off, so the quota's reserve may be spent on them.
    `backup_of`: `vendor/endpoint` for which this request stands in: it is only sent where that has no fresh answer.
    `body`: what is posted, JSON; None for a GET. `until`: of an archive, only what was captured up to this moment.
    """

    source: str
    endpoint: str
    url: str
    competition_id: str | None = None
    season_code: str | None = None
    sport: str = "football"
    cost: int = 1
    is_closing: bool = False
    backup_of: str | None = None
    body: bytes | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Capture:
    """What came of one attempt, the first or a later one: `body` as it came, also of an answer that is an error.

    `outcome` is one of `sources.outcomes.OUTCOMES`. `headers` has those that matter, names in lower case.
    """

    request: Request
    captured_at_utc: datetime
    requested_at_utc: datetime
    outcome: str
    body: bytes = b""
    status: int | None = None
    content_type: str | None = None
    attempt: int = 1
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Payload:
    """The bytes of one capture as bronze keeps them; `headers` has those that matter, names in lower case."""

    url: str
    endpoint: str
    competition_id: str | None
    season_code: str | None
    captured_at_utc: datetime
    sha256: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Parsed:
    """What one payload says: candidate rows per silver entity, refused rows per entity, and counts of candidates.

    Candidates of an entity are the rows of both; refused rows carry `_reason`, `_detail`, `row_number`, `row_text`.
    `teams` has the clubs that an anchor's season mints, in the columns of silver teams.
    """

    rows: Mapping[str, pl.DataFrame]
    refused: Mapping[str, pl.DataFrame]
    teams: pl.DataFrame = field(default_factory=pl.DataFrame)


class Source(Protocol):
    """A vendor. Its payloads tell of `entities`; one that cannot be read at all is refused as the first of them.

    `snapshots`: endpoints that answer the same address anew again and again, and are read without what others said.
    """

    name: str
    sport: str
    parser_version: int
    entities: tuple[str, ...]
    snapshots: tuple[str, ...]
    terms: Terms

    def plan(self, leagues: Mapping[str, Competition], as_of: datetime, known: Known) -> Sequence[Request]:
        """What to ask for, so that everything known at `as_of` is here; the most wanted first, where a quota binds."""
        ...

    def is_fresh(self, request: Request, captured_at: datetime, now: datetime) -> bool:
        """Whether an answer captured then is still good enough now: by default, as long as the terms say it lives."""
        return now - captured_at < self.terms.life(request.endpoint)

    def parse(self, payload: Payload, leagues: Mapping[str, Competition], known: Known) -> Parsed:
        """Candidate and refused rows of one payload; never raises for what the vendor sent."""
        ...


class Transport(Protocol):
    """Where answers come from."""

    def fetch(self, requests: Sequence[Request]) -> Iterator[Capture]:
        """One capture per attempt."""
        ...
