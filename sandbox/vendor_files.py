"""The sandbox as an archive of football-data.co.uk: season files, the coming fixtures, an index, and the truth.

The vendor's habits are kept: the columns change between seasons (see `formats`), most lines end with CR LF, and single
files have a byte order mark, Windows-1252 text, wholly blank rows or bare LF. `truth.csv` is kept for tests; no
production room reads it, and the index does not list it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from sandbox.books import quote
from sandbox.clubs import SEASON_START_YEARS
from sandbox.formats import fixtures_header, season_header
from sandbox.publication import Document, index_csv, is_published, publish, refuse_foreign
from sandbox.vendor_frame import vendor_frame
from sandbox.world import World, simulate

FORMAT = 1
HOST = "https://www.football-data.co.uk"
RUNNING_CAPTURED_AT = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
FIXTURES_CAPTURED_AT = datetime(2026, 11, 20, 16, 50, tzinfo=UTC)
RUNNING_YEAR = SEASON_START_YEARS[-1]
ENGLISH = ("E0", "E1")

WITH_BYTE_ORDER_MARK = (RUNNING_YEAR, "E0")
IN_WINDOWS_1252 = (2018, "SP1")
WITH_BLANK_ROWS = (2020, "D1")
WITH_BARE_LF = (2022, "E1")
BLANK_ROWS = 3


def write_archive(directory: Path, seed: int) -> Path:
    """Write the archive of a seed into a directory and return it; an archive that is there already is reused.

    Raises FileExistsError where the directory holds something else.
    """
    marker = {"simulated": True, "seed": seed, "format": FORMAT}
    if not is_published(directory, marker):
        refuse_foreign(directory)
        publish(directory, archive_files(seed), marker)
    return directory


def archive_files(seed: int) -> dict[str, bytes]:
    """Return the files of an archive by relative path: vendor documents, `index.csv` and `truth.csv`."""
    world = simulate(seed)
    documents = vendor_documents(world)
    files = {document.path: document.body for document in documents}
    return {**files, "index.csv": index_csv(documents), "truth.csv": truth_csv(world)}


def vendor_documents(world: World) -> list[Document]:
    """Return the season files of all divisions and the file of coming fixtures."""
    frame = vendor_frame(world, quote(world))
    seasons = frame.filter("is_played").partition_by("start_year", "Div", as_dict=True, maintain_order=True)
    documents = [_season_document(int(year), str(division), rows) for (year, division), rows in seasons.items()]
    return [*documents, _fixtures_document(frame.filter(~pl.col("is_played")))]


def _season_document(start_year: int, division: str, rows: pl.DataFrame) -> Document:
    season = f"{start_year % 100:02}{(start_year + 1) % 100:02}"
    captured = RUNNING_CAPTURED_AT if start_year == RUNNING_YEAR else datetime(start_year + 1, 7, 1, tzinfo=UTC)
    text = _csv_text(rows, season_header(start_year, has_referee=division in ENGLISH))
    body, content_type = _as_served(text, (start_year, division))
    return Document(f"{HOST}/mmz4281/{season}/{division}.csv", captured, content_type, body)


def _fixtures_document(coming: pl.DataFrame) -> Document:
    text = _csv_text(coming, fixtures_header(RUNNING_YEAR))
    return Document(f"{HOST}/fixtures.csv", FIXTURES_CAPTURED_AT, "text/csv; charset=utf-8", text.encode())


def _csv_text(rows: pl.DataFrame, header: Sequence[str]) -> str:
    """Return the rows under a header, lines ended by CR LF; decimals without trailing zeros, as the vendor has them."""
    cells = rows.select(pl.col(header).cast(pl.String).str.strip_suffix(".0"))
    return cells.write_csv(line_terminator="\r\n", quote_style="never")


def _as_served(text: str, file: tuple[int, str]) -> tuple[bytes, str]:
    """Return a season file's bytes and content type, with the peculiarity of that file."""
    if file == IN_WINDOWS_1252:
        return text.encode("windows-1252"), "text/csv"
    if file == WITH_BLANK_ROWS:
        text += BLANK_ROWS * ("," * text.split("\r\n", 1)[0].count(",") + "\r\n")
    if file == WITH_BARE_LF:
        text = text.replace("\r\n", "\n")
    encoding = "utf-8-sig" if file == WITH_BYTE_ORDER_MARK else "utf-8"
    return text.encode(encoding), "text/csv; charset=utf-8"


def truth_csv(world: World) -> bytes:
    """Return the true probabilities of every match, the coming round included, to eight decimals."""
    year = pl.col("start_year")
    table = world.matches.select(
        pl.col("division").alias("div"),
        pl.format("{}-{}", year, ((year + 1) % 100).cast(pl.String).str.zfill(2)).alias("season"),
        pl.col("kickoff_local").dt.date().alias("date"),
        "home",
        "away",
        "p_home",
        "p_draw",
        "p_away",
        pl.col("p_over").alias("p_over_2_5"),
    )
    return table.write_csv(float_precision=8).encode()
