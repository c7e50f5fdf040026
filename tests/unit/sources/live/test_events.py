"""Server-sent events, cut anywhere. All values are invented."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import PayloadMalformed
from sources.live import events
from sources.live.events import EventReader

TEXT = b': hello\n\nevent: mcm\nid: 7\ndata: {"op":"mcm"}\n\ndata: two\r\ndata:  lines\r\n\r\nid: 9\n\ndata: cut off'


@given(st.lists(st.integers(1, len(TEXT) - 1), max_size=12))
def test_events_are_the_same_however_they_are_cut(cuts: list[int]) -> None:
    reader, edges = EventReader(), [0, *sorted(cuts), len(TEXT)]
    found = [event for a, b in pairwise(edges) for event in reader.read(TEXT[a:b])]
    assert [event for event in found if event] == [b'{"op":"mcm"}', b"two\n lines"]


def test_a_comment_is_a_sign_of_life_without_data() -> None:
    assert set(EventReader().read(b": still here\n\n")) == {b""}


@pytest.mark.parametrize("piece", [b"data: " + b"x" * 200, b"data: " + b"x" * 50 + b"\ndata: " + b"y" * 60 + b"\n"])
def test_an_endless_event_is_refused(piece: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "MAX_EVENT_BYTES", 100)
    with pytest.raises(PayloadMalformed):
        EventReader().read(piece)
