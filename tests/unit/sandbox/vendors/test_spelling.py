"""What the vendors call the invented clubs, against the anchor's names: mostly found, a few not, none wrongly."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest

from lake.entities import aliases
from lake.entities.resolve import with_team_ids
from lake.keys import slug
from sandbox.vendors.spelling import formal, plain, short, with_fc
from sandbox.world import World

COUNTRIES = {"E0": "ENG", "E1": "ENG", "SP1": "ESP", "D1": "DEU"}
WAYS: dict[str, Callable[[str], str]] = {
    "the_odds_api": formal,
    "api_football": lambda club: plain(formal(club)),
    "football_data_org": with_fc,
    "betfair": short,
}
UNLIKE_THEIR_NAMES = {"Dunmarsh", "Uskmouth", "Kingsfell", "Lambsworth"}


def minted(world: World) -> pl.DataFrame:
    """The clubs of all seasons as silver teams, the running season not complete yet."""
    clubs = world.matches.select("division", "start_year", team_name="home").unique(maintain_order=True)
    running = pl.col("start_year") == pl.col("start_year").max()
    return clubs.select(
        pl.format(
            "{}-{}",
            pl.col("division").replace_strict(COUNTRIES).str.to_lowercase(),
            pl.col("team_name").map_elements(slug, pl.String),
        ).alias("team_id"),
        "team_name",
        pl.col("division").replace_strict(COUNTRIES).alias("country"),
        pl.col("division").alias("competition_id"),
        pl.format("{}-{}", "start_year", (pl.col("start_year") + 1).cast(pl.String).str.slice(2)).alias("season_code"),
        pl.when(running).then(pl.lit("provisional")).otherwise(pl.lit("confirmed")).alias("status"),
    )


@pytest.mark.parametrize("vendor", WAYS)
def test_nearly_all_clubs_of_a_vendor_are_found_without_an_alias_and_none_wrongly(world: World, vendor: str) -> None:
    teams = minted(world)
    rows = teams.select(
        "competition_id", "season_code", "team_name", meant="team_id",
        name=pl.col("team_name").map_elements(WAYS[vendor], pl.String),
    )  # fmt: skip
    told = with_team_ids(rows, teams, aliases.load("football"), vendor, {"name": "team_id"})
    found = told.filter(pl.col("team_id").is_not_null())
    assert found.filter(pl.col("team_id") != pl.col("meant")).is_empty()
    assert 0.94 < found.height / told.height < 1.0
    assert set(told.filter(pl.col("team_id").is_null())["team_name"]) <= UNLIKE_THEIR_NAMES


def test_tables_shorten_and_have_names_of_their_own() -> None:
    assert (formal("Brackenford"), short("Brackenford")) == ("Brackenford Albion", "Brackenford Alb")
    assert (formal("Kingsfell"), short("Kingsfell")) == ("Kingsfell United", "Fells")
    assert with_fc("Dunmarsh") == "Brightwater & Marsh Wanderers FC"
