"""An opponent who lets everybody do more than usual shows it, and roles part by what men do."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
import pytest

from models.props.form import form
from models.props.history import Archive, appearances
from models.props.opponents import ROLES, allowances, role
from tests.unit.models.props import worlds

MOMENT = worlds.START + timedelta(days=40)


def test_the_soft_opponent_allows_more(league: Archive) -> None:
    past = appearances(league, MOMENT)
    soft = (
        pl.when(pl.col("opponent_team_id") == "d").then(2 * pl.col("rebounds")).otherwise("rebounds").alias("rebounds")
    )
    by_team, by_role = allowances(past.with_columns(soft), form(past).with_columns(role()))
    allowed = dict(by_team.select("opponent_team_id", "allows_rebounds").iter_rows())
    assert allowed["d"] > 1.5
    assert max(allowed[team] for team in "abc") < 1.2
    assert by_role.filter(pl.col("opponent_team_id") == "d")["allows_role_rebounds"].min() > 1.1


def test_what_the_league_does_on_average_is_allowed_at_one(league: Archive) -> None:
    past = appearances(league, MOMENT)
    by_team, _ = allowances(past, form(past).with_columns(role()))
    assert by_team["allows_twos"].mean() == pytest.approx(1.0, abs=0.1)


def test_roles_part_by_bigness_and_nobody_without_a_past_has_one() -> None:
    men = pl.DataFrame({"bigness": [-0.2, 0.05, 0.4, None]}).with_columns(role())
    assert men["role"].to_list() == [*ROLES, None]
