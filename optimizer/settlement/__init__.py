"""Settling tickets at the price and line taken, once what decides them is known.

A leg is judged by score, state of the match and the book's own rule; a ticket by its legs. Money is not moved here:
the ledger books what this room says.
"""

from optimizer.settlement.legs import Verdict
from optimizer.settlement.rules import BookRule, rule_of
from optimizer.settlement.tickets import returned_minor
from optimizer.settlement.timeline import scored, settle, standing

__all__ = ["BookRule", "Verdict", "returned_minor", "rule_of", "scored", "settle", "standing"]
