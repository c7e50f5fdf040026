"""Registries for tests of this folder."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from models.registry import Registry
from tests.unit.models.registries import NAME


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """MLflow's tables without a row: making them takes seconds, copying them none."""
    place = tmp_path_factory.mktemp("empty")
    assert Registry(place).find(NAME, "hash-1") is None
    return place / "mlflow.db"


@pytest.fixture(scope="session")
def open_registry(empty_store: Path) -> Callable[[Path], Registry]:
    """Opens a registry, its store prepared."""

    def opened(root: Path) -> Registry:
        root.mkdir(parents=True, exist_ok=True)
        if not (root / "mlflow.db").exists():
            shutil.copyfile(empty_store, root / "mlflow.db")
        return Registry(root)

    return opened
