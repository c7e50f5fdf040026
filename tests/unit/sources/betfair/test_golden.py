"""Every sample of the archive reads as somebody read it by eye: counts and key fields."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from lake.competitions import competitions
from sources.base import Payload
from sources.betfair import reading
from sources.betfair.source import Betfair
from sources.known import Known

AT = datetime(2016, 8, 16, 17, 56, tzinfo=UTC)


def _sample(archive: Path, name: str) -> bytes:
    return (archive / "samples" / "betfair" / name).read_bytes()


def test_the_catalogue_has_one_outright_of_ten_runners(archive: Path) -> None:
    rows, broken = reading.catalogue(_sample(archive, "list_market_catalogue.json"))
    assert (len(rows), broken) == (10, [])
    assert set(rows["market_id"]) == {"1.125818641"}
    assert set(rows["market_type"]) == {"WINNER"}
    assert rows.select("event_type_id", "competition", "competition_name", "event_id", "event_name").row(0) == (
        "1", "7", "Austrian Bundesliga", "606287", "Austrian Bundesliga",
    )  # fmt: skip
    assert rows.select("selection_id", "runner_name").row(0) == (3158851, "Red Bull Salzburg")
    assert rows["market_start_time"][0] == datetime(2005, 3, 7, 14, 30, tzinfo=UTC)


def test_the_book_has_six_runners_with_their_best_offers(archive: Path) -> None:
    rows, broken = reading.book(_sample(archive, "list_market_book.json"), AT)
    assert (len(rows), broken) == (6, [])
    columns = ("selection_id", "back", "back_size", "lay", "lay_size", "runner_status")
    assert rows.select(columns).rows() == [
        (8665860, 21.0, 2.0, None, None, "ACTIVE"),
        (8565296, 1000.0, 3.0, None, None, "ACTIVE"),
        (7853158, None, None, 1.14, 127.85, "ACTIVE"),
        (5699181, 8.4, 0.98, None, None, "ACTIVE"),
        (6526662, 1000.0, 3.0, None, None, "ACTIVE"),
        (464226, None, None, None, None, "REMOVED"),
    ]
    assert rows.select("market_id", "status", "in_play", "market_matched").row(0) == (
        "1.125875153", "SUSPENDED", True, 744286.88,
    )  # fmt: skip


def test_the_stream_has_an_image_of_seven_runners(archive: Path) -> None:
    rows, broken = reading.stream(_sample(archive, "streaming_mcm_SUB_IMAGE.json"), AT)
    assert (len(rows), broken) == (7, [])
    assert rows.select("selection_id", "back", "back_size", "lay", "lay_size").row(1) == (
        11131804,
        2.54,
        7.95,
        2.72,
        8.8,
    )
    assert rows.select("selection_id", "back", "lay").row(0) == (11530194, 46.0, None)
    assert set(rows["published_at"]) == {datetime(2016, 8, 16, 17, 55, 59, 7000, tzinfo=UTC)}
    assert rows.select("market_id", "status", "in_play", "market_matched").row(0) == (
        "1.126235656",
        "OPEN",
        False,
        None,
    )


def test_none_of_the_samples_is_of_a_match_of_ours(archive: Path) -> None:
    for endpoint, name in (
        ("catalogue", "list_market_catalogue.json"),
        ("book", "list_market_book.json"),
        ("stream", "streaming_mcm_SUB_IMAGE.json"),
    ):
        body = _sample(archive, name)
        payload = Payload(f"sample://betfair/{name}", endpoint, None, None, AT, "0" * 64, body)
        found = Betfair("football").parse(payload, competitions("football"), Known("football"))
        assert all(rows.is_empty() for rows in (*found.rows.values(), *found.refused.values()))
