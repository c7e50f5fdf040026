"""What each player did in a match: the team's goals, shots and cards dealt out to those who played."""

from __future__ import annotations

import numpy as np
import polars as pl

from sandbox.arrays import Bools, Floats, Ints, stream
from sandbox.timeline.lineups import SQUAD_OF_THE_DAY, STARTERS

SCORES = {"GK": 0.0, "DEF": 0.7, "MID": 2.2, "FWD": 5.0}
ASSISTS = {"GK": 0.05, "DEF": 1.0, "MID": 3.0, "FWD": 2.5}
SHOOTS = {"GK": 0.0, "DEF": 1.0, "MID": 2.2, "FWD": 3.6}
FOULS = {"GK": 0.2, "DEF": 1.3, "MID": 1.3, "FWD": 0.8}
ASSISTED = 0.72
CHANGES = (3, 6)
MINUTES = 90


def player_stats(lineups: pl.DataFrame, teams: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Return what the players did in the columns of `Universe.player_stats`; those who did not play are left out.

    `lineups` is sorted by match, side and place, with `place` and `ability`; `teams` are the teams' statistics.
    """
    rng = stream(seed, "timeline", "appearances")
    numbered = teams.select("match_key", "side").with_row_index("team")
    rows = lineups.join(numbered, on=["match_key", "side"], maintain_order="left")
    cell = rows["team"].to_numpy(), rows["place"].to_numpy()
    minutes = _minutes(_filled(rows, cell, teams.height), rng)
    counts = _counts(rows, cell, minutes, teams, rng)
    told = rows.select("match_key", "side", "club", "player_key", "position", "is_starter").with_columns(
        pl.Series(name, table[cell]) for name, table in {"minutes": minutes, **counts}.items()
    )
    return told.filter(pl.col("minutes") > 0)


def _filled(rows: pl.DataFrame, cell: tuple[Ints, Ints], teams: int) -> tuple[Bools, Bools]:
    """Return which places are taken, and which by goalkeepers, each (teams, 20)."""
    taken, keepers = (np.zeros((teams, SQUAD_OF_THE_DAY), dtype=bool) for _ in range(2))
    taken[cell] = True
    keepers[cell] = (rows["position"] == "GK").to_numpy()
    return taken, keepers


def _minutes(filled: tuple[Bools, Bools], rng: np.random.Generator) -> Ints:
    """Draw the substitutions: who comes on plays from the minute in which another goes off."""
    taken, keepers = filled
    minutes = np.where(taken & (np.arange(SQUAD_OF_THE_DAY) < STARTERS), MINUTES, 0)
    changes = rng.integers(*CHANGES, len(taken))
    off = _first_of(taken & ~keepers & (np.arange(SQUAD_OF_THE_DAY) < STARTERS), rng)
    on = _first_of(taken & ~keepers & (np.arange(SQUAD_OF_THE_DAY) >= STARTERS), rng)
    for number in range(CHANGES[1] - 1):
        changed = (number < changes) & (off[1] > number) & (on[1] > number)
        minute = rng.integers(46, MINUTES, len(taken))
        team = np.flatnonzero(changed)
        minutes[team, off[0][team, number]] = minute[team]
        minutes[team, on[0][team, number]] = MINUTES - minute[team]
    return minutes


def _first_of(eligible: Bools, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Return the eligible places of every team in random order, (teams, 20), and how many there are."""
    order = np.where(eligible, rng.random(eligible.shape), 2.0).argsort(axis=1)
    return order, eligible.sum(axis=1)


def _counts(
    rows: pl.DataFrame, cell: tuple[Ints, Ints], minutes: Ints, teams: pl.DataFrame, rng: np.random.Generator
) -> dict[str, Ints | Floats]:
    def weight(by_position: dict[str, float]) -> Floats:
        table = np.zeros(minutes.shape)
        table[cell] = (rows["position"].replace_strict(by_position) * (0.3 * rows["ability"]).exp()).to_numpy()
        weighted = table * minutes
        shared: Floats = weighted / weighted.sum(axis=1, keepdims=True)
        return shared

    of = {name: teams[name].to_numpy() for name in ("goals", "shots", "shots_on_target", "xg", "yellows", "reds")}
    goals = rng.multinomial(of["goals"], weight(SCORES))
    saved = rng.multinomial(of["shots_on_target"] - of["goals"], weight(SHOOTS))
    wide = rng.multinomial(of["shots"] - of["shots_on_target"], weight(SHOOTS))
    shots = goals + saved + wide
    against = of["goals"].reshape(-1, 2)[:, ::-1].ravel()
    stopped = (of["shots_on_target"] - of["goals"]).reshape(-1, 2)[:, ::-1].ravel()
    keeper = np.zeros(minutes.shape, dtype=bool)
    keeper[cell] = ((rows["position"] == "GK") & rows["is_starter"]).to_numpy()
    return {
        "goals": goals,
        "assists": _assists(goals, weight(ASSISTS), rng),
        "shots": shots,
        "shots_on_target": goals + saved,
        "xg": np.round(of["xg"][:, None] * shots / np.maximum(of["shots"], 1)[:, None], 3),
        "yellows": _without_repeats(of["yellows"], weight(FOULS), rng),
        "reds": _without_repeats(of["reds"], weight(FOULS), rng),
        "saves": np.where(keeper & (keeper.cumsum(axis=1) == 1), stopped[:, None], 0),
        "goals_conceded": rng.binomial(against[:, None], minutes / MINUTES),
    }


def _assists(goals: Ints, share: Floats, rng: np.random.Generator) -> Ints:
    """Deal out assists; the scorer of an only goal did not assist it."""
    total = goals.sum(axis=1)
    assists = rng.multinomial(rng.binomial(total, ASSISTED), share)
    return np.where((total == 1)[:, None] & (goals == 1), 0, assists)


def _without_repeats(counts: Ints, share: Floats, rng: np.random.Generator) -> Ints:
    """Deal out cards, nobody twice."""
    waiting = rng.exponential(size=share.shape) / np.maximum(share, 1e-12)
    rank = waiting.argsort(axis=1).argsort(axis=1)
    return (rank < counts[:, None]).astype(np.int64)
