"""Placement: an order goes to a venue, and what came of it is recorded once.

Which ticket is worth an order, and at which stake, is decided elsewhere; money is moved by the ledger.
"""

from optimizer.placement.paper import Paper
from optimizer.placement.record import Book, PlacementRefused, Recorded, by_hand
from optimizer.placement.simulated_exchange import Behaviour, Offer, SimulatedExchange
from optimizer.placement.taken import taken
from optimizer.placement.venue import Order, Placement, Status, Venue, frame

__all__ = [
    "Behaviour",
    "Book",
    "Offer",
    "Order",
    "Paper",
    "Placement",
    "PlacementRefused",
    "Recorded",
    "SimulatedExchange",
    "Status",
    "Venue",
    "by_hand",
    "frame",
    "taken",
]
