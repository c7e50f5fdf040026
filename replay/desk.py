"""What a person does with money: places a ticket, pays in and out, imports bets, asks what to hedge.

Each writes to the lake at once; the next run finds it there. Whoever calls holds the lake alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import polars as pl

from core.market.sports import SPORTS
from core.money import Money
from core.settings import Settings
from lake.desk import of_desk
from lake.storage import Lake, Table
from optimizer import ledger, own_bets
from optimizer.ledger import Account, events
from optimizer.ledger.events import Event
from optimizer.placement import Book, Recorded, by_hand, frame
from optimizer.prices.hedging import suggestions
from replay import booking
from replay.issue import record
from replay.moment import policy_of, staking_of
from replay.quotes import Quotes


@dataclass(frozen=True)
class Booked:
    """An event that stands in the ledger, and whether it is new there."""

    event: Event
    is_new: bool


@dataclass(frozen=True)
class Desk:
    """One lake, its settings, and the moment at which something is done."""

    lake: Lake
    settings: Settings
    as_of: datetime

    @property
    def bettor(self) -> str:
        """Whose money it is, by the policy."""
        return policy_of(self.settings).bettor_id

    def table(self, name: str) -> Table:
        """A table of the desk."""
        return self.lake.table(of_desk(name))

    def place(
        self, ticket_id: str, price: str, stake: str, bookmaker: str | None, after_kick_off: bool = False
    ) -> Recorded:
        """Record what was really taken, and book it; see `optimizer.placement.by_hand` for what is raised."""
        names = ("tickets", "ticket_legs", "placements", "settlements")
        book = Book(*(self.table(name).read() for name in names))
        recorded = by_hand(
            book, ticket_id, price, stake, self.bettor, self.as_of, bookmaker=bookmaker,
            cash_minor=self._cash(book, ticket_id, bookmaker), after_kick_off=after_kick_off,
        )  # fmt: skip
        if recorded.is_new:
            self.table("placements").merge(frame([recorded.placement]))
            self._append(booking.book(self.lake, self.settings))
        return recorded

    def pay(self, kind: str, amount: str, bookmaker: str, reference: str) -> Booked:
        """Book a deposit or a withdrawal at a book, told apart from others by its reference.

        Raises FundsMissing for a withdrawal of more than there is, ValueError for an amount that is none.
        """
        account = Account(self.bettor, bookmaker, policy_of(self.settings).currency)
        minor = Money.of(amount, account.currency).minor
        made = {"deposit": events.deposit, "withdraw": events.withdrawal}[kind](account, minor, self.as_of, reference)
        return self.booked(made)

    def exchange(self, amount: str, bookmaker: str, into: str, rate: str, reference: str) -> Booked:
        """Book a change of cash at a book into another currency at a rate: units bought for one sold."""
        source = Account(self.bettor, bookmaker, policy_of(self.settings).currency)
        target, minor = Account(self.bettor, bookmaker, into), Money.of(amount, source.currency).minor
        made = events.exchange(source, target, minor, Decimal(rate), self.as_of, reference)
        return self.booked(made)

    def booked(self, event: Event) -> Booked:
        """Append one event to the ledger; told twice it is booked once."""
        fresh = ledger.post(self.table("ledger").read(), ledger.entries([event]))
        self._append(fresh)
        return Booked(event, len(fresh) > 0)

    def import_bets(self, text: str) -> own_bets.Imported:
        """Take a bettor's own bets from a CSV file; see `optimizer.own_bets.COLUMNS`."""
        named = (self.lake.table(f"gold.{sport}.dim_teams").read() for sport in SPORTS)
        teams, standing = pl.concat(rows.select("team_id", "team_name") for rows in named), self.table("own_bets")
        found = own_bets.read_csv(text, self.bettor, teams, standing.read(), self.as_of)
        if len(found.bets):
            standing.merge(found.bets)
        return found

    def hedges(self) -> pl.DataFrame:
        """What could be done about each open single on a match at the newest prices: `hedging.suggestions`.

        Nothing is suggested of a bet on a player, whose close substitutes are other bets than its other side.
        """
        then = record(self.lake).known(self.as_of)
        tickets, legs = then.open()
        columns = ("sport", "ticket_id", "match_id", "market", "selection", "line", "price_odds_dec")
        singles = tickets.filter(pl.col("kind") == "single").select("ticket_id", "stake_minor")
        bets = legs.filter(pl.col("player_id").is_null()).select(columns).join(singles, on="ticket_id")
        bankroll = staking_of(self.settings).bankroll_minor + int(then.settlements["profit_minor"].sum())
        return pl.concat(self._hedges(sport, bets.filter(sport=sport), bankroll) for sport in SPORTS)

    def _hedges(self, sport: str, bets: pl.DataFrame, bankroll_minor: int) -> pl.DataFrame:
        fair = self.lake.table(f"gold.{sport}.fair_odds")
        moment = fair.scan().select(pl.col("as_of_utc").max()).collect().item() or self.as_of
        offers = Quotes.of(self.lake, sport).of_matches(bets["match_id"]).offers(moment)
        fair_odds = fair.read(pl.col("as_of_utc") == moment)
        return suggestions(bets, offers, fair_odds, bankroll_minor, staking_of(self.settings), moment)

    def _cash(self, book: Book, ticket_id: str, bookmaker: str | None) -> int | None:
        """Cash at the book where a ticket would be placed; None for a ticket that nobody knows."""
        legs = book.legs.filter(pl.col("ticket_id") == ticket_id)
        if legs.is_empty():
            return None
        account = Account(self.bettor, bookmaker or legs["bookmaker"][0], policy_of(self.settings).currency)
        return ledger.cash_minor(self.table("ledger").read(), account)

    def _append(self, fresh: pl.DataFrame) -> None:
        if len(fresh):
            self.table("ledger").append(fresh, commit_id=f"entries-{fresh['entry_hash'][-1]}")
