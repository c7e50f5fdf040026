"""Two nights of the sandbox's NBA: games and players bet on from one bankroll, settled by scores and by box scores."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from core.clock import parse_instant
from core.market.markets import MARKETS
from core.market.player_markets import PLAYER_MARKETS
from lake.storage import Lake
from optimizer.ledger import balances, faults
from optimizer.settlement.legs import OUTCOMES
from replay.props.bets import COUNTED
from replay.provenance import check
from tests.gold import gold
from tests.integration.runs import Finished, fairline, nba, shared

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    return nba(shared(tmp_path_factory))


def _gold(nights: Finished, name: str) -> pl.DataFrame:
    return Lake(nights.lake).table(gold(name)).read()


def _legs(nights: Finished) -> pl.DataFrame:
    return _gold(nights, "ticket_legs").sort("ticket_id", "leg")


def test_both_games_and_players_have_tickets_and_each_says_whom_it_is_on(nights: Finished) -> None:
    tickets = [ticket for subject in ("first", "second") for ticket in nights.result[subject]["tickets"]]
    told = [leg for ticket in tickets for leg in ticket["legs"]]
    assert {leg["sport"] for leg in told} == {"basketball"}
    on_players = [leg for leg in told if leg["market"] in PLAYER_MARKETS]
    assert on_players
    assert len(on_players) < len(told)
    for leg in told:
        assert (leg["player"] is not None) == (leg["market"] in PLAYER_MARKETS)
        assert leg["bet"].startswith(f"{leg['player']}: " if leg["player"] else leg["market"])


def test_a_night_looks_eighteen_hours_ahead(nights: Finished) -> None:
    ahead = _legs(nights).select((pl.col("event_at_utc") - pl.col("as_of_utc")).dt.total_minutes() / 60).to_series()
    assert 0 < ahead.min() <= ahead.max() <= 18


def test_every_ticket_of_the_first_night_is_settled_by_the_second(nights: Finished) -> None:
    first = {ticket["ticket_id"] for ticket in nights.result["first"]["tickets"]}
    settled = _gold(nights, "settlements")
    assert set(settled["ticket_id"]) == first
    assert settled["known_at_utc"].max() <= parse_instant(nights.result["second"]["as_of_utc"])


def _paid(leg: dict[str, Any], score: dict[str, Any], line: dict[str, Any] | None) -> float | None:
    """What a leg pays by the game's score or by its player's line of the box score; None if he took no part."""
    if leg["player_id"] is None:
        points = score["home_points"], score["away_points"]
        return float(MARKETS[leg["market"]].payoff(*points, leg["selection"], leg["line"]))
    market = PLAYER_MARKETS[leg["market"]]
    if line is None or line["minutes"] is None:
        return None
    return float(market.payoff(line[f"_{market.count}"], leg["selection"], leg["line"]))


def test_settlements_agree_with_scores_and_box_scores_counted_again(nights: Finished) -> None:
    lake = Lake(nights.lake)
    read = (lake.table(f"silver.basketball.{name}").read() for name in ("matches", "player_stats"))
    games, box = (rows.sort("known_at_utc") for rows in read)
    counted = box.with_columns(expression.cast(pl.Float64).alias(f"_{name}") for name, expression in COUNTED.items())
    scores = {row["match_id"]: row for row in games.to_dicts()}
    lines = {(row["match_id"], row["player_id"]): row for row in counted.to_dicts()}
    settled = _legs(nights).join(_gold(nights, "settlements").select("ticket_id", "outcome"), on="ticket_id")
    assert settled["player_id"].null_count() < len(settled), "a bet on a player of the first night is settled"
    for leg in settled.to_dicts():
        paid = _paid(leg, scores[leg["match_id"]], lines.get((leg["match_id"], leg["player_id"])))
        assert leg["outcome"] == ("void" if paid is None else OUTCOMES[paid]), leg


def test_the_ledger_is_whole(nights: Finished) -> None:
    ledger = _gold(nights, "ledger")
    assert list(faults(ledger)) == []
    assert sum(balances(ledger).values()) == 0


def test_every_price_taken_of_games_and_of_players_is_followed_to_its_payload(nights: Finished) -> None:
    legs = _legs(nights)
    found = check(Lake(nights.lake), "basketball", legs)
    assert found.faults == ()
    assert found.traced == found.legs == len(legs)


def test_explain_tells_both_opinions_of_a_player_and_where_the_price_stands(nights: Finished, tmp_path: Path) -> None:
    leg = _legs(nights).drop_nulls("player_id").row(0, named=True)
    said = fairline("explain", leg["ticket_id"], "--lake", nights.lake, "--json", tmp_path / "why.json")
    assert said.code == 0, said.text
    (why,) = json.loads((tmp_path / "why.json").read_text(encoding="utf-8"))["legs"]
    assert set(why["votes"]) == {"model", "books"}
    low, high = sorted(why["votes"].values())
    assert low <= 1 / leg["fair_odds_dec"] <= high
    assert "prop_quotes" in why["evidence"][0]
    assert why["selection"].startswith(leg["player_name"])


def test_the_same_night_again_changes_nothing(nights: Finished) -> None:
    assert nights.result["again"]["tickets"] == nights.result["second"]["tickets"]
    for name in ("tickets", "ticket_legs", "value_bets", "settlements", "ledger"):
        told = [nights.result[subject]["tables"][gold(name)]["content_hash"] for subject in ("second", "again")]
        assert told[0] == told[1], name
