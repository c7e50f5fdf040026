"""Every source that exists: adding a vendor is one line here."""

from __future__ import annotations

from sources.base import Source
from sources.football_data.source import FootballData

SOURCES: dict[str, Source] = {source.name: source for source in (FootballData(),)}
