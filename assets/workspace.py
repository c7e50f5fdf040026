"""The one resource of every asset: settings of this run, its moment, and where things stand."""

from datetime import UTC, datetime, time
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from dagster import ConfigurableResource
from pydantic import Field

from core.clock import SystemClock, parse_instant
from core.settings import Settings, load_settings
from feature_repo.store import Store
from lake import releases
from lake.competitions import Competition, competitions
from lake.storage import Lake
from models.registry import Registry
from sources.base import Transport
from sources.transport.archive import ArchiveTransport
from sources.transport.live import LiveTransport

_SNAPSHOT = time(17, 0, tzinfo=ZoneInfo("Europe/London"))


class Workspace(ConfigurableResource):  # type: ignore[type-arg]
    """Settings that a run may override; what is empty comes from `FAIRLINE_*` and the defaults of core.settings."""

    profile: str = Field(default="", description="sandbox, archive or live.")
    archive: str = Field(default="", description="Directory with index.csv, for profile archive.")
    lake_dir: str = Field(default="", description="Where tables live.")
    as_of: str = Field(default="", description="Moment of decision, ISO 8601 with a zone.")
    horizon_hours: float = Field(default=0.0, description="How far to look ahead; 0 is the default of settings.")
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
            leagues=tuple(self.leagues) or None,
            policy=Path(self.policy) if self.policy else None,
        )

    @property
    def leagues_asked_for(self) -> dict[str, Competition]:
        """The competitions of this run."""
        return competitions(self.settings.sport, self.settings.leagues)

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
        main = Lake(self.settings.lake_root)
        return Lake(main.root, self.state_root / "gold") if self.is_replay else main

    @cached_property
    def is_replay(self) -> bool:
        """Whether the moment lies before the newest release."""
        as_of = self.settings.as_of
        newest = releases.newest(Lake(self.settings.lake_root), self.settings.sport)
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
        return self.state_root / "anchors" / f"{self.settings.sport}.jsonl"

    @property
    def store(self) -> Store:
        """The feature store of this run."""
        return Store(self.state_root / "feast" / self.settings.sport, self.published)

    @property
    def registry(self) -> Registry:
        """The model registry of this run."""
        return Registry(self.state_root / "mlflow")

    def transport(self) -> Transport:
        """Where vendors' answers come from: the sandbox's world, the archive, or the network."""
        if self.settings.profile == "live":
            return LiveTransport()
        if self.settings.profile == "archive" and self.settings.archive is not None:
            return ArchiveTransport(self.settings.archive)
        from sandbox.vendor_files import write_archive

        return ArchiveTransport(write_archive(self.settings.lake_root / "sandbox_vendor", self.settings.seed))
