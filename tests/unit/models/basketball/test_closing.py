"""Trees fitted to the closing lines: what they learn beyond memory, what a season knows, and their text."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from models.basketball import closing
from models.basketball.closing import ClosingLines, ClosingParameters, Learner, fit, walk
from models.kept import InMemory

FEW = ClosingParameters(rounds=40, learning_rate=0.2, leaves=6, minimum_leaf_matches=20)


def invented(n: int, seed: int = 0) -> tuple[pl.DataFrame, np.ndarray]:
    """Features of n games and closing lines that are memory plus 4 points a back-to-back, and 6 of altitude."""
    rng = np.random.default_rng(seed)
    tired, high = rng.integers(0, 2, n), rng.integers(0, 2, n)
    memory = np.column_stack([rng.normal(0, 6, n), rng.normal(220, 8, n)])
    lines = memory + np.column_stack([4.0 * tired, 6.0 * high]) + rng.normal(0, 0.5, (n, 2))
    columns = {"memory_margin": memory[:, 0], "memory_total": memory[:, 1], "tired": tired, "high": high}
    return pl.DataFrame(columns), lines


def test_trees_learn_what_memory_does_not_know() -> None:
    features, lines = invented(3000)
    found = fit(features[:2500], lines[:2500], FEW, 0, 1).predict(features[2500:])
    assert np.sqrt(((found - lines[2500:]) ** 2).mean(axis=0)) == pytest.approx([0.5, 0.5], abs=0.15)


def test_games_without_a_line_teach_nothing_and_unknown_features_are_allowed() -> None:
    features, lines = invented(600)
    expected = fit(features[:500], lines[:500], FEW, 0, 1).predict(features)
    gaps = lines.copy()
    gaps[500:] = np.nan
    assert fit(features, gaps, FEW, 0, 1).predict(features).tolist() == expected.tolist()
    unknown = features.with_columns(tired=pl.lit(None, pl.Int64))
    assert np.isfinite(fit(features, lines, FEW, 0, 1).predict(unknown)).all()
    nowhere = features[:2].with_columns(memory_margin=pl.lit(None, pl.Float64))
    assert np.isnan(fit(features, lines, FEW, 0, 1).predict(nowhere)).tolist() == [[True, False]] * 2


def test_fitted_lines_outlive_their_text_and_answer_nobody() -> None:
    features, lines = invented(400)
    fitted = fit(features, lines, FEW, 3, 1)
    assert ClosingLines.from_text(fitted.to_text()).predict(features).tolist() == fitted.predict(features).tolist()
    assert fitted.predict(features.clear()).shape == (0, 2)


def learner(kept: InMemory | None = None, made_from: str = "code") -> Learner:
    return Learner(FEW, 0, 1, kept or InMemory(), made_from)


def silent(_said: str) -> None:
    """Nobody listens."""


def decisions(n: int) -> tuple[pl.Series, pl.Series]:
    as_of = pl.Series(
        [datetime(2017, 11, 1, 17, tzinfo=UTC) + timedelta(hours=20 * k) for k in range(n)]
    ).dt.cast_time_unit("us")
    return as_of, as_of.dt.offset_by("13h")


def test_each_season_is_answered_by_what_was_known_on_its_first_of_july(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(closing, "MINIMUM_GAMES", 200)
    (features, lines), (as_of, known) = invented(1000), decisions(1000)
    found = walk(features, lines, as_of, known, learner(), silent)
    memory = features.select("memory_margin", "memory_total").to_numpy()
    july = pl.Series([datetime(2018, 7, 1, tzinfo=UTC)]).dt.cast_time_unit("us")[0]
    first, second = (as_of < july).to_numpy(), as_of.is_between(july, july.replace(year=2019)).to_numpy()
    assert found[first].tolist() == memory[first].tolist()
    taught = (known <= july).to_numpy()
    alone = fit(features.filter(pl.Series(taught)), lines[taught], FEW, 0, 1)
    assert found[second].tolist() == alone.predict(features.filter(pl.Series(second))).tolist()
    upset = np.where(taught[:, None], lines, -99.0)
    assert walk(features, upset, as_of, known, learner(), silent)[second].tolist() == found[second].tolist()


def test_with_too_little_to_learn_memory_is_taken_at_its_word() -> None:
    (features, lines), (as_of, known) = invented(900), decisions(900)
    found = walk(features, lines, as_of, known, learner(), silent)
    assert found.tolist() == features.select("memory_margin", "memory_total").to_numpy().tolist()


def test_a_fit_is_used_again_for_the_same_rows_and_code_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(closing, "MINIMUM_GAMES", 200)
    (features, lines), (as_of, known), kept = invented(500), decisions(500), InMemory()
    july = as_of.max()
    first = learner(kept).at(features, lines, known, july)
    assert first is not None
    fits: list[int] = []
    monkeypatch.setattr(closing, "fit", lambda rows, *_: fits.append(len(rows)) or first)
    again = learner(kept).at(features, lines, known, july)
    assert again is not None
    assert (fits, again.to_text()) == ([], first.to_text())
    learner(kept, "other code").at(features, lines, known, july)
    learner(kept).at(features, lines + 1.0, known, july)
    learner(kept).at(features, lines, known, july - timedelta(days=5))
    assert len(fits) == 3
