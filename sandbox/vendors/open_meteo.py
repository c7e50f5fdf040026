"""Open-Meteo: hourly weather at a place, the forecast and the archive. No key."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sandbox.vendors.base import STATUS, Answer, Ask, Refusal, Route, Shape, Vendor
from sandbox.vendors.writing import day_of

VARIABLES = {
    "temperature_2m": ("temperature_c", "°C"),
    "relative_humidity_2m": ("relative_humidity_pct", "%"),
    "precipitation": ("precipitation_mm", "mm"),
    "rain": ("precipitation_mm", "mm"),
    "wind_speed_10m": ("wind_speed_kmh", "km/h"),
    "wind_direction_10m": ("wind_direction_deg", "°"),
    "wind_gusts_10m": ("wind_gust_kmh", "km/h"),
}
WHOLE = {"relative_humidity_2m", "wind_direction_10m"}
FORECAST_DAYS, LONGEST_FORECAST = 7, 16
ARCHIVE_DELAY = timedelta(days=2)
Row = dict[str, Any]


def refuse(refusal: Refusal) -> Answer:
    """The vendor's error."""
    reasons = {
        "quota": "Daily API request limit exceeded. Please try again tomorrow.",
        "rate": "Minutely API request limit exceeded. Please try again in one minute.",
        "error_body": "Minutely API request limit exceeded. Please try again in one minute.",
        "not_found": "Not Found",
    }
    return Answer({"error": True, "reason": reasons.get(refusal, refusal.capitalize())}, status=STATUS[refusal])


def forecast(ask: Ask) -> Answer:
    """Hours from `start_date` to `end_date`, or of the coming `forecast_days` (7 unless told)."""
    today = ask.now.date()
    days = int(ask.query.get("forecast_days", FORECAST_DAYS))
    first = day_of(ask.query.get("start_date")) or today - timedelta(days=int(ask.query.get("past_days", 0)))
    last = day_of(ask.query.get("end_date")) or today + timedelta(days=days - 1)
    if last > today + timedelta(days=LONGEST_FORECAST):
        return _error(f"Parameter 'end_date' is out of allowed range until {today + timedelta(days=LONGEST_FORECAST)}")
    return _answer(ask, first, last, None)


def archive(ask: Ask) -> Answer:
    """Hours that were measured, from `start_date` to `end_date`; null for those not in yet."""
    first, last = day_of(ask.query.get("start_date")), day_of(ask.query.get("end_date"))
    if first is None or last is None:
        return _error("Parameter 'start_date' and 'end_date' must be set")
    if last > ask.now.date():
        return _error(f"Parameter 'end_date' is out of allowed range from 1940-01-01 to {ask.now.date()}")
    return _answer(ask, first, last, ask.now - ARCHIVE_DELAY)


def _error(reason: str) -> Answer:
    return Answer({"error": True, "reason": reason}, status=400)


def _answer(ask: Ask, first: date, last: date, measured_until: datetime | None) -> Answer:
    names = [name for name in ask.query.get("hourly", "").split(",") if name]
    unknown = [name for name in names if name not in VARIABLES]
    if unknown:
        return _error(
            f"Data corrupted at path ''. Cannot initialize ForecastVariable from invalid String value {unknown[0]}."
        )
    try:
        places = list(zip(_numbers(ask, "latitude"), _numbers(ask, "longitude"), strict=True))
    except ValueError:
        return _error("Parameter 'latitude' and 'longitude' must have the same number of elements")
    told = [_place(ask, latitude, longitude, names, first, last, measured_until) for latitude, longitude in places]
    return Answer(told[0] if len(told) == 1 else told)


def _numbers(ask: Ask, name: str) -> list[float]:
    return [float(part) for part in ask.query[name].split(",")] if ask.query.get(name) else [0.0]


def _place(ask: Ask, latitude: float, longitude: float, names: list[str], first: date, last: date,
           measured_until: datetime | None) -> Row:  # fmt: skip
    start = datetime.combine(first, time(0), UTC)
    end = datetime.combine(last, time(23), UTC)
    rows = ask.view.frame(
        "weather", latitude_deg=latitude, longitude_deg=longitude, start_at_utc=start, end_at_utc=end
    ).to_dicts()
    told: Row = {
        "latitude": round(latitude, 2), "longitude": round(longitude, 2), "generationtime_ms": 0.1,
        "utc_offset_seconds": 0, "timezone": "GMT", "timezone_abbreviation": "GMT", "elevation": 38.0,
    }  # fmt: skip
    if not names:
        return told
    units = {"time": "iso8601"} | {name: VARIABLES[name][1] for name in names}
    hourly: Row = {"time": [row["hour_at_utc"].strftime("%Y-%m-%dT%H:%M") for row in rows]}
    hourly |= {name: [_value(name, row, measured_until) for row in rows] for name in names}
    return told | {"hourly_units": units, "hourly": hourly}


def _value(name: str, row: Row, measured_until: datetime | None) -> float | int | None:
    value: float | None = row[VARIABLES[name][0]]
    if value is None or (measured_until is not None and row["hour_at_utc"] > measured_until):
        return None
    return round(value) if name in WHOLE else round(value, 1)


_SHAPE = Shape(None, renamed=("temperature_2m", "temperature"))
VENDOR = Vendor(
    name="open_meteo",
    hosts=("api.open-meteo.com", "archive-api.open-meteo.com"),
    routes=(
        Route("forecast", "/v1/forecast", forecast, _SHAPE),
        Route("archive", "/v1/archive", archive, _SHAPE),
    ),
    refuse=refuse,
)
