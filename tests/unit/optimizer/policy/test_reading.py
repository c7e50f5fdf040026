"""A policy file: what it holds is taken, and what is wrong with it is said with its key and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.settings import Staking
from optimizer.policy import Limits, Policy, PolicyInvalid, default, load

EXAMPLE = Path(__file__).parents[4] / "docs" / "policy.example.yaml"
HEAD = "bettor_id: invented\ncurrency: EUR\n"


def read(folder: Path, text: str) -> Policy:
    """The policy of a file with this text."""
    path = folder / "policy.yaml"
    path.write_text(text, encoding="utf-8")
    return load(path)


def test_the_example_shows_every_key_and_is_a_policy() -> None:
    found = load(EXAMPLE)
    text = EXAMPLE.read_text(encoding="utf-8")
    assert found.limits.drawdown_tiers == ((0.1, 0.5), (0.2, 0.25), (0.3, 0.0))
    assert [name for name in (*Policy.model_fields, *Limits.model_fields) if f"{name}:" not in text] == []


def test_a_file_of_two_keys_is_the_default_policy_of_another_name(tmp_path: Path) -> None:
    assert read(tmp_path, HEAD) == default(Staking()).model_copy(update={"bettor_id": "invented"})


def test_the_default_policy_sets_no_limit_that_the_settings_do_not_set() -> None:
    staking = Staking(minimum_edge=0.02, maximum_price_odds_dec=5, maximum_price_age_minutes=60, currency="GBP")
    found = default(staking)
    assert found.staking_under(found.limits, staking) == staking
    unset = {name: value for name, value in found.limits.model_dump().items() if value not in (None, ())}
    assert unset == {
        "minimum_edge": 0.02, "maximum_price_odds_dec": 5, "maximum_price_age_minutes": 60, "loosen_after_hours": 24,
    }  # fmt: skip
    assert found.jurisdiction is None


def test_overrides_of_stakes_stand_over_the_settings_and_limits_over_both(tmp_path: Path) -> None:
    found = read(tmp_path, HEAD + "staking: {kelly_fraction: 0.1}\nlimits: {minimum_edge: 0.03}\n")
    merged = found.staking_under(found.limits, Staking(kelly_fraction=0.5, maximum_tickets=3, currency="GBP"))
    assert (merged.kelly_fraction, merged.minimum_edge, merged.maximum_tickets) == (0.1, 0.03, 3)
    assert merged.currency == "EUR"


def test_the_delay_is_that_of_the_place_where_the_file_names_none(tmp_path: Path) -> None:
    assert read(tmp_path, HEAD + "jurisdiction: DE\n").limits.loosen_after_hours == 168
    assert read(tmp_path, HEAD + "jurisdiction: GB\n").limits.loosen_after_hours == 24


@pytest.mark.parametrize(("text", "said"), [
    (HEAD + "limits:\n  stake_dya: 5\n", r"limits\.stake_dya \(line 4\): Extra inputs"),
    (HEAD + "limits:\n  stake_day: -5\n", r"limits\.stake_day \(line 4\).*greater than or equal to 0"),
    (HEAD + "limits:\n  stake_day: yes\n", r"limits\.stake_day \(line 4\).*valid number"),
    (HEAD + "limits:\n  stake_day: '5'\n", r"limits\.stake_day \(line 4\).*valid number"),
    (HEAD + "limits:\n  stake_day: .nan\n", r"limits\.stake_day \(line 4\)"),
    (HEAD + "limits:\n  loosen_after_hours: 12\n", r"loosen_after_hours \(line 4\).*greater than or equal to 24"),
    (HEAD + "limits:\n  cool_off_until_utc: 2027\n", r"cool_off_until_utc \(line 4\): a bare number is no moment"),
    (HEAD + "limits:\n  cool_off_until_utc: 2027-01-01T00:00:00\n", r"cool_off_until_utc \(line 4\).*timezone"),
    (HEAD + "limits: {drawdown_tiers: [[0.2, 0.5], [0.1, 0.2]]}\n", r"drawdown_tiers \(line 3\): tier \[0\.1, 0\.2\]"),
    (HEAD + "limits: 7\n", r"limits \(line 3\)"),
    (HEAD + "jurisdiction: XX\n", r"jurisdiction \(line 3\): 'XX' is not known; known are BE, CA-ON"),
    (HEAD + "jurisdiction: DE\nlimits: {loosen_after_hours: 24}\n", "Germany asks for at least 168"),
    (HEAD + "timezone: Mars/Base\n", r"timezone \(line 3\): 'Mars/Base' is no time zone"),
    (HEAD + "kyc_verified: 1\n", r"kyc_verified \(line 3\).*boolean"),
    (HEAD + "staking: {kelly: 1}\n", r"staking \(line 3\): kelly: Extra inputs"),
    (HEAD + "staking: {minimum_edge: 0.1}\n", r"staking \(line 3\): minimum_edge is not set here but as limits"),
    ("bettor_id: a b\ncurrency: EUR\n", r"bettor_id \(line 1\)"),
    ("currency: EUR\n", r"bettor_id: Field required"),
    (HEAD + "currency: EUR\n", "currency is written twice, on lines 2 and 3"),
    ("bettor_id: [\n", "is no YAML"),
    ("", "holds no keys"),
    ("- 1\n", "holds no keys"),
])  # fmt: skip
def test_a_fault_is_said_with_its_key_and_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(PolicyInvalid, match=said) as caught:
        read(tmp_path, text)
    assert caught.value.what.endswith(".")
    assert caught.value.way_out


def test_every_fault_of_a_file_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(PolicyInvalid, match=r"timezone.*limits\.stake_day|limits\.stake_day.*timezone"):
        read(tmp_path, HEAD + "timezone: Mars\nlimits: {stake_day: -1}\n")


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(PolicyInvalid, match=r"The policy file 'none\.yaml' cannot be read"):
        load(tmp_path / "none.yaml")


def test_a_book_that_is_off_or_unlicensed_is_nobodys_price_so_that_the_next_best_is_taken() -> None:
    base = Staking(bookmakers=("bet365", "bwin", "coral", "1xbet"))
    told = {"bettor_id": "ann", "currency": "GBP", "jurisdiction": "GB", "limits": default(base).limits}
    bettor = Policy.model_validate(told | {"preferences": {"books": {"never": ["coral"]}}})
    assert bettor.staking_under(bettor.limits, base).bookmakers == ("bet365", "bwin")
    picky = Policy.model_validate(told | {"preferences": {"books": {"only": ["coral", "1xbet"]}}})
    assert picky.staking_under(picky.limits, base).bookmakers == ("coral",)
