"""Prices come over a websocket and over server-sent events, at the rate that was asked for."""

from __future__ import annotations

import json

import httpx
from websockets.sync.client import connect


def over_websocket(base_url: str, query: str) -> list[dict[str, object]]:
    with connect(f"{base_url.replace('http', 'ws')}/_stream/ws?{query}") as socket:
        return [json.loads(message) for message in socket]


def changes(message: dict[str, object]) -> int:
    markets = message.get("mc", [])
    assert isinstance(markets, list)
    return sum(len(runner) - 1 for market in markets for runner in market["rc"])


def test_the_stream_begins_with_an_image_and_keeps_its_rate(client: httpx.Client, base_url: str) -> None:
    image, *updates = over_websocket(base_url, "rate=1000&seconds=1")
    assert (image["op"], image["ct"]) == ("mcm", "SUB_IMAGE")
    market = image["mc"][0]  # type: ignore[index]
    assert market["img"] is True
    assert market["marketDefinition"]["marketType"] in ("MATCH_ODDS", "OVER_UNDER_25")
    assert 600 < sum(changes(update) for update in updates) < 1200
    clocks = [str(message["clk"]) for message in (image, *updates)]
    assert clocks == sorted(clocks)


def test_a_silent_stream_sends_heartbeats(client: httpx.Client, base_url: str) -> None:
    _, *beats = over_websocket(base_url, "rate=0&heartbeat=0.1&seconds=0.5")
    assert len(beats) >= 2
    assert {beat["ct"] for beat in beats} == {"HEARTBEAT"}


def test_server_sent_events_carry_the_same_messages(client: httpx.Client) -> None:
    with client.stream("GET", "/_stream/sse", params={"rate": "100", "seconds": "0.5"}) as answer:
        lines = list(answer.iter_lines())
    assert answer.headers["content-type"].startswith("text/event-stream")
    told = [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: ")]
    assert told[0]["ct"] == "SUB_IMAGE"
    assert all(message["pt"] == 1795194000000 for message in told), "the world's clock stands at SANDBOX_NOW"
    assert next(line for line in lines if line.startswith("id: ")) == f"id: {told[0]['clk']}"
