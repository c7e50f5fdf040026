"""The archive's samples of the vendor, held against what somebody reading them finds there."""

from __future__ import annotations

from pathlib import Path

from sources.api_football import reading
from sources.api_football.plan import DIRECT, SOURCE
from sources.api_football.source import ApiFootball
from sources.known import Known
from tests.unit.sources.football_calendar import LEAGUES, archived, at, filed, kept, reasons, told

ROOT = "https://v3.football.api-sports.io"
FIXTURES = f"{ROOT}/fixtures?from=2022-08-29&league=39&season=2022&to=2022-09-04"
INJURIES = f"{ROOT}/injuries?fixture=686314"
ODDS = f"{ROOT}/odds?bookmaker=8&fixture=868124&league=39&season=2022"
ERROR = "sample://api_football/v3_error_quota_http200.json"


def test_twenty_fixtures_are_read_in_the_vendors_words(archive: Path) -> None:
    found, _ = reading.read_response(filed(archive, FIXTURES, "fixtures").body)
    rows, refused = reading.read_fixtures(found)
    assert (len(rows), refused) == (20, [])
    first = rows.row(0, named=True)
    assert (first["vendor_match_id"], first["home_name"], first["away_name"]) == ("867986", "Bournemouth", "Wolves")
    assert (first["event_at_utc"], first["status"], first["league"]) == (at("2022-08-31T18:30:00Z"), "FT", "39")
    assert (first["venue"], first["home_goals"], first["season"]) == ("Vitality Stadium", 0, 2022)


def test_the_fixtures_are_the_anchors_matches_with_its_results(archive: Path) -> None:
    now = archived(archive, ["E0"], ["2022-23"])
    found = ApiFootball().parse(filed(archive, FIXTURES, "fixtures", "E0"), LEAGUES, now)
    rows = kept(found, "vendor_matches")
    assert reasons(found, "vendor_matches") == []
    assert set(rows["match_id"]) <= set(now.matches["match_id"])
    by_number = {row["vendor_match_id"]: row for row in rows.iter_rows(named=True)}
    city, last = by_number["867995"], by_number["868005"]
    assert (city["match_id"], city["home_score"], city["away_score"]) == ("E0-2022-23-man-city-nottm-forest", 6, 0)
    assert (last["home_team_id"], last["away_team_id"], last["home_score"]) == ("eng-wolves", "eng-southampton", 1)
    assert set(rows["state"]) == {"finished"}


def test_one_fixture_carries_its_statistics(archive: Path) -> None:
    found = ApiFootball().parse(
        filed(archive, FIXTURES, "fixtures", "E0"), LEAGUES, archived(archive, ["E0"], ["2022-23"])
    )
    rows = kept(found, "match_statistics")
    assert set(rows["match_id"]) == {"E0-2022-23-man-united-arsenal"}
    counted = {(side, name): value for side, name, value in rows.select("side", "statistic", "value").iter_rows()}
    assert len(counted) == 29
    assert (counted[("home", "ball_possession_pct")], counted[("away", "total_shots")]) == (40.0, 16.0)


def test_thirteen_absences_are_read_and_belong_to_no_league_of_ours(archive: Path) -> None:
    payload = filed(archive, INJURIES, "injuries")
    rows, refused = reading.read_injuries(reading.read_response(payload.body)[0])
    assert (len(rows), refused) == (13, [])
    listed = rows.select("vendor_player_id", "player_name", "team_name", "type", "reason").rows()
    assert listed[0] == ("865", "D. Costa", "Bayern Munich", "Missing Fixture", "Broken ankle")
    assert listed[11] == ("271", "L. Paredes", "Paris Saint Germain", "Missing Fixture", "Suspended")
    assert reasons(ApiFootball().parse(payload, LEAGUES, Known("football")), "injuries") == ["unknown_competition"] * 13


def test_eight_prices_are_read_of_which_five_are_of_markets_of_ours(archive: Path) -> None:
    payload = filed(archive, ODDS, "odds", "E0")
    rows, refused = reading.read_odds(reading.read_response(payload.body)[0])
    assert (len(rows), refused) == (8, [])
    assert rows["bet"].unique(maintain_order=True).to_list() == ["Match Winner", "Home/Away", "Second Half Winner"]
    numbered = told(SOURCE, ("868124", "Alderwick", "Brackmoor", "2022-12-30T19:45:00Z"))
    found = ApiFootball().parse(payload, LEAGUES, Known("football", frames={"vendor_matches": numbered}))
    quotes = kept(found, "odds_quotes")
    prices = {
        (market, side): price for market, side, price in quotes.select("market", "selection", "price_odds_dec").rows()
    }
    assert prices == {
        ("1x2", "home"): 1.95, ("1x2", "draw"): 3.6, ("1x2", "away"): 3.75,
        ("draw_no_bet", "home"): 1.44, ("draw_no_bet", "away"): 2.63,
    }  # fmt: skip
    assert set(quotes["bookmaker"]) == {"bet365"}
    assert set(quotes["quoted_at_utc"]) == {at("2022-12-30T00:00:37Z")}


def test_an_error_with_status_200_is_a_spent_allowance(archive: Path) -> None:
    payload = filed(archive, ERROR, "odds")
    assert DIRECT.terms.verdict("odds", payload.body) == "quota_refused"
    assert reasons(ApiFootball().parse(payload, LEAGUES, Known("football")), "odds_quotes") == ["malformed_payload"]
