"""The search for memory's parameters: never worse than its start, never past its last season, resumed when asked."""

from __future__ import annotations

from dataclasses import fields

import polars as pl
import pytest

from core.errors import PermanentError
from core.settings import load_settings
from lake.storage import Lake
from models.families.memory import MemoryParameters
from replay import tuning

pytestmark = pytest.mark.slow
SETTINGS = load_settings(threads=1)


def silent(_said: str) -> None:
    """Progress that nobody reads."""


@pytest.fixture
def these_seasons(monkeypatch: pytest.MonkeyPatch) -> None:
    """The small lake's seasons are later than those that a search may look at."""
    monkeypatch.setattr(tuning, "FIRST_YEAR", 2021)
    monkeypatch.setattr(tuning, "LAST_YEAR", 2023)


def test_every_range_is_a_parameter_and_holds_its_default() -> None:
    names = {field.name for field in fields(MemoryParameters)}
    assert set(tuning.RANGES) <= names
    for name, (low, high) in tuning.RANGES.items():
        assert low <= getattr(MemoryParameters(), name) <= high, name


def test_a_search_looks_at_no_season_after_its_last_one(lake: Lake) -> None:
    """The small lake's seasons begin in 2021, 2022 and 2023: all of them are for testing."""
    with pytest.raises(PermanentError, match="no match of 2013–2020"):
        tuning.tune_memory(lake, SETTINGS, 3, 1, silent)


def test_a_search_is_never_worse_than_the_defaults_and_goes_on_where_it_stopped(
    lake: Lake,
    these_seasons: None,
) -> None:
    first = tuning.tune_memory(lake, SETTINGS, 8, 5, silent)
    assert first.trials == 8
    assert first.divergence <= first.divergence_of_defaults
    again = tuning.tune_memory(lake, SETTINGS, 8, 5, silent)
    assert (again.trials, again.divergence) == (8, first.divergence)
    further = tuning.tune_memory(lake, SETTINGS, 14, 5, silent)
    assert further.trials == 14
    assert further.divergence <= first.divergence
    assert (lake.root / "tuning" / "memory.log").is_file()


def test_what_is_shown_can_stand_in_the_source_as_it_is() -> None:
    lines = tuning.as_text(MemoryParameters()).splitlines()
    assert len(lines) == len(fields(MemoryParameters))
    assert all(pl.Series([line.split(" = ")[1]]).cast(pl.Float64).is_finite().all() for line in lines)
