"""Faults of delivery: answers that never come, come slowly, come cut off, come as something else, or come too large."""

from __future__ import annotations

from dataclasses import replace

from sandbox.server.fault import Fault, Sent

ERROR_PAGE = (
    b"<!DOCTYPE html>\n<html><head><title>Service unavailable</title></head>"
    b"<body><h1>We will be back soon</h1><p>Ray id: 0000000000000000</p></body></html>\n"
)


class Hanging(Fault):
    """The answer never comes; the connection is held open for so many seconds (120 unless told)."""

    name = "timeout"
    default = 120.0

    def delivery(self, sent: Sent) -> Sent:
        """Held back."""
        return replace(sent, manner="hang")


class Trickle(Fault):
    """The body comes in small pieces, so many seconds apart (0.5 unless told)."""

    name = "trickle"
    default = 0.5

    def delivery(self, sent: Sent) -> Sent:
        """Sent piece by piece."""
        return replace(sent, manner="trickle")


class Truncated(Fault):
    """The body is cut off in the middle, and its length agrees with that."""

    name = "truncated_json"
    kinds = ("json", "csv")
    default = 0.6

    def delivery(self, sent: Sent) -> Sent:
        """The first part of the body, a share of `argument`."""
        return replace(sent, body=sent.body[: max(1, int(len(sent.body) * self.argument))])


class HtmlForJson(Fault):
    """An HTML page comes with status 200 where a document should be."""

    name = "html_for_json"
    kinds = ("json", "csv")

    def delivery(self, sent: Sent) -> Sent:
        """The page."""
        return Sent(200, "text/html; charset=utf-8", ERROR_PAGE)


class Huge(Fault):
    """The body never ends before so many MiB (96 unless told)."""

    name = "huge_payload"
    default = 96.0

    def delivery(self, sent: Sent) -> Sent:
        """Followed by blanks without end."""
        return replace(sent, manner="huge")


class GzipBomb(Fault):
    """A small gzipped body inflates to so many MiB (512 unless told)."""

    name = "gzip_bomb"
    default = 512.0

    def delivery(self, sent: Sent) -> Sent:
        """Followed by blanks, gzipped."""
        return replace(sent, manner="gzip_bomb")


DELIVERIES: tuple[type[Fault], ...] = (Hanging, Trickle, Truncated, HtmlForJson, Huge, GzipBomb)
