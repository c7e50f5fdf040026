"""The commands about names, as `fairline --help` shows them; what they do stands in `names_commands`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines.options import JsonFile, LakeDir, Profile, Sport, given

names = typer.Typer(
    no_args_is_help=True, help="Names of teams and players: unresolved ones, coverage, reviewed aliases."
)


def add(app: typer.Typer) -> None:
    """Hang all commands of this file below an application."""
    app.add_typer(names, name="names")


@names.command(name="list")
def list_(profile: Profile = None, lake: LakeDir = None, sport: Sport = None, json_file: JsonFile = None) -> None:
    """List names that no vendor's row could be placed by, the costliest first, each with a line to review.

    A line is a guess: read it, correct its id, put the good ones into a file with the header
    source,competition_id,spelling,id,note and give that to [bold]fairline names apply[/bold].
    """
    from pipelines import names_commands

    names_commands.list_unresolved(given(profile=profile, lake=lake, sport=sport), json_file)


@names.command()
def coverage(profile: Profile = None, lake: LakeDir = None, sport: Sport = None, json_file: JsonFile = None) -> None:
    """Show how many rows found their names and how many did not, by source, competition and season."""
    from pipelines import names_commands

    names_commands.show_coverage(given(profile=profile, lake=lake, sport=sport), json_file)


@names.command()
def apply(
    file: Annotated[Path, typer.Argument(help="Reviewed aliases as CSV: source,competition_id,spelling,id,note.")],
    profile: Profile = None,
    lake: LakeDir = None,
    sport: Sport = None,
    json_file: JsonFile = None,
) -> None:
    """Take reviewed aliases into this lake; the next run reads the payloads again in which these names stand.

    A line with an unknown id, or that contradicts another, is refused, and then nothing is taken.
    """
    from pipelines import names_commands

    names_commands.apply_file(given(profile=profile, lake=lake, sport=sport), file, json_file)
