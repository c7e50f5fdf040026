"""Posteriors as known at month boundaries, kept on disk by what they were sampled from, and the beliefs they give.

The same walk for every sport: what is a strength, and what is sampled, a sport's `Strengths` says.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Protocol, TypeVar

import numpy as np
import polars as pl

from core.countdown import Countdown, Say
from models.families.bayes.diagnostics import Diagnostics
from models.families.bayes.draws import Floats
from models.families.bayes.sampler import Sampling
from models.schedule import Refit, boundaries

ENDS = ("", "_low", "_high")
DIAGNOSTICS = pl.Schema({
    "competition_id": pl.String(), "cutoff_at_utc": pl.Datetime("us", "UTC"), "max_r_hat": pl.Float64(),
    "min_bulk_ess": pl.Float64(), "divergences": pl.Int64(), "chains": pl.Int64(), "faults": pl.List(pl.String),
})  # fmt: skip


def chances(outcomes: Sequence[str]) -> tuple[str, ...]:
    """Columns of the mean, the low end and the high end of each outcome's probability."""
    return tuple(f"bayes_{outcome}{end}" for end in ENDS for outcome in outcomes)


class Tally(Protocol):
    """What is known of one league at a moment."""

    def digest(self) -> str:
        """SHA-256 of everything in it: equal tallies have equal posteriors."""
        ...


class Posterior(Protocol):
    """Draws of every strength in a league."""

    @property
    def diagnostics(self) -> Diagnostics:
        """How the sampler went."""
        ...

    def answers(self, asks: pl.DataFrame) -> Floats:
        """(m, signals) for m spine rows; never NaN, and the same bits alone and in any company."""
        ...

    def write(self, path: Path, key: str) -> None:
        """Write as NetCDF; `key` says what it was sampled from."""
        ...


T = TypeVar("T", bound=Tally)


class Strengths(Protocol[T]):
    """A sport's model of strengths, with everything that decides its draws apart from what was seen.

    `market`, `outcomes`: whose probabilities are told. `signals`: the columns that a posterior answers with, those of
    `chances(outcomes)` first. `version`: of the model; a posterior of another version is not reread.
    """

    @property
    def market(self) -> str: ...  # noqa: D102

    @property
    def outcomes(self) -> tuple[str, ...]: ...  # noqa: D102

    @property
    def signals(self) -> tuple[str, ...]: ...  # noqa: D102

    @property
    def sampling(self) -> Sampling: ...  # noqa: D102

    @property
    def version(self) -> int: ...  # noqa: D102

    def tally(self, seen: pl.DataFrame, league: str, cutoff: datetime) -> T:
        """What was known of a league at `cutoff` (UTC)."""
        ...

    def fit(self, tally: T) -> Posterior:
        """Sample; the same tally gives the same bits."""
        ...

    def read(self, path: Path, key: str) -> Posterior:
        """Read what `Posterior.write` wrote; raises ValueError or OSError if it is not whole or of another key."""
        ...


@dataclass(frozen=True)
class Walk:
    """`signals`: the columns of `Strengths.signals`, a row a spine row. `diagnostics`: a row a month and league."""

    signals: pl.DataFrame
    diagnostics: pl.DataFrame


def walk(seen: pl.DataFrame, spine: pl.DataFrame, strengths: Strengths[T], cache_dir: Path, progress: Say) -> Walk:
    """The signals of each spine row in its order, never NaN, and how the sampler went in each month and league.

    `seen`: as `strengths.tally` takes it. `spine`: competition_id, as_of_utc, home_team_id, away_team_id, and what else
    its posterior asks. What answers a row was sampled from what was known at the first of its month, 00:00 UTC. A walk
    that was broken off goes on where it stopped.
    """
    answers, went = np.empty((len(spine), len(strengths.signals))), []
    asks = spine.with_columns(
        boundaries(spine["as_of_utc"], Refit.MONTH).alias("cutoff_at_utc"), pl.int_range(pl.len()).alias("row")
    )
    months = asks.sort("cutoff_at_utc").partition_by("cutoff_at_utc", maintain_order=True)
    countdown = Countdown(len(months), progress)
    for month in months:
        cutoff = month["cutoff_at_utc"][0]
        for of_league in month.sort("competition_id", "row").partition_by("competition_id", maintain_order=True):
            league = of_league["competition_id"][0]
            posterior = kept(strengths, strengths.tally(seen, league, cutoff), cache_dir)
            answers[of_league["row"].to_numpy()] = posterior.answers(of_league)
            diagnostics = posterior.diagnostics
            went.append((league, cutoff, *asdict(diagnostics).values(), diagnostics.faults()))
        countdown.step(f"posteriors of {cutoff:%Y-%m}")
    return Walk(
        pl.DataFrame(answers, schema=dict.fromkeys(strengths.signals, pl.Float64)),
        pl.DataFrame(went, schema=DIAGNOSTICS, orient="row"),
    )


def kept(strengths: Strengths[T], tally: T, cache_dir: Path) -> Posterior:
    """The posterior of this tally, sampled only if its file is not there or not whole."""
    key = _key(strengths, tally)
    path = cache_dir / f"{key}.nc"
    if path.is_file():
        try:
            return strengths.read(path, key)
        except (ValueError, OSError):
            path.unlink()
    posterior = strengths.fit(tally)
    posterior.write(path, key)
    return posterior


def _key(strengths: Strengths[T], tally: Tally) -> str:
    """SHA-256 of everything that decides the draws."""
    sampler = {"model": strengths.version, "pymc": version("pymc"), "sampling": asdict(strengths.sampling)}
    return sha256(f"{tally.digest()}{json.dumps(sampler, sort_keys=True)}".encode()).hexdigest()
