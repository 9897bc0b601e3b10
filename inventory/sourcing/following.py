"""Following the floor and the road: what happens to stock moves the lines along, and what fails is sourced anew.

These are listeners; `subscriptions.py` names what each of them hears. They run in the transaction of what happened.
What a transfer loses is cancelled: its source has no more of it, and nobody else is asked.
"""

from collections.abc import Sequence

from sqlalchemy import case, exists, select, update
from sqlalchemy.orm import Session

from inventory.ledger import AllocationsFreed, ReservationsDisplaced
from inventory.sourcing.lines import Step, advance
from inventory.sourcing.models import BreachCause, PartRequestLine
from inventory.sourcing.resourcing import source_anew
from inventory.transport import LinesReceived, LinesShipped
from inventory.transport.models import Shipment, ShipmentLine
from inventory.warehousing import PickFailed


def lots_were_freed(session: Session, event: AllocationsFreed) -> None:
    """Lines whose lots fell while their stock stays set aside wait for the next wave again."""
    steps = [
        Step(one.line_id, "lots_freed", released=-one.quantity, reserved=one.quantity, reason=event.reason)
        for one in event.allocations
        if one.reservation_kept
    ]
    advance(session, steps, by=event.by, at=event.at)


def reservations_were_displaced(session: Session, event: ReservationsDisplaced) -> None:
    """Lines whose stock is gone are sourced anew, in the same transaction; so are earmarks lost on the shelf."""
    given_up = _transfers(session, [one.line_id for one in event.reservations])
    steps = [
        Step(
            one.line_id,
            "displaced",
            back_ordered=0 if one.line_id in given_up else one.quantity,
            cancelled=one.quantity if one.line_id in given_up else 0,
            issued=-one.quantity if one.earmark else 0,
            received=-one.quantity if one.earmark else 0,
            released=0 if one.earmark else -one.allocated,
            reserved=0 if one.earmark else one.allocated - one.quantity,
            cause=None if one.line_id in given_up else BreachCause.OUT_OF_STOCK,
            reason=event.reason,
        )
        for one in event.reservations
    ]
    advance(session, steps, by=event.by, at=event.at)
    line_ids = [one.line_id for one in event.reservations if one.line_id not in given_up]
    if line_ids:
        source_anew(session, line_ids, reason="displaced", by=event.by, at=event.at)


def pick_failed(session: Session, event: PickFailed) -> None:
    """What was not there or was damaged in the bin is sourced anew at once."""
    given_up = event.line_id in _transfers(session, [event.line_id])
    step = Step(
        event.line_id,
        "pick_failed",
        released=-event.quantity,
        back_ordered=0 if given_up else event.quantity,
        cancelled=event.quantity if given_up else 0,
        cause=None if given_up else BreachCause.PICK_EXCEPTION,
        reason=event.reason,
        facts={"kind": str(event.kind), "quantity": event.quantity},
    )
    advance(session, [step], by=event.by, at=event.at)
    if not given_up:
        source_anew(session, [event.line_id], reason="pick_failed", by=event.by, at=event.at)


def lines_were_shipped(session: Session, event: LinesShipped) -> None:
    """Shipped units are on the road."""
    steps = [
        Step(
            one.line_id,
            "shipped",
            released=-one.quantity,
            issued=one.quantity,
            facts={"shipment": one.shipment, "quantity": one.quantity},
        )
        for one in event.lines
    ]
    advance(session, steps, by=event.by, at=event.at)


def lines_were_received(session: Session, event: LinesReceived) -> None:
    """The clock stops for what arrived; what was missing or damaged is sourced anew unless nobody waits for it."""
    unwanted = _unwanted(session, [one.line_id for one in event.lines])
    steps = [
        Step(
            one.line_id,
            "received",
            issued=-one.lost,
            received=one.received,
            back_ordered=0 if one.line_id in unwanted else one.lost,
            cancelled=one.lost if one.line_id in unwanted else 0,
            cause=BreachCause.TRANSPORT_LOSS if one.lost else None,
            facts={
                "shipment": one.shipment,
                "received": one.received,
                "damaged": one.damaged,
                "missing": one.missing,
            },
        )
        for one in event.lines
    ]
    advance(session, steps, by=event.by, at=event.at)
    _blame(session, event)
    lost = [one.line_id for one in event.lines if one.lost and one.line_id not in unwanted]
    if lost:
        source_anew(session, lost, reason="lost_or_damaged_on_the_way", by=event.by, at=event.at)


def _transfers(session: Session, line_ids: Sequence[int]) -> set[int]:
    """Which of the lines are of transfer orders."""
    chosen = (PartRequestLine.id.in_(line_ids), PartRequestLine.source_id.is_not(None))
    return set(session.scalars(select(PartRequestLine.id).where(*chosen)))


def _unwanted(session: Session, line_ids: Sequence[int]) -> set[int]:
    """Which of the lines nobody waits for: those of transfers, and what was withdrawn. The lines are held.

    Whoever withdraws a line takes all of it that has not left.
    """
    lines = session.execute(
        select(PartRequestLine.id, PartRequestLine.cancelled, PartRequestLine.source_id)
        .where(PartRequestLine.id.in_(line_ids))
        .order_by(PartRequestLine.id)
        .with_for_update()
    )
    return {line.id for line in lines if line.cancelled or line.source_id is not None}


def _blame(session: Session, event: LinesReceived) -> None:
    """Say why a promise was broken that nothing is known against: it left its source too late, or took too long."""
    left_late = exists().where(
        ShipmentLine.line_id == PartRequestLine.id,
        Shipment.id == ShipmentLine.shipment_id,
        Shipment.shipped_at > PartRequestLine.first_promised_at,
    )
    session.execute(
        update(PartRequestLine)
        .where(
            PartRequestLine.id.in_([one.line_id for one in event.lines]),
            PartRequestLine.received_at > PartRequestLine.first_promised_at,
            PartRequestLine.breach_cause.is_(None),
            PartRequestLine.source_id.is_(None),
        )
        .values(breach_cause=case((left_late, BreachCause.PICKED_LATE.value), else_=BreachCause.CARRIER_LATE.value))
        .execution_options(synchronize_session=False)
    )
