"""What a file of football's local sets holds: the columns that are read, and the league and season of its address."""

from __future__ import annotations

import re
from dataclasses import dataclass

from core.errors import PayloadMalformed

_UNDERSTAT = re.compile(r"understat_shots/(?P<league>[a-z0-9_]+)_(?P<season>\d{4}-\d{2})\.csv$")
_FOOTYSTATS = re.compile(r"footystats/(?P<league>[A-Z0-9]+)_(?P<first>\d{2})(?P<second>\d{2})\.csv$")
_LEAGUES = {"epl": "E0", "la_liga": "SP1", "bundesliga": "D1", "serie_a": "I1", "ligue_1": "F1"}
_WAY_OUT = "See docs/sources/local_sets_football.md."

SHOTS = ("id", "minute", "result", "xG", "player", "h_a", "situation", "h_team", "a_team", "date")
MATCHES = ("Date", "Time", "HomeTeam", "AwayTeam", "FTHG", "FTAG", "HomeXG", "AwayXG")
ABSENCES = ("player_name", "season_injured", "injury", "injured_since", "club")
GROUNDS = ("FDCOUK", "Stadium", "Capacity", "Latitude", "Longitude", "Country")


@dataclass(frozen=True)
class LeagueSeason:
    """Which league and season a file is of."""

    competition_id: str
    season_code: str


def league_season(url: str) -> LeagueSeason:
    """The league and season that an address names; raises PayloadMalformed where it names none."""
    if found := _UNDERSTAT.search(url):
        return LeagueSeason(_LEAGUES.get(found["league"], found["league"]), found["season"])
    if found := _FOOTYSTATS.search(url):
        return LeagueSeason(found["league"], f"20{found['first']}-{found['second']}")
    raise PayloadMalformed(f"The address {url} names no league and season.", _WAY_OUT)
