"""One simulated world, its quotes and its archive, shared by all tests of the sandbox."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from sandbox.arrays import Bools, Floats, Ints
from sandbox.books import Quotes, quote
from sandbox.universe import Universe
from sandbox.vendor_files import write_archive
from sandbox.world import World, simulate

SEED = 20261120


@dataclass(frozen=True)
class Season:
    """Played matches as arrays: whether played (all,), outcome 0/1/2 for home/draw/away (n,), true 1X2 (n, 3)."""

    played: Bools
    outcome: Ints
    truth: Floats


@pytest.fixture(scope="session")
def world() -> World:
    return simulate(SEED)


@pytest.fixture(scope="session")
def quotes(world: World) -> Quotes:
    return quote(world)


@pytest.fixture(scope="session")
def universe() -> Universe:
    return Universe(SEED)


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_archive(tmp_path_factory.mktemp("sandbox") / "archive", SEED)


@pytest.fixture(scope="session")
def played(world: World) -> Season:
    rows = world.matches.filter("is_played")
    margin = (rows["home_goals"] - rows["away_goals"]).to_numpy()
    truth = rows.select("p_home", "p_draw", "p_away").to_numpy()
    return Season(world.matches["is_played"].to_numpy(), 1 - np.sign(margin).astype(np.int64), truth)


@pytest.fixture(scope="session")
def results(world: World) -> pl.DataFrame:
    return world.matches.filter("is_played")
