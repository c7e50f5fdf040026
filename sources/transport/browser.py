"""Pages that need a browser, as captures of the HTML that it rendered. The only door to playwright.

Browsing is apart from parsing: whether a page still looks as it should is the vendor's `Terms.verdict` to say, and
where it does not, a picture of it is kept. The browser itself reaches no network: whatever a page asks for is answered
here, over the same checked connections as everything else, or through a proxy.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, cast
from urllib.parse import urljoin

from core.clock import Clock, SystemClock
from core.errors import FairlineError, SettingsInvalid, VendorRefused, VendorUnavailable
from core.http import REDIRECTS, Answer, Limits
from sources.base import Capture, Request
from sources.outcomes import BREAKER_OPEN, HTTP_ERROR, MALFORMED
from sources.terms import Terms
from sources.transport import permits
from sources.transport.gateway import Gateway
from sources.transport.hops import MAX_REDIRECTS, Errand, follow, is_allowed
from sources.transport.judging import NO_ANSWER, TOO_LARGE, UNREACHED, Judgement, judge, matters
from sources.transport.permits import Moment
from sources.transport.proxies import Proxy, ProxyPool
from sources.transport.robots import Robots
from sources.transport.state import State

if TYPE_CHECKING:
    from playwright.sync_api import Browser, FloatRect, Page, ProxySettings, Route

MAX_HTML_BYTES = 8 * 1024 * 1024
MAX_PICTURE_BYTES = 4 * 1024 * 1024
MAX_RESOURCES = 100
REASON = "reason"
"""The header of a capture that says why nothing was sent, or why nothing came."""

NO_BROWSER = "No Chromium was found: install one on PATH, or name its executable."
ROBOTS = "robots.txt"
PROXIES = "All proxies rest."
_AGENT = "fairline/0.1 (open batch research system)"
_COMMANDS = ("chromium", "chromium-browser", "google-chrome")
_ARGUMENTS = ("--host-resolver-rules=MAP * ~NOTFOUND", "--disable-dev-shm-usage", "--disable-background-networking")
_WANTED = frozenset({"document", "script", "stylesheet", "xhr", "fetch"})
_UNSENT = frozenset({"host", "cookie", "accept-encoding", "content-length", "connection", "user-agent"})
_UNPASSED = frozenset({"content-encoding", "content-length", "transfer-encoding", "connection", "set-cookie"})
_WIDTH, _TALLEST = 1280, 4000
_IDLE_MS = 1_500


@dataclass(frozen=True)
class BrowserTransport:
    """Answers requests by visiting their pages with Chromium; one capture per visit.

    `terms`: by the name of the source. `keep`: stores a PNG as `<sha256 of the HTML>.png`. `executable`: Chromium; by
    default the one on PATH. With a gateway no proxy is used. `clock` and `pacing` as in `LiveTransport`.
    """

    terms: Mapping[str, Terms]
    state: State
    keep: Callable[[bytes, str], None]
    gateway: Gateway | None = None
    proxies: ProxyPool = field(default_factory=ProxyPool)
    executable: str | None = None
    clock: Clock = field(default_factory=SystemClock)
    sleep: Callable[[float], None] = time.sleep
    pacing: Clock = field(default_factory=SystemClock)

    def fetch(self, requests: Sequence[Request]) -> Iterator[Capture]:
        """One capture per request, in order; never raises for what a vendor did, or for want of a browser.

        Raises SettingsInvalid for a source without terms, and TransientError where the state cannot be written.
        """
        executable = self.executable or next(filter(None, map(shutil.which, _COMMANDS)), None)
        if executable is None or not shutil.which(executable):
            yield from (self._unsent(request, HTTP_ERROR, NO_BROWSER) for request in requests)
            return
        with Chromium(executable) as chromium:
            sites: dict[str, Robots] = {}
            for request in requests:
                terms = self._terms(request)
                robots = sites.setdefault(request.source, Robots(partial(self._direct, terms=terms)))
                yield self._visit(request, terms, robots, chromium)

    def _terms(self, request: Request) -> Terms:
        if request.source not in self.terms:
            raise SettingsInvalid(f"{request.source} has no terms.", "Name its terms where the transport is made.")
        return self.terms[request.source]

    def _visit(self, request: Request, terms: Terms, robots: Robots, chromium: Chromium) -> Capture:
        """Robots first, then leave to ask, then the page: nothing is sent that one of them forbids."""
        try:
            rule = robots.rule(request.url, self.clock.now())
        except FairlineError:
            return self._unsent(request, HTTP_ERROR, f"{ROBOTS} cannot be read")
        if not rule.is_allowed:
            return self._unsent(request, HTTP_ERROR, ROBOTS)
        proxy = None if self.gateway else self.proxies.next(self._now().seconds)
        if proxy is None and len(self.proxies) and not self.gateway:
            return self._unsent(request, BREAKER_OPEN, PROXIES)
        paced = replace(terms, spacing_seconds=max(terms.spacing_seconds, rule.delay_seconds))
        permit = permits.ask(self.state, request, paced, self._now())
        if isinstance(permit, str):
            return self._unsent(request, permit)
        self.sleep(max(0.0, permit.start_at - self._now().seconds))
        asked_at = self.clock.now()
        answer, judged = self._seen(request, paced, chromium, proxy)
        headers, status = matters(answer, terms, str), answer.status or None
        permits.settle(self.state, permit, terms, judged, status, headers, self._now())
        return Capture(
            request=request,
            captured_at_utc=self.clock.now(),
            requested_at_utc=asked_at,
            outcome=judged.outcome,
            body=answer.body,
            status=status,
            content_type=headers.get("content-type"),
            headers=headers,
        )

    def _seen(
        self, request: Request, terms: Terms, chromium: Chromium, proxy: Proxy | None
    ) -> tuple[Answer, Judgement]:
        """The page as rendered, and what it is worth; a page that no longer parses leaves a picture."""
        ask = _through_proxy(terms) if proxy else lambda route: self._direct(route.request.url, terms, route)
        try:
            with chromium.page(terms, ask, proxy) as visit:
                answer = visit.render(request.url)
                judged = self._judged(answer, request, terms)
                if judged.outcome == MALFORMED and answer.body and (picture := visit.picture()):
                    self.keep(picture, f"{hashlib.sha256(answer.body).hexdigest()}.png")
                return answer, judged
        except VendorUnavailable:
            if proxy is not None:
                self.proxies.rest(proxy, self._now().seconds)
            return Answer(0, {}, b""), NO_ANSWER
        except FairlineError:
            return Answer(0, {}, b""), UNREACHED

    def _judged(self, answer: Answer, request: Request, terms: Terms) -> Judgement:
        """A page of another layout is no failure of the vendor's, so its circuit does not count it."""
        if len(answer.body) > MAX_HTML_BYTES:
            return TOO_LARGE
        judged = judge(answer, request, terms, is_conditional=False)
        return Judgement(MALFORMED) if judged.outcome == MALFORMED else judged

    def _direct(self, url: str, terms: Terms, route: Route | None = None) -> Answer:
        """What an address answers over the connections that all sources use."""
        asked = route.request.headers if route else {}
        headers = {name: value for name, value in asked.items() if name not in _UNSENT}
        body = route.request.post_data_buffer if route else None
        limits = Limits(read_seconds=terms.timeout_seconds, total_seconds=terms.timeout_seconds)
        return follow(Errand(url, terms.hosts, {**headers, **terms.headers}, {}, body, limits, self.gateway))

    def _unsent(self, request: Request, outcome: str, reason: str | None = None) -> Capture:
        now = self.clock.now()
        return Capture(request, now, now, outcome, headers={REASON: reason} if reason else {})

    def _now(self) -> Moment:
        return Moment(self.clock.now(), self.pacing.now().timestamp())


class Chromium:
    """A headless browser that resolves no name, so that nothing leaves it but what is answered for it."""

    def __init__(self, executable: str) -> None:
        self._executable = executable
        self._exits = ExitStack()
        self._browser: Browser | None = None

    def __enter__(self) -> Chromium:
        return self

    def __exit__(self, *fault: object) -> None:
        self._exits.close()

    @contextmanager
    def page(self, terms: Terms, ask: Callable[[Route], Answer], proxy: Proxy | None) -> Iterator[Visit]:
        """A fresh page without cookies of others; raises VendorUnavailable where the browser or the page fails."""
        from playwright.sync_api import Error

        through = {"server": proxy.server, "username": proxy.username, "password": proxy.password} if proxy else None
        try:
            context = self._started().new_context(
                user_agent=_AGENT,
                viewport={"width": _WIDTH, "height": 900},
                service_workers="block",
                accept_downloads=False,
                proxy=cast("ProxySettings", through) if through else None,
            )
            with closing(context):
                yield Visit(context.new_page(), terms, ask)
        except Error as error:
            said = f"A page of {terms.vendor} could not be seen ({type(error).__name__})."
            raise VendorUnavailable(said, "It is tried again later.") from None

    def _started(self) -> Browser:
        from playwright.sync_api import sync_playwright

        if self._browser is None:
            chromium = self._exits.enter_context(sync_playwright()).chromium
            is_root = hasattr(os, "geteuid") and os.geteuid() == 0
            browser = chromium.launch(
                executable_path=self._executable, args=list(_ARGUMENTS), chromium_sandbox=not is_root
            )
            self._browser = self._exits.enter_context(closing(browser))
        return self._browser


class Visit:
    """One page, and the answers to what it asks for: documents, scripts, styles and data of the vendor's hosts only."""

    def __init__(self, page: Page, terms: Terms, ask: Callable[[Route], Answer]) -> None:
        self._page, self._terms, self._ask = page, terms, ask
        self._main: Answer | None = None
        self._fault: FairlineError | None = None
        self._count = 0
        self._until = time.monotonic() + 2 * terms.timeout_seconds
        page.route("**/*", self._fulfil)

    def render(self, url: str) -> Answer:
        """The page's status and headers, with its HTML once scripts have run; an error's body as it came.

        Raises the FairlineError that kept the page away, or playwright's where it does not load in time.
        """
        from playwright.sync_api import Error

        try:
            self._page.goto(url, wait_until="load", timeout=self._terms.timeout_seconds * 1_000)
        except Error:
            if self._fault is not None:
                raise self._fault from None
            if self._main is None or self._main.status == 200:
                raise
        if self._main is None or self._main.status != 200:
            return self._main or Answer(0, {}, b"")
        with suppress(Error):
            self._page.wait_for_load_state("networkidle", timeout=_IDLE_MS)
        return replace(self._main, body=self._page.content().encode())

    def picture(self) -> bytes | None:
        """A PNG of the page's first 4,000 lines of pixels; None where none can be taken, or it is too large."""
        from playwright.sync_api import Error

        with suppress(Error):
            clip: FloatRect = {"x": 0, "y": 0, "width": _WIDTH, "height": _TALLEST}
            taken = self._page.screenshot(full_page=True, clip=clip, animations="disabled")
            return taken if len(taken) <= MAX_PICTURE_BYTES else None
        return None

    def _fulfil(self, route: Route) -> None:
        asked = route.request
        is_main = asked.is_navigation_request() and asked.frame.parent_frame is None
        self._count += 1
        if not self._may_ask(asked.resource_type, asked.url) or (is_main and self._main is not None):
            route.abort()
            return
        try:
            answer = self._ask(route)
        except FairlineError as error:
            self._fault = error if is_main else self._fault
            route.abort()
            return
        if is_main:
            self._main = answer
        headers = {name: value for name, value in answer.headers.items() if name not in _UNPASSED}
        route.fulfill(status=answer.status, headers=headers, body=answer.body)

    def _may_ask(self, kind: str, url: str) -> bool:
        in_time = self._count <= MAX_RESOURCES and time.monotonic() < self._until
        return in_time and kind in _WANTED and is_allowed(url, self._terms.hosts)


def _through_proxy(terms: Terms) -> Callable[[Route], Answer]:
    """Ask as the page's context does, by its proxy; redirects are held to the vendor's hosts here too."""
    from playwright.sync_api import Error

    def ask(route: Route) -> Answer:
        url = route.request.url
        for _ in range(MAX_REDIRECTS + 1):
            try:
                said = route.fetch(url=url, max_redirects=0, timeout=terms.timeout_seconds * 1_000)
                answer = Answer(said.status, said.headers, said.body())
            except Error as error:
                raise VendorUnavailable(f"{url} did not answer ({type(error).__name__}).", "Try again later.") from None
            if answer.status not in REDIRECTS or "location" not in answer.headers:
                return answer
            url = urljoin(url, answer.headers["location"])
            if not is_allowed(url, terms.hosts):
                break
        raise VendorRefused(f"{terms.vendor} redirects to where it may not be followed.", "Check its list of hosts.")

    return ask
