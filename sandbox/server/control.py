"""The control plane under `/_control`: state, clock, faults, layouts, log and reset, all as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sandbox.server.desk import Desk
from sandbox.server.faults import FAULTS, rule_from_json, rule_from_text
from sandbox.vendors.catalog import VENDORS


def state(desk: Desk, said: Mapping[str, Any]) -> Any:
    """Clock, seed, rules, credits used, requests answered, layouts, vendors and the faults that there are."""
    return {
        "now": desk.clock.now().isoformat(),
        "speed": desk.clock.speed,
        "seed": desk.worlds.seed,
        "faults": [rule.told() for rule in desk.board.rules],
        "quotas": desk.quotas.used(),
        "requests": dict(desk.counts),
        "layouts": dict(desk.layouts),
        "vendors": {v.name: {"hosts": v.hosts, "endpoints": [r.endpoint for r in v.routes]} for v in VENDORS},
        "known_faults": {name: fault.summary() for name, fault in FAULTS.items()},
    }


def health(desk: Desk, said: Mapping[str, Any]) -> Any:
    """That the server is there."""
    return {"status": "ok", "now": desk.clock.now().isoformat()}


def clock(desk: Desk, said: Mapping[str, Any]) -> Any:
    """Set the clock: `{"at": "2026-11-21T12:00:00Z", "speed": 60}`, either or both."""
    at = datetime.fromisoformat(said["at"]) if said.get("at") else None
    desk.clock.set(at, float(said["speed"]) if "speed" in said else None)
    return health(desk, said)


def faults(desk: Desk, said: Mapping[str, Any]) -> Any:
    """Put these rules in the place of all others: `{"faults": ["the_odds_api=429", {"vendor": …, "fault": …}]}`."""
    given = said.get("faults", [])
    rules = tuple(rule_from_text(rule) if isinstance(rule, str) else rule_from_json(rule) for rule in given)
    _refuse_strangers({rule.vendor for rule in rules} - {"*"})
    desk.board.set(rules)
    return {"faults": [rule.told() for rule in rules]}


def layouts(desk: Desk, said: Mapping[str, Any]) -> Any:
    """Choose versions of pages: `{"layouts": {"sandbook": 2}}`."""
    wanted = {str(vendor): int(version) for vendor, version in said.get("layouts", {}).items()}
    _refuse_strangers(set(wanted))
    desk.layouts.update(wanted)
    return {"layouts": dict(desk.layouts)}


def log(desk: Desk, said: Mapping[str, Any]) -> Any:
    """Requests answered, oldest first, and how many of each vendor; `?vendor=` for one of them."""
    wanted = said.get("vendor")
    entries = [entry for entry in list(desk.log) if wanted in (None, entry["vendor"])]
    return {"counts": dict(Counter(entry["vendor"] for entry in entries)), "requests": entries}


def reset(desk: Desk, said: Mapping[str, Any]) -> Any:
    """Forget requests, credits, faults and layouts; the clock goes on."""
    desk.reset()
    return health(desk, said)


def _refuse_strangers(vendors: set[str]) -> None:
    strangers = vendors - {vendor.name for vendor in VENDORS}
    if strangers:
        raise ValueError(f"no vendor is called {', '.join(sorted(strangers))}")


Control = Callable[[Desk, Mapping[str, Any]], Any]
ASKED: Mapping[str, Control] = {"state": state, "log": log, "health": health}
TOLD: Mapping[str, Control] = {"clock": clock, "faults": faults, "layouts": layouts, "reset": reset}
