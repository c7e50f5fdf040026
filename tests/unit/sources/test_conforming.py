"""Prices of several vendors on their way to silver. Books, clubs and prices are INVENTED."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl

from lake.keys import with_selection_key
from lake.storage import Lake
from sources.base import Parsed, Payload
from sources.conforming import write_entity
from sources.football_data.source import FootballData

NOW = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)


def _told(vendor: str, price: float, quoted: int | None, minute: int, batch: str) -> tuple[Payload, Parsed]:
    """One vendor's price of one selection, quoted and captured so many minutes after NOW."""
    captured = NOW + timedelta(minutes=minute)
    row = {
        "match_id": "E0-2026-27-alderwick-brackmoor", "competition_id": "E0", "season_code": "2026-27",
        "event_at_utc": NOW + timedelta(days=1), "known_at_utc": captured, "known_at_basis": "observed",
        "market": "1x2", "selection": "home", "line": None, "bookmaker": "pinnacle", "is_aggregate": False,
        "quote_kind": "observed", "price_odds_dec": price,
        "quoted_at_utc": None if quoted is None else NOW + timedelta(minutes=quoted),
    }  # fmt: skip
    frame = pl.DataFrame([row], schema_overrides={"line": pl.Float64, "quoted_at_utc": pl.Datetime("us", "UTC")})
    payload = Payload(f"https://{vendor}/{batch}", "fixtures", "E0", "2026-27", captured, batch * 64, b"")
    return payload, Parsed({"odds_quotes": with_selection_key(frame)}, {})


def _say(lake: Lake, vendor: str, price: float, quoted: int | None, minute: int, batch: str) -> dict[str, object]:
    """Write what one vendor tells; returns the account."""
    source = FootballData()
    source.name = vendor
    told = _told(vendor, price, quoted, minute, batch)
    return write_entity(lake, source, "odds_quotes", [told], told[0].captured_at_utc, batch)[0]


def _prices(lake: Lake) -> list[tuple[float, str]]:
    rows = lake.table("silver.football.odds_quotes").read().sort("known_at_utc")
    return list(rows.select("price_odds_dec", "source").iter_rows())


def test_a_slower_vendor_never_takes_a_price_back(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    _say(lake, "swift", 2.0, quoted=0, minute=1, batch="a")
    account = _say(lake, "slow", 2.2, quoted=-30, minute=2, batch="b")
    assert (account["silver_rows"], account["duplicate_rows"]) == (0, 1)
    _say(lake, "slow", 1.9, quoted=3, minute=4, batch="c")
    assert _prices(lake) == [(2.0, "swift"), (1.9, "slow")]


def test_a_price_that_was_only_confirmed_is_no_new_row(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    _say(lake, "swift", 2.0, quoted=0, minute=1, batch="a")
    assert _say(lake, "swift", 2.0, quoted=5, minute=6, batch="b")["duplicate_rows"] == 1
    assert _prices(lake) == [(2.0, "swift")]


def test_a_vendor_without_times_is_heard_as_it_comes(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    _say(lake, "swift", 2.0, quoted=0, minute=1, batch="a")
    _say(lake, "timeless", 2.1, quoted=None, minute=2, batch="b")
    assert _prices(lake) == [(2.0, "swift"), (2.1, "timeless")]


def test_two_payloads_of_one_batch_that_tell_the_same_make_one_row(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    told = [_told("swift", 2.0, 0, 1, "a"), _told("swift", 2.0, 0, 1, "b")]
    accounts = write_entity(lake, FootballData(), "odds_quotes", told, NOW, "both")
    assert [(account["silver_rows"], account["duplicate_rows"]) for account in accounts] == [(1, 0), (0, 1)]
    assert len(_prices(lake)) == 1


def test_the_newest_of_a_long_history_is_what_a_price_is_held_against(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    for place, price in enumerate([2.0, 2.1, 2.2, 2.1, 2.0]):
        _say(lake, "swift", price, quoted=place, minute=place + 1, batch="abcdef"[place])
    assert _say(lake, "swift", 2.0, quoted=8, minute=9, batch="f")["duplicate_rows"] == 1
    assert [price for price, _ in _prices(lake)] == [2.0, 2.1, 2.2, 2.1, 2.0]


def test_payloads_whose_columns_differ_are_one_batch_and_keep_their_order(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    told = [_told("swift", price, minute, minute, batch) for price, minute, batch in [(2.0, 1, "a"), (2.1, 2, "b")]]
    wider = told[1][1].rows["odds_quotes"].with_columns(pl.lit(7.0).alias("liquidity"))
    both = [told[0], (told[1][0], Parsed({"odds_quotes": wider}, {})), _told("swift", 2.0, 3, 3, "c")]
    accounts = write_entity(lake, FootballData(), "odds_quotes", both, NOW, "all")
    assert [account["silver_rows"] for account in accounts] == [1, 1, 1]
    rows = lake.table("silver.football.odds_quotes").read().sort("known_at_utc")
    assert rows.select("price_odds_dec", "liquidity").rows() == [(2.0, None), (2.1, 7.0), (2.0, None)]


def test_a_payload_that_is_refused_again_is_counted_again_and_stands_in_quarantine_once(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    refused = pl.DataFrame({"_reason": ["malformed_payload"], "_detail": ["No rows."], "row_text": ["{}"]})
    payload, _ = _told("swift", 2.0, 1, 1, "a")
    later = replace(payload, captured_at_utc=NOW + timedelta(hours=1))
    told = [(one, Parsed({}, {"odds_quotes": refused})) for one in (payload, later)]
    accounts = write_entity(lake, FootballData(), "odds_quotes", told, NOW, "twice")
    assert [account["quarantined_rows"] for account in accounts] == [1, 1]
    assert lake.table("quarantine.football.odds_quotes").rows() == 1


def test_rows_that_break_the_contract_and_rows_refused_before_go_to_quarantine_in_their_own_words(
    tmp_path: Path,
) -> None:
    lake = Lake(tmp_path)
    told = [_told("swift", price, 1, minute, batch) for price, minute, batch in [(2.0, 1, "a"), (0.5, 2, "b")]]
    refused = pl.DataFrame({"_reason": ["unknown_team"], "_detail": ["Who?"], "row_number": [3], "row_text": ["x"]})
    told[0] = (told[0][0], Parsed(told[0][1].rows, {"odds_quotes": refused}))
    accounts = write_entity(lake, FootballData(), "odds_quotes", told, NOW, "both")
    counts = [(account["parsed_rows"], account["silver_rows"], account["quarantined_rows"]) for account in accounts]
    assert counts == [(2, 1, 1), (1, 0, 1)]
    rows = lake.table("quarantine.football.odds_quotes").read().sort("bronze_sha256")
    assert rows.select("url", "row_number", "reason", "detail").rows() == [
        ("https://swift/a", 3, "unknown_team", "Who?"),
        ("https://swift/b", 0, "contract", "price_odds_dec '0.5' is below 1."),
    ]
