"""Prices of props at a moment, from a lake with invented players: whose they are, what moves them, when none are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from core.settings import Settings, load_settings
from lake.conform import require
from lake.contracts.model import contract
from lake.storage import Lake
from models.props.features import features
from models.props.lessons import endings, of_moment
from models.props.together import GameLeg, Leg, combination
from models.props.words import DOUBLE_DOUBLE, STATISTICS
from replay.props import forecast as props
from replay.props.world import World, first_lesson
from tests.unit.models.props import worlds
from tests.unit.replay import hoops

TABLE = "gold.basketball.player_predictions"


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(props, "MINIMUM_PLAYED", 500)
    monkeypatch.setattr(props, "SCENARIOS", 1500)


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return hoops.lake(tmp_path)


def settings() -> Settings:
    return load_settings().of("basketball")


def predicted(lake: Lake) -> pl.DataFrame:
    return props.predict(lake, settings(), hoops.AS_OF)["player_predictions"]


def test_prices_keep_their_contract_and_are_of_the_rotation_of_every_coming_game(lake: Lake) -> None:
    found = require(predicted(lake), contract(TABLE))
    assert set(found["market"]) == {*STATISTICS, DOUBLE_DOUBLE}
    coming = worlds.matches(hoops.DAYS).filter(pl.col("as_of_utc") == hoops.AS_OF)["match_id"]
    assert set(found["match_id"]) == set(coming)
    assert found["expected_minutes"].min() >= props.ROTATION_MINUTES
    regulars = {f"{team}{man}" for team in worlds.TEAMS for man in range(6)}
    assert set(found["player_id"]) >= regulars
    assert found["player_name"].to_list() == found["player_id"].str.to_uppercase().to_list()


def test_a_rerun_is_the_same_and_later_box_scores_change_nothing(lake: Lake) -> None:
    first = predicted(lake)
    last = worlds.archive(hoops.DAYS).player_stats.filter(pl.col("known_at_utc") > hoops.AS_OF)
    hoops.put(lake, "silver.basketball.player_stats", last.with_columns(player_name=pl.lit("x")))
    hoops.put(lake, "silver.basketball.injuries", hoops.report("a0", "out", hours_before=-1.0))
    assert_frame_equal(predicted(lake), first)


def test_who_is_out_has_no_price_and_who_is_questionable_is_less_sure(lake: Lake) -> None:
    before = predicted(lake)
    hoops.put(lake, "silver.basketball.injuries", hoops.report("a0", "out"))
    hoops.put(lake, "silver.basketball.injuries", hoops.report("b0", "questionable"))
    after = predicted(lake)
    assert "a0" in set(before["player_id"])
    assert "a0" not in set(after["player_id"])
    ours, theirs = (
        rows.filter((pl.col("player_id") == "b0") & (pl.col("market") == "points")) for rows in (before, after)
    )
    assert theirs["listed_status"].unique().to_list() == ["questionable"]
    assert theirs["plays_prob"][0] == 0.5
    assert theirs["q97"][0] - theirs["q03"][0] >= ours["q97"][0] - ours["q03"][0]
    minutes = {name: rows.filter(pl.col("player_id") == "a1")["expected_minutes"][0]
               for name, rows in (("before", before), ("after", after))}  # fmt: skip
    assert minutes["after"] > minutes["before"] - 1.0


def test_a_games_own_grid_counts_before_market_memory(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    match = predicted(lake)["match_id"][0]
    grid = pl.DataFrame({"match_id": [match], "home_points": [150], "away_points": [90], "prob": [1.0]})
    monkeypatch.setattr(props, "_grids", lambda *_: grid)
    drawn = {belief.rows["match_id"][0]: night for belief, night in props.nights(lake, settings(), "NBA", hoops.AS_OF)}
    assert set(drawn[match].home_points) == {150.0}
    assert all(len(set(night.home_points)) > 20 for other, night in drawn.items() if other != match)


def test_props_and_the_game_are_priced_together_from_one_night(lake: Lake) -> None:
    _, night = props.nights(lake, settings(), "NBA", hoops.AS_OF)[0]
    home = night.rows.filter("is_home")["player_id"][0]
    line = float(pl.Series(night.home_points + night.away_points).median()) + 0.5
    legs = [Leg(home, "points", "over", 9.5), GameLeg("totals", "over", line), GameLeg("spread", "home", -1.5)]
    found = combination(night, legs)
    assert found is not None
    assert 0.0 < found.win_prob < min(found.legs_win_prob)
    board = predicted(lake).filter(
        (pl.col("player_id") == home) & (pl.col("market") == "points") & (pl.col("line") == 9.5)
    )
    assert board["over_prob"].to_list() == pytest.approx([found.legs_win_prob[0]][: len(board)])


def test_without_players_or_games_there_are_no_prices(tmp_path: Path, lake: Lake) -> None:
    assert predicted(Lake(tmp_path / "first_day")).schema == contract(TABLE).schema
    later = props.predict(lake, settings(), hoops.AS_OF + timedelta(hours=1))["player_predictions"]
    assert later.is_empty()
    young = hoops.lake(tmp_path / "young", days=hoops.DAYS)
    for name in ("player_stats", "team_stats"):
        table = young.table(f"silver.basketball.{name}")
        table.replace(table.read(pl.col("event_at_utc") > hoops.AS_OF - timedelta(days=5)))
    assert predicted(young).is_empty()


def listed(player: str, team: str | None) -> pl.DataFrame:
    """A row of the league's list, read an hour before the decision."""
    return pl.DataFrame({
        "player_id": [player], "player_id_nba": "1", "player_name": player.upper(), "known_at_basis": "observed",
        "team_id": pl.Series([team], dtype=pl.String), "known_at_utc": hoops.AS_OF - timedelta(hours=1),
    })  # fmt: skip


def test_who_has_moved_is_priced_for_his_new_team_and_who_left_is_not(lake: Lake) -> None:
    before = predicted(lake)
    for row in (listed("a0", "b"), listed("b0", None)):
        hoops.put(lake, "silver.basketball.players", row)
    after = predicted(lake)
    teams = {name: set(rows.filter(pl.col("player_id") == "a0")["team_id"]) for name, rows in
             (("before", before), ("after", after))}  # fmt: skip
    assert teams == {"before": {"a"}, "after": {"b"}}
    assert "b0" in set(before["player_id"])
    assert "b0" not in set(after["player_id"])


def test_a_man_whom_only_a_price_remembers_is_of_his_own_team(lake: Lake) -> None:
    coming = worlds.matches(hoops.DAYS).filter(pl.col("as_of_utc") == hoops.AS_OF)
    hoops.put(
        lake, "silver.basketball.matches", coming.with_columns(known_at_utc=pl.lit(hoops.AS_OF - timedelta(days=9)))
    )
    quote = pl.DataFrame({
        "match_id": coming["match_id"][0], "player_id": ["a0", "a0"], "player_name": "A0", "market": "player_points",
        "selection": ["over", "under"], "line": 9.5, "known_at_utc": hoops.AS_OF - timedelta(hours=2),
    })  # fmt: skip
    hoops.put(lake, "silver.basketball.prop_quotes", quote)
    world = World.of(lake, "basketball", "NBA", worlds.START, hoops.AS_OF)
    match = coming.row(0, named=True)
    assert world.archive.prices.rows() == [
        ("a0", match["home_team_id"], match["away_team_id"], hoops.AS_OF - timedelta(hours=2))
    ]


def test_a_lesson_made_later_is_what_was_asked_that_night(lake: Lake) -> None:
    moment = worlds.matches(hoops.DAYS)["as_of_utc"].unique().sort()[-5]
    told = pl.concat([listed("a0", "b"), listed("b0", None)]).with_columns(
        known_at_utc=pl.Series([moment - timedelta(hours=1), moment + timedelta(hours=1)])
    )
    hoops.put(lake, "silver.basketball.players", told)
    night, later = (World.of(lake, "basketball", "NBA", worlds.START, at) for at in (moment, hoops.AS_OF))
    live = features(night.archive, night.sides.filter(pl.col("as_of_utc") == moment), moment)
    lesson = of_moment(
        later.archive, later.sides.filter(pl.col("as_of_utc") == moment), endings(later.archive, hoops.AS_OF)
    )
    assert_frame_equal(lesson.filter("is_listed").select(live.columns), live)
    assert lesson.filter(~pl.col("is_listed"))["player_id"].to_list() == ["a0"], "he played for his old team after all"


def test_what_is_learned_of_two_competitions_stands_apart(lake: Lake) -> None:
    predicted(lake)
    assert [folder.name for folder in (lake.root / "learned" / "props").iterdir()] == ["NBA"]


@pytest.mark.parametrize(
    ("as_of", "first"), [((2024, 3, 15), (2022, 7, 1)), ((2024, 10, 22), (2023, 7, 1)), ((2024, 7, 1), (2023, 7, 1))]
)
def test_lessons_begin_with_the_season_before(as_of: tuple[int, int, int], first: tuple[int, int, int]) -> None:
    assert first_lesson(datetime(*as_of, tzinfo=UTC)) == datetime(*first, tzinfo=UTC)
