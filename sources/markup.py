"""What readers of web pages share: the tree of a page, texts of its parts, and the fault of a page that looks anew."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl

from core.errors import PayloadMalformed
from lake.conform import REASON
from sources.base import Payload
from sources.rows import whole_payload_refused

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

MAX_BYTES = 8 * 1024 * 1024
_END = re.compile(rb"</html\s*>\s*$", re.IGNORECASE)
_SPACE = re.compile(r"\s+")


class LayoutDrift(PayloadMalformed):
    """A page that is whole, and whose layout is none of those that are known."""


def page(body: bytes) -> LexborHTMLParser:
    """The tree of a page.

    Raises PayloadMalformed where it is empty, no page, cut off or larger than 8 MiB.
    """
    from selectolax.lexbor import LexborHTMLParser

    if len(body) > MAX_BYTES:
        raise PayloadMalformed(f"The page has {len(body):,} bytes.", f"At most {MAX_BYTES:,} are read.")
    if body.strip()[:1] != b"<":
        raise PayloadMalformed("The payload is no page.", "It is asked for again next run.")
    if not _END.search(body):
        raise PayloadMalformed("The page has no end.", "It was cut off: it is asked for again next run.")
    return LexborHTMLParser(body.decode("utf-8", errors="replace"))


def text_of(node: LexborNode | None) -> str:
    """The text of a part, its blanks joined; empty where there is no such part."""
    return "" if node is None else _SPACE.sub(" ", node.text().replace("\x00", "")).strip()


def classes_of(node: LexborNode) -> list[str]:
    """The class names of a part."""
    return (node.attributes.get("class") or "").split()


def drifted(payload: Payload, error: LayoutDrift) -> pl.DataFrame:
    """The one refused row of a page whose layout is not known: `layout_drift`, row 0."""
    return whole_payload_refused(payload, error).with_columns(pl.lit("layout_drift").alias(REASON))
