"""Money through the command line, as a bettor uses it: accounts, placing, own bets, hedges, audit, outbox, policies."""

from __future__ import annotations

import hmac
import json
import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from lake.storage import Lake
from optimizer.ledger import faults
from tests.gold import gold
from tests.integration.runs import SECOND, Finished, Said, fairline, run

pytestmark = pytest.mark.slow
BOOK = "invented_book"
SECRET = "an invented secret"
OWN_BETS = """\
reference,placed_at_utc,bookmaker,event_date,home,away,market,selection,line,price_odds_dec,stake,currency,result
R1,2026-11-05T10:00:00Z,bet365,2026-11-07,{home},{away},1x2,home,,2.10,20.00,EUR,
R2,2026-11-05T10:05:00Z,bet365,2026-11-07,{home},{away},1x2,home,,0.90,20.00,EUR,
R3,2026-11-05T10:10:00Z,bwin,2026-11-07,{home},{away},totals,over,2.5,1.90,15.50,EUR,won
"""
"""Invented bets; the price of R2 is none."""


@pytest.fixture
def lake(ran: Finished, tmp_path: Path) -> Path:
    """The tables of the finished lake, for one test alone."""
    heavy = shutil.ignore_patterns("mlflow", "dagster", "bronze", "sandbox_vendor", "feast", "published", "replays")
    return Path(shutil.copytree(ran.lake, tmp_path / "lake", ignore=heavy))


def _gold(lake: Path, name: str) -> pl.DataFrame:
    return Lake(lake).table(gold(name)).read()


def _told(lake: Path, json_file: Path, *arguments: object) -> tuple[Said, dict[str, Any]]:
    """A command that must succeed, and its JSON."""
    said = fairline(*arguments, "--lake", lake, "--json", json_file)
    assert said.code == 0, said.text
    found: dict[str, Any] = json.loads(json_file.read_text(encoding="utf-8"))
    return said, found


def _pay(lake: Path, kind: str, amount: str, reference: str, *more: object) -> Said:
    return fairline("account", kind, amount, "--book", BOOK, "--reference", reference, *more, "--lake", lake)


def _refused(said: Said, *words: str) -> None:
    assert said.code == 1
    assert "Traceback" not in said.text
    assert all(word in said.text for word in words), said.text


def test_money_goes_in_and_out_of_an_account_at_a_book_and_never_below_nothing(lake: Path, tmp_path: Path) -> None:
    assert [_pay(lake, "deposit", "100", "d1").code for _ in range(2)] == [0, 0], "told twice it is booked once"
    _refused(_pay(lake, "withdraw", "100.01", "w1"), "deposit")
    assert _pay(lake, "withdraw", "30", "w1").code == 0
    assert "0.86" in _pay(lake, "exchange", "20", "x1", "--into", "GBP", "--rate", "0.86").text
    said, found = _told(lake, tmp_path / "show.json", "account", "show")
    cash = {
        row["currency"]: row["balance_minor"]
        for row in found["balances"]
        if row["bookmaker"] == BOOK and row["account"] == "cash"
    }
    assert cash == {"EUR": 50_00, "GBP": 17_20}
    assert "17.20 GBP" in said.out
    assert list(faults(_gold(lake, "ledger"))) == []


def test_a_ticket_is_placed_once_with_money_that_is_there_and_hedged_at_the_stake_that_was_taken(
    ran: Finished, lake: Path, tmp_path: Path
) -> None:
    ticket = ran.result["second"]["tickets"][0]
    name, price, stake = ticket["ticket_id"], ticket["legs"][0]["price_odds_dec"], 2 * ticket["stake"]
    words = ("place", name, "--price", price, "--stake", stake, "--book", BOOK, "--lake", lake)
    before = {row["ticket_id"]: row for row in _told(lake, tmp_path / "h.json", "hedge")[1]["hedges"]}
    _refused(fairline(*words), "deposit")
    assert _pay(lake, "deposit", f"{stake}", "d1").code == 0
    first, again = fairline(*words), fairline(*words)
    assert (first.code, again.code) == (0, 0), first.text + again.text
    assert "recorded before" in again.text
    assert "above" in first.text, "a stake above the advised one is warned of"
    _refused(fairline(*words[:3], price + 1, *words[4:]), "placed already")
    assert len(_gold(lake, "placements").filter((pl.col("ticket_id") == name) & (pl.col("venue") == "manual"))) == 1
    mine = _gold(lake, "ledger").filter(pl.col("bookmaker") == BOOK)
    held = dict(mine.group_by("account").agg(pl.col("amount_minor").sum()).iter_rows())
    assert (held["at_risk"], held["cash"]) == (round(100 * stake), 0)
    after = {row["ticket_id"]: row for row in _told(lake, tmp_path / "h.json", "hedge")[1]["hedges"]}
    assert after.keys() == before.keys() >= {name}
    assert after[name]["fair_cash_out_minor"] == pytest.approx(2 * before[name]["fair_cash_out_minor"], abs=2)


def test_own_bets_are_imported_once_and_a_wrong_row_is_named(lake: Path, tmp_path: Path) -> None:
    home, away = _gold(lake, "dim_teams")["team_name"].unique().sort().head(2)
    file = tmp_path / "bets.csv"
    file.write_text(OWN_BETS.format(home=home, away=away), encoding="utf-8")
    said, found = _told(lake, tmp_path / "bets.json", "bets", file)
    assert (found["imported"], found["known_before"]) == (2, 0)
    assert [row["line"] for row in found["refused"]] == [3]
    assert "Line 3: A price of 0.90" in said.text
    assert _told(lake, tmp_path / "bets.json", "bets", file)[1]["known_before"] == 2
    assert sorted(_gold(lake, "own_bets")["reference"]) == ["R1", "R3"]


def test_the_audit_stands_as_it_was_written(lake: Path, tmp_path: Path) -> None:
    said, found = _told(lake, tmp_path / "audit.json", "audit", "verify")
    assert found == {"rows": len(_gold(lake, "audit")), "faults": []}
    assert "stand as they were written" in said.text


@pytest.mark.parametrize(("what", "told"), [("changed", "Row 3 was changed"), ("cut off", "were cut off")])
def test_an_audit_that_was_tampered_with_ends_in_exit_code_one_and_says_where(
    lake: Path, tmp_path: Path, what: str, told: str
) -> None:
    table = Lake(lake).table(gold("audit"))
    rows = table.read().sort("sequence")
    kinder = rows.with_columns(pl.when(pl.col("sequence") == 3).then(~pl.col("allowed")).otherwise("allowed"))
    table.replace(rows.head(-1) if what == "cut off" else kinder)
    said = fairline("audit", "verify", "--lake", lake, "--json", tmp_path / "audit.json")
    _refused(said, told)
    assert json.loads((tmp_path / "audit.json").read_text(encoding="utf-8"))["faults"]


class _Receiver(BaseHTTPRequestHandler):
    """Takes webhooks, and keeps what came."""

    came: list[tuple[dict[str, str], bytes]]

    def do_POST(self) -> None:
        """Accept everything."""
        self.came.append((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def receiver() -> Iterator[tuple[str, list[tuple[dict[str, str], bytes]]]]:
    """An address on loopback, and what was posted to it."""
    kept: list[tuple[dict[str, str], bytes]] = []
    server = HTTPServer(("127.0.0.1", 0), type("Kept", (_Receiver,), {"came": kept}))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/hook", kept
    server.shutdown()


def test_settled_tickets_are_streamed_and_sent_signed_in_order(
    ran: Finished, receiver: tuple[str, list[tuple[dict[str, str], bytes]]]
) -> None:
    settled = set(_gold(ran.lake, "settlements")["ticket_id"])
    events = [json.loads(line) for line in fairline("outbox", "--lake", ran.lake).out.splitlines()]
    assert {event["ticket_id"] for event in events} == settled != set()
    assert [event["sequence"] for event in events] == list(range(len(events)))
    last = events[-1]["sequence"]
    assert fairline("outbox", "--after", last, "--lake", ran.lake).out == ""
    address, came = receiver
    said = fairline("outbox", "--webhook", address, "--lake", ran.lake, FAIRLINE_WEBHOOK_SECRET=SECRET)
    assert said.code == 0, said.text
    assert f"go on with --after {last}" in said.text
    assert [json.loads(body)["ticket_id"] for _, body in came] == [event["ticket_id"] for event in events]
    for headers, body in came:
        signed = hmac.new(SECRET.encode(), body, "sha256").hexdigest()
        assert headers["X-Fairline-Signature"] == f"sha256={signed}"


def test_a_policy_is_checked_and_a_broken_one_is_refused_with_key_and_line(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text("bettor_id: anna\ncurrency: EUR\nlimits: {stake_day: 20}\n", encoding="utf-8")
    bad.write_text("bettor_id: anna\ncurrency: EUR\nlimits:\n  stake_dya: 20\n", encoding="utf-8")
    said = fairline("policy", good)
    assert said.code == 0
    assert "Policy of anna is valid" in said.out
    assert "stake_day" in said.out
    _refused(fairline("policy", bad), "stake_dya", "line 4", "docs/policy.example.yaml")


def test_a_self_excluded_bettor_gets_no_ticket_and_earlier_ones_are_settled_as_they_were_taken(
    ran: Finished, tmp_path: Path
) -> None:
    lake, policy = Path(shutil.copytree(ran.first, tmp_path / "lake")), tmp_path / "policy.yaml"
    limits = '{self_excluded_until_utc: "2027-01-01T00:00:00Z"}'
    policy.write_text(f"bettor_id: anna\ncurrency: EUR\nlimits: {limits}\n", encoding="utf-8")
    ticket = ran.result["first"]["tickets"][0]["ticket_id"]
    assert _pay(lake, "deposit", "50", "d1", "--policy", policy).code == 0
    place = ("place", ticket, "--price", "3.10", "--stake", "8", "--book", BOOK, "--lake", lake, "--policy", policy)
    _refused(fairline(*place), "kicked off")
    assert fairline(*place, "--after-kick-off").code == 0
    said, result = run(lake, tmp_path / "run.json", "--leagues", "E0", "--as-of", SECOND, "--policy", policy)
    assert result["tickets"] == []
    assert "Self-exclusion runs until 2027-01-01T00:00:00Z." in said.text
    audit = _gold(lake, "audit").filter((pl.col("bettor_id") == "anna") & (pl.col("subject_kind") == "decision"))
    refusals = audit.filter(~pl.col("allowed")).select("rule", "detail").rows()
    assert refusals == [("self_exclusion", "Self-exclusion runs until 2027-01-01T00:00:00Z.")]
    assert (lake / "reports" / "compliance-anna-2026-11.html").is_file()
    settled = _gold(lake, "settlements").filter(pl.col("ticket_id") == ticket).row(0, named=True)
    assert settled["stake_minor"] == 8_00
    assert settled["return_minor"] == {"won": 24_80, "lost": 0}[settled["outcome"]]
    mine = _gold(lake, "ledger").filter(pl.col("bookmaker") == BOOK, pl.col("account") == "cash")
    assert mine["amount_minor"].sum() == 50_00 + settled["profit_minor"]
    assert fairline("audit", "verify", "--lake", lake).code == 0
