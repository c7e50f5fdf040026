"""Which addresses are asked for: matches of all leagues at once, and a table a league; ten a minute are allowed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from lake.competitions import Competition
from sources.base import Request
from sources.football_data_org.reading import verdict
from sources.terms import FIXTURES_LIVE, Credential, Terms

SOURCE = "football_data_org"
ROOT = "https://api.football-data.org/v4"
MATCHES, STANDINGS = "matches", "standings"
_BEFORE, _AFTER = timedelta(days=2), timedelta(days=7)
"""The vendor answers at most ten days at once."""

TERMS = Terms(
    SOURCE,
    hosts=("api.football-data.org",),
    lives={MATCHES: FIXTURES_LIVE, STANDINGS: timedelta(hours=12)},
    spacing_seconds=6.0,
    credentials=(Credential("football_data_org", "header", "X-Auth-Token"),),
    verdict=verdict,
)


def plan(leagues: Mapping[str, Competition], as_of: datetime) -> Sequence[Request]:
    """One request for the matches of nine days, then one a league for its table."""
    codes = {league.vendors[SOURCE]["code"]: league.id for league in leagues.values() if SOURCE in league.vendors}
    if not codes:
        return []
    first, last = (as_of - _BEFORE).date(), (as_of + _AFTER).date()
    asked = f"competitions={','.join(sorted(codes))}&dateFrom={first}&dateTo={last}"
    tables = [
        Request(SOURCE, STANDINGS, f"{ROOT}/competitions/{code}/standings", league_id)
        for code, league_id in sorted(codes.items())
    ]
    return [Request(SOURCE, MATCHES, f"{ROOT}/matches?{asked}"), *tables]
