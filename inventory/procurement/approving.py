"""Approval: by how much an order is worth so many people look at it, none of whom wrote any of it, each to his limit.

draft -> awaiting approval -> approved        submit, approve
awaiting approval, approved -> draft          reject by who approves, withdraw by who buys
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from inventory import audit, timeline
from inventory.actor import Actor
from inventory.errors import Refusal
from inventory.identity import Permission
from inventory.procurement.currencies import base_currency, rate_on
from inventory.procurement.errors import (
    AboveLimit,
    ApprovedBefore,
    LimitOfOneself,
    OrderTooSmall,
    OwnOrder,
    PurchaseReasonMissing,
    StepsIncomplete,
)
from inventory.procurement.models import (
    ApprovalLimit,
    ApprovalStep,
    OrderStatus,
    PurchaseApproval,
    PurchaseOrder,
    Supplier,
)
from inventory.procurement.orders import amount_of, happening, locked_order, require_status
from inventory.timeline import DocumentEvent, DocumentKind

WRITING = ("drafted", "changed", "submitted")
"""What somebody did to an order that makes it his own."""


def submit_order(
    session: Session, order_id: int, *, small_order_reason: str = "", by: Actor, at: datetime
) -> PurchaseOrder:
    """Lay a draft before those who approve; one that needs nobody's approval is approved at once.

    The exchange rate of the day is kept with it. An order below the supplier's minimum needs a reason.

    Raises: NotFound; OrderStands; RateMissing; OrderTooSmall.
    """
    order = locked_order(session, order_id)
    by.require(Permission.BUY, order.warehouse_id)
    require_status(order, OrderStatus.DRAFT)
    order.rate = rate_on(session, order.currency, at.date())
    amount = amount_of(session, order)
    if not small_order_reason.strip():
        _require_minimum(session, order, amount, at=at)
    order.round += 1
    needed = approvals_needed(session, amount * order.rate)
    order.status = OrderStatus.AWAITING_APPROVAL if needed else OrderStatus.APPROVED
    session.flush()
    facts = {"amount": str(amount), "currency": order.currency, "approvals": needed}
    told = happening(order, "submitted", before=OrderStatus.DRAFT, reason=small_order_reason.strip(), facts=facts)
    timeline.record(session, [told], by=by, at=at)
    return order


def approve_order(session: Session, order_id: int, *, by: Actor, at: datetime) -> PurchaseOrder:
    """Approve what somebody else drew up; with the last approval that it needs the order may be sent.

    Raises: NotFound; OrderStands; OwnOrder; AboveLimit; ApprovedBefore.
    """
    order = locked_order(session, order_id)
    amount = amount_of(session, order) * order.rate
    earlier = _approvers(session, order)
    _require_may_approve(session, order, amount, earlier, by=by)
    session.add(
        PurchaseApproval(
            order_id=order.id,
            round=order.round,
            approved_by_id=by.person_id,
            created_by_id=order.created_by_id,
            approved_at=at,
        )
    )
    if len(earlier) + 1 >= approvals_needed(session, amount):
        order.status = OrderStatus.APPROVED
    session.flush()
    facts = {"amount": f"{amount:.4f}", "currency": base_currency(session)}
    told = happening(order, "approved", before=OrderStatus.AWAITING_APPROVAL, facts=facts)
    timeline.record(session, [told], by=by, at=at)
    return order


def refusal_to_approve(session: Session, order: PurchaseOrder, *, by: Actor) -> Refusal | None:
    """Why somebody may not approve an order as it stands; None where he may."""
    try:
        _require_may_approve(session, order, amount_of(session, order) * order.rate, _approvers(session, order), by=by)
    except Refusal as refusal:
        return refusal
    return None


def reject_order(session: Session, order_id: int, *, reason: str, by: Actor, at: datetime) -> PurchaseOrder:
    """Give an order back to who drew it up, and say why; approvals it had count no more.

    Raises: NotFound; OrderStands; PurchaseReasonMissing.
    """
    order = locked_order(session, order_id)
    by.require(Permission.APPROVE_PURCHASES, order.warehouse_id)
    require_status(order, OrderStatus.AWAITING_APPROVAL)
    return _back_to_draft(session, order, "rejected", reason=reason, by=by, at=at)


def withdraw_order(session: Session, order_id: int, *, reason: str, by: Actor, at: datetime) -> PurchaseOrder:
    """Take an order that was not sent back to the desk, to change it. Raises: as `reject_order`."""
    order = locked_order(session, order_id)
    by.require(Permission.BUY, order.warehouse_id)
    require_status(order, OrderStatus.AWAITING_APPROVAL, OrderStatus.APPROVED)
    return _back_to_draft(session, order, "withdrawn", reason=reason, by=by, at=at)


def approvals_needed(session: Session, amount: Decimal) -> int:
    """How many people have to approve an order of this amount. Units: the company's own currency."""
    step = select(ApprovalStep.approvals).where(ApprovalStep.amount_from <= amount)
    return session.scalar(step.order_by(ApprovalStep.amount_from.desc()).limit(1)) or 0


def limit_of(session: Session, person_id: int) -> Decimal | None:
    """Up to which amount somebody approves: by his own row, else by everybody's; None without limit."""
    rows = session.execute(
        select(ApprovalLimit.amount_max)
        .where((ApprovalLimit.person_id == person_id) | ApprovalLimit.person_id.is_(None))
        .order_by(ApprovalLimit.person_id.nulls_last())
        .limit(1)
    )
    found = rows.one_or_none()
    return Decimal(0) if found is None else found.amount_max


def list_limits(session: Session, *, by: Actor) -> Sequence[ApprovalLimit]:
    """Everybody's limit first, then those of persons."""
    by.require_any((Permission.SEE_PURCHASES, Permission.SET_APPROVALS))
    return session.scalars(select(ApprovalLimit).order_by(ApprovalLimit.person_id.nulls_first())).all()


def list_steps(session: Session, *, by: Actor) -> Sequence[ApprovalStep]:
    """From which amount on how many must approve."""
    by.require_any((Permission.SEE_PURCHASES, Permission.SET_APPROVALS))
    return session.scalars(select(ApprovalStep).order_by(ApprovalStep.amount_from)).all()


def set_limit(session: Session, person_id: int | None, amount_max: Decimal | None, *, by: Actor, at: datetime) -> None:
    """Say up to which amount a person approves; without a person: everybody who has no limit of his own.

    Raises: NotPermitted; LimitOfOneself.
    """
    by.require(Permission.SET_APPROVALS)
    if person_id == by.person_id:
        raise LimitOfOneself()
    session.execute(
        insert(ApprovalLimit)
        .values(person_id=person_id, amount_max=amount_max)
        .on_conflict_do_update(index_elements=["person_id"], set_={"amount_max": amount_max})
    )
    facts = {"person": person_id, "amount_max": None if amount_max is None else str(amount_max)}
    audit.note(session, "approval_limit_set", actor_id=by.person_id, at=at, facts=facts)


def set_steps(session: Session, steps: Mapping[Decimal, int], *, by: Actor, at: datetime) -> None:
    """Say from which amount on how many must approve. Orders that wait are judged by the new steps.

    Raises: NotPermitted; StepsIncomplete unless the first step begins at nothing.
    """
    by.require(Permission.SET_APPROVALS)
    if not steps or min(steps) != 0:
        raise StepsIncomplete()
    session.execute(ApprovalStep.__table__.delete())  # type: ignore[attr-defined]
    session.expire_all()
    session.add_all(ApprovalStep(amount_from=amount, approvals=needed) for amount, needed in steps.items())
    session.flush()
    facts = {str(amount): needed for amount, needed in sorted(steps.items())}
    audit.note(session, "approval_steps_set", actor_id=by.person_id, at=at, facts=facts)


def _require_may_approve(
    session: Session, order: PurchaseOrder, amount: Decimal, earlier: Collection[int], *, by: Actor
) -> None:
    """Four eyes, each once and to his limit. Units: amount in the company's currency."""
    by.require(Permission.APPROVE_PURCHASES, order.warehouse_id)
    require_status(order, OrderStatus.AWAITING_APPROVAL)
    if by.person_id in _writers(session, order):
        raise OwnOrder(order=order.number)
    limit = limit_of(session, by.person_id)
    if limit is not None and amount > limit:
        raise AboveLimit(order=order.number, amount=f"{amount:.2f}", limit=f"{limit:.2f}")
    if by.person_id in earlier:
        raise ApprovedBefore(order=order.number)


def _require_minimum(session: Session, order: PurchaseOrder, amount: Decimal, *, at: datetime) -> None:
    """The supplier's minimum is in his own currency, which need not be the order's."""
    supplier = session.get_one(Supplier, order.supplier_id)
    if not supplier.minimum_order_value:
        return
    rate = rate_on(session, supplier.currency, at.date())
    if amount * order.rate < supplier.minimum_order_value * rate:
        minimum = f"{supplier.minimum_order_value:.2f} {supplier.currency}"
        raise OrderTooSmall(order=order.number, amount=f"{amount:.2f} {order.currency}", minimum=minimum)


def _back_to_draft(
    session: Session, order: PurchaseOrder, what: str, *, reason: str, by: Actor, at: datetime
) -> PurchaseOrder:
    if not reason.strip():
        raise PurchaseReasonMissing()
    before, order.status = order.status, OrderStatus.DRAFT
    session.flush()
    timeline.record(session, [happening(order, what, before=before, reason=reason.strip())], by=by, at=at)
    return order


def _writers(session: Session, order: PurchaseOrder) -> set[int]:
    """Everybody who wrote any of the order."""
    query = select(func.distinct(DocumentEvent.actor_id)).where(
        DocumentEvent.document_kind == DocumentKind.PURCHASE_ORDER,
        DocumentEvent.document_id == order.id,
        DocumentEvent.happening.in_(WRITING),
    )
    return {order.created_by_id, *session.scalars(query)}


def _approvers(session: Session, order: PurchaseOrder) -> set[int]:
    query = select(PurchaseApproval.approved_by_id).where(
        PurchaseApproval.order_id == order.id, PurchaseApproval.round == order.round
    )
    return set(session.scalars(query))
