"""Publishing a folder of documents at once: an index with sizes and hashes, a marker, and one rename."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

MARKER = "SANDBOX.json"
INDEX_COLUMNS = ("url", "captured_at_utc", "path", "content_type", "bytes", "sha256")


@dataclass(frozen=True)
class Document:
    """One vendor document: its address, when it was captured, its content type and its bytes."""

    url: str
    captured_at_utc: datetime
    content_type: str
    body: bytes

    @property
    def path(self) -> str:
        """Return where it is stored, relative to the archive: host and path of its address."""
        return self.url.removeprefix("https://")


def index_csv(documents: Iterable[Document]) -> bytes:
    """Return the index of the documents, one line each, sorted by address."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(INDEX_COLUMNS)
    for document in sorted(documents, key=lambda document: document.url):
        captured = document.captured_at_utc.strftime("%Y-%m-%dT%H:%M:%SZ")
        digest = hashlib.sha256(document.body).hexdigest()
        writer.writerow((document.url, captured, document.path, document.content_type, len(document.body), digest))
    return text.getvalue().encode()


def is_published(directory: Path, marker: Mapping[str, object]) -> bool:
    """Say whether the directory holds a complete publication with this very marker."""
    path = directory / MARKER
    return path.is_file() and json.loads(path.read_bytes()) == dict(marker)


def publish(directory: Path, files: Mapping[str, bytes], marker: Mapping[str, object]) -> None:
    """Write the files (by relative path) and the marker beside the directory, then take its place by renaming."""
    directory.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{directory.name}-", dir=directory.parent) as workshop:
        fresh = Path(workshop) / "fresh"
        for path, body in {**files, MARKER: json.dumps(dict(marker)).encode() + b"\n"}.items():
            (fresh / path).parent.mkdir(parents=True, exist_ok=True)
            (fresh / path).write_bytes(body)
        if directory.exists():
            directory.rename(Path(workshop) / "replaced")
        fresh.rename(directory)


def refuse_foreign(directory: Path) -> None:
    """Raise FileExistsError where the directory holds something that was not published from here."""
    if directory.exists() and any(directory.iterdir()) and not (directory / MARKER).is_file():
        raise FileExistsError(f"{directory} exists and is not a sandbox archive; choose another or remove it")
