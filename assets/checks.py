"""Asset checks: every contract audited by Great Expectations, and no row lost between bronze and silver.

They block where a breach would poison what is built on it. Only the nightly job runs them.
"""

from typing import Any

from dagster import AssetCheckResult, AssetChecksDefinition, AssetKey, MetadataValue, asset_check

from assets.uncertainty import intervals_key
from assets.workspace import Workspace
from core.market.sports import SPORTS
from lake.contracts.model import contract, contracts
from lake.desk import of_desk
from replay.catalog import sampled

_OF_SPORTS = ("spn_decisions", "feat_team_form", "feat_match_market", "predictions", "fair_odds")
AUDITED = (
    *(name for name in contracts() if name.startswith("silver.") and not name.endswith(".parsed_payloads")),
    *(f"gold.{sport}.{name}" for sport in SPORTS for name in _OF_SPORTS if f"gold.{sport}.{name}" in contracts()),
    of_desk("value_bets"),
    of_desk("tickets"),
    of_desk("ticket_legs"),
    of_desk("portfolios"),
    of_desk("placements"),
    of_desk("settlements"),
    of_desk("closing_line_value"),
)


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


def _account(sport: str) -> AssetChecksDefinition:
    @asset_check(asset=AssetKey(["silver", sport, "parsed_payloads"]), name="no_row_is_lost", blocking=True)
    def no_row_is_lost(workspace: Workspace) -> AssetCheckResult:
        """Parsed rows = silver rows + duplicates + quarantined, for every payload and entity."""
        counts = workspace.lake.table(f"silver.{sport}.parsed_payloads").read()
        whole = counts["silver_rows"] + counts["duplicate_rows"] + counts["quarantined_rows"]
        off = counts.filter(counts["parsed_rows"] != whole)
        return AssetCheckResult(passed=off.is_empty(), metadata={"payloads": len(counts), "off": len(off)})

    return no_row_is_lost


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


def _coherence(sport: str) -> AssetChecksDefinition:
    @asset_check(asset=AssetKey(["gold", sport, "fair_odds"]), name="no_sure_profit", blocking=True)
    def no_sure_profit(workspace: Workspace) -> AssetCheckResult:
        """Over all markets of each match of the newest moment, no bets at fair prices win whatever the score."""
        from replay import coherent

        found = coherent.profits(workspace.lake, workspace.settings.of(sport))
        off = {match: profit for match, profit in found.items() if profit > coherent.SURE}
        return AssetCheckResult(passed=not off, metadata={"matches": len(found), "beaten": off})

    return no_sure_profit


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


CONVERGENCE = [_has_converged(sport) for sport in sampled()]
CHECKS = [
    *(_audit(name) for name in AUDITED),
    *map(_account, SPORTS),
    *map(_coherence, SPORTS),
    always_balances,
    audit_is_whole,
    *CONVERGENCE,
]
