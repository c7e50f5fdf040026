"""The vendor's hours as it words them: one row an hour and place; a place whose units changed is refused."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import polars as pl

from core.errors import PayloadMalformed
from sources.open_meteo.plan import VARIABLES
from sources.rows import UTC_TIME, Refused, document, moment, number

UNITS = {
    "time": "iso8601",
    "temperature_2m": "°C",
    "relative_humidity_2m": "%",
    "precipitation": "mm",
    "wind_speed_10m": "km/h",
    "wind_gusts_10m": "km/h",
}
UNREADABLE = "_unreadable"
HOURS = {
    "place": pl.Int64(),
    "latitude": pl.Float64(),
    "longitude": pl.Float64(),
    "time": UTC_TIME,
    **dict.fromkeys(VARIABLES, pl.Float64()),
    UNREADABLE: pl.String(),
}
_MAX_OFFSET_SECONDS = 86_400


class _Fault(Exception):
    def __init__(self, reason: str, detail: str) -> None:
        self.reason, self.detail = reason, detail


def read(body: bytes, wanted: Sequence[str] = ()) -> tuple[pl.DataFrame, list[Refused]]:
    """Hours of all places in the columns of `HOURS`, and the places refused; `place` counts from 1, as was asked.

    `wanted`: variables that were asked for, so that one that is not there has a new name. A variable that was not
    asked for is null. `_unreadable` names a variable whose value is no number. Times are UTC. Raises PayloadMalformed
    where the payload is no answer.
    """
    found = document(body)
    if isinstance(found, dict) and found.get("error"):
        raise PayloadMalformed(f"The vendor refused: {str(found.get('reason'))[:200]}.", "See its limits.")
    places = found if isinstance(found, list) else [found]
    if not places or not all(isinstance(place, dict) for place in places):
        raise PayloadMalformed("The payload has no place with hours.", "The vendor may have changed its format.")
    rows: list[tuple[object, ...]] = []
    refused: list[Refused] = []
    for count, place in enumerate(places, start=1):
        try:
            rows += _hours(count, place, wanted)
        except _Fault as fault:
            refused.append(Refused(count, fault.reason, fault.detail, place))
    return pl.DataFrame(rows, schema=HOURS, orient="row"), refused


def _hours(count: int, place: dict[str, Any], wanted: Sequence[str]) -> list[tuple[object, ...]]:
    hourly, units = place.get("hourly"), place.get("hourly_units")
    if not isinstance(hourly, dict) or not isinstance(units, dict) or not isinstance(hourly.get("time"), list):
        raise _Fault("malformed_item", "The place has no hours with units.")
    missing = [name for name in wanted if name not in hourly]
    if missing:
        raise _Fault("missing_field", f"Asked for and not there: {', '.join(missing)}.")
    for name, unit in UNITS.items():
        if name in hourly and units.get(name) != unit:
            raise _Fault("unit_changed", f"{name} is in '{units.get(name)}', not in '{unit}'.")
    series = {name: _series(hourly, name) for name in VARIABLES}
    where = (count, number(place.get("latitude")), number(place.get("longitude")))
    values = (_values(series, at) for at in range(len(hourly["time"])))
    return [(*where, time, *found) for time, found in zip(_times(place, hourly["time"]), values, strict=True)]


def _times(place: dict[str, Any], stamps: list[Any]) -> list[object]:
    offset = number(place.get("utc_offset_seconds")) or 0.0
    local = [moment(stamp) for stamp in stamps]
    if None in local or len(set(local)) != len(local) or abs(offset) > _MAX_OFFSET_SECONDS:
        raise _Fault("malformed_item", "The hours are no list of different times.")
    return [time - timedelta(seconds=offset) for time in local if time is not None]


def _series(hourly: dict[str, Any], name: str) -> list[Any]:
    found = hourly.get(name, [None] * len(hourly["time"]))
    if not isinstance(found, list) or len(found) != len(hourly["time"]):
        raise _Fault("malformed_item", f"{name} has not one value an hour.")
    return found


def _values(series: dict[str, list[Any]], at: int) -> tuple[object, ...]:
    raw = {name: values[at] for name, values in series.items()}
    numbers = {name: number(value) for name, value in raw.items()}
    unreadable = next((name for name in VARIABLES if raw[name] is not None and numbers[name] is None), None)
    return (*numbers.values(), unreadable)
