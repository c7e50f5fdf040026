"""What is expected of vendors' data: each expectation holds on good rows and breaks on the fault it is there for."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from lake.quality.expectations import expectations
from lake.quality.measures import (
    MEASURES,
    Scope,
    coverage,
    current_seasons,
    kick_off_in_season,
    overround,
    players_add_up,
)
from lake.quality.vendors import judged
from tests.unit.lake.quality.silver import AS_OF, KICKOFF, match, quotes, scope

FAIR = {"home": 2.0, "draw": 3.6, "away": 4.0}
MARKETS = {"1x2": ["home", "draw", "away"]}


def _broken(root: Path, sport: str = "football", **tables: object) -> set[str]:
    """Names of expectations that these tables do not meet."""
    found = judged(scope(root, sport, **tables).lake, sport, AS_OF)  # type: ignore[arg-type]
    return {one.expectation.name.rsplit(".", 1)[1] for one in found if len(one.broken)}


def test_every_measure_of_the_catalogue_exists_and_every_bound_bounds_a_column_of_it(tmp_path: Path) -> None:
    for sport in ("football", "basketball"):
        assert expectations(sport)
        empty = scope(tmp_path, sport, matches=[], odds_quotes=[])
        for one in expectations(sport):
            found = MEASURES[one.measure](empty, **one.parameters)
            assert {bound.column for bound in one.bounds} <= set(found.columns)
            assert found.is_empty()


def test_good_rows_break_nothing(tmp_path: Path) -> None:
    weeks = [(week * 10 + place, week) for week in range(3) for place in range(4)]
    good = [quote for number, week in weeks for quote in quotes(number, FAIR, week)]
    assert _broken(tmp_path, matches=[match(*week) for week in weeks], odds_quotes=good) == set()


@pytest.mark.parametrize("prices", [{"home": 2.0, "draw": 5.0, "away": 6.0}, {"home": 1.5, "draw": 2.5, "away": 2.5}])
def test_an_overround_outside_its_bounds_is_found_and_an_aggregates_is_not(
    tmp_path: Path, prices: dict[str, float]
) -> None:
    bad = quotes(1, prices)
    assert _broken(tmp_path / "book", matches=[match(1)], odds_quotes=bad) == {"overround"}
    aggregate = [quote | {"is_aggregate": True} for quote in bad]
    assert _broken(tmp_path / "aggregate", matches=[match(1)], odds_quotes=aggregate) == set()


def test_a_price_stands_until_the_next_one_so_that_a_single_new_price_makes_a_moment_of_its_own(tmp_path: Path) -> None:
    later = KICKOFF - timedelta(minutes=30)
    one_moved = quotes(1, {"home": 5.0}, known_at_utc=later)
    found = overround(scope(tmp_path, odds_quotes=[*quotes(1, FAIR), *one_moved]), 0.97, 1.35, MARKETS)
    assert found.select("markets", "outside").rows() == [(2, 1)]
    assert found["such_as"].to_list() == ["m1"]
    assert found["lowest"][0] == pytest.approx(1 / 5 + 1 / 3.6 + 1 / 4)


def test_a_market_without_all_of_its_selections_has_no_overround(tmp_path: Path) -> None:
    found = overround(scope(tmp_path, odds_quotes=quotes(1, {"home": 2.0, "draw": 3.6})), 0.97, 1.35, MARKETS)
    assert found.is_empty()


def test_a_kick_off_in_another_season_is_found_in_both_ways_of_writing_a_season(tmp_path: Path) -> None:
    stray = match(2, event_at_utc=KICKOFF + timedelta(days=380))
    assert _broken(tmp_path, matches=[match(1), stray], odds_quotes=[]) == {"kick_off_in_season"}
    days = ((1, 150), (2, 250))
    spilled = [match(n, season_code="2023", event_at_utc=KICKOFF + timedelta(days=later)) for n, later in days]
    lake = scope(tmp_path / "year", matches=spilled).lake
    found = kick_off_in_season(Scope(lake, "football", ("2023",), AS_OF), ["06-15", "08-31"], ["01-01", "03-15"])
    assert found.select("matches", "outside", "such_as").rows() == [(2, 1, "m2")]


def test_more_goals_at_half_time_than_at_full_time_are_found(tmp_path: Path) -> None:
    assert _broken(tmp_path, matches=[match(1, away_goals_half_time=2)], odds_quotes=[]) == {"half_time"}
    assert _broken(tmp_path / "unknown", matches=[match(1, away_goals_half_time=None)], odds_quotes=[]) == set()


def test_a_second_closing_price_of_one_selection_is_found(tmp_path: Path) -> None:
    closing = quotes(1, FAIR, quote_kind="closing", known_at_utc=KICKOFF)
    again = quotes(1, {"home": 2.02}, quote_kind="closing", known_at_utc=KICKOFF + timedelta(minutes=1))
    assert _broken(tmp_path / "one", matches=[match(1)], odds_quotes=closing) == set()
    assert _broken(tmp_path / "two", matches=[match(1)], odds_quotes=[*closing, *again]) == {"one_closing_price"}


def test_a_book_that_quoted_a_league_and_falls_below_half_of_it_is_reported_by_name(tmp_path: Path) -> None:
    weeks = [(week * 10 + place, week) for week in range(4) for place in range(5)]
    quoted = [q for number, week in weeks if week < 3 or number == 30 for q in quotes(number, FAIR, week)]
    steady = [q for number, week in weeks for q in quotes(number, FAIR, week, bookmaker="pinnacle")]
    rare = [q for number, week in weeks if week == 0 for q in quotes(number, FAIR, week, bookmaker="bwin")]
    late = quotes(31, FAIR, 3, known_at_utc=KICKOFF + timedelta(weeks=3, hours=1))
    looked = scope(tmp_path, matches=[match(*week) for week in weeks], odds_quotes=[*quoted, *steady, *rare, *late])
    found = coverage(looked, 0.8, 0.5, 8, 4)
    assert found.filter("has_fallen").select("bookmaker", "share_before", "share_now").rows() == [("bet365", 1.0, 0.2)]
    assert found["bookmaker"].to_list() == ["bet365", "bwin", "pinnacle"]


def test_players_whose_points_do_not_sum_to_their_teams_are_found_and_corrections_count(tmp_path: Path) -> None:
    side = {"match_id": "g1", "team_id": "a", "known_at_utc": KICKOFF}
    players = [side | {"player_id": f"p{place}", "points": points} for place, points in enumerate((60, 41))]
    looked = scope(tmp_path, "basketball", player_stats=players, team_stats=[side | {"points": 100}])
    assert players_add_up(looked, "points").select("sides", "differing", "such_as").rows() == [(1, 1, "g1")]
    corrected = players[1] | {"points": 40, "known_at_utc": KICKOFF + timedelta(hours=5)}
    table = looked.lake.table("silver.basketball.player_stats")
    looked = scope(tmp_path, "basketball", player_stats=[*players, corrected])
    assert table.rows() == 3
    assert players_add_up(looked, "points")["differing"].to_list() == [0]


def test_what_became_known_later_is_not_looked_at_and_the_newest_season_stands_in_for_none(tmp_path: Path) -> None:
    bad = quotes(1, {"home": 1.5, "draw": 2.5, "away": 2.5}, known_at_utc=AS_OF + timedelta(hours=1))
    assert _broken(tmp_path, matches=[match(1)], odds_quotes=bad) == set()
    lake = scope(tmp_path).lake
    assert current_seasons(lake, "football", KICKOFF + timedelta(days=30)) == ("2023-24",)
    assert current_seasons(lake, "football", KICKOFF + timedelta(days=3000)) == ("2023-24",)
    assert current_seasons(lake, "basketball", KICKOFF) == ()
