"""Whose company a man had on his past nights: his minutes when the same team-mates played as are expected to play now.

Absent minutes alone do not say whose they are; a substitute gains by the man before him and hardly by any other. So a
man's past games are weighed by how alike their company is to the coming one (Nadaraya, 1964; Watson, 1964), and what
each team-mate's presence does to his minutes is learned from them as random effects (Rasmussen and Williams, "Gaussian
Processes for Machine Learning", 2006, section 2.7).
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numba import njit
from numpy.typing import NDArray

from models.props.history import games_ago

Floats = NDArray[np.float64]

GAMES = 30
"""Games of a team that are looked back on."""
RECORD, DEPARTED = "minutes_record", "departed_record"
_MEMORY = 8.0
_ALIKE = 15.0
"""Minutes of men by whom two companies differ, at which a night counts 1/e of one in the very same company."""
_PRIOR_MINUTES = 22.0
_LEVEL, _DRIFT, _PRESENCE, _NOISE = 400.0, 15.0, 15.0, 30.0
"""Variances in minutes squared: of a man's level, of its drift, of the effect of one 30-minute man, and of a night."""
_DRIFT_MEMORY = 20.0
_PRESENCE_UNIT = 30.0


def records(past: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """Every man and the team whose he is: player_id, team_id, and two arrays of its last `GAMES` games.

    Both begin with the latest game. `minutes_record`: his even minutes, NaN where he did not play for it or there is no
    such game. `departed_record`: minutes of those who have left it since, 0 to 240. `past`: rows of
    history.appearances; `members`: player_id and team_id, as of listing.members.
    """
    games = past.select("match_id", "team_id", "event_at_utc").unique().sort("event_at_utc", "match_id")
    ago = games.select("match_id", "team_id", games_ago("team_id").alias("ago")).filter(pl.col("ago") < GAMES)
    now = members.select("player_id", pl.col("team_id").alias("now_team_id"))
    lately = past.join(ago, on=["match_id", "team_id"], maintain_order="left")
    seen = lately.join(now, on="player_id", how="left", maintain_order="left")
    is_own = pl.col("team_id").eq_missing(pl.col("now_team_id"))
    own = _arrays(seen.filter(is_own), members.select("player_id"), RECORD, float("nan"))
    gone = _arrays(seen.filter(~is_own), members.select("team_id").unique(maintain_order=True), DEPARTED, 0.0)
    return members.hstack(own.select(RECORD)).join(gone, on="team_id", maintain_order="left")


def _arrays(seen: pl.DataFrame, keys: pl.DataFrame, name: str, empty: float) -> pl.DataFrame:
    """`keys` with the even minutes of each one's games, summed by game and put at their places."""
    (key,) = keys.columns
    summed = seen.group_by(key, "ago", maintain_order=True).agg(pl.col("even_minutes").sum())
    placed = summed.join(keys.with_row_index("place"), on=key)
    table = np.full((len(keys), GAMES), empty)
    table[placed["place"].to_numpy(), placed["ago"].to_numpy()] = placed["even_minutes"].to_numpy()
    return keys.with_columns(pl.Series(name, table, dtype=pl.Array(pl.Float64, GAMES)))


def with_company(rows: pl.DataFrame) -> pl.DataFrame:
    """The same rows with `alike_minutes` and `company_minutes`, his minutes in the company expected now, two ways.

    `rows`: match_id, team_id, is_listed, `minutes_record`, `departed_record`, even_minutes_h8 and plays_prob of whole
    teams, in any order. Who is not listed is nobody's company. He and who has no record with the team are told what
    their memory of minutes says, and null without a past.
    """
    asked = rows.select("match_id", "team_id", "is_listed", RECORD, DEPARTED, "even_minutes_h8", "plays_prob")
    order = asked.with_row_index("place").filter("is_listed").sort("match_id", "team_id")
    sizes = order.group_by("match_id", "team_id", maintain_order=True).len()["len"].to_numpy()
    told = np.full((len(rows), 2), np.nan)
    told[order["place"].to_numpy()] = _told(
        np.cumsum(np.r_[0, sizes]), _table(order[RECORD], float("nan")), _table(order[DEPARTED], 0.0),
        order["even_minutes_h8"].fill_null(0.0).to_numpy(), order["plays_prob"].to_numpy(),
    )  # fmt: skip
    usual = rows["even_minutes_h8"]
    return rows.with_columns(
        pl.Series(name, values).fill_nan(None).fill_null(usual)
        for name, values in zip(("alike_minutes", "company_minutes"), told.T, strict=True)
    )


def _table(records: pl.Series, empty: float) -> Floats:
    """(n, GAMES), with rows of men or teams without any as `empty`."""
    table = records.to_numpy().reshape(-1, GAMES).astype(float)
    found: Floats = np.where(records.is_null().to_numpy()[:, None], empty, table)
    return found


@njit(cache=True)  # type: ignore[untyped-decorator]
def _told(starts, record, departed, usual, likely):  # type: ignore[no-untyped-def]
    """(n, 2) of all teams, whose rows begin at `starts`; a row without a record does not know who departed."""
    told = np.full((len(record), 2), np.nan)
    for place in range(len(starts) - 1):
        first, end = starts[place], starts[place + 1]
        gone = departed[first]
        for row in range(first + 1, end):
            gone = np.maximum(gone, departed[row])
        told[first:end] = _team(record[first:end], gone, usual[first:end], likely[first:end])
    return told


@njit(cache=True)  # type: ignore[untyped-decorator]
def _team(record, departed, usual, likely):  # type: ignore[no-untyped-def]
    """Of n men with records (n, g): sums over the team first, from which each man's own part is taken out."""
    played = np.where(np.isnan(record), 0.0, 1.0)
    apart = departed.copy()
    for man in range(len(usual)):
        apart += usual[man] * np.abs(likely[man] - played[man])
    weight = usual / _PRESENCE_UNIT
    present = weight.reshape(-1, 1) * played
    together = present.T @ present + np.outer(departed, departed) / _PRESENCE_UNIT**2
    now = present.T @ (weight * likely)
    told = np.full((len(usual), 2), np.nan)
    for man in range(len(usual)):
        games = np.flatnonzero(played[man])
        if len(games):
            own = weight[man] ** 2
            minutes = record[man][games]
            told[man, 0] = _alike(games, minutes, (apart - usual[man] * np.abs(likely[man] - played[man]))[games])
            others = together[games][:, games] - own
            told[man, 1] = _effects(games, minutes, others, now[games] - own * likely[man])
    return told


@njit(cache=True)  # type: ignore[untyped-decorator]
def _alike(games, minutes, apart):  # type: ignore[no-untyped-def]
    """Mean of minutes (k,), by how long ago they were and how far apart the company was, in minutes of men."""
    weight = 0.5 ** (games / _MEMORY) * np.exp(-(apart - apart.min()) / _ALIKE)
    return (weight * minutes).sum() / weight.sum()


@njit(cache=True)  # type: ignore[untyped-decorator]
def _effects(games, minutes, others, now):  # type: ignore[no-untyped-def]
    """What a level that drifts and effects of team-mates make of minutes (k,); `others` (k, k) and `now` (k,) are

    products of the team-mates' presence on his nights with each other, and with the presence expected.
    """
    between = _LEVEL + _PRESENCE * others
    for left in range(len(games)):
        for right in range(len(games)):
            between[left, right] += _DRIFT * 0.5 ** (abs(games[left] - games[right]) / _DRIFT_MEMORY)
        between[left, left] += _NOISE
    coming = _LEVEL + _PRESENCE * now + _DRIFT * 0.5 ** ((games + 1) / _DRIFT_MEMORY)
    return _PRIOR_MINUTES + (coming * np.linalg.solve(between, minutes - _PRIOR_MINUTES)).sum()
