"""A bet on a player from its price to its settlement, on an invented lake of one game."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from core.settings import Settings, load_settings
from lake.storage import Lake
from models.props.night import draw
from models.props.scenes import rows_of
from optimizer.prices.edges import ACCEPTED
from replay import booking
from replay.issue import Issued, issue
from replay.props.values import standing, values
from tests.gold import gold
from tests.unit.models.props.nights import LAWS, scores
from tests.unit.models.props.test_scenes import belief
from tests.unit.replay import hoops
from tests.unit.replay.test_prop_bets import times

AS_OF = datetime(2026, 1, 5, 17, tzinfo=UTC)
TIP_OFF = AS_OF + timedelta(hours=7)
NAMES = {"match_id": "m", "competition_id": "NBA", "season_code": "2025-26", "as_of_utc": AS_OF}
PLAYER = {"player_id": "a0", "player_name": "A Nought"}
SPORT = "basketball"


def told(lake: Lake, name: str, *rows: dict[str, Any]) -> None:
    hoops.put(lake, name, times(list(rows)).with_columns(pl.col(pl.Null).cast(pl.Float64)))


def quote(selection: str, price: float, bookmaker: str = "bwin") -> dict[str, Any]:
    return PLAYER | {
        "match_id": "m", "season_code": "2025-26", "market": "player_points", "selection": selection, "line": 12.5,
        "bookmaker": bookmaker, "source": "vendor", "price_odds_dec": price, "known_at_basis": "observed",
        "event_at_utc": TIP_OFF, "known_at_utc": AS_OF - timedelta(hours=1),
    }  # fmt: skip


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """One game whose star is underrated by the books, of which one pays more than the other."""
    lake = Lake(tmp_path)
    coming = NAMES | {"event_at_utc": TIP_OFF, "home_team_id": "a", "away_team_id": "b", "is_upcoming": True}
    told(lake, gold("spn_decisions", SPORT), coming)
    told(lake, gold("score_grids", SPORT), *(
        NAMES | {"home_points": home, "away_points": away, "prob": 0.25}
        for home, away in ((110, 104), (98, 103), (121, 115), (104, 112))
    ))  # fmt: skip
    prices = [quote("over", 2.6), quote("under", 1.5), quote("over", 2.3, "bet365"), quote("under", 1.6, "bet365")]
    told(lake, "silver.basketball.prop_quotes", *prices)
    night = draw(belief(), *scores(4000), LAWS, 3)
    asked = lake.table("silver.basketball.prop_quotes").read()
    plays = pl.DataFrame({"player_id": belief().rows["player_id"], "plays_prob": belief().plays_prob})
    worth = values(night, standing(asked, AS_OF)).join(plays, on="player_id")
    named = [pl.lit(value).alias(name) for name, value in (NAMES | {"training_hash": "hash"}).items()]
    hoops.put(
        lake, gold("prop_values", SPORT), worth.drop("competition_id", "season_code", strict=False).with_columns(named)
    )
    hoops.put(lake, gold("player_beliefs", SPORT), rows_of(belief(), LAWS).with_columns(named))
    return lake


def decided(lake: Lake) -> Issued:
    found = issue(lake, asked(), AS_OF)
    for name in ("tickets", "ticket_legs", "value_bets", "portfolios"):
        lake.table(gold(name)).merge(found.rows[name])
    return found


def asked() -> Settings:
    return load_settings(sports=(SPORT,))


def test_the_better_of_two_prices_makes_a_ticket_that_names_its_player(lake: Lake) -> None:
    found = decided(lake)
    (leg,) = found.rows["ticket_legs"].to_dicts()
    assert (leg["player_id"], leg["player_name"], leg["market"], leg["selection"], leg["line"]) == (
        "a0", "A Nought", "player_points", "over", 12.5,
    )  # fmt: skip
    assert (leg["bookmaker"], leg["price_odds_dec"]) == ("bwin", 2.6)
    bets = found.rows["value_bets"]
    assert bets.filter(pl.col("verdict") == ACCEPTED)["player_id"].to_list() == ["a0"]
    assert bets["books_count"].to_list() == [2, 2]
    assert found.rows["tickets"]["stake_minor"].item() > 0


def test_what_is_believed_lies_between_ours_and_the_books(lake: Lake) -> None:
    over = decided(lake).rows["value_bets"].filter(selection="over").row(0, named=True)
    own = lake.table(gold("prop_values", SPORT)).read(pl.col("selection") == "over").row(0, named=True)
    settled = over["prob"] / (1.0 - over["push_share"])
    assert own["market_prob"] < settled < own["prob"]
    assert over["push_share"] == pytest.approx(1.0 - own["plays_prob"])


@pytest.mark.parametrize(("minutes", "points", "outcome"), [(31.0, 13, "won"), (31.0, 12, "lost"), (None, 0, "void")])
def test_it_is_settled_by_the_box_score(lake: Lake, minutes: float | None, points: int, outcome: str) -> None:
    decided(lake)
    ended = TIP_OFF + timedelta(hours=3)
    match = NAMES | {"event_at_utc": TIP_OFF, "known_at_utc": ended, "home_points": 110, "away_points": 104}
    told(lake, "silver.basketball.matches", match | {"state": "finished"})
    after = ended + timedelta(days=1)
    assert booking.settle(lake, after).is_empty(), "the box score is not told yet"
    line = PLAYER | {"match_id": "m", "minutes": minutes, "points": points, "known_at_utc": ended + timedelta(hours=2)}
    told(lake, "silver.basketball.player_stats", line)
    settled = booking.settle(lake, after)
    assert settled["outcome"].to_list() == [outcome]
    assert settled["known_at_utc"].to_list() == [ended + timedelta(hours=2)]


def test_a_run_without_prices_of_players_decides_on_games_alone(lake: Lake, tmp_path: Path) -> None:
    bare = Lake(tmp_path / "bare")
    for name in ("spn_decisions", "score_grids"):
        hoops.put(bare, gold(name, SPORT), lake.table(gold(name, SPORT)).read())
    assert decided(bare).rows["tickets"].is_empty()
