"""A run names its degraded sources: among its warnings, and in a block of the daily report. The club is INVENTED."""

from __future__ import annotations

from pathlib import Path

from core.settings import load_settings
from serving import report, summary
from sources.status import NAME
from tests.unit.lake.quality.silver import rows
from tests.unit.serving.houses import AS_OF, decided


def test_warnings_and_the_page_name_what_is_stale_and_say_nothing_where_nothing_is(tmp_path: Path) -> None:
    lake, settings = decided(tmp_path), load_settings()
    assert "Degraded sources" not in report.daily(lake, settings, AS_OF)
    stale = {"vendor": "espn", "endpoint": "scoreboard", "is_stale": True, "newest_outcome": "timeout"}
    lake.table(NAME).replace(rows(NAME, stale, {"vendor": "betfair", "is_stale": False}))
    said = summary.warnings(lake, settings, AS_OF, is_replay=False)
    assert "Degraded sources: espn (scoreboard)." in said
    page = report.daily(lake, settings, AS_OF)
    assert "<li>espn/scoreboard is stale: it never answered, its last attempt ended with timeout.</li>" in page
    assert "betfair" not in page
