"""One vendor's club names against the anchor's clubs of one league and season: paired where it is sure, else refused.

A wrong club is worse than a missing one, so each step is taken only where nothing else comes near: a reviewed alias,
then an equal name, then the one name that is clearly the best of all for a club that it alone wants.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from lake.entities.aliases import ALIAS_ELSEWHERE, alias_line
from lake.entities.names import club_core, plain
from lake.entities.similarity import similarity

SURE, MARGIN, LAST_ONE = 0.75, 0.12, 0.45
"""A pairing by similarity needs the first, and this lead over the next; the last of a whole league needs the third."""

_LEAGUE = 8
_SHOWN = 3


@dataclass(frozen=True)
class Candidate:
    """A club that a name may mean, and how alike the two are, 0 to 1."""

    id: str
    score: float


@dataclass(frozen=True)
class Pair:
    """What became of one name: `id` and `how` (alias, equal, similar, last), or None with the reason of refusal.

    `candidates`: the most alike, best first; the first of them is the pairing, the second its runner-up.
    """

    name: str
    id: str | None = None
    how: str | None = None
    score: float = 0.0
    candidates: tuple[Candidate, ...] = ()
    reason: str | None = None

    @property
    def runner_up(self) -> Candidate | None:
        """The best candidate that is not the pairing itself."""
        return next((candidate for candidate in self.candidates if candidate.id != self.id), None)

    def alias_line(self, source: str, competition_id: str) -> str:
        """A line for the file of aliases, with the best candidate in it for somebody to review."""
        return alias_line(source, competition_id, self.name, self.candidates[0].id if self.candidates else "")

    def said(self) -> str:
        """The refusal in words: why, and what came nearest."""
        near = ", ".join(f"{candidate.id} {candidate.score:.2f}" for candidate in self.candidates)
        return f"{self.reason or 'paired'}; nearest: {near or 'none'}"


@dataclass(frozen=True)
class Pairing:
    """All pairs of one vendor in one league and season, one per distinct name."""

    pairs: tuple[Pair, ...]

    @property
    def ids(self) -> dict[str, str]:
        """Canonical id by name, of the names that were paired."""
        return {pair.name: pair.id for pair in self.pairs if pair.id is not None}

    @property
    def refused(self) -> tuple[Pair, ...]:
        """The names that were not paired."""
        return tuple(pair for pair in self.pairs if pair.id is None)


def pair(
    names: Iterable[str],
    anchors: pl.DataFrame,
    aliases: Mapping[str, str] | None = None,
    rivals: pl.DataFrame | None = None,
) -> Pairing:
    """Pair a vendor's names with the anchor's clubs of the same league and season.

    `anchors` has `id`, `name` and maybe `spellings` (a list). `aliases`: reviewed ids by plain name. `rivals`: clubs
    that do not play here, in the same columns; a name that is theirs is refused.
    """
    found = _Search.of(sorted(set(names)), anchors, rivals)
    found.by_alias(aliases or {})
    found.by_form(plain)
    found.by_form(club_core)
    found.by_similarity()
    found.by_elimination()
    return Pairing(tuple(found.settled[name] for name in found.names))


def ranked(name: str, spelt: Sequence[tuple[str, str]]) -> tuple[Candidate, ...]:
    """Clubs by how alike their best spelling is, the best first; those that nothing speaks for are left out."""
    best: dict[str, float] = defaultdict(float)
    for club, spelling in spelt:
        best[club] = max(best[club], similarity(name, spelling))
    scored = sorted((Candidate(club, score) for club, score in best.items() if score), key=lambda c: (-c.score, c.id))
    return tuple(scored[:_SHOWN])


@dataclass
class _Search:
    """The state of one pairing: `settled` has the names that are through, paired or refused."""

    names: Sequence[str]
    ours: frozenset[str]
    spelt: Sequence[tuple[str, str]]
    settled: dict[str, Pair] = field(default_factory=dict)

    @classmethod
    def of(cls, names: Sequence[str], anchors: pl.DataFrame, rivals: pl.DataFrame | None) -> _Search:
        others = [] if rivals is None else [row for row in _spelt(rivals) if row[0] not in set(anchors["id"])]
        return cls(names, frozenset(anchors["id"]), [*_spelt(anchors), *others])

    @property
    def open(self) -> list[str]:
        return [name for name in self.names if name not in self.settled]

    @property
    def taken(self) -> set[str]:
        return {pair.id for pair in self.settled.values() if pair.id is not None}

    def by_alias(self, aliases: Mapping[str, str]) -> None:
        for name in self.open:
            meant = aliases.get(plain(name))
            if meant in self.ours:
                self.settled[name] = Pair(name, meant, "alias", 1.0, (Candidate(meant, 1.0),))
            elif meant is not None:
                self._refuse(name, ALIAS_ELSEWHERE.format(meant))

    def by_form(self, form: Callable[[str], str]) -> None:
        """Pair names whose form is that of one club only."""
        owners: dict[str, set[str]] = defaultdict(set)
        for club, spelling in self.spelt:
            owners[form(spelling)].add(club)
        wanted = {name: owners[form(name)] for name in self.open if form(name) in owners}
        for name, clubs in wanted.items():
            club = next(iter(clubs))
            if len(clubs) > 1:
                self._refuse(name, "the name of several clubs")
            elif club not in self.ours:
                self._refuse(name, f"the name of {club}, which is not listed here")
            else:
                self.settled[name] = Pair(name, club, "equal", 1.0, (Candidate(club, 1.0),))

    def by_similarity(self) -> None:
        rankings = {name: ranked(name, self.spelt) for name in self.open}
        taken = self.taken
        for name, near in rankings.items():
            others = [seen for other, seen in rankings.items() if other != name]
            if _is_sure(near) and near[0].id in self.ours - taken and _is_alone(near[0], others):
                self.settled[name] = Pair(name, near[0].id, "similar", near[0].score, near)

    def by_elimination(self) -> None:
        """The last name of a whole league is the last club of it, if they look it; all others are refused."""
        free, left = self.ours - self.taken, self.open
        whole = len(self.names) == len(self.ours) >= _LEAGUE and len(free) == len(left) == 1
        for name in left:
            near = ranked(name, self.spelt)
            if whole and near and near[0].id in free and near[0].score >= LAST_ONE and _leads(near):
                self.settled[name] = Pair(name, near[0].id, "last", near[0].score, near)
            else:
                self._refuse(name, _why(near, self.ours, self.taken))

    def _refuse(self, name: str, reason: str) -> None:
        self.settled[name] = Pair(name, candidates=ranked(name, self.spelt), reason=reason)


def _spelt(clubs: pl.DataFrame) -> list[tuple[str, str]]:
    """Every spelling of every club, each with its id."""
    named = list(clubs.select("id", "name").iter_rows())
    if "spellings" in clubs.columns:
        named += clubs.select("id", "spellings").explode("spellings").drop_nulls().iter_rows()
    return named


def _leads(near: Sequence[Candidate]) -> bool:
    return len(near) < 2 or near[0].score - near[1].score >= MARGIN


def _is_sure(near: Sequence[Candidate]) -> bool:
    return bool(near) and near[0].score >= SURE and _leads(near)


def _is_alone(best: Candidate, others: Sequence[Sequence[Candidate]]) -> bool:
    """No other open name comes near the same club."""
    return all(best.score - seen.score >= MARGIN for near in others for seen in near if seen.id == best.id)


def _why(near: Sequence[Candidate], ours: frozenset[str], taken: set[str]) -> str:
    if not near:
        return "no club is like it"
    if near[0].id not in ours:
        return f"most like {near[0].id}, which is not listed here"
    if near[0].id in taken:
        return f"another name is {near[0].id} already"
    return "too unlike the best club" if near[0].score < SURE else "too close to call"
