"""What the API and the screens of stock share: the warehouse within reach, pages of moves, their documents."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, or_
from sqlalchemy.orm import Session

from inventory import network
from inventory.actor import Actor
from inventory.catalogue import Part
from inventory.db import Numbered
from inventory.errors import NotFound
from inventory.identity import Permission
from inventory.ledger import Move
from inventory.network import Warehouse
from inventory.reporting import movements
from inventory.sourcing import PartRequest
from inventory.timeline import DocumentKind
from inventory.transport import Shipment
from inventory.warehousing import ExpectedReceipt, Receipt, StockCheck
from inventory.workorders import WorkOrder
from web.paging import LIMIT_DEFAULT, Page, read_page


def warehouse_within(session: Session, code: str, permission: Permission, *, by: Actor) -> Warehouse:
    """The warehouse of a code; a foreign one answers exactly like a missing one.

    Raises: NotFound; NotPermitted.
    """
    by.require(permission)
    warehouse = network.find_warehouse(session, code)
    if warehouse is None or not by.may(permission, warehouse.id):
        raise NotFound(warehouse=code)
    return warehouse


NUMBERED: Mapping[str, type[Numbered]] = {
    DocumentKind.SHIPMENT: Shipment,
    DocumentKind.WORK_ORDER: WorkOrder,
    DocumentKind.RECEIPT: Receipt,
    DocumentKind.EXPECTED_RECEIPT: ExpectedReceipt,
    DocumentKind.STOCK_CHECK: StockCheck,
}


def document_of(row: Row[*tuple[Any, ...]]) -> str | None:
    """The number of the document behind a move, as people know it; of a pick task the request's that it serves."""
    if row.request_id is not None:
        return PartRequest(id=row.request_id, source_id=row.transfer_from_id).number
    document = NUMBERED.get(row.Move.document_kind)
    return document(id=row.Move.document_id).number if document else None


def page_of_moves(
    session: Session,
    *,
    by: Actor,
    warehouse: Warehouse | None = None,
    part: Part | None = None,
    cursor: str | None = None,
    limit: int = LIMIT_DEFAULT,
) -> Page[Row[*tuple[Any, ...]]]:
    """Moves within reach, newest first; of a warehouse and a part where they are given."""
    query = movements(by)
    if warehouse is not None:
        query = query.where(or_(Move.from_warehouse_id == warehouse.id, Move.to_warehouse_id == warehouse.id))
    if part is not None:
        query = query.where(Move.part_id == part.id)
    return read_page(
        session,
        query,
        keys=[Move.id],
        key_of=lambda row: [row.Move.id],
        cursor=cursor,
        limit=limit,
        descending=True,
        scalars=False,
    )
