"""Which addresses of the vendor hold what: one file a division and season, one a country, one for the coming round."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from lake.competitions import Competition
from sources.base import Request
from sources.outcomes import MALFORMED
from sources.terms import FIXTURES_LIVE, STATISTICS_LIVE, Terms

SOURCE = "football_data"
ROOT = "https://www.football-data.co.uk"
FIRST_SEASON = 2005
_SEASON_STARTS_IN_MONTH = 7

_FEWEST_COLUMNS = 5


def _verdict(endpoint: str, body: bytes) -> str | None:
    """A page, or a text without a header of columns, is no file of matches, whatever the status says."""
    header = body.lstrip(b"\xef\xbb\xbf \r\n").partition(b"\n")[0]
    return MALFORMED if header.startswith(b"<") or header.count(b",") < _FEWEST_COLUMNS else None


TERMS = Terms(
    SOURCE,
    hosts=("www.football-data.co.uk",),
    lives={"fixtures": timedelta(minutes=4), "season_file": STATISTICS_LIVE, "extra_file": FIXTURES_LIVE},
    spacing_seconds=0.5,
    verdict=_verdict,
)


def season_start_year(moment: datetime) -> int:
    """The year in which the season of a date began: July starts a new one."""
    return moment.year if moment.month >= _SEASON_STARTS_IN_MONTH else moment.year - 1


def season_code(start_year: int) -> str:
    """`2023-24`."""
    return f"{start_year}-{(start_year + 1) % 100:02d}"


def plan(leagues: Mapping[str, Competition], as_of: datetime) -> Sequence[Request]:
    """Requests for every season of these leagues that had begun at `as_of`, and for the coming round."""
    known = [league for league in leagues.values() if SOURCE in league.vendors]
    years = range(FIRST_SEASON, season_start_year(as_of) + 1)
    requests = [request for league in known for request in _of_league(league, years)]
    return [*requests, Request(SOURCE, "fixtures", f"{ROOT}/fixtures.csv")] if requests else []


def is_fresh(request: Request, captured_at: datetime, now: datetime) -> bool:
    """Whether an answer still lives: for ever once a season was over, else as long as its endpoint's answers do."""
    if request.season_code is not None:
        over = datetime(int(request.season_code[:4]) + 1, 8, 1, tzinfo=UTC)
        if captured_at >= over:
            return True
    return now - captured_at < TERMS.life(request.endpoint)


def _of_league(league: Competition, years: Sequence[int]) -> list[Request]:
    code, endpoint = league.vendors[SOURCE]["code"], league.vendors[SOURCE]["endpoint"]
    if endpoint == "extra_file":
        return [Request(SOURCE, endpoint, f"{ROOT}/new/{code}.csv", league.id)]
    return [
        Request(SOURCE, endpoint, f"{ROOT}/mmz4281/{_folder(year)}/{code}.csv", league.id, season_code(year))
        for year in years
    ]


def _folder(year: int) -> str:
    return f"{year % 100:02d}{(year + 1) % 100:02d}"
