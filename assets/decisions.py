"""Decisions: settled tickets, value bets, new tickets around what stands, and the ledger."""

from collections.abc import Iterator

from dagster import AssetExecutionContext, AssetKey, AssetSpec, MaterializeResult, asset, multi_asset

from assets.partitions import DAYS, ONE_RUN_A_DAY
from assets.show import picture, table_metadata
from assets.workspace import Workspace
from replay import decide
from serving import pictures

SPORT = "football"
GOLD = "gold.football"


def _key(name: str) -> AssetKey:
    return AssetKey(["gold", SPORT, name])


@asset(key=_key("settlements"), deps=[AssetKey(["silver", SPORT, "matches"])], group_name="decisions",
       kinds={"deltalake"}, partitions_def=DAYS, backfill_policy=ONE_RUN_A_DAY)  # fmt: skip
def settlements(context: AssetExecutionContext, workspace: Workspace) -> MaterializeResult[None]:
    """Tickets whose results are known, settled at the price and line taken."""
    table = workspace.lake.table(f"{GOLD}.settlements")
    table.merge(decide.settle(workspace.lake, workspace.settings, workspace.moment(context.partition_key)))
    return MaterializeResult(metadata=table_metadata(table))


@asset(key=_key("value_bets"), deps=[_key("fair_odds"), _key("fct_match_prices")], group_name="decisions",
       kinds={"deltalake"}, partitions_def=DAYS, backfill_policy=ONE_RUN_A_DAY)  # fmt: skip
def value_bets(context: AssetExecutionContext, workspace: Workspace) -> MaterializeResult[None]:
    """Where a named book's price beats the fair price, and why each candidate was taken or refused."""
    as_of = workspace.moment(context.partition_key)
    bets = decide.find_value(workspace.lake, workspace.settings, as_of)
    table = workspace.lake.table(f"{GOLD}.value_bets")
    table.replace(bets, decide.at_moment(as_of))
    shown = {"edges": picture("Edges", pictures.edges(bets["edge"].to_numpy()))} if len(bets) else {}
    return MaterializeResult(metadata=table_metadata(table) | shown)


@multi_asset(
    specs=[
        AssetSpec(_key(name), deps=[_key("value_bets"), _key("settlements")], group_name="decisions",
                  kinds={"deltalake"}, description=description)
        for name, description in {
            "tickets": "Issued tickets: immutable, each with its stake and the limit that set it.",
            "ticket_legs": "The legs of every ticket: match, market, book, price taken, fair price.",
        }.items()
    ],
    partitions_def=DAYS,
    backfill_policy=ONE_RUN_A_DAY,
    name="issue_football",
)  # fmt: skip
def issue(context: AssetExecutionContext, workspace: Workspace) -> Iterator[MaterializeResult[None]]:
    """Fractional Kelly under every limit, around the tickets that stand."""
    issued = decide.issue(workspace.lake, workspace.settings, workspace.moment(context.partition_key))
    for name, frame in zip(("tickets", "ticket_legs"), issued, strict=True):
        table = workspace.lake.table(f"{GOLD}.{name}")
        table.merge(frame)
        yield MaterializeResult(asset_key=_key(name), metadata=table_metadata(table))


@asset(key=_key("ledger"), deps=[_key("tickets"), _key("settlements")], group_name="decisions",
       kinds={"deltalake"}, partitions_def=DAYS, backfill_policy=ONE_RUN_A_DAY)  # fmt: skip
def ledger(context: AssetExecutionContext, workspace: Workspace) -> MaterializeResult[None]:
    """Double entry, append-only, hash-chained: deposits, stakes and settlements."""
    table = workspace.lake.table(f"{GOLD}.ledger")
    fresh = decide.book(workspace.lake, workspace.settings)
    if len(fresh):
        table.append(fresh, commit_id=f"entries-{fresh['entry_hash'][-1]}")
    entries = table.read()
    shown = {"bankroll": picture("Bankroll", pictures.bankroll(entries))} if len(entries) else {}
    return MaterializeResult(metadata=table_metadata(table) | shown)
