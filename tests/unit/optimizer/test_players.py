"""Bets on players in a scene and in a portfolio: worth their edge, void for who sits, tied to their match."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from core.market.player_markets import Performances
from optimizer.candidates.model import Candidate
from optimizer.coming import Coming
from optimizer.decision import decide
from optimizer.scene import Stage, edge_spread
from optimizer.situation import Situation
from tests.unit.optimizer.policies import AS_OF, believed, bet, bets, policy
from tests.unit.optimizer.test_scene import NO_TICKETS, legs, tickets

BANKROLL = 100_000
PLAYS = 0.8
CHANCES = (0.5, 0.3, 0.2)


class Scorer:
    """An invented man who beats every line where his side, at home, wins; he sits in every fifth scenario."""

    def __init__(self, home: NDArray[np.int64], away: NDArray[np.int64]) -> None:
        self.more, self.sits = home > away, np.arange(len(home)) % 5 == 0

    def paid(self, player_id: str, market: str, selection: str, line: float | None) -> NDArray[np.float64] | None:
        if player_id != "star":
            return None
        sign = 1.0 if selection == "over" else -1.0
        return np.where(self.sits, 0.0, np.where(self.more, sign, -sign))


class Team:
    """Him alone, of the match m1."""

    known = pl.DataFrame({"match_id": ["m1"], "player_id": ["star"]})

    def draw(
        self, match_id: str, home: NDArray[np.int64], away: NDArray[np.int64], seed: Sequence[int]
    ) -> Performances:
        assert match_id == "m1"
        return Scorer(home, away)


def coming() -> Coming:
    told = believed(m1=CHANCES, m2=CHANCES)
    return Coming((replace(told.slates[0], players=Team()),))


def on(player: str = "star", match: str = "m1", prob: float = 0.4, odds: float = 2.4, **other: Any) -> dict[str, Any]:
    """A bet on over 20.5 points: wins `prob`, comes back where he sits."""
    push = 1.0 - PLAYS
    told = bet(
        match, "over", prob, odds, market="player_points", line=20.5, player_id=player, player_name=player.title()
    )
    edge = prob * odds + push - 1.0
    return told | {"push_share": push, "edge": edge, "fair_odds_dec": 1 + (PLAYS - prob) / prob} | other


def of_match(**other: Any) -> dict[str, Any]:
    return bet("m1", "home", 0.5, 2.2, player_id=None, player_name=None) | other


def stage(offers: pl.DataFrame, *open_bets: tuple[str, int, dict[str, Any]]) -> Stage:
    singles = [Candidate("single", (place,), ((place,),)) for place in range(len(offers))]
    issued = tickets(*((name, "single", None, 5_000) for name, _, _ in open_bets)) if open_bets else NO_TICKETS
    return Stage(offers, singles, coming(), issued, legs(*open_bets), BANKROLL)


def test_a_bet_on_a_player_is_worth_its_edge_and_returns_the_stake_where_he_sits() -> None:
    offers = bets(on(), of_match())
    scene = stage(offers).draw(1000, 3)
    assert scene.weights @ scene.returns == pytest.approx(offers["edge"].to_numpy(), abs=1e-12)
    assert (scene.returns[:, 0] == 0.0).mean() == pytest.approx(1.0 - PLAYS)
    assert (scene.returns[:, 0] == -1.0).any()


def test_he_and_his_match_win_in_the_same_scenarios() -> None:
    scene = stage(bets(on(), of_match())).draw(1024, 3)
    player, match = scene.returns.T
    assert (match[player > 0] > 0).all()
    assert (match[player < 0] < 0).all()


def test_an_open_bet_on_him_stands_with_the_same_night() -> None:
    scene = stage(bets(on()), ("t1", 0, on())).draw(1024, 3)
    assert np.array_equal(np.sign(scene.standing), np.sign(scene.returns[:, 0]))


def test_an_open_bet_on_who_is_ruled_out_since_is_void() -> None:
    scene = stage(bets(on()), ("t1", 0, on("ruled_out"))).draw(256, 3)
    assert not scene.standing.any()


def test_an_open_bet_of_a_match_without_any_belief_about_players_goes_as_it_was_given() -> None:
    scene = stage(bets(on()), ("t1", 0, on("star", "m2"))).draw(20_000, 3)
    won, back = (scene.standing > 0).mean(), (scene.standing == 0).mean()
    assert (won, back) == (pytest.approx(0.4, abs=0.02), pytest.approx(1 - PLAYS, abs=0.02))


def test_who_is_not_believed_in_makes_no_ticket_and_what_is_issued_names_the_player() -> None:
    situation = Situation(
        as_of=AS_OF, decision_id="d", bettor_id="me", bankroll_minor=BANKROLL, open_tickets=NO_TICKETS,
        open_legs=legs(), kelly_fraction=0.5,
    )  # fmt: skip
    offers = bets(on(), on("stranger"), on("star", "m2"))
    decided = decide(offers, coming(), situation, policy(), 3)
    assert decided.legs.select("player_id", "player_name", "match_id").rows() == [("star", "Star", "m1")]
    assert decided.tickets["stake_minor"][0] > 0


def test_stakes_on_him_and_on_his_match_leave_room_for_each_other() -> None:
    """Both win together, so both together get less than each of them alone."""
    situation = Situation(
        as_of=AS_OF, decision_id="d", bettor_id="me", bankroll_minor=BANKROLL, open_tickets=NO_TICKETS,
        open_legs=legs(),
    )  # fmt: skip

    def staked(*rows: dict[str, Any]) -> int:
        offers = bets(*rows).with_columns(pl.col("player_id", "player_name").cast(pl.String))
        return int(decide(offers, coming(), situation, policy(), 3).tickets["stake_minor"].sum())

    together, alone = staked(on(), of_match()), staked(on()) + staked(of_match())
    assert 0 < together < 0.8 * alone


def test_names_of_tickets_on_two_players_at_one_line_differ() -> None:
    situation = Situation(
        as_of=AS_OF, decision_id="d", bettor_id="me", bankroll_minor=BANKROLL, open_tickets=NO_TICKETS,
        open_legs=legs(),
    )  # fmt: skip

    class Both(Team):
        known = pl.DataFrame({"match_id": ["m1", "m1"], "player_id": ["star", "other"]})

    two = Coming((replace(coming().slates[0], players=Both()),))
    with_other = decide(bets(on(), on("other", odds=2.3)), two, situation, policy(), 3)
    assert with_other.tickets["ticket_id"].is_unique().all()


def test_how_unsure_an_edge_is_is_asked_of_bets_on_matches_alone() -> None:
    with pytest.raises(KeyError):
        edge_spread(bets(on()), coming())
