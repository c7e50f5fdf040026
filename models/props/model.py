"""The whole of props: what is learned from lessons (see `lessons`), and beliefs of the games to come.

Everything is fitted on lessons known at one moment; rows of later games change nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import ndtri

from models.props import laws, minutes, plays, rates
from models.props.absences import absent
from models.props.company import with_company
from models.props.laws import Laws, Surprises
from models.props.lessons import MADE
from models.props.minutes import LEVELS, MinutesBelief
from models.props.night import GameBelief
from models.props.plays import NEVER, PlaysBelief
from models.props.rates import RatesBelief

Floats = NDArray[np.float64]

_DAY_US = 86_400_000_000.0
_USUAL_POINTS = 114.0
_KNOWN_GAMES = 5
"""Games before which a man's surprises say how little was known of him, and not how games move men."""
_EDGE = 0.01


@dataclass(frozen=True, eq=False)
class PropsModel:
    """All that was learned of one league at one moment."""

    plays: PlaysBelief
    minutes: MinutesBelief
    rates: RatesBelief
    laws: Laws

    def believe(self, rows: pl.DataFrame) -> list[GameBelief]:
        """Beliefs of each game of `rows` (of features.features), in the order of the games.

        Who is listed out has no belief, and so no price; his minutes count as missing for his team-mates. A row that is
        not `is_listed` counts for nothing.
        """
        listed = rows.filter("is_listed")
        if listed.is_empty():
            return []
        likely = listed.with_columns(pl.Series("plays_prob", self.plays.predict(listed)))
        known = with_company(likely.with_columns(absent()))
        asked = known.filter(~pl.col("listed_status").is_in(NEVER).fill_null(False))
        return [self._game(game) for _, game in asked.group_by("match_id", maintain_order=True)]

    def _game(self, game: pl.DataFrame) -> GameBelief:
        return GameBelief(
            game.select("match_id", "team_id", "player_id", "is_home", "typical_minutes", "listed_status"),
            game["plays_prob"].to_numpy(), self.minutes.expected(game), self.minutes.quantiles(game),
            self.rates.predict(game),
        )  # fmt: skip


def fit(learned: pl.DataFrame, as_of: datetime, seed: int, threads: int = 1) -> PropsModel:
    """Learn everything from the lessons whose outcome was known at `as_of`; recent ones count more."""
    rows = learned.filter(pl.col("outcome_known_at_utc") <= as_of)
    chance = plays.fit(rows, rows["has_played"].to_numpy(), seed, threads)
    took_part = rows.filter("has_played")
    age_days = _age_days(took_part, as_of)
    played = took_part["played_minutes"].to_numpy()
    counts = took_part.select(MADE).to_numpy().astype(float)
    on_floor = minutes.fit(took_part, played, 0.5 ** (age_days / minutes.HALF_LIFE_DAYS))
    a_minute = rates.fit(took_part, counts, played, 0.5 ** (age_days / rates.HALF_LIFE_DAYS))
    return PropsModel(chance, on_floor, a_minute, laws.fit(_surprises(rows, as_of, on_floor, a_minute)))


def _age_days(rows: pl.DataFrame, as_of: datetime) -> Floats:
    age: Floats = (pl.Series([as_of]) - rows["event_at_utc"]).dt.total_microseconds().to_numpy() / _DAY_US
    return age


def _surprises(rows: pl.DataFrame, as_of: datetime, on_floor: MinutesBelief, a_minute: RatesBelief) -> Surprises:
    """What was foretold of those who took part and were no newcomers, and what they did."""
    missing = pl.col("typical_minutes").fill_null(0.0) * (1.0 - pl.col("has_played").cast(pl.Float64))
    others = missing.sum().over("match_id", "team_id") - missing + pl.col("departed_minutes")
    seen = rows.with_columns((others - pl.col("absent_minutes")).alias("more_absent"))
    seen = seen.filter("has_played", pl.col("games_played") >= _KNOWN_GAMES)
    played = seen["played_minutes"].to_numpy()
    own = (pl.col("expected_total") + pl.col("expected_margin")).fill_null(2 * _USUAL_POINTS) / 2
    theirs = (pl.col("expected_total") - pl.col("expected_margin")).fill_null(2 * _USUAL_POINTS) / 2
    told = seen.select(
        (pl.col("team_points") - pl.col("opponent_points")).cast(pl.Float64).alias("margin"),
        (pl.col("team_points") / own).log().alias("own"), (pl.col("opponent_points") / theirs).log().alias("theirs"),
        pl.col("more_absent"),
    )  # fmt: skip
    return Surprises(
        seen.select("match_id", "team_id"), on_floor.expected(seen), _score(on_floor.quantiles(seen), played),
        told["more_absent"].to_numpy(), told["margin"].to_numpy(), told["own"].to_numpy(), told["theirs"].to_numpy(),
        played, a_minute.predict(seen), seen.select(MADE).to_numpy().astype(float),
        0.5 ** (_age_days(seen, as_of) / rates.HALF_LIFE_DAYS),
    )  # fmt: skip


def _score(quantiles: Floats, played: Floats) -> Floats:
    """(n,) normal scores of minutes among their quantiles (n, 50), -2.3 to 2.3."""
    below = np.clip((quantiles < played[:, None]).sum(axis=1) - 1, 0, len(LEVELS) - 2)
    who = np.arange(len(played))
    low, high = quantiles[who, below], quantiles[who, below + 1]
    part = np.clip((played - low) / np.maximum(high - low, 1e-6), 0.0, 1.0)
    level = LEVELS[below] + part * (LEVELS[1] - LEVELS[0])
    scores: Floats = ndtri(np.clip(level, _EDGE, 1.0 - _EDGE))
    return scores
