"""The NBA's local sets: files in their shape with INVENTED values, and the archive's real ones."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.base import Parsed
from sources.known import Known
from sources.local_sets.nba.source import INJURIES, ODDS, SCHEDULE, LocalNbaSets
from tests.unit.sources.nba import LEAGUES, NOBODY, archived, game, is_accounted, knowing, payload, reasons, silver

KAGGLE = (
    "season,date,away,home,score_away,score_home,whos_favored,spread,total,moneyline_away,moneyline_home,h2_spread\n"
)
KYLESKOM = "Date,Home,Away,OU,Spread,ML_Home,ML_Away,Points,Win_Margin\n"
MEANS = (
    "event_id,home_team,away_team,commence_time,home_ml,away_ml,home_spread_price,away_spread_price,spread_point,"
    "total_over_price,total_under_price,total_point\n"
)
TIMETABLE = "season,game_date,season_type,away_team,home_team,matchup\n"
LOG = "Date,Team,Acquired,Relinquished,Notes,page_url,page_num\n"
ENTITIES = {SCHEDULE: "vendor_matches", ODDS: "odds_quotes", INJURIES: "injuries"}
TIPOFF = datetime(2023, 11, 1, 23, 30, tzinfo=UTC)
END_OF_DAY = datetime(2023, 11, 2, 4, tzinfo=UTC)
ROW = "2024,2023-11-01,ny,bos,100,110,home,5.5,224.5,180,-220,2.5\n"
BY_MARKET = ("market", "selection", "line", "price_odds_dec")


def read(endpoint: str, file: str, text: str, known: Known = NOBODY) -> Parsed:
    sent = payload(endpoint, text.encode(), None, url=f"local://{endpoint}/{file}.csv")
    return LocalNbaSets().parse(sent, LEAGUES, known)


def test_an_unsigned_spread_is_signed_by_its_favourite_and_lines_without_a_price_cost_what_is_customary() -> None:
    rows = silver(read(ODDS, "nba_2008_2024", KAGGLE + ROW), "odds_quotes")
    assert rows.select(BY_MARKET).rows() == [
        ("moneyline", "home", None, 1.454545),
        ("moneyline", "away", None, 2.8),
        ("spread", "home", -5.5, None),
        ("spread", "away", -5.5, None),
        ("totals", "over", 224.5, None),
        ("totals", "under", 224.5, None),
    ]
    away = silver(read(ODDS, "nba_2008_2024", KAGGLE + ROW.replace("home", "away")), "odds_quotes")
    assert away.filter(away["market"] == "spread")["line"].to_list() == [5.5, 5.5]


def test_a_closing_line_with_a_day_only_is_known_when_the_day_ends_and_is_nobodys_price() -> None:
    rows = silver(read(ODDS, "nba_2008_2024", KAGGLE + ROW), "odds_quotes")
    assert set(rows["known_at_utc"]) == {END_OF_DAY}
    assert set(rows["known_at_basis"]) == {"date_only"}
    assert set(rows["quote_kind"]) == {"closing"}
    assert rows["is_aggregate"].all()
    assert set(rows["match_id"]) == {"NBA-2023-24-20231101-bos-nyk"}


def test_another_set_gives_the_spread_that_the_home_side_lays() -> None:
    text = KYLESKOM + "2023-11-01,Boston Celtics,New York Knicks,224.5,5.5,-220,180,210,10\n"
    rows = silver(read(ODDS, "kyleskom_2023-24", text), "odds_quotes")
    assert rows.filter(rows["market"] == "spread")["line"].to_list() == [-5.5, -5.5]
    assert set(rows["bookmaker"]) == {"consensus_kyleskom"}


def test_means_have_their_own_prices_and_are_known_at_tip_off() -> None:
    line = "a1,Boston Celtics,New York Knicks,2023-11-01T23:10:00Z,-220.5,180.0,-110.4,,-5.5,-109.0,,224.5\n"
    rows = silver(read(ODDS, "closing_lines_2023-24", MEANS + line), "odds_quotes")
    assert rows.select("market", "selection", "line").rows() == [
        ("moneyline", "home", None), ("moneyline", "away", None), ("spread", "home", -5.5), ("totals", "over", 224.5),
    ]  # fmt: skip
    assert set(rows["known_at_utc"]) == {datetime(2023, 11, 1, 23, 10, tzinfo=UTC)}
    assert rows["price_odds_dec"][2] == pytest.approx(1 + 100 / 110.4, abs=1e-6)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (ROW.replace("ny,", "east,"), ["unknown_team"]),
        (ROW.replace("2023-11-01", "2023-13-01"), ["bad_date"]),
        (ROW.replace(",5.5,", ",five,"), ["unreadable_number"]),
        (ROW.replace(",home,", ",nobody,"), ["unreadable_number"]),
        (ROW.replace(",5.5,", ",5.3,"), ["bad_line"] * 2),
        (ROW.replace("-220", "-20"), ["impossible_price"]),
        (ROW.replace("180", "500").replace("-220", "400"), ["prices_contradict"] * 2),
        (ROW.replace(",2.5", ""), ["wrong_cells"]),
        (ROW + ROW.replace("224.5", "230"), ["contradicting_rows"] * 2),
    ],
)
def test_a_broken_line_is_refused_and_the_others_are_kept(row: str, expected: list[str]) -> None:
    found = read(ODDS, "nba_2008_2024", KAGGLE + row + ROW.replace("11-01", "10-30"))
    assert reasons(found, "odds_quotes") == expected
    kept = found.rows["odds_quotes"].filter(found.rows["odds_quotes"]["match_id"] == "NBA-2023-24-20231030-bos-nyk")
    assert len(kept) == 6


def test_the_anchors_calendar_is_heeded() -> None:
    for known, reason in ((game("nyk", "bos", TIPOFF), "sides_swapped"), (game("den", "lal", TIPOFF), "off_calendar")):
        assert reasons(read(ODDS, "nba_2008_2024", KAGGLE + ROW, knowing(known)), "odds_quotes") == [reason]


def test_a_schedule_tells_games_without_scores_and_leaves_out_the_pre_season() -> None:
    games = "2023-24,2023-11-01,regular,New York Knicks,Boston Celtics,NYK@BOS\n"
    friendly = "2023-24,2023-10-05,preseason,Dallas Mavericks,Minnesota Timberwolves,DAL@MIN\n"
    found = read(SCHEDULE, "2023-24", TIMETABLE + friendly + games)
    row = silver(found, "vendor_matches").row(0, named=True)
    assert (row["match_id"], row["home_score"]) == ("NBA-2023-24-20231101-bos-nyk", None)
    assert row["known_at_utc"] == datetime(2023, 11, 2, 6, tzinfo=UTC)
    assert (len(found.rows["vendor_matches"]), len(found.refused["vendor_matches"])) == (1, 0)


def test_the_log_says_who_is_out_or_back_and_is_known_the_next_morning() -> None:
    text = LOG + (
        "2023-11-01,Celtics,,• Ansel Brightwater / Al Brightwater,sore left knee (DTD),u,1\n"
        "2023-11-01,Celtics,• Dorian Vale,,activated from IL,u,1\n"
        "2023-11-01,Blazers,,• Rufus Tarn,placed on IL with sprained ankle,u,1\n"
        "2023-11-01,Knicks,,• Odd Kettle,suspended by NBA for 1 game,u,1\n"
    )
    rows = silver(read(INJURIES, "prosportstransactions_2024", text), "injuries").sort("player_name")
    assert rows.select("player_name", "team_id", "status").rows() == [
        ("Ansel Brightwater / Al Brightwater", "nba-bos", "questionable"),
        ("Dorian Vale", "nba-bos", "available"),
        ("Odd Kettle", "nba-nyk", "suspended"),
        ("Rufus Tarn", "nba-por", "out"),
    ]
    assert set(rows["known_at_utc"]) == {datetime(2023, 11, 2, 6, tzinfo=UTC)}
    assert set(rows["known_at_basis"]) == {"date_only"}
    assert rows["report_id"].n_unique() == 4


def test_a_player_with_two_spellings_is_found_by_either_and_in_a_season_without_a_list() -> None:
    career = {"player_id": "al-brightwater", "player_id_nba": "9900001", "player_name": "Al Brightwater",
              "competition_id": "NBA", "season_code": "2025-26", "first_season": 2012, "last_season": 2020}  # fmt: skip
    lines = [f"{year}-11-01,Celtics,,• Ansel Brightwater / Al Brightwater,flu (DNP),u,1\n" for year in (2015, 2023)]
    other = career | {
        "player_id": "dorian-vale",
        "player_name": "Dorian Vale",
        "first_season": 2020,
        "last_season": 2025,
    }
    rows = read(INJURIES, "any", LOG + "".join(lines), knowing(players=[career, other])).rows["injuries"]
    assert rows["player_id"].to_list() == ["al-brightwater", None]


def test_club_names_mean_the_club_that_bore_them_then() -> None:
    text = LOG + "2005-11-01,Hornets,,• A Vale,flu (DTD),u,1\n2016-11-01,Hornets,,• A Vale,flu (DTD),u,1\n"
    assert read(INJURIES, "any", text).rows["injuries"]["team_id"].to_list() == ["nba-nop", "nba-cha"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("2023-11-01,Celtics,,,nobody,u,1", "no_player"),
        ("2023-11-01,Celtics,v,,x,u,1", "no_player"),
        ("2023-11-01,Celtics,,• A Vale• B Vale,trade,u,1", "several_players"),
        ("2023-11-01,Celtics,,sore knee (DTD),,u,1", "shifted_cells"),
        ("2023-11-01,Celtics,,• A Vale,head coach illness (DTD),u,1", "no_injury"),
        ("2023-11-01,Pipers (ABA),,• A Vale,flu (DTD),u,1", "unknown_team"),
        ("1 November,Celtics,,• A Vale,flu (DTD),u,1", "bad_date"),
    ],
)
def test_a_line_that_is_no_report_is_refused(line: str, reason: str) -> None:
    found = read(INJURIES, "any", f"{LOG}{line}\n2023-11-01,Celtics,,• B Vale,flu (DTD),u,1\n")
    assert reasons(found, "injuries") == [reason]
    assert len(found.rows["injuries"]) == 1


@pytest.mark.parametrize("endpoint", list(ENTITIES))
@given(body=st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
@settings(max_examples=40, deadline=None)
def test_any_bytes_are_refused_whole(endpoint: str, body: bytes) -> None:
    found = LocalNbaSets().parse(payload(endpoint, body), LEAGUES, NOBODY)
    assert reasons(found, ENTITIES[endpoint]) == ["malformed_payload"]


@given(
    cells=st.lists(
        st.sampled_from(["", "-1", "1e400", "nan", "bos", "home", "9999-12-31", "x"]), min_size=12, max_size=12
    )
)
@settings(max_examples=60, deadline=None)
def test_any_line_is_read_or_refused(cells: list[str]) -> None:
    found = read(ODDS, "nba_2008_2024", KAGGLE + ",".join(cells) + "\n" + ROW)
    assert is_accounted(LocalNbaSets(), found)


def test_files_of_seasons_that_had_not_begun_are_not_asked_for() -> None:
    urls = [request.url for request in LocalNbaSets().plan(LEAGUES, datetime(2021, 1, 1, tzinfo=UTC), NOBODY)]
    assert "local://nba_schedule/2020-21.csv" in urls
    assert "local://nba_injuries/prosportstransactions_2021.csv" in urls
    assert not [url for url in urls if "2021-22" in url or "_2022" in url or "kyleskom" in url]


def test_files_of_later_seasons_are_asked_for_as_these_begin() -> None:
    urls = [request.url for request in LocalNbaSets().plan(LEAGUES, datetime(2025, 11, 1, tzinfo=UTC), NOBODY)]
    later = ("nba_odds/nba_2008_2026", "nba_odds/closing_lines_2025-26", "nba_odds/kyleskom_2024-25",
             "nba_injuries/prosportstransactions_2026", "nba_schedule/2025-26", "nba_odds/nba_2008_2024")  # fmt: skip
    assert {f"local://{file}.csv" for file in later} <= set(urls)
    assert len(set(urls)) == len(urls)


def test_every_real_file_is_planned_and_read(archive: Path) -> None:
    planned = {r.url: r.endpoint for r in LocalNbaSets().plan(LEAGUES, datetime(2024, 8, 1, tzinfo=UTC), NOBODY)}
    rows: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    for url, at, body in archived(archive, "local://nba_"):
        found = LocalNbaSets().parse(payload(planned[url], body, None, at, url), LEAGUES, NOBODY)
        for entity in found.rows:
            rows[entity] += len(silver(found, entity))
            refused.update(reasons(found, entity))
    assert rows == {"injuries": 70_107, "odds_quotes": 140_723, "vendor_matches": 7_587}
    assert refused["malformed_payload"] == 0


def test_the_first_real_lines_are_those_of_the_files(archive: Path) -> None:
    files = {url: body for url, _, body in archived(archive, "local://nba_odds/")}
    (url,) = [url for url in files if "nba_2008" in url]
    first = silver(LocalNbaSets().parse(payload(ODDS, files[url], None, url=url), LEAGUES, NOBODY), "odds_quotes")
    game_one = first.filter(first["match_id"] == "NBA-2007-08-20071030-sas-por")
    assert game_one.select("market", "line").rows() == [
        ("moneyline", None), ("moneyline", None), ("spread", -13.0), ("spread", -13.0), ("totals", 189.5),
        ("totals", 189.5),
    ]  # fmt: skip
