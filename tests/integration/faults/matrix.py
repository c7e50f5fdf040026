"""Which faults can touch which vendor, and by which words a run names them."""

from __future__ import annotations

from collections.abc import Iterator

from sandbox.server.faults import FAULTS
from sandbox.vendors.base import Shape, Vendor
from sandbox.vendors.catalog import VENDORS
from sources.base import Source
from tests.integration.faults.nights import asked_sources

UNREAD = {"malformed", "malformed_payload"}
WORDS: dict[str, set[str]] = {
    "401": {"http_error"},
    "403": {"http_error"},
    "429": {"http_error"},
    "500": {"http_error"},
    "error_body": {"http_error", "malformed", "quota_refused"},
    "timeout": {"timeout"},
    "trickle": {"timeout"},
    "truncated_json": {*UNREAD, "truncated_row"},
    "html_for_json": UNREAD,
    "huge_payload": {"malformed"},
    "gzip_bomb": {"malformed"},
    "renamed_field": {*UNREAD, "missing_field"},
    "shifted_columns": {"bad_date", "bad_kickoff", "missing_field", "wrong_type"},
    "duplicate_rows": {"duplicate_match", "two_players", "second_table", "repeated"},
    "late_rows": {"fewer"},
    "stale_prices": {"stale_price", "repeated", "not_modified", "fewer"},
    "zero_price": {"impossible_price"},
    "swapped_sides": {"sides_swapped", "line_contradicts"},
    "clock_skew": {"clock_skew"},
}
"""Outcomes of bronze and reasons of quarantine, and what the counts of parsed rows say: `repeated`, `fewer`."""

ARGUMENTS = {"huge_payload": 40, "gzip_bomb": 40}
"""MiB: more than the transport takes."""
SILENT = (
    "401", "403", "429", "500", "timeout", "trickle", "html_for_json", "huge_payload", "gzip_bomb", "error_body",
)  # fmt: skip
"""Faults that leave nothing of an answer; after the last one a vendor may count its day as spent."""
QUIET = {"duplicate_rows", "late_rows", "stale_prices", "zero_price", "swapped_sides"}
"""Faults that leave good rows, so that the answer stands and its faulty rows alone are named."""

_IN_TABLES = ("football_data", "fpl_archive", "stats_nba_com")
_IN_XML = ("sandwire", "sandgazette")
_CUT = ("truncated_json", "html_for_json")
_EMPTY = (("betfair", "basketball"), ("statsbomb", "football"))
"""Vendors of which the sandbox has nothing."""
_BACKUP = "api_football_rapid"
"""The same readers as of the vendor that it stands in for."""
_UNTOLD = (("fantasy_premier_league", "swapped_sides"),)
"""A source whose fixtures are refused anyway, as long as no player has told its clubs' numbers."""


def vendors_of(source: Source) -> list[Vendor]:
    """The sandbox's vendors that answer for a source."""
    return [vendor for vendor in VENDORS if set(vendor.hosts) & set(source.terms.hosts)]


def rules(source: Source, fault: str) -> list[str]:
    """What puts a fault in force for a source."""
    return [rule(vendor.name, fault) for vendor in vendors_of(source) if can_touch(vendor, fault)]


def rule(vendor: str, fault: str) -> str:
    """A fault at a vendor, in the words of the sandbox."""
    return f"{vendor}={fault}:{ARGUMENTS[fault]}" if fault in ARGUMENTS else f"{vendor}={fault}"


def can_touch(vendor: Vendor, fault: str) -> bool:
    """Whether the fault finds something to spoil in the vendor's documents."""
    shapes = [route.shape for route in vendor.routes]
    if fault in _CUT:
        return vendor.name not in _IN_XML
    if fault == "shifted_columns":
        return vendor.name in _IN_TABLES
    wanted = _WANTED.get(fault)
    return wanted is None or any(getattr(shape, wanted) not in (None, ()) for shape in shapes if shape != Shape())


_WANTED = {
    "renamed_field": "renamed",
    "duplicate_rows": "rows",
    "late_rows": "rows",
    "stale_prices": "prices",
    "zero_price": "prices",
    "swapped_sides": "sides",
}
"""What a document must have for a fault, as its shape names it."""


def played() -> list[Source]:
    """The sources of which the sandbox has something."""
    return [source for source in asked_sources() if (source.name, source.sport) not in _EMPTY]


def pairs() -> Iterator[tuple[Source, str]]:
    """Every source with every fault that spoils what its answers say."""
    for source in played():
        for fault in FAULTS:
            told = (source.name, fault) not in _UNTOLD and source.name != _BACKUP
            if fault not in SILENT and told and rules(source, fault):
                yield source, fault


def transported() -> list[Source]:
    """One source of each vendor: what leaves nothing of an answer is no matter of who would have read it."""
    return list({source.name: source for source in reversed(played())}.values())


def silent(source: Source) -> list[str]:
    """The faults that leave nothing of this source's answers."""
    return [fault for fault in SILENT if rules(source, fault)]
