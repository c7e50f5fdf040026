"""Everything that can be set, checked once; the only reader of environment variables.

Order of precedence: what a caller passes, then `FAIRLINE_*` environment variables, then these defaults.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict, SettingsError

from core.clock import parse_instant
from core.errors import SettingsInvalid
from core.market.player_markets import BASKETBALL_PLAYERS
from core.market.sports import SPORTS
from core.money import MINOR_PER_MAJOR

Profile = Literal["sandbox", "archive", "live"]


class Staking(BaseModel):
    """How tickets are chosen and staked. Shares are of the bankroll, in [0, 1]."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    bankroll: float = Field(default=1000.0, gt=0, description="Opening bankroll, in major units of `currency`.")
    currency: str = Field(default="EUR", pattern=r"^[A-Z]{3}$")
    kelly_fraction: float = Field(default=0.25, gt=0, le=1)
    minimum_edge: float = Field(default=0.005, ge=0, description="Expected profit per unit staked.")
    maximum_price_odds_dec: float = Field(default=8.0, gt=1)
    maximum_price_age_minutes: float = Field(default=60 * 24, gt=0)
    stake_increment: float = Field(default=0.5, gt=0)
    maximum_ticket_share: float = Field(default=0.02, gt=0, le=1)
    maximum_match_share: float = Field(default=0.02, gt=0, le=1)
    maximum_league_share: float = Field(default=0.06, gt=0, le=1)
    maximum_day_share: float = Field(default=0.10, gt=0, le=1)
    maximum_market_share: float = Field(default=0.10, gt=0, le=1)
    maximum_book_share: float = Field(default=0.10, gt=0, le=1)
    maximum_currency_share: float = Field(default=1.0, gt=0, le=1)
    maximum_drawdown_share: float = Field(
        default=0.08, gt=0, le=1, description="Mean loss of the worst 5% of scenarios (CVaR), open tickets counted."
    )
    maximum_tickets: int = Field(default=20, gt=0)
    minimum_stake: float = Field(default=0.5, gt=0, description="In major units, if a ticket is taken at all.")
    markets: tuple[str, ...] = Field(
        default=("1x2", "moneyline", "spread", *BASKETBALL_PLAYERS),
        description="Markets of tickets: of football those whose prices taken beat the close on seasons up to 2020/21; "
        "basketball's moneyline and spread, and bets on its players, have no record yet.",
    )
    own_player_weight: float = Field(
        default=0.5,
        ge=0,
        le=1,
        description="What our own chances of bets on players count beside the books', as weights of log-odds: nobody "
        "has measured it yet, and it only decides what is bet on, never what is published.",
    )
    ticket_kinds: tuple[str, ...] = Field(default=("single",), description="Such as single, double, trixie.")
    candidates: int = Field(default=600, gt=0, description="At most so many tickets are considered, the best alone.")
    scenarios: int = Field(default=1024, gt=0, description="Draws of all coming scores that tickets are judged by.")
    solve_seconds: float = Field(default=10.0, gt=0, description="After so long the best portfolio found is taken.")
    solve_gap: float = Field(default=0.01, gt=0, lt=1, description="Certified distance from the best one, relative.")
    bookmakers: tuple[str, ...] = Field(
        default=("bet365", "bwin", "betvictor", "william_hill", "betfair_sportsbook", "ladbrokes", "coral", "betfred",
                 "betmgm", "paddy_power", "sky_bet", "pinnacle", "interwetten", "1xbet", "draftkings", "fanduel",
                 "caesars", "espn_bet"),
        description="Named books where a ticket can really be placed; maxima and averages never count.",
    )  # fmt: skip

    @property
    def bankroll_minor(self) -> int:
        """The opening bankroll in minor units."""
        return round(self.bankroll * MINOR_PER_MAJOR)


def _instant(value: object) -> object:
    """Text must be an ISO 8601 time with a zone; a bare number is never taken for seconds."""
    if not isinstance(value, str):
        return value
    try:
        return parse_instant(value)
    except SettingsInvalid as error:
        raise ValueError(f"as_of {error.what.removeprefix(repr(value)).strip()} {error.way_out}".rstrip(".")) from error


class Uncertainty(BaseModel):
    """How far our probabilities of one sport may lie from the truth: the numbers of core.market.spread.Spread."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    supremacy: float = Field(ge=0, le=1, description="Of a match's log-weight for a goal or point of difference.")
    goals: float = Field(ge=0, le=1, description="Of a match's log-weight for a goal or point, shared part too.")
    league_goals: float = Field(ge=0, le=1, description="The part of it that a league's matches share.")


class Alerts(BaseModel):
    """Whom to tell what goes wrong or moves, and from where on it is worth telling. The log is always told."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    webhook_url: SecretStr | None = Field(default=None, description="An incoming webhook in Slack's format.")
    pagerduty_routing_key: SecretStr | None = Field(default=None, description="Of an Events API v2 integration.")
    pagerduty_url: str = Field(default="https://events.pagerduty.com/v2/enqueue", pattern=r"^https?://[^\s?]+$")
    quota_left_share: float = Field(default=0.15, ge=0, le=1, description="Of what routine requests may spend.")
    drift_share: float = Field(default=0.2, gt=0, le=1, description="Refused rows of an answer that mean drift.")
    movement_prob: float = Field(default=0.05, gt=0, le=1, description="Change of a consensus between two snapshots.")
    outlier_share: float = Field(default=0.2, gt=0, description="A book's price above or below the books' median.")
    minimum_books: int = Field(default=4, gt=1, description="Fewer make no consensus.")
    horizon_hours: float = Field(default=72.0, gt=0, description="Prices of later matches are not watched.")


class Settings(BaseSettings):
    """One run's settings; frozen."""

    model_config = SettingsConfigDict(
        env_prefix="FAIRLINE_", env_nested_delimiter="__", env_ignore_empty=True, frozen=True, extra="forbid"
    )

    profile: Profile = "sandbox"
    archive: Path | None = Field(default=None, description="A directory with index.csv (profile archive).")
    lake: Path | None = Field(default=None, description="Where tables live; default lakes/<profile>.")
    sports: Annotated[tuple[str, ...], NoDecode] = Field(
        default=tuple(SPORTS),
        min_length=1,
        description="Sports of this run: all that is priced shares one bankroll.",
    )
    leagues: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="Vendor codes such as E0; empty means every league found."
    )
    as_of: Annotated[datetime | None, BeforeValidator(_instant)] = Field(
        default=None, description="The moment of decision; default: now (live) or latest."
    )
    horizon_hours: float | None = Field(
        default=None, gt=0, le=24 * 14, description="How far every sport looks ahead; default: as its sport has it."
    )
    seed: int = Field(default=20261120, ge=0)
    threads: int = Field(default=1, gt=0, description="Of the learners; more than the cores you own makes them spin.")
    posterior: bool | None = Field(
        default=None,
        description="Whether the posteriors of strengths are sampled each month, for the intervals of gold "
        "outcome_intervals; default: on, but off in the sandbox, whose first run would wait for its compiler.",
    )
    keys: Mapping[str, SecretStr] = Field(
        default={}, description="Vendors' credentials by name, such as FAIRLINE_KEYS__THE_ODDS_API; never shown."
    )
    gateway: str | None = Field(
        default=None,
        pattern=r"^http://(127\.0\.0\.1|localhost):\d+$",
        description="A local server that answers for every vendor, such as `fairline sandbox` starts.",
    )
    scrape: bool = Field(
        default=False, description="Whether bookmakers' and injury pages are visited with a browser (needs Chromium)."
    )
    chromium: Path | None = Field(default=None, description="The browser of `scrape`; default: the one on PATH.")
    proxies: Annotated[tuple[SecretStr, ...], NoDecode] = Field(
        default=(),
        description="Proxies that the browser takes in turn, addresses with user and password where they want one.",
    )
    webhook_secret: SecretStr | None = Field(default=None, description="What `fairline outbox --webhook` signs with.")
    policy: Path | None = Field(default=None, description="A bettor's policy file (docs/policy.md); default: none.")
    staking: Staking = Staking()
    uncertainties: Mapping[str, Uncertainty] = Field(
        default={}, validate_default=True, description="By sport; what is not said is as core.market.sports has it."
    )
    alerts: Alerts = Alerts()

    @field_validator("sports", "leagues", "proxies", mode="before")
    @classmethod
    def _separated_by_commas(cls, value: object) -> object:
        return tuple(code.strip() for code in value.split(",") if code.strip()) if isinstance(value, str) else value

    @field_validator("uncertainties", mode="before")
    @classmethod
    def _of_every_sport(cls, value: Mapping[str, Mapping[str, object]]) -> object:
        if unknown := set(value) - set(SPORTS):
            raise ValueError(f"no sport is called {', '.join(sorted(unknown))}; known: {', '.join(SPORTS)}")
        return {name: asdict(sport.spread) | dict(value.get(name, {})) for name, sport in SPORTS.items()}

    @field_validator("lake")
    @classmethod
    def _plain_path(cls, value: Path | None) -> Path | None:
        if value is not None and set(str(value)) & set("=%?"):
            raise ValueError(f"'{value}' has a character that table readers take for their own (=, % or ?)")
        return value

    @model_validator(mode="after")
    def _archive_is_named(self) -> Self:
        if self.profile == "archive" and self.archive is None:
            raise ValueError("profile 'archive' needs a directory: pass --archive DIR or set FAIRLINE_ARCHIVE")
        if self.archive is not None and self.profile == "archive" and not (self.archive / "index.csv").is_file():
            raise ValueError(f"'{self.archive}' holds no index.csv, so it is no archive")
        return self

    @model_validator(mode="after")
    def _policy_is_there(self) -> Self:
        if self.policy is not None and not self.policy.is_file():
            raise ValueError(f"there is no policy file '{self.policy}': docs/policy.md says how to write one")
        return self

    @model_validator(mode="after")
    def _as_of_has_a_zone(self) -> Self:
        if self.as_of is not None and self.as_of.tzinfo is None:
            raise ValueError("as_of names no time zone: add 'Z' for UTC")
        return self

    @property
    def sport(self) -> str:
        """The one sport of what belongs to one, as `of` names it; else the first."""
        return self.sports[0]

    def of(self, sport: str) -> Settings:
        """The same settings for what belongs to one sport."""
        return self.model_copy(update={"sports": (sport,)})

    @property
    def uncertainty(self) -> Uncertainty:
        """That of the one sport."""
        return self.uncertainties[self.sport]

    @property
    def ahead_hours(self) -> float:
        """How far ahead the one sport is priced and bet on: as `horizon_hours` says for all sports, else its own."""
        return SPORTS[self.sport].horizon_hours if self.horizon_hours is None else self.horizon_hours

    @property
    def lake_root(self) -> Path:
        """The directory of all tables of this profile."""
        return (self.lake or Path("lakes") / self.profile).absolute()

    @property
    def simulated(self) -> bool:
        """Whether every number of this run comes from the sandbox's invented world."""
        return self.profile == "sandbox"

    @property
    def samples_posterior(self) -> bool:
        """Whether this run measures what it does not know: as `posterior` says, else wherever data is real."""
        return not self.simulated if self.posterior is None else self.posterior


def load_settings(**overrides: Any) -> Settings:
    """Settings from the environment and these overrides (None means: not given).

    Raises SettingsInvalid with one full sentence for each fault.
    """
    try:
        return Settings(**{name: value for name, value in overrides.items() if value is not None})
    except SettingsError as error:
        raise SettingsInvalid(
            f"{error}.", "Nested settings are written like FAIRLINE_STAKING__BANKROLL=500."
        ) from error
    except ValidationError as error:
        raise SettingsInvalid(_in_sentences(error), "Run `fairline doctor` to see every setting in force.") from error


def configured_profile() -> str:
    """The profile that the environment names, without checking the other settings: for what is decided at load time."""
    return os.environ.get("FAIRLINE_PROFILE", "sandbox")


def _in_sentences(error: ValidationError) -> str:
    faults = []
    for fault in error.errors():
        name = ".".join(str(part) for part in fault["loc"])
        message = fault["msg"].removeprefix("Value error, ")
        faults.append(f"Setting {name}: {message}." if name else f"{message[0].upper()}{message[1:]}.")
    return " ".join(faults)
