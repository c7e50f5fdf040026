"""A row that cannot be true is refused with one word and one clear sentence; the rows around it stay (invented)."""

from __future__ import annotations

import pytest

from tests.unit.sources.vendor import (
    ABROAD,
    NO_RESULT,
    clubs,
    file,
    finished,
    read,
    read_rows,
    reasons,
    row,
    scheduled,
    season,
)

GOOD = row(HomeTeam="Corvale", AwayTeam="Dunmarsh")


@pytest.mark.parametrize(
    ("changes", "reason", "says"),
    [
        ({"Div": "E1"}, "wrong_division", "Division 'E1' stands in the file of another."),
        ({"HomeTeam": ""}, "no_teams", "A team's name is missing."),
        ({"AwayTeam": " "}, "no_teams", "A team's name is missing."),
        ({"AwayTeam": "Alderwick"}, "same_team", "'Alderwick' cannot play itself."),
        ({"Date": "soon"}, "bad_date", "'soon' is no date."),
        ({"Date": ""}, "bad_date", "'' is no date."),
        ({"Date": "31/02/2024"}, "bad_date", "'31/02/2024' is no date."),
        ({"Date": "08/31/2023"}, "bad_date", "'08/31/2023' is no date."),
        ({"Date": "2023-08-12"}, "bad_date", "'2023-08-12' is no date."),
        ({"Date": "12/08/20233"}, "bad_date", "'12/08/20233' is no date."),
        ({"Date": "12/08/2022"}, "out_of_season", "12/08/2022 is no day of season 2023-24."),
        ({"Date": "31/05/2023"}, "out_of_season", "31/05/2023 is no day of season 2023-24."),
        ({"Date": "01/09/2024"}, "out_of_season", "01/09/2024 is no day of season 2023-24."),
        ({"Date": "12/08/99"}, "out_of_season", "12/08/99 is no day of season 2023-24."),
        ({"FTHG": "two"}, "unreadable_goals", "FTHG 'two' is no number of goals."),
        ({"FTAG": "-1"}, "unreadable_goals", "FTAG '-1' is no number of goals."),
        ({"FTHG": "31"}, "unreadable_goals", "FTHG '31' is no number of goals."),
        ({"FTHG": "1e300"}, "unreadable_goals", "FTHG '1e300' is no number of goals."),
        ({"FTHG": "99999999999999999999"}, "unreadable_goals", "FTHG '99999999999999999999' is no number of goals."),
        ({"FTHG": "nan"}, "unreadable_goals", "FTHG 'nan' is no number of goals."),
        ({"HTHG": "inf"}, "unreadable_goals", "HTHG 'inf' is no number of goals."),
        ({"FTHG": "2.5", "HTHG": "1"}, "unreadable_goals", "FTHG '2.5' is no number of goals."),
        ({"FTR": "A"}, "result_contradicts", "2:1 is not the result 'A'."),
        ({"FTR": "D"}, "result_contradicts", "2:1 is not the result 'D'."),
        ({"FTAG": "2"}, "result_contradicts", "2:2 is not the result 'H'."),
        ({"HTHG": "3"}, "half_time_contradicts", "Half time 3:0 cannot become 2:1."),
        ({"HTAG": "2"}, "half_time_contradicts", "Half time 1:2 cannot become 2:1."),
    ],
)
def test_a_row_that_cannot_be_true_is_refused_alone(changes: dict[str, str], reason: str, says: str) -> None:
    parsed = read_rows(GOOD, row(changes))
    assert reasons(parsed) == [(reason, says)]
    assert parsed.refused["matches"]["row_number"].to_list() == [3]
    assert finished(parsed)["home_team_id"].to_list() == ["eng-corvale"]
    assert set(parsed.rows["odds_quotes"]["row_number"]) == {2}
    assert set(parsed.rows["team_stats"]["match_id"]) == {"E0-2023-24-corvale-dunmarsh"}


def test_half_time_goals_of_one_side_that_contradict_are_told_in_a_sentence_too() -> None:
    ((reason, says),) = reasons(read_rows(row(HTHG="3", HTAG="")))
    assert (reason, says is not None) == ("half_time_contradicts", True)


def test_the_goals_of_one_side_only_are_refused_and_not_dropped() -> None:
    parsed = read_rows(GOOD, row(FTAG="", HTHG="", HTAG=""))
    assert len(reasons(parsed)) == 1
    assert set(parsed.rows["team_stats"]["match_id"]) == {"E0-2023-24-corvale-dunmarsh"}


@pytest.mark.parametrize("text", ["many", "-", "1O"])
def test_a_statistic_that_is_no_number_is_refused_and_not_dropped(text: str) -> None:
    parsed = read_rows(row(HS=text))
    assert len(reasons(parsed, "team_stats")) == 1


@pytest.mark.parametrize("day", ["01/06/2023", "12/08/2023", "31/08/2024"])
def test_the_first_and_the_last_day_of_a_season_are_inside(day: str) -> None:
    assert reasons(read_rows(row(Date=day))) == []


@pytest.mark.parametrize(
    ("season", "day", "code"),
    [
        ("2012", "10/03/2012", "2012"),
        ("2012", "31/03/2013", "2012"),
        ("2012/2013", "20/07/2012", "2012-13"),
        ("2019/2020", "02/08/2020", "2019-20"),
        ("1999/2000", "20/07/1999", "1999-00"),
    ],
)
def test_an_extra_file_names_its_season_in_each_row(season: str, day: str, code: str) -> None:
    parsed = read(file(row(base=ABROAD, Season=season, Date=day)), "USA", endpoint="extra_file")
    assert set(finished(parsed)["season_code"]) == {code}


@pytest.mark.parametrize(
    ("season", "day"), [("2012", "31/12/2011"), ("2012", "01/04/2013"), ("2012/2013", "31/05/2012")]
)
def test_a_date_outside_the_season_that_its_row_names_is_refused(season: str, day: str) -> None:
    parsed = read(file(row(base=ABROAD, Season=season, Date=day)), "USA", endpoint="extra_file")
    assert [reason for reason, _ in reasons(parsed)] == ["out_of_season"]


@pytest.mark.parametrize("season", ["", "2012-13", "12/13", "spring", "2012/2019"])
def test_a_season_that_cannot_be_read_is_refused_with_its_row(season: str) -> None:
    rows = [row(base=ABROAD), row(base=ABROAD, Home="Corvale", Season=season)]
    parsed = read(file(*rows), "USA", endpoint="extra_file")
    assert len(reasons(parsed)) == 1
    assert scheduled(parsed)["home_team_id"].to_list() == ["usa-alderwick"]
    assert parsed.teams["season_code"].null_count() == 0


def test_a_coming_fixture_of_another_century_is_refused() -> None:
    parsed = read(file(row(NO_RESULT, Date="12/08/2099")), endpoint="fixtures", captured="2023-08-11T16:50:00Z")
    assert [reason for reason, _ in reasons(parsed)] == ["out_of_season"]


def test_a_match_that_stands_twice_is_read_once() -> None:
    parsed = read_rows(row(), GOOD, row(B365H="9"))
    assert reasons(parsed) == [
        ("duplicate_match", "'Alderwick' – 'Brackmoor' on 12/08/2023 stands in the payload twice.")
    ]
    assert finished(parsed)["home_team_id"].to_list() == ["eng-alderwick", "eng-corvale"]
    assert set(parsed.rows["odds_quotes"]["row_number"]) == {2, 3}


def test_a_right_row_after_a_wrong_one_of_the_same_match_is_read() -> None:
    parsed = read_rows(row(FTR="A"), row())
    assert [reason for reason, _ in reasons(parsed)] == ["result_contradicts"]
    assert len(finished(parsed)) == 1


@pytest.mark.parametrize("kept", [3, 7, 15, 17])
def test_a_file_that_ends_in_the_middle_of_a_row_gives_all_rows_before_it(kept: int) -> None:
    whole = file(GOOD, row()).decode().removesuffix("\r\n")
    cut = ",".join(whole.split(",")[: whole.count(",") + 1 - 18 + kept])
    parsed = read(cut.encode())
    assert reasons(parsed) == [("truncated_row", f"The payload ends in the middle of this row, after {kept} cells.")]
    assert len(finished(parsed)) == 1


def test_a_file_that_ends_between_two_characters_of_one_letter_gives_all_rows_before_it() -> None:
    whole = file(GOOD, row(HomeTeam="Peñalvar"))
    parsed = read(whole[: whole.index(b"\xc3\xb1") + 1])
    assert [reason for reason, _ in reasons(parsed)] == ["truncated_row"]
    assert len(finished(parsed)) == 1


def test_a_whole_last_row_without_a_line_end_is_read() -> None:
    parsed = read(file(GOOD, row()).removesuffix(b"\r\n"))
    assert reasons(parsed) == []
    assert len(finished(parsed)) == 2


def test_a_stray_club_name_in_a_complete_season_is_refused_in_its_rows_only() -> None:
    rows = season(clubs(12))
    rows[5]["AwayTeam"] = "Clubb G"
    parsed = read(file(*rows))
    assert reasons(parsed) == [
        ("stray_club", "A club of 'Club A' – 'Clubb G' hardly plays in this season: a stray name.")
    ]
    assert len(finished(parsed)) == 12 * 11 - 1
    assert "eng-clubb-g" not in set(parsed.teams["team_id"])


def test_early_in_a_season_no_name_is_stray_yet() -> None:
    rows = season(clubs(5))
    rows[0]["AwayTeam"] = "Clubb B"
    assert reasons(read(file(*rows))) == []


def test_rows_of_other_leagues_in_the_fixtures_are_not_of_this_run() -> None:
    parsed = read(file(row(NO_RESULT), row(NO_RESULT, Div="ZZ9")), endpoint="fixtures")
    assert scheduled(parsed)["competition_id"].to_list() == ["E0"]
    assert reasons(parsed) == []
