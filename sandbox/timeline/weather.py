"""Weather anywhere on earth by the hour: smooth waves in time and place, and forecasts that err more the further ahead.

The truth is a sum of waves with drawn phases, so it can be asked for at any place and hour without being stored, and
neighbouring grounds have similar weather.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import polars as pl

from sandbox.arrays import Floats, stream
from sandbox.moments import epoch, microseconds, moment
from sandbox.timeline.paths import HOUR

WAVES = 16
PERIODS_HOURS = (18.0, 260.0)
WAVES_A_DEGREE = 0.35
FIELDS = ("temperature", "humidity", "rain", "wind", "direction", "gust")
DIURNAL_C, SEASONAL_C, FRONT_C = 3.5, 8.5, 2.8
RAIN_FROM, RAIN_MM = 0.9, 2.2
ERROR_A_DAY, MOST_ERROR = 0.17, 1.0
GUST_FACTORS = (1.25, 2.4)
RUN = timedelta(hours=6)
FURTHEST = timedelta(days=16)


def weather(t: datetime, place: tuple[float, float], hours: pl.Series, seed: int) -> pl.DataFrame:
    """Return the weather in the columns of `Universe.weather` at a place (latitude and longitude in degrees).

    Hours after t are forecast from the last run, every six hours, up to 16 days ahead; further ones are left out.
    """
    kept = hours.filter(hours <= t + FURTHEST)
    at = epoch(kept) / HOUR
    now = microseconds(t)
    run = now // microseconds_of(RUN)
    lead_days = np.maximum(at - now / HOUR, 0.0) / 24.0
    weight = np.where(lead_days > 0, np.minimum(ERROR_A_DAY * np.sqrt(lead_days), MOST_ERROR), 0.0)
    fields = {
        name: np.sqrt(1.0 - weight**2) * _field(at, place, seed, name) + weight * _field(at, place, seed, name, run)
        for name in FIELDS
    }
    return _table(kept, at, place, fields).with_columns(is_forecast=pl.col("hour_at_utc") > moment(t))


def microseconds_of(span: timedelta) -> int:
    """Return a span in microseconds."""
    return span // timedelta(microseconds=1)


def _field(hours: Floats, place: tuple[float, float], seed: int, *name: str | int) -> Floats:
    """Return a standard normal field at hours (n,) and a place."""
    rng = stream(seed, "weather", *name)
    shortest, longest = np.log(PERIODS_HOURS)
    periods = np.exp(rng.uniform(shortest, longest, WAVES))
    phases = rng.uniform(0.0, 2.0 * np.pi, WAVES)
    north, east = rng.normal(0.0, WAVES_A_DEGREE, (2, WAVES))
    angles = 2.0 * np.pi * hours[:, None] / periods + phases + north * place[0] + east * place[1]
    field: Floats = np.sqrt(2.0 / WAVES) * np.sin(angles).sum(axis=1)
    return field


def _table(hours: pl.Series, at: Floats, place: tuple[float, float], fields: dict[str, Floats]) -> pl.DataFrame:
    season = np.cos(2.0 * np.pi * (at / 24.0 - 200.0) / 365.25)
    day = np.cos(2.0 * np.pi * (at + place[1] / 15.0 - 15.0) / 24.0)
    mean = 27.0 - 0.5 * abs(place[0] - 10.0) + 3.5
    temperature = mean + SEASONAL_C * season + DIURNAL_C * day + FRONT_C * fields["temperature"]
    rain = np.maximum(fields["rain"] - RAIN_FROM, 0.0) * RAIN_MM
    humidity = 74.0 - 9.0 * day + 9.0 * fields["humidity"] + 8.0 * (rain > 0)
    wind = np.round(13.0 * np.exp(0.45 * fields["wind"]), 1)
    return pl.DataFrame(
        {
            "hour_at_utc": hours,
            "temperature_c": np.round(temperature, 1),
            "relative_humidity_pct": np.clip(np.rint(humidity), 15, 100).astype(np.int64),
            "precipitation_mm": np.round(rain, 1),
            "wind_speed_kmh": wind,
            "wind_direction_deg": np.rint((180.0 + 110.0 * fields["direction"]) % 360.0).astype(np.int64) % 360,
            "wind_gust_kmh": np.round(wind * _gust_factor(fields["gust"]), 1),
        }
    )


def _gust_factor(field: Floats) -> Floats:
    """Return how many times the mean wind an hour's strongest gust is, within `GUST_FACTORS`, of a normal field."""
    lowest, highest = GUST_FACTORS
    factor: Floats = lowest + (highest - lowest) / (1.0 + np.exp(-field))
    return factor


def hours_between(start: datetime, end: datetime) -> pl.Series:
    """Return the full hours of a span, both ends included where they are full."""
    hours = pl.datetime_range(moment(start).dt.truncate("1h"), moment(end), "1h", eager=False)
    frame = pl.select(hours.alias("hour_at_utc"))
    return frame.filter(pl.col("hour_at_utc") >= moment(start)).to_series()
