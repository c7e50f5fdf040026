"""The state of a stream: images, deltas, levels and ladders. All values are invented."""

from __future__ import annotations

from typing import Any

from sources.betfair.book import Book

DEFINITION = {
    "status": "OPEN",
    "inPlay": False,
    "runners": [{"id": 11, "status": "ACTIVE"}, {"id": 12, "status": "ACTIVE"}],
}


def message(*changes: dict[str, Any], kind: str | None = None) -> dict[str, Any]:
    return {"op": "mcm", "pt": 1_709_287_200_000, "mc": [{"id": "1.1", **change} for change in changes]} | (
        {"ct": kind} if kind else {}
    )


def image(**more: Any) -> dict[str, Any]:
    rc = [{"id": 11, "batb": [[0, 2.1, 40], [1, 2.08, 90]], "batl": [[0, 2.14, 25]]}, {"id": 12, "batb": [[0, 3.5, 9]]}]
    return message({"img": True, "marketDefinition": DEFINITION, "rc": rc, "tv": 100.0, **more}, kind="SUB_IMAGE")


def best(offers: list[Any]) -> dict[int, tuple[Any, Any]]:
    return {offer[4]: (offer[7], offer[9]) for offer in offers}


def test_an_image_tells_the_best_of_every_runner() -> None:
    assert best(Book().apply(image())) == {11: (2.1, 2.14), 12: (3.5, None)}


def test_a_delta_changes_only_what_it_names() -> None:
    book = Book()
    book.apply(image())
    assert best(book.apply(message({"rc": [{"id": 11, "batb": [[0, 2.12, 5]]}]}))) == {11: (2.12, 2.14)}
    assert best(book.apply(message({"rc": [{"id": 11, "batl": [[0, 0, 0]]}]}))) == {11: (2.12, None)}
    assert best(book.apply(message({"rc": [{"id": 11, "batb": [[0, 0, 0]]}]}))) == {11: (2.08, None)}


def test_full_ladders_give_the_best_price_too() -> None:
    book = Book()
    rc = [{"id": 11, "atb": [[2.0, 5], [2.1, 7]], "atl": [[2.3, 4], [2.2, 1]]}]
    assert best(book.apply(message({"img": True, "rc": rc}))) == {11: (2.1, 2.2)}
    assert best(book.apply(message({"rc": [{"id": 11, "atb": [[2.1, 0]]}]}))) == {11: (2.0, 2.2)}


def test_an_image_replaces_a_market() -> None:
    book = Book()
    book.apply(image())
    book.apply(message({"img": True, "rc": [{"id": 12, "batb": [[0, 4.0, 1]]}]}))
    assert set(book.markets["1.1"].runners) == {(12, 0.0)}


def test_a_new_definition_tells_all_runners_anew() -> None:
    book = Book()
    book.apply(image())
    offers = book.apply(message({"marketDefinition": {**DEFINITION, "status": "SUSPENDED"}}))
    assert [(offer[1], offer[4]) for offer in offers] == [("SUSPENDED", 11), ("SUSPENDED", 12)]


def test_a_delta_without_an_image_is_a_fault_and_heartbeats_are_none() -> None:
    book = Book()
    assert book.apply(message({"rc": [{"id": 11, "batb": [[0, 2.0, 1]]}]})) == []
    assert len(book.take_faults()) == 1
    assert book.apply({"op": "mcm", "ct": "HEARTBEAT", "pt": 1}) == []
    assert book.apply({"op": "status", "statusCode": "SUCCESS"}) == []
    assert book.take_faults() == []


def test_an_image_of_the_state_gives_the_same_state() -> None:
    book, other = Book(), Book()
    book.apply(image())
    book.apply(message({"rc": [{"id": 11, "hc": -0.5, "atb": [[1.9, 3]]}], "tv": 140.0}))
    other.apply(book.image("1.1"))
    assert other.markets == book.markets
