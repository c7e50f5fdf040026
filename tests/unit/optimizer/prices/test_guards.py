"""Guards: what the other books say, and limits that make sense."""

from __future__ import annotations

import numpy as np
import pytest

from core.market.consensus import consensus
from core.market.devig import devig
from optimizer.prices.guards import Guards, with_consensus
from tests.unit.optimizer.policies import price, prices
from tests.unit.optimizer.prices.quotes import offered

BOOKS = {"bwin": (2.0, 3.4, 4.2), "bet365": (2.2, 3.3, 3.8), "pinnacle": (2.1, 3.5, 3.9)}
QUOTED = offered(prices(*(price(book, *odds) for book, odds in BOOKS.items()), price("market_max", 2.3, 3.6, 4.3)))


@pytest.mark.parametrize("sharpness", [None, {"bwin": 1.0, "bet365": 2.0, "pinnacle": 5.0}, {"pinnacle": 1.0}])
def test_each_books_consensus_is_that_of_all_others_as_the_market_room_has_it(
    sharpness: dict[str, float] | None,
) -> None:
    found = with_consensus(QUOTED, sharpness)
    for book in BOOKS:
        others = [name for name in BOOKS if name != book]
        weights = [1.0 if sharpness is None else sharpness.get(name, 0.0) for name in others]
        expected = consensus(np.stack([devig([BOOKS[name]]) for name in others]), weights)[0]
        own = found.filter(bookmaker=book)
        assert own["others_count"].unique().to_list() == [sum(weight > 0 for weight in weights)]
        if sum(weights) > 0:
            np.testing.assert_allclose(own["consensus_prob"].to_list(), expected, rtol=1e-12)
        else:
            assert own["consensus_prob"].null_count() == 3


def test_an_aggregate_is_no_other_book() -> None:
    assert with_consensus(QUOTED)["others_count"].max() == 3
    assert with_consensus(QUOTED).filter(~QUOTED["is_aggregate"])["others_count"].unique().to_list() == [2]


def test_guards_that_refuse_everything_are_refused() -> None:
    for wrong in ({"maximum_rise_share": -0.1}, {"maximum_outlier_share": -0.1}, {"minimum_books": 0}):
        with pytest.raises(ValueError, match="Guards are shares"):
            Guards(**wrong)  # type: ignore[arg-type]
