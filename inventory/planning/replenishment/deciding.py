"""What becomes of proposals: approved into orders, edited, turned down; by people, or by the run itself within limits.

Rows of proposals are held before any stock is: nobody who holds stock ever waits for a proposal.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory import procurement
from inventory.actor import Actor
from inventory.db import QUANTITY_MAX
from inventory.errors import NotFound
from inventory.identity import Permission
from inventory.planning.replenishment.bundling import SmallOrder, bundle_purchases
from inventory.planning.replenishment.errors import (
    NobodySellsIt,
    NothingProposed,
    ProposalDecided,
    QuantityOutOfBounds,
    ReasonNeeded,
)
from inventory.planning.replenishment.models import UNDECIDED, Held, Proposal, ProposalKind, ProposalStatus
from inventory.planning.replenishment.moving import Move, order_moves
from inventory.procurement import PurchaseOrder, PurchaseOrderLine, PurchaseWish, SupplierPart
from inventory.sourcing import PlacedTransfer


@dataclass(frozen=True, slots=True)
class Approved:
    """What approving came to.

    `added` are purchases that went along to reach their supplier's minimum. What stays open: `unmet`, proposals whose
    source had nothing to give, and `too_small`, purchases too small for an order.
    """

    transfers: tuple[PlacedTransfer, ...]
    orders: tuple[PurchaseOrder, ...]
    unmet: tuple[Proposal, ...]
    added: tuple[Proposal, ...] = ()
    too_small: tuple[SmallOrder, ...] = ()


def approve_proposals(session: Session, proposal_ids: Sequence[int], *, by: Actor, at: datetime) -> Approved:
    """Turn proposals into transfer orders and drafts of purchase orders; all of them or none.

    One transfer order for each pair of warehouses, one purchase order for each supplier, warehouse and currency, with
    what would be due next where the supplier's minimum asks for more. What a source no longer has is not ordered, nor
    what is too little for a supplier unless it was told before.

    Raises: NothingProposed; NotFound; NotPermitted; ProposalDecided; NobodySellsIt; and as `procurement.draft_orders`.
    """
    proposals = hold_proposals(session, proposal_ids, by=by)
    bought = [one for one in proposals if one.kind is ProposalKind.PURCHASE]
    moved = [one for one in proposals if one.kind is not ProposalKind.PURCHASE]
    _require_sold(bought)
    bundled = bundle_purchases(session, bought, on=at.date())
    for small in bundled.too_small:
        for one in small.proposals:
            one.held = Held.BELOW_MINIMUM
    orders = _buy(session, bundled.ordered, by=by, at=at) if bundled.ordered else []
    transfers, unmet = _move(session, moved, by=by, at=at) if moved else ((), [])
    session.flush()
    return Approved(transfers, tuple(orders), tuple(unmet), bundled.added, bundled.too_small)


def edit_proposal(session: Session, proposal_id: int, quantity: int, *, by: Actor, at: datetime) -> Proposal:
    """Write another quantity on an open proposal, which waits for a person then; what was proposed stays readable.

    Raises: NotFound; NotPermitted; ProposalDecided; QuantityOutOfBounds.
    """
    [proposal] = hold_proposals(session, [proposal_id], by=by)
    packed = proposal.kind is ProposalKind.PURCHASE
    least = proposal.order_minimum if packed else 1
    pack = proposal.pack_size if packed else 1
    if not least <= quantity <= QUANTITY_MAX or quantity % pack:
        raise QuantityOutOfBounds(least=least, most=QUANTITY_MAX, pack=pack)
    proposal.edited_quantity, proposal.edited_by_id, proposal.edited_at = quantity, by.person_id, at
    proposal.held = proposal.held or Held.EDITED
    session.flush()
    return proposal


def reject_proposals(
    session: Session, proposal_ids: Sequence[int], *, reason: str, by: Actor, at: datetime
) -> list[Proposal]:
    """Turn proposals down, with a reason; they rest for a week, unless it gets clearly worse (resting).

    Raises: NothingProposed; NotFound; NotPermitted; ProposalDecided; ReasonNeeded.
    """
    if not reason.strip():
        raise ReasonNeeded()
    proposals = hold_proposals(session, proposal_ids, by=by)
    for one in proposals:
        one.status, one.decided_by_id, one.decided_at = ProposalStatus.REJECTED, by.person_id, at
        one.decision_reason = reason.strip()
    session.flush()
    return proposals


def permission_for(kind: ProposalKind) -> Permission:
    """What somebody needs to decide about a proposal, at the warehouse that gives or that buys."""
    return Permission.BUY if kind is ProposalKind.PURCHASE else Permission.ORDER_TRANSFERS


def hold_proposals(session: Session, proposal_ids: Sequence[int], *, by: Actor) -> list[Proposal]:
    """Proposals that the actor decides about, held until the transaction ends.

    Raises: NothingProposed; NotFound; NotPermitted; ProposalDecided.
    """
    if not proposal_ids:
        raise NothingProposed()
    proposals = list(
        session.scalars(
            select(Proposal)
            .where(Proposal.id.in_(set(proposal_ids)))
            .order_by(Proposal.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )
    if len(proposals) < len(set(proposal_ids)):
        raise NotFound()
    for one in proposals:
        by.require(permission_for(one.kind), one.warehouse_id if one.source_id is None else one.source_id)
    for one in proposals:
        if one.status not in UNDECIDED:
            raise ProposalDecided(proposal=one.number, status=str(one.status))
    return proposals


def _require_sold(proposals: Sequence[Proposal]) -> None:
    for one in proposals:
        if one.supplier_part_id is None:
            raise NobodySellsIt(proposal=one.number, part=one.part_id)


def _buy(session: Session, proposals: Sequence[Proposal], *, by: Actor, at: datetime) -> list[PurchaseOrder]:
    sold = session.execute(
        select(SupplierPart.id, SupplierPart.supplier_id).where(
            SupplierPart.id.in_([one.supplier_part_id for one in proposals])
        )
    )
    suppliers = {row.id: row.supplier_id for row in sold}
    wishes = [
        PurchaseWish(
            warehouse_id=one.warehouse_id,
            part_id=one.part_id,
            quantity=one.wanted,
            wanted_on=max(one.order_by_on, at.date()) + timedelta(days=round(one.lead_days)),
            supplier_id=suppliers[one.supplier_part_id or 0],
        )
        for one in proposals
    ]
    orders = procurement.draft_orders(session, wishes, by=by, at=at)
    lines = session.execute(
        select(PurchaseOrder.supplier_id, PurchaseOrder.warehouse_id, PurchaseOrderLine.part_id, PurchaseOrder.id)
        .join(PurchaseOrderLine, PurchaseOrderLine.order_id == PurchaseOrder.id)
        .where(PurchaseOrder.id.in_([order.id for order in orders]))
    )
    written = {(line.supplier_id, line.warehouse_id, line.part_id): line.id for line in lines}
    for one, wish in zip(proposals, wishes, strict=True):
        assert wish.supplier_id is not None, "taken from the proposal's supplier part"
        _release(one, one.wanted, by=by, at=at)
        one.purchase_order_id = written[wish.supplier_id, one.warehouse_id, one.part_id]
    return orders


def _move(
    session: Session, proposals: Sequence[Proposal], *, by: Actor, at: datetime
) -> tuple[tuple[PlacedTransfer, ...], list[Proposal]]:
    """Order what is to be moved, and read again what became of it; what has nothing to give is told apart."""
    moved = order_moves(session, [_as_move(one) for one in proposals if one.wanted], by=by, at=at)
    ids = [one.id for one in proposals]
    session.scalars(select(Proposal).where(Proposal.id.in_(ids)).execution_options(populate_existing=True)).all()
    return moved.transfers, [one for one in proposals if one.status is not ProposalStatus.RELEASED]


def _as_move(proposal: Proposal) -> Move:
    assert proposal.source_id is not None, "only what is bought has no source"
    return Move(proposal.id, proposal.source_id, proposal.warehouse_id, proposal.part_id, proposal.wanted)


def _release(proposal: Proposal, quantity: int, *, by: Actor, at: datetime) -> None:
    proposal.status, proposal.released_quantity = ProposalStatus.RELEASED, quantity
    proposal.decided_by_id, proposal.decided_at, proposal.held = by.person_id, at, None
