"""Real files of some NBA seasons, read into a lake of a test's own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from lake.competitions import asked_for
from lake.storage import Lake
from sources.base import Request
from sources.catalog import sources
from sources.collecting import collect
from sources.transport.archive import ArchiveTransport

SPORT = "basketball"
NOW = datetime(2024, 7, 31, tzinfo=UTC)
_SEASON = re.compile(r"\d{4}-\d{2}")


def collected(archive: Path, root: Path, names: tuple[str, ...], *seasons: str) -> Lake:
    """A lake with the files that these sources have of these seasons, such as 2023-24, or of none in particular."""
    lake, leagues = Lake(root), asked_for(SPORT, ("NBA",))

    def wanted(requests: Sequence[Request]) -> list[Request]:
        told = [(request, _SEASON.findall(request.url)) for request in requests]
        return [request for request, found in told if not found or set(found) & set(seasons)]

    for source in sources(False):
        if source.sport == SPORT and source.name in names:
            collect(lake, source, ArchiveTransport(archive), leagues, NOW, NOW, lambda _: None, wanted)
    return lake
