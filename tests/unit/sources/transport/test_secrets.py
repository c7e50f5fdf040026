"""A planted key is sent, and is found nowhere else: not in captures, errors, logs or what objects say of themselves."""

from __future__ import annotations

import json
import logging
import traceback
from urllib.parse import quote, quote_plus

import pytest
from pydantic import SecretStr

from core.errors import FairlineError
from sources.terms import Credential
from sources.transport.credentials import hide, sign
from sources.transport.hops import Errand, follow
from tests.unit.sources.transport.conftest import Made
from tests.unit.sources.transport.loopback import HOST, KEY, Vendor, answers, cuts, request, says, terms

FORMS = (KEY, quote(KEY), quote(KEY, safe=""), quote_plus(KEY), quote(KEY, safe="").lower())
IN_BOTH = (
    Credential("vendor_key", "header", "X-Auth", "Bearer {key}"),
    Credential("vendor_key", "query", "apiKey"),
)


def holds_a_secret(text: str) -> bool:
    return any(form in text for form in FORMS) or "planted" in text


def test_a_key_is_added_where_the_terms_say(vendor: Vendor, live: Made) -> None:
    vendor.plays = [says("{}")]
    list(live(credentials=IN_BOTH).fetch([request()]))
    assert vendor.heard[0]["x-auth"] == f"Bearer {KEY}"
    assert vendor.paths[0].endswith(f"&apiKey={quote_plus(KEY)}")


@pytest.mark.parametrize("keys", [{}, {"vendor_key": SecretStr(" ")}])
def test_without_its_key_a_request_is_not_sent_and_says_so(
    vendor: Vendor, live: Made, keys: dict[str, SecretStr]
) -> None:
    (capture,) = live(keys=keys).fetch([request()])
    assert (capture.outcome, capture.status, vendor.paths) == ("no_credential", None, [])


@pytest.mark.parametrize("status", [200, 401, 503])
def test_a_vendor_that_repeats_the_key_is_not_repeated(
    vendor: Vendor, live: Made, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    said = json.dumps({"invalid": list(FORMS), "id": 7})
    vendor.plays = [answers(status, said.encode(), Content_Type="application/json", ETag=KEY, X_Requests_Url=FORMS[1])]
    transport = live(credentials=IN_BOTH)
    captures = list(transport.fetch([request()]))
    told = "".join(repr(capture) + str(capture.body) for capture in captures)
    assert not holds_a_secret(told + repr(transport) + caplog.text)
    assert json.loads(captures[0].body) == {"invalid": ["***"] * len(FORMS), "id": 7}


@pytest.mark.parametrize("location", [f"https://elsewhere.test/?apiKey={KEY}", "/login?next=" + quote_plus(KEY)])
def test_no_fault_on_the_way_tells_the_key(vendor: Vendor, location: str, caplog: pytest.LogCaptureFixture) -> None:
    from sources.transport.gateway import Gateway

    caplog.set_level(logging.DEBUG)
    vendor.plays = [answers(302, Location=location), cuts(f"garbage {KEY}\r\n\r\n".encode())]
    signature = sign(terms(credentials=IN_BOTH), {"vendor_key": SecretStr(KEY)})
    assert signature is not None
    errand = Errand(request().url, (HOST,), signature.headers, signature.query, gateway=Gateway(vendor.base))
    with pytest.raises(FairlineError) as raised:
        follow(errand)
    fault = "".join(traceback.format_exception(raised.value))
    assert not holds_a_secret(fault + repr(errand) + repr(signature) + caplog.text)


@pytest.mark.parametrize("key", ["line\nbreak", "ümlaut…", 'quo"te\\', "<&>&", "{key}"])
def test_an_odd_key_is_hidden_too_and_breaks_nothing(vendor: Vendor, live: Made, key: str) -> None:
    vendor.plays = [says(json.dumps({"said": key}))]
    keys = {"vendor_key": SecretStr(key)}
    captures = list(live(credentials=IN_BOTH, keys=keys).fetch([request()]))
    assert all(key.encode() not in capture.body for capture in captures)
    assert json.dumps(key)[1:-1].encode() not in captures[0].body


def test_a_text_too_short_for_a_secret_spoils_no_answer() -> None:
    assert hide(b"a1 b1", ("1",)) == b"a1 b1"
    assert hide(b"a1234 b1", ("1234",)) == b"a*** b1"
