"""A night of the sandbox's NBA: games and players bet on from one bankroll, every price followed to its payload."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from core.market.player_markets import PLAYER_MARKETS
from lake.storage import Lake
from optimizer.ledger import balances, faults
from replay.provenance import check
from tests.gold import gold
from tests.integration.runs import Finished, fairline, nba, shared

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    return nba(shared(tmp_path_factory))


def _gold(night: Finished, name: str) -> pl.DataFrame:
    return Lake(night.lake).table(gold(name)).read()


def _legs(night: Finished) -> pl.DataFrame:
    return _gold(night, "ticket_legs").sort("ticket_id", "leg")


def test_both_games_and_players_have_tickets_and_each_says_whom_it_is_on(night: Finished) -> None:
    told = [leg for ticket in night.result["second"]["tickets"] for leg in ticket["legs"]]
    assert {leg["sport"] for leg in told} == {"basketball"}
    on_players = [leg for leg in told if leg["market"] in PLAYER_MARKETS]
    assert on_players
    assert len(on_players) < len(told)
    for leg in told:
        assert (leg["player"] is not None) == (leg["market"] in PLAYER_MARKETS)
        assert leg["bet"].startswith(f"{leg['player']}: " if leg["player"] else leg["market"])


def test_a_night_looks_eighteen_hours_ahead(night: Finished) -> None:
    ahead = _legs(night).select((pl.col("event_at_utc") - pl.col("as_of_utc")).dt.total_minutes() / 60).to_series()
    assert 0 < ahead.min() <= ahead.max() <= 18


def test_the_ledger_is_whole(night: Finished) -> None:
    ledger = _gold(night, "ledger")
    assert list(faults(ledger)) == []
    assert sum(balances(ledger).values()) == 0


def test_every_price_taken_of_games_and_of_players_is_followed_to_its_payload(night: Finished) -> None:
    legs = _legs(night)
    found = check(Lake(night.lake), "basketball", legs)
    assert found.faults == ()
    assert found.traced == found.legs == len(legs)


def test_explain_tells_both_opinions_of_a_player_and_where_the_price_stands(night: Finished, tmp_path: Path) -> None:
    leg = _legs(night).drop_nulls("player_id").row(0, named=True)
    said = fairline("explain", leg["ticket_id"], "--lake", night.lake, "--json", tmp_path / "why.json")
    assert said.code == 0, said.text
    (why,) = json.loads((tmp_path / "why.json").read_text(encoding="utf-8"))["legs"]
    assert set(why["votes"]) == {"model", "books"}
    low, high = sorted(why["votes"].values())
    assert low <= 1 / leg["fair_odds_dec"] <= high
    assert "prop_quotes" in why["evidence"][0]
    assert why["selection"].startswith(leg["player_name"])
