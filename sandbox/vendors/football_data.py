"""football-data.co.uk: season files and the file of coming fixtures, as the vendor has them at the world's time.

At `SANDBOX_NOW` these are the very documents of `sandbox.vendor_files`. Before it, rows of later matches are taken out;
after it, the running season's files go on with what the universe tells.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sandbox.publication import Document
from sandbox.server.clock import SANDBOX_NOW
from sandbox.vendors.base import STATUS, Answer, Ask, Refusal, Route, Shape, Vendor
from sandbox.vendors.football_data_rows import fixture_lines, later_lines, snapshot_before
from sandbox.vendors.view import View, Worlds

HOST = "www.football-data.co.uk"
RUNNING = "2627"
LONDON = ZoneInfo("Europe/London")
RESULT_DELAY = timedelta(hours=3)
MISSING = "<!DOCTYPE HTML><html><head><title>404 Not Found</title></head><body><h1>Not Found</h1></body></html>"


def refuse(refusal: Refusal) -> Answer:
    """A page of the web server: this vendor knows no keys and no JSON."""
    title = "404 Not Found" if refusal == "not_found" else refusal.replace("_", " ").capitalize()
    return Answer(MISSING.replace("404 Not Found", title), "html", STATUS[refusal])


def season(ask: Ask) -> Answer:
    """One division's season file; 404 for one that does not exist (yet)."""
    path = f"mmz4281/{ask.place['season']}/{ask.place['division']}.csv"
    document = documents(ask.view.worlds).get(path)
    if document is None:
        return refuse("not_found")
    text, encoding = _text(document.body)
    lines = _cut(text, ask.now) if ask.now < SANDBOX_NOW else text
    if len(lines.splitlines()) < 2:
        return refuse("not_found")
    if ask.place["season"] == RUNNING and ask.now > SANDBOX_NOW:
        lines += later_lines(ask.view, ask.place["division"], text)
    modified = min(document.captured_at_utc, ask.now) if lines == text else _six_o_clock(ask.now)
    return Answer(lines, "csv", encoding=encoding, content_type=document.content_type, modified=modified)


def fixtures(ask: Ask) -> Answer:
    """The coming fixtures with their opening prices, as of the last Friday or Tuesday 17:00 UK."""
    at = snapshot_before(ask.now)
    document = documents(ask.view.worlds)["fixtures.csv"]
    if at == SANDBOX_NOW:
        text = document.body.decode()
    else:
        text = ask.view.worlds.once(f"football_data fixtures {at}", lambda: _fixtures_at(ask.view, at))
    return Answer(text, "csv", content_type=document.content_type, modified=at)


def documents(worlds: Worlds) -> Mapping[str, Document]:
    """The documents of `sandbox.vendor_files` by path, rendered once or read from the cache directory."""
    found: Mapping[str, Document] = worlds.once("football_data documents", lambda: _documents(worlds))
    return found


def _documents(worlds: Worlds) -> Mapping[str, Document]:
    directory = worlds.cache and worlds.cache / f"football_data_{worlds.seed}"
    if directory and (directory / "index.json").is_file():
        return _read(directory)
    from sandbox.vendor_files import vendor_documents
    from sandbox.world import simulate

    made = {document.path.removeprefix(f"{HOST}/"): document for document in vendor_documents(simulate(worlds.seed))}
    if directory:
        _write(directory, made)
    return made


def _read(directory: Path) -> Mapping[str, Document]:
    index = json.loads((directory / "index.json").read_text(encoding="utf-8"))
    return {
        path: Document(url, datetime.fromisoformat(captured), content_type, (directory / path).read_bytes())
        for path, (url, captured, content_type) in index.items()
    }


def _write(directory: Path, made: Mapping[str, Document]) -> None:
    """Write the documents, the index last: without it the directory counts as empty."""
    for path, document in made.items():
        (directory / path).parent.mkdir(parents=True, exist_ok=True)
        (directory / path).write_bytes(document.body)
    index = {path: (d.url, d.captured_at_utc.isoformat(), d.content_type) for path, d in made.items()}
    part = directory / "index.part"
    part.write_text(json.dumps(index), encoding="utf-8")
    part.replace(directory / "index.json")


def _text(body: bytes) -> tuple[str, str]:
    """The text of a file with its encoding; a byte order mark stays in the text."""
    try:
        return body.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return body.decode("windows-1252"), "windows-1252"


def _cut(text: str, now: datetime) -> str:
    """The file without matches whose result is not known yet; blank rows go too where anything goes."""
    end = "\r\n" if "\r\n" in text else "\n"
    header, *lines = text.split(end)
    names = header.lstrip("\ufeff").split(",")
    date, clock = names.index("Date"), names.index("Time") if "Time" in names else None
    kept = [line for line in lines if line.strip(",") and _known_at(line.split(","), date, clock) <= now]
    return end.join([header, *kept, ""]) if len(kept) < sum(bool(line.strip(",")) for line in lines) else text


def _known_at(cells: list[str], date: int, clock: int | None) -> datetime:
    """Three hours after kick-off; without a time, six in the morning of the next day."""
    if clock is None or not cells[clock]:
        day = datetime.strptime(cells[date], "%d/%m/%Y" if len(cells[date]) == 10 else "%d/%m/%y")
        return day.replace(tzinfo=UTC) + timedelta(days=1, hours=6)
    local = datetime.strptime(f"{cells[date]} {cells[clock]}", "%d/%m/%Y %H:%M")
    return local.replace(tzinfo=LONDON) + RESULT_DELAY


def _six_o_clock(now: datetime) -> datetime:
    """When the vendor last brought its running files up to date: each morning."""
    morning = now.replace(hour=6, minute=0, second=0, microsecond=0)
    return morning if now >= morning else morning - timedelta(days=1)


def _fixtures_at(view: View, at: datetime) -> str:
    return fixture_lines(view.worlds.at(at))


_PRICES = tuple(f"{book}{side}" for book in ("B365", "BFD", "BV", "BW", "PP", "SKB", "PS", "WH") for side in "HDA")
_SHAPE = Shape((), _PRICES, (), (("HomeTeam", "AwayTeam"),), ("HomeTeam", "Home Team"))

VENDOR = Vendor(
    name="football_data",
    hosts=(HOST,),
    routes=(
        Route("season", "/mmz4281/{season}/{division}.csv", season, _SHAPE),
        Route("fixtures", "/fixtures.csv", fixtures, _SHAPE),
    ),
    refuse=refuse,
    validators=("etag", "last_modified"),
)
