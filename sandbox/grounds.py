"""The sandbox clubs' grounds, as a list of stadiums in the shape of the local set that holds real ones."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from sandbox.publication import Document, index_csv, is_published, publish, refuse_foreign

URL = "local://venues/stadiums-with-GPS-coordinates.csv"
CAPTURED_AT = datetime(2026, 7, 1, tzinfo=UTC)
_PATH = "local/venues/stadiums-with-GPS-coordinates.csv"


def write_grounds(directory: Path, seed: int) -> Path:
    """Write the list and its index into a directory and return it; what is there already is reused.

    Raises FileExistsError where the directory holds something else.
    """
    marker = {"simulated": True, "seed": seed, "holds": "grounds"}
    if not is_published(directory, marker):
        refuse_foreign(directory)
        document = Document(URL, CAPTURED_AT, "text/csv; charset=utf-8", grounds_csv(seed))
        index = index_csv([document]).replace(f",{document.path},".encode(), f",{_PATH},".encode())
        publish(directory, {_PATH: document.body, "index.csv": index}, marker)
    return directory


def grounds_csv(seed: int) -> bytes:
    """One line a club: names as the anchor vendor spells them."""
    from sandbox.universe import Universe

    columns = {"Team": "club", "FDCOUK": "club", "City": "city", "Stadium": "ground", "Capacity": "capacity"}
    places = {"Latitude": "latitude_deg", "Longitude": "longitude_deg", "Country": "country"}
    table = Universe(seed).venues().select(pl.col(name).alias(title) for title, name in (columns | places).items())
    return table.write_csv().encode()
