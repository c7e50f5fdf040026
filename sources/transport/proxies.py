"""Which proxy the next page goes through: in turn, and one that failed rests for a while."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from pydantic import SecretStr

from core.errors import SettingsInvalid

REST_SECONDS = 300.0


@dataclass(frozen=True)
class Proxy:
    """A proxy's address, and who we are to it; its secrets are shown nowhere."""

    server: str
    username: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)

    @classmethod
    def parse(cls, address: SecretStr) -> Proxy:
        """From `http://<user>:<password>@<host>:<port>`; raises SettingsInvalid for what is no such address."""
        way_out = "Write it like http://<user>:<password>@host:3128, or without user and password."
        try:
            found = urlsplit(address.get_secret_value())
            host, port = found.hostname, found.port
        except ValueError:
            raise SettingsInvalid("A proxy's address cannot be read.", way_out) from None
        if found.scheme not in ("http", "https", "socks5") or not host or not port:
            raise SettingsInvalid("A proxy's address names no scheme, host or port.", way_out)
        told = (unquote(said) if said else None for said in (found.username, found.password))
        return cls(f"{found.scheme}://{host}:{port}", *told)


class ProxyPool:
    """Proxies in turn; without any, pages are fetched directly."""

    def __init__(self, addresses: Sequence[SecretStr] = ()) -> None:
        self._proxies = [Proxy.parse(address) for address in addresses]
        self._rests_until = [0.0] * len(self._proxies)
        self._turn = 0

    def __len__(self) -> int:
        return len(self._proxies)

    def next(self, now: float) -> Proxy | None:
        """The next proxy that does not rest, `now` in seconds; None where all rest, or there is none."""
        for step in range(len(self._proxies)):
            place = (self._turn + step) % len(self._proxies)
            if self._rests_until[place] <= now:
                self._turn = place + 1
                return self._proxies[place]
        return None

    def rest(self, proxy: Proxy, now: float) -> None:
        """Leave a proxy out for five minutes."""
        self._rests_until[self._proxies.index(proxy)] = now + REST_SECONDS
