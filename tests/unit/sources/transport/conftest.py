"""A vendor that answers, hands of a clock, and a transport that reaches the one by the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from sources.transport.gateway import Gateway
from sources.transport.live import LiveTransport
from sources.transport.state import State
from tests.unit.sources.transport.loopback import KEY, Hands, Vendor, running, terms

Made = Callable[..., LiveTransport]


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    with running() as server:
        yield server


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def state(tmp_path: Path) -> State:
    return State(tmp_path / "transport" / "state.sqlite")


@pytest.fixture
def live(vendor: Vendor, hands: Hands, state: State) -> Made:
    """A transport to that vendor; changes are of its terms, `keys`, `validators` and `gateway` of itself."""

    def make(**changes: Any) -> LiveTransport:
        own = {name: changes.pop(name) for name in ("keys", "validators", "gateway") if name in changes}
        base: dict[str, Any] = {"keys": {"vendor_key": SecretStr(KEY)}, "gateway": Gateway(vendor.base)}
        known = {"vendor": terms(**changes)}
        return LiveTransport(known, state, clock=hands, sleep=hands.sleep, pacing=hands, **{**base, **own})

    return make
