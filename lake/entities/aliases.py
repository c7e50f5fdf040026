"""Reviewed aliases: CSV files that somebody has read line by line, shipped with the code or kept in a lake.

Columns: source (`*` for all), competition_id (`*` for all), spelling, id, note. A source's own line beats one of
all sources, then a competition's own one of all competitions, and between equals the lake's own a shipped one.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.errors import SettingsInvalid
from lake.entities.names import person, plain
from lake.keys import short_hash

HERE = Path(__file__).parent / "aliases"
COLUMNS = ("source", "competition_id", "spelling", "id", "note")
KINDS = ("teams", "players")
ALL = "*"
ALIAS_ELSEWHERE = "its alias is {}, which is not listed here"
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True)
class Alias:
    """One reviewed line: this spelling of this source in this competition is that club or player."""

    source: str
    competition_id: str
    spelling: str
    id: str
    note: str = ""


@dataclass(frozen=True)
class Aliases:
    """Reviewed lines of one sport, the more binding ones last."""

    teams: tuple[Alias, ...] = ()
    players: tuple[Alias, ...] = ()

    def of_teams(self, source: str, competition_id: str) -> dict[str, str]:
        """Club by plain name, as it holds for one source and competition."""
        return {plain(alias.spelling): alias.id for alias in _binding(self.teams, source, competition_id)}

    def of_players(self, source: str, competition_id: str) -> dict[str, str]:
        """Player by `player_key`, as it holds for one source and competition."""
        return {player_key(alias.spelling): alias.id for alias in _binding(self.players, source, competition_id)}


def player_key(name: str) -> str:
    """A player's name as aliases find it: `C.J.` is `CJ`, but a suffix and a bracketed remark stay."""
    found = person(name)
    return f"{found.form} ({found.remark})" if found.remark else found.form


def alias_line(source: str, competition_id: str, spelling: str, id: str, note: str = "") -> str:
    """One line of a file of aliases, quoted where it must be."""
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow((source, competition_id, spelling, id, note))
    return text.getvalue()


def load(sport: str, lake_root: Path | None = None) -> Aliases:
    """The shipped aliases of a sport and, behind them, the lake's own; raises SettingsInvalid for a wrong line."""
    found: dict[str, tuple[Alias, ...]] = {}
    for kind in KINDS:
        shipped = read([HERE / f"{sport}_{kind}.csv"])
        own = read(_own_files(lake_root, sport, kind)) if lake_root else ()
        found[kind] = (*shipped, *own)
    return Aliases(**found)


def own_file(lake_root: Path, sport: str, kind: str) -> Path:
    """Where a lake keeps the lines that `fairline names apply` took."""
    return lake_root / "aliases" / f"{sport}_{kind}.csv"


def read(files: Iterable[Path]) -> tuple[Alias, ...]:
    """The lines of these files, files that are not there left out; raises SettingsInvalid for a wrong line."""
    lines = [alias for file in files if file.is_file() for alias in parsed(file.read_text("utf-8-sig"), file.name)]
    _hold_together(lines)
    return tuple(lines)


def parsed(text: str, where: str) -> list[Alias]:
    """The lines of one file; `where` names it in an error."""
    rows = csv.DictReader(io.StringIO(text))
    if tuple(rows.fieldnames or ()) != COLUMNS:
        raise SettingsInvalid(f"{where} has the columns {rows.fieldnames}.", f"Its first line is {','.join(COLUMNS)}.")
    found = [Alias(**{name: (row[name] or "").strip() for name in COLUMNS}) for row in rows]
    for number, alias in enumerate(found, start=2):
        if not (alias.source and alias.competition_id and alias.spelling) or not _ID.fullmatch(alias.id):
            raise SettingsInvalid(
                f"Line {number} of {where} is no alias: {alias}.", "Give source, competition, spelling and a known id."
            )
    return found


def check_ids(aliases: Sequence[Alias], known: Iterable[str]) -> None:
    """Raise SettingsInvalid where an alias names a club or player that the lake does not know."""
    there = set(known)
    unknown = [alias for alias in aliases if alias.id not in there]
    if unknown:
        shown = "; ".join(f"'{alias.spelling}' is {alias.id}" for alias in unknown[:5])
        raise SettingsInvalid(
            f"{len(unknown)} aliases name an id that the lake does not know: {shown}.",
            "Look the id up in silver, or run the anchor vendor's season first.",
        )


def added(lake_root: Path, sport: str, kind: str, lines: Sequence[Alias]) -> list[Alias]:
    """The lines that the lake's own file lacks; raises SettingsInvalid where one contradicts it or another of them."""
    standing = read(_own_files(lake_root, sport, kind))
    _hold_together([*standing, *lines])
    return [line for line in dict.fromkeys(lines) if line not in standing]


def write(lake_root: Path, sport: str, kind: str, lines: Sequence[Alias]) -> None:
    """Append the lines that are new to the lake's own file, which is replaced as a whole or not at all."""
    fresh = added(lake_root, sport, kind, lines)
    if not fresh:
        return
    file = own_file(lake_root, sport, kind)
    file.parent.mkdir(parents=True, exist_ok=True)
    standing = file.read_text("utf-8-sig").rstrip("\n") if file.is_file() else ",".join(COLUMNS)
    text = [alias_line(line.source, line.competition_id, line.spelling, line.id, line.note) for line in fresh]
    beside = file.with_suffix(".new")
    beside.write_text("\n".join([standing, *text, ""]), "utf-8")
    beside.replace(file)


def fingerprint(sport: str, lake_root: Path) -> str:
    """What changes when the lake's own aliases change: a payload may be read again under other aliases."""
    return short_hash(*(file.read_text("utf-8-sig") for kind in KINDS for file in _own_files(lake_root, sport, kind)))


def _own_files(lake_root: Path, sport: str, kind: str) -> list[Path]:
    return sorted((lake_root / "aliases").glob(f"{sport}_{kind}*.csv"))


def _hold_together(aliases: Sequence[Alias]) -> None:
    """One spelling of one source and competition has one id."""
    seen: dict[tuple[str, str, str], Alias] = {}
    for alias in aliases:
        first = seen.setdefault((alias.source, alias.competition_id, player_key(alias.spelling)), alias)
        if first.id != alias.id:
            raise SettingsInvalid(
                f"'{alias.spelling}' of {alias.source} in {alias.competition_id} is {first.id} and {alias.id}.",
                "Keep the line that is right and delete the other.",
            )


def _binding(aliases: Sequence[Alias], source: str, competition_id: str) -> list[Alias]:
    """The lines that hold here, the most particular last; the order of the files decides between equals."""
    ours = [a for a in aliases if a.source in (ALL, source) and a.competition_id in (ALL, competition_id)]
    return sorted(ours, key=lambda alias: (alias.source != ALL, alias.competition_id != ALL))
