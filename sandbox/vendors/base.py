"""What every simulated vendor offers: routes to documents, a gate for keys and quotas, its words of refusal.

It also says how a document may be spoilt: the `Shape` names where rows, prices, sides and time stamps stand, so that
faults can act on any vendor's document without knowing it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from sandbox.vendors.view import View

Kind = Literal["json", "csv", "html", "xml", "text"]
Refusal = Literal["unauthorized", "forbidden", "quota", "rate", "server", "error_body", "not_found"]
Period = Literal["minute", "day", "month"]
Validator = Literal["etag", "last_modified"]

SANDBOX_KEY = "sandbox-key"

CONTENT_TYPES: Mapping[Kind, str] = {
    "json": "application/json; charset=utf-8",
    "csv": "text/csv",
    "html": "text/html; charset=utf-8",
    "xml": "application/xml; charset=utf-8",
    "text": "text/plain; charset=utf-8",
}


STATUS: Mapping[Refusal, int] = {
    "unauthorized": 401,
    "forbidden": 403,
    "quota": 429,
    "rate": 429,
    "server": 500,
    "error_body": 200,
    "not_found": 404,
}


@dataclass(frozen=True)
class Ask:
    """One request as a vendor sees it: names of headers in lower case, `now` the world's time, `view` what is known."""

    host: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    now: datetime
    view: View
    method: str = "GET"
    body: bytes = b""
    place: Mapping[str, str] = field(default_factory=dict)
    layout: int = 1


@dataclass(frozen=True)
class Shape:
    """Where things stand in a document, for faults.

    `rows`: keys down to the list of records, "*" for every item of a list; None where it has no records.
    `prices`, `stamps`: names of fields (in CSV: of columns) with prices and with the vendor's own time stamps.
    `sides`: pairs of fields that hold the home and the away side. `renamed`: a field and the name it could take.
    """

    rows: tuple[str, ...] | None = None
    prices: tuple[str, ...] = ()
    stamps: tuple[str, ...] = ()
    sides: tuple[tuple[str, str], ...] = ()
    renamed: tuple[str, str] | None = None


@dataclass(frozen=True)
class Answer:
    """What a vendor says: objects for JSON, else text. `modified`: since when the document stands as it is."""

    document: Any
    kind: Kind = "json"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    encoding: str = "utf-8"
    content_type: str | None = None
    modified: datetime | None = None


@dataclass(frozen=True)
class Route:
    """One endpoint: the vendor's path such as `/v4/sports/{sport}/odds`, who answers it, its shape, its cost."""

    endpoint: str
    path: str
    answer: Callable[[Ask], Answer]
    shape: Shape = Shape()
    cost: Callable[[Ask], int] | int = 1
    is_free_of_keys: bool = False

    def price(self, ask: Ask) -> int:
        """Credits that this request costs."""
        return self.cost if isinstance(self.cost, int) else self.cost(ask)


@dataclass(frozen=True)
class Budget:
    """Credits that one key has in a period, and how the vendor tells what is left.

    `told`: headers for (used, left, cost of this request).
    """

    allowance: int
    period: Period
    told: Callable[[int, int, int], Mapping[str, str]] = lambda used, left, cost: {}


def _words(refusal: Refusal) -> Answer:
    return Answer({"message": refusal.replace("_", " ")}, status=STATUS[refusal])


@dataclass(frozen=True)
class Vendor:
    """One vendor: its hosts and routes, whether a request is let in, and how it refuses.

    `admitted`: whether the request carries what the vendor demands. `unheard`: a request without it is never answered.
    `budgets`: by host; "*" for all hosts. `validators`: what its answers carry for conditional requests.
    """

    name: str
    hosts: tuple[str, ...]
    routes: tuple[Route, ...]
    admitted: Callable[[Ask], bool] = lambda ask: True
    unheard: bool = False
    refuse: Callable[[Refusal], Answer] = _words
    budgets: Mapping[str, Budget] = field(default_factory=dict)
    validators: tuple[Validator, ...] = ()
    layouts: int = 1

    def budget(self, host: str) -> Budget | None:
        """The budget of requests to this host; None where the vendor counts nothing."""
        return self.budgets.get(host, self.budgets.get("*"))
