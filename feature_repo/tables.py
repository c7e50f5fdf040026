"""Gold tables of features of teams that Feast serves, by sport; apart, since Feast takes seconds to import."""

from __future__ import annotations

from collections.abc import Mapping

TABLES: Mapping[str, tuple[str, ...]] = {
    "football": ("feat_team_form",),
    "basketball": ("feat_team_form", "feat_team_efficiency", "feat_market_memory"),
}
"""Keyed by team and moment; of a sport's tables no two have a feature of one name."""
SERVICES: Mapping[str, str] = {
    "football": "football_1x2_v1",
    "basketball": "basketball_scores_v1",
}
"""What the models of each sport read, in Feast's words."""
