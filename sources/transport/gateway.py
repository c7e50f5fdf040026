"""A server of ours that answers for all vendors, so that a run reaches the sandbox by the vendors' own addresses."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Gateway:
    """`https://host/path` is asked at `<base>/host/path`; everything that is kept or said names the former."""

    base: str

    def address(self, url: str) -> str:
        """Where a vendor's address is really asked."""
        asked = urlsplit(url)
        query = f"?{asked.query}" if asked.query else ""
        return f"{self.base.rstrip('/')}/{asked.netloc}{asked.path or '/'}{query}"

    def canonical(self, url: str) -> str:
        """The vendor's address behind one of the gateway's; any other stays as it is."""
        base = f"{self.base.rstrip('/')}/"
        return f"https://{url.removeprefix(base)}" if url.startswith(base) else url
