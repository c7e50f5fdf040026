"""The names that a lake could not make into ids: which, what they cost, and what happens once one is known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from core.errors import SettingsInvalid
from lake.competitions import competitions
from lake.contracts.model import contracts
from lake.entities import aliases as alias_files
from lake.entities import league_lists
from lake.entities.aliases import ALL, KINDS, Alias, player_key
from lake.entities.resolve import UNKNOWN_PLAYER, UNKNOWN_TEAM, lines_in
from lake.storage import Lake

_REASONS = {UNKNOWN_TEAM: "team", UNKNOWN_PLAYER: "player"}
_NAME = ("kind", "source", "competition_id", "spelling")
_SCHEMA = {**dict.fromkeys((*_NAME, "season_code", "id", "detail", "bronze_sha256"), pl.String()), "rows": pl.Int64()}
_WHERE = ("source", "competition_id", "season_code")


@dataclass(frozen=True)
class Applied:
    """What `apply` did: lines that were new, and the payloads that the next run reads again."""

    lines: tuple[Alias, ...]
    payloads: tuple[str, ...]


def unresolved(lake: Lake, sport: str) -> pl.DataFrame:
    """Names without an id, the costliest first.

    Columns: kind (team, player), source, competition_id, spelling, seasons (a list), rows refused for it, the best
    candidate's id or null, alias_line to review, and detail, the refusal in words.
    """
    found = _told(lake, sport)
    names = (
        found.sort("season_code")
        .group_by(_NAME, maintain_order=True)
        .agg(
            pl.col("season_code").drop_nulls().unique(maintain_order=True).alias("seasons"),
            pl.col("rows").sum(),
            pl.col("id").last().replace("", None),
            pl.col("detail").last().str.split(" Alias: ").list.first(),
        )
    )
    lines = [
        alias_files.alias_line(source, competition, spelling, found_id or "")
        for source, competition, spelling, found_id in names.select(*_NAME[1:], "id").iter_rows()
    ]
    return names.with_columns(pl.Series("alias_line", lines, pl.String)).sort(
        "rows", *_NAME, descending=[True] + [False] * 4
    )


def coverage(lake: Lake, sport: str) -> pl.DataFrame:
    """Rows by source, competition and season: rows_resolved in silver, rows_refused for a name, names_refused, share.

    `resolved_share` is of both; entities that carry no club or player count as well, for they hang on the same names.
    """
    told = _told(lake, sport)
    names = told.group_by(_WHERE).agg(pl.struct("kind", "spelling").n_unique().cast(pl.Int64).alias("names_refused"))
    refused = _quarantined(lake, sport).group_by(_WHERE).agg(pl.len().cast(pl.Int64).alias("rows_refused"))
    good = _in_silver(lake, sport).group_by(_WHERE).agg(pl.col("rows").sum().cast(pl.Int64).alias("rows_resolved"))
    joined = good.join(refused, on=_WHERE, how="full", coalesce=True, nulls_equal=True)
    joined = joined.join(names, on=_WHERE, how="left", nulls_equal=True).with_columns(
        pl.col("rows_resolved", "rows_refused", "names_refused").fill_null(0)
    )
    share = pl.col("rows_resolved") / (pl.col("rows_resolved") + pl.col("rows_refused"))
    return joined.with_columns(share.alias("resolved_share")).sort(_WHERE)


def apply(lake: Lake, sport: str, text: str, where: str) -> Applied:
    """Take reviewed lines into the lake's own aliases, and have the payloads that they concern read again.

    `text`: the lines of a CSV file called `where`. Raises SettingsInvalid for a wrong line, an id that the lake does
    not know, or a line that contradicts one that the lake has; then nothing is taken.
    """
    lines = alias_files.parsed(text, where)
    by_kind = _by_kind(lake, sport, lines)
    added = [new for kind in KINDS for new in alias_files.added(lake.root, sport, kind, by_kind[kind])]
    for kind in KINDS:
        alias_files.write(lake.root, sport, kind, by_kind[kind])
    return Applied(tuple(added), _read_again(lake, sport, lines))


def _by_kind(lake: Lake, sport: str, lines: Sequence[Alias]) -> dict[str, list[Alias]]:
    listed = set(league_lists.LISTED) & competitions(sport).keys()
    known = {"teams": _ids(lake, sport, "teams", "team_id"), "players": _ids(lake, sport, "players", "player_id")}
    known["teams"] |= {club for league in listed for club in league_lists.by_number(league).values()}
    alias_files.check_ids(lines, known["teams"] | known["players"])
    return {kind: [line for line in lines if line.id in known[kind]] for kind in KINDS}


def _ids(lake: Lake, sport: str, entity: str, column: str) -> set[str]:
    name = f"silver.{sport}.{entity}"
    if name not in contracts():
        raise SettingsInvalid(f"No table {name} is known.", "Name a sport that the lake has.")
    return set(lake.table(name).scan().select(pl.col(column).unique()).collect().to_series())


def _read_again(lake: Lake, sport: str, lines: Sequence[Alias]) -> tuple[str, ...]:
    """Forget that the payloads in which these names stand were read, and the refusals that the names caused."""
    told = _told(lake, sport)
    concerned = [any(_covers(line, row) for line in lines) for row in told.iter_rows(named=True)]
    payloads = told.filter(pl.Series(concerned, dtype=pl.Boolean))["bronze_sha256"].unique().sort().to_list()
    if payloads:
        again = pl.col("bronze_sha256").is_in(payloads)
        for name in _tables(sport, "quarantine"):
            table = lake.table(name)
            if table.exists:
                table.replace(table.contract.empty(), again & pl.col("reason").is_in(list(_REASONS)))
        parsed = lake.table(f"silver.{sport}.parsed_payloads")
        parsed.replace(parsed.contract.empty(), again)
    return tuple(payloads)


def _covers(line: Alias, row: dict[str, str]) -> bool:
    """Whether a line is about the name of a refused row; both read by the same rule as aliases are looked up by."""
    here = line.source in (ALL, row["source"]) and line.competition_id in (ALL, row["competition_id"])
    return here and player_key(line.spelling) == player_key(row["spelling"])


def _quarantined(lake: Lake, sport: str) -> pl.DataFrame:
    """Rows refused for a name, of every entity."""
    wanted = ["reason", "detail", "source", "competition_id", "season_code", "bronze_sha256"]
    found = [
        lake.table(name).scan().filter(pl.col("reason").is_in(list(_REASONS))).select(wanted).collect()
        for name in _tables(sport, "quarantine")
    ]
    return pl.concat(found)


def _told(lake: Lake, sport: str) -> pl.DataFrame:
    """One row per name, payload and season, with the rows refused for it: refusals that give no name are left out."""
    counted = _quarantined(lake, sport).group_by(pl.all()).agg(pl.len().cast(pl.Int64).alias("rows"))
    rows = [
        {"kind": _REASONS[row["reason"]], **row, "spelling": line.spelling, "id": line.id,
         "source": line.source, "competition_id": line.competition_id}
        for row in counted.iter_rows(named=True)
        for line in lines_in(row["detail"])
    ]  # fmt: skip
    return pl.DataFrame([{name: row[name] for name in _SCHEMA} for row in rows], schema=_SCHEMA)


def _in_silver(lake: Lake, sport: str) -> pl.DataFrame:
    names = [name for name in _tables(sport, "silver") if {*_WHERE} <= set(contracts()[name].column_names)]
    counted = [lake.table(name).scan().group_by(_WHERE).agg(pl.len().alias("rows")) for name in names]
    return pl.concat(counted).collect()


def _tables(sport: str, layer: str) -> Iterable[str]:
    return sorted(name for name in contracts() if name.startswith(f"{layer}.{sport}."))
