"""Walking the bets forward against a bankroll path worked out by hand; every price and result is invented."""

from __future__ import annotations

import polars as pl
import pytest

from core.settings import Settings
from lake.conform import require
from lake.contracts.model import contract
from replay.bets import Walked
from tests.gold import gold
from tests.unit.replay.seasons import decided, moment, played, quoted, settings_with, walk

HOME_HALF = (0.5, 0.3, 0.2)
WEEKS = decided(("a", 0, "E0", HOME_HALF), ("b", 1, "E0", HOME_HALF), ("c", 2, "D1", HOME_HALF))
PRICES = quoted(("a", 0, "bet365", 2.5, 3.0, 4.0), ("b", 1, "bwin", 2.5, 3.0, 4.0), ("c", 2, "bet365", 2.2, 3.0, 4.0))
RESULTS = played(("a", 0, 1, 0), ("b", 1, 0, 0), ("c", 2, 2, 1))
EURO = 100


def stakes(walked: Walked) -> dict[str, int]:
    """Stake in minor units by match, in the order of decisions."""
    legs = walked.record.legs.select("ticket_id", "match_id")
    return dict(
        walked.record.tickets.join(legs, on="ticket_id").sort("as_of_utc").select("match_id", "stake_minor").rows()
    )


def profits(walked: Walked) -> dict[str, int]:
    """Profit in minor units by match."""
    return dict(walked.record.settlements.select("match_id", "profit_minor").rows())


def test_the_bankroll_goes_the_way_worked_out_by_hand() -> None:
    """Kelly of 0.5 at 2.5 is 1/6, half of it 1/12; at 2.2 it is 1/12, half of it 1/24; stakes are whole euros."""
    walked = walk(WEEKS, PRICES, RESULTS, settings_with())
    staked, won = stakes(walked), profits(walked)
    assert list(staked) == ["a", "b", "c"]
    bankroll = 1000 * EURO
    for match, share in (("a", 12), ("b", 12), ("c", 24)):
        assert staked[match] == pytest.approx(bankroll / share, abs=EURO)
        assert staked[match] % EURO == 0
        bankroll += won[match]
    assert won == {"a": staked["a"] * 3 // 2, "b": -staked["b"], "c": staked["c"] * 12 // 10}
    assert walked.record.settlements["outcome"].to_list() == ["won", "lost", "won"]


def test_a_result_that_is_not_known_at_the_next_decision_does_not_move_its_bankroll() -> None:
    late = played(("a", 0, 1, 0), hours=24 * 8).vstack(played(("b", 1, 0, 0), ("c", 2, 2, 1)))
    found = stakes(walk(WEEKS, PRICES, late, settings_with(maximum_ticket_share=0.05)))
    assert (found["a"], found["b"]) == (5_000, 5_000)
    known = stakes(walk(WEEKS, PRICES, RESULTS, settings_with(maximum_ticket_share=0.05)))
    assert known["b"] == 5_300, "the win of 75 euros counts, and 53.75 in whole euros is 53"


def test_what_stands_open_takes_room_from_the_next_decision() -> None:
    never = played(("a", 0, 1, 0), hours=24 * 365).vstack(played(("b", 1, 0, 0), ("c", 2, 2, 1)))
    found = stakes(walk(WEEKS, PRICES, never, settings_with(maximum_league_share=0.1)))
    assert found["a"] + found["b"] == 10_000
    free = (100_000 - found["b"]) / 24
    assert 0.9 * free < found["c"] < free, "another league has its own room; what may be lost elsewhere takes a little"


def test_a_price_that_came_after_the_decision_buys_nothing() -> None:
    late = quoted(("a", 0, "bet365", 9.0, 9.0, 9.0), hours=0.01)
    assert walk(WEEKS, late, RESULTS, settings_with()).record.tickets.is_empty()


def test_averages_and_maxima_buy_nothing() -> None:
    generous = quoted(("a", 0, "market_max", 7.0, 7.0, 7.0), ("b", 1, "market_average", 7.0, 7.0, 7.0))
    assert walk(WEEKS, generous, RESULTS, settings_with()).record.tickets.is_empty()


def test_a_later_match_or_result_changes_no_earlier_ticket() -> None:
    other = played(("a", 0, 1, 0), ("b", 1, 5, 0), ("c", 2, 0, 9))
    whole, upset = (walk(WEEKS, PRICES, results, settings_with()).record for results in (RESULTS, other))
    early = pl.col("as_of_utc") <= moment(1)
    assert whole.tickets.filter(early).equals(upset.tickets.filter(early))
    assert whole.legs.filter(early).equals(upset.legs.filter(early))
    assert not whole.tickets.equals(upset.tickets)


def test_walking_twice_gives_the_same_record() -> None:
    first, second = (walk(WEEKS, PRICES, RESULTS, settings_with()) for _ in range(2))
    for name in vars(first.record):
        assert getattr(first.record, name).equals(getattr(second.record, name)), name
    assert first.audit.equals(second.audit)
    assert first.portfolios.drop("solve_seconds").equals(second.portfolios.drop("solve_seconds"))


def test_what_a_walk_leaves_keeps_the_contracts_of_the_live_tables() -> None:
    walked = walk(WEEKS, PRICES, RESULTS, settings_with())
    for name, frame in (
        ("tickets", walked.record.tickets), ("ticket_legs", walked.record.legs),
        ("settlements", walked.record.settlements), ("closing_line_value", walked.record.closing_values),
        ("portfolios", walked.portfolios),
    ):  # fmt: skip
        assert len(require(frame, contract(gold(name)))) == len(frame) > 0, name


def test_a_match_without_belief_is_passed_over() -> None:
    data, _ = WEEKS
    unsure = decided(("a", 0, "E0", (float("nan"),) * 3), ("b", 1, "E0", HOME_HALF), ("c", 2, "D1", HOME_HALF))[1]
    assert set(stakes(walk((data, unsure), PRICES, RESULTS, settings_with()))) == {"b", "c"}


def test_a_correction_changes_the_bankroll_from_when_it_was_known() -> None:
    """Match a is won, and a week later lost: the third decision knows of it, the second does not."""
    corrected = RESULTS.vstack(played(("a", 0, 0, 1), hours=24 * 10))
    plain, found = (stakes(walk(WEEKS, PRICES, results, settings_with())) for results in (RESULTS, corrected))
    assert found["b"] == plain["b"]
    assert found["c"] == pytest.approx((100_000 - found["a"] - found["b"]) / 24, abs=EURO)
    assert found["c"] < plain["c"]


def test_a_bankroll_that_is_lost_ends_the_walk_without_an_error() -> None:
    """DEFECT: the decision after a total loss divides by a bankroll of 0."""
    sure = (0.999998, 1e-6, 1e-6)
    weeks = decided(("a", 0, "E0", sure), ("b", 0, "D1", sure), ("c", 1, "E0", HOME_HALF))
    prices = quoted(*((name, week, "bwin", 4.0, 3.0, 4.0) for name, week in (("a", 0), ("b", 0), ("c", 1))))
    settings = settings_with(kelly_fraction=1.0, stake_increment=0.01)
    walked = walk(weeks, prices, played(("a", 0, 0, 1), ("b", 0, 0, 1), ("c", 1, 1, 0)), settings)
    assert walked.record.settlements["profit_minor"].sum() == -100_000
    assert set(stakes(walked)) == {"a", "b"}
    last = walked.portfolios.filter(pl.col("as_of_utc") == moment(1))
    assert last["staked_share"].to_list() == [0.0] * len(last)


def test_a_walk_over_nothing_leaves_an_empty_record() -> None:
    walked = walk(WEEKS, PRICES.clear(), RESULTS, settings_with())
    frames = [walked.record.tickets, walked.record.settlements, walked.portfolios, walked.audit]
    assert [len(frame) for frame in frames] == [0, 0, 0, 0]
    assert (walked.opening_minor, walked.staking) == (100_000, settings_with().staking)


@pytest.mark.parametrize("markets", [("1x2",), ("totals",)])
def test_only_markets_of_the_settings_are_bet_on(markets: tuple[str, ...]) -> None:
    settings: Settings = settings_with(markets=markets)
    assert len(stakes(walk(WEEKS, PRICES, RESULTS, settings))) == (3 if markets == ("1x2",) else 0)
