"""Decisions: settled tickets, value bets, new tickets around what stands, and every rule's word about them."""

from collections.abc import Iterator

from dagster import AssetExecutionContext, AssetKey, AssetSpec, MaterializeResult, MetadataValue, asset, multi_asset

from assets.partitions import DAYS, ONE_RUN_A_DAY
from assets.show import picture, preview, table_metadata
from assets.workspace import Workspace
from core.market.sports import SPORTS
from lake.desk import DESK, of_desk
from replay import arbitrage, booking, issue
from replay.believe import at_moment
from replay.craft import PLAYER_BELIEFS, PROP_VALUES
from serving import pictures


def key(name: str) -> AssetKey:
    """The asset of a table of the desk."""
    return AssetKey(["gold", DESK, name])


def of_sports(*names: str) -> list[AssetKey]:
    """The assets of gold tables of every sport."""
    return [AssetKey(["gold", sport, name]) for sport in SPORTS for name in names]


def of_prices() -> list[AssetKey]:
    """The assets of the tables that keep books' prices of every sport, and of its players where it has any."""
    matches = [("gold", name, table) for name, sport in SPORTS.items() for table in sport.price_tables.values()]
    return [AssetKey(asset) for asset in (*matches, *(("silver", sport, "prop_quotes") for sport in _with_players()))]


def of_players() -> list[AssetKey]:
    """The assets of what is believed of players, and of books' prices beside it."""
    return [AssetKey(["gold", sport, name]) for sport in _with_players() for name in (PLAYER_BELIEFS, PROP_VALUES)]


def results() -> list[AssetKey]:
    """The assets that say how matches ended, and what players did where bets are on them."""
    matches = [("silver", sport, "matches") for sport in SPORTS]
    return [AssetKey(asset) for asset in (*matches, *(("silver", sport, "player_stats") for sport in _with_players()))]


def _with_players() -> list[str]:
    return [name for name, sport in SPORTS.items() if sport.player_markets]


@asset(key=key("settlements"), deps=results(),
       group_name="decisions", kinds={"deltalake"}, partitions_def=DAYS, backfill_policy=ONE_RUN_A_DAY)  # fmt: skip
def settlements(context: AssetExecutionContext, workspace: Workspace) -> MaterializeResult[None]:
    """Tickets whose results are known, settled at the price and line taken; a corrected result adds a row."""
    table = workspace.lake.table(of_desk("settlements"))
    table.merge(booking.settle(workspace.lake, workspace.moment(context.partition_key)))
    return MaterializeResult(metadata=table_metadata(table))


@asset(key=key("arbitrages"), deps=[*of_sports("score_grids"), *of_prices()], group_name="decisions",
       kinds={"deltalake"}, partitions_def=DAYS, backfill_policy=ONE_RUN_A_DAY)  # fmt: skip
def arbitrages(context: AssetExecutionContext, workspace: Workspace) -> MaterializeResult[None]:
    """Sure profits and middles over the books' prices of the moment; told apart, and never in the portfolio."""
    as_of = workspace.moment(context.partition_key)
    table = workspace.lake.table(of_desk("arbitrages"))
    table.replace(arbitrage.found(workspace.lake, workspace.settings, as_of), at_moment(as_of))
    return MaterializeResult(metadata=table_metadata(table))


@multi_asset(
    specs=[
        AssetSpec(key(name), deps=[*of_sports("fair_odds", "score_grids"), *of_players(), *of_prices(),
                                   key("settlements")],
                  group_name="decisions", kinds={"deltalake"}, description=description)
        for name, description in {
            "audit": "What every rule decided, append-only and chained by hashes.",
            "limit_changes": "What the bettor asked of limits, and from when it counts.",
            "value_bets": "Where a named book's price beats the fair price, and why each offer was taken or refused.",
            "ticket_legs": "The legs of every ticket: match, market, book, price taken, fair price.",
            "tickets": "Issued tickets: immutable, each with its stake and the limit that set it.",
            "portfolios": "What the optimizer found at each decision, beside simpler ways of staking.",
        }.items()
    ],
    partitions_def=DAYS,
    backfill_policy=ONE_RUN_A_DAY,
    name="issue",
)  # fmt: skip
def decide(context: AssetExecutionContext, workspace: Workspace) -> Iterator[MaterializeResult[None]]:
    """Every rule asked, then the portfolio of greatest expected growth under all limits, around what stands."""
    as_of = workspace.moment(context.partition_key)
    issued = issue.issue(workspace.lake, workspace.settings, as_of)
    for warning in issued.warnings:
        context.log.warning(warning)
    for name in issue.WRITTEN:
        table, rows = workspace.lake.table(of_desk(name)), issued.rows[name]
        if name == "audit" and len(rows):
            table.append(rows, commit_id=f"audit-{rows['entry_hash'][-1]}")
        elif len(rows):
            table.merge(rows)
        yield MaterializeResult(asset_key=key(name), metadata=table_metadata(table) | _shown(name, issued))


def _shown(name: str, issued: issue.Issued) -> dict[str, MetadataValue]:
    rows = issued.rows[name]
    if rows.is_empty():
        return {"decided": MetadataValue.text("before; nothing is decided twice")} if issued.stood else {}
    if name == "value_bets":
        return {"edges": picture("Edges", pictures.edges(rows["edge"].to_numpy()))}
    return {"stakings": preview(rows)} if name == "portfolios" else {}
