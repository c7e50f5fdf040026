"""The example of a paid feed is a source like any other (its payload is invented)."""

from __future__ import annotations

import json
from typing import Any

from sources.base import Payload, Source
from sources.feed_example import ROOT, ExampleFeed
from tests.unit.sources.football_calendar import AT, LEAGUES, SEASON, kept, known, match_id, reasons

KICKOFF = "2024-02-24T15:00:00Z"
NOW = known(("Alderwick", "Brackmoor", KICKOFF), state="finished")


def result(**changes: Any) -> dict[str, Any]:
    score = {"home": 2, "away": 1}
    return {"uid": "g1", "kickoff": KICKOFF, "home": "Alderwick", "away": "Brackmoor", "score": score} | changes


def test_the_example_runs_and_refuses_like_any_source() -> None:
    feed: Source = ExampleFeed()
    body = json.dumps(
        {"results": [result(), result(uid="g2", home="Elsewhere"), result(uid="g3", score=None)]}
    ).encode()
    asked = feed.plan({"E0": LEAGUES["E0"]}, AT, NOW)[0]
    assert asked.url == f"{ROOT}/results?league=E0"
    parsed = feed.parse(Payload(asked.url, "results", "E0", SEASON, AT, "0" * 64, body), LEAGUES, NOW)
    assert kept(parsed, "vendor_matches")["match_id"].to_list() == [match_id("Alderwick", "Brackmoor")]
    assert reasons(parsed, "vendor_matches") == ["unknown_team", "missing_field"]
