"""Fits that were made before, as text under the hash of what they were made from: a killed walk goes on from them."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Protocol


class Kept(Protocol):
    """Texts by key."""

    def get(self, key: str) -> str | None:
        """The text of this key, or None."""
        ...

    def put(self, key: str, text: str) -> None:
        """Keep a text."""
        ...


class InMemory:
    """Kept as long as the object lives."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}

    def get(self, key: str) -> str | None:
        """The text of this key, or None."""
        return self._texts.get(key)

    def put(self, key: str, text: str) -> None:
        """Keep a text."""
        self._texts[key] = text


class InFolder:
    """Kept in files whose first line is the sha256 of the rest; a file that was changed or cut counts as missing."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def get(self, key: str) -> str | None:
        """The text of this key, or None."""
        try:
            digest, _, text = (self._root / key).read_bytes().decode().partition("\n")
        except (OSError, UnicodeDecodeError):
            return None
        return text if digest == _digest(text) else None

    def put(self, key: str, text: str) -> None:
        """Keep a text; whoever reads meanwhile sees all of it or nothing."""
        self._root.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=self._root, prefix=".", delete=False) as unfinished:
            unfinished.write(f"{_digest(text)}\n{text}".encode())
        Path(unfinished.name).replace(self._root / key)


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()
