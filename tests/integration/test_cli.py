"""The command line: help that teaches, errors in full sentences with a way out, and what the reading commands show."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import socket
import zlib
from collections.abc import Iterator
from pathlib import Path

import boto3
import polars as pl
import pyarrow as pa
import pytest

from lake.storage import Lake
from tests.integration.runs import Finished, Said, fairline

COMMANDS = (
    "run", "backtest", "ablate", "tune", "models", "rollback", "tickets", "explain", "ui", "doctor", "export", "place",
    "account", "bets", "hedge", "audit", "outbox", "policy", "study", "sources", "names", "sandbox",
    "listen",
)  # fmt: skip
MISTAKES = {
    "an unknown league": ("run", "--leagues", "XX9"),
    "nothing to ablate": ("ablate", "--from", "2018-07-01", "--to", "2021-06-30"),
    "a league in lower case": ("run", "--leagues", "e0"),
    "a time that is none": ("run", "--as-of", "yesterday"),
    "a time without a zone": ("run", "--as-of", "2024-05-10T17:00:00"),
    "a time in the future": ("run", "--as-of", "2031-01-01T00:00:00Z"),
    "a time before the first day": ("run", "--as-of", "2004-01-01T00:00:00Z", "--leagues", "E0"),
    "a horizon of nothing": ("run", "--horizon-hours", "0"),
    "a horizon below zero": ("run", "--horizon-hours", "-3"),
    "an unknown profile": ("run", "--profile", "casino"),
    "an unknown sport": ("run", "--sport", "chess"),
    "no archive": ("run", "--profile", "archive"),
    "an archive that is not there": ("run", "--profile", "archive", "--archive", "/nowhere/at/all"),
    "an unknown ticket": ("explain", "T00000000-nothing"),
    "nothing to export": ("export", "target"),
    "days that are none": ("backtest", "--from", "soon", "--to", "2024-06-30"),
    "nothing to tune on": ("tune", "--trials", "1"),
    "a policy that is not there": ("run", "--policy", "nowhere.yaml"),
    "an unknown ticket to place": ("place", "T00000000-nothing", "--price", "2", "--stake", "5"),
    "an amount that is none": ("account", "deposit", "much", "--book", "bet365", "--reference", "d1"),
    "more than there is": ("account", "withdraw", "5", "--book", "bet365", "--reference", "w1"),
    "a rate that is none": ("account", "exchange", "5", "--book", "bet365", "--reference", "x1", "--into", "GBP",
                            "--rate", "0"),
    "a file of bets that is not there": ("bets", "nowhere.csv"),
    "a webhook without its secret": ("outbox", "--webhook", "http://127.0.0.1:9/"),
    "days in the wrong order": ("backtest", "--from", "2024-06-30", "--to", "2024-01-01"),
}  # fmt: skip
WITH_LAKE = {"run", "backtest", "tickets", "explain", "doctor", "export"}
NOT_ASKED = {"rows": 0}
"""What a release has of a sport that the run did not ask for."""
SENTENCE = re.compile(r"[A-Z0-9'/-].{8,}\. [A-Z`'].{4,}\.", re.S)


def _fails_well(said: Said) -> None:
    assert said.code != 0
    assert "Traceback" not in said.text
    told = " ".join(said.err.split())
    assert SENTENCE.search(told), told


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str) -> None:
    said = fairline(command, "--help")
    assert said.code == 0
    assert f"fairline {command}" in said.text
    assert "--help" in said.text


def test_the_program_has_help_that_names_every_command() -> None:
    said = fairline("--help")
    assert said.code == 0
    assert all(command in said.out for command in COMMANDS)


@pytest.mark.slow
@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_ends_in_a_full_sentence_with_the_way_out(name: str, tmp_path: Path) -> None:
    command, *rest = MISTAKES[name]
    said = fairline(command, *rest, "--lake", tmp_path / "lake", cwd=tmp_path)
    _fails_well(said)


@pytest.mark.parametrize(
    ("name", "value"),
    [("FAIRLINE_STAKING__BANKROLL", "much"), ("FAIRLINE_LEAGUES", "E0,E1"), ("FAIRLINE_HORIZON_HOURS", "soon")],
)
def test_a_setting_in_the_environment_that_cannot_be_read_is_told_without_a_traceback(
    name: str, value: str, tmp_path: Path
) -> None:
    said = fairline("doctor", "--lake", tmp_path / "lake", **{name: value})
    assert "Traceback" not in said.text
    if said.code != 0:
        assert name.removeprefix("FAIRLINE_").split("__")[0].lower() in said.text.lower()


def test_an_archive_whose_file_is_not_the_one_in_the_index_is_told_in_a_sentence(tmp_path: Path) -> None:
    root = tmp_path / "archive"
    root.mkdir()
    (root / "E0.csv").write_text("Div,Date\n")
    url = "https://www.football-data.co.uk/mmz4281/2324/E0.csv"
    (root / "index.csv").write_text(
        f"url,captured_at_utc,path,content_type,bytes,sha256\n{url},2024-07-01T00:00:00Z,E0.csv,text/csv,9,{'0' * 64}\n"
    )
    arguments = ("--profile", "archive", "--archive", root, "--leagues", "E0", "--as-of", "2024-05-10T17:00:00Z")
    said = fairline("run", *arguments, "--lake", tmp_path / "lake", timeout=300)
    _fails_well(said)
    assert "sha256" in said.text


@pytest.mark.slow
def test_doctor_finds_a_finished_lake_in_order(ran: Finished, tmp_path: Path) -> None:
    said = fairline("doctor", "--lake", ran.lake, "--json", tmp_path / "doctor.json")
    found = json.loads((tmp_path / "doctor.json").read_text())
    assert said.code == 0
    assert all(finding["ok"] for finding in found["findings"])
    assert ran.result["again"]["release"] in said.text
    assert "simulated" in said.text


@pytest.mark.slow
def test_tickets_shows_every_ticket_newest_first(ran: Finished, tmp_path: Path) -> None:
    said = fairline("tickets", "--lake", ran.lake, "--json", tmp_path / "tickets.json")
    shown = json.loads((tmp_path / "tickets.json").read_text())["tickets"]
    assert said.code == 0
    assert shown == ran.result["second"]["tickets"] + ran.result["first"]["tickets"]
    assert all(ticket["ticket_id"] in said.out for ticket in shown)
    assert "SIMULATED" in said.out


@pytest.mark.slow
def test_tickets_of_an_empty_lake_says_that_there_is_none(tmp_path: Path) -> None:
    said = fairline("tickets", "--lake", tmp_path / "lake")
    assert said.code == 0
    assert "No ticket" in said.out


@pytest.mark.slow
def test_explain_leads_to_the_bytes_in_which_the_price_stands(ran: Finished, tmp_path: Path) -> None:
    ticket = (ran.result["first"]["tickets"] + ran.result["second"]["tickets"])[0]
    (leg,) = ticket["legs"]
    said = fairline("explain", ticket["ticket_id"], "--lake", ran.lake, "--json", tmp_path / "why.json")
    (why,) = json.loads((tmp_path / "why.json").read_text())["legs"]
    assert said.code == 0
    assert why["votes"]["blend"] == pytest.approx(leg["prob"])
    (sha256,) = why["bronze_sha256"]
    assert sha256 in said.out
    captures = Lake(ran.lake).table("bronze.football_data.captures").read(pl.col("sha256") == sha256)
    row = captures.row(0, named=True)
    body = pa.decompress(row["body"], decompressed_size=row["body_bytes"], codec="zstd", asbytes=True)
    assert hashlib.sha256(body).hexdigest() == sha256
    lines = csv.DictReader(io.StringIO(body.decode("utf-8-sig")))
    (match,) = (line for line in lines if (line["HomeTeam"], line["AwayTeam"]) == (leg["home"], leg["away"]))
    column = {"bet365": "B365", "bwin": "BW", "betfair_sportsbook": "BF", "betfred": "BFD", "ladbrokes": "LB",
              "coral": "CL", "betmgm": "BMGM", "betvictor": "BV", "william_hill": "WH", "paddy_power": "PP",
              "sky_bet": "SKB", "pinnacle": "PS"}[leg["bookmaker"]]  # fmt: skip
    assert float(match[column + leg["selection"][0].upper()]) == leg["price_odds_dec"]


def _manifest(root: Path) -> dict[str, dict[str, object]]:
    current = json.loads((root / "current.json").read_text())
    tables: dict[str, dict[str, object]] = json.loads((root / current["manifest"]).read_text())["tables"]
    return tables


@pytest.mark.slow
def test_export_to_a_directory_copies_what_the_manifest_says(ran: Finished, tmp_path: Path) -> None:
    assert fairline("export", tmp_path / "out", "--lake", ran.lake).code == 0
    tables = _manifest(tmp_path / "out")
    assert len(tables) > 10
    for name, told in tables.items():
        file = tmp_path / "out" / str(told["path"])
        assert hashlib.sha256(file.read_bytes()).hexdigest() == told["sha256"], name
        asked = ran.result["again"]["tables"].get(name, NOT_ASKED | {"content_hash": told["content_hash"]})
        assert len(pl.read_parquet(file)) == told["rows"] == asked["rows"], name
        assert told["content_hash"] == asked["content_hash"], name


@pytest.fixture
def s3() -> Iterator[str]:
    """An S3-compatible store on loopback."""
    from moto.server import ThreadedMotoServer

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=port)
    server.start()
    yield f"http://127.0.0.1:{port}"
    server.stop()


@pytest.mark.slow
def test_export_to_s3_copies_every_file_as_it_is(ran: Finished, s3: str) -> None:
    keys = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_DEFAULT_REGION": "us-east-1"}
    client = boto3.client(
        "s3", endpoint_url=s3, aws_access_key_id="x", aws_secret_access_key="x", region_name="us-east-1"
    )
    client.create_bucket(Bucket="gold")
    said = fairline("export", "s3://gold/a/b", "--lake", ran.lake, "--endpoint-url", s3, **keys)
    assert said.code == 0, said.text
    published = ran.lake / "published"
    files = {f"a/b/{path.relative_to(published).as_posix()}": path for path in published.rglob("*") if path.is_file()}
    stored = {entry["Key"] for entry in client.list_objects_v2(Bucket="gold")["Contents"]}
    assert stored == files.keys()
    for key, path in files.items():
        body = client.get_object(Bucket="gold", Key=key)["Body"].read()
        assert zlib.crc32(body) == zlib.crc32(path.read_bytes()), key


@pytest.mark.slow
def test_export_to_a_bucket_that_is_not_there_fails_in_a_sentence(ran: Finished, s3: str) -> None:
    keys = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_DEFAULT_REGION": "us-east-1"}
    said = fairline("export", "s3://nobody/x", "--lake", ran.lake, "--endpoint-url", s3, **keys)
    assert said.code != 0
    assert "Traceback" not in said.text
