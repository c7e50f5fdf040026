"""Who wears the crown: champions, challengers and the way back, on a real MLflow store in SQLite."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from core.errors import ModelMissing
from models.registry import Registry
from tests.unit.models.registries import AS_OF, BETTER, LOSSES, NAME, NO_BETTER, register, trained

pytestmark = pytest.mark.slow
Open = Callable[[Path], Registry]


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory, open_registry: Open) -> Path:
    """Three champions in a line: the first, its refit, and a better recipe."""
    place = tmp_path_factory.mktemp("three")
    opened = open_registry(place)
    register(opened, trained(0.001), "hash-1", is_refit=False)
    register(opened, trained(0.002), "hash-2", day=1)
    register(opened, trained(0.003), "hash-3", is_refit=False, promote=BETTER, day=2)
    return place


@pytest.fixture
def registry(three: Path, tmp_path: Path) -> Registry:
    """A copy of the three champions."""
    shutil.copytree(three, tmp_path, dirs_exist_ok=True)
    return Registry(tmp_path)


def crowned(registry: Registry) -> str:
    return registry.champion(NAME).version


def deciding(registry: Registry, training_hash: str) -> str | None:
    found = registry.standing(NAME, training_hash)
    return None if found is None else found.version


def aliases(registry: Registry) -> dict[str, str]:
    return {alias: row.version for row in registry.versions(NAME) for alias in row.aliases}


def test_the_first_its_refits_and_the_better_are_crowned_and_say_why(registry: Registry) -> None:
    told = {row.version: (row.champion_before, row.because) for row in registry.versions(NAME)}
    assert aliases(registry) == {"champion": "3", "previous": "2"}
    assert told == {
        "1": (None, "It is the first version, or the first that can be read."),
        "2": ("1", "It is version 1 refitted on newer data."),
        "3": ("2", "The challenger is better."),
    }


def test_a_challenger_that_is_no_better_waits_and_the_champion_decides(registry: Registry) -> None:
    register(registry, trained(0.004), "hash-4", is_refit=False, promote=NO_BETTER, day=3)
    assert aliases(registry) == {"champion": "3", "previous": "2", "challenger": "4"}
    assert deciding(registry, "hash-4") == "3"
    found = registry.find(NAME, "hash-4")
    assert found is not None
    assert found.version == "4"


def test_a_new_recipe_that_nobody_compared_waits(registry: Registry) -> None:
    register(registry, trained(0.004), "hash-4", is_refit=False, day=3)
    (row, *_) = registry.versions(NAME)
    assert (row.aliases, row.was_crowned, row.because) == (
        ("challenger",), False, "It was not compared with version 3."
    )  # fmt: skip


def test_what_was_trained_on_exactly_this_data_decides_though_a_newer_champion_stands(registry: Registry) -> None:
    assert [deciding(registry, f"hash-{number}") for number in (1, 2, 3, 9)] == ["1", "2", "3", None]


def test_a_champion_of_a_later_moment_never_answers_for_a_challenger(registry: Registry) -> None:
    register(registry, trained(0.004), "hash-4", is_refit=False, promote=NO_BETTER, day=1)
    assert deciding(registry, "hash-4") == "2"
    register(registry, trained(0.005), "hash-5", is_refit=False, promote=NO_BETTER, day=-1)
    assert deciding(registry, "hash-5") is None


def test_a_rollback_goes_back_champion_by_champion_until_there_is_none_before(registry: Registry) -> None:
    assert registry.rollback(NAME).version == crowned(registry) == "2"
    assert aliases(registry) == {"champion": "2", "previous": "1"}
    assert registry.rollback(NAME).version == crowned(registry) == "1"
    assert aliases(registry) == {"champion": "1"}
    with pytest.raises(ModelMissing, match="No version was champion before version 1"):
        registry.rollback(NAME)


def test_after_a_rollback_the_older_version_decides_on_the_data_that_trained_the_newer(registry: Registry) -> None:
    registry.rollback(NAME, "1")
    assert [deciding(registry, f"hash-{number}") for number in (1, 2, 3)] == ["1", "1", "1"]


def test_after_a_rollback_refits_are_crowned_and_no_challenger_until_a_newer_version_is_named(
    registry: Registry,
) -> None:
    registry.rollback(NAME)
    register(registry, trained(0.004), "hash-4", is_refit=False, promote=BETTER, day=3)
    assert (crowned(registry), deciding(registry, "hash-4")) == ("2", "2")
    assert "chosen by hand" in registry.versions(NAME)[0].because
    register(registry, trained(0.005), "hash-5", day=4)
    register(registry, trained(0.006), "hash-6", is_refit=False, promote=BETTER, day=5)
    assert crowned(registry) == "5"
    registry.rollback(NAME, "6")
    assert aliases(registry) == {"champion": "6", "previous": "5"}
    assert deciding(registry, "hash-6") == "6"
    register(registry, trained(0.007), "hash-7", is_refit=False, promote=BETTER, day=6)
    assert crowned(registry) == "7"


def test_a_version_that_was_rolled_back_can_be_given_the_crown_again(registry: Registry) -> None:
    registry.rollback(NAME)
    registry.rollback(NAME, "3")
    assert (crowned(registry), deciding(registry, "hash-3")) == ("3", "3")
    assert registry.rollback(NAME).version == "2"


@pytest.mark.parametrize(("version", "said"), [("3", "the champion already"), ("9", "no version 9"), ("x", "no ver")])
def test_a_rollback_to_nowhere_is_refused_and_changes_nothing(registry: Registry, version: str, said: str) -> None:
    before = registry.versions(NAME)
    with pytest.raises(ModelMissing, match=said):
        registry.rollback(NAME, version)
    assert registry.versions(NAME) == before


def test_a_version_whose_files_were_changed_is_not_crowned(registry: Registry, tmp_path: Path) -> None:
    changed = [path for path in tmp_path.rglob("elo.member.txt") if "0.002" in path.read_text(encoding="utf-8")]
    for path in changed:
        path.write_text(path.read_text(encoding="utf-8") + " ", encoding="utf-8")
    before = registry.versions(NAME)
    with pytest.raises(ModelMissing, match="version 2 were changed"):
        registry.rollback(NAME)
    assert (len(changed), registry.versions(NAME)) == (1, before)
    assert registry.rollback(NAME, "1").version == crowned(registry) == "1"


def test_a_champion_whose_files_were_changed_can_be_left(registry: Registry, tmp_path: Path) -> None:
    for path in tmp_path.rglob("elo.member.txt"):
        if "0.003" in path.read_text(encoding="utf-8"):
            path.write_text("{}", encoding="utf-8")
    assert registry.incumbent(NAME) is None
    assert registry.rollback(NAME).version == crowned(registry) == "2"


def test_versions_are_listed_newest_first_with_what_was_logged(registry: Registry) -> None:
    newest, *_, first = registry.versions(NAME)
    assert (newest.version, newest.training_hash, newest.as_of_utc) == ("3", "hash-3", AS_OF + timedelta(days=2))
    assert (first.version, first.matches, first.log_loss, first.was_crowned) == ("1", 1234, 0.98, True)


def test_a_lake_without_a_registry_lists_nothing_rolls_nothing_back_and_stays_empty(tmp_path: Path) -> None:
    assert Registry(tmp_path / "none").versions(NAME) == ()
    with pytest.raises(ModelMissing, match="No champion"):
        Registry(tmp_path / "none").rollback(NAME)
    assert list(tmp_path.iterdir()) == []


def test_the_incumbent_brings_its_parameters_and_the_losses_to_compare_with(registry: Registry) -> None:
    incumbent = registry.incumbent(NAME)
    assert incumbent is not None
    assert (incumbent.version, incumbent.parameters["seed"]) == ("3", "1")
    assert incumbent.out_of_fold is not None
    assert incumbent.out_of_fold.equals(LOSSES.sort("match_id"))


def test_a_registration_killed_on_its_way_is_not_crowned_over_a_newer_champion(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mlflow import MlflowClient

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(MlflowClient, "set_registered_model_alias", killed)
        with pytest.raises(KeyboardInterrupt):
            register(registry, trained(0.004), "hash-4", day=3)
    register(registry, trained(0.005), "hash-5", day=4)
    assert registry.find(NAME, "hash-4") is not None
    assert crowned(registry) == "5"
