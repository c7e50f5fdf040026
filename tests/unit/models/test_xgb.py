"""XGBoost: it finds what moves the close, its JSON is the whole model, and without the package nothing else breaks."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import polars as pl
import pytest

from core.errors import PermanentError
from models.belief import Belief
from models.families import xgb
from models.families.memory import belief_of
from models.families.xgb import XgbBelief, XgbParameters
from tests.architecture.houses import PROJECT
from tests.unit.models.test_closing import divergence, world

SMALL = XgbParameters(rounds=60, learning_rate=0.2, minimum_leaf_matches=20)


def learned(seed: int = 1, threads: int = 1) -> XgbBelief:
    features, close = world()
    return xgb.fit(features, close, SMALL, seed, threads)


@pytest.fixture(scope="module")
def found() -> XgbBelief:
    pytest.importorskip("xgboost")
    return learned()


def test_what_moves_the_close_beyond_memory_is_learned(found: XgbBelief) -> None:
    fresh, close = world(2)
    memory = belief_of(fresh["memory_supremacy"].to_numpy(), fresh["memory_draw"].to_numpy())
    assert divergence(found.predict(fresh), close) < 0.15 * divergence(memory, close)


def test_matches_without_a_close_teach_nothing() -> None:
    pytest.importorskip("xgboost")
    features, close = world()
    gaps = close.probabilities.copy()
    gaps[1_000:] = np.nan
    part = xgb.fit(features, Belief(gaps), SMALL, 1, 1)
    cut = xgb.fit(features.head(1_000), Belief(close.probabilities[:1_000]), SMALL, 1, 1)
    assert part.to_text() == cut.to_text()


def test_a_learner_comes_back_from_text_and_finds_its_own_columns(found: XgbBelief) -> None:
    features, _ = world()
    again = XgbBelief.from_text(found.to_text())
    turned = features.with_columns(stranger=1.0).select("stranger", *reversed(features.columns))
    assert np.array_equal(again.predict(turned).probabilities, found.predict(features).probabilities)
    assert again.to_text() == found.to_text()


def test_the_text_is_native_json_of_both_regressions(found: XgbBelief) -> None:
    versions = [json.loads(text)["version"] for text in json.loads(found.to_text())]
    assert len(versions) == 2
    assert versions[0] == versions[1]


def test_the_number_of_threads_changes_no_text_and_the_seed_does(found: XgbBelief) -> None:
    assert found.to_text() == learned(1, threads=2).to_text() != learned(2).to_text()


def test_a_match_is_forecast_alone_as_in_company_and_no_match_gets_no_belief(found: XgbBelief) -> None:
    features, _ = world(2)
    alone = [found.predict(features[place : place + 1]).probabilities for place in range(20)]
    assert np.array_equal(np.vstack(alone), found.predict(features).probabilities[:20])
    assert found.predict(features.clear()).probabilities.shape == (0, 3)


def test_unknown_features_still_give_a_belief_and_null_means_the_same_as_nan(found: XgbBelief) -> None:
    features, _ = world(2)
    null, nan = (features.with_columns(hidden=pl.lit(value, pl.Float64)) for value in (None, float("nan")))
    assert found.predict(null).present.all()
    assert np.array_equal(found.predict(null).probabilities, found.predict(nan).probabilities)


def test_without_the_package_learning_and_reading_say_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xgboost", None)
    assert not xgb.is_installed()
    with pytest.raises(PermanentError, match=r"not installed.*fairline\[xgboost\]"):
        learned()
    with pytest.raises(PermanentError, match=r"not installed.*fairline\[xgboost\]"):
        XgbBelief.from_text('["{}", "{}"]')


def test_the_family_can_be_imported_without_the_package() -> None:
    code = "import sys; sys.modules['xgboost'] = None\nfrom models.families import xgb\nprint(xgb.is_installed())"
    ran = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert ran.stdout.strip() == "False", ran.stderr
