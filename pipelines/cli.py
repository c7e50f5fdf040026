"""The `fairline` command. Everything heavy is imported inside a command, so `--help` answers at once."""

from __future__ import annotations

from typing import Annotated

import typer

from core.errors import FairlineError
from pipelines import listen_cli, money_cli, names_cli, sandbox_cli, sources_cli
from pipelines.options import Archive, AsOf, JsonFile, LakeDir, Leagues, Policy, Profile, Sport, given

app = typer.Typer(
    name="fairline",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="From vendors' files to fair prices and a daily, risk-limited portfolio of betting tickets.\n\n"
    "Start with [bold]fairline run[/bold]: it needs nothing, because the default profile is a simulated world. "
    "With real vendor files: [bold]fairline run --profile archive --archive DIR[/bold].",
)

money_cli.add(app)
sandbox_cli.add(app)
names_cli.add(app)
listen_cli.add(app)
sources_cli.add(app)


@app.command()
def run(
    profile: Profile = None,
    archive: Archive = None,
    lake: LakeDir = None,
    as_of: AsOf = None,
    horizon_hours: Annotated[
        float | None,
        typer.Option(help="How far ahead to price and bet; default: each sport's own, 72 in football, 18 in the NBA."),
    ] = None,
    sport: Sport = None,
    leagues: Leagues = None,
    policy: Policy = None,
    json_file: JsonFile = None,
) -> None:
    """Run the nightly pipeline once: files → features → beliefs → tickets → report.

    The same moment twice changes nothing. A killed run is finished by running it again.
    """
    from pipelines.commands import run_nightly

    run_nightly(given(profile, archive, lake, as_of, leagues, sport, horizon_hours, policy), json_file)


@app.command()
def backtest(
    first: Annotated[str, typer.Option("--from", help="First match day, such as 2021-07-01.")],
    last: Annotated[str, typer.Option("--to", help="Last match day, such as 2024-06-30.")],
    sport: Sport = None,
    profile: Profile = None,
    archive: Archive = None,
    lake: LakeDir = None,
    leagues: Leagues = None,
    posterior: Annotated[
        bool,
        typer.Option(help="Also score the PyMC model of strengths, sampled each month: minutes a season and league."),
    ] = False,
    policy: Policy = None,
    json_file: JsonFile = None,
) -> None:
    """Walk forward over past seasons and compare every forecaster with the close, on the same matches.

    Every match is forecast by what had been learned before it. Results stand in gold backtests.
    """
    from pipelines.commands import run_backtest

    run_backtest(given(profile, archive, lake, None, leagues, sport, policy=policy), first, last, json_file, posterior)


@app.command()
def ablate(
    first: Annotated[str, typer.Option("--from", help="First match day of the backtest, such as 2021-07-01.")],
    last: Annotated[str, typer.Option("--to", help="Last match day of it, such as 2024-06-30.")],
    sport: Sport = None,
    profile: Profile = None,
    archive: Archive = None,
    lake: LakeDir = None,
    leagues: Leagues = None,
    players: Annotated[bool, typer.Option(help="Also of players, where they have features: minutes a group.")] = False,
    json_file: JsonFile = None,
) -> None:
    """Measure what each member and each group of features adds: a backtest again without it, on the same matches.

    It needs a lake that `fairline backtest` has filled for the same days and leagues, by default the same one.
    """
    from pipelines.ablation_commands import run_ablation

    run_ablation(given(profile, archive, lake, None, leagues, sport), first, last, json_file, players)


@app.command()
def tune(
    trials: Annotated[int, typer.Option(help="How many parameters to try in all, earlier searches counted.")] = 1500,
    minutes: Annotated[float, typer.Option(help="Stop after so long; asked again, the search goes on.")] = 10.0,
    profile: Profile = None,
    lake: LakeDir = None,
    json_file: JsonFile = None,
) -> None:
    """Search parameters of market memory by Optuna, on seasons up to 2020/21 only; later seasons are for testing.

    It needs a lake that `fairline backtest` has filled, by default the same one.
    """
    from pipelines.commands import tune as search

    search(given(profile, None, lake, None, None, None), trials, minutes, json_file)


@app.command()
def study(
    seed: Annotated[int | None, typer.Option(help="Of all simulated worlds; default: the shipped one.")] = None,
    json_file: JsonFile = None,
) -> None:
    """Learn a staking policy in simulated worlds and compare it with the best fixed Kelly fraction in unseen ones.

    It decides whether the policy may act or stays in the shadow of the fixed fraction. About a minute; needs no lake.
    """
    from pipelines.commands import study_staking

    study_staking(seed, json_file)


@app.command()
def models(profile: Profile = None, lake: LakeDir = None, sport: Sport = None, json_file: JsonFile = None) -> None:
    """List the trained forecasters, newest first: which one decides, and why it was crowned or was not.

    The champion decides. A refit of it on newer data follows it at once; a challenger (another recipe or other code)
    only after beating it, beyond chance, on matches that neither was fitted on. Log-loss is that of the blend, on
    matches that it had not seen.
    """
    from pipelines.model_commands import list_models

    list_models(given(profile, None, lake, None, None, sport), json_file)


@app.command()
def rollback(
    to: Annotated[str | None, typer.Option(help="Version to crown; default: the champion before this one.")] = None,
    profile: Profile = None,
    lake: LakeDir = None,
    sport: Sport = None,
    json_file: JsonFile = None,
) -> None:
    """Give the crown back to an earlier forecaster: the next run decides with it. Issued tickets stay as they are.

    Afterwards no challenger takes the crown by itself, until a newer version is named by
    [bold]fairline rollback --to VERSION[/bold].
    """
    from pipelines.model_commands import roll_back

    roll_back(given(profile, None, lake, None, None, sport), to, json_file)


@app.command()
def tickets(profile: Profile = None, lake: LakeDir = None, sport: Sport = None, json_file: JsonFile = None) -> None:
    """Show the tickets that were issued, newest first."""
    from pipelines.commands import show_tickets

    show_tickets(given(profile, None, lake, None, None, sport), json_file)


@app.command()
def explain(
    ticket: Annotated[str, typer.Argument(help="A ticket's id, as `fairline tickets` shows it.")],
    profile: Profile = None,
    lake: LakeDir = None,
    sport: Sport = None,
    json_file: JsonFile = None,
) -> None:
    """Say why a ticket was issued: probability, fair price, price and age, edge, limit, and the payloads behind it."""
    from pipelines.commands import explain_ticket

    explain_ticket(given(profile, None, lake, None, None, sport), ticket, json_file)


@app.command()
def ui(
    profile: Profile = None,
    archive: Archive = None,
    lake: LakeDir = None,
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1.")] = 3000,
) -> None:
    """Open the Dagster UI on this lake: lineage, runs, checks, pictures. It listens on loopback only."""
    from pipelines.commands import open_ui

    open_ui(given(profile, archive, lake, None, None, None), port)


@app.command()
def doctor(profile: Profile = None, archive: Archive = None, lake: LakeDir = None, json_file: JsonFile = None) -> None:
    """Check settings, archive, lake, ledger and disk, and show every setting in force."""
    from pipelines.commands import examine

    examine(given(profile, archive, lake, None, None, None), json_file)


@app.command()
def export(
    target: Annotated[str, typer.Argument(help="A directory, or s3://bucket/prefix.")],
    profile: Profile = None,
    lake: LakeDir = None,
    sport: Sport = None,
    endpoint_url: Annotated[str | None, typer.Option(help="Of an S3-compatible store.")] = None,
) -> None:
    """Copy the newest release as plain Parquet, with its manifest."""
    from pipelines.commands import export_release

    export_release(given(profile, None, lake, None, None, sport), target, endpoint_url)


def main() -> None:
    """Run the command line; one of our own errors ends it with its sentence and exit code 1."""
    try:
        app()
    except FairlineError as error:
        typer.secho(f"{error.what}", fg="red", err=True)
        if error.way_out:
            typer.echo(error.way_out, err=True)
        raise SystemExit(1) from None
