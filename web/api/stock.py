"""Stock now and in the past, what lies where, the ledger, the life of a lot, the proof of FIFO, promises kept."""

from typing import Any

from sqlalchemy import Row

from inventory import catalogue, ledger
from inventory.catalogue import Part
from inventory.identity import Permission
from inventory.reporting import (
    KeptPromises,
    PastPosition,
    WarehouseStock,
    life_of_lot,
    list_kept_promises,
    list_positions_as_of,
    list_stock_value,
)
from web.api import Blueprint
from web.auth import current_actor, requires
from web.db import reading
from web.paging import pack_cursor, unpack_cursor
from web.schemas import page_of
from web.schemas.stock import (
    FifoProofOutput,
    KeptPromisesListOutput,
    LotLifeOutput,
    LotsQuery,
    MoveOutput,
    PartFilter,
    PeriodQuery,
    PositionsOutput,
    StockLineOutput,
    StockQuery,
    StockReportOutput,
    WarehousePeriodQuery,
)
from web.stock import document_of, page_of_moves, warehouse_within

blueprint = Blueprint("api_stock", __name__, description="What is where, and how it came there")
AnyRow = Row[*tuple[Any, ...]]


@blueprint.get("/warehouses/<code>/stock")
@requires(Permission.SEE_STOCK)
@blueprint.arguments(StockQuery, location="query")
@blueprint.response(200, page_of(StockLineOutput))
def list_stock(query: dict[str, Any], code: str) -> dict[str, Any]:
    """The stock of a warehouse, now or as of a past instant, by part number."""
    (after,) = unpack_cursor(query["cursor"], [str]) if query["cursor"] else ("",)
    with reading() as session:
        warehouse = warehouse_within(session, code, Permission.SEE_STOCK, by=current_actor())
        lines = ledger.list_stock(
            session, warehouse.id, at=query["at"], search=query["q"], after=after, limit=query["limit"] + 1
        )
    shown = lines[: query["limit"]]
    return {"items": shown, "next_cursor": pack_cursor([shown[-1].number]) if len(lines) > len(shown) else None}


@blueprint.get("/warehouses/<code>/lots")
@requires(Permission.SEE_STOCK)
@blueprint.arguments(LotsQuery, location="query")
@blueprint.response(200, PositionsOutput)
def list_lots(query: dict[str, Any], code: str) -> dict[str, Any]:
    """What lies where of a part in a warehouse, now or as of a past instant; the oldest lot first."""
    with reading() as session:
        warehouse = warehouse_within(session, code, Permission.SEE_STOCK, by=current_actor())
        part = catalogue.get_part(session, query["part"] or "")
        if query["at"] is not None:
            past = list_positions_as_of(session, warehouse.id, part.id, at=query["at"])
            return {"items": [_past_position(part, one) for one in past]}
        positions = ledger.list_positions(session, warehouse.id, part_id=part.id)
    return {"items": [_position(part, row) for row in positions]}


@blueprint.get("/warehouses/<code>/moves")
@requires(Permission.SEE_LEDGER)
@blueprint.arguments(PartFilter, location="query")
@blueprint.response(200, page_of(MoveOutput))
def list_warehouse_moves(query: dict[str, Any], code: str) -> dict[str, Any]:
    """The ledger of a warehouse, of one part where one is named; newest first."""
    with reading() as session:
        warehouse = warehouse_within(session, code, Permission.SEE_LEDGER, by=current_actor())
        part = catalogue.get_part(session, query["part"]) if query["part"] else None
        page = page_of_moves(
            session,
            by=current_actor(),
            warehouse=warehouse,
            part=part,
            cursor=query["cursor"],
            limit=query["limit"],
        )
    return {"items": [_move(row) for row in page.items], "next_cursor": page.next_cursor}


@blueprint.get("/parts/<number>/moves")
@requires(Permission.SEE_LEDGER)
@blueprint.arguments(PartFilter(only=("cursor", "limit")), location="query")
@blueprint.response(200, page_of(MoveOutput))
def list_part_moves(query: dict[str, Any], number: str) -> dict[str, Any]:
    """The ledger of a part over every warehouse within reach; newest first."""
    with reading() as session:
        part = catalogue.get_part(session, number)
        page = page_of_moves(session, by=current_actor(), part=part, cursor=query["cursor"], limit=query["limit"])
    return {"items": [_move(row) for row in page.items], "next_cursor": page.next_cursor}


@blueprint.get("/parts/<number>/lots/<lot>")
@requires(Permission.SEE_LEDGER)
@blueprint.response(200, LotLifeOutput)
def show_lot(number: str, lot: str) -> dict[str, Any]:
    """The life of a lot: how it came into the network, where it went, where it lies."""
    with reading() as session:
        life = life_of_lot(session, catalogue.get_part(session, number), lot, by=current_actor())
    return {
        "part": number,
        "lot": life.lot.number,
        "first_received_at": life.lot.first_received_at,
        "positions": [
            {
                "warehouse": warehouse.code,
                "bin": bin.code,
                "condition": position.condition.value,
                "on_hand": position.on_hand,
            }
            for position, warehouse, bin in life.positions
        ],
        "ends": life.ends,
        "moves": [_move(row) for row in life.moves],
    }


@blueprint.get("/reports/fifo")
@requires(Permission.SEE_LEDGER)
@blueprint.arguments(WarehousePeriodQuery, location="query")
@blueprint.response(200, FifoProofOutput)
def prove_fifo(query: dict[str, Any]) -> dict[str, Any]:
    """The proof that a warehouse gave its oldest stock first in a period, overrides shown with their reasons."""
    with reading() as session:
        warehouse = warehouse_within(session, query["warehouse"], Permission.SEE_LEDGER, by=current_actor())
        proof = ledger.fifo_proof(
            session, warehouse.id, since=query["since"], until=query["until"], limit=query["limit"]
        )
    return {
        "warehouse": warehouse.code,
        "allocations": proof.allocations,
        "oldest_taken": proof.oldest_taken,
        "overridden": proof.overridden,
        "unexplained": proof.unexplained,
        "items": [
            {
                "part": part.number,
                "lot": lot.number,
                "first_received_at": lot.first_received_at,
                "allocated_at": allocation.allocated_at,
                "older_free": allocation.older_free,
                "override_reason": allocation.override_reason,
            }
            for allocation, _, lot, part in proof.rows
        ],
    }


@blueprint.get("/reports/stock")
@requires(Permission.SEE_STOCK)
@blueprint.response(200, StockReportOutput)
def report_stock() -> dict[str, list[WarehouseStock]]:
    """The good stock of every warehouse within reach, and its value."""
    with reading() as session:
        return {"items": list_stock_value(session, by=current_actor())}


@blueprint.get("/reports/promises")
@requires(Permission.SEE_REPORTS)
@blueprint.arguments(PeriodQuery, location="query")
@blueprint.response(200, KeptPromisesListOutput)
def report_promises(query: dict[str, Any]) -> dict[str, list[KeptPromises]]:
    """Promises kept, on time in full, by delivery class and source, with the causes of those broken."""
    with reading() as session:
        kept = list_kept_promises(session, since=query["since"], until=query["until"], by=current_actor())
    return {"items": kept}


def _position(part: Part, row: AnyRow) -> dict[str, Any]:
    return {
        "bin": row.bin_code,
        "part": part.number,
        "lot": row.lot_number,
        "serial": row.serial,
        "condition": row.LotBalance.condition,
        "first_received_at": row.LotBalance.first_received_at,
        "on_hand": row.LotBalance.on_hand,
        "allocated": row.LotBalance.allocated,
    }


def _past_position(part: Part, one: PastPosition) -> dict[str, Any]:
    return {
        "bin": one.bin_code,
        "part": part.number,
        "lot": one.lot_number,
        "serial": one.serial,
        "condition": one.condition,
        "first_received_at": one.first_received_at,
        "on_hand": one.on_hand,
        "allocated": None,
    }


def _move(row: AnyRow) -> dict[str, Any]:
    move = row.Move
    return {
        "id": move.id,
        "part": row.Part.number,
        "lot": row.lot_number,
        "serial": row.serial,
        "quantity": move.quantity,
        "source": {
            "place": move.from_place,
            "warehouse": row.from_warehouse.code if row.from_warehouse else None,
            "bin": row.from_bin,
            "holder": row.from_holder,
            "condition": move.from_condition,
        },
        "target": {
            "place": move.to_place,
            "warehouse": row.to_warehouse.code if row.to_warehouse else None,
            "bin": row.to_bin,
            "holder": row.to_holder,
            "condition": move.to_condition,
        },
        "document_kind": move.document_kind,
        "document": document_of(row),
        "reason": move.reason,
        "actor": row.actor_name,
        "reverses": move.reverses_id,
        "recorded_at": move.recorded_at,
    }
