"""What the commands do: wire settings to a Dagster run or a reader, and show the answer."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

from core.clock import FixedClock, iso, parse_instant
from core.errors import FairlineError, LeakSuspected, PermanentError, SettingsInvalid
from core.settings import Settings, load_settings
from pipelines import screens

if TYPE_CHECKING:
    from lake.storage import Lake

console = Console() if sys.stdout.isatty() else Console(width=150)


def run_nightly(given: Mapping[str, Any], json_file: Path | None) -> None:
    """`fairline run`."""
    from assets.workspace import Workspace
    from pipelines.launch import run_job
    from serving import report, summary

    settings = _of_leagues(_settings(given))
    workspace = Workspace(**_resource(settings))
    as_of = workspace.moment()
    _inside_history(as_of, workspace.present)
    resource = _resource(settings) | {"as_of": iso(as_of)}
    with screens.progress(console, f"Deciding at {iso(as_of)} · profile {settings.profile}") as listen:
        outcome = run_job("nightly", settings, resource, listen, partition=f"{as_of:%Y-%m-%d}")
    if not outcome.success:
        raise PermanentError("The run failed: " + "; ".join(outcome.failures), _look(settings))
    decided = Workspace(**resource)
    said = summary.warnings(decided.lake, settings, as_of, decided.is_replay)
    result = summary.run(decided.lake, settings, as_of, outcome.stages, said)
    screens.show_run(console, result, report.page_path(decided.state_root, as_of))
    write_json(json_file, result)


def run_backtest(
    given: Mapping[str, Any], first: str, last: str, json_file: Path | None, posterior: bool = False
) -> None:
    """`fairline backtest`."""
    from assets.workspace import Workspace
    from lake.storage import Lake
    from pipelines.backtest_screens import show_backtest
    from pipelines.jobs import backtest_name
    from pipelines.launch import run_job
    from replay.catalog import craft_of
    from replay.suspicion import suspects

    first_day, last_day = day_of(first), day_of(last)
    if last_day < first_day:
        raise SettingsInvalid(f"--to {last} lies before --from {first}.", "Swap them.")
    settings = of_backtests(given)
    sport = settings.sport
    if craft_of(sport).backtest is None:
        raise SettingsInvalid(f"Nothing walks over the past of {sport} yet.", "See `backtest` in replay/craft.py.")
    as_of = datetime.combine(last_day + timedelta(days=2), datetime.min.time()).isoformat() + "Z"
    resource = _resource(settings) | {"as_of": iso(min(parse_instant(as_of), Workspace(**_resource(settings)).present))}
    ops = {f"gold__{sport}__backtests": {"first_day": first, "last_day": last, "posterior": posterior}}
    with screens.progress(console, f"Walking forward from {first} to {last}") as listen:
        outcome = run_job(backtest_name(sport), settings, resource, listen, ops, partition=resource["as_of"][:10])
    if not outcome.success:
        raise PermanentError("The backtest failed: " + "; ".join(outcome.failures), _look(settings))
    rows = Lake(settings.lake_root).table(f"gold.{sport}.backtests").read()
    report = json.loads(rows.filter(rows["backtest_hash"] == outcome.metadata["hash"])["report"][0])
    show_backtest(console, report)
    write_json(json_file, report | {"stages": outcome.stages})
    if suspected := suspects(report):
        raise LeakSuspected(
            f"Better than the closing price beyond chance: {', '.join(sorted(suspected))}.",
            "Look for a feature that knows the future before believing it (tests/leakage).",
        )


def tune(given: Mapping[str, Any], trials: int, minutes: float, json_file: Path | None) -> None:
    """`fairline tune`."""
    from dataclasses import asdict

    from lake.storage import Lake
    from replay import tuning

    settings = _in_backtests(given, _settings(given))
    found = tuning.tune_memory(Lake(settings.lake_root), settings, trials, minutes, console.print)
    screens.show_tuning(console, found, tuning.as_text(found.parameters))
    write_json(json_file, asdict(found))


def study_staking(seed: int | None, json_file: Path | None) -> None:
    """`fairline study`."""
    from optimizer.adaptive.shadow import SHIPPED_SEED
    from optimizer.adaptive.study import study

    found = study(SHIPPED_SEED if seed is None else seed)
    screens.show_study(console, found)
    write_json(json_file, found)


def show_tickets(given: Mapping[str, Any], json_file: Path | None) -> None:
    """`fairline tickets`."""
    from serving import summary
    from serving.no_ticket import no_tickets_yet

    settings = _settings(given)
    lake = lake_of(settings)
    found = summary.tickets(lake, settings.sports)
    screens.show_tickets(console, found, settings.simulated, () if found else no_tickets_yet(lake, settings))
    write_json(json_file, {"tickets": found})


def explain_ticket(given: Mapping[str, Any], ticket: str, json_file: Path | None) -> None:
    """`fairline explain`."""
    from serving.explain import explain

    settings = _settings(given)
    found = explain(lake_of(settings), settings, ticket)
    screens.show_explanation(console, found)
    write_json(json_file, found)


def open_ui(given: Mapping[str, Any], port: int) -> None:
    """`fairline ui`: `dagster dev` on loopback, with this lake's instance and settings."""
    from pipelines.instance import home

    settings = _settings(given)
    environment = os.environ | {
        "DAGSTER_HOME": str(home(settings.lake_root)),
        "FAIRLINE_PROFILE": settings.profile,
        "FAIRLINE_LAKE": str(settings.lake_root),
        "DAGSTER_DISABLE_TELEMETRY": "true",
    }
    if settings.archive:
        environment["FAIRLINE_ARCHIVE"] = str(settings.archive)
    console.print(f"Dagster UI: http://127.0.0.1:{port} (stop with Ctrl-C)")
    command = [
        sys.executable,
        "-m",
        "dagster",
        "dev",
        "-m",
        "pipelines.definitions",
        "-h",
        "127.0.0.1",
        "-p",
        str(port),
    ]
    sys.stdout.flush()
    os.execve(sys.executable, command, environment)  # noqa: S606  (our own command; signals reach it directly)


def examine(given: Mapping[str, Any], json_file: Path | None) -> None:
    """`fairline doctor`: exit code 1 where something is wrong."""
    from serving.health import examine as look

    settings = _settings(given)
    lake_of(settings)
    found = look(settings)
    screens.show_health(console, settings, found)
    write_json(json_file, {"findings": found, "settings": settings.model_dump(mode="json")})
    if any(not finding["ok"] for finding in found):
        raise SystemExit(1)


def export_release(given: Mapping[str, Any], target: str, endpoint_url: str | None) -> None:
    """`fairline export`."""
    from lake.objects import upload

    published = _settings(given).lake_root / "published"
    if not (published / "current.json").is_file():
        raise PermanentError("Nothing has been released from this lake yet.", "Run `fairline run` first.")
    if target.startswith("s3://"):
        console.print(f"{upload(published, target, endpoint_url)} files copied to {target}")
        return
    shutil.copytree(published, target, dirs_exist_ok=True)
    console.print(f"Newest release copied to {target}")


def of_backtests(given: Mapping[str, Any]) -> Settings:
    """Settings of what looks at past seasons of one sport, football where none is named.

    An archive that is named is taken, and the lake is one of its own.
    """
    from lake.competitions import competitions

    settings = _settings(given)
    if given["profile"] is None and settings.archive is not None:
        settings = _settings(dict(given) | {"profile": "archive", "archive": settings.archive})
    settings = settings.of(settings.sport)
    competitions(settings.sport, settings.leagues)
    return _in_backtests(given, settings)


def _in_backtests(given: Mapping[str, Any], settings: Settings) -> Settings:
    return settings.model_copy(update={"lake": given["lake"] or settings.lake_root / "backtests"})


def _of_leagues(settings: Settings) -> Settings:
    """Without the sports whose competitions are not asked for; raises SettingsInvalid where that is all of them."""
    from assets.workspace import Workspace

    asked = Workspace(**_resource(settings)).sports_asked
    if not asked:
        raise SettingsInvalid(
            f"None of {', '.join(settings.leagues)} is a competition of {', '.join(settings.sports)}.",
            "Ask for their sport by --sport.",
        )
    return settings.model_copy(update={"sports": asked})


def _settings(given: Mapping[str, Any]) -> Settings:
    values = dict(given)
    if isinstance(values.get("as_of"), str):
        values["as_of"] = parse_instant(values["as_of"])
    return load_settings(**values)


def _resource(settings: Settings) -> dict[str, Any]:
    """The settings as run configuration, so that the run can be repeated from the UI as it was."""
    return {
        "profile": settings.profile,
        "archive": str(settings.archive.absolute()) if settings.archive else "",
        "lake_dir": str(settings.lake_root),
        "as_of": iso(settings.as_of) if settings.as_of else "",
        "horizon_hours": settings.horizon_hours or 0.0,
        "sports": list(settings.sports),
        "leagues": list(settings.leagues),
        "policy": str(settings.policy.absolute()) if settings.policy else "",
    }


def _inside_history(as_of: datetime, present: datetime) -> None:
    from assets.partitions import FIRST_DAY

    if iso(as_of) < FIRST_DAY:
        raise SettingsInvalid(f"{iso(as_of)} lies before the history begins.", f"Its first day is {FIRST_DAY}.")
    if FixedClock(as_of).now() > present:
        raise SettingsInvalid(f"{iso(as_of)} lies in the future of this profile.", f"Its present is {iso(present)}.")


def lake_of(settings: Settings) -> Lake:
    """The lake of these settings, with every table under its present name."""
    from lake.moving import settle_in
    from lake.storage import Lake

    lake = Lake(settings.lake_root)
    settle_in(lake, lake.root)
    return lake


def day_of(text: str) -> date:
    """A day as people write it; raises SettingsInvalid for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise SettingsInvalid(f"'{text}' is not a day.", "Write it like 2024-06-30.") from error


def _look(settings: Settings) -> str:
    return f"What was written before it stands; `fairline ui --lake {settings.lake_root}` shows the run."


def write_json(path: Path | None, document: Mapping[str, Any]) -> None:
    """Write what a command found to the file of `--json`, if one was named; raises FairlineError where it cannot."""
    if path is None:
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(document, indent=1, default=str, allow_nan=False), encoding="utf-8")
    except OSError as error:
        raise FairlineError(f"{path} cannot be written: {error.strerror}.", "Choose another --json file.") from error
