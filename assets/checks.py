"""Asset checks: every contract audited by Great Expectations, and no row lost between bronze and silver.

They block where a breach would poison what is built on it. Only the nightly job runs them.
"""

from typing import Any

import polars as pl
from dagster import AssetCheckResult, AssetChecksDefinition, AssetKey, MetadataValue, asset_check

from assets.uncertainty import intervals_key
from assets.workspace import Workspace
from lake.contracts.model import contract, contracts
from lake.desk import of_desk
from replay.craft import CRAFTS

AUDITED = (
    *(name for name in contracts() if name.startswith("silver.") and not name.endswith(".parsed_payloads")),
    "gold.football.spn_decisions",
    "gold.football.feat_team_form",
    "gold.football.feat_match_market",
    "gold.football.predictions",
    "gold.football.fair_odds",
    of_desk("value_bets"),
    of_desk("tickets"),
    of_desk("ticket_legs"),
    of_desk("portfolios"),
    of_desk("placements"),
    of_desk("settlements"),
    of_desk("closing_line_value"),
)

SURE = 1e-6
"""Profit for a unit staked beyond what rounding explains."""


def _audit(name: str) -> AssetChecksDefinition:
    key = AssetKey(contract(name).identity)

    @asset_check(asset=key, name="keeps_its_contract", blocking=True, description=f"{name} against its contract.")
    def keeps_its_contract(workspace: Workspace) -> AssetCheckResult:
        table = workspace.lake.table(name)
        if not table.rows():
            return AssetCheckResult(passed=True, metadata={"rows": 0})
        from lake.quality import data_docs
        from lake.quality.audit import SAMPLE_ROWS, audit

        site = data_docs.folder(workspace.state_root)
        findings = audit(table.scan().tail(SAMPLE_ROWS).collect(), table.contract, site)
        broken = [found for found in findings if not found.success]
        said = {f"{found.expectation} {found.column}".strip(): found.unexpected for found in broken}
        page = data_docs.build(site) if broken else data_docs.first_page(site)
        told: dict[str, Any] = {
            "expectations": len(findings),
            "broken": said,
            "data_docs": MetadataValue.path(str(page)),
        }
        return AssetCheckResult(passed=not broken, metadata=told)

    return keeps_its_contract


@asset_check(asset=AssetKey(["silver", "football", "parsed_payloads"]), name="no_row_is_lost", blocking=True)
def no_row_is_lost(workspace: Workspace) -> AssetCheckResult:
    """Parsed rows = silver rows + duplicates + quarantined, for every payload and entity."""
    counts = workspace.lake.table("silver.football.parsed_payloads").read()
    whole = counts["silver_rows"] + counts["duplicate_rows"] + counts["quarantined_rows"]
    off = counts.filter(counts["parsed_rows"] != whole)
    return AssetCheckResult(passed=off.is_empty(), metadata={"payloads": len(counts), "off": len(off)})


@asset_check(asset=AssetKey(contract(of_desk("ledger")).identity), name="always_balances", blocking=True)
def always_balances(workspace: Workspace) -> AssetCheckResult:
    """Every transaction sums to zero and the chain of hashes is whole."""
    from optimizer.ledger import faults

    found = list(faults(workspace.lake.table(of_desk("ledger")).read()))
    return AssetCheckResult(passed=not found, metadata={"faults": found[:5]})


@asset_check(asset=AssetKey(contract(of_desk("audit")).identity), name="audit_is_whole", blocking=True)
def audit_is_whole(workspace: Workspace) -> AssetCheckResult:
    """Every row of the audit stands as it was written, and none that an anchor saw is missing."""
    from replay import compliance

    found = compliance.faults(workspace.lake, workspace.anchors)
    return AssetCheckResult(passed=not found, metadata={"faults": found[:5]})


@asset_check(asset=AssetKey(["gold", "football", "fair_odds"]), name="no_sure_profit", blocking=True)
def no_sure_profit(workspace: Workspace) -> AssetCheckResult:
    """Over all markets of each match of the newest moment, no set of bets at fair prices wins whatever the score."""
    from core.market.coherence import sure_profit

    fair = workspace.lake.table("gold.football.fair_odds").scan()
    last = fair.select(pl.col("as_of_utc").max()).collect().item()
    newest = fair.filter(pl.col("as_of_utc") == last).collect()
    offers = ("market", "selection", "line", "fair_odds_dec")
    profits = {
        str(match): sure_profit(rows.select(offers).iter_rows()) for (match,), rows in newest.group_by("match_id")
    }
    off = {match: profit for match, profit in profits.items() if profit > SURE}
    return AssetCheckResult(passed=not off, metadata={"matches": len(profits), "beaten": off})


def _has_converged(sport: str) -> AssetChecksDefinition:
    @asset_check(asset=intervals_key(sport), name="posterior_has_converged", blocking=True)
    def posterior_has_converged(workspace: Workspace) -> AssetCheckResult:
        """R-hat, effective sample size and divergences of every posterior that a coming match is measured by."""
        from replay import uncertainty

        settings = workspace.settings.of(sport)
        if not settings.samples_posterior:
            return AssetCheckResult(passed=True, metadata={"reason": "off"})
        withheld = uncertainty.faults(workspace.lake, settings)
        return AssetCheckResult(passed=not withheld, metadata={"withheld": withheld})

    return posterior_has_converged


CONVERGENCE = [_has_converged(sport) for sport in CRAFTS]
CHECKS = [
    *(_audit(name) for name in AUDITED),
    no_row_is_lost,
    no_sure_profit,
    always_balances,
    audit_is_whole,
    *CONVERGENCE,
]
