"""The world as it is known at one instant, and the few newest of such views: what vendors are written from."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl

    from sandbox.universe import Universe

VIEWS_KEPT = 4


class Worlds:
    """Everything that is invented for a seed, built when it is first asked for.

    `cache`: a directory in which documents that are costly to render are kept between runs; None keeps none.
    """

    def __init__(self, seed: int, cache: Path | None = None) -> None:
        self.seed, self.cache = seed, cache
        self._kept: dict[str, Any] = {}
        self._views: OrderedDict[datetime, View] = OrderedDict()
        self._lock = threading.RLock()

    @cached_property
    def universe(self) -> Universe:
        """The world of football and of the NBA."""
        from sandbox.universe import Universe

        with self._lock:
            return Universe(self.seed)

    def once(self, name: str, make: Callable[[], Any]) -> Any:
        """What `make` gives, made once for this seed."""
        with self._lock:
            if name not in self._kept:
                self._kept[name] = make()
            return self._kept[name]

    def at(self, instant: datetime) -> View:
        """What is known at an instant, to the second."""
        moment = instant.replace(microsecond=0)
        with self._lock:
            found = self._views.pop(moment, None) or View(self, moment)
            self._views[moment] = found
            while len(self._views) > VIEWS_KEPT:
                self._views.popitem(last=False)
            return found


class View:
    """What is known at `at_utc`: frames of the universe, and whatever else a vendor derives from them, each once."""

    def __init__(self, worlds: Worlds, at_utc: datetime) -> None:
        self.worlds, self.at_utc = worlds, at_utc
        self._kept: dict[str, Any] = {}
        self._lock = threading.RLock()

    def frame(self, name: str, **arguments: Any) -> pl.DataFrame:
        """A frame that the universe tells at this instant, such as `fixtures` or `nba_games`."""
        tell = getattr(self.worlds.universe, name)
        found: pl.DataFrame = self.once(
            f"frame {name} {sorted(arguments.items())}", lambda: tell(self.at_utc, **arguments)
        )
        return found

    def still(self, name: str) -> pl.DataFrame:
        """A frame that does not depend on the instant, such as `venues`."""
        found: pl.DataFrame = self.once(f"frame {name}", getattr(self.worlds.universe, name))
        return found

    def once(self, name: str, make: Callable[[], Any]) -> Any:
        """What `make` gives, made once for this instant."""
        with self._lock:
            if name not in self._kept:
                self._kept[name] = make()
            return self._kept[name]
