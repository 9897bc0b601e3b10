"""Custody: what an engineer drew is his to answer for until he fits it or gives it back.

Every drawn part adds up: drawn = fitted + given back + still in custody. A work order is not closed before the last of
these is 0.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory import identity, ledger, network
from inventory.actor import Actor
from inventory.catalogue.models import Part
from inventory.errors import NotFound
from inventory.identity import Permission
from inventory.ledger.models import Lot, Unit
from inventory.network.models import Bin
from inventory.sourcing.models import PartRequestLine
from inventory.timeline import DocumentKind
from inventory.workorders.errors import NotThatMuchFitted, NotThatMuchInCustody
from inventory.workorders.finding import given_reason, require_hand, require_open, require_positive
from inventory.workorders.holding import hold_custody, hold_drawn_part, hold_line, hold_work_order
from inventory.workorders.models import DrawnPart, WorkOrder
from inventory.workorders.telling import Told, part_facts, tell_lines


def fit(session: Session, drawn_part_id: int, quantity: int, *, by: Actor, at: datetime) -> DrawnPart:
    """Book a drawn part as fitted into the customer's appliance.

    Raises: QuantityTooSmall; NotFound; NotYourWorkOrder; WorkOrderNotOpen; NotThatMuchInCustody.
    """
    drawn, line = _hold(session, drawn_part_id, quantity, by=by)
    _require_held(drawn, quantity)
    drawn.fitted += quantity
    target = ledger.outside(ledger.Place.FITTED, drawn.owner_id)
    ledger.post(session, [_posting(drawn, quantity, target, reason="fitted")], by=by, at=at)
    tell_lines(session, [Told(line, "fitted", _facts(session, drawn, quantity))], by=by, at=at)
    return drawn


def take_out(session: Session, drawn_part_id: int, quantity: int, *, reason: str, by: Actor, at: datetime) -> DrawnPart:
    """Take a fitted part out again, or undo what was booked as fitted by mistake: the engineer holds it once more.

    Raises: QuantityTooSmall; ReasonMissing; NotFound; NotYourWorkOrder; WorkOrderNotOpen; NotThatMuchFitted.
    """
    reason = given_reason(reason)
    drawn, line = _hold(session, drawn_part_id, quantity, by=by)
    if drawn.fitted < quantity:
        raise NotThatMuchFitted(wanted=quantity, fitted=drawn.fitted)
    drawn.fitted -= quantity
    source = ledger.outside(ledger.Place.FITTED, drawn.owner_id)
    custody = ledger.in_custody(drawn.engineer_id, drawn.owner_id)
    ledger.post(session, [_posting(drawn, quantity, custody, reason=reason, source=source)], by=by, at=at)
    tell_lines(session, [Told(line, "taken_out", _facts(session, drawn, quantity), reason)], by=by, at=at)
    return drawn


def give_back(
    session: Session,
    drawn_part_id: int,
    quantity: int,
    *,
    condition: ledger.Condition,
    reason: str,
    by: Actor,
    at: datetime,
) -> DrawnPart:
    """Take a drawn part back into the repair centre: a good one is free stock again, any other goes to quarantine.

    Raises: QuantityTooSmall; ReasonMissing; NotFound; NotYourWorkOrder; WorkOrderNotOpen; NotThatMuchInCustody.
    """
    reason = given_reason(reason)
    drawn, line = _hold(session, drawn_part_id, quantity, by=by)
    _require_held(drawn, quantity)
    drawn.given_back += quantity
    landing = _landing_bin(session, drawn.warehouse_id, condition)
    target = ledger.in_bin(drawn.warehouse_id, landing.id, drawn.owner_id, condition)
    # Told before it is posted: what comes free may go on to other lines, this one among them.
    facts = {**_facts(session, drawn, quantity), "condition": str(condition), "bin": landing.code}
    tell_lines(session, [Told(line, "given_back", facts, reason)], by=by, at=at)
    ledger.post(session, [_posting(drawn, quantity, target, reason=reason)], by=by, at=at)
    return drawn


def hand_over(session: Session, work_order: WorkOrder, *, to_id: int, by: Actor, at: datetime) -> int:
    """Pass what the engineer still holds for a work order into another's custody; how many units that was."""
    held = hold_custody(session, work_order.id)
    if not held:
        return 0
    postings = [
        _posting(one, one.in_custody, ledger.in_custody(to_id, one.owner_id), reason="handed over") for one in held
    ]
    ledger.post(session, postings, by=by, at=at)
    for one in held:
        one.engineer_id = to_id
    return sum(one.in_custody for one in held)


def _hold(session: Session, drawn_part_id: int, quantity: int, *, by: Actor) -> tuple[DrawnPart, PartRequestLine]:
    """Lock a drawn part with all that stands above it."""
    require_positive(quantity)
    by.require(Permission.DRAW_PARTS)
    drawn = session.scalar(
        select(DrawnPart).where(
            DrawnPart.id == drawn_part_id,
            DrawnPart.work_order_id.is_not(None),
            identity.covers(by, Permission.DRAW_PARTS, DrawnPart.warehouse_id),
        )
    )
    if drawn is None or drawn.work_order_id is None:
        raise NotFound(drawn_part=drawn_part_id)
    ledger.lock_balances(session, [ledger.StockKey(drawn.warehouse_id, drawn.part_id, drawn.owner_id)])
    line = hold_line(session, drawn.line_id)
    work_order = hold_work_order(session, drawn.work_order_id)
    require_hand(work_order, by=by)
    require_open(work_order)
    return hold_drawn_part(session, drawn_part_id), line


def _require_held(drawn: DrawnPart, quantity: int) -> None:
    if drawn.in_custody < quantity:
        raise NotThatMuchInCustody(wanted=quantity, held=drawn.in_custody)


def _landing_bin(session: Session, warehouse_id: int, condition: ledger.Condition) -> Bin:
    if condition is ledger.Condition.GOOD:
        return network.dock_of(session, warehouse_id)
    return network.quarantine_of(session, warehouse_id)


def _posting(
    drawn: DrawnPart, quantity: int, target: ledger.End, *, reason: str, source: ledger.End | None = None
) -> ledger.Posting:
    """A move of a drawn part, out of its engineer's custody unless another source is named."""
    assert drawn.work_order_id is not None, "only what is for a work order is drawn"
    return ledger.Posting(
        drawn.part_id,
        drawn.lot_id,
        quantity,
        source or ledger.in_custody(drawn.engineer_id, drawn.owner_id),
        target,
        ledger.Document(DocumentKind.WORK_ORDER, drawn.work_order_id),
        reason,
        unit_id=drawn.unit_id,
    )


def _facts(session: Session, drawn: DrawnPart, quantity: int) -> dict[str, Any]:
    part, lot, serial = session.execute(
        select(Part.number, Lot.number, Unit.serial)
        .select_from(Part)
        .join(Lot, Lot.id == drawn.lot_id)
        .outerjoin(Unit, Unit.id == drawn.unit_id)
        .where(Part.id == drawn.part_id)
    ).one()
    return part_facts(quantity, part, lot, serial)
