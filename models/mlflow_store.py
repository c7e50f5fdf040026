"""MLflow's runs, versions, aliases and tags in SQLite, in our own words; the only door to mlflow."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import ModelMissing

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run as MlflowRun
    from mlflow.entities.model_registry import ModelVersion, RegisteredModel

_MODEL = "model"
_RUN_ID = re.compile(r"[0-9a-f]{32}")
_RUNS_AT_MOST = 50_000


@dataclass(frozen=True)
class Run:
    """What was logged when a version was trained for the decision at `as_of_utc`."""

    as_of_utc: datetime
    parameters: Mapping[str, str]
    metrics: Mapping[str, float]


@dataclass(frozen=True)
class Entry:
    """One version of a registered model with its tags."""

    name: str
    version: str
    run_id: str
    tags: Mapping[str, str]


class MlflowStore:
    """MLflow under one folder: `mlflow.db` and `artifacts/`, made where they are missing. No server is needed."""

    def __init__(self, root: Path) -> None:
        self._root = root.resolve()

    @property
    def exists(self) -> bool:
        """Whether anything was ever written here."""
        return self._database.exists()

    def record(
        self,
        name: str,
        as_of: datetime,
        parameters: Mapping[str, object],
        metrics: Mapping[str, float],
        stage: Path,
        tags: Mapping[str, str],
    ) -> Entry:
        """Log a run at the time of the decision with the files of `stage`, and add it as the next version of `name`."""
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
        client.log_artifacts(run.info.run_id, str(stage), _MODEL)
        if self._model(name) is None:
            client.create_registered_model(name)
        source = f"{run.info.artifact_uri}/{_MODEL}"
        return _entry(client.create_model_version(name, source=source, run_id=run.info.run_id, tags=dict(tags)))

    def finish(self, run_id: str) -> None:
        """End a run at the time at which it began, so that reruns agree."""
        client = self._client()
        client.set_terminated(run_id, "FINISHED", end_time=client.get_run(run_id).info.start_time)

    def folder(self, entry: Entry) -> Path:
        """Where a version's files stand; raises ModelMissing where that is not inside this store."""
        folder = self._root / "artifacts" / entry.run_id / "artifacts" / _MODEL
        if not _RUN_ID.fullmatch(entry.run_id) or folder.resolve() != folder or not folder.is_dir():
            raise ModelMissing(f"{entry.name} version {entry.version} points outside its registry.", "Train again.")
        return folder

    def run(self, run_id: str) -> Run:
        """What was logged by one run."""
        return _run(self._client().get_run(run_id))

    def runs(self) -> dict[str, Run]:
        """Every run by its id."""
        client = self._client()
        experiments = [experiment.experiment_id for experiment in client.search_experiments()]
        return {run.info.run_id: _run(run) for run in client.search_runs(experiments, max_results=_RUNS_AT_MOST)}

    def entry(self, name: str, version: str) -> Entry | None:
        """One version; None where there is none of this number."""
        from mlflow.exceptions import MlflowException

        try:
            return _entry(self._client().get_model_version(name, version))
        except MlflowException:
            return None

    def entries(self, name: str, training_hash: str | None = None) -> list[Entry]:
        """Versions of `name`, those with this training hash or all, newest first."""
        wanted = f"name='{name}'" + (f" AND tag.training_hash='{training_hash}'" if training_hash else "")
        found = map(_entry, self._client().search_model_versions(wanted))
        return sorted(found, key=lambda entry: int(entry.version), reverse=True)

    def aliases(self, name: str) -> dict[str, str]:
        """Versions of `name` by alias."""
        model = self._model(name)
        return {} if model is None else {alias: str(version) for alias, version in model.aliases.items()}

    def model_tags(self, name: str) -> dict[str, str]:
        """Tags of the model as a whole."""
        model = self._model(name)
        return {} if model is None else dict(model.tags)

    def set_alias(self, name: str, alias: str, version: str | None) -> None:
        """Move an alias to a version; None takes it away."""
        client = self._client()
        if version is None:
            client.delete_registered_model_alias(name, alias)
        else:
            client.set_registered_model_alias(name, alias, version)

    def set_tag(self, entry: Entry, key: str, value: str | None) -> None:
        """Tag a version; None takes the tag away."""
        client = self._client()
        if value is not None:
            client.set_model_version_tag(entry.name, entry.version, key, value)
        elif key in entry.tags:
            client.delete_model_version_tag(entry.name, entry.version, key)

    def set_model_tag(self, name: str, key: str, value: str | None) -> None:
        """Tag the model as a whole; None takes the tag away."""
        client = self._client()
        if value is not None:
            client.set_registered_model_tag(name, key, value)
        elif key in self.model_tags(name):
            client.delete_registered_model_tag(name, key)

    @property
    def _database(self) -> Path:
        return self._root / "mlflow.db"

    def _model(self, name: str) -> RegisteredModel | None:
        from mlflow.exceptions import MlflowException

        try:
            return self._client().get_registered_model(name)
        except MlflowException:
            return None

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
        uri = f"sqlite:///{self._database}"
        return MlflowClient(tracking_uri=uri, registry_uri=uri)


def _entry(version: ModelVersion) -> Entry:
    return Entry(version.name, str(version.version), str(version.run_id), dict(version.tags))


def _run(run: MlflowRun) -> Run:
    at = datetime.fromtimestamp(run.info.start_time / 1000, UTC)
    return Run(at, dict(run.data.params), dict(run.data.metrics))
