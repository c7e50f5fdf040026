"""Invented pages of a bookmaker: two layouts that are read, and what must never be misread."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake.conform import DETAIL, REASON, conform
from lake.contracts.model import contract
from sources import outcomes
from sources.base import Parsed
from sources.odds_page import plan
from sources.odds_page.source import OddsPage
from tests.unit.sources.odds_page.pages import (
    CLUBS,
    GAMES,
    KICKOFF,
    LEAGUES,
    NOW,
    URL,
    card,
    cards,
    fractional,
    html,
    known,
    later,
    line,
    parsed,
    table,
)

LINES = [line(game) for game in GAMES]
CARDS = [card(game) for game in GAMES]


def reasons(found: Parsed) -> list[str]:
    return found.refused["odds_quotes"][REASON].to_list()


def prices(found: Parsed) -> list[tuple[object, ...]]:
    if "odds_quotes" not in found.rows:
        return []
    return found.rows["odds_quotes"].select("match_id", "selection", "price_odds_dec").rows()


WANTED = [
    (f"E0-2026-27-{place}", selection, float(price))
    for place, game in enumerate(GAMES)
    for selection, price in zip(("home", "draw", "away"), game[2:], strict=True)
]


@pytest.mark.parametrize("page", [table(LINES), cards(CARDS), cards(CARDS[::-1])])
def test_both_layouts_say_the_same(page: bytes) -> None:
    found = parsed(page)
    assert sorted(prices(found)) == sorted(WANTED)
    assert reasons(found) == []
    row = found.rows["odds_quotes"].row(0, named=True)
    assert (row["bookmaker"], row["quote_kind"], row["known_at_utc"], row["quoted_at_utc"]) == (
        "sandbook", "observed", NOW, None,
    )  # fmt: skip


def test_rows_keep_their_contract() -> None:
    wanted = contract("silver.football.odds_quotes")
    given = [pl.lit(None).alias(name) for name in ("lay_odds_dec", "liquidity", "traded_volume")]
    lineage = [
        pl.lit("odds_page").alias("source"),
        pl.lit("0" * 64).alias("bronze_sha256"),
        pl.lit(NOW).alias("ingested_at_utc"),
    ]
    assert len(conform(parsed(table(LINES)).rows["odds_quotes"].with_columns(*given, *lineage), wanted).good) == 9


def test_a_new_column_changes_nothing() -> None:
    wider = [one.replace("</tr>", '<td class="tv">Sky</td></tr>') for one in LINES]
    assert sorted(prices(parsed(table(wider, "Home Away 1 X 2 TV")))) == sorted(WANTED)


def test_columns_that_moved_with_heading_and_mark_are_still_read() -> None:
    moved = [one.replace('<td class="home">', "<td>", 1) for one in LINES]
    assert reasons(parsed(table(moved))) == ["layout_drift"]
    turned = []
    for game in GAMES:
        cells = line(game).split("<td")
        turned.append("<td".join([cells[0], cells[2], cells[1], *cells[3:5], cells[5].replace("</tr>", "")]) + "</tr>")
    assert sorted(prices(parsed(table(turned, "Away Home 1 X 2")))) == sorted(WANTED)


@pytest.mark.parametrize(
    "page",
    [
        fractional(),
        table(LINES, "Away Home 1 X 2"),
        table(LINES, "Home Away 2 X 1"),
        table(LINES, "Home Away 1 X"),
        table(LINES, "Home Away 1 X Away"),
        table([one.replace('class="match"', 'class="game"') for one in LINES]),
        table([one.replace("price home", "odds home") for one in LINES]),
        table([*LINES, "<tr><td>Advertisement 2.10</td></tr>"]),
        table([line((game[0], game[1], "11/10", "12/5", "13/5")) for game in GAMES]),
        table([line((game[0], game[1], "110", "340", "260")) for game in GAMES]),
        table([one.replace("data-kickoff", "data-start") for one in LINES]),
        table([line((game[1], game[0], *game[2:])) for game in GAMES]),
        table([]),
        cards([one.replace("event-card", "match-card") for one in CARDS]),
        cards([one.replace("Draw", "Tie") for one in CARDS]),
        cards([card(game, f"{game[1]} @ {game[0]}") for game in GAMES]),
        cards([one.replace("<time", "<span").replace("</time", "</span") for one in CARDS]),
    ],
)  # fmt: skip
def test_a_page_that_looks_anew_is_refused_whole(page: bytes) -> None:
    found = parsed(page)
    assert reasons(found) == ["layout_drift"]
    assert prices(found) == []
    assert len(found.refused["odds_quotes"][DETAIL][0]) > 20


@pytest.mark.parametrize(
    ("game", "reason"),
    [
        ((*GAMES[0][:2], "0", "3.40", "3.60"), "impossible_price"),
        ((*GAMES[0][:2], "", "3.40", "3.60"), "impossible_price"),
        ((*GAMES[0][:2], "1.10", "1.40", "1.60"), "overround"),
        ((GAMES[0][1], GAMES[0][0], *GAMES[0][2:]), "sides_swapped"),
        (("Nowhere Rangers", *GAMES[0][1:]), "unknown_team"),
        (("", *GAMES[0][1:]), "missing_field"),
    ],
)
def test_a_match_with_a_fault_is_refused_and_the_others_are_kept(game: tuple[str, ...], reason: str) -> None:
    found = parsed(table([line(game), *LINES[1:]]))  # type: ignore[arg-type]
    assert reasons(found) == [reason] * 3
    assert sorted(prices(found)) == sorted(WANTED[3:])


def test_a_match_that_has_begun_or_is_on_another_day_is_refused() -> None:
    assert reasons(parsed(table(LINES), captured_at=later(0.5))) == ["in_play"] * 9
    moved = table([line(GAMES[0], later(24 * 9)), *LINES[1:]])
    assert reasons(parsed(moved)) == ["off_calendar"] * 3


@pytest.mark.parametrize("body", [b"", b"{}", html("<h1>Too many requests</h1>"), table(LINES)[:-40], b"\x00\xff<"])
def test_what_is_no_page_of_odds_is_refused_whole(body: bytes) -> None:
    assert reasons(parsed(body)) == ["malformed_payload"]


def test_a_page_that_nobody_listed_is_refused() -> None:
    assert reasons(parsed(table(LINES), url="https://odds.sandbook.example/football/cup")) == ["malformed_payload"]


@given(
    st.one_of(
        st.binary(max_size=200), st.text(max_size=80).map(lambda text: table([text])), st.text(max_size=80).map(html)
    )
)
def test_no_bytes_stop_the_parser(body: bytes) -> None:
    parsed(body)


def test_leagues_with_coming_matches_are_visited_and_the_last_visit_is_marked() -> None:
    book = OddsPage(is_simulated=True)
    (request,) = book.plan(LEAGUES, NOW, known())
    assert (request.url, request.competition_id, request.is_closing) == (URL, "E0", False)
    assert book.plan(LEAGUES, KICKOFF - timedelta(hours=1), known())[0].is_closing
    assert book.plan(LEAGUES, later(0), known()) == []
    assert OddsPage().plan(LEAGUES, NOW, known()) == [], "the sandbox's page is not for real runs"
    assert book.is_fresh(request, NOW, NOW + timedelta(minutes=4))
    assert not book.is_fresh(request, NOW, NOW + timedelta(minutes=5))


def test_a_page_that_cannot_be_read_is_known_at_once() -> None:
    assert plan.TERMS.verdict("page", table(LINES)) is None
    assert plan.TERMS.verdict("page", cards(CARDS)) is None
    assert plan.TERMS.verdict("page", fractional()) == outcomes.MALFORMED
    assert len(CLUBS) == 2 * len(GAMES)
