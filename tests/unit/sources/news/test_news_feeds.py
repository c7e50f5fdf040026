"""Invented feeds of RSS 2.0, RSS 1.0 and Atom, whole and broken."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake.conform import REASON, conform
from lake.contracts.model import contract
from sources import outcomes
from sources.base import Parsed
from sources.news import plan
from sources.news.reading import plain, read
from sources.news.source import News
from tests.unit.sources.news.world import LEAGUES, NOW, item, known, parsed, rss

ATOM = b"""<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/">
 <title>Wire</title><updated>2026-11-20T11:00:00Z</updated>
 <entry><media:title>A picture</media:title><title type="html">&lt;b&gt;Alderwick&lt;/b&gt; win</title>
  <link rel="self" href="https://wire.example/self"/><link href="https://wire.example/7"/>
  <id>tag:wire.example,2026:7</id><updated>2026-11-20T11:30:00+01:00</updated>
  <summary type="xhtml"><div>They <i>really</i> did.</div></summary></entry>
</feed>"""
RDF = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Old</title></channel>
 <item><title>Alderwick win</title><link>https://old.example/3</link><dc:date>2026-11-20T09:00:00Z</dc:date></item></rdf:RDF>"""
LAUGHS = b'<!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><rss><channel><title>&b;</title></channel></rss>'


def reasons(found: Parsed) -> list[str]:
    return found.refused["news"][REASON].to_list()


def test_an_item_of_rss_becomes_a_row_without_markup() -> None:
    text = "&lt;p&gt;Out for &amp;amp; good&lt;/p&gt;&lt;script&gt;x()&lt;/script&gt;"
    said = item(text=text, more="<link>https://press.example/1</link>")
    row = parsed(rss(said)).rows["news"].row(0, named=True)
    assert row["headline"] == "Alderwick win"
    assert row["summary"] == "Out for & good"
    assert row["link"] == row["news_id"] == "https://press.example/1"
    assert row["event_at_utc"] == datetime(2026, 11, 20, 10, tzinfo=UTC)
    assert (row["known_at_utc"], row["known_at_basis"]) == (NOW, "observed")
    assert (row["competition_id"], row["season_code"], row["team_id"]) == ("E0", "2026-27", "eng-alderwick")


def test_an_entry_of_atom_is_read_by_its_own_names_and_link() -> None:
    (row,) = read(ATOM).to_dicts()
    assert row["headline"] == "Alderwick win"
    assert row["summary"] == "They really did."
    assert (row["link"], row["news_id"]) == ("https://wire.example/7", "tag:wire.example,2026:7")
    assert row["event_at_utc"] == datetime(2026, 11, 20, 10, 30, tzinfo=UTC)


def test_an_item_without_an_id_has_a_hash_of_its_address() -> None:
    (row,) = read(RDF).to_dicts()
    assert row["link"] == "https://old.example/3"
    assert len(row["news_id"]) == 16


def test_a_number_as_id_is_told_apart_by_its_host() -> None:
    assert parsed(rss(item(guid="41"))).rows["news"]["news_id"].to_list() == ["press.example:41"]


def test_rows_keep_their_contract() -> None:
    rows = parsed(rss(item("Alderwick without Hale"), item("Nobody", guid="2"))).rows["news"]
    lineage = [
        pl.lit("news").alias("source"),
        pl.lit("0" * 64).alias("bronze_sha256"),
        pl.lit(NOW).alias("ingested_at_utc"),
    ]
    assert len(conform(rows.with_columns(lineage), contract("silver.football.news")).good) == 3


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (item(guid=""), "no_id"),
        (item(title=""), "no_headline"),
        (item(date=""), "no_time"),
        (item(date="soon"), "no_time"),
        (item(date="Fri, 20 Nov 2026 12:11:00 GMT"), "clock_skew"),
    ],
)
def test_an_item_with_a_fault_is_refused_and_the_others_are_kept(said: str, reason: str) -> None:
    found = parsed(rss(said, item(guid="https://press.example/2")))
    assert reasons(found) == [reason]
    assert len(found.rows["news"]) == 1


def test_an_item_twice_is_a_duplicate_but_two_of_one_id_are_not() -> None:
    assert len(parsed(rss(item(), item())).rows["news"]) == 2
    found = parsed(rss(item(), item("Alderwick lose")))
    assert (reasons(found), found.rows["news"]["headline"].to_list()) == (["two_items"], ["Alderwick win"])


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body>Sorry</body></html>",
        b"{}",
        rss(item())[:-30],
        LAUGHS,
        b'<?xml version="1.0" encoding="no"?><rss/>',
    ],
)
def test_what_is_no_feed_is_refused_whole(body: bytes) -> None:
    assert reasons(parsed(body)) == ["malformed_payload"]


@given(
    st.one_of(
        st.binary(max_size=300), st.text(max_size=50).map(lambda text: rss(f"<item><title>{text}</title></item>"))
    )
)
def test_no_bytes_stop_the_parser(body: bytes) -> None:
    parsed(body)


def test_plain_text_is_cut_of_markup_and_never_empty() -> None:
    assert plain("a <b>b</b>&nbsp;c") == "a b c"
    assert plain("<img src=x>") is None


def test_every_feed_of_the_sport_is_asked_for_and_allowed() -> None:
    requests = News("basketball").plan(LEAGUES, NOW, known())
    assert [request.sport for request in requests] == ["basketball"] * len(requests)
    assert len(requests) >= 3
    assert requests == News("basketball").plan(LEAGUES, NOW, known())
    assert all(request.url.split("/")[2] in plan.TERMS.hosts for request in requests)
    assert News("football").is_fresh(requests[0], NOW, NOW + timedelta(minutes=14))
    assert not News("football").is_fresh(requests[0], NOW, NOW + timedelta(minutes=15))


def test_a_page_in_place_of_a_feed_is_known_at_once() -> None:
    assert plan.TERMS.verdict("feed", ATOM) is None
    assert plan.TERMS.verdict("feed", RDF) is None
    assert plan.TERMS.verdict("feed", b"<!doctype html><html>") == outcomes.MALFORMED
