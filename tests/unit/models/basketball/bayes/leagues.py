"""An invented league with known strengths, and posteriors that nobody sampled."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl

from models.basketball.bayes.posterior import Posterior
from models.families.bayes.diagnostics import Diagnostics

START = datetime(2019, 10, 22, 23, tzinfo=UTC)
HEALTHY = Diagnostics(1.004, 900.0, 0, 2)
LEVEL, HOME_COURT = 110.0, 3.0
MARGIN_SD, TOTAL_SD, LINE_SD = 12.5, 18.0, 2.0


def team(number: int) -> str:
    return f"team-{number}"


def strengths(teams: int, seed: int) -> np.ndarray:
    """Offence and defence about their mean, (teams, 2)."""
    drawn = np.random.default_rng(seed).normal(0.0, 3.0, (teams, 2))
    return drawn - drawn.mean(axis=0)


def season(teams: int = 6, rounds: int = 2, seed: int = 0, league: str = "NBA") -> pl.DataFrame:
    """Every pair at both courts, `rounds` times, a few games a day: what `tally_as_known` asks, and a decision each."""
    rng, truth = np.random.default_rng(seed), strengths(teams, seed)
    pairs = [(home, away) for home in range(teams) for away in range(teams) if home != away] * rounds
    order = rng.permutation(len(pairs))
    return pl.DataFrame(
        [_game(rng, truth, league, place, *pairs[pair]) for place, pair in enumerate(order)]
    ).with_columns(pl.col("event_at_utc", "known_at_utc", "as_of_utc").dt.cast_time_unit("us"))


def _game(
    rng: np.random.Generator, truth: np.ndarray, league: str, place: int, home: int, away: int
) -> dict[str, object]:
    is_neutral = bool(rng.random() < 0.1)
    ours, theirs = truth[home], truth[away]
    margin = (0.0 if is_neutral else HOME_COURT) + ours.sum() - theirs.sum()
    total = 2 * LEVEL + ours[0] - ours[1] + theirs[0] - theirs[1]
    scored, both = rng.normal(margin, MARGIN_SD), rng.normal(total, TOTAL_SD)
    event = START + timedelta(days=place // 3, minutes=place % 3)
    return {
        "match_id": f"{league}-{place:03d}", "competition_id": league, "season_code": "2019-20",
        "season_type": "regular", "event_at_utc": event, "known_at_utc": event + timedelta(hours=7),
        "as_of_utc": event - timedelta(hours=6), "home_team_id": team(home), "away_team_id": team(away),
        "is_neutral": is_neutral, "home_points": round((both + scored) / 2), "away_points": round((both - scored) / 2),
        "closing_margin": None if rng.random() < 0.1 else rng.normal(margin, LINE_SD),
        "closing_total": None if rng.random() < 0.1 else rng.normal(total, LINE_SD), "is_upcoming": False,
    }  # fmt: skip


def posterior(
    league: str = "NBA", teams: tuple[str, ...] = ("a", "b", "c"), draws: int = 50, seed: int = 0
) -> Posterior:
    """Draws around ordinary strengths; teams that have played vary by half a point, others by four."""
    generator = np.random.default_rng(seed)
    return Posterior(
        league=league,
        teams=teams,
        level=generator.normal(LEVEL, 0.2, draws),
        home_court=generator.normal(HOME_COURT, 0.3, draws),
        scale=np.full((draws, 2), 4.0),
        error_sd=np.abs(generator.normal((MARGIN_SD, TOTAL_SD, LINE_SD, LINE_SD), 0.1, (draws, 4))),
        strength=generator.normal(0.0, 0.5, (draws, len(teams), 2)) + np.arange(len(teams))[:, None],
        diagnostics=HEALTHY,
    )


def asks(*games: tuple[str, str, bool]) -> pl.DataFrame:
    """Decisions: home team, away team, whether the court is neutral."""
    schema = {"home_team_id": pl.String, "away_team_id": pl.String, "is_neutral": pl.Boolean}
    return pl.DataFrame(games, schema=schema, orient="row")
