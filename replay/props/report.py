"""The report on player props: errors beside simple baselines, whole distributions, and chances beside prices.

Every figure names its population and its part of a season. The best baseline of a statistic is the least of three mean
absolute errors: the last five games, the season so far, and a weighted mean whose half-life is the best of the games
before the part (of these very games, to the model's disadvantage, where none came before).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from core.resampling import block_mean_interval, block_ratio_interval
from models.props import baselines, judging
from models.props.words import DOUBLE_DOUBLE
from replay.props.quotes import MOMENTS
from replay.props.walk import COUNTS

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

POPULATIONS: Mapping[str, tuple[str, float]] = {
    "everyone who played": ("minutes_before", 0.0),
    "rotation: 15 minutes a game or more before": ("minutes_before", 15.0),
    "scorers: 10 points a game or more before": ("points_before", 10.0),
}
"""By what was known before the game: a column and the least of it. Newcomers have 0 of everything."""
_TENTHS = 10
_RAREST = 0.001


@dataclass(frozen=True, eq=False)
class Part:
    """Half a season: the rows that it judges, and those before it in the season."""

    name: str
    inside: Mask
    before: Mask


def report(walked: pl.DataFrame, quoted: pl.DataFrame, played: pl.DataFrame, seed: int) -> dict[str, object]:
    """JSON-able: by part of a season, population and statistic; double-doubles; and chances beside prices.

    `walked` and `quoted`: what replay.props.walk gives; `played`: everybody who took part in these seasons, with the
    outcomes `made_points` ... by which baselines are made (`outcomes`).
    """
    if walked.is_empty():
        return {"parts": {}, "prices": {told: {"n": 0} for told in MOMENTS}}
    simple = {name: _baselines(walked, played, name) for name in COUNTS}
    parts = {part.name: _part(walked, simple, part, seed) for part in _parts(walked, played)}
    prices = {told: _prices(quoted.filter(pl.col("told") == told), seed) for told in MOMENTS}
    return {"parts": parts, "prices": prices}


def _parts(walked: pl.DataFrame, played: pl.DataFrame) -> list[Part]:
    """Both halves of each season, parted at its median game."""
    found = []
    for season in played["season_code"].unique().sort():
        of_season = (walked["season_code"] == season).to_numpy()
        games = played.filter(pl.col("season_code") == season).unique("match_id")
        early = (walked["event_at_utc"] < games["event_at_utc"].median()).to_numpy()
        found.append(Part(f"{season}, first half", of_season & early, of_season & early))
        found.append(Part(f"{season}, second half", of_season & ~early, of_season & early))
    return [part for part in found if part.inside.any()]


def _baselines(walked: pl.DataFrame, played: pl.DataFrame, name: str) -> pl.DataFrame:
    """Simple forecasts of each walked row; who has no game before in the season is foretold the mean of all."""
    keys = ["match_id", "player_id"]
    seasons = [
        rows.select(keys).hstack(baselines.averages(rows, f"made_{name}"))
        for _, rows in played.group_by("season_code", maintain_order=True)
    ]
    usual = _mean(played[f"made_{name}"])
    found = walked.select(keys).join(pl.concat(seasons), on=keys, how="left", maintain_order="left")
    return found.drop(keys).select(pl.all().fill_nan(usual).fill_null(usual))


def _part(walked: pl.DataFrame, simple: dict[str, pl.DataFrame], part: Part, seed: int) -> dict[str, object]:
    found: dict[str, object] = {}
    for population, (column, least) in POPULATIONS.items():
        of_it = (walked[column].fill_null(0.0) >= least).to_numpy()
        inside, before = part.inside & of_it, part.before & of_it
        if inside.any():
            found[population] = {
                "n": int(inside.sum()),
                **{name: _statistic(walked, simple[name], name, inside, before, seed) for name in COUNTS},
                DOUBLE_DOUBLE: _double_doubles(walked.filter(pl.Series(inside)), seed),
            }
    return found


def _statistic(
    walked: pl.DataFrame, simple: pl.DataFrame, name: str, inside: Mask, before: Mask, seed: int
) -> dict[str, object]:
    made = walked[f"made_{name}"].to_numpy()
    errors = {column: np.abs(simple[column].to_numpy() - made) for column in simple.columns}
    weighted = [baselines.weighted(half_life) for half_life in baselines.HALF_LIVES]
    tuned = min(weighted, key=lambda column: errors[column][before if before.any() else inside].mean())
    means = {column: float(errors[column][inside].mean()) for column in ("last_five", "season", tuned)}
    best = min(means, key=means.__getitem__)
    rows, baseline = walked.filter(pl.Series(inside)), errors[best][inside]
    own, days = rows[f"{name}_error"].to_numpy(), rows["event_at_utc"].dt.date().to_numpy()
    low, high = block_ratio_interval(baseline - own, baseline, days, seed)
    return {
        "mae": float(own.mean()), "baselines_mae": means, "best_baseline": best,
        "mae_gain_share": float(1.0 - own.mean() / baseline.mean()), "mae_gain_share_ci95": _ends(low, high),
        "bias": _mean(rows[f"{name}_mean"] - rows[f"made_{name}"]),
        **_distribution(rows, name),
    }  # fmt: skip


def _distribution(rows: pl.DataFrame, name: str) -> dict[str, object]:
    """CRPS, the share of outcomes inside each central interval, and tenths of the places among the draws."""
    place = rows[f"{name}_place"].to_numpy()
    tenths = np.histogram(place, _TENTHS, (0.0, 1.0))[0] / len(place)
    covered = {f"{100 * share:g}": inside for share, inside in judging.coverage(place).items()}
    return {"crps": _mean(rows[f"{name}_crps"]), "inside_interval": covered, "pit_tenths": tenths.tolist()}


def _double_doubles(rows: pl.DataFrame, seed: int) -> dict[str, object]:
    made, days = rows[f"made_{DOUBLE_DOUBLE}"].to_numpy(), rows["event_at_utc"].dt.date().to_numpy()
    loss = _log_loss(rows["double_double_prob"].to_numpy(), made)
    base = _log_loss(np.full(len(made), made.mean()), made)
    return {
        "rate": float(made.mean()), "foretold": _mean(rows["double_double_prob"]), "log_loss": float(loss.mean()),
        "log_loss_of_rate": float(base.mean()),
        "log_loss_minus_rate_ci95": _ends(*block_mean_interval(loss - base, days, seed)),
    }  # fmt: skip


def _prices(quoted: pl.DataFrame, seed: int) -> dict[str, object]:
    """Log-loss of over and under beside the market's, on the same lines; nothing but a count where there are none."""
    if quoted.is_empty():
        return {"n": 0}
    won, days = quoted["is_over"].to_numpy().astype(float), quoted["event_at_utc"].dt.date().to_numpy()
    own, market = (_log_loss(quoted[name].to_numpy(), won) for name in ("over_prob", "market_over_prob"))
    by_market = {
        str(key[0]): {"n": len(rows), **_losses(own[rows["place"]], market[rows["place"]])}
        for key, rows in quoted.with_row_index("place").group_by("market", maintain_order=True)
    }
    return {
        "n": len(quoted), **_losses(own, market),
        "log_loss_minus_market_ci95": _ends(*block_mean_interval(own - market, days, seed)), "by_market": by_market,
    }  # fmt: skip


def _losses(own: Floats, market: Floats) -> dict[str, float]:
    return {"log_loss": float(own.mean()), "market_log_loss": float(market.mean())}


def _log_loss(prob: Floats, won: NDArray[np.generic]) -> Floats:
    told = np.clip(prob, _RAREST, 1.0 - _RAREST)
    loss: Floats = -np.where(won.astype(float) > 0, np.log(told), np.log1p(-told))
    return loss


def _ends(low: float, high: float) -> list[float | None]:
    """JSON knows no NaN."""
    return [None if np.isnan(end) else end for end in (low, high)]


def _mean(values: pl.Series) -> float:
    return float(values.to_numpy().mean())
