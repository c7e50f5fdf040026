"""MLflow: what was trained on what, how it scored, and which version is the champion. The only door to mlflow.

Members are stored as JSON and LightGBM's native text, checked by sha256 on reading; never a pickle.
"""

from __future__ import annotations

import json
import logging
import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import ModelMissing
from models.catalog import MEMBERS
from models.pool import Pool
from models.training import Members, Trained

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities.model_registry import ModelVersion

CHAMPION = "champion"
_SPEC, _MEMBER = "spec.json", ".member.txt"
_MODEL, _FINISHED = "model", "finished"
_RUN_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Registered:
    """A trained forecaster with its name, version and the hash of the data and recipe that it was trained on."""

    trained: Trained
    name: str
    version: str
    training_hash: str


class Registry:
    """The model registry of one lake, in SQLite under `root`; no server is needed."""

    def __init__(self, root: Path) -> None:
        self._root = root.resolve()

    def champion(self, name: str) -> Registered:
        """The champion of `name`; raises ModelMissing where none was trained, or its files are not those registered."""
        from mlflow.exceptions import MlflowException

        try:
            return self._load(self._client().get_model_version_by_alias(name, CHAMPION))
        except MlflowException as error:
            raise ModelMissing(f"No champion of {name} is registered.", "Run `fairline run` to train one.") from error

    def find(self, name: str, training_hash: str) -> Registered | None:
        """The version of `name` trained on exactly this, or None where there is none whose files can be trusted.

        A registration that was killed on its way is finished here.
        """
        client = self._client()
        for version in client.search_model_versions(f"name='{name}' AND tag.training_hash='{training_hash}'"):
            try:
                found = self._load(version)
            except ModelMissing:
                continue
            if _FINISHED not in version.tags:
                self._finish(client, version)
            return found
        return None

    def register(
        self,
        name: str,
        trained: Trained,
        training_hash: str,
        as_of: datetime,
        parameters: Mapping[str, object],
        metrics: Mapping[str, float],
        card: str,
        pictures: Mapping[str, bytes],
    ) -> Registered:
        """Log a run, register its model and make it the champion. Times are those of the decision, so reruns agree."""
        from mlflow.entities import Metric, Param

        client, at = self._client(), int(as_of.timestamp() * 1000)
        run = client.create_run(
            self._experiment(client, name), run_name=f"{name} {as_of:%Y-%m-%d %H:%M}", start_time=at
        )
        client.log_batch(
            run.info.run_id,
            params=[Param(key, str(value)) for key, value in parameters.items()],
            metrics=[Metric(key, value, at, 0) for key, value in metrics.items()],
        )
        with tempfile.TemporaryDirectory() as stage:
            digest = _write(Path(stage), trained, card, pictures)
            client.log_artifacts(run.info.run_id, stage, _MODEL)
        version = self._version(client, name, run.info.artifact_uri, run.info.run_id, digest, training_hash)
        self._finish(client, version)
        return Registered(trained, name, str(version.version), training_hash)

    def _finish(self, client: MlflowClient, version: ModelVersion) -> None:
        """Crown a version; the tag says that nothing is left to do."""
        run = client.get_run(str(version.run_id))
        client.set_registered_model_alias(version.name, CHAMPION, version.version)
        client.set_terminated(run.info.run_id, "FINISHED", end_time=run.info.start_time)
        client.set_model_version_tag(version.name, version.version, _FINISHED, "true")

    def _version(
        self, client: MlflowClient, name: str, artifacts: str, run_id: str, digest: str, training_hash: str
    ) -> ModelVersion:
        from mlflow.exceptions import MlflowException

        try:
            client.create_registered_model(name)
        except MlflowException as error:
            if error.error_code != "RESOURCE_ALREADY_EXISTS":
                raise
        tags = {"sha256": digest, "training_hash": training_hash}
        return client.create_model_version(name, source=f"{artifacts}/{_MODEL}", run_id=run_id, tags=tags)

    def _load(self, version: ModelVersion) -> Registered:
        run_id = str(version.run_id)
        folder = self._root / "artifacts" / run_id / "artifacts" / _MODEL
        if not _RUN_ID.fullmatch(run_id) or folder.resolve() != folder or not folder.is_dir():
            raise ModelMissing(f"{version.name} version {version.version} points outside its registry.", "Train again.")
        if _digest(folder) != version.tags.get("sha256"):
            raise ModelMissing(f"The files of {version.name} version {version.version} were changed.", "Train again.")
        return Registered(_read(folder), version.name, str(version.version), version.tags["training_hash"])

    def _experiment(self, client: MlflowClient, name: str) -> str:
        """MLflow keeps an experiment's place as an absolute address, so a lake that was moved begins a new one."""
        place = (self._root / "artifacts").as_uri()
        found = client.get_experiment_by_name(name)
        if found is not None and found.artifact_location != place:
            name = f"{name} in {self._root}"
            found = client.get_experiment_by_name(name)
        if found is not None:
            return str(found.experiment_id)
        return str(client.create_experiment(name, artifact_location=place))

    def _client(self) -> MlflowClient:
        os.environ |= {
            "MLFLOW_DISABLE_TELEMETRY": "true",
            "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
            "GIT_PYTHON_REFRESH": "quiet",
        }
        for logger in ("mlflow", "alembic", "alembic.runtime.migration", "mlflow.store.db.utils"):
            logging.getLogger(logger).setLevel(logging.ERROR)
        from mlflow import MlflowClient

        self._root.mkdir(parents=True, exist_ok=True)
        uri = f"sqlite:///{self._root / 'mlflow.db'}"
        return MlflowClient(tracking_uri=uri, registry_uri=uri)


def _write(folder: Path, trained: Trained, card: str, pictures: Mapping[str, bytes]) -> str:
    spec = {
        "members": sorted(trained.members.fitted),
        "model": dict(trained.model.weights),
        "blend": dict(trained.blend.weights),
        "matches": trained.matches,
    }
    (folder / _SPEC).write_text(json.dumps(spec, indent=1, sort_keys=True), encoding="utf-8")
    for member in MEMBERS:
        if member.name in trained.members.fitted:
            text = member.write(trained.members.fitted[member.name])
            (folder / f"{member.name}{_MEMBER}").write_text(text, encoding="utf-8")
    (folder / "card.md").write_text(card, encoding="utf-8")
    for name, picture in pictures.items():
        (folder / name).write_bytes(picture)
    return _digest(folder)


def _digest(folder: Path) -> str:
    parts = sorted(path for path in folder.iterdir() if path.name == _SPEC or path.name.endswith(_MEMBER))
    return sha256(b"\0".join(part for path in parts for part in (path.name.encode(), path.read_bytes()))).hexdigest()


def _read(folder: Path) -> Trained:
    spec = json.loads((folder / _SPEC).read_text(encoding="utf-8"))
    fitted = {
        member.name: member.read((folder / f"{member.name}{_MEMBER}").read_text(encoding="utf-8"))
        for member in MEMBERS
        if member.name in spec["members"]
    }
    return Trained(Members(fitted), Pool(spec["model"]), Pool(spec["blend"]), spec["matches"])


def recipe_parameters(recipe: object) -> dict[str, object]:
    """A recipe's fields flattened for MLflow: `boosting.rounds`, `goals.prior.base` and so on."""
    return dict(_flattened("", asdict(recipe)))  # type: ignore[call-overload]


def _flattened(prefix: str, values: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    for name, value in values.items():
        if isinstance(value, dict):
            yield from _flattened(f"{prefix}{name}.", value)
        else:
            yield prefix + name, value
