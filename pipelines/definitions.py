"""Everything Dagster loads: assets, checks, jobs, schedules and the one resource. Wiring only."""

from __future__ import annotations

import warnings

from dagster import BetaWarning, Definitions, PreviewWarning

warnings.filterwarnings("ignore", category=BetaWarning)
warnings.filterwarnings("ignore", category=PreviewWarning)

from dagster import load_assets_from_modules  # noqa: E402  (the warnings above are raised while assets load)

from assets import (  # noqa: E402
    backtest,
    beliefs,
    decisions,
    delivery,
    feature_store,
    features,
    ingestion,
    money,
    players,
    quality,
    uncertainty,
)
from assets.checks import CHECKS  # noqa: E402
from assets.workspace import Workspace  # noqa: E402
from pipelines.jobs import JOBS  # noqa: E402
from pipelines.schedules import SCHEDULES  # noqa: E402

defs = Definitions(
    assets=load_assets_from_modules(
        [
            ingestion,
            features,
            feature_store,
            beliefs,
            players,
            uncertainty,
            decisions,
            money,
            delivery,
            quality,
            backtest,
        ],
        include_specs=True,
    ),
    asset_checks=CHECKS,
    jobs=JOBS,
    schedules=SCHEDULES,
    resources={"workspace": Workspace()},
)
