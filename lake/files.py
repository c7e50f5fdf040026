"""Data files of a table: written under new names, in partition folders, and durable before anybody may name them."""

from __future__ import annotations

import json
import os
import time
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from core.errors import ContractBroken
from lake.contracts.model import Contract

Values = tuple[str, ...]
_RESERVED = set("/=%\\")


def partitions(frame: pl.DataFrame, contract: Contract) -> list[tuple[Values, pl.DataFrame]]:
    """The frame's parts by the values of the contract's partition columns, in order of the values."""
    if frame.is_empty():
        return []
    if not contract.partition_by:
        return [((), frame)]
    parts = frame.partition_by(*contract.partition_by, as_dict=True, maintain_order=True)
    return sorted(((tuple(map(str, values)), part) for values, part in parts.items()), key=lambda item: item[0])


def write_part(root: Path, contract: Contract, values: Values, part: pl.DataFrame) -> Mapping[str, Any]:
    """Write one file and make it durable; returns what a Delta add action says of it.

    Raises ContractBroken for a partition value that cannot stand in a path.
    """
    if any(set(value) & _RESERVED or not value for value in values):
        raise ContractBroken(f"{contract.name} cannot have a partition called {values}.")
    names = contract.partition_by
    folder = root.joinpath(*(f"{name}={value}" for name, value in zip(names, values, strict=True)))
    make_folder(folder)
    file = folder / f"part-{uuid.uuid4()}.parquet"
    part.drop(names).write_parquet(file, compression="zstd", compression_level=1)
    fsync(file)
    fsync(folder)
    return {
        "path": file.relative_to(root).as_posix(),
        "size": file.stat().st_size,
        "partition_values": dict(zip(names, values, strict=True)),
        "modification_time": int(time.time() * 1000),
        "data_change": True,
        "stats": json.dumps({"numRecords": len(part)}),
    }


def make_folder(folder: Path) -> None:
    """Make a folder and its parents; each new name is durable in the folder above it."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    fsync(folder.parent)


def sync_log(log: Path) -> None:
    """Make the newest commit of a Delta log durable, and its checkpoint where there is one."""
    newest = sorted(log.glob("*.json"))[-1:]
    for file in (*newest, *log.glob("*.checkpoint.parquet"), *log.glob("_last_checkpoint")):
        fsync(file)
    fsync(log)


def fsync(path: Path) -> None:
    """Flush a file or folder to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
