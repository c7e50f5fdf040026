"""Pages of HTML that several of the sandbox's vendors show: a frame with a title, and a page that says no."""

from __future__ import annotations

from html import escape

from sandbox.vendors.base import STATUS, Answer, Refusal


def page(site: str, title: str, body: str, above: str = "") -> str:
    """A page of a site; `above` stands before what is in it."""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head><meta charset="utf-8">'
        f"<title>{escape(title)} | {site}</title></head>\n"
        f"<body>\n{above}<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def no(site: str, refusal: Refusal) -> Answer:
    """A page that says no, with the status of this refusal."""
    words = escape(refusal.replace("_", " ").capitalize())
    return Answer(page(site, words, f"<h1>{words}</h1>"), "html", STATUS[refusal])


def robots(disallowed: str) -> Answer:
    """What robots may read: all but this folder, one page a second."""
    return Answer(f"User-agent: *\nDisallow: {disallowed}\nCrawl-delay: 1\n", "text")
