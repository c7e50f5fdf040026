"""The grounds of the clubs: invented names at invented places inside the right country."""

from __future__ import annotations

import numpy as np
import polars as pl

from sandbox.arrays import stream

BOXES = {"England": (50.9, 54.8, -2.9, 0.4), "Spain": (37.4, 42.6, -5.9, -0.6), "Germany": (48.2, 53.3, 7.4, 12.8)}
GROUNDS = {
    "England": ("{} Park", "{} Road", "The {} Stadium", "{} Lane"),
    "Spain": ("Estadio de {}", "Nuevo {}", "Campo Municipal de {}"),
    "Germany": ("{}-Arena", "Stadion {}", "Waldstadion {}"),
}
CAPACITIES = {"E0": 38_000, "E1": 21_000, "SP1": 32_000, "D1": 36_000}
AFFIXES = (
    "FC",
    "CF",
    "United",
    "Town",
    "City",
    "Rovers",
    "Athletic",
    "Albion",
    "Wanderers",
    "Real",
    "Club",
    "SV",
    "VfB",
)


def venues(clubs: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Return the grounds in the columns of `Universe.venues`; `clubs` has club, division, country."""
    rng = stream(seed, "timeline", "venues")
    where = np.array([BOXES[country] for country in clubs["country"]])
    draw = rng.random((clubs.height, 2))
    names = [GROUNDS[country][int(rng.integers(len(GROUNDS[country])))] for country in clubs["country"]]
    cities = [_city(club) for club in clubs["club"]]
    sizes = np.array([CAPACITIES[division] for division in clubs["division"]]) * rng.lognormal(0.0, 0.3, clubs.height)
    return clubs.select(
        "club",
        pl.Series("ground", [name.format(city) for name, city in zip(names, cities, strict=True)]),
        pl.Series("city", cities),
        "country",
        pl.Series("latitude_deg", np.round(where[:, 0] + draw[:, 0] * (where[:, 1] - where[:, 0]), 4)),
        pl.Series("longitude_deg", np.round(where[:, 2] + draw[:, 1] * (where[:, 3] - where[:, 2]), 4)),
        pl.Series("capacity", (np.round(sizes / 100.0) * 100).astype(np.int64)),
    )


def _city(club: str) -> str:
    kept = [word for word in club.split() if word not in AFFIXES and not word.isdigit()]
    return " ".join(kept) or club
