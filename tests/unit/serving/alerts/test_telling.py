"""Alerts are told once each and once more when they are over, whatever fails in between. Receivers are INVENTED."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from core.http import post
from lake.storage import Lake
from serving.alerts.book import NAME
from serving.alerts.conditions import Condition
from serving.alerts.tell import Told, tell
from tests.unit.serving.alerts.hooks import FAILED, KEY, NOW, STALE, Receiver, receiving, told_to

KINDS = {"run_failed", "source_stale", "odds_moved"}
LATER = NOW + timedelta(hours=1)


def _look(root: Path, receiver: Receiver, *conditions: Condition, now: object = NOW, pages: bool = True) -> Told:
    return tell(Lake(root), told_to(receiver.base, pages=pages), conditions, KINDS, now, post)  # type: ignore[arg-type]


def test_a_condition_is_told_once_and_its_end_once_to_each_channel_in_the_vendors_own_words(tmp_path: Path) -> None:
    with receiving(202) as receiver:
        for _ in range(2):
            _look(tmp_path, receiver, FAILED)
        for _ in range(2):
            _look(tmp_path, receiver, now=LATER)
    assert [path for path, _, _ in receiver.heard] == [
        "/services/T0/B0/planted-hook?token=planted-query", "/v2/enqueue",
    ] * 2  # fmt: skip
    assert {headers["content-type"] for _, headers, _ in receiver.heard} == {"application/json"}
    assert receiver.bodies == [
        {"text": "Critical: The run of nightly failed."},
        {
            "routing_key": KEY,
            "event_action": "trigger",
            "dedup_key": "fairline/run/nightly",
            "client": "Fairline",
            "payload": {
                "summary": "The run of nightly failed.",
                "source": "fairline/live",
                "severity": "critical",
                "timestamp": "2026-11-21T12:00:00Z",
                "component": "nightly",
                "class": "run_failed",
                "custom_details": {
                    "alert_key": "run/nightly", "alert_id": Lake(tmp_path).table(NAME).read()["alert_id"][0],
                },
            },
        },
        {"text": "Over: The run of nightly failed."},
        {"routing_key": KEY, "event_action": "resolve", "dedup_key": "fairline/run/nightly"},
    ]  # fmt: skip


def test_a_warning_wakes_nobody_up_and_every_line_stands_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "fairline.alerts")
    with receiving() as receiver:
        first = _look(tmp_path, receiver, STALE)
        second = _look(tmp_path, receiver, now=LATER)
    assert [path for path, _, _ in receiver.heard if "enqueue" in path] == []
    assert (first.opened, first.closed, first.messages, first.faults) == (1, 0, 2, ())
    assert (second.opened, second.closed, second.messages) == (0, 1, 2)
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("WARNING", "Warning: espn/scoreboard is stale."), ("INFO", "Over: espn/scoreboard is stale."),
    ]  # fmt: skip


@pytest.mark.parametrize("status", [500, 429, 302])
def test_a_delivery_that_fails_is_tried_again_by_the_next_run_and_never_raises(tmp_path: Path, status: int) -> None:
    with receiving(status, 200) as receiver:
        first = _look(tmp_path, receiver, FAILED, STALE, pages=False)
        assert first.faults == (f"webhook answered {status}.",)
        assert len(receiver.heard) == 1, "a channel that fails is left alone for the rest of the run"
        second = _look(tmp_path, receiver, FAILED, STALE, now=LATER, pages=False)
        assert (second.opened, second.faults, len(receiver.heard)) == (0, (), 3)
        _look(tmp_path, receiver, FAILED, STALE, now=LATER, pages=False)
    assert len(receiver.heard) == 3


def test_nobody_at_home_is_no_error_and_what_was_untold_is_told_with_its_end(tmp_path: Path) -> None:
    with receiving() as receiver:
        pass
    found = _look(tmp_path, receiver, STALE, pages=False)
    assert len(found.faults) == 1
    assert "webhook gave no answer" in found.faults[0]
    with receiving() as receiver:
        _look(tmp_path, receiver, now=LATER, pages=False)
    assert [body["text"].split(":")[0] for body in receiver.bodies] == ["Warning", "Over"]


def test_a_crash_right_after_a_message_was_taken_repeats_no_other_one(tmp_path: Path) -> None:
    class Crash(BaseException):
        pass

    def crashing(url: str, body: bytes, headers: object) -> int:
        if receiver.heard:
            raise Crash
        return post(url, body, headers)  # type: ignore[arg-type]

    with receiving() as receiver:
        settings = told_to(receiver.base, pages=False)
        with pytest.raises(Crash):
            tell(Lake(tmp_path), settings, [FAILED, STALE], KINDS, NOW, crashing)
        tell(Lake(tmp_path), settings, [FAILED, STALE], KINDS, LATER, post)
    texts = [body["text"] for body in receiver.bodies]
    assert texts == ["Critical: The run of nightly failed.", "Warning: espn/scoreboard is stale."]


def test_a_condition_that_comes_back_is_told_again(tmp_path: Path) -> None:
    with receiving() as receiver:
        for hour, conditions in enumerate(([STALE], [], [STALE], [STALE])):
            _look(tmp_path, receiver, *conditions, now=NOW + timedelta(hours=hour))
    assert [body["text"].split(":")[0] for body in receiver.bodies] == ["Warning", "Over", "Warning"]


def test_what_was_not_looked_at_stays_open_and_what_lasts_until_a_moment_ends_there(tmp_path: Path) -> None:
    moved = Condition("odds/m1/1x2", "odds_moved", "info", "m1 moved.", until=LATER)
    audited = Condition("quality/coverage", "quality", "warning", "A book is gone.")
    with receiving() as receiver:
        _look(tmp_path, receiver, moved, audited)
        assert _look(tmp_path, receiver, now=NOW + timedelta(minutes=30)).closed == 0
        assert _look(tmp_path, receiver, now=LATER).closed == 1
    book = Lake(tmp_path).table(NAME).read()
    assert dict(book.select("alert_key", "closed_at_utc").iter_rows()) == {
        "odds/m1/1x2": LATER,
        "quality/coverage": None,
    }


def test_a_channel_that_is_set_up_later_hears_of_what_opens_from_then_on(tmp_path: Path) -> None:
    with receiving() as receiver:
        _look(tmp_path, receiver, FAILED, pages=False)
        _look(tmp_path, receiver, FAILED, replace(FAILED, key="run/settlement"), now=LATER)
    paged = [body["dedup_key"] for body in receiver.bodies if "dedup_key" in body]
    assert paged == ["fairline/run/settlement"]


def test_no_text_and_no_row_holds_a_secret_or_the_query_of_an_address(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with receiving(500) as receiver:
        address = "https://{}:{}@api.vendor.test/odds?apiKey=planted-parameter&x=1".format("user", "planted-password")
        hook = f"{receiver.base}/services/T0/B0/planted-hook?token=planted-query"
        leaky = replace(FAILED, summary=f"It failed at {address} and {hook} with {KEY}.")
        found = _look(tmp_path, receiver, leaky)
    rows = Lake(tmp_path).table(NAME).read()
    said = f"{receiver.bodies[0]} {found.faults} {caplog.text} {rows['summary'].to_list()}"
    assert "https://api.vendor.test/odds" in said
    assert "planted" not in said
    assert KEY not in said


def test_a_simulated_run_says_so_and_slack_s_own_signs_are_escaped(tmp_path: Path) -> None:
    with receiving() as receiver:
        settings = told_to(receiver.base, pages=False).model_copy(update={"profile": "sandbox"})
        tell(Lake(tmp_path), settings, [replace(STALE, summary="<b> & co")], KINDS, NOW, post)
    assert receiver.bodies == [{"text": "SIMULATED: Warning: &lt;b&gt; &amp; co"}]


def test_a_key_longer_than_pagerduty_takes_still_opens_and_ends_one_incident(tmp_path: Path) -> None:
    long = replace(FAILED, key="run/" + "x" * 300)
    with receiving(202) as receiver:
        _look(tmp_path, receiver, long)
        _look(tmp_path, receiver, now=LATER)
    keys = {body["dedup_key"] for body in receiver.bodies if "dedup_key" in body}
    assert len(keys) == 1
    assert len(keys.pop()) <= 255
