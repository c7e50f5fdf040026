"""Our maximum against penaltyblog's, on invented leagues: the same model must never be fitted worse."""

from __future__ import annotations

import numpy as np
import pytest
from penaltyblog.models import DixonColesGoalModel

from models.families.goals import dixon_coles
from models.families.goals.design import GoalPrior
from tests.unit.models.goals.leagues import poisson_league

WEAK = GoalPrior(club_precision=1e-7, base_precision=1e-7, home_precision=1e-7, shape_precision=1e-7)


@pytest.mark.parametrize("seed", range(3))
def test_our_log_likelihood_is_the_peers_or_higher_and_the_rates_agree(seed: int) -> None:
    league = poisson_league(14, 3, seed)
    peer = DixonColesGoalModel(league.home_goals, league.away_goals, league.home, league.away, league.weights)
    peer.fit()
    ours = dixon_coles.fit(league, WEAK)
    assert ours.log_likelihood >= peer.loglikelihood - 1e-6
    assert ours.log_likelihood == pytest.approx(peer.loglikelihood, abs=0.05)
    places = [peer.team_to_idx[str(club)] for club in range(14)]
    attack, leak = peer._params[:14][places], peer._params[14:28][places]
    theirs = np.exp(np.column_stack([
        attack[league.home] + leak[league.away] + peer._params[-2], attack[league.away] + leak[league.home],
    ]))  # fmt: skip
    assert ours.rates(league.home, league.away) == pytest.approx(theirs, rel=0.03)
