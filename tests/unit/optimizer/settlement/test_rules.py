"""The rules of the books: every book that a ticket may name has one, and each says where it comes from."""

from __future__ import annotations

from datetime import timedelta

import pytest
import yaml

from core.settings import Staking
from optimizer.settlement.rules import ANY_BOOK, FILE, BookRule, Clause, rule_of, rules

CLAUSES = {"postponed_hours", "abandoned_hours", "did_not_play", "dead_heat"}


def test_every_named_book_and_the_exchange_have_a_rule() -> None:
    assert set(Staking().bookmakers) | {"betfair_exchange", ANY_BOOK} == set(rules())
    assert all(set(rule.clauses) == CLAUSES for rule in rules().values())


def test_a_clause_is_verified_only_with_a_source_that_names_its_text_section_and_day() -> None:
    sources = yaml.safe_load(FILE.read_text(encoding="utf-8"))["sources"]
    for source in sources.values():
        assert set(source) == {"title", "section", "address", "consulted"}
    cited = {clause.source for rule in rules().values() for clause in rule.clauses.values()}
    assert cited - {""} == set(sources)
    assert all(clause.source for rule in rules().values() for clause in rule.clauses.values()
               if clause.confidence != "recalled")  # fmt: skip


def test_the_file_sends_the_reader_to_the_books_own_rules() -> None:
    assert "check the book's own rules" in FILE.read_text(encoding="utf-8")


def test_a_book_without_a_rule_of_its_own_is_settled_as_most_are_and_that_is_assumed() -> None:
    assert rule_of("corner_shop") is rule_of(ANY_BOOK)
    assert {clause.confidence for clause in rule_of("bwin").clauses.values()} == {"assumed"}


def test_what_was_read_in_the_rules_is_what_is_used() -> None:
    waits = {name: rule_of(name).postponed for name in ("william_hill", "coral", "betmgm", "betfair_exchange")}
    hours = {"william_hill": 48, "coral": 0, "betmgm": 12, "betfair_exchange": 72}
    assert waits == {name: timedelta(hours=told) for name, told in hours.items()}


@pytest.mark.parametrize(
    ("clause", "value"),
    [("did_not_play", "stands"), ("dead_heat", "void"), ("postponed_hours", -1), ("abandoned_hours", -1)],
)
def test_a_rule_that_nobody_settles_by_is_refused(clause: str, value: float | str) -> None:
    odd = {**rule_of(ANY_BOOK).clauses, clause: Clause(value, "assumed", "x")}
    with pytest.raises(ValueError, match="nobody settles by"):
        BookRule("odd", odd)


@pytest.mark.parametrize(("confidence", "source"), [("verified", ""), ("sure", "x")])
def test_a_clause_without_a_source_cannot_be_verified(confidence: str, source: str) -> None:
    with pytest.raises(ValueError, match="A clause cannot be"):
        Clause(24, confidence, source)
