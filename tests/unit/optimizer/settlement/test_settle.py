"""When a ticket is settled, by what, and how often: moments, corrections, rounding, the order of rows."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.market.markets import MARKETS
from lake.conform import require
from lake.contracts.model import contract
from optimizer.settlement import returned_minor, settle, standing
from optimizer.systems import legs_of, written
from optimizer.systems import lines as lines_of
from tests.unit.optimizer.policies import AS_OF, KICKOFF
from tests.unit.optimizer.settlement.stories import LATE, leg, result, ruling, ticket

OVER = KICKOFF + timedelta(hours=2)
HOME = leg("1x2", "home", None)


def rows(settlements: pl.DataFrame) -> list[tuple[object, ...]]:
    return settlements.select("outcome", "return_minor", "version").rows()


@pytest.mark.parametrize(
    ("stake", "share", "odds", "back"),
    [
        (1, 0.5, 2.0, 2), (3, 0.5, 2.0, 4), (5, 0.5, 2.0, 8), (1, -0.5, 2.0, 0), (3, -0.5, 2.0, 2), (5, -0.5, 2.0, 2),
        (10, 1.0, 1.25, 12), (30, 1.0, 1.25, 38), (50, 1.0, 1.91, 96), (150, 1.0, 1.91, 286), (100, 1.0, 1.005, 100),
    ],
)  # fmt: skip
def test_half_a_cent_goes_to_the_even_cent(stake: int, share: float, odds: float, back: int) -> None:
    assert returned_minor(stake, share, odds) == back


@given(
    stake=st.integers(1, 10**9), share=st.sampled_from([-1.0, -0.5, 0.0, 0.5, 1.0]),
    cents=st.integers(101, 100_100),
)  # fmt: skip
def test_what_comes_back_is_the_exact_fraction_rounded_to_even(stake: int, share: float, cents: int) -> None:
    price = Fraction(cents, 100)
    exact = stake + stake * Fraction(share) * ((price - 1) if share > 0 else 1)
    assert returned_minor(stake, share, cents / 100) == round(exact)


def test_a_result_that_is_not_known_yet_settles_nothing_and_one_known_now_does() -> None:
    early = settle(ticket(), HOME, result(1, 0), OVER - timedelta(microseconds=1))
    assert early.is_empty()
    settled = settle(ticket(), HOME, result(1, 0), OVER)
    assert settled["known_at_utc"].to_list() == [OVER]
    assert early.schema == settled.schema
    assert len(require(settled, contract("gold.desk.settlements"))) == 1


def test_each_ticket_is_settled_by_its_own_match_and_in_the_order_of_ids() -> None:
    tickets = pl.concat([ticket("t2"), ticket("t1"), ticket("t3")])
    legs = pl.concat([leg("1x2", side, None, name) for side, name in (("away", "t2"), ("home", "t1"))])
    elsewhere = leg("1x2", "home", None, "t3", match="m9")
    settled = settle(tickets, pl.concat([legs, elsewhere]), result(1, 0), AS_OF + timedelta(days=9))
    assert settled.select("ticket_id", "outcome").rows() == [("t1", "won"), ("t2", "lost")]


def test_results_need_neither_a_state_nor_a_time_of_play_and_legs_neither_a_place_nor_a_book() -> None:
    bare = result(2, 1).drop("state", "event_at_utc")
    assert rows(settle(ticket().drop("lines"), HOME.drop("leg", "bookmaker"), bare, LATE)) == [("won", 1910, 1)]


def test_a_corrected_score_is_a_second_settlement_known_when_the_correction_was() -> None:
    told = pl.concat([result(1, 0), result(1, 1, state="corrected", known=26)])
    settled = settle(ticket(), HOME, told, LATE)
    assert rows(settled) == [("won", 1910, 1), ("lost", 0, 2)]
    assert settled["known_at_utc"].to_list() == [OVER, KICKOFF + timedelta(hours=26)]
    assert rows(standing(settled, LATE)) == [("lost", 0, 2)]
    assert rows(standing(settled, OVER)) == [("won", 1910, 1)]
    assert settle(ticket(), HOME, told, OVER).equals(settled.head(1))


def test_a_correction_that_changes_no_money_is_none() -> None:
    told = pl.concat([result(1, 0), result(3, 0, state="corrected", known=26)])
    assert rows(settle(ticket(), HOME, told, LATE)) == [("won", 1910, 1)]


def test_a_goal_taken_away_and_given_back_makes_three_versions() -> None:
    scores = [(1, 0, 2.0), (0, 0, 20.0), (1, 0, 40.0)]
    told = pl.concat([result(home, away, state="corrected", known=at) for home, away, at in scores])
    assert rows(settle(ticket(), HOME, told, LATE)) == [("won", 1910, 1), ("lost", 0, 2), ("won", 1910, 3)]


DOUBLE = pl.concat([HOME, leg("1x2", "home", None, odds=2.0, place=1, match="m2")])


def test_a_double_waits_for_its_last_leg_unless_one_is_lost() -> None:
    won, lost = result(1, 0), result(0, 1)
    assert settle(ticket(), DOUBLE, won, LATE).is_empty()
    assert rows(settle(ticket(), DOUBLE, lost, LATE)) == [("lost", 0, 1)]
    both = pl.concat([won, result(2, 0, "m2", played=24)])
    settled = settle(ticket(), DOUBLE, both, LATE)
    assert rows(settled) == [("won", 3820, 1)]
    assert settled.select("match_id", "known_at_utc").rows() == [("m2", KICKOFF + timedelta(hours=26))]
    assert settled["payoff"].to_list() == [None]


def test_a_ticket_that_a_correction_opens_again_keeps_its_settlement_until_it_is_decided_anew() -> None:
    told = pl.concat([result(0, 1), result(1, 0, state="corrected", known=20)])
    assert rows(settle(ticket(), DOUBLE, told, LATE)) == [("lost", 0, 1)]
    later = pl.concat([told, result(1, 0, "m2", played=72)])
    settled = settle(ticket(), DOUBLE, later, LATE)
    assert rows(settled) == [("lost", 0, 1), ("won", 3820, 2)]
    assert settled["known_at_utc"][1] == KICKOFF + timedelta(hours=74)


def test_a_system_is_open_while_one_of_its_lines_is() -> None:
    system = ticket(lines="[[0],[1]]")
    assert settle(system, DOUBLE, result(0, 1), LATE).is_empty()
    told = pl.concat([result(0, 1), result(1, 0, "m2")])
    assert rows(settle(system, DOUBLE, told, LATE)) == [("push", 1000, 1)]


@pytest.mark.parametrize("text", ["[]", "[[]]", "[[0,0]]", "[[0,2]]", "[[-1]]"])
def test_lines_that_the_legs_do_not_have_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="are no lines of a ticket of 2 legs"):
        settle(ticket(lines=text), DOUBLE, result(1, 0), LATE)


def test_a_match_called_off_is_void_when_the_book_stops_waiting_and_not_before() -> None:
    told, book = result(None, None, state="postponed", known=-3), leg("1x2", "home", None, bookmaker="william_hill")
    given_up = KICKOFF + timedelta(hours=48 + 24)
    assert settle(ticket(), book, told, given_up - timedelta(microseconds=1)).is_empty()
    settled = settle(ticket(), book, told, given_up)
    assert rows(settled) == [("void", 1000, 1)]
    assert settled.select("reason", "known_at_utc").rows() == [("postponed", given_up)]


def test_a_new_date_beyond_what_the_book_waits_for_voids_at_once() -> None:
    off = result(None, None, state="postponed", known=-3)
    moved = result(None, None, state="scheduled", played=100, known=-1)
    settled = settle(ticket(), leg("1x2", "home", None, bookmaker="william_hill"), pl.concat([off, moved]), LATE)
    assert settled["known_at_utc"].to_list() == [KICKOFF - timedelta(hours=1)]


def test_a_book_that_never_waits_voids_when_the_match_is_called_off() -> None:
    off = result(None, None, state="postponed", known=-3)
    settled = settle(ticket(), leg("1x2", "home", None, bookmaker="coral"), off, KICKOFF)
    assert settled["known_at_utc"].to_list() == [KICKOFF - timedelta(hours=3)]


@pytest.mark.parametrize("state", ["postponed", "abandoned"])
def test_what_was_called_off_before_a_bet_was_taken_does_not_concern_it(state: str) -> None:
    before = result(0, 0, state=state, played=-90, known=-80)
    told = pl.concat([before, result(1, 0)])
    book = leg("1x2", "home", None, bookmaker="coral").with_columns(as_of_utc=pl.lit(AS_OF))
    assert rows(settle(ticket(), book, told, LATE)) == [("won", 1910, 1)]
    earlier = book.with_columns(as_of_utc=pl.lit(KICKOFF - timedelta(hours=81)))
    assert rows(settle(ticket(), earlier, told, LATE))[0] == ("void", 1000, 1)


def test_a_ruling_beats_the_score_and_a_later_ruling_the_earlier() -> None:
    told = pl.concat([ruling("void", at=OVER + timedelta(hours=1)), ruling("dead_heat", 2, at=LATE)])
    settled = settle(ticket(), HOME, result(1, 0), LATE, told)
    assert rows(settled) == [("won", 1910, 1), ("void", 1000, 2), ("dead_heat", 955, 3)]


@pytest.mark.parametrize(("what", "tied"), [("dead_heat", 1), ("forfeit", 2)])
def test_a_ruling_that_nobody_knows_is_refused(what: str, tied: int) -> None:
    with pytest.raises(ValueError, match="is none"):
        settle(ticket(), HOME, result(1, 0), LATE, ruling(what, tied))


def test_an_abandoned_match_that_could_still_reach_a_listed_score_decides_nothing() -> None:
    told = result(0, 0, state="abandoned", known=1)
    for selection in ("6-6", "other_home", "other_draw"):
        book = leg("correct_score", selection, None, bookmaker="coral")
        assert rows(settle(ticket(), book, told, LATE)) == [("void", 1000, 1)]


def test_a_match_broken_off_twice_is_judged_by_the_score_at_the_last_break() -> None:
    told = pl.concat([result(1, 0, state="abandoned", known=1), result(2, 1, state="abandoned", played=40)])
    exchange = leg("totals", "over", 2.5, bookmaker="betfair_exchange")
    assert rows(settle(ticket(), exchange, told, LATE)) == [("won", 1910, 1)]


def test_what_was_decided_before_the_break_and_confirmed_by_the_end_is_settled_once() -> None:
    told = pl.concat([result(2, 1, state="abandoned", known=1), result(3, 1, played=40)])
    exchange = leg("totals", "over", 2.5, bookmaker="betfair_exchange")
    assert rows(settle(ticket(), exchange, told, LATE)) == [("won", 1910, 1)]


def test_legs_quoted_together_pay_the_price_of_the_whole_and_a_returned_leg_returns_the_ticket() -> None:
    quoted = ticket().with_columns(price_odds_dec=pl.lit(3.0))
    legs = pl.concat([leg("1x2", "home", None, odds=2.0), leg("totals", "over", 2.0, odds=1.8, place=1)])
    outcomes = {(2, 1): ("won", 3000, 1), (2, 0): ("void", 1000, 1), (1, 0): ("lost", 0, 1), (1, 1): ("lost", 0, 1)}
    for (home, away), wanted in outcomes.items():
        assert rows(settle(quoted, legs, result(home, away), LATE)) == [wanted]


def test_an_accumulator_taken_at_another_price_than_its_legs_pays_that_price() -> None:
    won = pl.concat([result(1, 0), result(1, 0, "m2")])
    at_legs, boosted = (ticket().with_columns(price_odds_dec=pl.lit(price)) for price in (1.91 * 2.0, 4.0))
    assert rows(settle(at_legs, DOUBLE, won, LATE)) == [("won", 3820, 1)]
    assert rows(settle(boosted, DOUBLE, won, LATE)) == [("won", 4000, 1)]
    void = pl.concat([ruling("void"), ruling("void", place=1)])
    assert rows(settle(boosted, DOUBLE, result(1, 0), LATE, void))[-1] == ("void", 1000, 1)


def test_a_product_that_is_off_by_the_floats_last_digit_does_not_turn_half_a_cent() -> None:
    legs = pl.concat([leg("1x2", "home", None, odds=1.1, place=place, match=f"m{place}") for place in (0, 1)])
    told = pl.concat([result(1, 0, f"m{place}") for place in (0, 1)])
    product = 1.1 * 1.1
    assert product != 1.21
    taken = ticket(stake=50).with_columns(price_odds_dec=pl.lit(product))
    assert rows(settle(taken, legs, told, LATE)) == [("won", 60, 1)]


SYSTEMS = ("heinz", "lucky_15", "lucky_31", "lucky_63", "patent", "super_yankee", "trixie", "yankee")
SCORES = st.tuples(st.integers(0, 4), st.integers(0, 4))
CHOICES = st.sampled_from(
    [("1x2", "home", None), ("totals", "over", 2.25), ("asian_handicap", "away", -0.75), ("draw_no_bet", "home", None)]
)


def clerk(name: str, bets: list[tuple[tuple[int, int], tuple[str, str, float | None], int]]) -> Fraction:
    """What 32 units on each line of a system bring back: each line is paid out leg by leg, by hand."""
    total = Fraction(0)
    for line in lines_of(name):
        purse = Fraction(32)
        for place in line:
            (home, away), (market, selection, at), price = bets[place]
            share = Fraction(float(MARKETS[market].payoff(home, away, selection, at)))
            purse = purse * (1 - abs(share)) + purse * max(share, Fraction(0)) * price
        total += purse
    return total


@settings(max_examples=60, deadline=None)
@given(data=st.data(), name=st.sampled_from(SYSTEMS))
def test_a_system_returns_what_a_clerk_pays_out_line_by_line(data: st.DataObject, name: str) -> None:
    bets = data.draw(st.lists(st.tuples(SCORES, CHOICES, st.integers(2, 5)), min_size=6, max_size=6))
    bets = bets[: legs_of(name)]
    legs = [leg(*choice, "t1", float(price), place, f"m{place}") for place, (_, choice, price) in enumerate(bets)]
    told = [result(*score, f"m{place}") for place, (score, _, _) in enumerate(bets)]
    lines = lines_of(name)
    settled = settle(ticket("t1", 32 * len(lines), written(lines)), pl.concat(legs), pl.concat(told), LATE)
    assert standing(settled, LATE)["return_minor"].to_list() == [round(clerk(name, bets))]


def test_an_exchange_keeps_its_share_of_a_profit_and_of_nothing_else() -> None:
    """100.00 at 3.0 wins 200.00, of which 5% is 10.00; a loss costs the stake."""
    bet = leg("1x2", "home", None, odds=3.0, bookmaker="betfair_exchange")
    for goals, kept, profit in ((1, 0.05, 190_00), (0, 0.05, -100_00), (1, 0.0, 200_00)):
        told = settle(ticket(stake=100_00), bet, result(goals, 0), LATE, commissions={"betfair_exchange": kept})
        assert told.select("profit_minor", "return_minor").rows() == [(profit, 100_00 + profit)]
    elsewhere = settle(ticket(stake=100_00), bet, result(1, 0), LATE, commissions={"bet365": 0.05})
    assert elsewhere["profit_minor"].to_list() == [200_00]
