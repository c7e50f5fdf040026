"""Options that many commands share, and how what was given becomes settings."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Profile = Annotated[
    str | None, typer.Option(help="sandbox (simulated, the default), archive (real files on disk), live (network).")
]
Archive = Annotated[Path | None, typer.Option(help="Directory with index.csv; also FAIRLINE_ARCHIVE.")]
LakeDir = Annotated[Path | None, typer.Option("--lake", help="Where tables live; default lakes/<profile>.")]
AsOf = Annotated[
    str | None, typer.Option(help="Moment of decision, such as 2024-05-10T17:00:00Z; default: the present.")
]
Leagues = Annotated[str | None, typer.Option(help="Vendor codes, such as E0,SP1; default: every league found.")]
Sport = Annotated[str | None, typer.Option(help="Such as football; several with commas; default: all.")]
Policy = Annotated[Path | None, typer.Option("--policy", help="A bettor's policy file; also FAIRLINE_POLICY.")]
JsonFile = Annotated[Path | None, typer.Option("--json", help="Also write the result as JSON to this file.")]


def given(
    profile: str | None = None, archive: Path | None = None, lake: Path | None = None, as_of: str | None = None,
    leagues: str | None = None, sport: str | None = None, horizon_hours: float | None = None,
    policy: Path | None = None,
) -> dict[str, object]:  # fmt: skip
    """What the caller passed, in the names of core.settings."""
    return {
        "profile": profile, "archive": archive, "lake": lake, "as_of": as_of, "leagues": _listed(leagues),
        "sports": _listed(sport), "horizon_hours": horizon_hours, "policy": policy,
    }  # fmt: skip


def _listed(text: str | None) -> tuple[str, ...] | None:
    """Words set apart by commas; None where nothing was said."""
    return tuple(word.strip() for word in text.split(",") if word.strip()) if text else None
