"""Live tickets: a decision is made once, and a run that was killed ends as if it had not been; the lake is invented."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from core.settings import Settings
from lake.conform import require
from lake.storage import Lake
from optimizer.audit import verify
from replay.issue import WRITTEN, decision_id, issue, offered, record
from tests.gold import gold
from tests.unit.replay.histories import settings
from tests.unit.replay.lakes import AS_OF, asked, made, priced, write
from tests.unit.replay.lakes import filled as filled_rows

VOLATILE = {"portfolios": ["solve_seconds"]}


def table(lake: Lake, name: str) -> pl.DataFrame:
    """Rows of a gold table in the order of its key, without what the clock measured."""
    rows = lake.table(gold(name))
    return rows.read().sort(rows.contract.key, nulls_last=True).drop(VOLATILE.get(name, []))


@pytest.fixture
def world(tmp_path: Path) -> tuple[Lake, Settings]:
    return made(tmp_path / "lake"), asked(tmp_path)


def test_a_decision_issues_tickets_in_the_form_of_every_table(world: tuple[Lake, Settings]) -> None:
    lake, own = world
    found = issue(lake, own, AS_OF)
    assert list(found.rows) == list(WRITTEN)
    for name, rows in found.rows.items():
        assert len(require(rows, lake.table(gold(name)).contract)) == len(rows) > 0, name
    legs = found.rows["ticket_legs"]
    assert set(legs.select("match_id", "selection", "bookmaker", "price_odds_dec").rows()) == {
        ("a", "home", "bet365", 2.4), ("b", "away", "bet365", 2.3), ("c", "home", "bwin", 2.9),
    }  # fmt: skip
    assert found.rows["tickets"]["stake_minor"].sum() == 6_000, "the policy allows 60.00 a day"
    assert found.rows["tickets"]["bettor_id"].unique().to_list() == ["ann"]
    assert not found.stood


def test_what_was_decided_is_not_decided_again_whatever_came_since(world: tuple[Lake, Settings]) -> None:
    lake, own = world
    write(lake, issue(lake, own, AS_OF))
    before = {name: table(lake, name) for name in WRITTEN}
    late = filled_rows(gold("fct_match_prices"), [priced("a", "pinnacle", 3.2, 3.0, 4.0, hours=-0.5)])
    lake.table(gold("fct_match_prices")).merge(late)
    again = issue(lake, own, AS_OF)
    assert again.stood
    assert {name: len(rows) for name, rows in again.rows.items()} == dict.fromkeys(WRITTEN, 0)
    write(lake, again)
    for name in WRITTEN:
        assert table(lake, name).equals(before[name]), name


@pytest.mark.parametrize("survived", range(len(WRITTEN) + 1))
def test_a_run_that_was_killed_after_some_tables_ends_with_the_same_rows(
    world: tuple[Lake, Settings], tmp_path: Path, survived: int
) -> None:
    lake, own = world
    killed = Lake(shutil.copytree(lake.root, tmp_path / "killed"))
    write(lake, issue(lake, own, AS_OF))
    write(killed, issue(killed, own, AS_OF), WRITTEN[:survived])
    again = issue(killed, own, AS_OF)
    assert again.stood == (survived == len(WRITTEN))
    write(killed, again)
    for name in WRITTEN:
        assert table(killed, name).equals(table(lake, name)), name
    assert verify(table(killed, "audit"), []) == []


def test_a_later_decision_counts_the_earlier_one_and_continues_its_audit(world: tuple[Lake, Settings]) -> None:
    lake, own = world
    first = issue(lake, own, AS_OF)
    write(lake, first)
    evening = AS_OF + timedelta(hours=2)
    for name in ("fair_odds", "score_grids"):
        later = (
            lake.table(gold(name))
            .read()
            .with_columns(pl.lit(evening).cast(pl.Datetime("us", "UTC")).alias("as_of_utc"))
        )
        lake.table(gold(name)).merge(later)
    second = issue(lake, own, evening)
    assert second.rows["tickets"].is_empty(), "the day's 60.00 are staked"
    assert second.rows["limit_changes"].is_empty(), "nothing was asked for anew"
    write(lake, second)
    audit = table(lake, "audit")
    assert verify(audit, []) == []
    assert audit["decision_id"].n_unique() == 2
    room = audit.filter(
        (pl.col("rule") == "stake_day") & (pl.col("as_of_utc") == evening) & (pl.col("subject_kind") == "stakes")
    )
    assert room.select("value", "allowed").row(0) == (0.0, False)


def test_every_offer_is_written_with_its_verdict(world: tuple[Lake, Settings]) -> None:
    lake, own = world
    rows = issue(lake, own, AS_OF).rows["value_bets"]
    asked_of = offered(lake, own, AS_OF)
    assert len(rows) == len(asked_of) == 9, "three results of each of three matches, each at its best book"
    assert rows.group_by("verdict").len().sort("verdict").rows() == [("accepted", 3), ("below_minimum_edge", 6)]


def test_a_book_that_the_policy_names_is_executable_and_one_that_it_leaves_out_is_not(
    world: tuple[Lake, Settings], tmp_path: Path
) -> None:
    """DEFECT: offers were looked for under the settings, though the policy overrode them."""
    lake, _ = world
    path = tmp_path / "bob.yaml"
    path.write_text("bettor_id: bob\ncurrency: EUR\nstaking: {bookmakers: [bwin]}\n", encoding="utf-8")
    found = offered(lake, settings().model_copy(update={"policy": path}), AS_OF)
    assert set(found["bookmaker"]) == {"bwin"}


def test_a_match_that_kicked_off_is_offered_no_more(world: tuple[Lake, Settings]) -> None:
    lake, own = world
    fixtures = lake.table(gold("spn_decisions"))
    fixtures.merge(fixtures.read(pl.col("match_id") == "a").with_columns(pl.lit(False).alias("is_upcoming")))
    assert set(issue(lake, own, AS_OF).rows["value_bets"]["match_id"]) == {"b", "c"}


def test_a_moment_without_beliefs_is_decided_with_nothing(world: tuple[Lake, Settings]) -> None:
    lake, own = world
    found = issue(lake, own, AS_OF + timedelta(minutes=5))
    assert found.rows["tickets"].is_empty()
    assert len(found.rows["portfolios"]) == 5


def test_the_same_moment_and_policy_are_the_same_decision(world: tuple[Lake, Settings], tmp_path: Path) -> None:
    own = world[1]
    other = tmp_path / "other.yaml"
    other.write_text("bettor_id: ann\ncurrency: EUR\nlimits: {stake_day: 61, loss_month: 200, minimum_edge: 0.01}\n")
    changed = [
        own.model_copy(update={"leagues": ("E0",)}), own.model_copy(update={"horizon_hours": 24.0}),
        own.model_copy(update={"policy": other}), settings(maximum_tickets=3).model_copy(update={"policy": own.policy}),
    ]  # fmt: skip
    ids = {decision_id(one, AS_OF) for one in (own, own.model_copy(), *changed)}
    assert len(ids) == 1 + len(changed)
    assert decision_id(own, AS_OF + timedelta(seconds=1)) not in ids


def test_the_record_leaves_out_one_decision_with_its_legs(world: tuple[Lake, Settings]) -> None:
    lake, own = world
    write(lake, issue(lake, own, AS_OF))
    whole, without = record(lake), record(lake, decision_id(own, AS_OF))
    assert (len(whole.tickets), len(whole.legs)) == (3, 3)
    assert (len(without.tickets), len(without.legs)) == (0, 0)
