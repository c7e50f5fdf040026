"""What an answer is worth: its outcome, whether trying again can help, and whether the vendor's circuit counts it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from core.http import Answer
from sources.base import Request
from sources.outcomes import HTTP_ERROR, MALFORMED, NOT_MODIFIED, OK, QUOTA_REFUSED, TIMEOUT
from sources.terms import Terms

_TRANSIENT = (408, 429)
_HEADERS = ("etag", "last-modified", "retry-after", "date", "content-type")
_PREFIXES = ("x-requests-", "x-ratelimit-")
_LONGEST_HEADER = 500


@dataclass(frozen=True)
class Judgement:
    """An outcome of `sources.outcomes`; `may_pass`: trying again can help; `failed`: counts for the circuit."""

    outcome: str
    may_pass: bool = False
    failed: bool = False


NO_ANSWER = Judgement(TIMEOUT, may_pass=True, failed=True)
REFUSED = Judgement(HTTP_ERROR)
UNREACHED = Judgement(HTTP_ERROR, failed=True)
BROKEN = Judgement(MALFORMED, may_pass=True, failed=True)
TOO_LARGE = Judgement(MALFORMED, failed=True)
_STUMBLED = Judgement(HTTP_ERROR, may_pass=True, failed=True)
_BY_VERDICT = {QUOTA_REFUSED: Judgement(QUOTA_REFUSED), MALFORMED: BROKEN, HTTP_ERROR: UNREACHED}


def judge(answer: Answer, request: Request, terms: Terms, is_conditional: bool) -> Judgement:
    """What an answer of any status comes to; 304 is one only where it was asked for."""
    if answer.status == 200:
        return _judge_body(answer, request, terms)
    if answer.status == 304 and is_conditional:
        return Judgement(NOT_MODIFIED)
    return _STUMBLED if answer.status >= 500 or answer.status in _TRANSIENT else REFUSED


def matters(answer: Answer, terms: Terms, hide: Callable[[str], str]) -> dict[str, str]:
    """The headers that bronze keeps: of caching, of time, and those by which the vendor counts."""
    quota = terms.quota
    counting = {(name or "").lower() for name in (quota.remaining_header, quota.used_header)} if quota else set()
    return {
        name: hide(value)[:_LONGEST_HEADER]
        for name, value in answer.headers.items()
        if name in _HEADERS or name in counting or name.startswith(_PREFIXES)
    }


def _judge_body(answer: Answer, request: Request, terms: Terms) -> Judgement:
    if _is_no_json(answer, terms):
        return BROKEN
    try:
        verdict = terms.verdict(request.endpoint, answer.body)
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        return BROKEN
    return Judgement(OK) if verdict is None else _BY_VERDICT.get(verdict, BROKEN)


def _is_no_json(answer: Answer, terms: Terms) -> bool:
    """Whether JSON was asked for or promised, and something else came: HTML, nothing, or half of it."""
    accepted = {name.lower(): value for name, value in terms.headers.items()}.get("accept", "")
    promised = "json" in (answer.content_type or "").lower()
    if answer.body.lstrip()[:1] == b"<":
        return promised or "json" in accepted.lower()
    return promised and not _parses(answer.body)


def _parses(body: bytes) -> bool:
    try:
        json.loads(body)
    except (ValueError, RecursionError):
        return False
    return True
