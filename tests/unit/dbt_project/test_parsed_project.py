"""The parsed project is kept for one place on the disk: two checkouts with the same files never read each other's."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from assets import dbt_runner


def test_another_checkout_of_the_same_files_has_a_manifest_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = dbt_runner._project_hash.__wrapped__()
    copy = shutil.copytree(dbt_runner.PROJECT, tmp_path / "dbt_project")
    monkeypatch.setattr(dbt_runner, "PROJECT", copy)
    assert dbt_runner._project_hash.__wrapped__() != here


def test_a_changed_file_is_parsed_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = shutil.copytree(dbt_runner.PROJECT, tmp_path / "dbt_project")
    monkeypatch.setattr(dbt_runner, "PROJECT", copy)
    before = dbt_runner._project_hash.__wrapped__()
    (copy / "models" / "new.sql").write_text("select 1 as one", encoding="utf-8")
    assert dbt_runner._project_hash.__wrapped__() != before
