"""One man has one name in all his reports, so that memory knows him again after a summer."""

from __future__ import annotations

import polars as pl

from replay.basketball.reports import named


def rows(*told: tuple[str | None, str, str]) -> pl.DataFrame:
    """player_id, the vendor's name, and the vendor."""
    schema = {"player_id": pl.String(), "vendor_player_id": pl.String(), "source": pl.String()}
    return pl.DataFrame(told, schema=schema, orient="row")


def test_a_name_that_was_once_found_is_that_man_everywhere() -> None:
    found = named(rows((None, "J. Tatum", "sets"), ("jayson-tatum", "J. Tatum", "sets"), (None, "X", "sets")))
    assert found["player_id"].to_list() == ["jayson-tatum", "jayson-tatum", "X"]


def test_a_name_of_two_men_and_another_vendors_name_stay_as_they_are() -> None:
    found = named(
        rows(
            ("one", "J. Williams", "sets"), ("two", "J. Williams", "sets"), (None, "J. Williams", "sets"),
            ("three", "K. Love", "sets"), (None, "K. Love", "page"),
        )
    )  # fmt: skip
    assert found["player_id"].to_list() == ["one", "two", "J. Williams", "three", "K. Love"]
