"""The orders that proposals became."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from inventory.actor import Actor
from inventory.identity import Permission
from inventory.network.models import Warehouse
from inventory.planning.replenishment.models import Proposal, ProposalKind, ProposalStatus
from inventory.procurement import PurchaseOrder, PurchaseOrderLine, Supplier
from inventory.sourcing import PartRequest, PartRequestLine, TransferOrder

_SOURCE = aliased(Warehouse, name="source")


@dataclass(frozen=True, slots=True)
class MadeOrder:
    """An order that proposals became. `amount` is in `currency`; both are None for a transfer."""

    number: str
    kind: ProposalKind
    warehouse: Warehouse
    source: Warehouse | None
    supplier: Supplier | None
    lines: int
    amount: Decimal | None
    currency: str | None


def list_made_orders(session: Session, decided_at: datetime, *, by: Actor) -> list[MadeOrder]:
    """The orders that became of what the actor approved in the command of an instant."""
    by.require(Permission.SEE_PROPOSALS)
    mine = select(Proposal).where(
        Proposal.status == ProposalStatus.RELEASED,
        Proposal.decided_at == decided_at,
        Proposal.decided_by_id == by.person_id,
    )
    return [*_made_purchases(session, mine), *_made_transfers(session, mine)]


def _made_purchases(session: Session, mine: Select[*tuple[Any, ...]]) -> list[MadeOrder]:
    line = PurchaseOrderLine
    rows = session.execute(
        select(PurchaseOrder, Warehouse, Supplier, func.count(), func.sum(line.quantity * line.price))
        .join(line, line.order_id == PurchaseOrder.id)
        .join(Warehouse, Warehouse.id == PurchaseOrder.warehouse_id)
        .join(Supplier, Supplier.id == PurchaseOrder.supplier_id)
        .where(PurchaseOrder.id.in_(mine.with_only_columns(Proposal.purchase_order_id)))
        .group_by(PurchaseOrder.id, Warehouse.id, Supplier.id)
        .order_by(PurchaseOrder.id)
    )
    kind = ProposalKind.PURCHASE
    return [
        MadeOrder(order.number, kind, warehouse, None, supplier, lines, Decimal(worth), order.currency)
        for order, warehouse, supplier, lines, worth in rows
    ]


def _made_transfers(session: Session, mine: Select[*tuple[Any, ...]]) -> list[MadeOrder]:
    line = PartRequestLine
    rows = session.execute(
        select(PartRequest.id, Warehouse, _SOURCE, func.count())
        .join(line, line.request_id == PartRequest.id)
        .join(Warehouse, Warehouse.id == PartRequest.warehouse_id)
        .join(_SOURCE, _SOURCE.id == PartRequest.source_id)
        .where(PartRequest.id.in_(mine.with_only_columns(Proposal.part_request_id)))
        .group_by(PartRequest.id, Warehouse.id, _SOURCE.id)
        .order_by(PartRequest.id)
    )
    kind = ProposalKind.TRANSFER
    return [
        MadeOrder(TransferOrder(id).number, kind, warehouse, source, None, lines, None, None)
        for id, warehouse, source, lines in rows
    ]


def order_number(proposal: Proposal) -> str | None:
    """The number of the order that a proposal became."""
    if proposal.purchase_order_id is not None:
        return PurchaseOrder(id=proposal.purchase_order_id).number
    return None if proposal.part_request_id is None else TransferOrder(proposal.part_request_id).number
