"""Money: tickets placed, booked in double entry, told to the outside, measured against the close, reported monthly."""

from dagster import AssetExecutionContext, AssetSpec, MaterializeResult, MetadataValue, asset

from assets.decisions import key, of_prices
from assets.partitions import DAYS, ONE_RUN_A_DAY
from assets.show import picture, preview, table_metadata
from assets.workspace import Workspace
from lake.desk import of_desk
from optimizer.placement import Paper
from replay import booking, compliance
from replay.believe import at_moment
from serving import bet_pictures, pictures
from serving.report import TEMPLATES

own_bets = AssetSpec(
    key("own_bets"), group_name="money", kinds={"deltalake"},
    description="A bettor's own bets, which `fairline bets` imports; no run writes them.",
)  # fmt: skip


@asset(key=key("placements"), deps=[key("tickets"), key("ticket_legs")], group_name="money", kinds={"deltalake"},
       partitions_def=DAYS, backfill_policy=ONE_RUN_A_DAY)  # fmt: skip
def placements(context: AssetExecutionContext, workspace: Workspace) -> MaterializeResult[None]:
    """What venues said of orders: on paper every ticket is taken, until `fairline place` says what really was."""
    table = workspace.lake.table(of_desk("placements"))
    as_of = workspace.moment(context.partition_key)
    table.merge(booking.place(workspace.lake, workspace.settings, Paper(), as_of))
    return MaterializeResult(metadata=table_metadata(table))


@asset(key=key("ledger"), deps=[key("placements"), key("settlements")], group_name="money", kinds={"deltalake"},
       partitions_def=DAYS, backfill_policy=ONE_RUN_A_DAY)  # fmt: skip
def ledger(context: AssetExecutionContext, workspace: Workspace) -> MaterializeResult[None]:
    """Double entry, append-only, hash-chained: deposits, stakes, settlements and their corrections."""
    table = workspace.lake.table(of_desk("ledger"))
    fresh = booking.book(workspace.lake, workspace.settings)
    if len(fresh):
        table.append(fresh, commit_id=f"entries-{fresh['entry_hash'][-1]}")
    entries = table.read()
    shown = {"bankroll": picture("Bankroll", pictures.bankroll(entries))} if len(entries) else {}
    return MaterializeResult(metadata=table_metadata(table) | shown)


@asset(key=key("outbox"), deps=[key("ledger")], group_name="money", kinds={"deltalake"},
       partitions_def=DAYS, backfill_policy=ONE_RUN_A_DAY)  # fmt: skip
def outbox(context: AssetExecutionContext, workspace: Workspace) -> MaterializeResult[None]:
    """Settled tickets, told once each to whoever listens: `fairline outbox` streams or sends them."""
    table = workspace.lake.table(of_desk("outbox"))
    fresh = booking.publish(workspace.lake)
    if len(fresh):
        table.append(fresh, commit_id=f"events-{fresh['event_id'][-1]}")
    return MaterializeResult(metadata=table_metadata(table))


@asset(key=key("closing_line_value"), deps=[key("placements"), *of_prices()], group_name="money",
       kinds={"deltalake"}, partitions_def=DAYS, backfill_policy=ONE_RUN_A_DAY)  # fmt: skip
def closing_line_value(context: AssetExecutionContext, workspace: Workspace) -> MaterializeResult[None]:
    """Every leg against a named benchmark's close, or the reason why there is no value."""
    table = workspace.lake.table(of_desk("closing_line_value"))
    as_of = workspace.moment(context.partition_key)
    table.merge(booking.against_the_close(workspace.lake, as_of))
    return MaterializeResult(metadata=table_metadata(table))


@asset(key=key("bet_performance"), deps=[key("closing_line_value"), key("settlements")], group_name="money",
       kinds={"deltalake"}, partitions_def=DAYS, backfill_policy=ONE_RUN_A_DAY)  # fmt: skip
def bet_performance(context: AssetExecutionContext, workspace: Workspace) -> MaterializeResult[None]:
    """Yield and closing-line value with intervals, by market, book, league, model and more."""
    as_of = workspace.moment(context.partition_key)
    table = workspace.lake.table(of_desk("bet_performance"))
    rows = booking.performance(workspace.lake, workspace.settings, as_of)
    table.replace(rows, at_moment(as_of))
    if rows.is_empty():
        return MaterializeResult(metadata=table_metadata(table))
    path = booking.path(workspace.lake, workspace.settings, as_of)
    drawn = bet_pictures.bankroll_and_drawdown(path.frame, workspace.settings.staking.currency)
    shown = {
        "measured": preview(rows.filter(scope="all")),
        "bankroll": picture("Bankroll and drawdown", drawn),
        "books": picture("Yield by book", bet_pictures.yields(rows)),
    }
    return MaterializeResult(metadata=table_metadata(table) | shown)


@asset(key=key("attributions"), deps=[key("closing_line_value"), key("settlements")], group_name="money",
       kinds={"deltalake"}, partitions_def=DAYS, backfill_policy=ONE_RUN_A_DAY)  # fmt: skip
def attributions(context: AssetExecutionContext, workspace: Workspace) -> MaterializeResult[None]:
    """The profit of every settled ticket in three parts: our edge, what the close thought of it, and luck."""
    table = workspace.lake.table(of_desk("attributions"))
    as_of = workspace.moment(context.partition_key)
    table.merge(booking.attributions(workspace.lake, as_of))
    return MaterializeResult(metadata=table_metadata(table))


@asset(key=key("compliance_reports"), deps=[key("audit"), key("ledger"), key("limit_changes")], group_name="money",
       kinds={"deltalake", "html"}, partitions_def=DAYS, backfill_policy=ONE_RUN_A_DAY)  # fmt: skip
def compliance_reports(context: AssetExecutionContext, workspace: Workspace) -> MaterializeResult[None]:
    """The running month and the one before: stakes, losses, refusals, limits, and whether the audit is whole."""
    as_of = workspace.moment(context.partition_key)
    table = workspace.lake.table(of_desk("compliance_reports"))
    rows = compliance.reports(workspace.lake, workspace.settings, workspace.anchors, as_of)
    table.merge(rows)
    pages = [str(page) for page in compliance.write_pages(rows, workspace.state_root / "reports", TEMPLATES)]
    return MaterializeResult(metadata=table_metadata(table) | {"pages": MetadataValue.json(pages)})
