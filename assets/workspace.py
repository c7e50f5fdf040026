"""The one resource of every asset: settings of this run, its moment, and where things stand."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, time
from functools import cache, cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from dagster import ConfigurableResource
from pydantic import Field, SecretStr

from core.clock import FixedClock, SkippingClock, SystemClock, parse_instant
from core.settings import Settings, load_settings
from feature_repo.store import Store
from lake import releases
from lake.competitions import Competition, asked_for
from lake.desk import DESK
from lake.moving import settle_in
from lake.storage import Lake
from models.registry import Registry
from replay.catalog import craft_of
from sources.base import Request, Source, Transport
from sources.catalog import BROWSED, LOCAL, SEARCHED, TERMS
from sources.collecting import Freshness, due, validators
from sources.transport.archive import ArchiveTransport
from sources.transport.browser import BrowserTransport
from sources.transport.gateway import Gateway
from sources.transport.live import LiveTransport
from sources.transport.proxies import ProxyPool
from sources.transport.state import State

_SNAPSHOT = time(17, 0, tzinfo=ZoneInfo("Europe/London"))


class Workspace(ConfigurableResource):  # type: ignore[type-arg]  # Dagster asks for it bare: it yields itself
    """Settings that a run may override; what is empty comes from `FAIRLINE_*` and the defaults of core.settings."""

    profile: str = Field(default="", description="sandbox, archive or live.")
    archive: str = Field(default="", description="Directory with index.csv, for profile archive.")
    lake_dir: str = Field(default="", description="Where tables live.")
    as_of: str = Field(default="", description="Moment of decision, ISO 8601 with a zone.")
    horizon_hours: float = Field(
        default=0.0, description="How far to look ahead; 0 is as settings say, else each sport's own."
    )
    sports: list[str] = Field(default=[], description="Sports; empty means those of the settings, all by default.")
    leagues: list[str] = Field(default=[], description="Vendor codes; empty means every league found.")
    policy: str = Field(default="", description="A bettor's policy file.")

    @cached_property
    def settings(self) -> Settings:
        """Settings of this run, checked."""
        return load_settings(
            profile=self.profile or None,
            archive=Path(self.archive) if self.archive else None,
            lake=Path(self.lake_dir) if self.lake_dir else None,
            as_of=parse_instant(self.as_of) if self.as_of else None,
            horizon_hours=self.horizon_hours or None,
            sports=tuple(self.sports) or None,
            leagues=tuple(self.leagues) or None,
            policy=Path(self.policy) if self.policy else None,
        )

    def leagues_of(self, sport: str) -> dict[str, Competition]:
        """The competitions of a sport that this run asks for; none of a sport that it does not ask for.

        Raises UnknownCompetition for a code that no sport has.
        """
        found = asked_for(sport, self.settings.leagues or self._simulated_leagues)
        return found if sport in self.settings.sports else {}

    @property
    def sports_asked(self) -> tuple[str, ...]:
        """The sports of this run that have a competition it asks for; raises UnknownCompetition as above."""
        return tuple(sport for sport in self.settings.sports if self.leagues_of(sport))

    @property
    def _simulated_leagues(self) -> tuple[str, ...]:
        """The leagues of the sandbox's world, where that is what this run reads."""
        if not self.settings.simulated:
            return ()
        from sandbox.clubs import DIVISIONS

        return (*(division.code for division in DIVISIONS), "NBA")

    @cached_property
    def present(self) -> datetime:
        """The newest moment that this profile can decide at: now, or the sandbox world's present."""
        if self.settings.simulated:
            from sandbox.world import SANDBOX_NOW

            return SANDBOX_NOW
        return SystemClock().now()

    def moment(self, day: str | None = None) -> datetime:
        """The moment of decision: as set, else the price snapshot (17:00 UK) of the day, never after now."""
        if self.settings.as_of is not None:
            return self.settings.as_of
        if day is None:
            return self.present
        return min(self.present, datetime.combine(datetime.fromisoformat(day), _SNAPSHOT).astimezone(UTC))

    @cached_property
    def lake(self) -> Lake:
        """The lake; a moment before the newest release has gold of its own, so newer gold stays as it is."""
        if not self.is_replay:
            return self._main
        replayed = Lake(self._main.root, self.state_root / "gold")
        settle_in(replayed, self.state_root)
        return replayed

    @cached_property
    def _main(self) -> Lake:
        """The lake of newest gold, with every table under its present name."""
        main = Lake(self.settings.lake_root)
        settle_in(main, main.root)
        return main

    @cached_property
    def is_replay(self) -> bool:
        """Whether the moment lies before the newest release."""
        as_of = self.settings.as_of
        newest = releases.newest(self._main)
        return as_of is not None and newest is not None and as_of < newest.as_of_utc

    @property
    def state_root(self) -> Path:
        """Registry, online features and published files of this run: the lake's own, or a replay's."""
        root = self.settings.lake_root
        as_of = self.settings.as_of
        return root / "replays" / f"{as_of:%Y%m%dT%H%M%SZ}" if self.is_replay and as_of else root

    @property
    def published(self) -> Path:
        """Where releases stand as plain Parquet."""
        return self.state_root / "published"

    @property
    def anchors(self) -> Path:
        """Where the audit's heads are written down, apart from its table."""
        return self.state_root / "anchors" / f"{DESK}.jsonl"

    def store(self, sport: str) -> Store:
        """The feature store of a sport in this run."""
        return Store(self.state_root / "feast" / sport, self.published, sport)

    def registry(self, sport: str) -> Registry:
        """The model registry of this run, for a sport's forecasters."""
        return Registry(self.state_root / "mlflow", craft_of(sport).format())

    def transport(self, vendor: str) -> Transport:
        """Where a vendor's answers come from: the archive, or the network, which in the sandbox is a local server."""
        if self.archive_folder is not None and (self.settings.profile == "archive" or vendor == LOCAL):
            return ArchiveTransport(self.archive_folder)
        made = self._browser() if vendor in BROWSED else self._network(vendor)
        if not self.settings.simulated:
            return made
        pacing = SkippingClock()
        return replace(made, clock=FixedClock(self.present), sleep=pacing.sleep, pacing=pacing)

    def _network(self, vendor: str) -> LiveTransport:
        found = validators(self.lake, vendor)
        return LiveTransport(TERMS, State(self.state_file), self._keys, self.gateway, found)

    def _browser(self) -> BrowserTransport:
        settings = self.settings
        executable = str(settings.chromium) if settings.chromium else None
        pool = ProxyPool(settings.proxies)
        return BrowserTransport(TERMS, State(self.state_file), self._keep_picture, self.gateway, pool, executable)

    def _keep_picture(self, picture: bytes, name: str) -> None:
        folder = self.lake.root / "screenshots"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(picture)

    def freshness(self, source: Source) -> Freshness | None:
        """What leaves out requests that need not or cannot be sent; an archive is always read whole."""
        if source.name == LOCAL and self.archive_folder is None:
            return lambda requests: []
        if self.settings.profile == "archive" or source.name == LOCAL:
            return None
        if source.name in BROWSED and not self.settings.scrape:
            return lambda requests: []
        return lambda requests: due(self.lake, source, TERMS, requests, self.present)

    def held(self, source: Source) -> Sequence[Request]:
        """What an archive holds of a vendor beside anything that its plan can name."""
        search = SEARCHED.get(source.name)
        if search is None or self.settings.profile != "archive" or self.archive_folder is None:
            return ()
        addresses = ArchiveTransport(self.archive_folder).addresses()
        return search(source.sport, addresses, self.leagues_of(source.sport), self.moment())

    @cached_property
    def archive_folder(self) -> Path | None:
        """A folder of vendors' files: the one that was named, or the sandbox's, which has its clubs' grounds."""
        if self.settings.simulated:
            from sandbox.grounds import write_grounds

            return write_grounds(self.settings.lake_root / "sandbox_local", self.settings.seed)
        return self.settings.archive

    @property
    def gateway(self) -> Gateway | None:
        """The server that answers for every vendor: as set, else the sandbox's own, which lives as long as we do."""
        base = self.settings.gateway
        if base is None and self.settings.simulated:
            base = _sandbox(self.settings.seed, self.settings.lake_root / "sandbox_vendor")
        return Gateway(base) if base else None

    @property
    def _keys(self) -> Mapping[str, SecretStr]:
        if not self.settings.simulated:
            return self.settings.keys
        from sandbox.vendors.base import SANDBOX_KEY
        from sandbox.vendors.betfair import SESSION

        accepted = SecretStr(SANDBOX_KEY)
        wanted = {credential.key: accepted for terms in TERMS.values() for credential in terms.credentials}
        return wanted | {"betfair_session": SecretStr(SESSION)} | dict(self.settings.keys)

    @property
    def state_file(self) -> Path:
        """What the transport must remember between processes: circuits, pace and quotas."""
        return self.settings.lake_root / ".transport" / "state.sqlite"


_SERVERS = ExitStack()


@cache
def _sandbox(seed: int, cache_folder: Path) -> str:
    """The address of the sandbox's server, started when it is first asked for."""
    from sandbox.server.serve import serving

    return _SERVERS.enter_context(serving(seed, cache=cache_folder))
