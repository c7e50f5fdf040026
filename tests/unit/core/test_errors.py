"""Errors say what happened, what to do, and whether trying again can help."""

from __future__ import annotations

import pytest

from core import errors
from core.errors import FairlineError, PermanentError, TransientError

TREE = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, FairlineError)]
LEAVES = [kind for kind in TREE if kind not in (FairlineError, PermanentError, TransientError)]


def test_a_vendor_that_is_down_and_a_lost_race_are_worth_another_try() -> None:
    assert {kind.__name__ for kind in LEAVES if kind.retryable} == {
        "VendorUnavailable",
        "CommitConflict",
        "RunInProgress",
    }


@pytest.mark.parametrize("kind", LEAVES, ids=lambda kind: kind.__name__)
def test_every_error_is_either_transient_or_permanent_and_says_so_itself(kind: type[FairlineError]) -> None:
    assert issubclass(kind, TransientError) != issubclass(kind, PermanentError)
    assert kind.retryable == issubclass(kind, TransientError)
    assert kind.__doc__


@pytest.mark.parametrize("kind", LEAVES, ids=lambda kind: kind.__name__)
def test_every_error_can_be_caught_by_the_one_name_at_the_root(kind: type[FairlineError]) -> None:
    with pytest.raises(FairlineError, match="no price"):
        raise kind("The book shows no price.")


def test_an_error_tells_what_happened_and_then_the_way_out() -> None:
    error = errors.TicketUnknown("Table gold.x has not been written.", "Run `fairline run` first.")
    assert str(error) == "Table gold.x has not been written. Run `fairline run` first."
    assert (error.what, error.way_out) == ("Table gold.x has not been written.", "Run `fairline run` first.")


def test_an_error_without_a_way_out_ends_with_what_happened() -> None:
    assert str(errors.ContractBroken("3 rows share a key.")) == "3 rows share a key."
