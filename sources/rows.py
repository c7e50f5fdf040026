"""What readers of JSON payloads share: the document, typed values, times, American prices, and refused rows.

A vendor's own words and rules stand in the vendor's folder.
"""

from __future__ import annotations

import gc
import math
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
import polars as pl

from core.errors import PayloadMalformed
from core.frames import with_nulls
from lake.conform import DETAIL, REASON
from sources.base import Payload

ROW, TEXT = "row_number", "row_text"
TEXT_LIMIT = 4_000
MAX_BYTES = 256 * 1024 * 1024
UTC_TIME = pl.Datetime("us", "UTC")
REFUSED = {
    "competition_id": pl.String(),
    "season_code": pl.String(),
    ROW: pl.Int64(),
    TEXT: pl.String(),
    REASON: pl.String(),
    DETAIL: pl.String(),
}
"""The columns of a frame of refused rows."""

_BOM = b"\xef\xbb\xbf"
_WHOLE_LIMIT = 2**53


@dataclass(frozen=True)
class Refused:
    """One item of a payload that is no row: its place (1 is the first), why, and the item as it came."""

    row_number: int
    reason: str
    detail: str
    item: object = None
    competition_id: str | None = None
    season_code: str | None = None


def document(body: bytes) -> Any:
    """The JSON of a payload.

    Raises PayloadMalformed where it is empty, a page, cut off, no UTF-8, larger than 256 MiB or nested too deeply.
    """
    if len(body) > MAX_BYTES:
        raise PayloadMalformed(f"The payload has {len(body):,} bytes.", f"At most {MAX_BYTES:,} are read.")
    text = body.removeprefix(_BOM).strip()
    if not text:
        raise PayloadMalformed("The payload is empty.", "It is asked for again next run.")
    if text[:1] == b"<":
        raise PayloadMalformed("The payload is a page, not JSON.", "The vendor answered with an error page.")
    try:
        with _uncollected():
            return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise PayloadMalformed(f"The payload is no JSON ({error}).", "It may be cut off.") from error


@contextmanager
def _uncollected() -> Iterator[None]:
    """No collection of cycles meanwhile: a document has none, and looking for them takes more time than reading it."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def items(found: object, what: str) -> list[Any]:
    """A list of the document; raises PayloadMalformed where something else stands in its place."""
    if not isinstance(found, list):
        raise PayloadMalformed(f"The payload has no list of {what}.", "The vendor may have changed its format.")
    return found


def fields(found: object, what: str) -> dict[str, Any]:
    """An object of the document; raises PayloadMalformed where something else stands in its place."""
    if not isinstance(found, dict):
        raise PayloadMalformed(f"The payload has no object with {what}.", "The vendor may have changed its format.")
    return found


def text(value: object) -> str | None:
    """A string with something in it, without blanks at its ends; null for anything else."""
    return (value.strip() or None) if isinstance(value, str) else None


def number(value: object) -> float | None:
    """A finite number; null for anything else, true and text included."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    found = float(value)
    return found if math.isfinite(found) else None


def number_in_text(value: object) -> float | None:
    """A finite number, also where the vendor writes it as text such as `"1.5"`; null for anything else."""
    if not isinstance(value, str):
        return number(value)
    try:
        return number(float(value))
    except ValueError:
        return None


def whole(value: object) -> int | None:
    """A whole number, `3.0` and `"3"` included; null for anything else."""
    found = number_in_text(value)
    return int(found) if found is not None and found.is_integer() and abs(found) < _WHOLE_LIMIT else None


def moment(value: object) -> datetime | None:
    """An ISO 8601 time as UTC, a time without a zone taken as UTC; null for what is none."""
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value.strip())
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def item_text(item: object) -> str:
    """An item of a payload as JSON, cut at 4,000 characters; a sentence where it is nested too deeply to write."""
    try:
        return orjson.dumps(item, default=str).decode()[:TEXT_LIMIT]
    except TypeError:
        return "nested too deeply to show"


def refused_rows(refusals: Iterable[Refused]) -> pl.DataFrame:
    """A frame of refused rows in the columns of `REFUSED`."""
    rows = [
        (r.competition_id, r.season_code, r.row_number, item_text(r.item), r.reason, r.detail[:TEXT_LIMIT])
        for r in refusals
    ]
    return pl.DataFrame(rows, schema=REFUSED, orient="row")


def whole_payload_refused(payload: Payload, error: PayloadMalformed) -> pl.DataFrame:
    """The one refused row of a payload that cannot be read at all: `malformed_payload`, row 0."""
    start = payload.body[:200].decode("utf-8", errors="replace")
    row = (payload.competition_id, payload.season_code, 0, start, "malformed_payload", error.what)
    return pl.DataFrame([row], schema=REFUSED, orient="row")


def refused_of(rows: pl.DataFrame, shown: Iterable[str]) -> pl.DataFrame:
    """Rows of a frame whose `_reason` is set, in the columns of `REFUSED`; `row_text` is the JSON of the columns shown.

    A frame that has `row_text` already keeps it.
    """
    if not rows[REASON].count():
        return pl.DataFrame(schema=REFUSED)
    bad = rows.filter(pl.col(REASON).is_not_null())
    if TEXT not in bad.columns:
        bad = bad.with_columns(pl.struct(*shown).struct.json_encode().str.slice(0, TEXT_LIMIT).alias(TEXT))
    return with_nulls(bad, REFUSED).select(pl.col(name).cast(kind) for name, kind in REFUSED.items())


def accepted_of(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of a frame whose `_reason` is null, without the columns of refusal."""
    good = rows.filter(pl.col(REASON).is_null()) if rows[REASON].count() else rows
    return good.drop(REASON, DETAIL)


def first_fault(faults: Iterable[tuple[str, pl.Expr, pl.Expr]]) -> tuple[pl.Expr, pl.Expr]:
    """`_reason` and `_detail` of the first fault that a row has, null where it has none.

    A fault is its reason, an expression that is true where a row has it, and the sentence that says so.
    """
    found = list(faults)
    reason = pl.coalesce([pl.when(broken).then(pl.lit(name)) for name, broken, _ in found])
    detail = pl.coalesce([pl.when(broken).then(said) for _, broken, said in found])
    return reason.alias(REASON), detail.alias(DETAIL)


def decimal_odds(american: pl.Expr) -> pl.Expr:
    """American prices as decimal: +150 is 2.5, -200 is 1.5; null between -100 and 100, where no price is.

    Rounded to six places, so that one price has one decimal form.
    """
    decimal = pl.when(american >= 100).then(1 + american / 100).when(american <= -100).then(1 - 100 / american)
    return decimal.round(6)


def first_of(item: Mapping[str, Any], *names: str) -> Any:
    """The first of these fields that an item has and that is not null."""
    return next((item[name] for name in names if item.get(name) is not None), None)
