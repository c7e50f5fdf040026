"""Market memory of basketball: what past games' closing spreads and totals say of two teams and of who is missing.

A closing spread is the market's expected margin: the difference of two strengths, what the court, rest and the league
add, less what the missing players of both sides are worth. All of these are states of one Kalman filter (Kalman, 1960;
for the NBA's margins Glickman and Stern, "A State-Space Model for National Football League Scores", 1998, is the
pattern) that sees past lines, and no price of the game at hand. After each game the strengths move a little further by
the surprise of the result, because the market has not yet answered to it. Totals are filtered in the same way, as sums.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass, field, fields

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.basketball import _memory_kernel as kernel
from models.basketball import absences
from models.basketball.absences import AbsenceParameters
from models.families import numbering

Floats = NDArray[np.float64]
PARTS = ("", "_variance", "_healthy", "_home_absent", "_away_absent", "_absence_variance")
SIGNALS = tuple(f"memory_{channel}{part}" for channel in ("margin", "total") for part in PARTS)
PLAYOFFS = ("play_in", "playoffs")


@dataclass(frozen=True)
class ChannelParameters:
    """How one line is made of states; all in points, days and standard deviations of points unless said otherwise.

    `sign`: -1 where the away side counts against the home side, 1 where both add up. `first_*`: before the first game.
    `summer_keep` (0-1): share of a strength left after a summer, which adds `summer_sd`; `daily_sd` counts for at most
    `most_days` without a game. Moods have `mood_sd` and fade with the time constant `mood_days`. A line is told with
    `line_sd`, more where it is `rare` standard deviations off. Of a result's surprise, bounded softly by
    `surprise_most`, each strength takes the share `surprise_gain` and the league's level `level_gain`. A missing
    player is worth `value_mean` with `value_sd`; `value_keep` of what is known of him outlasts a summer.
    """

    sign: float
    first_level: float
    first_level_sd: float
    first_sd: float
    summer_sd: float
    summer_keep: float
    daily_sd: float
    most_days: float
    mood_sd: float
    mood_days: float
    court_sd: float
    effect_sd: float
    level_daily_sd: float
    level_summer_sd: float
    line_sd: float
    rare: float
    surprise_gain: float
    surprise_most: float
    level_gain: float
    value_mean: float
    value_sd: float
    value_keep: float
    value_summer_sd: float

    def __post_init__(self) -> None:
        if self.sign not in (-1.0, 1.0):
            raise ValueError("The away side counts for 1 or for -1.")
        if min(self.line_sd, self.mood_days, self.surprise_most, self.rare) <= 0:
            raise ValueError("A line's noise, time constants and bounds must be above 0.")


_MARGIN = ChannelParameters(
    sign=-1.0, first_level=3.0, first_level_sd=1.0, first_sd=4.012, summer_sd=2.829,
    summer_keep=0.7536, daily_sd=0.06186, most_days=3.756, mood_sd=0.8006, mood_days=18.81,
    court_sd=0.22, effect_sd=0.7254, level_daily_sd=0.005957, level_summer_sd=0.4234, line_sd=1.019,
    rare=3.0, surprise_gain=0.02716, surprise_most=19.74, level_gain=0.0007892, value_mean=0.3266,
    value_sd=0.5904, value_keep=0.7901, value_summer_sd=0.3419,
)  # fmt: skip
_TOTAL = ChannelParameters(
    sign=1.0, first_level=200.0, first_level_sd=5.0, first_sd=3.913, summer_sd=1.067,
    summer_keep=0.6164, daily_sd=0.07903, most_days=9.819, mood_sd=0.7724, mood_days=16.9,
    court_sd=0.05872, effect_sd=1.219, level_daily_sd=0.08782, level_summer_sd=1.451, line_sd=0.6314,
    rare=4.0, surprise_gain=0.04189, surprise_most=43.19, level_gain=0.005858, value_mean=0.0,
    value_sd=1.0, value_keep=0.8, value_summer_sd=0.4,
)  # fmt: skip


@dataclass(frozen=True)
class MemoryParameters:
    """Found by CMA-ES as those least far from the closing lines of 2015-16 to 2020-21, with absences' parameters.

    For each line 1,000 trials with nobody missing, some 650 with absences, whose own parameters were found with the
    spread's, and ten by hand, among them five for `rare`.
    """

    margin: ChannelParameters = _MARGIN
    total: ChannelParameters = _TOTAL
    absences: AbsenceParameters = field(default_factory=AbsenceParameters)


def signals(
    seen: pl.DataFrame, reports: pl.DataFrame, spine: pl.DataFrame, parameters: MemoryParameters
) -> pl.DataFrame:
    """The columns `SIGNALS` of each spine row, in its order, as known at its `as_of_utc`; never NaN.

    For the expected home margin and the expected total, each: the mean, its variance, the mean were nobody missing,
    what is missing at home and away (points of the line), and the variance of who will play. `seen`: one row a
    finished game as its result first became known: match_id, season_code, season_type, event_at_utc, known_at_utc,
    home_team_id, away_team_id, is_neutral, `closing_margin` (the expected home margin, minus the home line),
    `closing_total` (null without a line; told no later than the result), `margin`, `total` (points). A game told twice
    counts as first told, for the filter cannot forget. `reports`: player_id, team_id, season_code, known_at_utc, status
    (silver injuries). `spine`: match_id, season_code, season_type, as_of_utc, event_at_utc, home_team_id,
    away_team_id, is_neutral. A team never seen has the league's mean.
    """
    told = seen.sort("known_at_utc", "match_id").unique("match_id", keep="first", maintain_order=True)
    before = numbering.known_before(told["known_at_utc"], spine["as_of_utc"])
    order = np.argsort(before, kind="stable")
    asked = spine[order]
    teams = numbering.numbers((told, spine), ("home_team_id", "away_team_id"))
    seasons = numbering.numbers((told, spine), ("season_code",))
    missing = absences.listed(reports, told, "known_at_utc").with_columns(parameters.absences.after().alias("share"))
    foretold = absences.listed(reports, asked, "as_of_utc")
    foretold = foretold.with_columns(parameters.absences.foretold().alias("share"))
    players = numbering.numbers((missing, foretold), ("player_id",))
    games, asks = _games(told, missing, teams, seasons, players), _games(asked, foretold, teams, seasons, players)
    slots = _most_of_a_season(told, missing)
    answers = np.empty((len(spine), 2 * kernel.ANSWERS))
    for place, (channel, columns) in enumerate(
        ((parameters.margin, ("closing_margin", "margin")), (parameters.total, ("closing_total", "total")))
    ):
        lines = _lines(told, columns)
        found = kernel.walk(
            games, lines, before[order].astype(np.int64), asks, len(teams), len(players), slots, _record(channel)
        )
        answers[order, place * kernel.ANSWERS : (place + 1) * kernel.ANSWERS] = found
    return pl.DataFrame(answers, schema=dict.fromkeys(SIGNALS, pl.Float64))


def _games(
    rows: pl.DataFrame,
    missing: pl.DataFrame,
    teams: Mapping[str, int],
    seasons: Mapping[str, int],
    players: Mapping[str, int],
) -> kernel.Games:
    """The games and who is missing from them, by number, in the order of `rows`."""
    places = np.column_stack(
        [
            numbering.codes(rows["home_team_id"], teams), numbering.codes(rows["away_team_id"], teams),
            rows["is_neutral"].fill_null(False).to_numpy().astype(np.int64),
            rows["season_type"].is_in(PLAYOFFS).to_numpy().astype(np.int64),
        ]
    )  # fmt: skip
    listed = rows.select("match_id").with_row_index("game").join(missing, on="match_id", maintain_order="left")
    listed = listed.sort("game", "side", "player_id")
    starts = np.searchsorted(listed["game"].to_numpy(), np.arange(len(rows) + 1)).astype(np.int64)
    return kernel.Games(
        places, numbering.days(rows["event_at_utc"]), numbering.codes(rows["season_code"], seasons), starts,
        numbering.codes(listed["player_id"], players), (listed["side"] == "away").to_numpy().astype(np.int64),
        listed["share"].to_numpy(),
    )  # fmt: skip


def _most_of_a_season(told: pl.DataFrame, missing: pl.DataFrame) -> int:
    """How many players are missing at least once in the season that has most of them."""
    rows = missing.join(told.select("match_id", "season_code"), on="match_id")
    found = rows.group_by("season_code").agg(pl.col("player_id").n_unique().alias("players"))["players"].max()
    return int(found) if isinstance(found, int) else 0


def _lines(told: pl.DataFrame, columns: Iterable[str]) -> Floats:
    values = told.select(pl.col(list(columns)).cast(pl.Float64).fill_null(float("nan"))).to_numpy()
    return np.ascontiguousarray(values)


def _record(parameters: ChannelParameters) -> np.void:
    """The parameters by name, for the kernel."""
    names = [(one.name, float) for one in fields(parameters)]
    record: np.void = np.array([astuple(parameters)], dtype=names)[0]
    return record
