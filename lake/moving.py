"""Tables that got another name, in a lake that an earlier version wrote: moved once, when it is opened for writing.

A table is its folder, and its log names files below that folder only, so a table moves whole or not at all. What a
contract gained besides is for `Table` to add.
"""

from __future__ import annotations

from pathlib import Path

from core.errors import ContractBroken
from lake.desk import DESK, desk_tables
from lake.files import fsync, make_folder
from lake.storage import Lake

BEFORE = "football"
"""The group in which the tables of the desk stood while there was no other sport."""


def present_name(name: str) -> str:
    """What a table is called today that an older release may name otherwise."""
    layer, group, entity = name.split(".")
    return f"{layer}.{DESK}.{entity}" if (layer, group) == ("gold", BEFORE) and entity in desk_tables() else name


def settle_in(lake: Lake, state_root: Path) -> list[str]:
    """Move what stands under an earlier name, tables of the lake and the audit's anchors; returns what was moved.

    Doing it again changes nothing, and after a kill the rest is moved. Raises ContractBroken where something stands
    under both names: nobody but a person can say which of them counts.
    """
    tables = [lake.table(f"gold.{DESK}.{name}").path for name in desk_tables()]
    moves = [(path.parents[1] / BEFORE / path.name, path) for path in tables]
    anchors = state_root / "anchors"
    moves.append((anchors / f"{BEFORE}.jsonl", anchors / f"{DESK}.jsonl"))
    return [str(new) for old, new in moves if _moved(old, new)]


def _moved(old: Path, new: Path) -> bool:
    if not old.exists():
        return False
    if new.exists():
        raise ContractBroken(f"{old} and {new} are the same table.", "Move one of them away, then run again.")
    make_folder(new.parent)
    try:
        old.rename(new)
    except FileNotFoundError:
        return False
    fsync(new.parent)
    fsync(old.parent)
    return True
