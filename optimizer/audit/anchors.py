"""Anchors: heads of the audit written down outside the table, one a release, each chained to the anchor before.

An anchor file is JSON lines, appended to only. It belongs in another folder than the table, better on another machine:
who can rewrite both can rewrite history.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from core.clock import iso, parse_instant
from core.errors import PermanentError

_FIRST = "0" * 64


class AnchorsUnreadable(PermanentError):
    """The file of anchors holds a line that is no anchor."""


@dataclass(frozen=True)
class Anchor:
    """The head of the audit at a moment: its last sequence and hash, its number of rows, and the anchor before."""

    sequence: int
    entry_hash: str
    count: int
    written_at_utc: str
    previous_hash: str
    anchor_hash: str

    def own_hash(self) -> str:
        """SHA-256 over all other fields, as a JSON array."""
        fields = [self.sequence, self.entry_hash, self.count, self.written_at_utc, self.previous_hash]
        return sha256(json.dumps(fields).encode()).hexdigest()

    def __post_init__(self) -> None:
        whole = isinstance(self.sequence, int) and isinstance(self.count, int)
        text = [self.entry_hash, self.written_at_utc, self.previous_hash, self.anchor_hash]
        if not whole or not all(isinstance(part, str) for part in text):
            raise ValueError("An anchor holds two whole numbers and four texts.")
        parse_instant(self.written_at_utc)


def anchor(path: Path, head: tuple[int, str], count: int, written_at: datetime) -> Anchor | None:
    """Append the head (`chain.head`) of an audit of `count` rows, and make it durable; the anchor that now is newest.

    Nothing is written for an empty audit, or where the newest anchor already says the same. Raises AnchorsUnreadable.
    """
    standing = read_anchors(path)
    newest = standing[-1] if standing else None
    sequence, digest = head
    if count == 0 or (newest and (newest.sequence, newest.entry_hash, newest.count) == (sequence, digest, count)):
        return newest
    previous = newest.anchor_hash if newest else _FIRST
    unsigned = Anchor(sequence, digest, count, iso(written_at), previous, "")
    made = Anchor(sequence, digest, count, iso(written_at), previous, unsigned.own_hash())
    _append(path, json.dumps(asdict(made)) + "\n")
    return made


def read_anchors(path: Path) -> list[Anchor]:
    """All anchors of a file, oldest first; none where there is no file. Raises AnchorsUnreadable."""
    if not path.is_file():
        return []
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            found.append(Anchor(**json.loads(line)))
        except (ValueError, TypeError, PermanentError) as error:
            raise AnchorsUnreadable(
                f"Line {number} of the anchors '{path.name}' is no anchor.",
                "Restore the file from a copy; never mend it by hand.",
            ) from error
    return found


def faults_of_anchors(anchors: Sequence[Anchor], known: Mapping[int, str], count: int) -> Iterator[str]:
    """What the anchors say against an audit: `known` is its hashes by sequence, `count` its number of rows."""
    previous = _FIRST
    for number, one in enumerate(anchors, 1):
        if one.anchor_hash != one.own_hash() or one.previous_hash != previous:
            yield f"Anchor {number} was changed, or one before it was taken out."
        previous = one.anchor_hash
        told = f"the anchor of {one.written_at_utc} saw {one.count}"
        if count < one.count:
            yield f"The audit has {count} rows, but {told}: rows from {count} on were cut off."
        elif known.get(one.sequence) != one.entry_hash:
            yield f"Row {one.sequence} is not the one that {told} rows up to: the chain was rewritten before it."


def _append(path: Path, line: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(line)
        file.flush()
        os.fsync(file.fileno())
