"""What a club's past matches say of its players: minutes from recent weeks, shares of goals from seasons.

Both are empirical Bayes by position: what a player did is added to what his position's prior is worth, a Dirichlet for
minutes and a Gamma for his share of the goals, whose exposure is his club's goals while he was on the pitch. What
follows from minutes and shares stands in `players`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.families.players import MINUTES, Floats, SquadBelief

_BREAKS = (1, 30, 60, 90)
"""Minutes at which the kinds of appearance in `MINUTES` begin, after none at all."""
_TEAM_MINUTES = 990.0
_DRAWN_BY_GOALS = 25.0
"""Goals of a position at which its own goals per threat count as much as everybody's."""
_DAY = 86_400_000_000.0


@dataclass(frozen=True)
class SquadParameters:
    """What a player's past counts for; the defaults were chosen on 2017/18 to 2020/21.

    `share_half_life_days`: age at which a match counts half for his share. `prior_goals`: goals of his club with him on
    the pitch that the prior of his position is worth. `threat_weight`: what a goal's worth of the vendor's threat index
    counts beside a goal. `minutes_half_life_matches`: his club's matches after which one counts half for his minutes;
    `prior_matches`: what the prior of his position is worth there. `squad_days`: a player whom the vendor listed last
    so many days before his club's last match has left. `largest_share`: bound on a share of the club's goals while on
    the pitch.
    """

    share_half_life_days: float = 300.0
    prior_goals: float = 12.0
    threat_weight: float = 1.5
    minutes_half_life_matches: float = 3.0
    prior_matches: float = 0.5
    squad_days: float = 21.0
    largest_share: float = 0.9

    def __post_init__(self) -> None:
        half_lives = min(self.share_half_life_days, self.minutes_half_life_matches)
        if min(half_lives, self.prior_goals, self.prior_matches) <= 0:
            raise ValueError("Half-lives and the worth of priors must be above 0.")
        if min(self.threat_weight, self.squad_days) < 0 or not 0 < self.largest_share < 1:
            raise ValueError("Weights and days are 0 or more, and no share reaches one.")


def squads(
    appearances: pl.DataFrame,
    news: pl.DataFrame,
    fixtures: pl.DataFrame,
    as_of: datetime,
    parameters: SquadParameters,
) -> SquadBelief:
    """Beliefs of every known player of the clubs in `fixtures`, from what was known at `as_of`.

    `appearances`: one row a player and past match that his club listed him for: player_id, match_id, team_id,
    event_at_utc, known_at_utc, position (null where unknown), minutes (0 to 90), has_started (null where not recorded:
    60 minutes then stand for a start), goals, threat (the vendor's index, null where not recorded), team_goals.
    `news`: player_id, known_at_utc, available_prob (0 to 1, null without news); the latest counts, and a player listed
    out (0) is left out. `fixtures`: match_id, team_id, two rows a match. A club never seen has no players here.
    """
    past = appearances.filter(pl.col("known_at_utc") <= as_of).sort("player_id", "event_at_utc", "match_id")
    if past.is_empty() or fixtures.is_empty():
        return _belief(pl.DataFrame(schema=_SQUAD))
    told = news.filter(pl.col("known_at_utc") <= as_of).sort("known_at_utc").unique("player_id", keep="last")
    players = _players(past, as_of, parameters).join(
        told.select("player_id", "available_prob"), on="player_id", how="left", maintain_order="left"
    )
    fit = players.with_columns(pl.col("available_prob").fill_null(1.0)).filter(pl.col("available_prob") > 0)
    squad = fixtures.select("match_id", "team_id").join(fit, on="team_id").sort("match_id", "team_id", "player_id")
    return _belief(_scaled(_with_doubts(squad), _others_share(past), parameters))


_KINDS = tuple(f"kind_{number}" for number in range(len(MINUTES)))
_SQUAD = dict.fromkeys(("match_id", "team_id", "player_id", "position"), pl.String) | dict.fromkeys(
    ("starts", "share", *_KINDS), pl.Float64
)


def _belief(squad: pl.DataFrame) -> SquadBelief:
    rows = squad.select("match_id", "team_id", "player_id", "position")
    return SquadBelief(rows, squad.select(_KINDS).to_numpy(), squad["starts"].to_numpy(), squad["share"].to_numpy())


def _players(past: pl.DataFrame, as_of: datetime, parameters: SquadParameters) -> pl.DataFrame:
    """One row a player who is still with his latest club: what his past says, in the columns of `_SQUAD`."""
    by_player = past.group_by("player_id", maintain_order=True)
    latest = by_player.agg(
        pl.col("team_id").last(), pl.col("position").drop_nulls().last(), pl.col("event_at_utc").last(), pl.len()
    )
    codes = np.repeat(np.arange(len(latest)), latest["len"].to_numpy())
    groups = _groups(latest["position"])
    kinds, starts = _minutes(past, codes, groups, parameters)
    found = latest.with_columns(
        pl.Series("share", _shares(past, codes, groups, as_of, parameters)),
        pl.Series("starts", starts),
        *(pl.Series(name, kinds[:, number]) for number, name in enumerate(_KINDS)),
    )
    last_match = pl.col("event_at_utc").max().over("team_id")
    return found.filter(pl.col("event_at_utc") >= last_match - pl.duration(days=parameters.squad_days))


def _groups(positions: pl.Series) -> NDArray[np.int64]:
    """A number for each position, the unknown one among them."""
    _, numbers = np.unique(positions.fill_null("").to_numpy().astype(str), return_inverse=True)
    return numbers.astype(np.int64)


def _minutes(
    past: pl.DataFrame, codes: NDArray[np.int64], groups: NDArray[np.int64], parameters: SquadParameters
) -> tuple[Floats, Floats]:
    """Probabilities of the kinds of appearance, (players, 5), and of a start, (players,)."""
    minutes, started = past["minutes"], past["has_started"]
    kind = np.searchsorted(_BREAKS, minutes.to_numpy(), side="right")
    columns = np.column_stack([np.eye(len(MINUTES))[kind], started.fill_null(minutes >= _BREAKS[2]).to_numpy()])
    later = np.bincount(codes)[codes] - 1 - _places(codes)
    weights = 0.5 ** (later / parameters.minutes_half_life_matches)
    seen = _sums(columns * weights[:, None], codes)
    counts = _sums(_sums(columns, codes), groups)
    prior = counts / counts[:, :-1].sum(axis=1, keepdims=True)
    total = _sums(weights[:, None], codes) + parameters.prior_matches
    found = (seen + parameters.prior_matches * prior[groups]) / total
    return found[:, :-1] / found[:, :-1].sum(axis=1, keepdims=True), np.minimum(found[:, -1], 1.0 - found[:, 0])


def _shares(
    past: pl.DataFrame,
    codes: NDArray[np.int64],
    groups: NDArray[np.int64],
    as_of: datetime,
    parameters: SquadParameters,
) -> Floats:
    """Each player's share of his club's goals while on the pitch, (players,), before a squad's shares are fitted to 1.

    Goals, and what the threat index is worth in goals of his position, follow a Poisson law with mean share * exposure,
    where exposure is the club's total of the same while he was on the pitch.
    """
    worth = parameters.threat_weight * _worth_of_threat(past, groups[codes])
    scored = past.with_columns(pl.Series("worth", worth))
    team_total = pl.col("team_goals") + pl.col("worth").sum().over("match_id", "team_id")
    age_days = (pl.lit(as_of) - pl.col("event_at_utc")).dt.total_microseconds() / _DAY
    weights = past.select((0.5 ** (age_days / parameters.share_half_life_days)).alias("weight")).to_numpy()
    columns = scored.select(
        (pl.col("goals") + pl.col("worth")).alias("own"),
        (team_total * pl.col("minutes") / 90.0).alias("exposure"),
    ).to_numpy()
    seen = _sums(columns * weights, codes)
    by_group = _sums(seen, groups)
    usual = by_group[:, 0] / np.maximum(by_group[:, 1], 1e-9)
    found: Floats = (seen[:, 0] + parameters.prior_goals * usual[groups]) / (seen[:, 1] + parameters.prior_goals)
    return np.clip(found, 0.0, 1.0)


def _worth_of_threat(past: pl.DataFrame, groups: NDArray[np.int64]) -> Floats:
    """Goals that each row's threat index is worth, (rows,): a position's goals per threat, drawn to everybody's."""
    goals, threat = past["goals"].to_numpy().astype(float), past["threat"].fill_null(0.0).to_numpy()
    everybody = goals.sum() / max(threat.sum(), 1.0)
    if everybody == 0.0:
        return np.zeros(len(past))
    totals = _sums(np.column_stack([goals, threat]), groups)
    rates = (totals[:, 0] + _DRAWN_BY_GOALS) / (totals[:, 1] + _DRAWN_BY_GOALS / everybody)
    worth: Floats = threat * rates[groups]
    return worth


def _others_share(past: pl.DataFrame) -> float:
    """The part of all clubs' goals that no player of theirs scored: own goals, mostly."""
    of_clubs = past.unique(["match_id", "team_id"])["team_goals"].to_numpy().sum()
    return float(np.clip(1.0 - past["goals"].to_numpy().sum() / of_clubs, 0.0, 1.0)) if of_clubs else 0.0


def _with_doubts(squad: pl.DataFrame) -> pl.DataFrame:
    """Chances of playing that the news lowers: a doubtful player plays in that part of the cases only."""
    fit = pl.col("available_prob")
    return squad.with_columns(
        (1.0 - fit * (1.0 - pl.col(_KINDS[0]))).alias(_KINDS[0]),
        *(pl.col(name) * fit for name in (*_KINDS[1:], "starts")),
    )


def _scaled(squad: pl.DataFrame, others_share: float, parameters: SquadParameters) -> pl.DataFrame:
    """Shares such that each club's players take its goals but the others' part; where the minutes of those who are
    known do not fill the eleven places, the missing ones take as much a minute as they do.
    """
    on_pitch = pl.sum_horizontal(pl.col(name) * minutes for name, minutes in zip(_KINDS, MINUTES, strict=True))
    club = ["match_id", "team_id"]
    taken = (pl.col("share") * on_pitch / 90.0).sum().over(club)
    strangers = pl.max_horizontal(_TEAM_MINUTES / on_pitch.sum().over(club), 1.0)
    fitted = pl.col("share") * (1.0 - others_share) / (taken * strangers)
    return squad.with_columns(fitted.clip(0.0, parameters.largest_share).fill_nan(0.0).alias("share"))


def _places(codes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Each row's place among its player's rows, from 0; the codes are in order."""
    first = np.searchsorted(codes, np.arange(codes[-1] + 1))
    return np.asarray(np.arange(len(codes)) - first[codes])


def _sums(columns: Floats, codes: NDArray[np.int64]) -> Floats:
    """Sums of each column by code, row after row, so that a group has the same bits in any company."""
    return np.column_stack([np.bincount(codes, weights=column) for column in columns.T])
