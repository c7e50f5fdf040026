"""Faults by which a vendor refuses, in its own words: keys, rights, rates, breakdowns, and errors that say 200."""

from __future__ import annotations

from dataclasses import replace

from sandbox.server.fault import Fault
from sandbox.vendors.base import Answer, Vendor


class Unauthorized(Fault):
    """The key is refused with 401 and the vendor's own body."""

    name = "401"

    def refusal(self, vendor: Vendor) -> Answer:
        """The vendor's 401."""
        return replace(vendor.refuse("unauthorized"), status=401)


class Forbidden(Fault):
    """Access is refused with 403."""

    name = "403"

    def refusal(self, vendor: Vendor) -> Answer:
        """The vendor's 403."""
        return replace(vendor.refuse("forbidden"), status=403)


class TooMany(Fault):
    """Too many requests: 429 with Retry-After of so many seconds (1 unless told)."""

    name = "429"
    default = 1.0

    def refusal(self, vendor: Vendor) -> Answer:
        """The vendor's 429."""
        said = vendor.refuse("rate")
        return replace(said, status=429, headers={**said.headers, "retry-after": str(int(self.argument))})


class Broken(Fault):
    """The vendor breaks down with 500."""

    name = "500"

    def refusal(self, vendor: Vendor) -> Answer:
        """The vendor's 500."""
        return replace(vendor.refuse("server"), status=500)


class ErrorBody(Fault):
    """Status 200 with the vendor's error for a body."""

    name = "error_body"

    def refusal(self, vendor: Vendor) -> Answer:
        """The vendor's error, as if all were well."""
        return replace(vendor.refuse("error_body"), status=200)


REFUSALS: tuple[type[Fault], ...] = (Unauthorized, Forbidden, TooMany, Broken, ErrorBody)
