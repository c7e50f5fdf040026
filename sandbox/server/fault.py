"""What a fault is: it may refuse a request, change what is asked, spoil the document, or spoil its delivery."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar, Literal

from sandbox.vendors.base import Answer, Ask, Kind, Shape, Vendor
from sandbox.vendors.view import View

Manner = Literal["plain", "hang", "trickle", "huge", "gzip_bomb"]
EVERY_KIND: tuple[Kind, ...] = ("json", "csv", "html", "xml", "text")


@dataclass(frozen=True)
class Sent:
    """What goes over the wire: status, content type, bytes, and in what manner."""

    status: int
    content_type: str
    body: bytes
    manner: Manner = "plain"


class Fault:
    """One way to go wrong; a subclass overrides the step that it spoils.

    `kinds`: the documents that it can touch. `argument`: its strength, such as seconds; `default` where none is given.
    """

    name: ClassVar[str]
    kinds: ClassVar[tuple[Kind, ...]] = EVERY_KIND
    default: ClassVar[float] = 0.0

    def __init__(self, argument: float | None = None) -> None:
        self.argument = self.default if argument is None else argument

    @classmethod
    def summary(cls) -> str:
        """One line about it, without the full stop."""
        return (cls.__doc__ or "").strip().split("\n", 1)[0].rstrip(".")

    def refusal(self, vendor: Vendor) -> Answer | None:
        """The answer given instead of any document; None to go on."""
        return None

    def asked(self, ask: Ask, at: Callable[[datetime], View], shape: Shape) -> Ask:
        """The request as it is understood; `at` tells what was known at an instant."""
        return ask

    def document(self, answer: Answer, shape: Shape) -> Answer:
        """The document as it is spoilt."""
        return answer

    def delivery(self, sent: Sent) -> Sent:
        """The bytes as they are spoilt."""
        return sent

    def touches(self, kind: Kind) -> bool:
        """Whether it can touch a document of this kind."""
        return kind in self.kinds


def retold(answer: Answer, document: object) -> Answer:
    """The same answer with another document."""
    return replace(answer, document=document)
