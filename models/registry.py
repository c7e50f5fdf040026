"""Registered forecasters: which version was trained on what, which is the champion, and the way back.

A version's tags say why it is the champion (or is not) and after which version, so that a rollback finds its way and a
registration that was killed is finished as it was meant. MLflow stands behind models/mlflow_store.py, the files of a
version behind models/artifacts.py; who is crowned is decided in models/promotion.py.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from core.errors import ModelMissing
from models import artifacts
from models.artifacts import Format
from models.mlflow_store import Entry, MlflowStore, Run
from models.promotion import Verdict, crowning

CHAMPION, CHALLENGER, PREVIOUS = "champion", "challenger", "previous"
_FINISHED = "finished"
_CROWNED_BECAUSE, _NOT_CROWNED_BECAUSE, _BEFORE = "crowned_because", "not_crowned_because", "champion_before"
_ROLLED_BACK_TO, _HELD = "rolled_back_to", "held"
_LOOK = "`fairline models` lists every version."


@dataclass(frozen=True)
class Registered:
    """A trained forecaster with its name, version and the hash of the data and recipe that it was trained on."""

    trained: Any
    name: str
    version: str
    training_hash: str


@dataclass(frozen=True)
class Incumbent:
    """What a challenger is compared with: the champion's logged parameters and its out-of-fold losses, if written."""

    version: str
    parameters: Mapping[str, str]
    out_of_fold: pl.DataFrame | None


@dataclass(frozen=True)
class Version:
    """One registered version, for people. `as_of_utc`: the decision it was trained for; `because`: why (not) crowned.

    `matches` and `log_loss` (of the blend, out of fold, in nats) are None where they were not logged.
    """

    version: str
    aliases: tuple[str, ...]
    training_hash: str
    as_of_utc: datetime
    matches: int | None
    log_loss: float | None
    was_crowned: bool
    champion_before: str | None
    rolled_back_to: str | None
    because: str


class Registry:
    """The model registry of one lake, under `root`; `form` says how its forecasters are written and read."""

    def __init__(self, root: Path, form: Format = artifacts.FORMAT) -> None:
        self._store, self._format = MlflowStore(root), form

    def champion(self, name: str) -> Registered:
        """The champion of `name`; raises ModelMissing where none was trained, or its files are not those registered."""
        return self._load(self._champion(name))

    def find(self, name: str, training_hash: str) -> Registered | None:
        """The version of `name` trained on exactly this, or None where there is none whose files can be trusted.

        A registration that was killed on its way is finished here.
        """
        found = self._find(name, training_hash)
        return None if found is None else found[1]

    def standing(self, name: str, training_hash: str) -> Registered | None:
        """The forecaster that decides where training gave `training_hash`; None where nothing was trained on this.

        It is the version trained on exactly this. Where that one was never crowned, or was rolled back, it is the
        champion, or the one before it that was trained for no later moment. Raises ModelMissing where the files of
        that one cannot be trusted.
        """
        found = self._find(name, training_hash)
        if found is None:
            return None
        entry, registered = found
        if _CROWNED_BECAUSE in entry.tags and _ROLLED_BACK_TO not in entry.tags:
            return registered
        moment = self._run(entry).as_of_utc
        earlier = (crowned for crowned in self._line(self._champion(name)) if self._run(crowned).as_of_utc <= moment)
        return next(map(self._load, earlier), None)

    def incumbent(self, name: str) -> Incumbent | None:
        """What a challenger has to beat; None before the first version, or where the champion cannot be trusted."""
        try:
            entry = self._champion(name)
            folder = self._folder(entry)
        except ModelMissing:
            return None
        return Incumbent(entry.version, self._run(entry).parameters, artifacts.read_losses(folder))

    def versions(self, name: str) -> tuple[Version, ...]:
        """Every version of `name`, newest first; none where nothing was registered yet."""
        if not self._store.exists:
            return ()
        aliases, runs = self._store.aliases(name), self._store.runs()
        return tuple(_version(entry, runs[entry.run_id], aliases) for entry in self._store.entries(name))

    def register(
        self,
        name: str,
        trained: Any,
        training_hash: str,
        as_of: datetime,
        parameters: Mapping[str, object],
        metrics: Mapping[str, float],
        card: str,
        pictures: Mapping[str, bytes],
        input_example: pl.DataFrame | None = None,
        out_of_fold: pl.DataFrame | None = None,
        is_refit: bool = False,
        promote: Verdict | None = None,
    ) -> Registered:
        """Log a run and register its model as champion or challenger (models/promotion.py, `crowning`).

        `card`: Markdown. `pictures`: PNG by file name. `input_example`: features, of which three rows are kept.
        `out_of_fold`: `match_id`, `event_at_utc` and `log_loss` of matches that it had not seen, for later comparisons.
        `is_refit`: the champion's own recipe and code, fitted on newer data. `promote`: the comparison with the
        champion. Times are those of the decision, so reruns agree.
        """
        with tempfile.TemporaryDirectory() as place:
            stage = Path(place)
            self._format.write(stage, trained)
            artifacts.write_papers(stage, card, pictures, input_example)
            if out_of_fold is not None:
                artifacts.write_losses(stage, out_of_fold)
            tags = {"sha256": artifacts.digest(stage), "training_hash": training_hash}
            tags |= self._decided(name, is_refit, promote)
            entry = self._store.record(name, as_of, parameters, metrics, stage, tags)
        self._finish(entry)
        return Registered(trained, name, entry.version, training_hash)

    def rollback(self, name: str, to_version: str | None = None) -> Registered:
        """Give the crown back to the version that was champion before, or to `to_version`.

        Going back to an older version holds challengers: only refits of it are crowned from then on, until a newer
        version is named by hand. Raises ModelMissing where there is no such version, it is the champion already, or
        its files are not those registered.
        """
        champion = self._champion(name)
        target = self._target(champion, to_version)
        registered = self._load(target)
        is_back = int(target.version) < int(champion.version)
        for left in self._left(champion, target) if is_back else ():
            self._store.set_tag(left, _ROLLED_BACK_TO, target.version)
        self._store.set_model_tag(name, _HELD, "true" if is_back else None)
        self._store.set_tag(target, _ROLLED_BACK_TO, None)
        before = target.tags.get(_BEFORE)
        if _CROWNED_BECAUSE not in target.tags:
            before = champion.version
            self._store.set_tag(target, _BEFORE, before)
            self._store.set_tag(target, _CROWNED_BECAUSE, "It was chosen by hand.")
        self._crown(target, before)
        return registered

    def _is_trusted(self, name: str) -> bool:
        """Whether the champion can still answer: one of another format, or with other files, is succeeded unasked."""
        try:
            self.champion(name)
        except ModelMissing:
            return False
        return True

    def _champion(self, name: str) -> Entry:
        version = self._store.aliases(name).get(CHAMPION) if self._store.exists else None
        entry = None if version is None else self._store.entry(name, version)
        if entry is None:
            raise ModelMissing(f"No champion of {name} is registered.", "Run `fairline run` to train one.")
        return entry

    def _find(self, name: str, training_hash: str) -> tuple[Entry, Registered] | None:
        for entry in self._store.entries(name, training_hash):
            try:
                registered = self._load(entry)
            except ModelMissing:
                continue
            if _FINISHED not in entry.tags:
                self._finish(entry)
            return entry, registered
        return None

    def _decided(self, name: str, is_refit: bool, promote: Verdict | None) -> dict[str, str]:
        """Tags of a new version: whether it is to be crowned, why, and after which champion."""
        standing = self._store.aliases(name).get(CHAMPION)
        trusted = standing if self._is_trusted(name) else None
        found = crowning(trusted, is_refit, promote, _HELD in self._store.model_tags(name))
        reason = {_CROWNED_BECAUSE if found.is_crowned else _NOT_CROWNED_BECAUSE: found.because}
        return reason if standing is None else reason | {_BEFORE: standing}

    def _finish(self, entry: Entry) -> None:
        """Give a version the alias that its tags decided on; the last tag says that nothing is left to do.

        One that lay unfinished while another was crowned gets none.
        """
        if _CROWNED_BECAUSE not in entry.tags:
            self._store.set_alias(entry.name, CHALLENGER, entry.version)
        elif self._store.aliases(entry.name).get(CHAMPION) == entry.tags.get(_BEFORE):
            self._crown(entry, entry.tags.get(_BEFORE))
        self._store.finish(entry.run_id)
        self._store.set_tag(entry, _FINISHED, "true")

    def _crown(self, entry: Entry, before: str | None) -> None:
        self._store.set_alias(entry.name, CHAMPION, entry.version)
        self._store.set_alias(entry.name, PREVIOUS, before)
        if self._store.aliases(entry.name).get(CHALLENGER) == entry.version:
            self._store.set_alias(entry.name, CHALLENGER, None)

    def _line(self, entry: Entry) -> Iterator[Entry]:
        """A crowned version, the champion before it, and so on to the first."""
        found: Entry | None = entry
        while found is not None:
            yield found
            found = self._store.entry(found.name, found.tags[_BEFORE]) if _BEFORE in found.tags else None

    def _left(self, champion: Entry, target: Entry) -> list[Entry]:
        """The versions that are left behind: all champions since the target, or this one where it never was one."""
        line = list(self._line(champion))
        numbers = [entry.version for entry in line]
        return line[: numbers.index(target.version)] if target.version in numbers else line[:1]

    def _target(self, champion: Entry, to_version: str | None) -> Entry:
        wanted = to_version or champion.tags.get(_BEFORE)
        if wanted is None:
            raise ModelMissing(f"No version was champion before version {champion.version}.", _LOOK)
        if wanted == champion.version:
            raise ModelMissing(f"Version {wanted} is the champion already.", _LOOK)
        entry = self._store.entry(champion.name, wanted)
        if entry is None:
            raise ModelMissing(f"There is no version {wanted} of {champion.name}.", _LOOK)
        return entry

    def _load(self, entry: Entry) -> Registered:
        folder = self._folder(entry)
        try:
            return Registered(self._format.read(folder), entry.name, entry.version, entry.tags["training_hash"])
        except (KeyError, ValueError) as error:
            raise ModelMissing(f"{entry.name} version {entry.version} has an older format.", "Train again.") from error

    def _folder(self, entry: Entry) -> Path:
        """Where its files stand; raises ModelMissing where they are not those registered."""
        folder = self._store.folder(entry)
        if artifacts.digest(folder) != entry.tags.get("sha256"):
            which = f"{entry.name} version {entry.version}"
            raise ModelMissing(f"The files of {which} were changed.", "Train again, or go back by `fairline rollback`.")
        return folder

    def _run(self, entry: Entry) -> Run:
        return self._store.run(entry.run_id)


def _version(entry: Entry, run: Run, aliases: Mapping[str, str]) -> Version:
    tags, matches = entry.tags, run.parameters.get("matches")
    return Version(
        version=entry.version,
        aliases=tuple(sorted(alias for alias, version in aliases.items() if version == entry.version)),
        training_hash=tags["training_hash"],
        as_of_utc=run.as_of_utc,
        matches=None if matches is None else int(matches),
        log_loss=run.metrics.get("blend.log_loss"),
        was_crowned=_CROWNED_BECAUSE in tags,
        champion_before=tags.get(_BEFORE),
        rolled_back_to=tags.get(_ROLLED_BACK_TO),
        because=tags.get(_CROWNED_BECAUSE) or tags.get(_NOT_CROWNED_BECAUSE, ""),
    )


def recipe_parameters(recipe: object) -> dict[str, object]:
    """A recipe's fields flattened for MLflow: `boosting.rounds`, `goals.prior.base` and so on."""
    return dict(_flattened("", asdict(recipe)))  # type: ignore[call-overload]


def _flattened(prefix: str, values: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    for name, value in values.items():
        if isinstance(value, dict):
            yield from _flattened(f"{prefix}{name}.", value)
        else:
            yield prefix + name, value
