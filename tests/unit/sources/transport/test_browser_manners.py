"""What a browser asks before it visits: an invented robots.txt, and invented proxies in turn."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr

from core.errors import SettingsInvalid, VendorUnavailable
from core.http import Answer
from sources.transport.proxies import REST_SECONDS, Proxy, ProxyPool
from sources.transport.robots import Robots, Rule

NOW = datetime(2026, 11, 20, tzinfo=UTC)
RULES = b"User-agent: fairline\nDisallow: /private\nCrawl-delay: 7\n\nUser-agent: *\nDisallow: /\n"


def test_the_rules_of_a_site_are_read_once_a_day() -> None:
    asked: list[str] = []
    robots = Robots(lambda url: asked.append(url) or Answer(200, {}, RULES))  # type: ignore[func-returns-value]
    assert robots.rule("https://press.example/odds", NOW) == Rule(True, 7.0)
    assert robots.rule("https://press.example/private/odds", NOW) == Rule(False, 7.0)
    assert asked == ["https://press.example/robots.txt"]
    robots.rule("https://press.example/odds", NOW + timedelta(days=1))
    assert len(asked) == 2


def test_a_site_without_rules_allows_all_and_one_that_fails_nothing() -> None:
    assert Robots(lambda url: Answer(404, {}, b"")).rule("https://press.example/x", NOW) == Rule(True)
    with pytest.raises(VendorUnavailable):
        Robots(lambda url: Answer(503, {}, b"")).rule("https://press.example/x", NOW)


def test_proxies_are_taken_in_turn_and_one_that_failed_rests() -> None:
    pool = ProxyPool([SecretStr("http://a.example:1"), SecretStr("http://b.example:2")])
    first, second = pool.next(0.0), pool.next(0.0)
    assert (first, second) == (Proxy("http://a.example:1"), Proxy("http://b.example:2"))
    assert first is not None
    pool.rest(first, 0.0)
    assert pool.next(1.0) == pool.next(2.0) == second
    assert pool.next(REST_SECONDS) == first
    assert ProxyPool().next(0.0) is None


def test_a_proxys_secrets_are_read_and_not_shown() -> None:
    proxy = Proxy.parse(SecretStr("http://{}:{}@proxy.example:3128".format("me", "p%40ss")))
    assert (proxy.server, proxy.username, proxy.password) == ("http://proxy.example:3128", "me", "p@ss")
    assert "p@ss" not in repr(proxy)
    with pytest.raises(SettingsInvalid) as fault:
        Proxy.parse(SecretStr("me:p%40ss@nowhere"))
    assert "p%40ss" not in str(fault.value)
