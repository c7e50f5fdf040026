"""What the prediction step reads online is what history says at the moment of the run."""

from __future__ import annotations

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from core.clock import parse_instant
from feature_repo.store import Store, historical, latest
from lake.storage import Lake
from tests.integration.runs import SECOND, Finished

pytestmark = pytest.mark.slow


@pytest.fixture(scope="session")
def both(ran: Finished) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The coming decisions with features from history, and with those that the run left online."""
    lake = Lake(ran.lake)
    coming = lake.table("gold.football.spn_decisions").read(pl.col("is_upcoming")).sort("match_id")
    store = Store(ran.lake / "feast" / "football", ran.lake / "published", "football")
    clubs = sorted({*coming["home_team_id"], *coming["away_team_id"]})
    return (
        historical(coming, lake.table("gold.football.feat_team_form").read()),
        latest(coming, store.online(clubs)),
    )


def test_online_features_equal_historical_ones_for_every_coming_club(both: tuple[pl.DataFrame, pl.DataFrame]) -> None:
    history, online = both
    assert len(history) >= 5
    assert set(history["as_of_utc"]) == {parse_instant(SECOND)}
    assert set(online.columns) == set(history.columns)
    assert_frame_equal(online.select(history.columns), history)


def test_every_coming_club_has_features(both: tuple[pl.DataFrame, pl.DataFrame]) -> None:
    _, online = both
    for side in ("home", "away"):
        assert online[f"{side}_points_l5"].null_count() == 0
        assert (online[f"{side}_matches_l400d"] > 0).all()


def test_a_club_that_nobody_knows_has_no_features_online(ran: Finished) -> None:
    store = Store(ran.lake / "feast" / "football", ran.lake / "published", "football")
    (row,) = store.online(["eng-nobody"]).to_dicts()
    assert row.pop("team_id") == "eng-nobody"
    assert set(row.values()) == {None}
