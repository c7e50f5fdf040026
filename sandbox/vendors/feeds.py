"""Two news wires: one speaks RSS 2.0, the other Atom; each tells of football and of the NBA."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from sandbox.vendors.base import STATUS, Answer, Ask, Refusal, Route, Shape, Vendor
from sandbox.vendors.nba_games import Row
from sandbox.vendors.view import View
from sandbox.vendors.writing import http_time, zulu

RSS_HOST, ATOM_HOST = "news.sandwire.example", "feeds.sandgazette.example"
FRAMES: Mapping[str, str] = {"football": "news", "nba": "nba_news"}
ITEMS = 40


def refuse(refusal: Refusal) -> Answer:
    """A page instead of a feed."""
    words = escape(refusal.replace("_", " ").capitalize())
    return Answer(f"<html><head><title>{words}</title></head><body>{words}</body></html>", "html", STATUS[refusal])


def rss(ask: Ask) -> Answer:
    """RSS 2.0, newest first; descriptions hold markup in CDATA."""
    rows = _newest(ask.view, ask.place["sport"])
    items = "".join(_item(row) for row in rows)
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/">\n'
        f"<channel>\n<title>Sandwire {ask.place['sport']}</title>\n<link>https://{RSS_HOST}/{ask.place['sport']}</link>\n"
        f"<description>All the invented news</description>\n<language>en-gb</language>\n{items}</channel>\n</rss>\n"
    )
    modified = rows[0]["published_at_utc"] if rows else None
    return Answer(text, "xml", content_type="application/rss+xml; charset=utf-8", modified=modified)


def atom(ask: Ask) -> Answer:
    """Atom 1.0, newest first."""
    rows = _newest(ask.view, ask.place["sport"])
    updated = zulu(rows[0]["published_at_utc"]) if rows else zulu(ask.now)
    entries = "".join(_entry(row) for row in rows)
    text = (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n'
        f"<title>Sandgazette {ask.place['sport']}</title>\n<id>tag:{ATOM_HOST},2026:{ask.place['sport']}</id>\n"
        f"<updated>{updated}</updated>\n{entries}</feed>\n"
    )
    modified = rows[0]["published_at_utc"] if rows else None
    return Answer(text, "xml", content_type="application/atom+xml; charset=utf-8", modified=modified)


def _newest(view: View, sport: str) -> list[Row]:
    if sport not in FRAMES:
        return []
    rows = view.frame(FRAMES[sport]).sort("published_at_utc", descending=True)
    return list(rows.head(ITEMS).iter_rows(named=True))


def _item(row: Row) -> str:
    published = http_time(row["published_at_utc"])
    return (
        f"<item>\n<title>{escape(row['headline'], quote=False)}</title>\n<link>{escape(row['url'])}</link>\n"
        f'<guid isPermaLink="false">sandwire-{row["news_key"]}</guid>\n<pubDate>{published}</pubDate>\n'
        f"<description><![CDATA[<p>{escape(row['summary'], quote=False)}</p>]]></description>\n</item>\n"
    )


def _entry(row: Row) -> str:
    published = zulu(row["published_at_utc"])
    return (
        f'<entry>\n<title>{escape(row["headline"], quote=False)}</title>\n<link href="{escape(row["url"])}"/>\n'
        f"<id>tag:{ATOM_HOST},2026:{row['news_key']}</id>\n<published>{published}</published>\n"
        f"<updated>{published}</updated>\n<summary>{escape(row['summary'], quote=False)}</summary>\n</entry>\n"
    )


VENDOR = Vendor(
    name="sandwire",
    hosts=(RSS_HOST,),
    routes=(Route("rss", "/{sport}/rss.xml", rss, Shape()),),
    refuse=refuse,
    validators=("etag", "last_modified"),
)
ATOM_VENDOR = Vendor(
    name="sandgazette",
    hosts=(ATOM_HOST,),
    routes=(Route("atom", "/{sport}/atom.xml", atom, Shape()),),
    refuse=refuse,
    validators=("etag", "last_modified"),
)
