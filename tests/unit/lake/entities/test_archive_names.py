"""On the archive: a labelled set made by hand, never paired wrongly, and how much of each vendor is paired at all."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from lake.conform import REASON
from lake.entities import league_lists
from lake.entities.aliases import Aliases, load
from lake.entities.names import plain
from lake.entities.resolve import with_player_ids, with_team_ids
from tests.unit.lake.entities import vendors

LABELS = pl.read_csv(Path(__file__).parent / "labelled_pairs.csv", infer_schema=False).with_columns(
    pl.col("expected_id_or_REFUSE").replace("REFUSE", None).alias("expected")
)
PLACE = ["competition_id", "season_code"]
FLOOR = {"teams": 0.99, "players": 0.99}
HARD_FLOOR = 0.80
"""Without any alias: what the rules alone must still find of the names that have an id."""


def clubs(archive: Path, aliases: Aliases, one_at_a_time: bool = False) -> pl.DataFrame:
    """The labelled clubs with the id found; `one_at_a_time`: each name alone, as in an answer about one match."""
    teams = vendors.known_teams(archive)
    rows = LABELS.filter(pl.col("kind") == "team")
    step = 1 if one_at_a_time else len(rows)
    parts = [group.slice(start, step) for group in rows.partition_by("source") for start in range(0, len(group), step)]
    return pl.concat(with_team_ids(part, teams, aliases, part["source"][0], {"spelling": "found"}) for part in parts)


def players(archive: Path, aliases: Aliases, may_have_moved: bool = False, one_at_a_time: bool = True) -> pl.DataFrame:
    rows = LABELS.filter(pl.col("kind") == "player")
    known, source = vendors.nba_players(archive), "prosportstransactions"
    parts = [rows.slice(start, 1) for start in range(len(rows))] if one_at_a_time else [rows]
    names = {"spelling": "found"}
    return pl.concat(with_player_ids(p, known, aliases, source, names, ["team_id"], may_have_moved) for p in parts)


def wrong(found: pl.DataFrame) -> list[tuple[str, ...]]:
    """Pairings that the label contradicts: another id, or an id where there is none."""
    bad = found.filter(pl.col("found").is_not_null() & pl.col("found").ne_missing(pl.col("expected")))
    return bad.select(*PLACE, "source", "spelling", "found", "expected").rows()


def share(found: pl.DataFrame) -> float:
    """Of the names that have an id, those that were given it."""
    real = found.filter(pl.col("expected").is_not_null())
    return float((real["found"] == real["expected"]).fill_null(False).mean() or 0.0)


def test_the_labelled_set_is_large_and_every_pair_stands_once() -> None:
    named = LABELS.select("source", *PLACE, "team_id", "spelling")
    assert len(LABELS) >= 700
    assert LABELS["expected"].null_count() >= 150
    assert named.is_unique().all()


def test_no_labelled_club_is_paired_wrongly_and_nearly_all_are_paired(archive: Path) -> None:
    found = clubs(archive, load("football"))
    assert wrong(found) == []
    assert share(found) >= FLOOR["teams"]


def test_a_club_named_alone_is_not_paired_wrongly_either(archive: Path) -> None:
    found = clubs(archive, load("football"), one_at_a_time=True)
    assert wrong(found) == []
    assert share(found) >= FLOOR["teams"]


@pytest.mark.parametrize("alone", [False, True])
def test_the_rules_pair_no_club_wrongly_without_a_single_alias(archive: Path, alone: bool) -> None:
    found = clubs(archive, Aliases(), one_at_a_time=alone)
    assert wrong(found) == []
    assert share(found) >= HARD_FLOOR


def test_no_labelled_player_is_paired_wrongly_and_nearly_all_are_paired(archive: Path) -> None:
    found = players(archive, load("basketball"))
    assert wrong(found) == []
    assert share(found) >= FLOOR["players"]
    assert wrong(players(archive, load("basketball"), one_at_a_time=False)) == []


def test_without_a_team_that_can_be_trusted_only_full_names_and_aliases_are_taken(archive: Path) -> None:
    found = players(archive, load("basketball"), may_have_moved=True)
    elsewhere = found.filter(pl.col("expected").is_null() & pl.col("found").is_not_null())
    called = dict(vendors.nba_ids(archive).values())
    names = [(plain(name), plain(called[player])) for name, player in elsewhere.select("spelling", "found").rows()]
    assert [pair for pair in names if pair[0] != pair[1] and pair != ("marcus morris", "marcus morris sr")] == []
    assert wrong(found.filter(pl.col("expected").is_not_null())) == []


def test_the_rules_pair_no_player_wrongly_without_a_single_alias(archive: Path) -> None:
    found = players(archive, Aliases())
    assert wrong(found) == []
    assert share(found) >= HARD_FLOOR


def test_a_label_that_is_wrong_would_be_found(archive: Path) -> None:
    found = clubs(archive, load("football"))
    lied = found.with_columns(
        pl.when(pl.col("spelling") == "Spurs").then(pl.lit("eng-man-city")).otherwise("expected").alias("expected")
    )
    assert {row[3] for row in wrong(lied)} == {"Spurs"}


def test_every_club_of_four_vendors_in_seven_seasons_of_the_big_five_is_paired_and_once(
    archive: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    columns = ["source", *PLACE, "name"]
    told = [
        (vendor, league, season, name)
        for vendor in ("footystats", "understat", "fpl")
        for league in vendors.BIG_FIVE
        for season in vendors.SEASONS
        for name in vendors.vendor_names(archive, vendor, league, season)
    ]
    rows = pl.DataFrame(told, schema=columns, orient="row")
    labels = LABELS.select("source", "competition_id", pl.col("spelling").alias("name"), "expected")
    for source, names in rows.partition_by("source", as_dict=True, maintain_order=True).items():
        found = resolved_clubs(archive, names, load("football")).join(labels, on=["source", "competition_id", "name"])
        bare = resolved_clubs(archive, names, Aliases())
        assert found["id"].to_list() == found["expected"].to_list()
        assert len(found) == len(names) == found.select(*PLACE, "id").n_unique()
        with capsys.disabled():
            print(f"\n{source[0]}: {len(names)} names, {found['id'].is_not_null().mean():.1%} paired, "
                  f"{bare['id'].is_not_null().mean():.1%} without aliases", end="")  # fmt: skip
    assert rows.group_by("source").len().sort("source").rows() == [
        ("footystats", 390),
        ("fpl", 100),
        ("understat", 490),
    ]


def resolved_clubs(archive: Path, names: pl.DataFrame, aliases: Aliases) -> pl.DataFrame:
    return with_team_ids(names, vendors.known_teams(archive), aliases, names["source"][0], {"name": "id"})


def test_nearly_all_players_of_the_injury_list_are_found_in_their_teams(
    archive: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        ("NBA", "2023-24", team, name.strip(" •"))
        for team, names in vendors.nba_injuries(archive).items()
        for name in sorted(names)
    ]
    told = pl.DataFrame(rows, schema=[*PLACE, "team", "name"], orient="row")
    empty = vendors.known_teams(archive).clear()
    placed = with_team_ids(told, empty, load("basketball"), "prosportstransactions", {"team": "team_id"})
    assert placed["team_id"].null_count() == 0
    found = with_player_ids(
        placed.drop(REASON), vendors.nba_players(archive), load("basketball"), "prosportstransactions",
        {"name": "player_id"}, ["team_id"],
    )  # fmt: skip
    with capsys.disabled():
        print(f"\ninjury list: {len(found)} names, {found['player_id'].is_not_null().mean():.1%} paired", end="")
    assert found["player_id"].is_not_null().mean() >= 0.94


def test_every_player_with_a_price_is_found_among_the_two_squads(archive: Path) -> None:
    names = {row["name"]: row["id"] for row in league_lists.clubs("NBA", "2025-26").iter_rows(named=True)}
    rows = [
        ("NBA", "2025-26", names[home], names[away], player)
        for home, away, players in vendors.nba_props(archive)
        for player in sorted(players)
    ]
    told = pl.DataFrame(rows, schema=[*PLACE, "home_team_id", "away_team_id", "name"], orient="row")
    found = with_player_ids(
        told, vendors.nba_squads(archive), load("basketball"), "the_odds_api", {"name": "player_id"},
        ["home_team_id", "away_team_id"],
    )  # fmt: skip
    assert len(found) == 232
    assert found.filter(pl.col("player_id").is_null())["name"].to_list() == []
