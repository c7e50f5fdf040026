"""A panel: two pools and their corrections, chosen on seasons that the pools had not seen."""

from __future__ import annotations

import json

import numpy as np
import pytest

from models.belief import Belief
from models.calibrators import Identity, Temperature
from models.panel import Answered, Panel, Voice, fit_calibrators, fit_pools
from models.pool import Pool
from tests.unit.models.worlds import outcomes, truths

N = 2400
YEARS = np.repeat([2018, 2019, 2020], N // 3)


def answered(sharpness: float = 1.0, years: np.ndarray = YEARS) -> Answered:
    """Members that know the truth, overconfident or shy in every season but the first; labels are the results."""
    p = truths(N, 1)
    said = Belief.of(np.where(years[:, None] > years.min(), p**sharpness, p))
    happened = outcomes(p, 2)
    members = {"one": said, "market": Belief(truths(N, 3))}
    return Answered(members, ("one",), np.eye(3)[happened], happened, years)


def test_what_pools_of_earlier_seasons_got_wrong_later_is_corrected() -> None:
    model, _ = fit_calibrators(answered(2.0))
    assert isinstance(model, Temperature)
    sharp = np.array([[0.7, 0.2, 0.1]])
    assert model.apply(sharp)[0, 0] < 0.65


def test_what_is_calibrated_already_stays_as_it_is() -> None:
    assert fit_calibrators(answered()) == (Identity(), Identity())


def test_before_there_are_three_seasons_nothing_is_corrected() -> None:
    two = answered(2.0, np.repeat([2018, 2019], N // 2))
    assert fit_calibrators(two) == (Identity(), Identity())


def test_the_market_is_in_one_pool_only() -> None:
    model, blend = fit_pools(answered())
    assert set(model.weights) == {"one"}
    assert set(blend.weights) == {"one", "market"}


def test_where_a_match_has_no_price_the_blend_is_the_model_corrections_and_all() -> None:
    p = truths(4, 5)
    market = p.copy()
    market[1] = np.nan
    panel = Panel(
        Voice(Pool({"one": 0.9}), Temperature(1.5)), Voice(Pool({"one": 0.2, "market": 0.8}), Temperature(0.7))
    )
    found = panel.predict({"one": Belief(p), "market": Belief(market)})
    assert np.array_equal(found["blend"].probabilities[1], found["model"].probabilities[1])
    assert not np.allclose(found["blend"].probabilities[0], found["model"].probabilities[0])


def test_json_is_the_whole_panel() -> None:
    panel = Panel(Voice(Pool({"one": 0.9})), Voice(Pool({"one": 0.2, "market": 0.8}), Temperature(0.7)))
    assert Panel.from_json(json.loads(json.dumps(panel.to_json()))) == panel


@pytest.mark.parametrize("field", ["model", "blend"])
def test_a_panel_that_was_cut_is_refused(field: str) -> None:
    panel = Panel(Voice(Pool({"one": 0.9})), Voice(Pool({"one": 0.2})))
    cut = {name: value for name, value in panel.to_json().items() if name != field}
    with pytest.raises(KeyError):
        Panel.from_json(cut)  # type: ignore[arg-type]
