"""Whom an item is about: clubs and players of silver whose names it holds, and surnames beside their club."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import polars as pl

from sources.known import Known
from sources.news.names import Named, Names, Word, words

SPOKEN_BY_LAST_WORD = frozenset({"basketball"})
"""Sports whose clubs are called by the last word of their name: Lakers, Celtics."""
_SHORTEST_SURNAME = 4
_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv"})


@dataclass(frozen=True)
class Subject:
    """A club or a player, and the competition and season in which silver lists him."""

    id: str
    team_id: str | None
    player_id: str | None
    competition_id: str
    season_code: str


class Linker:
    """Finds the subjects of texts among the clubs and players of the newest season that silver knows."""

    def __init__(self, known: Known) -> None:
        teams, players = _newest(known.teams), _newest(known.players)
        self.subjects = {subject.id: subject for subject in chain(_teams(teams), _players(players))}
        self._names = Names([*_team_names(known, teams), *_player_names(players)])
        self._surnames = _surnames(players)

    def subjects_of(self, texts: Sequence[str]) -> list[Subject]:
        """Clubs and players that these texts of one item name, each once, in the order of their ids."""
        spelt = [words(text) for text in texts]
        named = [self._names.find(text) for text in spelt]
        sure = {found for hit in chain(*named) if len(hit.subjects) == 1 for found in hit.subjects}
        clubs = {found for found in sure if found.startswith("team:")}
        lone = (self._by_surname(text, hits, clubs) for text, hits in zip(spelt, named, strict=True))
        return [self.subjects[found] for found in sorted(sure | set(chain(*lone))) if found in self.subjects]

    def _by_surname(self, text: Sequence[Word], hits: Sequence[Named], clubs: set[str]) -> Iterator[str]:
        """Players called by surname alone, of clubs that the item names; a word beside a foreign name is not taken."""
        taken = {place for hit in hits for place in range(hit.start, hit.end)}
        for place, word in enumerate(text):
            beside = [near for near in (place - 1, place + 1) if 0 <= near < len(text)]
            is_alone = all(near in taken or not text[near].is_capital for near in beside)
            if place not in taken and word.is_capital and is_alone:
                bearers = [player for player, club in self._surnames[word.form] if club in clubs]
                yield from bearers if len(bearers) == 1 else ()


def _newest(listed: pl.DataFrame) -> pl.DataFrame:
    return listed.filter(pl.col("season_code") == pl.col("season_code").max().over("competition_id"))


def _teams(teams: pl.DataFrame) -> Iterator[Subject]:
    for team, league, season in teams.select("team_id", "competition_id", "season_code").iter_rows():
        yield Subject(f"team:{team}", team, None, league, season)


def _players(players: pl.DataFrame) -> Iterator[Subject]:
    columns = ("player_id", "team_id", "competition_id", "season_code")
    for player, team, league, season in players.select(columns).iter_rows():
        yield Subject(f"player:{player}", team, player, league, season)


def _team_names(known: Known, teams: pl.DataFrame) -> Iterator[tuple[str, str]]:
    """The anchor's spellings and those of vendors that were matched to it."""
    matched = [
        known.vendor_matches.select(
            pl.col(f"{side}_name").alias("team_name"), pl.col(f"{side}_team_id").alias("team_id")
        )
        for side in ("home", "away")
    ]
    spelt = pl.concat([teams.select("team_name", "team_id"), *matched]).drop_nulls().unique()
    for name, team in spelt.filter(pl.col("team_id").is_in(teams["team_id"].to_list())).iter_rows():
        yield name, f"team:{team}"
        if known.sport in SPOKEN_BY_LAST_WORD:
            yield name.split()[-1], f"team:{team}"


def _player_names(players: pl.DataFrame) -> Iterator[tuple[str, str]]:
    for name, player in players.select("player_name", "player_id").drop_nulls().iter_rows():
        if len(words(name)) > 1:
            yield name, f"player:{player}"


def _surnames(players: pl.DataFrame) -> defaultdict[str, list[tuple[str, str]]]:
    """Players and their clubs by surname, names of one word included."""
    found: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for name, player, team in players.select("player_name", "player_id", "team_id").drop_nulls().iter_rows():
        forms = [word.form for word in words(name) if word.form not in _SUFFIXES]
        if forms and len(forms[-1]) >= _SHORTEST_SURNAME:
            found[forms[-1]].append((f"player:{player}", f"team:{team}"))
    return found
