"""Whatever the names: one id per name, no club for two strangers, and no answer that depends on order."""

from __future__ import annotations

from random import Random

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from lake.entities.matching import pair
from lake.entities.names import club_core, person, plain
from lake.entities.players import Roster, pair_players
from lake.entities.similarity import similarity

WORDS = (
    "Ash",
    "Barton",
    "Cove",
    "Dunmore",
    "City",
    "United",
    "Town",
    "FC",
    "Real",
    "Atletico",
    "1860",
    "II",
    "Munich",
    "Madrid",
)
CLUB = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join)
LEAGUE = st.lists(CLUB, min_size=1, max_size=12, unique=True)
FIRST, LAST, SUFFIX = (
    st.sampled_from(("Al", "Alan", "A.", "Bo", "Jalen", "Jaylin")),
    st.sampled_from(("Stone", "Reed")),
    st.sampled_from(("", " Jr.", " III")),
)
PLAYER = st.builds(lambda first, last, suffix: f"{first} {last}{suffix}", FIRST, LAST, SUFFIX)


def anchors(names: list[str]) -> pl.DataFrame:
    return pl.DataFrame({"id": [f"id-{number}" for number in range(len(names))], "name": names})


@given(st.text(max_size=30))
@settings(max_examples=150, deadline=None)
def test_reading_a_name_twice_changes_nothing(name: str) -> None:
    assert plain(plain(name)) == plain(name)
    assert person(person(name).form).form == person(name).form or person(name).remark
    assert club_core(name)


@given(CLUB, CLUB)
@settings(max_examples=200, deadline=None)
def test_likeness_is_a_share_and_the_same_from_both_sides(one: str, other: str) -> None:
    assert 0 <= similarity(one, other) <= 1
    assert abs(similarity(one, other) - similarity(other, one)) < 1e-9


@given(LEAGUE, LEAGUE, st.randoms(use_true_random=False))
@settings(max_examples=80, deadline=None)
def test_a_pairing_knows_each_name_once_and_no_order(names: list[str], clubs: list[str], random: Random) -> None:
    league = anchors(clubs)
    found = pair(names, league)
    assert [one.name for one in found.pairs] == sorted(names)
    assert found == pair(random.sample(names, len(names)), league.sample(fraction=1, shuffle=True, seed=1))
    liked = [one.id for one in found.pairs if one.how in ("similar", "last")]
    assert len(set(liked)) == len(liked)
    assert all((one.id is None) == (one.reason is not None) for one in found.pairs)


@given(LEAGUE)
@settings(max_examples=60, deadline=None)
def test_an_anchor_finds_itself_or_nothing(clubs: list[str]) -> None:
    league = anchors(clubs)
    own = dict(zip(league["name"], league["id"], strict=True))
    assert all(own[name] == club for name, club in pair(clubs, league).ids.items())


@given(LEAGUE, LEAGUE, CLUB)
@settings(max_examples=60, deadline=None)
def test_a_club_that_plays_elsewhere_is_never_given(clubs: list[str], others: list[str], name: str) -> None:
    strangers = [other for other in others if other not in clubs]
    rivals = pl.DataFrame(
        {"id": [f"other-{other}" for other in strangers], "name": strangers},
        schema={"id": pl.String, "name": pl.String},
    )
    found = pair([name], anchors(clubs), rivals=rivals).ids
    assert found.get(name, "id-").startswith("id-")
    assert name not in strangers or found == {}


@given(st.lists(PLAYER, min_size=1, max_size=8, unique=True), PLAYER)
@settings(max_examples=120, deadline=None)
def test_a_player_never_becomes_his_father(players: list[str], name: str) -> None:
    roster = Roster.of(anchors(players).with_columns(pl.lit("a").alias("team_id")))
    called = dict(zip(roster.ids and anchors(players)["id"], players, strict=True))
    for player in pair_players([name], roster, {}, ["a"]).ids.values():
        assert person(called[player]).suffix == person(name).suffix
        assert person(called[player]).family == person(name).family
