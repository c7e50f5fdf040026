"""What sampling gives whatever the model: diagnostics over all chains, draws evenly kept, and sensible settings."""

from __future__ import annotations

import numpy as np
import pytest

from models.families.bayes.sampler import Drawn, Sampling, places_for


def test_strengths_of_the_diagnostics_are_judged_across_chains() -> None:
    generator = np.random.default_rng(0)
    met = {"base": generator.normal(size=(2, 400)), "strength": generator.normal(size=(2, 400, 2, 3))}
    apart = met | {"strength": met["strength"] + np.array([0.0, 1.0])[:, None, None, None]}
    good, bad = (Drawn(draws, 0).diagnostics() for draws in (met, apart))
    assert good.faults() == []
    assert bad.max_r_hat > 1.1
    assert any("R-hat" in fault for fault in bad.faults())


@pytest.mark.parametrize("fault", [{"chains": 1}, {"draws": 3}, {"tune": 0}, {"kept": 0}, {"draws": 50, "kept": 101}])
def test_a_sampling_that_cannot_be_is_refused(fault: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="R-hat|keeps"):
        Sampling(**fault)  # type: ignore[arg-type]


def test_draws_are_kept_evenly_over_all_chains() -> None:
    number = np.arange(20.0).reshape(2, 10)
    found = Drawn({"number": number, "pair": np.stack([number, -number], axis=2)}, 0).kept(5)
    assert found["number"].tolist() == [0.0, 5.0, 10.0, 14.0, 19.0]
    assert found["pair"].tolist() == [[one, -one] for one in found["number"]]


def test_few_models_serve_all_leagues() -> None:
    assert {places_for(sides) for sides in range(33)} == {32}
    assert places_for(33) == 48
