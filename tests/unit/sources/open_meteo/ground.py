"""Invented matches, grounds and payloads of the vendor's shape, with invented values."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import polars as pl

from lake.competitions import competitions
from lake.contracts.model import contract
from sources.base import Payload
from sources.known import MATCH, Known
from sources.open_meteo.plan import ADDRESSES, VARIABLES

LEAGUES = competitions("football", ["E0"])
NOW = datetime(2026, 10, 2, 17, tzinfo=UTC)
KICKOFF = datetime(2026, 10, 3, 11, 30, tzinfo=UTC)


def known(*matches: tuple[str, datetime, str], latitude: float = 53.48, longitude: float = -2.24) -> Known:
    """Matches (home club, kick-off, state) in E0, and the ground of `eng-north`."""
    rows = [(f"E0-{home}-{at:%m%d%H}", "E0", "2026-27", home, "eng-south", at, state) for home, at, state in matches]
    ground = {
        "team_id": "eng-north",
        "venue": "North Road",
        "known_at_utc": datetime(2020, 1, 1, tzinfo=UTC),
        "known_at_basis": "observed",
        "latitude": latitude,
        "longitude": longitude,
        "source": "local_sets",
        "bronze_sha256": "0" * 64,
        "ingested_at_utc": datetime(2020, 1, 1, tzinfo=UTC),
    }
    venues = pl.DataFrame([ground], schema=contract("silver.football.venues").schema)
    return Known("football", pl.DataFrame(rows, schema=MATCH, orient="row"), {"venues": venues})


def place(**changes: Any) -> dict[str, Any]:
    """Three hours at North Road; `changes` replace fields of the place."""
    said: dict[str, Any] = {
        "latitude": 53.5,
        "longitude": -2.25,
        "utc_offset_seconds": 0,
        "hourly_units": {
            "time": "iso8601",
            "temperature_2m": "°C",
            "relative_humidity_2m": "%",
            "precipitation": "mm",
            "wind_speed_10m": "km/h",
            "wind_gusts_10m": "km/h",
        },
        "hourly": {
            "time": ["2026-10-03T10:00", "2026-10-03T11:00", "2026-10-03T12:00"],
            "temperature_2m": [9.0, 10.0, 11.0],
            "relative_humidity_2m": [60, 61, 62],
            "precipitation": [0.0, 0.3, 0.7],
            "wind_speed_10m": [20.0, 21.0, 22.0],
            "wind_gusts_10m": [30.0, 31.0, 32.0],
        },
    }
    return said | changes


def payload(
    document: object, endpoint: str = "forecast", captured_at: datetime = NOW, latitude: str = "53.4800"
) -> Payload:
    """A capture of such a document, asked for at North Road."""
    query = f"hourly={','.join(VARIABLES)}&latitude={latitude}&longitude=-2.2400"
    url = f"{ADDRESSES[endpoint]}?end_date=2026-10-03&{query}&start_date=2026-10-03&timezone=GMT"
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return Payload(url, endpoint, None, None, captured_at, "0" * 64, body)
