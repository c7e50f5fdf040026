"""One vendor's turn in a run: plan what is wanted, leave out what is fresh, fetch, land, read; again while more is due.

Answers may open new questions: a list of events, the odds of each. So planning is repeated with what silver has
learned, a few rounds at most, and no address is asked twice in a turn.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import polars as pl

from lake.competitions import Competition
from lake.storage import Lake
from sources.base import Capture, Request, Source, Transport
from sources.catalog import served_by
from sources.ingest import Progress, land, to_silver
from sources.known import Known
from sources.outcomes import ANSWERED, OK
from sources.terms import Terms
from sources.unreadable import unreadable

ROUNDS = 3
ABSENT = "absent"
_GONE = (404, 410)
Freshness = Callable[[Sequence[Request]], Sequence[Request]]
Validators = Callable[[str], Mapping[str, str]]


@dataclass(frozen=True)
class Turn:
    """What came of a vendor's turn: requests planned, attempts by outcome, rows landed, payloads read.

    An address that the vendor does not have counts as `absent`: that is an answer. `unreadable`: addresses whose answer
    came, and said nothing that could be read.
    """

    requests: int = 0
    attempts: Counter[str] = field(default_factory=Counter)
    landed: int = 0
    read: int = 0
    unreadable: int = 0

    @property
    def is_degraded(self) -> bool:
        """Whether something that was wanted did not come, or could not be read."""
        return self.unreadable > 0 or any(outcome not in (*ANSWERED, ABSENT) for outcome in self.attempts)


def collect(
    lake: Lake,
    source: Source,
    transport: Transport,
    leagues: Mapping[str, Competition],
    as_of: datetime,
    written_at: datetime,
    progress: Progress,
    freshness: Freshness | None = None,
    held: Sequence[Request] = (),
) -> Turn:
    """Ask the vendor for everything that is known at `as_of`, land every attempt, and read what came into silver.

    What a killed run left unread is read before anything is planned. `freshness` leaves out requests that need not be
    sent, such as `due`; without it all are. `held`: what is asked for beside the plan, as an archive holds it.
    """
    turn = Turn(read=to_silver(lake, source, leagues, written_at, progress))
    asked = set[tuple[str, bytes | None]]()
    for _ in range(ROUNDS):
        planned = source.plan(leagues, as_of, Known.read(lake, source.sport))
        new = [request for request in (*planned, *held) if (request.url, request.body) not in asked]
        asked |= {(request.url, request.body) for request in new}
        wanted = list(freshness(new) if freshness else new)
        if not wanted:
            break
        turn = _round(lake, source, transport, wanted, turn)
        read = to_silver(lake, source, leagues, written_at, progress)
        turn = replace(turn, read=turn.read + read)
    lost = set(unreadable(lake, source)["url"]) & {url for url, _ in asked}
    return replace(turn, unreadable=len(lost)) if turn.read else turn


def _round(lake: Lake, source: Source, transport: Transport, wanted: Sequence[Request], turn: Turn) -> Turn:
    attempts = Counter(turn.attempts)
    landed = land(lake, source, _counted(transport.fetch(wanted), attempts))
    return replace(turn, requests=turn.requests + len(wanted), attempts=attempts, landed=turn.landed + landed)


def _counted(captures: Iterable[Capture], attempts: Counter[str]) -> Iterator[Capture]:
    for capture in captures:
        attempts[ABSENT if capture.status in _GONE else capture.outcome] += 1
        yield capture


def due(
    lake: Lake, source: Source, terms: Mapping[str, Terms], requests: Sequence[Request], now: datetime
) -> list[Request]:
    """The requests that are not answered freshly: nobody is asked twice in vain, and a backup only where it is needed.

    An address that the vendor says is gone counts as answered for as long as an answer of its endpoint lives; one whose
    answer could not be read does not.
    """
    answered = pl.col("outcome").is_in(ANSWERED) | pl.col("status").is_in(_GONE)
    latest = _answered(lake, source.name, answered, unreadable(lake, source))
    stale = [r for r in requests if r.url not in latest or not source.is_fresh(r, latest[r.url], now)]
    return [r for r in stale if r.backup_of is None or not _stands(lake, terms, r, now)]


def _answered(lake: Lake, vendor: str, where: pl.Expr, unread: pl.DataFrame) -> dict[str, datetime]:
    """By address, when it was last answered so that it could be read."""
    captures = lake.table(f"bronze.{vendor}.captures").scan().filter(where)
    readable = captures.join(unread.lazy(), on=["url", "captured_at_utc"], how="anti")
    return dict(readable.group_by("url").agg(pl.col("captured_at_utc").max()).collect().iter_rows())


def _stands(lake: Lake, terms: Mapping[str, Terms], backup: Request, now: datetime) -> bool:
    """Whether the vendor that a request stands in for has a fresh answer of its own."""
    vendor, _, endpoint = str(backup.backup_of).partition("/")
    same = (pl.col("endpoint") == endpoint) & pl.col("competition_id").eq_missing(pl.lit(backup.competition_id))
    other = next(source for source in served_by(vendor) if source.sport == backup.sport)
    answers = _answered(lake, vendor, pl.col("outcome").is_in(ANSWERED) & same, unreadable(lake, other))
    return any(now - at < terms[vendor].life(endpoint) for at in answers.values())


def validators(lake: Lake, vendor: str) -> Validators:
    """By address, the validators of a vendor's last good answer: what a conditional request carries.

    One that could not be read has none, so that it is not confirmed but sent again.
    """
    unread = pl.concat([unreadable(lake, source) for source in served_by(vendor)]).lazy()
    rows = (
        lake.table(f"bronze.{vendor}.captures")
        .scan()
        .filter((pl.col("outcome") == OK) & pl.col("headers").is_not_null())
        .join(unread, on=["url", "captured_at_utc"], how="anti")
    )
    newest = rows.sort("captured_at_utc").group_by("url").agg(pl.col("headers").last()).collect()
    told = dict(newest.iter_rows())

    def of(url: str) -> Mapping[str, str]:
        headers = json.loads(told.get(url, "{}"))
        return {name: headers[name] for name in ("etag", "last-modified") if name in headers}

    return of
