"""Fair prices of 5,000 books at once against penaltyblog, which takes them one at a time: the same answer, sooner."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from penaltyblog import implied as peer

from core.market.devig import Method, devig

BOOKS = 5_000
METHODS: tuple[Method, ...] = ("shin", "power")


@pytest.fixture(scope="module")
def odds() -> np.ndarray:
    """Invented books of three outcomes with a margin of 5%, seeded."""
    return 1.0 / (1.05 * np.random.default_rng(11).dirichlet((6.0, 4.0, 5.0), BOOKS).clip(0.02, 0.9))


def _per_book(odds: np.ndarray, method: Method) -> np.ndarray:
    return np.array([peer.calculate_implied(book, method).probabilities for book in odds.tolist()])


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("peer_name", ["fairline", "penaltyblog"])
def test_devig(benchmark: Any, odds: np.ndarray, method: Method, peer_name: str) -> None:
    benchmark.group = f"{method}: fair probabilities of {BOOKS:,} books"
    benchmark.extra_info["peer"] = peer_name
    strip = devig if peer_name == "fairline" else _per_book
    found = benchmark.pedantic(strip, (odds, method), rounds=5 if peer_name == "fairline" else 1)
    sample = slice(0, 200)
    np.testing.assert_allclose(found[sample], _per_book(odds[sample], method), atol=1e-8)
