"""The audit: every decision of every rule, append-only and hash-chained, its heads anchored outside the table."""

from optimizer.audit.anchors import Anchor, AnchorsUnreadable, anchor, read_anchors
from optimizer.audit.chain import chained, head, verify
from optimizer.audit.rows import of_limit_changes, rows, said

__all__ = [
    "Anchor",
    "AnchorsUnreadable",
    "anchor",
    "chained",
    "head",
    "of_limit_changes",
    "read_anchors",
    "rows",
    "said",
    "verify",
]
