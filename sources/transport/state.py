"""What processes share and what survives a restart, in one SQLite file: circuits, pace, charges, vendors' reports.

A transaction takes the write lock at its start, so that two processes never decide on the same numbers.
"""

from __future__ import annotations

import logging
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from filelock import FileLock

from core.errors import TransientError

BUSY_SECONDS = 5.0
_TABLES = (
    "CREATE TABLE circuits (vendor TEXT PRIMARY KEY, failures INTEGER NOT NULL, opened_at REAL, claimed_until REAL)",
    "CREATE TABLE paces (vendor TEXT PRIMARY KEY, next_at REAL NOT NULL, paused_until REAL NOT NULL)",
    "CREATE TABLE charges (id INTEGER PRIMARY KEY AUTOINCREMENT, vendor TEXT NOT NULL, period TEXT NOT NULL,"
    " day TEXT NOT NULL, cost INTEGER NOT NULL, is_closing INTEGER NOT NULL, made_at REAL NOT NULL,"
    " settled_after INTEGER)",
    "CREATE INDEX charges_of_a_period ON charges (vendor, period)",
    "CREATE TABLE reports (vendor TEXT, period TEXT, used INTEGER NOT NULL, charge_id INTEGER NOT NULL,"
    " settled_after INTEGER NOT NULL, base INTEGER NOT NULL, base_id INTEGER NOT NULL, PRIMARY KEY (vendor, period))",
)
_log = logging.getLogger(__name__)
T = TypeVar("T")


@dataclass(frozen=True)
class State:
    """One file, opened anew for each transaction: it may be shared by threads and by forked processes."""

    path: Path

    def change(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do `work` in one transaction; a file that cannot be read any more is set aside and begun anew.

        Raises TransientError where the file cannot be written, or stays locked for five seconds.
        """
        try:
            try:
                return self._transact(work)
            except sqlite3.DatabaseError as error:
                if not _is_broken(error):
                    raise
                self._set_aside()
                return self._transact(work)
        except (sqlite3.DatabaseError, OSError) as error:
            said = f"The transport's state {self.path} cannot be used ({error})."
            raise TransientError(said, "See that its folder can be written, and run again.") from error

    def _transact(self, work: Callable[[sqlite3.Connection], T]) -> T:
        with closing(self._open()) as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                done = work(db)
                db.execute("COMMIT")
            except BaseException:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise
            return done

    def _open(self) -> sqlite3.Connection:
        if not self.path.exists():
            self._begin()
        address = f"{self.path.absolute().as_uri()}?mode=rw"
        db = sqlite3.connect(address, timeout=BUSY_SECONDS, isolation_level=None, uri=True)
        db.execute("PRAGMA synchronous = NORMAL")
        return db

    def _begin(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{self.path}.lock"):
            if not self.path.exists():
                self._put_new()

    def _put_new(self) -> None:
        """Put an empty state in place, whole at once: a file half made, or made by two, is never seen."""
        new = self.path.with_name(f"{self.path.name}.new")
        new.unlink(missing_ok=True)
        with closing(sqlite3.connect(new, isolation_level=None)) as db:
            db.execute("PRAGMA journal_mode = WAL")
            for table in _TABLES:
                db.execute(table)
        new.replace(self.path)

    def _set_aside(self) -> None:
        """Keep a broken file under another name, unless another process has done so: only one at a time looks."""
        with FileLock(f"{self.path}.lock"):
            if self._is_sound():
                return
            number = 1 + len(list(self.path.parent.glob(f"{self.path.name}.broken-*")))
            aside = self.path.with_name(f"{self.path.name}.broken-{number}")
            shutil.copyfile(self.path, aside)
            for ending in ("-wal", "-shm"):
                self.path.with_name(self.path.name + ending).unlink(missing_ok=True)
            self._put_new()
        _log.error("The transport's state %s was broken: it is kept as %s and begun anew.", self.path, aside.name)

    def _is_sound(self) -> bool:
        try:
            with closing(self._open()) as db:
                tables = db.execute("SELECT COUNT(*) FROM sqlite_schema WHERE type = 'table'").fetchone()[0]
                return bool(tables and db.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok")
        except sqlite3.DatabaseError as error:
            if _is_broken(error):
                return False
            raise


def _is_broken(error: sqlite3.DatabaseError) -> bool:
    """Whether the file is no state: no database, ruined pages, or emptied."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB) or "no such table" in str(error)
