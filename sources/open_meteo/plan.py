"""Which hours to ask for: one address a ground and day, so that an answer serves all matches there and is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import polars as pl

from core.errors import PayloadMalformed
from lake.competitions import Competition
from sources import outcomes
from sources.base import Request
from sources.known import Known
from sources.rows import document
from sources.terms import Quota, Terms

SOURCE = "open_meteo"
FORECAST, ARCHIVE = "forecast", "archive"
ADDRESSES = {
    FORECAST: "https://api.open-meteo.com/v1/forecast",
    ARCHIVE: "https://archive-api.open-meteo.com/v1/archive",
}
VARIABLES = ("temperature_2m", "relative_humidity_2m", "precipitation", "wind_speed_10m", "wind_gusts_10m")
HORIZON = timedelta(days=7)
LOOKBACK = timedelta(days=30)
ARCHIVE_DELAY = timedelta(days=5)
"""The vendor completes its archive with five days' delay: https://open-meteo.com/en/docs/historical-weather-api."""
_COMING = ("scheduled", "moved")
_ERROR_BYTES = 4_096


def _verdict(endpoint: str, body: bytes) -> str | None:
    """The vendor's errors are objects with `error` and `reason`, also where a proxy made them a status of 200."""
    if len(body) > _ERROR_BYTES:
        return None
    try:
        found = document(body)
    except PayloadMalformed:
        return outcomes.MALFORMED
    if not isinstance(found, dict) or not found.get("error"):
        return None
    is_spent = str(found.get("reason")).startswith("Daily API request limit exceeded")
    return outcomes.QUOTA_REFUSED if is_spent else outcomes.HTTP_ERROR


TERMS = Terms(
    SOURCE,
    hosts=("api.open-meteo.com", "archive-api.open-meteo.com"),
    lives={FORECAST: timedelta(hours=3), ARCHIVE: LOOKBACK},
    spacing_seconds=0.12,
    quota=Quota(10_000, "day"),
    verdict=_verdict,
)


def coordinate(degrees: float) -> str:
    """`51.5550`: four decimals, eleven metres; an address and its answer are brought together by this text."""
    return f"{degrees:.4f}"


def hours(kickoff: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """The hour of kick-off, and the stamp under which the vendor sums it up: that of its end."""
    start = kickoff.dt.truncate("1h")
    return start, start + pl.duration(hours=1)


def plan(leagues: Mapping[str, Competition], as_of: datetime, known: Known) -> Sequence[Request]:
    """Forecasts of the coming seven days, the soonest first, then the archive of the last thirty, the newest first."""
    kickoff = pl.col("event_at_utc")
    placed = known.matches.filter(pl.col("competition_id").is_in(list(leagues))).join(
        known.venues.select("team_id", "latitude", "longitude"), left_on="home_team_id", right_on="team_id"
    )
    coming = placed.filter(
        pl.col("state").is_in(_COMING) & (kickoff > as_of) & (kickoff <= as_of + HORIZON)
    )  # fmt: skip
    gone = kickoff.is_between(as_of - LOOKBACK, as_of - ARCHIVE_DELAY)
    over = placed.filter(pl.col("state").is_in(["finished", "corrected"]) & gone)
    return [*_requests(FORECAST, coming), *reversed(_requests(ARCHIVE, over))]


def _requests(endpoint: str, matches: pl.DataFrame) -> list[Request]:
    start, end = hours(pl.col("event_at_utc"))
    days = matches.sort("event_at_utc", "home_team_id").select(
        pl.col("latitude", "longitude"), start.dt.date().alias("start"), end.dt.date().alias("end")
    )
    return [
        Request(SOURCE, endpoint, _url(endpoint, *row)) for row in days.unique(maintain_order=True).iter_rows()
    ]  # fmt: skip


def _url(endpoint: str, latitude: float, longitude: float, start: object, end: object) -> str:
    where = f"latitude={coordinate(latitude)}&longitude={coordinate(longitude)}"
    return f"{ADDRESSES[endpoint]}?end_date={end}&hourly={','.join(VARIABLES)}&{where}&start_date={start}&timezone=GMT"
