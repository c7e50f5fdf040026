"""Small invented forecasters, registered."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import polars as pl

from models.calibrators import Temperature
from models.families import boosting, elo
from models.members import Members
from models.panel import Panel, Voice
from models.pool import Pool
from models.promotion import Verdict
from models.registry import Registered, Registry
from models.training import Trained

NAME = "football_1x2"
AS_OF = datetime(2024, 5, 10, 16, tzinfo=UTC)
FEATURES = pl.DataFrame({"elo": [1.5, math.nan, 2.5, 3.5], "rest_days": [7, 3, None, 4]})
LOSSES = pl.DataFrame({"match_id": ["b", "a"], "event_at_utc": [AS_OF, AS_OF], "log_loss": [1.0, 0.5]})
BETTER = Verdict(900, -0.01, -0.02, -0.001, True, "The challenger is better.")
NO_BETTER = Verdict(900, 0.0, -0.01, 0.01, False, "The challenger is not better.")


def trained(slope: float = 0.005, trees: boosting.BoostingBelief | None = None) -> Trained:
    """Elo, and trees where they are given, with pools."""
    link = elo.EloBelief(slope, -0.6, 0.6, elo.EloParameters())
    said = panel({"elo": 0.7, "boosting": 0.3}, {"elo": 0.1, "boosting": 0.1, "market": 0.8})
    goals = panel({"total_memory": 1.0}, {"total_memory": 0.2, "market": 0.8})
    members = {"elo": link} if trees is None else {"elo": link, "boosting": trees}
    return Trained(Members(members), said, goals, matches=1234)


def panel(model: dict[str, float], blend: dict[str, float]) -> Panel:
    """A panel of these weights, with a blend that is corrected."""
    return Panel(Voice(Pool(model)), Voice(Pool(blend), Temperature(1.25)))


def register(
    registry: Registry, what: Trained, training_hash: str, is_refit: bool = True, promote: Verdict | None = None,
    day: int = 0,
) -> Registered:  # fmt: skip
    """Registered with all papers, trained `day` days after `AS_OF`."""
    return registry.register(
        NAME, what, training_hash, AS_OF + timedelta(days=day), {"seed": 1, "matches": what.matches},
        {"blend.log_loss": 0.98}, "# A card", {"r.png": b"\x89PNG"}, FEATURES, LOSSES, is_refit, promote,
    )  # fmt: skip
