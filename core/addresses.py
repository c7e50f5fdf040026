"""What a host's name stands for, looked up once and checked, and what a status that is no answer means."""

from __future__ import annotations

import ipaddress
import socket

from core.errors import VendorRefused, VendorUnavailable

_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def look_up(host: str, port: int, reaches_private: bool) -> list[str]:
    """The addresses of a host; raises VendorRefused where any is not public, OSError where the name has none.

    `reaches_private`: the host is a server of ours, so that a private network will do.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as error:
        raise OSError(f"{host} is no name of a host.") from error
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not reaches_private and not all(_is_public(address) for address in addresses):
        raise VendorRefused(f"{host} stands for an address inside a private network.", "Check the name's records.")
    return addresses


def refusal(url: str, status: int) -> VendorUnavailable | VendorRefused:
    """The error that a status other than 200 stands for."""
    kind = VendorUnavailable if status in (408, 429) or status >= 500 else VendorRefused
    return kind(f"{url} answered {status}.", "Check the address and the key.", status)


def _is_public(text: str) -> bool:
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        address = inner or address
    return address.is_global and not address.is_multicast
