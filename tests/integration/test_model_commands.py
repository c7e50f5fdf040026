"""`fairline models` and `fairline rollback` on a registry with invented forecasters."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from models.registry import Registry
from tests.integration.runs import fairline
from tests.unit.models.registries import BETTER, NAME, NO_BETTER, register, trained

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two champions and a challenger."""
    place = tmp_path_factory.mktemp("lake")
    registry = Registry(place / "mlflow")
    register(registry, trained(0.001), "hash-1", is_refit=False)
    register(registry, trained(0.002), "hash-2", is_refit=False, promote=BETTER, day=1)
    register(registry, trained(0.003), "hash-3", is_refit=False, promote=NO_BETTER, day=2)
    return place


def test_models_are_listed_and_the_crown_goes_back_in_one_command(lake: Path, tmp_path: Path) -> None:
    listed = fairline("models", "--lake", lake, "--json", tmp_path / "models.json")
    assert listed.code == 0, listed.text
    versions = json.loads((tmp_path / "models.json").read_text(encoding="utf-8"))["versions"]
    assert [(row["version"], row["aliases"]) for row in versions] == [
        ("3", ["challenger"]), ("2", ["champion"]), ("1", ["previous"])
    ]  # fmt: skip
    assert (versions[1]["as_of_utc"], versions[1]["log_loss"]) == ("2024-05-11T16:00:00Z", 0.98)
    assert all(word in listed.out for word in ("champion", "challenger", "0.9800", "1,234", "2024-05-11 16:00"))
    said = fairline("rollback", "--lake", lake, "--json", tmp_path / "champion.json")
    assert said.code == 0, said.text
    assert json.loads((tmp_path / "champion.json").read_text(encoding="utf-8"))["champion"] == "1"
    assert Registry(lake / "mlflow").champion(NAME).version == "1"
    again = fairline("rollback", "--lake", lake)
    assert again.code == 1
    assert "No version was champion before version 1. `fairline models` lists every version." in again.text


def test_a_lake_without_models_says_how_to_get_one_and_stays_empty(tmp_path: Path) -> None:
    listed, said = (fairline(command, "--lake", tmp_path / "lake") for command in ("models", "rollback"))
    assert (listed.code, said.code) == (0, 1)
    assert "`fairline run` trains one" in listed.out
    assert "Run `fairline run` to train one." in said.text
    assert not (tmp_path / "lake").exists()
