"""Minutes and shares from invented past matches: what was known counts, and only that."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from models.families.players import MINUTES, SquadBelief
from models.families.squads import SquadParameters, squads

START = datetime(2020, 9, 12, 14, tzinfo=UTC)
NOW = START + timedelta(weeks=10)
FIXTURES = pl.DataFrame({"match_id": ["next", "next"], "team_id": ["a", "b"]})
NEWS = {"player_id": pl.String, "known_at_utc": pl.Datetime("us", "UTC"), "available_prob": pl.Float64}
NO_NEWS = pl.DataFrame(schema=NEWS)
PARAMETERS = SquadParameters()
KEEPER, STRIKER, BENCH = 0, 10, 11
"""Places in an invented squad of twelve: ten who never score, a striker, and one who never plays."""


def appearances(weeks: int = 8, teams: tuple[str, ...] = ("a", "b")) -> pl.DataFrame:
    """Weekly matches of invented clubs, in each of which the striker scores both of his club's goals."""
    rows = [
        {
            "player_id": f"{team}{place:02d}", "match_id": f"week{week}", "team_id": team,
            "event_at_utc": START + timedelta(weeks=week),
            "known_at_utc": START + timedelta(weeks=week, hours=3),
            "position": "GK" if place == KEEPER else "FWD" if place == STRIKER else "MID",
            "minutes": 0 if place == BENCH else 90, "has_started": None,
            "goals": 2 if place == STRIKER else 0, "threat": 60.0 if place == STRIKER else 5.0, "team_goals": 2,
        }
        for week in range(weeks) for team in teams for place in range(12)
    ]  # fmt: skip
    return pl.DataFrame(rows, schema_overrides={"has_started": pl.Boolean})


def believed(
    past: pl.DataFrame, news: pl.DataFrame = NO_NEWS, fixtures: pl.DataFrame = FIXTURES, as_of: datetime = NOW
) -> SquadBelief:
    return squads(past, news, fixtures, as_of, PARAMETERS)


def of(belief: SquadBelief, player: str) -> dict[str, float]:
    place = belief.rows["player_id"].to_list().index(player)
    return {
        "plays": float(belief.plays[place]), "starts": float(belief.starts[place]),
        "share": float(belief.share[place]), "goal_share": float(belief.goal_share[place]),
    }  # fmt: skip


def told(player: str, available: float | None, at: datetime = NOW) -> pl.DataFrame:
    return pl.DataFrame([(player, at, available)], schema=NEWS, orient="row")


def same(one: SquadBelief, other: SquadBelief) -> bool:
    arrays = (np.array_equal(getattr(one, name), getattr(other, name)) for name in ("minutes", "starts", "share"))
    return one.rows.equals(other.rows) and all(arrays)


def test_who_scores_and_plays_has_the_goals_and_the_minutes() -> None:
    belief = believed(appearances())
    striker, keeper, bench = (of(belief, f"a{place:02d}") for place in (STRIKER, KEEPER, BENCH))
    assert striker["share"] > 0.5 > 10 * keeper["share"]
    assert striker["plays"] > 0.95
    assert bench["plays"] < 0.2
    assert all(player["starts"] <= player["plays"] + 1e-12 for player in (striker, keeper, bench))


def test_what_players_and_others_take_is_all_of_the_clubs_goals() -> None:
    half = appearances().with_columns(goals=pl.col("goals") // 2)
    belief = believed(half)
    parts = belief.rows.with_columns(part=pl.Series(belief.goal_share)).group_by("team_id").agg(pl.col("part").sum())
    assert parts["part"].to_list() == pytest.approx([0.5, 0.5]), "half of the invented goals had no scorer"


def test_a_place_that_nobody_known_fills_takes_goals_too() -> None:
    half = appearances().with_columns(goals=pl.col("goals") // 2)
    ten = half.filter(~pl.col("player_id").str.ends_with("05"))
    whole = believed(half).others()["others_share"][0]
    assert believed(ten).others()["others_share"][0] > whole + 0.02


def test_a_slow_sum_over_every_match_gives_the_same_share() -> None:
    past = appearances(weeks=3, teams=("a",)).with_columns(threat=None, goals=pl.col("goals") // 2)
    as_of = START + timedelta(weeks=3)
    belief = believed(past.with_columns(pl.col("threat").cast(pl.Float64)), fixtures=FIXTURES.head(1), as_of=as_of)
    weights = [0.5 ** ((21 - 7 * week) / PARAMETERS.share_half_life_days) for week in range(3)]
    seen, exposed = sum(weights), 2 * sum(weights)
    prior = PARAMETERS.prior_goals * seen / exposed
    raw = (seen + prior) / (exposed + PARAMETERS.prior_goals)
    striker = of(belief, f"a{STRIKER:02d}")
    others = of(belief, "a03")["share"]
    assert others == 0.0, "no midfielder of this world has ever scored"
    assert raw == pytest.approx(0.5)
    assert striker["goal_share"] + belief.others()["others_share"][0] == pytest.approx(1.0)


def test_recent_matches_count_more_for_minutes() -> None:
    past = appearances()
    late = pl.col("event_at_utc") >= START + timedelta(weeks=6)
    dropped = past.with_columns(
        minutes=pl.when(late & (pl.col("player_id") == "a04")).then(0).otherwise("minutes"),
    )
    rested = past.with_columns(
        minutes=pl.when(~late & (pl.col("event_at_utc") < START + timedelta(weeks=2)) & (pl.col("player_id") == "a04"))
        .then(0)
        .otherwise("minutes"),
    )
    assert (
        of(believed(dropped), "a04")["plays"]
        < of(believed(rested), "a04")["plays"]
        < of(believed(past), "a04")["plays"]
    )


def test_a_recorded_start_counts_before_the_sixty_minutes_that_stand_for_one() -> None:
    subbed = appearances().with_columns(
        minutes=pl.when(pl.col("player_id") == "a04").then(45).otherwise("minutes"),
    )
    recorded = subbed.with_columns(has_started=pl.col("minutes") > 0)
    assert of(believed(recorded), "a04")["starts"] > 0.9 > 0.5 > of(believed(subbed), "a04")["starts"]


@pytest.mark.parametrize(("news", "listed"), [(0.0, False), (0.25, True), (1.0, True), (None, True)])
def test_a_player_listed_out_gets_no_price(news: float | None, listed: bool) -> None:
    belief = believed(appearances(), told("a10", news))
    assert ("a10" in belief.rows["player_id"].to_list()) == listed


def test_a_doubtful_player_plays_in_that_part_of_the_cases() -> None:
    fit, doubtful = believed(appearances()), believed(appearances(), told("a10", 0.25))
    assert of(doubtful, "a10")["plays"] == pytest.approx(0.25 * of(fit, "a10")["plays"])
    assert of(doubtful, "a10")["starts"] == pytest.approx(0.25 * of(fit, "a10")["starts"])
    assert of(doubtful, "a03")["goal_share"] >= of(fit, "a03")["goal_share"]


def test_the_latest_news_known_at_the_moment_counts() -> None:
    news = pl.concat(
        [told("a10", 0.0), told("a10", 1.0, NOW - timedelta(days=1)), told("a03", 0.0, NOW + timedelta(1))]
    )
    players = believed(appearances(), news).rows["player_id"].to_list()
    assert "a10" not in players
    assert "a03" in players


def test_what_becomes_known_later_changes_nothing() -> None:
    past = appearances()
    later = past.with_columns(
        event_at_utc=NOW - timedelta(hours=2),
        known_at_utc=NOW + timedelta(hours=1),
        goals=pl.lit(9, pl.Int64),
        match_id=pl.lit("later"),
    )
    assert same(believed(past), believed(pl.concat([past, later])))


def test_neither_the_order_of_rows_nor_other_fixtures_change_a_bit() -> None:
    past = appearances()
    alone = believed(past, fixtures=FIXTURES.head(1))
    both = believed(past.sample(fraction=1.0, shuffle=True, seed=5))
    first = (both.rows["team_id"] == "a").to_numpy()
    assert np.array_equal(both.share[first], alone.share)
    assert np.array_equal(both.minutes[first], alone.minutes)


def test_a_player_is_with_the_club_that_listed_him_last_and_only_while_it_lists_him() -> None:
    past = appearances(weeks=8)
    sold = pl.col("event_at_utc") >= START + timedelta(weeks=4)
    moved = past.with_columns(
        team_id=pl.when(sold & (pl.col("player_id") == "a10")).then(pl.lit("b")).otherwise("team_id")
    )
    gone = past.filter(~(sold & (pl.col("player_id") == "a10")))
    clubs = believed(moved).rows.filter(pl.col("player_id") == "a10")["team_id"].to_list()
    assert clubs == ["b"]
    assert "a10" not in believed(gone).rows["player_id"].to_list()


@pytest.mark.parametrize("past", [appearances(weeks=0), appearances(teams=("c",))], ids=["first day", "strangers"])
def test_a_club_never_seen_has_no_players(past: pl.DataFrame) -> None:
    empty = past if len(past) else appearances().clear()
    belief = believed(empty)
    assert len(belief.rows) == 0
    assert belief.minutes.shape == (0, len(MINUTES))


def test_parameters_that_mean_nothing_are_refused() -> None:
    for name, value in {
        "prior_goals": 0.0,
        "share_half_life_days": -1.0,
        "threat_weight": -0.1,
        "largest_share": 1.0,
    }.items():
        with pytest.raises(ValueError, match="must be|no share"):
            replace(PARAMETERS, **{name: value})
