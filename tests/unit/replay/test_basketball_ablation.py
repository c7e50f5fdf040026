"""Basketball's parts: who is left out has no say, who is left alone has all of it, and costs are paired by game."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from jsonschema import Draft202012Validator

from core.errors import PermanentError, SettingsInvalid
from core.settings import load_settings
from lake.storage import Lake
from models.basketball import closing, training
from models.basketball.belief import ScoreBelief
from models.basketball.closing import BASE, Learner
from models.basketball.games import MEMBERS, Games
from models.basketball.groups import GROUPS, grouped
from models.kept import InMemory
from pipelines.ablation_commands import run_ablation
from replay.basketball import ablation
from replay.basketball.ablation import NAMES, compare
from replay.basketball.parts import Ablated, without_and_alone, without_features
from replay.basketball.walk import Walk, backtest
from replay.catalog import CRAFTS
from replay.taken_away import Kind
from tests.unit.replay.arenas import FEW, columns, games, shown

SCHEMAS = Path(__file__).parents[3] / "docs" / "schemas"
FIRST, LAST = date(2021, 10, 1), date(2022, 6, 30)
SETTINGS = load_settings(threads=1).of("basketball")


def silent(_said: str) -> None:
    """Progress that nobody reads."""


def learner(kept: InMemory | None = None) -> Learner:
    return Learner(FEW, 0, 1, kept or InMemory(), "code")


@pytest.fixture(autouse=True)
def early(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(closing, "MINIMUM_GAMES", 400)


def told(played: Games) -> dict[tuple[str, str], ScoreBelief]:
    lines = training.lines_of(played, learner(), silent)
    return {(one.kind, one.name): one.belief for one in without_and_alone(played, lines, silent)}


def narrowed(played: Games, *names: str) -> dict[str, ScoreBelief]:
    return {one.of: one.belief for one in without_features(played, {"some": names}, learner(), silent)}


def same(one: ScoreBelief, other: ScoreBelief) -> bool:
    pairs = ((one.margin_mean, other.margin_mean), (one.total_mean, other.total_mean))
    return all(np.array_equal(*pair, equal_nan=True) for pair in pairs)


@pytest.mark.parametrize("member", ["elo", "filter"])
def test_who_is_left_out_has_no_say_and_who_is_left_alone_has_all_of_it(member: str) -> None:
    before, after = told(games()), told(games({member: 99}))
    assert {name for _, name in before} == set(MEMBERS)
    for (kind, name), belief in before.items():
        has_a_say = (kind == Kind.WITHOUT_MEMBER) != (name == member)
        assert same(belief, after[kind, name]) != has_a_say, (kind, name)


def test_a_feature_that_is_left_out_has_no_say_in_the_trees_nor_in_the_pool() -> None:
    name = columns()["form"]
    plain, moved = games(), games({"form": 99})
    for of in ("closing", "model"):
        assert same(narrowed(plain, name)[of], narrowed(moved, name)[of])
        assert not same(narrowed(plain)[of], narrowed(plain, columns()["schedule"])[of])


def test_trees_that_lack_nothing_are_the_whole_ones() -> None:
    played = games()
    walk = Walk.of(played, learner(), silent)
    found = narrowed(played)
    assert all(same(found[of], walk.forecasters[of]) for of in ("closing", "model"))


def test_what_trees_start_from_cannot_be_left_out() -> None:
    with pytest.raises(ValueError, match="starts from memory_margin and memory_total"):
        narrowed(games(), "memory_total")


def test_every_column_is_in_one_group_and_a_stranger_in_none() -> None:
    found = grouped([*columns().values(), *BASE])
    assert found == {group: (columns()[group],) for group in GROUPS}
    with pytest.raises(ValueError, match="Without a group: shoe_size"):
        grouped([*columns().values(), "shoe_size"])
    with pytest.raises(ValueError, match="Groups without a feature: form"):
        grouped([name for group, name in columns().items() if group != "form"])


def test_differences_are_those_of_a_plain_loop_and_one_day_has_no_interval() -> None:
    played = games()
    one, other = (ScoreBelief.of(*columns_, 0.1) for columns_ in (
        (played.closing[:, 0], 12.0, played.closing[:, 1], 15.0),
        (played.closing[:, 0] + 3, 12.0, played.closing[:, 1] - 2, 15.0)))  # fmt: skip
    played.closing[1, 1] = np.nan
    change = Ablated(Kind.WITHOUT_MEMBER, "model", "elo", other)
    few = np.arange(len(played)) < 9
    scope = compare(few, {"model": one}, [change], played, 0)
    (found,) = scope.changes
    spread = [abs(other.margin_mean[k] - played.result[k, 0]) - abs(one.margin_mean[k] - played.result[k, 0])
              for k in range(9)]  # fmt: skip
    assert (scope.n, found.name) == (9, "elo")
    assert found.minus_full["spread_mae"] == pytest.approx(sum(spread) / 9)
    assert found.minus_full["spread_square_to_close"] == pytest.approx(9.0)
    assert found.minus_full["total_square_to_close"] == pytest.approx(4.0), "of the eight with a total"
    assert scope.full["model"]["spread_square_to_close"] == pytest.approx(0.0)
    low, high = found.minus_full_ci95["spread_mae"] or (1.0, 0.0)
    assert low <= found.minus_full["spread_mae"] <= high
    (alone,) = compare(np.arange(len(played)) < 3, {"model": one}, [change], played, 0).changes
    assert set(alone.minus_full_ci95.values()) == {None}


def test_without_the_same_backtest_in_the_lake_the_way_out_is_said(tmp_path: Path) -> None:
    with pytest.raises(PermanentError) as told_:
        ablation.ablate(Lake(tmp_path), SETTINGS, FIRST, LAST, silent)
    assert "backtest --sport basketball --from 2021-10-01 --to 2022-06-30`" in told_.value.way_out


def test_a_sport_without_an_ablation_says_where_it_would_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CRAFTS, "basketball", lambda: SimpleNamespace(ablate=None))
    given = {"profile": None, "archive": None, "lake": None, "leagues": (), "sports": ("basketball",)}
    with pytest.raises(SettingsInvalid, match="each part of basketball") as told_:
        run_ablation(given, "2021-10-01", "2022-06-30", None)
    assert "replay/craft.py" in told_.value.way_out


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], dict[str, Any]]:
    """The report of a backtest of invented games, and the ablation of it."""
    lake = Lake(tmp_path_factory.mktemp("lake"))
    with pytest.MonkeyPatch.context() as patch:
        shown(patch)
        row = backtest(lake, SETTINGS, FIRST, LAST, silent)
        lake.table("gold.basketball.backtests").replace(row)
        found = ablation.ablate(lake, SETTINGS, FIRST, LAST, silent).to_json()
    return json.loads(row["report"][0]), json.loads(json.dumps(found, allow_nan=False))


def test_both_reports_fit_their_schemas(both: tuple[dict[str, Any], dict[str, Any]]) -> None:
    report, found = both
    for name, document in (("backtest-basketball", report | {"stages": {}}), ("ablation-basketball", found)):
        schema = json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8"))
        Draft202012Validator(schema).validate(document)


def test_an_ablation_is_measured_from_the_forecasters_of_the_backtest_on_its_games(
    both: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    report, found = both
    scopes = [(report["overall"], found["overall"])]
    scopes += [(scope, found["by_season"][name]) for name, scope in report["by_season"].items()]
    for expected, scope in scopes:
        assert scope["n"] == expected["n"] > 0
        for name, full in scope["full"].items():
            card = expected["forecasters"][name]
            same_ = ("log_loss", "spread_mae", "total_mae")
            assert {one: full[one] for one in same_} == pytest.approx({one: card[one] for one in same_})
            assert full["spread_square_to_close"] == pytest.approx(card["spread_rms_to_close"] ** 2)


def test_every_member_and_every_group_is_taken_away_and_what_matters_is_missed(
    both: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    changes = both[1]["overall"]["changes"]
    names = {(one["kind"], one["of"], one["name"]) for one in changes}
    pools = {(kind, "model", name) for kind in ("without_member", "member_alone") for name in MEMBERS}
    trees = {("without_features", of, group) for of in ("closing", "model") for group in GROUPS}
    assert names == pools | trees
    assert all(f"{name}_minus_full" in one for one in changes for name in NAMES)
    cost = {one["name"]: one["spread_square_to_close_minus_full"] for one in changes
            if (one["kind"], one["of"]) == ("without_features", "closing")}  # fmt: skip
    assert max(cost, key=cost.__getitem__) == "schedule"
