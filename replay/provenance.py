"""From a ticket back to the vendor's bytes: the silver row of each price taken, and whether bronze still says it.

The bytes are read and parsed again, so that nothing between the payload and the ticket is taken at its word.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

import polars as pl

from core.frames import with_nulls
from lake.competitions import competitions
from lake.contracts.model import contracts
from lake.storage import Lake
from optimizer.prices.offers import with_player
from sources.base import Payload, Source
from sources.catalog import sources_of
from sources.known import Known
from sources.payloads import payloads

PRICE = ("match_id", "player_id", "market", "selection", "line", "bookmaker", "price_odds_dec")
"""What a leg and a quote have to say alike."""
ENTITIES = ("odds_quotes", "prop_quotes")
"""Silver tables of prices: of matches, and of their players."""
_LEG = ("ticket_id", "leg")
_TOLD = (*PRICE, "known_at_utc", "quote_kind", "selection_key", "source", "bronze_sha256")
_OF_ONE_TABLE = {"player_id": pl.String, "quote_kind": pl.String, "selection_key": pl.Int64}
"""What only one of the tables tells."""


@dataclass(frozen=True)
class Traced:
    """How many legs there are, how many were followed to a payload that says their price, how many payloads were read
    again, and what did not fit, in sentences."""

    legs: int
    traced: int
    payloads: int
    faults: tuple[str, ...]


def evidence(lake: Lake, sport: str, legs: pl.DataFrame) -> pl.DataFrame:
    """Each leg with the silver row of its price as known at the decision; null where there is none.

    `legs`: rows of gold ticket_legs. Columns: ticket_id, leg, those of `PRICE`, known_at_utc, quote_kind,
    selection_key (both null for a price of a player), source, bronze_sha256.
    """
    named = with_player(legs)
    told = [_told(lake, sport, entity, named) for entity in ENTITIES if f"silver.{sport}.{entity}" in contracts()]
    wanted = named.select(*_LEG, *PRICE, pl.col("price_known_at_utc").alias("known_at_utc"))
    found = wanted.join(pl.concat(told), on=[*PRICE, "known_at_utc"], how="left", nulls_equal=True)
    return found.sort(*_LEG, "quote_kind", "source").unique(_LEG, keep="first", maintain_order=True)


def check(lake: Lake, sport: str, legs: pl.DataFrame) -> Traced:
    """Follow every leg to its payload: the bytes have the hash that silver names, and parsed anew say the price."""
    found = evidence(lake, sport, legs)
    missing = found.filter(pl.col("bronze_sha256").is_null())
    faults = [f"Leg {leg} of {ticket} has no silver row." for ticket, leg in missing.select(_LEG).iter_rows()]
    read, traced = 0, 0
    for source in sources_of(sport).values():
        own = found.filter(pl.col("source") == source.name)
        for payload in _payloads(lake, source, own["bronze_sha256"].unique()):
            read += 1
            asked = own.filter(pl.col("bronze_sha256") == payload.sha256)
            known = Known.read(lake, sport, payload.captured_at_utc)
            wrong = [*_wrong(payload, source, known, asked)]
            faults += wrong
            traced += len(asked) if not wrong else 0
    return Traced(len(legs), traced, read, tuple(faults))


def _told(lake: Lake, sport: str, entity: str, legs: pl.DataFrame) -> pl.DataFrame:
    """Silver prices of the legs' matches."""
    asked = pl.col("season_code").is_in(legs["season_code"].unique().to_list())
    inside = asked & pl.col("match_id").is_in(legs["match_id"].unique().to_list())
    table = lake.table(f"silver.{sport}.{entity}")
    columns = [name for name in _TOLD if name in table.contract.column_names]
    rows = table.scan().filter(inside).select(columns).collect()
    return with_nulls(rows, _OF_ONE_TABLE).select(_TOLD)


def _payloads(lake: Lake, source: Source, hashes: pl.Series) -> Iterator[Payload]:
    """One payload for each hash, read one at a time."""
    for name in hashes.sort():
        found = payloads(lake, source, pl.col("sha256") == name)
        yield from found[:1]


def _wrong(payload: Payload, source: Source, known: Known, legs: pl.DataFrame) -> Iterator[str]:
    digest = sha256(payload.body).hexdigest()
    if digest != payload.sha256:
        yield f"The bytes of {payload.url} have the hash {digest}, and bronze says {payload.sha256}."
    parsed = source.parse(payload, competitions(source.sport), known)
    priced = [with_player(rows).select(PRICE) for name, rows in parsed.rows.items() if name in ENTITIES]
    unsaid = legs.join(pl.concat([legs.select(PRICE).clear(), *priced]), on=PRICE, how="anti", nulls_equal=True)
    for ticket, leg in unsaid.select(_LEG).iter_rows():
        yield f"{payload.url} does not say the price of leg {leg} of {ticket}."
