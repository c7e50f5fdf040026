"""What a bettor asks for, what the law of the place adds to it, and which limits are in force: rules as data.

The rules that act on them stand in `optimizer/controls`; nothing here looks at an offer or a ticket.
"""

from optimizer.policy.in_force import in_force, stops
from optimizer.policy.jurisdictions import Jurisdiction, jurisdiction, jurisdictions
from optimizer.policy.reading import PolicyInvalid, default, load
from optimizer.policy.schema import Limits, Policy, Preferences

__all__ = [
    "Jurisdiction",
    "Limits",
    "Policy",
    "PolicyInvalid",
    "Preferences",
    "default",
    "in_force",
    "jurisdiction",
    "jurisdictions",
    "load",
    "stops",
]
