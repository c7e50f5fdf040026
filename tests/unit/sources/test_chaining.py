"""Payloads read all at once say what they say when they are read one after another. All values are invented."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from lake.bitemporal import reconcile
from lake.contracts.model import contract
from sources.base import Payload
from sources.kinds import Kind
from sources.reconciling import Heard, reconciled
from sources.stacking import PLACE, counted

NOW = datetime(2024, 3, 1, 10, tzinfo=UTC)
QUOTES = Kind(
    "odds_quotes",
    contract("silver.football.odds_quotes"),
    ("selection_key", "bookmaker", "quote_kind"),
    ("quoted_at_utc", "traded_volume"),
)
MATCHES = Kind("matches", contract("silver.football.matches"), ("match_id", "phase"), ("state", "is_neutral"))
SHARED = {
    "competition_id": "E0", "season_code": "2023-24", "event_at_utc": NOW + timedelta(days=1), "source": "vendor",
    "known_at_basis": "rule", "ingested_at_utc": NOW,
}  # fmt: skip


def minutes(after: int | None) -> datetime | None:
    return None if after is None else NOW + timedelta(minutes=after)


@dataclass(frozen=True)
class Quote:
    key: int
    price: float
    known: int
    quoted: int | None = None
    volume: float | None = None

    def row(self) -> dict[str, object]:
        own = {
            "match_id": "m", "selection_key": self.key, "market": "1x2", "selection": "home", "bookmaker": "book",
            "is_aggregate": False, "quote_kind": "observed", "price_odds_dec": self.price,
            "quoted_at_utc": minutes(self.quoted), "traded_volume": self.volume, "known_at_utc": minutes(self.known),
        }  # fmt: skip
        return SHARED | own


@dataclass(frozen=True)
class Match:
    key: str
    state: str
    goals: int | None
    known: int

    def row(self) -> dict[str, object]:
        own = {"match_id": self.key, "state": self.state, "home_goals": self.goals}
        return SHARED | own | {"known_at_utc": minutes(self.known)}


Said = Sequence[Quote] | Sequence[Match]


def frame(kind: Kind, said: Said, place: int) -> pl.DataFrame:
    rows = [one.row() | {"bronze_sha256": f"{place + 1:064x}"} for one in said]
    names = kind.contract.column_names
    return pl.DataFrame([{name: row.get(name) for name in names} for row in rows], schema=kind.contract.schema)


def payload(place: int, captured: int) -> Payload:
    url = f"https://vendor/{place}"
    return Payload(url, "odds", "E0", None, NOW + timedelta(minutes=captured), f"{place + 1:064x}", b"")


def at_once(kind: Kind, standing: pl.DataFrame, told: Sequence[tuple[int, Said]]) -> Heard:
    frames = [
        frame(kind, said, place).with_columns(pl.lit(place, pl.Int64).alias(PLACE))
        for place, (_, said) in enumerate(told)
    ]
    payloads = [payload(place, captured) for place, (captured, _) in enumerate(told)]
    return reconciled(kind, pl.concat(frames), standing, payloads, [True] * len(told))


def in_turn(kind: Kind, standing: pl.DataFrame, told: Sequence[tuple[int, Said]]) -> tuple[pl.DataFrame, list[int]]:
    """The rule itself, in so many words: one payload after another, each held against all that stand by then."""
    found, duplicates = [], []
    for place, (captured, said) in enumerate(told):
        good, before = phased(frame(kind, said, place)), phased(standing)
        heard = unovertaken(good, before) if kind.is_quoted else good
        at = NOW + timedelta(minutes=captured)
        one = reconcile(heard, before, kind.contract, kind.fact, at, kind.told_apart)
        fresh = corrected(one.fresh).select(kind.contract.column_names)
        found.append(fresh.with_columns(pl.lit(place, pl.Int64).alias(PLACE)))
        duplicates.append(one.duplicates + len(good) - len(heard))
        standing = pl.concat([standing, fresh])
    return pl.concat(found), duplicates


def phased(rows: pl.DataFrame) -> pl.DataFrame:
    if "state" not in rows.columns:
        return rows
    is_before = pl.col("state").is_in(["scheduled", "moved", "postponed"])
    return rows.with_columns(pl.when(is_before).then(pl.lit("before")).otherwise(pl.lit("after")).alias("phase"))


def corrected(fresh: pl.DataFrame) -> pl.DataFrame:
    if "state" not in fresh.columns:
        return fresh
    changed = pl.col("state").replace({"scheduled": "moved", "finished": "corrected"})
    return fresh.with_columns(pl.when("was_known").then(changed).otherwise("state").alias("state"))


def unovertaken(good: pl.DataFrame, standing: pl.DataFrame) -> pl.DataFrame:
    newest = standing.sort("known_at_utc", maintain_order=True).unique(QUOTES.fact, keep="last", maintain_order=True)
    seen = newest.select(*QUOTES.fact, pl.col("quoted_at_utc").alias("at"), pl.col("traded_volume").alias("volume"))
    rows = good.join(seen, on=QUOTES.fact, how="left", maintain_order="left")
    late = (pl.col("quoted_at_utc") < pl.col("at")).fill_null(False)
    fell = pl.col("quoted_at_utc").is_null() & (pl.col("traded_volume") < 0.95 * pl.col("volume"))
    return rows.filter(~late & ~fell.fill_null(False)).drop("at", "volume")


def assert_equal(kind: Kind, standing: pl.DataFrame, told: Sequence[tuple[int, Said]]) -> None:
    heard, (fresh, duplicates) = at_once(kind, standing, told), in_turn(kind, standing, told)
    assert [heard.duplicates[place] for place in range(len(told))] == duplicates
    assert counted(heard.fresh) == counted(fresh)
    assert_frame_equal(heard.fresh, fresh, check_row_order=False)


MINUTE = st.integers(0, 6)
A_QUOTE = st.builds(
    Quote,
    st.integers(1, 2),
    st.sampled_from([2.0, 2.1]),
    MINUTE,
    st.none() | MINUTE,
    st.none() | st.sampled_from([90.0, 99.0, 100.0, 120.0]),
)
A_MATCH = st.builds(
    Match,
    st.sampled_from(["m", "n"]),
    st.sampled_from(["scheduled", "postponed", "finished", "abandoned"]),
    st.none() | st.integers(0, 1),
    MINUTE,
)


QUOTES_TOLD = st.lists(st.tuples(MINUTE, st.lists(A_QUOTE, max_size=4)), min_size=2, max_size=7)
MATCHES_TOLD = st.lists(st.tuples(MINUTE, st.lists(A_MATCH, max_size=4)), min_size=2, max_size=7)


@settings(max_examples=200, deadline=None)
@given(st.lists(A_QUOTE, max_size=5, unique_by=lambda one: (one.key, one.known)), QUOTES_TOLD)
def test_prices_told_at_once_equal_prices_told_in_turn(stands: list[Quote], told: list[tuple[int, Said]]) -> None:
    assert_equal(QUOTES, frame(QUOTES, stands, 99), told)


@settings(max_examples=100, deadline=None)
@given(st.lists(A_MATCH, max_size=5, unique_by=lambda one: (one.key, one.known)), MATCHES_TOLD)
def test_matches_told_at_once_equal_matches_told_in_turn(stands: list[Match], told: list[tuple[int, Said]]) -> None:
    assert_equal(MATCHES, frame(MATCHES, stands, 99), told)


def test_a_price_that_comes_back_is_new_each_time_and_one_that_stays_is_not() -> None:
    told = [(minute, [Quote(1, price, minute)]) for minute, price in enumerate([2.0, 2.0, 2.1, 2.1, 2.0])]
    heard = at_once(QUOTES, QUOTES.contract.empty(), told)
    assert heard.fresh["known_at_utc"].to_list() == [minutes(0), minutes(2), minutes(4)]
    assert heard.duplicates == {0: 0, 1: 1, 2: 0, 3: 1, 4: 0}


def test_a_price_overtaken_in_the_midst_leaves_no_trace_on_those_behind_it() -> None:
    told = [(1, [Quote(1, 2.0, 1, quoted=1)]), (2, [Quote(1, 2.1, 2, quoted=0)]), (3, [Quote(1, 2.0, 3, quoted=3)])]
    heard = at_once(QUOTES, QUOTES.contract.empty(), told)
    assert heard.fresh["price_odds_dec"].to_list() == [2.0]
    assert [heard.duplicates[place] for place in range(3)] == [0, 1, 1]


def test_two_changes_in_captures_of_one_moment_are_a_microsecond_apart() -> None:
    told = [(5, [Quote(1, price, 5)]) for price in (2.0, 2.1, 2.2)]
    known = at_once(QUOTES, QUOTES.contract.empty(), told).fresh["known_at_utc"].to_list()
    assert known == [NOW + timedelta(minutes=5, microseconds=after) for after in range(3)]
