"""What is left out has no say, what is left alone has all of it, and differences are those of a plain loop."""

from __future__ import annotations

import json
import math
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from jsonschema import Draft202012Validator

from core.errors import PermanentError
from core.settings import load_settings
from lake.storage import Lake
from models.belief import Belief
from models.catalog import BLEND_MEMBERS, MODEL_MEMBERS
from models.dataset import Dataset
from models.families.closing import ClosingParameters
from models.families.residual import MEMORY
from models.kept import InMemory
from models.members import School
from models.recipe import Recipe
from models.training import Hearing, hearings
from replay import ablation, walk_forward
from replay.ablation import compare
from replay.changes import Change, Scope
from replay.evidence import Evidence
from replay.parts import Ablated, closing_without, feature_groups, without_and_alone, without_features
from replay.taken_away import Kind
from tests.unit.models.worlds import decisions, outcomes, truths
from tests.unit.replay import seasons

YEARS = np.repeat([2018, 2019, 2020], 600)
TESTED = YEARS == 2020
SPEAKERS = ("elo", "closing", "market")
RECIPE = Recipe(closing=ClosingParameters(rounds=10, minimum_leaf_matches=20, leaves=4), threads=1)
SETTINGS = load_settings(threads=1)
FIRST, LAST = date(2023, 7, 1), date(2024, 6, 30)
SCHEMA = Path(__file__).parents[3] / "docs" / "schemas" / "ablation.json"


def silent(_said: str) -> None:
    """Progress that nobody reads."""


def world(signal_seed: int = 3) -> Dataset:
    """Invented decisions; the feature `signal` says nothing."""
    p = truths(len(YEARS), 1)
    columns = {name: np.random.default_rng(seed).normal(size=len(YEARS)) for name, seed in
               (("signal", signal_seed), ("other", 9))}  # fmt: skip
    return decisions(YEARS, outcomes(p, 2), columns, p, np.random.default_rng(4).normal(60, 100, len(YEARS)))


def heard(data: Dataset, **said: Belief) -> Hearing:
    """Three members of whom one sees a price; their beliefs are invented where a test gives none."""
    beliefs = {name: Belief(truths(len(YEARS), 20 + place)) for place, name in enumerate(SPEAKERS)} | said
    everybody = hearings(data, beliefs, np.ones(len(YEARS), dtype=bool))[0]
    return replace(everybody, unpriced=("elo", "closing"))


def told(hearing: Hearing) -> dict[tuple[str, str, str], Belief]:
    return {(one.kind, one.of, one.name): one.belief for one in without_and_alone(hearing, TESTED, silent)}


def same(one: Belief, other: Belief) -> bool:
    return np.array_equal(one.probabilities, other.probabilities, equal_nan=True)


def test_members_that_see_a_price_are_taken_from_the_blend_alone() -> None:
    of = {kind: {(name, pool) for found, pool, name in told(heard(world())) if found == kind} for kind in Kind}
    pairs = {("elo", "model"), ("closing", "model"), *((name, "blend") for name in SPEAKERS)}
    assert of == {Kind.WITHOUT_MEMBER: pairs, Kind.MEMBER_ALONE: pairs, Kind.WITHOUT_FEATURES: set()}


def test_who_is_left_out_has_no_say_and_who_is_left_alone_has_all_of_it() -> None:
    data = world()
    before, after = told(heard(data)), told(heard(data, elo=Belief(truths(len(YEARS), 77))))
    for (kind, of, name), belief in before.items():
        has_a_say = (kind == Kind.WITHOUT_MEMBER) != (name == "elo")
        assert same(belief, after[kind, of, name]) != has_a_say, (kind, of, name)


def test_the_market_that_knows_the_truth_is_missed_and_enough() -> None:
    data = world()
    hearing = heard(data, market=data.market)
    found = told(hearing)
    far = {
        name: np.abs(found[kind, "blend", name].probabilities - data.market.probabilities)[TESTED].max()
        for kind, name in ((Kind.MEMBER_ALONE, "market"), (Kind.WITHOUT_MEMBER, "elo"))
    }
    assert max(far.values()) < 0.05
    without = found[Kind.WITHOUT_MEMBER, "blend", "market"].probabilities[TESTED]
    assert np.abs(without - data.market.probabilities[TESTED]).mean() > 0.1
    assert same(found[Kind.WITHOUT_MEMBER, "blend", "market"], hearing.pooled(TESTED)["model"])


@pytest.fixture(scope="module")
def taught() -> Hearing:
    """Beliefs of real fits, the learner of the close among them."""
    data = world()
    beliefs, learned = School(data, RECIPE, InMemory(), "", silent).beliefs(TESTED)
    return hearings(data, beliefs, learned)[0]


def narrowed(hearing: Hearing, *columns: str, kept: InMemory | None = None) -> Belief:
    groups = {"some": tuple(columns)}
    (one,) = without_features(hearing, TESTED, groups, RECIPE, kept or InMemory(), "", silent)
    assert (one.kind, one.of, one.name) == (Kind.WITHOUT_FEATURES, "closing", "some")
    return one.belief


def test_the_learner_of_the_close_that_lacks_nothing_is_itself(taught: Hearing) -> None:
    assert same(narrowed(taught), taught.beliefs["closing"])
    assert not same(narrowed(taught, "signal", "elo_difference"), taught.beliefs["closing"])


def test_a_feature_that_is_left_out_has_no_say(taught: Hearing) -> None:
    elsewhere = replace(taught, data=world(signal_seed=55))
    assert same(narrowed(taught, "signal"), narrowed(elsewhere, "signal"))
    assert not same(narrowed(taught, "other"), narrowed(elsewhere, "other"))


def test_a_fit_that_was_kept_is_not_made_again(taught: Hearing, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = InMemory()
    first = narrowed(taught, "signal", kept=kept)
    monkeypatch.setattr("models.families.closing.fit", None)
    assert same(narrowed(taught, "signal", kept=kept), first)
    with pytest.raises(TypeError):
        narrowed(taught, "other", kept=kept)


def test_market_memory_cannot_be_left_out_of_who_starts_from_it() -> None:
    with pytest.raises(ValueError, match="starts from memory_supremacy and memory_draw"):
        closing_without(("other", "memory_draw"))


def test_every_feature_is_in_one_group_or_is_what_the_learner_starts_from(lake: Lake) -> None:
    evidence = Evidence.of(lake, "football")
    features = evidence.past(RECIPE).features.columns
    groups = feature_groups(evidence, features)
    assert sorted([name for names in groups.values() for name in names] + list(MEMORY)) == sorted(features)
    assert all(groups.values())


def test_differences_are_those_of_a_plain_loop_and_one_day_has_no_interval() -> None:
    p, q, close = (truths(40, seed) for seed in (1, 2, 3))
    data, _ = seasons.decided(*((f"m{place}", place // 4, "E0", (0.5, 0.3, 0.2)) for place in range(40)))
    change = Ablated(Kind.WITHOUT_MEMBER, "model", "elo", Belief(q))
    full = {"model": Belief(p)}
    found = compare(np.arange(40) < 32, full, [change], data, Belief(close), 0)
    loss = [math.log(p[row, 0] / q[row, 0]) for row in range(32)]
    divergence = [sum(close[row, k] * math.log(p[row, k] / q[row, k]) for k in range(3)) for row in range(32)]
    (told_,) = found.changes
    assert (found.n, told_.of, told_.name) == (32, "model", "elo")
    assert told_.minus_full["log_loss"] == pytest.approx(sum(loss) / 32)
    assert told_.minus_full["kl"] == pytest.approx(sum(divergence) / 32)
    assert found.full["model"]["log_loss"] == pytest.approx(-sum(math.log(p[row, 0]) for row in range(32)) / 32)
    low, high = told_.minus_full_ci95["kl"] or (1.0, 0.0)
    assert low < told_.minus_full["kl"] < high
    (alone,) = compare(np.arange(40) < 4, full, [change], data, Belief(close), 0).changes
    assert alone.minus_full_ci95 == {"log_loss": None, "kl": None}


def test_a_change_needs_what_it_is_measured_from() -> None:
    change = Change(Kind.MEMBER_ALONE, "blend", "market", {}, {})
    with pytest.raises(ValueError, match="Nothing to measure from: blend"):
        Scope(1, {}, (change,))


def test_without_the_same_backtest_in_the_lake_the_way_out_is_said(lake: Lake) -> None:
    with pytest.raises(PermanentError) as told_:
        ablation.ablate(lake, load_settings(threads=1, leagues=("E0",)), FIRST, date(2024, 1, 31), silent)
    asked = "fairline backtest --sport football --from 2023-07-01 --to 2024-01-31 --leagues E0"
    assert told_.value.way_out.startswith(f"Run `{asked}`")


@pytest.fixture(scope="module")
def both(lake: Lake, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], dict[str, Any]]:
    """The report of a backtest, and the ablation of it."""
    copy = Lake(shutil.copytree(lake.root, tmp_path_factory.mktemp("copy"), dirs_exist_ok=True))
    row = walk_forward.backtest(copy, SETTINGS, FIRST, LAST, silent)
    copy.table("gold.football.backtests").replace(row)
    found = ablation.ablate(copy, SETTINGS, FIRST, LAST, silent).to_json()
    return json.loads(row["report"][0]), json.loads(json.dumps(found, allow_nan=False))


@pytest.mark.slow
def test_an_ablation_is_measured_from_the_forecasters_of_the_backtest_on_its_matches(
    both: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    report, found = both
    Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8"))).validate(found)
    scopes = [(report["overall"], found["overall"])]
    scopes += [(scope, found["by_league"][name]) for name, scope in report["by_league"].items()]
    for expected, scope in scopes:
        assert scope["n"] == expected["n"]
        for name, full in scope["full"].items():
            card = expected["forecasters"][name]
            assert full == pytest.approx({score: card[score] for score in full}, abs=1e-5)


@pytest.mark.slow
def test_every_member_and_every_group_is_taken_away(both: tuple[dict[str, Any], dict[str, Any]]) -> None:
    _, found = both
    names: dict[tuple[str, str], set[str]] = {}
    for change in found["overall"]["changes"]:
        names.setdefault((change["kind"], change["of"]), set()).add(change["name"])
    assert names["without_member", "model"] == names["member_alone", "model"] == set(MODEL_MEMBERS)
    assert names["without_member", "blend"] == names["member_alone", "blend"] == set(BLEND_MEMBERS)
    assert names["without_features", "closing"] == {
        "form", "schedule", "ratings", "state_space", "memory", "total_memory", "goal_models",
    }  # fmt: skip
    assert pl.DataFrame(found["overall"]["changes"])["kl_minus_full"].is_finite().all()
