"""One door to Feast: what is read online is what history says of the same moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

import feature_repo
from feature_repo.definitions import LIVES
from feature_repo.store import SIDES, Store, historical, latest
from lake.contracts.model import contract

FORM = contract("gold.football.feat_team_form")
SPINE = contract("gold.football.spn_decisions")


def day(number: int, year: int = 2024) -> datetime:
    return datetime(year, 1, 1, 12, tzinfo=UTC) + timedelta(days=number)


def form(*known: tuple[str, datetime, int]) -> pl.DataFrame:
    """Form rows (club, known, matches); points follow from matches, all else is missing."""
    rows = [
        {
            "team_id": club,
            "known_at_utc": moment,
            "event_at_utc": moment - timedelta(hours=3),
            "competition_id": "E0",
            "season_code": "2023-24",
            "matches_l400d": matches,
            "points_l5": matches / 10,
        }
        for club, moment, matches in known
    ]
    return pl.DataFrame(rows, schema=FORM.schema)


def decisions(as_of: datetime, *pairs: tuple[str, str]) -> pl.DataFrame:
    """Coming matches (home, away), all decided at one moment."""
    rows = [
        {
            "match_id": f"{home} v {away}",
            "competition_id": "E0",
            "season_code": "2023-24",
            "as_of_utc": as_of,
            "event_at_utc": as_of + timedelta(hours=20),
            "home_team_id": home,
            "away_team_id": away,
            "is_upcoming": True,
        }
        for home, away in pairs
    ]
    return pl.DataFrame(rows, schema=SPINE.schema)


HISTORY = form(
    ("leeds", day(0), 1),
    ("leeds", day(7), 2),
    ("leeds", day(14), 3),
    ("derby", day(7), 4),
    ("old-xi", day(0, year=2019), 5),
    ("luton", day(14), 6),
)
MATCHES = (("leeds", "derby"), ("derby", "luton"), ("old-xi", "leeds"), ("nobody", "leeds"))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "feast", tmp_path / "feat_team_form.parquet", "football")


def online(store: Store, spine: pl.DataFrame) -> pl.DataFrame:
    clubs = pl.concat([spine[f"{side}_team_id"] for side in SIDES]).unique().to_list()
    return latest(spine, store.online(clubs))


def test_history_gives_both_clubs_their_own_form() -> None:
    found = historical(decisions(day(8), ("leeds", "derby"), ("nobody", "leeds")), HISTORY)
    assert found.select("home_matches_l400d", "away_matches_l400d").rows() == [(2, 4), (None, 2)]
    assert found.select("home_points_l5", "away_points_l5").rows() == [(0.2, 0.4), (None, 0.2)]
    assert not {"home_known_at_utc", "away_known_at_utc"} & set(found.columns)


@pytest.mark.slow
@pytest.mark.parametrize("as_of", [day(-1), day(0), day(7), day(9), day(14), day(900)], ids=str)
def test_online_equals_history_at_the_same_moment(store: Store, as_of: datetime) -> None:
    spine = decisions(as_of, *MATCHES)
    written = store.publish({"feat_team_form": HISTORY}, as_of)
    assert written == HISTORY.filter(pl.col("known_at_utc").is_between(as_of - LIVES, as_of))["team_id"].n_unique()
    past = historical(spine, HISTORY)
    assert online(store, spine).select(past.columns).equals(past)


@pytest.mark.slow
def test_a_later_publication_replaces_what_was_online(store: Store) -> None:
    store.publish({"feat_team_form": HISTORY}, day(7))
    store.publish({"feat_team_form": HISTORY}, day(14))
    spine = decisions(day(14), *MATCHES)
    assert online(store, spine).equals(historical(spine, HISTORY))


@pytest.mark.slow
def test_a_replay_of_an_earlier_moment_sees_nothing_that_a_later_run_left_online(store: Store) -> None:
    store.publish({"feat_team_form": HISTORY}, day(14))
    store.publish({"feat_team_form": HISTORY}, day(7))
    spine = decisions(day(7), *MATCHES)
    assert online(store, spine).equals(historical(spine, HISTORY))


@pytest.mark.slow
def test_clubs_come_back_in_the_order_asked_for_with_nothing_for_strangers(store: Store) -> None:
    store.publish({"feat_team_form": HISTORY}, day(14))
    found = store.online(["luton", "nobody", "leeds"])
    assert found["team_id"].to_list() == ["luton", "nobody", "leeds"]
    assert found["matches_l400d"].to_list() == [6, None, 3]
    assert found["goals_for_l5"].to_list() == [None, None, None]


@pytest.mark.slow
def test_asking_for_no_club_gives_an_empty_frame_of_the_same_columns(store: Store) -> None:
    store.publish({"feat_team_form": HISTORY}, day(14))
    assert dict(store.online([]).schema) == dict(store.online(["leeds"]).schema)


@pytest.mark.slow
def test_the_feast_command_line_scans_the_definitions_and_nothing_else() -> None:
    from feast.repo_operations import get_repo_files

    folder = Path(feature_repo.__file__).parent
    assert [path.name for path in get_repo_files(folder)] == ["definitions.py"]
