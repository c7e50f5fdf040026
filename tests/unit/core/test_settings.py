"""Settings are checked once: who wins, what is refused, and in which words."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import ValidationError

from core.errors import SettingsInvalid
from core.settings import load_settings


@pytest.fixture
def real_archive(tmp_path: Path) -> Path:
    (tmp_path / "index.csv").write_text("path,captured_at_utc\n", encoding="utf-8")
    return tmp_path


def test_without_any_setting_the_run_is_a_simulated_sandbox() -> None:
    settings = load_settings()
    assert settings.profile == "sandbox"
    assert settings.simulated
    assert settings.lake_root == Path("lakes/sandbox").absolute()


def test_the_environment_beats_the_defaults_and_the_caller_beats_both(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_settings().horizon_hours is None
    monkeypatch.setenv("FAIRLINE_HORIZON_HOURS", "48")
    assert load_settings().horizon_hours == 48
    assert load_settings(horizon_hours=24).horizon_hours == 24


def test_every_sport_looks_as_far_ahead_as_it_is_decided_unless_all_are_told_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def ahead(**given: object) -> list[float]:
        return [load_settings(**given).of(sport).ahead_hours for sport in ("football", "basketball")]

    assert ahead() == [72, 18]
    assert ahead(horizon_hours=24) == [24, 24]
    monkeypatch.setenv("FAIRLINE_HORIZON_HOURS", "48")
    assert ahead() == [48, 48]
    assert ahead(horizon_hours=24) == [24, 24]


def test_an_option_that_was_not_given_leaves_the_environment_in_force(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAIRLINE_SEED", "7")
    assert load_settings(seed=None).seed == 7


def test_a_staking_rule_is_set_by_its_full_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAIRLINE_STAKING__KELLY_FRACTION", "0.5")
    staking = load_settings(staking={"bankroll": 250}).staking
    assert (staking.kelly_fraction, staking.bankroll) == (0.5, 250)
    assert staking.minimum_edge == load_settings().staking.minimum_edge


def test_each_fault_is_one_sentence_that_names_its_setting() -> None:
    with pytest.raises(SettingsInvalid) as refused:
        load_settings(seed=-1, horizon_hours=0, staking={"kelly_fraction": 2})
    sentences = refused.value.what.split(". ")
    assert len(sentences) == 3
    for name, sentence in zip(("horizon_hours", "seed", "staking.kelly_fraction"), sorted(sentences), strict=True):
        assert sentence.startswith(f"Setting {name}: Input should be ")
    assert "fairline doctor" in refused.value.way_out


@pytest.mark.parametrize(
    ("name", "value"),
    [("profile", "demo"), ("sport", "curling"), ("threads", 0), ("horizon_hours", 24 * 14 + 1), ("as_of", "soon")],
)
def test_a_value_out_of_range_is_refused_by_name(name: str, value: object) -> None:
    with pytest.raises(SettingsInvalid, match=f"Setting {name}: "):
        load_settings(**{name: value})


def test_the_archive_profile_without_a_directory_says_how_to_name_one() -> None:
    with pytest.raises(SettingsInvalid, match="--archive DIR or set FAIRLINE_ARCHIVE"):
        load_settings(profile="archive")


def test_a_directory_without_an_index_is_no_archive(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid, match=f"'{tmp_path}' holds no index.csv"):
        load_settings(profile="archive", archive=tmp_path)


def test_a_directory_with_an_index_is_an_archive_and_nothing_is_simulated(real_archive: Path) -> None:
    settings = load_settings(profile="archive", archive=real_archive)
    assert not settings.simulated
    assert settings.lake_root == Path("lakes/archive").absolute()


def test_the_posterior_is_sampled_where_data_is_real_or_where_it_is_asked(
    real_archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = {"profile": "archive", "archive": real_archive}
    assert not load_settings().samples_posterior
    assert load_settings(**archive).samples_posterior
    assert load_settings(profile="live").samples_posterior
    monkeypatch.setenv("FAIRLINE_POSTERIOR", "true")
    assert load_settings().samples_posterior
    monkeypatch.setenv("FAIRLINE_POSTERIOR", "false")
    assert not load_settings(**archive).samples_posterior


@pytest.mark.parametrize("moment", ["2024-05-10T17:00:00", "2024-05-10", datetime(2024, 5, 10, 17)])
def test_a_moment_of_decision_without_a_zone_is_refused(moment: object) -> None:
    with pytest.raises(SettingsInvalid, match="(?i)as_of names no time zone"):
        load_settings(as_of=moment)


def test_a_moment_of_decision_is_the_same_instant_in_any_zone() -> None:
    assert load_settings(as_of="2024-05-10T18:00:00+01:00").as_of == datetime(2024, 5, 10, 17, tzinfo=UTC)


@pytest.mark.parametrize("text", ["2024", "20240510", "1715360400"])
def test_a_bare_number_is_never_taken_as_a_moment_of_1970(text: str) -> None:
    with pytest.raises(SettingsInvalid, match="as_of"):
        load_settings(as_of=text)


def test_leagues_are_read_from_the_environment_as_they_are_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAIRLINE_LEAGUES", "E0,SP1")
    assert load_settings().leagues == ("E0", "SP1")


def test_nonsense_in_the_environment_is_refused_in_our_own_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAIRLINE_STAKING", "plenty")
    with pytest.raises(SettingsInvalid, match="staking"):
        load_settings()


def test_a_lake_set_to_nothing_is_not_the_current_directory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAIRLINE_LAKE", "")
    assert load_settings().lake_root != Path.cwd()


@pytest.mark.parametrize("bankroll", [float("inf"), float("nan"), 0, -10])
def test_a_bankroll_is_a_positive_number_that_can_be_counted(bankroll: float) -> None:
    with pytest.raises(SettingsInvalid, match="staking.bankroll"):
        load_settings(staking={"bankroll": bankroll})


def test_a_staking_rule_that_does_not_exist_is_refused() -> None:
    with pytest.raises(SettingsInvalid, match="Setting staking.kely_fraction"):
        load_settings(staking={"kely_fraction": 0.5})


def test_settings_cannot_be_changed_during_a_run() -> None:
    settings = load_settings()
    with pytest.raises(ValidationError, match="frozen"):
        settings.seed = 1  # type: ignore[misc]
    with pytest.raises(ValidationError, match="frozen"):
        settings.staking.bankroll = 5.0  # type: ignore[misc]
