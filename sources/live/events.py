"""Server-sent events: from pieces of an answer, cut anywhere, to the data of whole events (WHATWG HTML, 9.2)."""

from __future__ import annotations

from core.errors import PayloadMalformed

MAX_EVENT_BYTES = 16 * 1024 * 1024


class EventReader:
    """Collects pieces until an event is whole. Comments and events without data, which keep a line warm, are b""."""

    def __init__(self) -> None:
        self._rest = b""
        self._data: list[bytes] = []
        self._bytes = 0

    def read(self, piece: bytes) -> list[bytes]:
        """The data of the events that this piece completes; raises PayloadMalformed for one above 16 MiB."""
        *lines, self._rest = (self._rest + piece).split(b"\n")
        found = [event for line in lines for event in self._line(line.rstrip(b"\r"))]
        if len(self._rest) + self._bytes > MAX_EVENT_BYTES:
            raise PayloadMalformed("An event has more than 16 MiB.", "It is no stream of prices.")
        return found

    def _line(self, line: bytes) -> list[bytes]:
        if not line:
            whole, self._data, self._bytes = b"\n".join(self._data), [], 0
            return [whole]
        name, _, value = line.partition(b":")
        if name == b"data":
            self._data.append(value.removeprefix(b" "))
            self._bytes += len(value)
        return [b""] if not name else []
