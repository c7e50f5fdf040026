"""Every real payload of the archive reads as somebody read it by eye: counts and key fields."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from core.errors import PayloadMalformed
from lake.competitions import competitions
from lake.contracts.model import contract
from lake.keys import slug
from sources.base import Payload
from sources.known import Known
from sources.the_odds_api.reading import read
from sources.the_odds_api.source import TheOddsApi

SAMPLES = "samples/the_odds_api"


def _payload(archive: Path, path: str, endpoint: str) -> Payload:
    with (archive / "index.csv").open(encoding="utf-8") as lines:
        row = next(row for row in csv.DictReader(lines) if row["path"] == path)
    at = datetime.fromisoformat(row["captured_at_utc"])
    return Payload(row["url"], endpoint, None, None, at, row["sha256"], (archive / path).read_bytes())


def _parsed(payload: Payload) -> tuple[pl.DataFrame, pl.DataFrame]:
    found = TheOddsApi("basketball").parse(payload, competitions("basketball"), Known("basketball"))
    return found.rows["odds_quotes"], found.refused["odds_quotes"]


def test_eleven_games_of_ten_books_give_every_price_and_every_lay(archive: Path) -> None:
    rows, refused = _parsed(_payload(archive, f"{SAMPLES}/v4_odds_h2h_eu_nba_2021-11-13.json", "odds"))
    assert len(rows) == 172
    assert refused.is_empty()
    assert rows["match_id"].n_unique() == 11
    assert rows["bookmaker"].n_unique() == 10
    assert rows["lay_odds_dec"].is_not_null().sum() == 36
    assert set(rows["market"]) == {"moneyline"}
    assert set(rows["season_code"]) == {"2021-22"}
    utah = rows.filter(
        (pl.col("match_id") == "NBA-2021-22-20211113-uta-mia") & (pl.col("bookmaker") == "betfair_exchange")
    )
    assert utah.sort("selection").select("selection", "price_odds_dec", "lay_odds_dec").rows() == [
        ("away", 3.4, 3.5),
        ("home", 1.4, 1.41),
    ]
    assert utah["quoted_at_utc"].unique().to_list() == [datetime(2021, 11, 13, 17, 33, 12, tzinfo=UTC)]


def test_decimal_prices_are_read_as_such_where_the_address_says_american(archive: Path) -> None:
    payload = _payload(archive, f"{SAMPLES}/v4_odds_h2h_spreads_totals_euroleague_2023-05-03_excerpt.json", "odds")
    prices = read("odds", payload.body).prices
    assert prices.select("market", "name", "price", "point").rows() == [
        ("h2h", "FC Barcelona Bàsquet", 1.41, None),
        ("h2h", "Žalgiris", 2.95, None),
        ("spreads", "FC Barcelona Bàsquet", 1.88, -5.5),
        ("spreads", "Žalgiris", 1.94, 5.5),
        ("totals", "Over", 1.89, 155.5),
        ("totals", "Under", 1.92, 155.5),
    ]
    rows, refused = _parsed(payload)
    assert rows.is_empty()
    assert set(refused["_reason"]) == {"unknown_competition"}
    assert len(refused) == 6


def test_a_historical_answer_is_of_its_own_time(archive: Path) -> None:
    payload = _payload(
        archive, f"{SAMPLES}/SHAPE_ONLY_historical_event_odds_player_points.json", "historical_event_odds"
    )
    answer = read(payload.endpoint, payload.body)
    assert answer.snapshot_at_utc == datetime(2024, 8, 20, 10, 57, tzinfo=UTC)
    assert answer.prices.select("name", "description", "price", "point").rows() == [
        ("Over", "A Player", -110.0, 15.5),
        ("Under", "A Player", -110.0, 15.5),
    ]
    found = TheOddsApi("basketball").parse(payload, competitions("basketball"), Known("basketball"))
    assert found.refused["prop_quotes"]["_reason"].to_list() == ["unknown_team"] * 2


def test_all_props_of_sixteen_games_are_read_and_mapped(archive: Path) -> None:
    files = sorted((archive / "api.the-odds-api.com").rglob("*.json"))
    source, leagues = TheOddsApi("basketball"), competitions("basketball")
    rows, books = [], set[str]()
    for file in files:
        payload = _payload(archive, file.relative_to(archive).as_posix(), "event_odds")
        players = _squads(read("event_odds", payload.body).prices["description"].unique().to_list())
        found = source.parse(payload, leagues, Known("basketball", frames={"players": players}))
        assert found.refused["prop_quotes"].is_empty()
        assert found.rows["odds_quotes"].is_empty()
        assert found.refused["odds_quotes"].is_empty()
        rows.append(len(found.rows["prop_quotes"]))
        books |= set(found.rows["prop_quotes"]["bookmaker"])
    assert len(files) == 16
    assert sum(rows) == 19_666
    assert books == {"bovada", "betrivers", "betmgm", "draftkings", "betonline", "fanatics", "fanduel", "caesars"}


def test_american_props_become_decimal(archive: Path) -> None:
    path = next(p for p in (archive / "api.the-odds-api.com").rglob("*.json") if "e9b75400" in str(p))
    payload = _payload(archive, path.relative_to(archive).as_posix(), "event_odds")
    squad = _squads(["Dereck Lively II", "Stephon Castle"])
    found = TheOddsApi("basketball").parse(
        payload, competitions("basketball"), Known("basketball", frames={"players": squad})
    )
    rows = found.rows["prop_quotes"].filter((pl.col("bookmaker") == "betmgm") & (pl.col("market") == "player_assists"))
    assert rows.select("player_name", "selection", "line", "price_odds_dec").rows() == [
        ("Dereck Lively II", "over", 2.5, 1.952381),
        ("Dereck Lively II", "under", 2.5, 1.8),
        ("Stephon Castle", "over", 6.5, 2.1),
        ("Stephon Castle", "under", 6.5, 1.666667),
    ]
    assert set(rows["match_id"]) == {"NBA-2025-26-20251022-dal-sas"}


def test_the_wrong_endpoint_is_no_answer(archive: Path) -> None:
    body = (archive / SAMPLES / "v4_odds_h2h_eu_nba_2021-11-13.json").read_bytes()
    with pytest.raises(PayloadMalformed, match="one event"):
        read("event_odds", body)


def _squads(names: list[str]) -> pl.DataFrame:
    """These players in every team, so that each is known in the game that names him."""
    teams = pl.DataFrame({"team_id": [f"nba-{code}" for code in _TEAMS.split()]})
    named = pl.DataFrame({"player_name": names, "player_id": [_ALIASES.get(name, slug(name)) for name in names]})
    there = named.join(teams, how="cross").with_columns(competition_id=pl.lit("NBA"), season_code=pl.lit("2025-26"))
    return pl.concat([contract("silver.basketball.players").empty(), there], how="diagonal_relaxed")


_ALIASES = {
    "Carlton Carrington": "bub-carrington",
    "Derrick Jones": "derrick-jones-jr",
    "Herb Jones": "herbert-jones",
    "Isaiah Stewart II": "isaiah-stewart",
    "Jimmy Butler": "jimmy-butler-iii",
    "Nicolas Claxton": "nic-claxton",
    "Ron Holland": "ronald-holland-ii",
}
_TEAMS = (
    "atl bos bkn cha chi cle dal den det gsw hou ind lac lal mem mia mil min nop nyk okc orl phi phx por sac sas tor"
    " uta was"
)
