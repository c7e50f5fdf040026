"""The catalogue: names are once, stand-ins come first, and who sees a price is kept out of the model."""

from __future__ import annotations

from models.catalog import BLEND_MEMBERS, DIXON_COLES, MEMBERS, MODEL_MEMBERS
from models.panel import MARKET


def test_every_name_stands_once() -> None:
    assert len(set(BLEND_MEMBERS)) == len(BLEND_MEMBERS) == len(MEMBERS) + 1


def test_a_stand_in_comes_before_the_member_that_it_answers_for() -> None:
    """But for the first: it fits nothing, so it cannot fail."""
    before = {MARKET}
    for spec in MEMBERS:
        assert spec is DIXON_COLES or spec.stand_in in before, spec.name
        before.add(spec.name)
    assert MEMBERS[0] is DIXON_COLES
    assert not DIXON_COLES.learn(None, None)  # type: ignore[arg-type]


def test_the_model_has_no_member_that_sees_the_price_and_neither_do_their_stand_ins() -> None:
    priced = {spec.name for spec in MEMBERS if spec.sees_price} | {MARKET}
    assert priced & set(MODEL_MEMBERS) == set()
    assert not {spec.stand_in for spec in MEMBERS if not spec.sees_price} & priced
