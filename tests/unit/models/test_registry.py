"""The registry on a real MLflow store in SQLite: what was registered comes back, what was tampered with does not."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.errors import ModelMissing
from models.families import boosting, elo
from models.members import Members
from models.recipe import Recipe
from models.registry import Registry, recipe_parameters
from tests.unit.models.registries import AS_OF, NAME, register, trained
from tests.unit.models.test_boosting import learned_from, world

pytestmark = pytest.mark.slow

DIFFERENCE = np.array([-80.0, 0.0, 140.0])


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory, open_registry: Callable[[Path], Registry]) -> Path:
    """One registry with two versions: the first with trees, the second without and champion."""
    place = tmp_path_factory.mktemp("registry")
    open_registry(place)
    register(Registry(place), trained(0.004, learned_from(5)), "hash-1")
    register(Registry(place), trained(0.006), "hash-2")
    return place


def test_what_was_registered_is_found_by_its_hash_in_another_process_of_the_same_lake(root: Path) -> None:
    found = Registry(root).find(NAME, "hash-1")
    assert found is not None
    assert (found.name, found.version, found.training_hash) == (NAME, "1", "hash-1")
    original = trained(0.004, learned_from(5))
    assert (found.trained.result, found.trained.over) == (original.result, original.over)
    assert found.trained.matches == 1234
    assert found.trained.members.fitted["elo"] == original.members.fitted["elo"]
    features, _ = world()
    expected = learned_from(5).predict(features).probabilities
    assert np.array_equal(found.trained.members.fitted["boosting"].predict(features).probabilities, expected)


def test_a_refit_is_the_champion_at_once(root: Path) -> None:
    champion = Registry(root).champion(NAME)
    assert (champion.version, champion.training_hash) == ("2", "hash-2")
    assert "boosting" not in champion.trained.members.fitted
    expected = trained(0.006).members.fitted["elo"].predict(DIFFERENCE).probabilities
    assert np.array_equal(champion.trained.members.fitted["elo"].predict(DIFFERENCE).probabilities, expected)


def test_a_hash_or_a_name_that_was_never_registered_is_not_found(root: Path) -> None:
    assert Registry(root).find(NAME, "hash-3") is None
    assert Registry(root).find("basketball_moneyline", "hash-1") is None
    with pytest.raises(ModelMissing, match="No champion of basketball_moneyline"):
        Registry(root).champion("basketball_moneyline")


def test_the_run_that_trained_it_is_logged_with_its_card_and_scores_at_the_time_of_the_decision(root: Path) -> None:
    from mlflow import MlflowClient

    client = MlflowClient(tracking_uri=f"sqlite:///{root / 'mlflow.db'}")
    version = client.get_model_version(NAME, "2")
    run = client.get_run(str(version.run_id))
    assert run.info.status == "FINISHED"
    assert run.info.start_time == run.info.end_time == AS_OF.timestamp() * 1000
    assert run.data.metrics == {"blend.log_loss": 0.98}
    assert run.data.params == {"seed": "1", "matches": "1234"}
    files = {path.name for path in (root / "artifacts").rglob("*") if path.is_file()}
    assert files == {"spec.json", "elo.member.txt", "boosting.member.txt", "card.md", "r.png"} | {
        "input_example.json",
        "out_of_fold.parquet",
    }


def test_three_rows_of_features_are_logged_as_plain_values(root: Path) -> None:
    written = [json.loads(path.read_text(encoding="utf-8")) for path in root.rglob("input_example.json")]
    assert written == [{"columns": ["elo", "rest_days"], "data": [[1.5, 7], [None, 3], [2.5, None]]}] * 2


def test_members_that_failed_are_remembered_with_the_reason(
    tmp_path: Path, open_registry: Callable[[Path], Registry]
) -> None:
    whole = trained()
    lame = replace(whole, members=Members(whole.members.fitted, {"boosting": "MemoryError"}))
    register(open_registry(tmp_path), lame, "hash-1")
    assert Registry(tmp_path).champion(NAME).trained.members.failed == {"boosting": "MemoryError"}


@pytest.mark.parametrize("file", ["spec.json", "elo.member.txt", "out_of_fold.parquet"])
def test_a_file_that_was_changed_is_refused(
    tmp_path: Path, file: str, open_registry: Callable[[Path], Registry]
) -> None:
    register(open_registry(tmp_path), trained(), "hash-1")
    (changed,) = tmp_path.rglob(file)
    changed.write_bytes(changed.read_bytes() + b" ")
    with pytest.raises(ModelMissing, match="version 1 were changed"):
        Registry(tmp_path).champion(NAME)


@pytest.mark.parametrize("spelling", ["plain", "file-uri", "dots", "link"])
def test_a_model_outside_the_registry_is_refused_however_its_place_is_spelt(
    tmp_path: Path, spelling: str, open_registry: Callable[[Path], Registry]
) -> None:
    from mlflow import MlflowClient

    root, outside = tmp_path / "registry", tmp_path / "elsewhere"
    register(open_registry(root), trained(), "hash-1")
    (spec,) = root.rglob("spec.json")
    shutil.copytree(spec.parent, outside)
    (root / "shortcut").symlink_to(outside)
    source = {
        "plain": str(outside),
        "file-uri": outside.as_uri(),
        "dots": f"{root}/../elsewhere",
        "link": str(root / "shortcut"),
    }[spelling]
    client = MlflowClient(tracking_uri=f"sqlite:///{root / 'mlflow.db'}")
    planted = client.create_model_version(NAME, source=source, tags=dict(client.get_model_version(NAME, "1").tags))
    client.set_registered_model_alias(NAME, "champion", planted.version)
    with pytest.raises(ModelMissing, match="outside its registry"):
        Registry(root).champion(NAME)


@pytest.mark.parametrize("folder", ["my lake", "50% of it", "lake #1", "Fußball", "up/../down"])
def test_a_registry_may_stand_in_a_folder_of_any_name(
    tmp_path: Path, folder: str, open_registry: Callable[[Path], Registry]
) -> None:
    """But for a question mark, which cuts SQLite's address short: settings refuse it."""
    (tmp_path / "up").mkdir()
    root = tmp_path / folder
    top = folder.rsplit("/", maxsplit=1)[-1]
    register(open_registry(root), trained(), "hash-1")
    assert Registry(root).champion(NAME).version == "1"
    assert {path.name for path in tmp_path.iterdir()} == {"up", top}, "something was written beside the registry"


def test_a_registration_killed_before_it_became_champion_is_finished_when_it_is_found_again(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mlflow import MlflowClient

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(MlflowClient, "set_registered_model_alias", killed)
        with pytest.raises(KeyboardInterrupt):
            register(Registry(root), trained(0.007), "hash-killed")
    found = Registry(root).find(NAME, "hash-killed")
    assert found is not None
    assert Registry(root).champion(NAME).training_hash == "hash-killed"


def test_a_lake_that_was_moved_still_finds_its_models_or_says_it_has_none(
    tmp_path: Path, open_registry: Callable[[Path], Registry]
) -> None:
    register(open_registry(tmp_path / "old"), trained(), "hash-1")
    (tmp_path / "old").rename(tmp_path / "new")
    found = Registry(tmp_path / "new").find(NAME, "hash-1")
    assert found is None or found.training_hash == "hash-1"


def test_a_recipe_is_flattened_for_the_log() -> None:
    flat = recipe_parameters(Recipe(seed=3))
    assert flat["seed"] == 3
    assert flat["boosting.rounds"] == boosting.BoostingParameters().rounds
    assert flat["elo.k"] == elo.EloParameters().k
    assert not any(isinstance(value, dict) for value in flat.values())


def test_a_champion_that_cannot_be_read_any_more_is_succeeded_unasked(tmp_path: Path) -> None:
    """As after an upgrade that wrote other files: a run must go on deciding."""
    registry = Registry(tmp_path)
    register(registry, trained(0.004), "old")
    spec = next(tmp_path.rglob("spec.json"))
    spec.write_text('{"members": []}', encoding="utf-8")
    register(registry, trained(0.005), "new", is_refit=False)
    standing = registry.standing(NAME, "new")
    assert standing is not None
    assert (standing.version, registry.champion(NAME).version) == ("2", "2")
