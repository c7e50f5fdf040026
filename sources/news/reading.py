"""Feeds as their publishers word them: one row an item, of RSS 0.9x to 2.0, RSS 1.0 or Atom, without markup.

Read by defusedxml, which is the standard library's parser without the traps of XML: no entities of a document's own,
nothing fetched. A feed that is not well formed is refused; it is not guessed at.
"""

from __future__ import annotations

import email.utils
import html
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import polars as pl

from core.errors import PayloadMalformed
from lake.keys import short_hash
from sources.rows import ROW, TEXT, TEXT_LIMIT, UTC_TIME, moment

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MAX_ITEMS = 1_000
SUMMARY_LIMIT = 2_000
ITEMS = {
    ROW: pl.Int64(),
    "news_id": pl.String(),
    "headline": pl.String(),
    "summary": pl.String(),
    "link": pl.String(),
    "published": pl.String(),
    "event_at_utc": UTC_TIME,
    TEXT: pl.String(),
}
_ATOM, _RDF = "http://www.w3.org/2005/Atom", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_SPACES = {"", _ATOM, "http://purl.org/rss/1.0/", "http://purl.org/dc/elements/1.1/", "http://my.netscape.com/rdf/simple/0.9/",
           "http://purl.org/rss/1.0/modules/content/"}  # fmt: skip
"""Names of other spaces, such as `media:title`, mean something else."""
_ROOTS = ("rss", "feed", "RDF")
_IDS, _TIMES = ("guid", "id"), ("pubDate", "published", "updated", "date", "modified")
_SUMMARIES = ("description", "summary", "content", "encoded")


def read(body: bytes) -> pl.DataFrame:
    """Items in the columns of `ITEMS`, in the feed's order; `news_id`, `headline` and the time are null where none is.

    `published` is the time as it stands there. Raises PayloadMalformed where the payload is no feed, or holds more than
    1,000 items.
    """
    root = _root(body)
    entries = list(_entries(root))
    if len(entries) > MAX_ITEMS:
        raise PayloadMalformed(f"The feed has {len(entries):,} items.", f"At most {MAX_ITEMS:,} are read.")
    rows = [_item(count, entry) for count, entry in enumerate(entries, start=1)]
    return pl.DataFrame(rows, schema=ITEMS, orient="row")


def plain(text: str | None) -> str | None:
    """Text without markup, entities and surplus blanks; null where nothing is left."""
    from selectolax.lexbor import LexborHTMLParser

    if text is None or not text.strip():
        return None
    tree = LexborHTMLParser(html.unescape(text))
    tree.strip_tags(["script", "style"])
    return " ".join(tree.text(separator=" ").replace("\x00", "").split()) or None


def _root(body: bytes) -> Element:
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException  # type: ignore[import-untyped]
    from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]

    try:
        root: Element = fromstring(body.strip())
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise PayloadMalformed(
            f"The payload is no XML that is read ({type(error).__name__}).", "See it in bronze."
        ) from error
    if _name(root) not in _ROOTS:
        raise PayloadMalformed(f"The payload is no feed but '{_name(root)[:40]}'.", "The publisher may have moved it.")
    return root


def _entries(root: Element) -> Iterator[Element]:
    """Items stand under the root (Atom, RSS 1.0) or under its channel (RSS 2.0)."""
    for parent in (root, *(child for child in root if _name(child) == "channel")):
        yield from (child for child in parent if _name(child) in ("item", "entry"))


def _name(element: Element) -> str:
    """A name without its space; of a space that no feed is written in, nothing."""
    space, _, name = element.tag[1:].rpartition("}") if element.tag[:1] == "{" else ("", "", element.tag)
    return name if space in {*_SPACES, _RDF} else ""


def _item(count: int, entry: Element) -> tuple[object, ...]:
    words: dict[str, str] = {}
    for child in entry:
        words.setdefault(_name(child), "".join(child.itertext()).strip())
    link = _link(entry, words)
    named = next((words[name] for name in _IDS if words.get(name)), None)
    published = next((words[name] for name in _TIMES if words.get(name)), None)
    summary = plain(next((words[name] for name in _SUMMARIES if words.get(name)), None))
    return (
        count,
        named or (short_hash(link) if link else None),
        plain(words.get("title")),
        summary[:SUMMARY_LIMIT] if summary else None,
        link,
        published,
        _time(published),
        str(words)[:TEXT_LIMIT],
    )


def _link(entry: Element, words: dict[str, str]) -> str | None:
    """RSS writes the address as text; Atom as an attribute, of several links the alternate one."""
    addresses = [
        child.get("href") for child in entry if _name(child) == "link" and child.get("rel", "alternate") == "alternate"
    ]
    found = words.get("link") or next((address for address in addresses if address), None)
    return found if found and found.startswith(("https://", "http://")) else None


def _time(text: str | None) -> datetime | None:
    """RSS writes times as e-mail does (RFC 822), Atom as ISO 8601; one without a zone is taken as UTC."""
    if text is None:
        return None
    try:
        found = email.utils.parsedate_to_datetime(text)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError, TypeError):
        return moment(text)
