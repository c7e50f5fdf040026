"""Football news: absences and returns of players, transfers, managers, and articles that concern nobody."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl

from sandbox.arrays import stream
from sandbox.moments import UTC_TIME
from sandbox.timeline.absences import AVAILABLE

FIRST_KEY = 880_001
HOST = "https://news.sandpress.example/football"
SAID = {
    "out": ("{club} without {name}", "{name} of {club} is out with a {kind}, the club confirmed."),
    "doubtful": ("{club} sweat over {name}", "{name} is a doubt for {club}'s next match because of a {kind}."),
    AVAILABLE: ("{name} back in training", "{name} trained with the {club} squad again after a {kind}."),
}
TRANSFERRED = ("{name} joins {club}", "{club} have signed {name} on a contract to 2030.")
MANAGER = (
    (
        "{club} part company with their head coach",
        "{club} have dismissed their head coach after a poor run of results.",
    ),
    ("{club} name a new head coach", "A new head coach takes charge of {club} before the weekend."),
    ("{club} head coach calls for patience", "The head coach of {club} asked supporters to stay calm."),
)
NOBODY = (
    ("Season-ticket prices frozen across the leagues", "Clubs agreed to leave prices as they are for another year."),
    ("Referees' body reviews added time", "A working group will report on how added time is measured."),
    ("Stadium safety day announced", "Grounds will open their doors to visitors in the spring."),
    ("Broadcasters confirm next month's selections", "The televised matches of the coming month were chosen."),
)
HEARD_OF = 0.4
PUBLISHED_AFTER_MINUTES = (2, 90)
MANAGER_STORIES, EMPTY_STORIES = 150, 220
FROM_UTC, DAYS = datetime(2026, 8, 1, 7, tzinfo=UTC), 295

Story = tuple[datetime, str, str, list[str], list[str]]


def news(reports: pl.DataFrame, squad: pl.DataFrame, spells: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Return all news of the season in the columns of `Universe.news`, by time of publication."""
    rng = stream(seed, "timeline", "news")
    clubs = spells["club"].unique().sort().to_list()
    stories = [*_absences(reports, squad, rng), *_transfers(spells, squad, rng), *_clubs(clubs, rng), *_empty(rng)]
    schema = {
        "published_at_utc": UTC_TIME,
        "headline": pl.String(),
        "summary": pl.String(),
        "clubs": pl.List(pl.String()),
        "players": pl.List(pl.String()),
    }
    return numbered(pl.DataFrame(stories, schema, orient="row"), FIRST_KEY, HOST)


def numbered(stories: pl.DataFrame, first: int, host: str) -> pl.DataFrame:
    """Sort stories by time and give each a key and an address."""
    ordered = stories.sort("published_at_utc", "headline").with_row_index("news_key", offset=first)
    keyed = ordered.with_columns(pl.col("news_key").cast(pl.Int64))
    slug = pl.col("headline").str.to_lowercase().str.replace_all(r"[^a-z0-9]+", "-").str.strip_chars("-")
    address = pl.format("{}/{}-{}", pl.lit(host), "news_key", slug).alias("url")
    return keyed.select("news_key", "published_at_utc", "headline", "summary", address, pl.exclude(
        "news_key", "published_at_utc", "headline", "summary"
    ))  # fmt: skip


def _absences(reports: pl.DataFrame, squad: pl.DataFrame, rng: np.random.Generator) -> list[Story]:
    """Tell of the players that people have heard of; news comes after the announcement, never before."""
    told = reports.join(squad.select("player_key", "name", "club", "ability"), on="player_key", maintain_order="left")
    known = told.filter(pl.col("ability") > HEARD_OF).select("known_at_utc", "status", "name", "club", "kind")
    return [
        _story(known_at, *SAID[status], name=name, club=club, kind=kind, rng=rng)
        for known_at, status, name, club, kind in known.iter_rows()
    ]


def _story(
    known_at: datetime,
    headline: str,
    summary: str,
    *,
    name: str | None,
    club: str | None,
    kind: str,
    rng: np.random.Generator,
) -> Story:
    published = known_at + timedelta(minutes=int(rng.integers(*PUBLISHED_AFTER_MINUTES)))
    words = {"name": name, "club": club, "kind": kind}
    text = (
        headline.format(**words),
        summary.format(**words).replace("a illness", "an illness").replace("a ankle", "an ankle"),
    )
    return published, *text, [club] if club else [], [name] if name else []


def _transfers(spells: pl.DataFrame, squad: pl.DataFrame, rng: np.random.Generator) -> list[Story]:
    moved = spells.filter(pl.col("from_at_utc") > pl.lit(FROM_UTC).cast(UTC_TIME))
    named = moved.join(squad.select("player_key", "name"), on="player_key", maintain_order="left")
    rows = named.select("from_at_utc", "name", "club").iter_rows()
    return [_story(at_utc, *TRANSFERRED, name=name, club=club, kind="", rng=rng) for at_utc, name, club in rows]


def _clubs(clubs: list[str], rng: np.random.Generator) -> list[Story]:
    picked = rng.integers([[len(clubs)], [len(MANAGER)]], size=(2, MANAGER_STORIES)).T
    return [_story(_any_time(rng), *MANAGER[said], name=None, club=clubs[c], kind="", rng=rng) for c, said in picked]


def _empty(rng: np.random.Generator) -> list[Story]:
    picked = rng.integers(len(NOBODY), size=EMPTY_STORIES)
    return [_story(_any_time(rng), *NOBODY[said], name=None, club=None, kind="", rng=rng) for said in picked]


def _any_time(rng: np.random.Generator) -> datetime:
    return FROM_UTC + timedelta(days=int(rng.integers(DAYS)), minutes=int(rng.integers(840)))
