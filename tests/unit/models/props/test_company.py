"""Minutes in the company expected: the same men count, by whom they are, and only from games for the own team."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl
import pytest

from models.props.company import GAMES, records, with_company
from models.props.features import features
from models.props.history import Archive, appearances
from tests.unit.models.props import worlds

MOMENT = worlds.START + timedelta(days=40)
NO_GAME = float("nan")


@pytest.fixture(scope="module")
def past(league: Archive) -> pl.DataFrame:
    return appearances(league, MOMENT)


def team(likely: dict[str, float], nights: dict[str, list[float]], departed: list[float] | None = None) -> pl.DataFrame:
    """Rows of one team, its men's last nights from the latest on, and minutes of who has left."""

    def padded(values: list[float], empty: float) -> list[float]:
        return [*values, *[empty] * (GAMES - len(values))]

    kind = pl.Array(pl.Float64, GAMES)
    return pl.DataFrame({
        "match_id": "m", "team_id": "a", "is_listed": True, "player_id": list(nights),
        "plays_prob": list(likely.values()),
        "even_minutes_h8": [float(np.nanmean(each)) if each else None for each in nights.values()],
        "minutes_record": pl.Series([padded(each, NO_GAME) if each else None for each in nights.values()], dtype=kind),
        "departed_record": pl.Series([padded(departed or [], 0.0)] * len(nights), dtype=kind),
    })  # fmt: skip


STAR = [NO_GAME, 34.0, NO_GAME, 34.0, NO_GAME, 34.0]
DEPUTY = [30.0, 12.0, 30.0, 12.0, 30.0, 12.0]
OTHER = [20.0] * 6


def of(rows: pl.DataFrame, player: str) -> list[float]:
    found = with_company(rows).filter(pl.col("player_id") == player)
    return [found["alike_minutes"][0], found["company_minutes"][0]]


def test_a_deputy_has_the_minutes_that_he_had_without_the_star() -> None:
    nights = {"star": STAR, "deputy": DEPUTY, "other": OTHER}
    with_him, without = (
        of(team({"star": likely, "deputy": 1.0, "other": 1.0}, nights), "deputy") for likely in (1.0, 0.0)
    )
    assert max(with_him) < 17.0
    assert min(without) > 25.0
    assert of(team({"star": 0.5, "deputy": 1.0, "other": 1.0}, nights), "deputy") == pytest.approx([21.0] * 2, abs=3.0)


def test_nobody_is_company_for_himself_and_the_order_of_rows_is_kept() -> None:
    nights = {"star": STAR, "deputy": DEPUTY, "other": OTHER}
    doubted, sure = (with_company(team({"star": likely, "deputy": 1.0, "other": 1.0}, nights)) for likely in (0.1, 0.9))
    assert doubted["player_id"].to_list() == list(nights)
    own = ["alike_minutes", "company_minutes"]
    assert doubted.select(own).row(0) == pytest.approx(sure.select(own).row(0))
    turned = with_company(team({"star": 0.1, "deputy": 1.0, "other": 1.0}, nights).reverse())
    assert turned.reverse().select(own).to_numpy() == pytest.approx(doubted.select(own).to_numpy())


def test_who_is_not_listed_is_nobodys_company_and_has_his_own_memory() -> None:
    nights = {"star": STAR, "deputy": DEPUTY, "other": OTHER}
    rows = team({"star": 0.1, "deputy": 1.0, "other": 1.0}, nights)
    told = with_company(rows.with_columns(is_listed=pl.col("player_id") != "star"))
    own = ["alike_minutes", "company_minutes"]
    assert (
        told.filter("is_listed")
        .select(own)
        .equals(with_company(rows.filter(pl.col("player_id") != "star")).select(own))
    )
    assert told.filter(~pl.col("is_listed")).select(own).row(0) == (34.0, 34.0)


def test_nights_beside_one_who_has_departed_count_less() -> None:
    nights = {"deputy": DEPUTY, "other": OTHER}
    gone = [0.0, 34.0, 0.0, 34.0, 0.0, 34.0]
    likely = {"deputy": 1.0, "other": 1.0}
    assert min(of(team(likely, nights, gone), "deputy")) > max(of(team(likely, nights), "deputy")) + 4.0


def test_who_has_no_record_is_told_his_memory_and_a_stranger_nothing() -> None:
    rows = team({"new": 1.0, "stranger": 1.0, "other": 1.0}, {"new": [], "stranger": [], "other": OTHER})
    told = with_company(
        rows.with_columns(even_minutes_h8=pl.when(pl.col("player_id") == "new").then(25.0).otherwise("even_minutes_h8"))
    )
    assert told["alike_minutes"].to_list()[:2] == [25.0, None]
    assert told["alike_minutes"][2] == pytest.approx(20.0)
    assert told["company_minutes"][0] == 25.0
    assert told["company_minutes"][2] == pytest.approx(20.0, abs=1.0)


def test_records_begin_with_the_latest_game_and_hold_even_minutes(past: pl.DataFrame) -> None:
    found = records(past, worlds.last_teams(past)).filter(pl.col("player_id") == "a2")
    own = past.filter(pl.col("player_id") == "a2")["even_minutes"].reverse()
    told = np.array(found["minutes_record"].to_list()[0])
    assert told.shape == (GAMES,)
    assert told[~np.isnan(told)] == pytest.approx(own.head((~np.isnan(told)).sum()).to_numpy())
    assert found["departed_record"].to_list()[0] == [0.0] * GAMES


def test_one_who_plays_elsewhere_now_leaves_a_gap_and_takes_no_record_along(past: pl.DataFrame) -> None:
    at = past.filter(pl.col("player_id") == "a0")["event_at_utc"].max()
    moved = past.with_columns(
        pl.when((pl.col("player_id") == "a0") & (pl.col("event_at_utc") == at))
        .then(pl.lit("b")).otherwise("team_id").alias("team_id")
    )  # fmt: skip
    found = records(moved, worlds.last_teams(moved))
    assert max(found.filter(pl.col("player_id") == "a4")["departed_record"].to_list()[0]) > 20.0
    assert np.isfinite(found.filter(pl.col("player_id") == "a0")["minutes_record"].to_list()[0]).sum() == 1


def test_later_games_change_no_record(league: Archive, games: pl.DataFrame) -> None:
    day = games.filter(pl.col("as_of_utc") <= MOMENT)["as_of_utc"].sort()[-1]
    known = pl.col("known_at_utc") <= day
    cut = Archive(league.player_stats.filter(known), league.team_stats.filter(known), league.injuries)
    rows = games.filter(pl.col("as_of_utc") == day)
    told = ["player_id", "minutes_record", "departed_record"]
    assert features(league, rows, day).select(told).equals(features(cut, rows, day).select(told))


def test_a_league_without_a_past_has_no_company() -> None:
    rows = team({"stranger": 1.0}, {"stranger": []})
    for asked in (rows, rows.clear()):
        told = with_company(asked)
        assert told["alike_minutes"].to_list() == told["company_minutes"].to_list() == [None] * len(asked)
