"""Requests over the network, one after the other; every attempt becomes a capture, failed and refused ones too."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import SecretStr
from tenacity import Retrying, retry_if_result, stop_after_attempt, wait_random_exponential

from core.clock import Clock, SystemClock
from core.errors import SettingsInvalid, VendorRefused, VendorUnavailable
from core.http import Answer, AnswerUnreadable, Limits
from sources.base import Capture, Request
from sources.outcomes import NO_CREDENTIAL, NOT_MODIFIED
from sources.terms import Terms
from sources.transport import permits
from sources.transport.credentials import Signature, hide, hide_text, sign
from sources.transport.gateway import Gateway
from sources.transport.hops import Errand, follow
from sources.transport.judging import (
    BROKEN,
    NO_ANSWER,
    REFUSED,
    TOO_LARGE,
    UNREACHED,
    Judgement,
    judge,
    matters,
)
from sources.transport.permits import Moment, Permit
from sources.transport.rate import LONGEST_WAIT_SECONDS
from sources.transport.state import State

ATTEMPTS = 3
BACKOFF_SECONDS, LONGEST_BACKOFF_SECONDS = 1.0, 20.0
_CONNECT_SECONDS = 5.0
_CONDITIONS = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}


def _no_validators(url: str) -> Mapping[str, str]:
    return {}


@dataclass(frozen=True)
class _Tried:
    capture: Capture
    may_pass: bool = False


@dataclass(frozen=True)
class LiveTransport:
    """Answers requests from the vendors themselves, or from a gateway that stands for all of them.

    `terms`: by the name of the source. `validators`: url to the `etag` and `last-modified` of its last good answer.
    `clock` stamps captures and tells the quota's day, `pacing` is what processes wait by and must not stand still.
    """

    terms: Mapping[str, Terms]
    state: State
    keys: Mapping[str, SecretStr] = field(default_factory=dict)
    gateway: Gateway | None = None
    validators: Callable[[str], Mapping[str, str]] = _no_validators
    clock: Clock = field(default_factory=SystemClock)
    sleep: Callable[[float], None] = time.sleep
    pacing: Clock = field(default_factory=SystemClock)

    def fetch(self, requests: Sequence[Request]) -> Iterator[Capture]:
        """One capture per attempt, in order and one at a time; never raises for what a vendor did.

        Raises SettingsInvalid for a source without terms, and TransientError where the state cannot be written.
        """
        for request in requests:
            yield from self._attempts(request)

    def _attempts(self, request: Request) -> Iterator[Capture]:
        """Up to three attempts; tenacity's jitter is spread over the whole wait, which a test's `sleep` can skip."""
        if request.source not in self.terms:
            raise SettingsInvalid(f"{request.source} has no terms.", "Name its terms where the transport is made.")
        retrying = Retrying(
            stop=stop_after_attempt(ATTEMPTS),
            wait=wait_random_exponential(BACKOFF_SECONDS, LONGEST_BACKOFF_SECONDS),
            sleep=self.sleep,
            retry=retry_if_result(lambda tried: tried.may_pass),
            retry_error_callback=lambda state: None,
        )
        for attempt in retrying:
            tried = self._attempt(request, self.terms[request.source], attempt.retry_state.attempt_number)
            attempt.retry_state.set_result(tried)
            yield tried.capture

    def _attempt(self, request: Request, terms: Terms, number: int) -> _Tried:
        signature = sign(terms, self.keys)
        permit = permits.ask(self.state, request, terms, self._now()) if signature else NO_CREDENTIAL
        if signature is None or isinstance(permit, str):
            now = self.clock.now()
            return _Tried(Capture(request, now, now, str(permit), attempt=number))
        self._wait(permit)
        return self._sent(request, terms, signature, permit, number)

    def _sent(self, request: Request, terms: Terms, signature: Signature, permit: Permit, number: int) -> _Tried:
        asked_at = self.clock.now()
        answer, status, judged = self._asked(request, terms, signature)
        headers = matters(answer, terms, lambda text: hide_text(text, signature.secrets))
        capture = Capture(
            request=request,
            captured_at_utc=self.clock.now(),
            requested_at_utc=asked_at,
            outcome=judged.outcome,
            body=b"" if judged.outcome == NOT_MODIFIED else answer.body,
            status=status,
            content_type=headers.get("content-type"),
            attempt=number,
            headers=headers,
        )
        may_go_on = permits.settle(self.state, permit, terms, judged, status, headers, self._now())
        return _Tried(capture, judged.may_pass and may_go_on)

    def _asked(self, request: Request, terms: Terms, signature: Signature) -> tuple[Answer, int | None, Judgement]:
        """The answer without secrets in its body, its status (None where none came), and what it is worth."""
        conditions = {} if request.body is not None else self._conditions(request.url)
        nothing = Answer(0, {}, b"")
        try:
            answer = follow(self._errand(request, terms, signature, conditions))
        except AnswerUnreadable as error:
            return error.answer, error.answer.status, BROKEN if error.retryable else TOO_LARGE
        except VendorUnavailable:
            return nothing, None, NO_ANSWER
        except VendorRefused as error:
            return nothing, error.status, UNREACHED if error.status is None else REFUSED
        answer = Answer(answer.status, answer.headers, hide(answer.body, signature.secrets))
        return answer, answer.status, judge(answer, request, terms, bool(conditions))

    def _errand(self, request: Request, terms: Terms, signature: Signature, conditions: Mapping[str, str]) -> Errand:
        patience = terms.timeout_seconds
        posted = {} if request.body is None else {"Content-Type": "application/json"}
        return Errand(
            url=request.url,
            hosts=terms.hosts,
            headers={**posted, **terms.headers, **conditions, **signature.headers},
            secret_query=signature.query,
            body=request.body,
            limits=Limits(min(_CONNECT_SECONDS, patience), patience, 2 * patience),
            gateway=self.gateway,
        )

    def _conditions(self, url: str) -> dict[str, str]:
        known = self.validators(url)
        return {header: known[name] for name, header in _CONDITIONS.items() if known.get(name)}

    def _wait(self, permit: Permit) -> None:
        """Wait for the slot, and on for a pause of up to a minute that the vendor asked for meanwhile."""
        start = permit.start_at
        for _ in range(ATTEMPTS):
            now = self._now()
            if start <= now.seconds:
                return
            self.sleep(start - now.seconds)
            paused_until = permits.paused_until(self.state, permit.vendor, self._now())
            start = max(start, min(paused_until, start + LONGEST_WAIT_SECONDS))

    def _now(self) -> Moment:
        return Moment(self.clock.now(), self.pacing.now().timestamp())
