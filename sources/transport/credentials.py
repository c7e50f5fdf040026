"""Secrets: added at the moment of sending, and taken out of whatever comes back."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, quote_plus

from pydantic import SecretStr

from sources.terms import Terms

HIDDEN = b"***"
SHORTEST = 4
"""A shorter text is no secret, and to take it out would spoil what the vendor said."""


@dataclass(frozen=True)
class Signature:
    """What a vendor's terms add to a request: headers, parts of the query, and the secrets to be hidden in answers."""

    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    query: Mapping[str, str] = field(default_factory=dict, repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)


def sign(terms: Terms, keys: Mapping[str, SecretStr]) -> Signature | None:
    """The signature that these terms ask for; None where one of its keys is missing or empty."""
    found: dict[str, dict[str, str]] = {"header": {}, "query": {}}
    secrets = []
    for credential in terms.credentials:
        key = keys[credential.key].get_secret_value().strip() if credential.key in keys else ""
        if not key:
            return None
        found[credential.place][credential.name] = credential.template.format(key=key)
        secrets.append(key)
    return Signature(found["header"], found["query"], tuple(secrets))


def hide(said: bytes, secrets: tuple[str, ...]) -> bytes:
    """The bytes with `***` for every secret, plain or as URLs, JSON and HTML write it."""
    forms = sorted({form for secret in secrets if len(secret) >= SHORTEST for form in _forms(secret)}, key=len)
    if not forms:
        return said
    return re.sub(b"|".join(re.escape(form) for form in reversed(forms)), HIDDEN, said)


def hide_text(said: str, secrets: tuple[str, ...]) -> str:
    """The same for text."""
    return hide(said.encode(), secrets).decode() if secrets else said


def _forms(secret: str) -> set[bytes]:
    quoted = {quote(secret, safe=""), quote(secret), quote_plus(secret)}
    lower = {re.sub("%[0-9A-F]{2}", lambda code: code[0].lower(), form) for form in quoted}
    written = {json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1], html.escape(secret)}
    return {form.encode() for form in {secret} | quoted | lower | written}
