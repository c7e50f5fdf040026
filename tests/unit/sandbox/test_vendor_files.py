"""The archive has the vendor's formats, an honest index, and the same bytes for the same seed."""

from __future__ import annotations

import csv
import hashlib
import json
from pathlib import Path

import polars as pl
import pytest

from sandbox.formats import season_header
from sandbox.vendor_files import archive_files, write_archive
from tests.unit.sandbox.conftest import SEED

SEASONS = "www.football-data.co.uk/mmz4281"
FIXTURES = "www.football-data.co.uk/fixtures.csv"


def contents(archive: Path) -> dict[str, str]:
    files = (path for path in archive.rglob("*") if path.is_file())
    return {str(path.relative_to(archive)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def body(archive: Path, season: str, division: str) -> bytes:
    return (archive / SEASONS / season / f"{division}.csv").read_bytes()


def header(archive: Path, season: str, division: str = "E0") -> list[str]:
    return body(archive, season, division).decode("utf-8-sig").splitlines()[0].split(",")


def index(archive: Path) -> list[dict[str, str]]:
    return list(csv.DictReader((archive / "index.csv").read_text(encoding="utf-8").splitlines()))


def test_the_same_seed_gives_the_same_bytes_and_another_gives_others(archive: Path) -> None:
    again = {path: hashlib.sha256(data).hexdigest() for path, data in archive_files(SEED).items()}
    written = contents(archive)
    assert json.loads((archive / "SANDBOX.json").read_text()) == {"simulated": True, "seed": SEED, "format": 1}
    assert {path: digest for path, digest in written.items() if path != "SANDBOX.json"} == again


def test_another_seed_replaces_an_archive(archive: Path, tmp_path: Path) -> None:
    target = tmp_path / "archive"
    target.mkdir()
    (target / "SANDBOX.json").write_text('{"simulated": true, "seed": 0, "format": 1}')
    write_archive(target, SEED + 1)
    other, ours = contents(target), contents(archive)
    assert other.keys() == ours.keys()
    assert not [path for path in ours if other[path] == ours[path]]
    assert [path.name for path in tmp_path.iterdir()] == ["archive"]


def test_an_archive_that_is_there_is_reused(archive: Path) -> None:
    before = (archive / "index.csv").stat().st_mtime_ns
    assert write_archive(archive, SEED) == archive
    assert (archive / "index.csv").stat().st_mtime_ns == before


def test_a_foreign_directory_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(FileExistsError, match="not a sandbox archive"):
        write_archive(tmp_path, SEED)
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_the_index_describes_every_vendor_file_and_not_the_truth(archive: Path) -> None:
    rows = index(archive)
    assert list(rows[0]) == ["url", "captured_at_utc", "path", "content_type", "bytes", "sha256"]
    assert {row["path"] for row in rows} == contents(archive).keys() - {"index.csv", "truth.csv", "SANDBOX.json"}
    for row in rows:
        stored = (archive / row["path"]).read_bytes()
        assert (int(row["bytes"]), row["sha256"]) == (len(stored), hashlib.sha256(stored).hexdigest())
        assert row["url"] == f"https://{row['path']}"


def test_files_are_captured_when_they_could_have_been(archive: Path) -> None:
    captured = {row["path"]: row["captured_at_utc"] for row in index(archive)}
    assert captured[f"{SEASONS}/1819/E0.csv"] == "2019-07-01T00:00:00Z"
    assert captured[f"{SEASONS}/2627/D1.csv"] == "2026-11-20T06:00:00Z"
    assert captured[FIXTURES] == "2026-11-20T16:50:00Z"


@pytest.mark.parametrize(
    ("season", "columns", "present", "absent"),
    [
        ("1819", 62, {"BbMxH", "Bb1X2", "BbOU", "BbAHh", "BbMx>2.5", "PSCH"}, {"Time", "MaxH", "B365CH", "AHh"}),
        ("1920", 106, {"Time", "MaxH", "AvgC<2.5", "AHCh", "PAHH", "PC>2.5", "IWH"}, {"BbMxH", "BFEH", "HxG"}),
        ("2324", 106, {"IWH", "VCCA"}, {"1XBH", "BFEH"}),
        ("2425", 120, {"1XBH", "BFEC>2.5", "BFECAHA", "PSCH"}, {"IWH", "VCH", "BMGMH"}),
        ("2526", 132, {"BMGMH", "CLCA", "PSH"}, {"WHH", "1XBH", "HxG"}),
        ("2627", 114, {"HxG", "AxG", "SKBH", "BFEH"}, {"PSH", "PSCH", "P>2.5", "PC<2.5", "PAHH", "PCAHA"}),
    ],
)
def test_each_generation_has_its_columns(
    archive: Path, season: str, columns: int, present: set[str], absent: set[str]
) -> None:
    names = header(archive, season)
    assert len(names) == len(set(names)) == columns
    assert present <= set(names)
    assert not absent & set(names)


def test_expected_goals_stand_before_the_shots(archive: Path) -> None:
    names = header(archive, "2627")
    assert names[names.index("Referee") :][:5] == ["Referee", "HxG", "AxG", "HS", "AS"]


def test_only_english_files_name_the_referee(archive: Path) -> None:
    assert "Referee" in header(archive, "2021", "E1")
    assert "Referee" not in header(archive, "2122", "D1")
    assert season_header(2021, has_referee=False) == tuple(header(archive, "2122", "SP1"))


def test_single_files_have_the_peculiarities_of_the_vendor(archive: Path) -> None:
    assert body(archive, "2627", "E0").startswith(b"\xef\xbb\xbfDiv,")
    with pytest.raises(UnicodeDecodeError):
        body(archive, "1819", "SP1").decode("utf-8")
    assert "Peñalbar" in body(archive, "1819", "SP1").decode("windows-1252")
    assert all(set(line) == {","} for line in body(archive, "2021", "D1").decode().splitlines()[-3:])
    assert b"\r" not in body(archive, "2223", "E1")
    assert body(archive, "2223", "E0").count(b"\r\n") == body(archive, "2223", "E0").count(b"\n") == 381


def test_cells_look_like_the_vendors(archive: Path) -> None:
    cells = body(archive, "1920", "E0").decode().splitlines()[1].split(",")
    first = dict(zip(header(archive, "1920"), cells, strict=True))
    margin = int(first["FTHG"]) - int(first["FTAG"])
    assert (first["Div"], first["Date"][2], len(first["Date"]), first["Time"][2]) == ("E0", "/", 10, ":")
    assert first["FTR"] == ("D" if margin == 0 else "H" if margin > 0 else "A")
    assert not [cell for cell in first.values() if cell.endswith(".0")]


def test_pinnacle_goes_dark_in_january_2026(archive: Path) -> None:
    season = pl.read_csv(body(archive, "2526", "E0"), infer_schema_length=None)
    dated = season.with_columns(pl.col("Date").str.to_date("%d/%m/%Y"))
    assert dated.filter(pl.col("Date") >= pl.date(2026, 1, 15))["PSH"].is_null().all()
    assert dated.filter(pl.col("Date") < pl.date(2026, 1, 15))["PSH"].is_not_null().all()


def test_the_coming_fixtures_have_opening_prices_and_no_results(archive: Path) -> None:
    coming = pl.read_csv(archive / FIXTURES)
    assert coming.height == 41
    assert not {"FTHG", "FTR", "B365CH", "AHCh"} & set(coming.columns)
    assert coming["B365H"].is_not_null().all()
    assert coming.filter(pl.col("Div") == "E0")["Referee"].is_not_null().all()


def test_the_truth_covers_every_match(archive: Path) -> None:
    truth = pl.read_csv(archive / "truth.csv", try_parse_dates=True)
    assert truth.columns[:5] == ["div", "season", "date", "home", "away"]
    assert truth.height == 8 * (380 + 552 + 380 + 306) + (140 + 180 + 140 + 126) + 41
    sums = truth.select(pl.sum_horizontal("p_home", "p_draw", "p_away")).to_series()
    assert (sums - 1.0).abs().max() < 1e-7
