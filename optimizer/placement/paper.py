"""The venue that takes everything at the ticket's price: what a record of decisions without money needs."""

from __future__ import annotations

from datetime import datetime

from optimizer.placement.venue import Order, Placement, Status, answer


class Paper:
    """Takes every order that is still valid, in full and at the price seen."""

    name = "paper"

    def place(self, order: Order, as_of: datetime) -> Placement:
        """Accepted while the order is valid, else rejected; the same order gets the same answer."""
        if as_of > order.valid_until_at_utc:
            return answer(order, self.name, Status.REJECTED, as_of, reason="expired")
        return answer(
            order, self.name, Status.ACCEPTED, as_of, taken_minor=order.stake_minor, price_odds_dec=order.price_odds_dec
        )

    def ask(self, order: Order, as_of: datetime) -> Placement:
        """As if it had been placed: paper has no memory to ask."""
        return self.place(order, as_of)
