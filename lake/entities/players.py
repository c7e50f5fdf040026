"""A vendor's player names against known players of the same team, or of the league where the vendor names no team.

Father and son, brothers and namesakes are why this is strict: a suffix must agree, first names that merely look alike
never do, and nicknames come by alias only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import polars as pl
from rapidfuzz.distance import OSA
from rapidfuzz.fuzz import token_sort_ratio

from lake.entities.aliases import ALIAS_ELSEWHERE, player_key
from lake.entities.matching import Candidate, Pair, Pairing
from lake.entities.names import Person, person, spellings, unfolded
from lake.keys import slug

INITIAL, SHORTENED, PART, TYPO, UMLAUT = 0.85, 0.88, 0.9, 0.92, 0.97
"""How sure each kind of likeness is held to be; each is taken only inside a team and where one player alone fits."""

_TYPO_LETTERS = 7
_SHOWN = 3


@dataclass(frozen=True)
class Roster:
    """Known players with their teams, looked up by name; `spelt`: id, spelling and team."""

    spelt: Sequence[tuple[str, str, str | None]]

    @classmethod
    def of(cls, players: pl.DataFrame) -> Roster:
        """From `id`, `name` and maybe `spellings` (a list) and `team_id`."""
        if "team_id" not in players.columns:
            players = players.with_columns(pl.lit(None, pl.String).alias("team_id"))
        rows = players.select("id", "name", "team_id")
        if "spellings" in players.columns:
            more = players.select("id", pl.col("spellings").alias("name"), "team_id").explode("name").drop_nulls("name")
            rows = pl.concat([rows, more])
        return cls(rows.unique(maintain_order=True).rows())

    @cached_property
    def people(self) -> Sequence[tuple[str, Person, str | None]]:
        """The players with their names read."""
        return [(player, person(name), team) for player, name, team in self.spelt]

    @cached_property
    def by_form(self) -> Mapping[str, frozenset[str]]:
        """All players of a name, whatever their team."""
        found: dict[str, set[str]] = defaultdict(set)
        for player, read, _ in self.people:
            found[read.form].add(player)
        return {form: frozenset(ids) for form, ids in found.items()}

    @cached_property
    def by_team(self) -> Mapping[str | None, Sequence[tuple[str, Person]]]:
        """The players of a team."""
        found: dict[str | None, list[tuple[str, Person]]] = defaultdict(list)
        for player, read, team in self.people:
            found[team].append((player, read))
        return found

    @cached_property
    def ids(self) -> frozenset[str]:
        """Every player."""
        return frozenset(player for player, _, _ in self.spelt)

    def of_teams(self, teams: Collection[str]) -> Sequence[tuple[str, Person]]:
        """Players of these teams; all of the league where none is given."""
        if not teams:
            return [(player, read) for player, read, _ in self.people]
        return [member for team in sorted(set(teams)) for member in self.by_team.get(team, ())]


def pair_players(
    names: Iterable[str],
    roster: Roster,
    aliases: Mapping[str, str] | None = None,
    teams: Collection[str] = (),
    may_have_moved: bool = False,
) -> Pairing:
    """Pair a vendor's player names with known players.

    `teams`: those for which he may play, one of a squad list, two of a match; none where the vendor does not say.
    `aliases`: reviewed ids by `aliases.player_key`. `may_have_moved`: the roster has one team a player, maybe not that
    of the day, so a full name that one player of the whole league bears is his in any team. A cell such as
    `Nicolas Claxton / Nic Claxton` is paired if its names that are known agree.
    """
    search = _Search(roster, roster.of_teams(teams), aliases or {}, bool(teams), may_have_moved)
    return Pairing(tuple(_without_doubles([search.cell(name) for name in sorted(set(names))])))


def player_ids(players: pl.DataFrame, known: Mapping[int, str] | None = None) -> pl.DataFrame:
    """Add `player_id` to an anchor's list of players: the name's slug, and the vendor's number where two share it.

    `players` has `number` and `name`, one row a player. `known`: ids minted before, by number; they never change.
    """
    minted = dict(known or {})
    slugs = dict(zip(players["number"], map(slug, players["name"]), strict=True))
    crowd = pl.Series([*slugs.values()], dtype=pl.String).value_counts()
    shared = set(crowd.filter(pl.col("count") > 1).to_series(0)) | set(minted.values())
    for number, name in slugs.items():
        minted.setdefault(number, f"{name}-{number}" if name in shared else name)
    ids = [minted[number] for number in players["number"]]
    return players.with_columns(pl.Series("player_id", ids, pl.String))


@dataclass(frozen=True)
class _Search:
    """What one call looks in: `pool` has the players of the teams, `roster` those of the league."""

    roster: Roster
    pool: Sequence[tuple[str, Person]]
    aliases: Mapping[str, str]
    in_team: bool
    may_have_moved: bool

    @cached_property
    def here(self) -> frozenset[str]:
        return frozenset(player for player, _ in self.pool)

    def cell(self, cell: str) -> Pair:
        """One cell: its names, one after the other, and what they say together."""
        parts = (cell,) if player_key(cell) in self.aliases else spellings(cell) or (cell,)
        found = [self.one(part) for part in parts]
        known = {pair.id for pair in found if pair.id is not None}
        if len(known) > 1:
            return Pair(cell, candidates=tuple(c for p in found for c in p.candidates), reason="it names two players")
        best = max((pair for pair in found if pair.id is not None), key=lambda pair: pair.score, default=found[0])
        return replace(best, name=cell)

    def one(self, name: str) -> Pair:
        read, meant = person(name), self.aliases.get(player_key(name))
        if meant is not None:
            return self._by_alias(name, meant)
        if read.remark:
            return self._refused(name, f"'{read.remark}' in brackets tells him from a namesake")
        namesakes = self.roster.by_form.get(read.form, frozenset())
        if namesakes:
            return self._by_form(name, read, namesakes)
        return self._alike(name, read) if self.in_team else self._refused(name, "no player of the league is called so")

    def _by_form(self, name: str, read: Person, namesakes: frozenset[str]) -> Pair:
        equal = namesakes & self.here
        if not equal and self.may_have_moved and len(read.words) > 1:
            equal = namesakes
        if len(equal) == 1:
            return _sure(name, next(iter(equal)), "equal", 1.0)
        if equal:
            return self._refused(name, "the name of several players")
        return self._refused(name, f"the name of {', '.join(sorted(namesakes)[:_SHOWN])}, in another team")

    def _by_alias(self, name: str, meant: str) -> Pair:
        listed = self.roster.ids if self.may_have_moved else self.here
        if meant not in listed:
            return Pair(name, candidates=(Candidate(meant, 1.0),), reason=ALIAS_ELSEWHERE.format(meant))
        return _sure(name, meant, "alias", 1.0)

    def _alike(self, name: str, read: Person) -> Pair:
        """Inside a team: the one player that the name can be an initial, a short form, a part or a slip of."""
        scored = {player: score for player, other in self.pool if (score := _likeness(read, other))}
        if len(scored) == 1:
            player, score = scored.popitem()
            return _sure(name, player, "similar", score)
        return self._refused(name, "it may be several players" if scored else "no player of the team is called so")

    def _refused(self, name: str, reason: str) -> Pair:
        form, best = person(name).form, dict.fromkeys(self.here, 0.0)
        for player, other in self.pool:
            best[player] = max(best[player], token_sort_ratio(form, other.form) / 100)
        near = sorted((Candidate(player, score) for player, score in best.items()), key=lambda c: (-c.score, c.id))
        return Pair(name, candidates=tuple(near[:_SHOWN]), reason=reason)


def _likeness(one: Person, two: Person) -> float:
    """0 where two names may be two people's; the first name must fit and the suffix agree, always."""
    if one.suffix != two.suffix or min(len(one.words), len(two.words)) < 2:
        return 0.0
    if unfolded(one.form) == unfolded(two.form):
        return UMLAUT
    if one.words[1:] == two.words[1:]:
        return _first_names(one.words[0], two.words[0])
    if one.words[0] == two.words[0] and _is_slip(" ".join(one.words[1:]), " ".join(two.words[1:])):
        return TYPO
    short, long = sorted((one.words, two.words), key=len)
    is_part = len(short) < len(long) and short[0] == long[0] and _in_sequence(short, long)
    return PART if is_part else 0.0


def _first_names(one: str, two: str) -> float:
    short, long = sorted((one, two), key=len)
    if not long.startswith(short):
        return 0.0
    return INITIAL if len(short) == 1 else SHORTENED if len(short) >= 3 else 0.0


def _is_slip(one: str, two: str) -> bool:
    """One letter wrong in a long family name."""
    return min(len(one), len(two)) >= _TYPO_LETTERS and OSA.distance(one, two, score_cutoff=1) <= 1


def _in_sequence(short: Sequence[str], long: Sequence[str]) -> bool:
    rest = iter(long)
    return all(word in rest for word in short)


def _sure(name: str, player: str, how: str, score: float) -> Pair:
    return Pair(name, player, how, score, (Candidate(player, score),))


def _without_doubles(found: Sequence[Pair]) -> list[Pair]:
    """A name that is only like a player is refused where another name is that player by right."""
    sure = {pair.id for pair in found if pair.how in ("alias", "equal")}
    liked = [pair.id for pair in found if pair.how == "similar"]
    return [
        Pair(pair.name, candidates=pair.candidates, reason=f"another name is {pair.id} already")
        if pair.how == "similar" and (pair.id in sure or liked.count(pair.id) > 1)
        else pair
        for pair in found
    ]
