"""The one tree of errors, in the trade's own words.

Each says what happened, and what to do about it; `retryable` tells a caller whether trying again can help.
"""

from __future__ import annotations


class FairlineError(Exception):
    """Base of all errors that Fairline raises on purpose.

    `what` is a full sentence; `way_out` says what the reader can do next.
    """

    retryable = False

    def __init__(self, what: str, way_out: str = "") -> None:
        self.what = what
        self.way_out = way_out
        super().__init__(f"{what} {way_out}".strip())


class TransientError(FairlineError):
    """Trying again may help: a server error, a rate limit, a timeout."""

    retryable = True


class VendorUnavailable(TransientError):
    """A vendor answered 5xx, 408 or 429 (`status`), or not at all (`status` is None)."""

    def __init__(self, what: str, way_out: str = "", status: int | None = None) -> None:
        self.status = status
        super().__init__(what, way_out)


class CommitConflict(TransientError):
    """Another writer changed the table between our read and our commit."""


class PermanentError(FairlineError):
    """Trying again cannot help until somebody changes something."""


class SettingsInvalid(PermanentError):
    """A setting is missing or out of range."""


class VendorRefused(PermanentError):
    """A vendor refused the request with this `status`: 4xx other than 408 and 429."""

    def __init__(self, what: str, way_out: str = "", status: int | None = None) -> None:
        self.status = status
        super().__init__(what, way_out)


class PayloadMalformed(PermanentError):
    """A payload is not what the vendor promises: HTML for CSV, no header, cut off."""


class ContractBroken(PermanentError):
    """A frame does not keep the contract of the table it was meant for."""


class UnknownCompetition(PermanentError):
    """A league code that `lake/contracts/competitions.yaml` does not know."""


class TicketUnknown(PermanentError):
    """No ticket carries this id."""


class LimitBroken(PermanentError):
    """A portfolio failed the last check before its tickets: nothing is issued."""


class ModelMissing(PermanentError):
    """No model is registered for what was asked."""


class LeakSuspected(PermanentError):
    """A forecaster beats the closing price by more than chance: it may have seen the future."""


class ExportFailed(PermanentError):
    """An object store did not take what was to be exported."""


class RunInProgress(TransientError):
    """Another run of the command line is at work on the same lake."""
