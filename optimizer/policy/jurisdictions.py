"""What is known of the law of betting in a place, read from `jurisdictions.yaml`. Not legal advice.

Here stands the form of the data only: adding a place is adding one entry to the file.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

FILE = Path(__file__).with_name("jurisdictions.yaml")


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Source(_Entry):
    """Where a fact was read: a law or a page, its address, and the day it was consulted."""

    name: str
    address: str = Field(pattern=r"^https?://")
    consulted: date


class Books(_Entry):
    """Named books whose licence a source confirms or denies; every other book is unverified."""

    licensed: list[str] = []
    not_licensed: list[str] = []


class Jurisdiction(_Entry):
    """One place: what it allows, how soon a limit may be loosened there (hours), and how sure we are of it."""

    name: str
    open: bool
    minimum_age: int = Field(ge=18)
    self_exclusion_register: str
    loosen_after_hours: float = Field(ge=24)
    loosening_verified: bool
    deposit_limit: str | None = None
    markets_not_allowed: list[str] = []
    books: Books = Books()
    notes: list[str] = []
    sources: list[Source] = Field(min_length=1)
    confidence: Literal["high", "medium", "low"]


class _File(_Entry):
    notice: str = Field(pattern="[Nn]ot legal advice")
    jurisdictions: Mapping[str, Jurisdiction]


def jurisdictions() -> Mapping[str, Jurisdiction]:
    """Every place that is known, by its code, such as GB or US-NJ."""
    return _file().jurisdictions


def jurisdiction(code: str | None) -> Jurisdiction | None:
    """The place of this code; None where the bettor names none. Raises KeyError for a code that is not known."""
    return None if code is None else jurisdictions()[code]


def notice() -> str:
    """The words that go with every use of this data."""
    return _file().notice


@cache
def _file() -> _File:
    return _File.model_validate(yaml.safe_load(FILE.read_text(encoding="utf-8")))
