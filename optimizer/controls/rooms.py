"""How much may still be staked: what stake and loss limits leave, and what the drawdown takes off stakes."""

from __future__ import annotations

from decimal import Decimal

from core.money import MINOR_PER_MAJOR
from optimizer.controls.standing import PERIODS, Standing
from optimizer.policy import Limits


def rooms(standing: Standing, limits: Limits) -> dict[str, int]:
    """What each stake and loss limit leaves for new stakes, in minor units, at least 0; limits not set are left out.

    A stake limit leaves itself less what was staked in the period. A loss limit leaves itself less what was lost in the
    period and all that is open, so that it holds even if every open ticket loses.
    """
    used = {f"stake_{period}": standing.staked_minor[period] for period in PERIODS}
    used |= {f"loss_{period}": standing.lost_minor[period] + standing.open_minor for period in PERIODS}
    allowed = {name: getattr(limits, name) for name in used}
    return {name: max(minor(major) - used[name], 0) for name, major in allowed.items() if major is not None}


def stake_factor(standing: Standing, limits: Limits) -> float:
    """The factor of the deepest drawdown tier reached, in [0, 1]; 1 above the first tier. It scales Kelly stakes."""
    reached = [factor for share, factor in limits.drawdown_tiers if standing.drawdown_share >= share]
    return min(reached, default=1.0)


def minor(major: float) -> int:
    """A limit in major units as whole minor units, rounded down: a limit is never made looser."""
    return int(Decimal(str(major)) * MINOR_PER_MAJOR)
