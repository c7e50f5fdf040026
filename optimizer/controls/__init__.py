"""Rules that act: each a small class with its name in the audit. They stand between the optimizer and the ticket.

Three kinds: gates on a whole decision, rules on offers, and room left for stakes. What they are made from is data in
`optimizer/policy`; what they decided is written by `optimizer/audit`.
"""

from optimizer.controls.gates import Decision, Gate, gates
from optimizer.controls.offers import OfferRule, offer_rules
from optimizer.controls.review import Review, review
from optimizer.controls.rooms import rooms, stake_factor
from optimizer.controls.standing import Standing, standing

__all__ = [
    "Decision",
    "Gate",
    "OfferRule",
    "Review",
    "Standing",
    "gates",
    "offer_rules",
    "review",
    "rooms",
    "stake_factor",
    "standing",
]
