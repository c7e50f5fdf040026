"""A vendor's circuit: open after five failures in a row, tried again after a minute by one single probe.

Times are seconds since 1970. The first half decides, the second half keeps what was decided.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Literal

FAILURES = 5
OPEN_SECONDS = 60.0
CLAIM_SECONDS = 120.0
"""So long a probe may take; after that whoever claimed it is taken for dead, and another may probe."""

CircuitState = Literal["closed", "open", "half_open"]


@dataclass(frozen=True)
class Circuit:
    """`failures` in a row; `opened_at` is None while it is closed, `claimed_until` while nobody probes."""

    failures: int = 0
    opened_at: float | None = None
    claimed_until: float | None = None

    def state(self, now: float) -> CircuitState:
        """Open for a minute, then half-open; a time of opening that lies ahead comes of a clock set back."""
        if self.opened_at is None:
            return "closed"
        return "open" if -OPEN_SECONDS < now - self.opened_at < OPEN_SECONDS else "half_open"

    def admits(self, now: float) -> bool:
        """Whether an attempt may be made now; of a half-open circuit, only if nobody is at it."""
        state = self.state(now)
        is_claimed = self.claimed_until is not None and now < self.claimed_until < now + 10 * CLAIM_SECONDS
        return state == "closed" or (state == "half_open" and not is_claimed)

    def after(self, failed: bool, is_probe: bool, now: float) -> Circuit:
        """The circuit after an attempt; one that began before it opened does not hold it open any longer."""
        if not failed:
            return Circuit()
        if self.opened_at is not None and not is_probe:
            return self
        failures = self.failures + 1
        return Circuit(failures, now if is_probe or failures >= FAILURES else None)


def read(db: sqlite3.Connection, vendor: str) -> Circuit:
    """The circuit as the state has it; a vendor never heard of has a closed one."""
    row = db.execute("SELECT failures, opened_at, claimed_until FROM circuits WHERE vendor = ?", (vendor,)).fetchone()
    return Circuit(*row) if row else Circuit()


def write(db: sqlite3.Connection, vendor: str, circuit: Circuit) -> None:
    """Keep a circuit."""
    row = (vendor, circuit.failures, circuit.opened_at, circuit.claimed_until)
    db.execute("INSERT OR REPLACE INTO circuits VALUES (?, ?, ?, ?)", row)


def claim(db: sqlite3.Connection, vendor: str, circuit: Circuit, start: float) -> bool:
    """Claim the probe of a half-open circuit for an attempt that starts then; False for one that is closed."""
    if circuit.opened_at is None:
        return False
    write(db, vendor, Circuit(circuit.failures, circuit.opened_at, start + CLAIM_SECONDS))
    return True


def record(db: sqlite3.Connection, vendor: str, failed: bool, is_probe: bool, now: float) -> Circuit:
    """Count an attempt, and return the circuit after it."""
    before = read(db, vendor)
    after = before.after(failed, is_probe, now)
    if after != before:
        write(db, vendor, after)
    return after
