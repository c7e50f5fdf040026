"""One desk over football and basketball: one decision, one set of limits, one ledger; the lake is invented."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from core.settings import Settings
from lake.desk import of_desk
from lake.storage import Lake
from optimizer.ledger import faults
from optimizer.placement import Paper
from replay import arbitrage, booking
from replay.desk import Desk
from replay.issue import decision_id, issue, legs, offered, record
from tests.unit.replay.courts import SPORT, finished, of_sport, quote, quoted, tip_off
from tests.unit.replay.histories import settings
from tests.unit.replay.lakes import AS_OF, made, over, write
from tests.unit.replay.seasons import LEAD

AFTER = AS_OF + LEAD + timedelta(hours=5)
BOTH, FOOTBALL, BASKETBALL = ("football", "basketball"), ("football",), (SPORT,)


def asked(*sports: str, **staking: Any) -> Settings:
    """Settings of a run over these sports."""
    usual: dict[str, Any] = {"maximum_ticket_share": 0.03, "maximum_price_age_minutes": 600.0,
                             "markets": ("1x2", "moneyline", "spread")}  # fmt: skip
    return settings(**usual | staking).model_copy(update={"sports": sports})


def placed(lake: Lake, own: Settings) -> None:
    """Decide, and take every ticket on paper."""
    write(lake, issue(lake, own, AS_OF))
    lake.table(of_desk("placements")).merge(booking.place(lake, own, Paper(), AS_OF))


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    lake = made(tmp_path / "lake")
    tip_off(lake, "x", "y")
    return lake


def test_one_decision_takes_tickets_of_both_sports_and_says_which(lake: Lake) -> None:
    found = issue(lake, asked(*BOTH), AS_OF)
    assert len(found.rows["portfolios"]["decision_id"].unique()) == 1
    taken = found.rows["ticket_legs"].select("sport", "match_id", "market", "selection").rows()
    assert set(taken) >= {("football", "a", "1x2", "home"), (SPORT, "x", "moneyline", "home"),
                          (SPORT, "x", "spread", "away")}  # fmt: skip
    assert set(found.rows["value_bets"]["sport"]) == set(BOTH)
    assert found.rows["audit"]["decision_id"].n_unique() == 1


def test_all_sports_share_the_limit_of_the_day(lake: Lake) -> None:
    found = issue(lake, asked(*BOTH, maximum_day_share=0.08), AS_OF)
    assert found.rows["tickets"]["stake_minor"].sum() <= 8_000
    assert set(found.rows["ticket_legs"]["sport"]) == set(BOTH)


@pytest.mark.parametrize("sports", [FOOTBALL, BASKETBALL])
def test_only_what_is_asked_for_is_offered(lake: Lake, sports: tuple[str, ...]) -> None:
    found = issue(lake, asked(*sports), AS_OF)
    assert set(found.rows["value_bets"]["sport"]) == set(found.rows["ticket_legs"]["sport"]) == set(sports)


def test_football_alone_is_decided_as_if_there_were_no_other_sport(lake: Lake, tmp_path: Path) -> None:
    without = made(tmp_path / "without")
    for name, rows in issue(lake, asked(*FOOTBALL), AS_OF).rows.items():
        other = issue(without, asked(*FOOTBALL), AS_OF).rows[name]
        assert rows.drop("solve_seconds", strict=False).equals(other.drop("solve_seconds", strict=False)), name


def test_a_sport_without_prices_changes_no_ticket_of_the_other(tmp_path: Path) -> None:
    lake = made(tmp_path / "lake")
    one, both = (issue(lake, asked(*sports), AS_OF).rows["tickets"] for sports in (FOOTBALL, BOTH))
    identity = ("ticket_id", "decision_id")
    assert one.drop(identity).equals(both.drop(identity))
    assert len(one)


def test_open_tickets_of_another_sport_count_when_only_football_is_asked_for(lake: Lake) -> None:
    limited = {"maximum_day_share": 0.10, "maximum_currency_share": 0.10}
    write(lake, issue(lake, asked(*BASKETBALL, **limited), AS_OF))
    staked = int(lake.table(of_desk("tickets")).read()["stake_minor"].sum())
    assert staked > 0
    found = issue(lake, asked(*FOOTBALL, **limited), AS_OF)
    assert set(found.rows["ticket_legs"]["sport"]) <= {"football"}
    assert found.rows["tickets"]["stake_minor"].sum() <= 10_000 - staked


def test_the_same_sports_in_another_order_are_the_same_decision(lake: Lake) -> None:
    assert decision_id(asked(*BOTH), AS_OF) == decision_id(asked(*BOTH[::-1]), AS_OF)
    assert len({decision_id(asked(*sports), AS_OF) for sports in (BOTH, FOOTBALL, BASKETBALL)}) == 3
    rows = [issue(lake, asked(*sports), AS_OF).rows["audit"] for sports in (BOTH, BOTH[::-1])]
    assert rows[0].equals(rows[1])


def test_each_ticket_is_settled_by_the_scores_of_its_own_sport_and_booked_in_one_ledger(lake: Lake) -> None:
    own = asked(*BOTH)
    placed(lake, own)
    over(lake, ("a", 1, 0), ("b", 1, 0), ("c", 0, 0))
    finished(lake, ("x", 101, 100), ("y", 90, 100))
    lake.table(of_desk("settlements")).merge(booking.settle(lake, AFTER))
    told = legs(lake).join(lake.table(of_desk("settlements")).read(), on="ticket_id")
    found = {(row["match_id"], row["market"], row["selection"]): row["outcome"] for row in told.to_dicts()}
    assert found[("a", "1x2", "home")] == "won"
    assert found[("x", "moneyline", "home")] == "won"
    assert found[("y", "moneyline", "home")] == "lost"
    assert found[("x", "spread", "away")] == found[("y", "spread", "away")] == "won"
    ledger = booking.book(lake, own)
    assert list(faults(ledger)) == []
    assert set(told["ticket_id"]) <= set(ledger["ticket_id"].drop_nulls())


def test_a_cancelled_game_returns_the_stake(lake: Lake) -> None:
    placed(lake, asked(*BASKETBALL))
    finished(lake, ("x", 101, 100))
    table = lake.table(f"silver.{SPORT}.matches")
    table.replace(
        table.read().with_columns(
            pl.lit("cancelled").alias("state"), pl.lit(None, pl.Int64).alias("home_points"),
            pl.lit(None, pl.Int64).alias("away_points"),
        )
    )  # fmt: skip
    assert set(booking.settle(lake, AFTER)["outcome"]) == {"void"}


def test_legs_are_measured_by_the_close_of_their_own_sport(lake: Lake) -> None:
    placed(lake, asked(*BOTH))
    closing = {"quote_kind": "closing", "hours": LEAD / timedelta(hours=1)}
    quoted(lake, "match", quote("x", "pinnacle", 1.8, 2.1, **closing))
    quoted(lake, "handicap", quote("x", "pinnacle", 2.2, 1.7, line=-2.5, **closing))
    values = booking.against_the_close(lake, AFTER)
    assert len(values) == len(legs(lake))
    told = {(row["match_id"], row["market"]): row for row in values.to_dicts()}
    assert told[("x", "moneyline")]["benchmark"] == told[("x", "spread")]["benchmark"] == "pinnacle"
    assert told[("y", "moneyline")]["reason"] == "no_close"


def test_a_line_known_by_its_date_only_makes_no_offer_and_no_closing_line_value(lake: Lake) -> None:
    placed(lake, asked(*BASKETBALL))
    closing = {"quote_kind": "closing", "hours": LEAD / timedelta(hours=1), "known_at_basis": "date_only"}
    quoted(lake, "match", quote("x", "pinnacle", 1.8, 2.1, **closing))
    values = booking.against_the_close(lake, AFTER).filter(match_id="x", market="moneyline")
    assert values.select("reason", "clv").row(0) == ("date_only", None)
    quoted(lake, "match", quote("x", "bwin", 9.0, 9.0, known_at_basis="date_only"))
    assert offered(lake, asked(*BASKETBALL), AS_OF)["price_odds_dec"].max() == 1.95


def test_a_line_without_a_price_is_no_offer(lake: Lake) -> None:
    quoted(lake, "handicap", quote("x", "bet365", 9.0, 9.0, line=-2.5) | {"home_odds_dec": None, "away_odds_dec": None})
    rows = of_sport(issue(lake, asked(*BOTH), AS_OF).rows["value_bets"]).filter(match_id="x", market="spread")
    assert set(rows["bookmaker"]) == {"bwin"}


def test_sure_profits_are_found_in_both_sports(lake: Lake) -> None:
    quoted(lake, "match", quote("x", "bwin", 1.5, 2.4))
    found = arbitrage.found(lake, asked(*BOTH), AS_OF)
    row = of_sport(found).filter(kind="arbitrage", market="moneyline").row(0, named=True)
    assert row["worst_profit"] == pytest.approx(1 / (1 / 1.9 + 1 / 2.4) - 1)
    assert set(found["sport"]) <= set(BOTH)


def test_middles_of_spreads_are_judged_by_the_grid_of_points(lake: Lake) -> None:
    quoted(lake, "handicap", quote("x", "bet365", 2.0, 1.6, line=-0.5))
    found = of_sport(arbitrage.found(lake, asked(*BOTH), AS_OF)).filter(kind="middle", market="spread")
    assert found["prob"].to_list() == [pytest.approx(0.2)], "home by one"


def test_open_singles_of_both_sports_have_a_suggestion(lake: Lake) -> None:
    own = asked(*BOTH)
    placed(lake, own)
    found = Desk(lake, own, AS_OF).hedges()
    assert set(found["ticket_id"]) == set(lake.table(of_desk("tickets")).read()["ticket_id"])


def test_legs_of_before_there_were_several_sports_are_footballs(lake: Lake) -> None:
    placed(lake, asked(*FOOTBALL))
    table = lake.table(of_desk("ticket_legs"))
    table.replace(table.read().with_columns(pl.lit(None, pl.String).alias("sport")))
    assert set(record(lake).legs["sport"]) == {"football"}
    over(lake, ("a", 1, 0))
    assert len(booking.settle(lake, AFTER)) == 1
    assert len(booking.against_the_close(lake, AFTER)) == len(table.read())
