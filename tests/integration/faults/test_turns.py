"""Every vendor's turn under every fault that can touch it: nothing wrong is believed, nothing good is lost for good."""

from __future__ import annotations

import math
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from lake.storage import Lake
from sandbox.server.faults import FAULTS
from sources.base import Request, Source
from sources.collecting import Turn
from sources.transport.standing import standing
from tests.integration.faults.matrix import QUIET, SILENT, WORDS, pairs, rules, silent, transported
from tests.integration.faults.nights import NOW, PATIENCE, Night, Sandbox, asked_sources, copied, is_anchor
from tests.integration.faults.telling import Account, Rows, account, beyond, silver

pytestmark = pytest.mark.slow
PAIRS = list(pairs())


@dataclass(frozen=True)
class Undisturbed:
    """What a source tells where nothing is wrong: rows of tonight, rows of all nights, and the account of tonight."""

    fresh: Rows
    known: Rows
    account: Account


Turns = Callable[[Source], Undisturbed]


@pytest.fixture(scope="session")
def undisturbed(lakes: Path, world: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Turns:
    """The turn of each source without a fault, taken once."""

    taken: dict[tuple[str, str], Undisturbed] = {}

    def turn(source: Source) -> Undisturbed:
        name = (source.name, source.sport)
        if name not in taken:
            lake = begin(lakes, source, tmp_path_factory.mktemp("undisturbed"))
            world.begin(NOW)
            Night(lake, world).turn(source)
            taken[name] = Undisturbed(silver(lake, source, NOW), silver(lake, source), account(lake, source, NOW))
        return taken[name]

    return turn


def begin(lakes: Path, source: Source, folder: Path) -> Lake:
    return copied(lakes / ("before" if is_anchor(source) else "anchored"), folder / "lake")


def words(found: Account, usual: Account) -> set[str]:
    """Every word by which bronze, quarantine and the counts of rows name what was wrong."""
    said = set(found.attempts["outcome"]) | set(found.reasons)
    said |= {"fewer" for url, rows in found.parsed.items() if rows < usual.parsed.get(url, 0)}
    return said | ({"repeated"} if found.repeated > usual.repeated else set())


@pytest.mark.parametrize("source", transported(), ids=lambda source: f"{source.name}-{source.sport}")
def test_a_vendor_without_an_answer_is_named_adds_nothing_and_is_heard_again_later(
    source: Source, lakes: Path, world: Sandbox, undisturbed: Turns, tmp_path: Path
) -> None:
    usual, lake = undisturbed(source), begin(lakes, source, tmp_path)
    faults = silent(source)
    for minute, fault in enumerate(faults):
        shutil.rmtree(lake.root / ".transport", ignore_errors=True)
        now = NOW + timedelta(minutes=minute)
        world.begin(NOW, *rules(source, fault))
        night = Night(lake, world, now, as_of=NOW, patience_seconds=PATIENCE.get(fault))
        turn, found = night.turn(source), account(lake, source, now)
        assert_each_attempt_is_a_row(turn, found, world)
        assert WORDS[fault] & words(found, usual.account), (fault, turn.attempts)
        assert turn.is_degraded, fault
        assert not any(len(rows) for rows in silver(lake, source, NOW).values()), fault
        assert_the_reserve_is_whole(night, source)
    shutil.rmtree(lake.root / ".transport")
    world.begin(NOW)
    assert_all_is_well(Night(lake, world, NOW + timedelta(minutes=len(faults)), as_of=NOW), source, usual)


@pytest.mark.parametrize(("source", "fault"), PAIRS, ids=[f"{one.name}-{one.sport}-{fault}" for one, fault in PAIRS])
def test_spoilt_answers_are_named_nothing_wrong_is_believed_and_what_was_missing_comes_later(
    source: Source, fault: str, lakes: Path, world: Sandbox, undisturbed: Turns, tmp_path: Path
) -> None:
    usual, lake = undisturbed(source), begin(lakes, source, tmp_path)
    world.begin(NOW, *rules(source, fault))
    night = Night(lake, world)
    turn, found = night.turn(source), account(lake, source, NOW)
    assert_each_attempt_is_a_row(turn, found, world)
    assert WORDS[fault] & words(found, usual.account), (found.reasons, turn.attempts)
    assert turn.is_degraded or fault in QUIET or "truncated_row" in found.reasons
    assert beyond(silver(lake, source, NOW), usual.known) == {}
    assert_the_reserve_is_whole(night, source)
    world.tell("faults", faults=[])
    assert_all_is_well(night.after(), source, usual)


def assert_all_is_well(night: Night, source: Source, usual: Undisturbed) -> None:
    night.turn(source)
    assert beyond(usual.fresh, silver(night.lake, source)) == {}
    assert beyond(silver(night.lake, source, NOW), usual.known) == {}


def assert_each_attempt_is_a_row(turn: Turn, found: Account, world: Sandbox) -> None:
    heard = world.log()
    assert len(found.attempts) == turn.landed == sum(turn.attempts.values())
    assert len(found.sent) == len(heard) > 0
    assert any(entry["faults"] for entry in heard)


def assert_the_reserve_is_whole(night: Night, source: Source) -> None:
    (stands,) = standing(night.state, {source.name: source.terms}, NOW)
    if stands.quota is not None and source.terms.quota is not None:
        assert stands.quota.reserve_left == math.ceil(source.terms.quota.allowance * source.terms.quota.closing_share)


def test_every_fault_is_tried_and_every_vendor_meets_some() -> None:
    assert {fault for _, fault in PAIRS} | set(SILENT) == WORDS.keys() == FAULTS.keys()
    assert {source.name for source in transported()} == {one.name for one in asked_sources()} - {"statsbomb"}


@pytest.mark.parametrize("fault", ["renamed_field", "clock_skew", "zero_price"])
def test_routine_requests_never_spend_what_is_kept_for_closing_prices(
    fault: str, world: Sandbox, tmp_path: Path
) -> None:
    world.begin(NOW, f"api_football={fault}")
    transport = Night(Lake(tmp_path), world).transport("api_football")
    url = "https://v3.football.api-sports.io/odds?league=39&season=2026&bet=1"
    routine = Request("api_football", "odds", url, "E0", "2026-27")
    asked = Counter(capture.outcome for capture in transport.fetch([routine] * 120))
    closing = Counter(capture.outcome for capture in transport.fetch([replace(routine, is_closing=True)] * 30))
    assert asked == {"ok": 80, "quota_refused": 40}
    assert closing == {"ok": 20, "quota_refused": 10}
    assert len(world.log()) == 100
