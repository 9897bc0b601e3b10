"""An order on its way: sent, confirmed, announced, chased, received, given up.

What is expected at the dock is one expected receipt an order: opened when it is sent, revised by what the supplier
says. What comes, and what is closed short there, the order hears of in the same transaction.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory import timeline, warehousing
from inventory.actor import Actor
from inventory.catalogue import Part
from inventory.identity import Permission
from inventory.procurement.days import require_to_come
from inventory.procurement.errors import (
    AnnouncedTooMuch,
    ConfirmedTooMuch,
    NothingAnnounced,
    OrderedTwice,
    PartNotOrdered,
    PurchaseReasonMissing,
)
from inventory.procurement.models import (
    OrderStatus,
    PurchaseOrder,
    PurchaseOrderLine,
    PurchaseReceipt,
    Supplier,
)
from inventory.procurement.orders import happening, lines_of, locked_order, require_status
from inventory.warehousing import AnnouncedGoodsReceived, ExpectedLineWish, ExpectedReceiptWish, ReceiptClosedShort

UNDER_WAY = (OrderStatus.SENT, OrderStatus.CONFIRMED, OrderStatus.PART_RECEIVED)
"""Orders of which something is on order."""


@dataclass(frozen=True, slots=True)
class LineNews:
    """What the supplier says of a part: how much will come in all, and when; None leaves it as it is."""

    part_id: int
    quantity: int | None = None
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class ShipmentNews:
    """What the supplier says has left: parts with quantities, his delivery note, and the day it should be here."""

    reference: str
    expected_on: date
    quantities: Sequence[tuple[int, int]]


def send_order(session: Session, order_id: int, *, by: Actor, at: datetime) -> PurchaseOrder:
    """Note that an approved order went to the supplier; from now on it is on order, and the dock expects it.

    Raises: NotFound; OrderStands.
    """
    order = locked_order(session, order_id)
    by.require(Permission.BUY, order.warehouse_id)
    require_status(order, OrderStatus.APPROVED)
    supplier = session.get_one(Supplier, order.supplier_id)
    lines = lines_of(session, order)
    wish = ExpectedReceiptWish(
        warehouse_id=order.warehouse_id,
        supplier=f"{supplier.name_zh} {supplier.name_en}".strip()[:200],
        reference=order.number,
        expected_at=_next_at(lines),
        lines=_to_come(lines, supplier),
    )
    expected = warehousing.announce_receipt(session, wish, by=by, at=at)
    order.status, order.sent_at, order.expected_receipt_id = OrderStatus.SENT, at, expected.id
    session.flush()
    facts = {"expected_receipt": expected.number}
    timeline.record(session, [happening(order, "sent", before=OrderStatus.APPROVED, facts=facts)], by=by, at=at)
    return order


def confirm_order(
    session: Session, order_id: int, news: Sequence[LineNews], *, reference: str = "", by: Actor, at: datetime
) -> PurchaseOrder:
    """Write down what the supplier confirms; lines that are not named are confirmed as they stand.

    The first day he names for a line is his promise, by which he is measured; later ones only move what is expected.
    A quantity of 0 declines the line; what has come counts in any case.

    Raises: NotFound; OrderStands unless it is under way; PartNotOrdered; OrderedTwice for a part
    that is named twice; ConfirmedTooMuch; DayOver.
    """
    for said in news:
        if said.due_on is not None:
            require_to_come(said.due_on, at=at)
    order = locked_order(session, order_id)
    by.require(Permission.BUY, order.warehouse_id)
    require_status(order, *UNDER_WAY)
    lines = lines_of(session, order)
    told = {one.part_id: one for one in news}
    if len(told) < len(news):
        raise OrderedTwice()
    _require_ordered(session, lines, told)
    changes = []
    for line in lines:
        one = told.get(line.part_id, LineNews(line.part_id))
        quantity = line.expected if one.quantity is None else one.quantity
        if quantity > max(line.quantity, line.received):
            raise ConfirmedTooMuch(order=order.number, position=line.position, ordered=line.quantity)
        before = (line.expected, line.due_on)
        line.expected, line.due_on = max(quantity, line.received), one.due_on or line.due_on
        line.promised_on = line.promised_on or line.due_on
        if (line.expected, line.due_on) != before:
            changes.append(_change(line, *before))
    before_status = order.status
    order.supplier_reference, order.confirmed_at = (
        reference.strip() or order.supplier_reference,
        order.confirmed_at or at,
    )
    order.chase_on = None
    if order.status is OrderStatus.SENT:
        order.status = OrderStatus.CONFIRMED
    _expect_anew(session, order, lines, reason=f"confirmed {reference}".strip(), by=by, at=at)
    _settle(session, order, lines, "confirmed", before=before_status, facts={"changes": changes}, by=by, at=at)
    return order


def announce_shipment(session: Session, order_id: int, news: ShipmentNews, *, by: Actor, at: datetime) -> PurchaseOrder:
    """Write down what has left the supplier; it is in transit to us until it is received.

    In all no more leaves him than he confirmed and what is tolerated beyond it.

    Raises: NotFound; OrderStands unless the order is under way; NothingAnnounced; PartNotOrdered; AnnouncedTooMuch;
    DayOver.
    """
    require_to_come(news.expected_on, at=at)
    if not any(quantity for _, quantity in news.quantities):
        raise NothingAnnounced()
    order = locked_order(session, order_id)
    by.require(Permission.BUY, order.warehouse_id)
    require_status(order, *UNDER_WAY)
    lines = lines_of(session, order)
    quantities: Counter[int] = Counter()
    for part_id, quantity in news.quantities:
        quantities[part_id] += quantity
    _require_ordered(session, lines, quantities)
    tolerated = session.get_one(Supplier, order.supplier_id).over_tolerance_percent
    for line in lines:
        if line.part_id in quantities:
            announced, most = line.announced + quantities[line.part_id], _most_of(line, tolerated)
            if announced > most:
                raise AnnouncedTooMuch(order=order.number, position=line.position, most=most)
            line.announced = announced
            line.due_on = news.expected_on
    _expect_anew(session, order, lines, reason=f"announced {news.reference}".strip(), by=by, at=at)
    session.flush()
    facts = {"reference": news.reference, "expected_on": news.expected_on.isoformat(), "lines": len(quantities)}
    timeline.record(session, [happening(order, "announced", facts=facts)], by=by, at=at)
    return order


def chase_order(
    session: Session, order_id: int, *, note: str, chase_on: date | None = None, by: Actor, at: datetime
) -> PurchaseOrder:
    """Keep that the supplier was asked where the goods are, what he said, and when to ask again.

    Raises: NotFound; OrderStands; PurchaseReasonMissing; DayOver.
    """
    if not note.strip():
        raise PurchaseReasonMissing()
    if chase_on is not None:
        require_to_come(chase_on, at=at)
    order = locked_order(session, order_id)
    by.require(Permission.BUY, order.warehouse_id)
    require_status(order, *UNDER_WAY)
    order.chased_at, order.chase_on = at, chase_on
    session.flush()
    facts = {"again_on": chase_on.isoformat() if chase_on else None}
    timeline.record(session, [happening(order, "chased", reason=note.strip()[:200], facts=facts)], by=by, at=at)
    return order


def cancel_order(session: Session, order_id: int, *, reason: str, by: Actor, at: datetime) -> PurchaseOrder:
    """Give an order up. Of one that is under way what has not come is closed short, and what came stays received.

    Raises: NotFound; OrderStands; PurchaseReasonMissing.
    """
    if not reason.strip():
        raise PurchaseReasonMissing()
    order = locked_order(session, order_id)
    by.require(Permission.BUY, order.warehouse_id)
    require_status(order, OrderStatus.DRAFT, OrderStatus.AWAITING_APPROVAL, OrderStatus.APPROVED, *UNDER_WAY)
    if order.expected_receipt_id is not None:
        warehousing.close_short(session, order.expected_receipt_id, reason=reason, by=by, at=at)
        return order  # receipt_was_closed_short has done the rest
    before, order.status = order.status, OrderStatus.CANCELLED
    for line in lines_of(session, order):
        line.expected = 0
    session.flush()
    timeline.record(session, [happening(order, "cancelled", before=before, reason=reason.strip())], by=by, at=at)
    return order


# What the dock tells


def goods_were_received(session: Session, event: AnnouncedGoodsReceived) -> None:
    """Count on the order what came; a line that lacks no more than is tolerated is closed with it."""
    order = _order_behind(session, event.expected_receipt_id)
    if order is None:
        return
    lines = {line.part_id: line for line in lines_of(session, order)}
    supplier = session.get_one(Supplier, order.supplier_id)
    closed_within_tolerance = False
    for came in event.parts:
        line = lines[came.part_id]
        line.received += came.quantity
        line.rejected += came.rejected
        session.add(
            PurchaseReceipt(
                line_id=line.id,
                receipt_id=event.receipt_id,
                quantity=came.quantity,
                rejected=came.rejected,
                received_at=event.at,
            )
        )
        if 0 < line.outstanding <= line.expected * supplier.under_tolerance_percent // 100:
            line.expected = line.received
            closed_within_tolerance = True
    everything = list(lines.values())
    if closed_within_tolerance:
        _expect_anew(session, order, everything, reason="within tolerance", by=event.by, at=event.at)
    before = order.status
    if order.status is not OrderStatus.RECEIVED:
        order.status = OrderStatus.PART_RECEIVED
    facts = {"receipt": warehousing.Receipt(id=event.receipt_id).number, "lines": len(event.parts)}
    _settle(session, order, everything, "goods_received", before=before, facts=facts, by=event.by, at=event.at)


def receipt_was_closed_short(session: Session, event: ReceiptClosedShort) -> None:
    """Expect no more than came: what is not waited for at the dock is not on order either."""
    order = _order_behind(session, event.expected_receipt_id)
    if order is None:
        return
    lines = lines_of(session, order)
    short = [_change(line, line.expected, line.due_on, now=line.received) for line in lines if line.outstanding]
    for line in lines:
        line.expected = min(line.expected, line.received)
    facts = {"changes": short}
    before = order.status
    _settle(
        session, order, lines, "closed_short", before=before, reason=event.reason, facts=facts, by=event.by, at=event.at
    )


def _order_behind(session: Session, expected_receipt_id: int) -> PurchaseOrder | None:
    """The order behind an expected receipt that is held, held now too."""
    query = select(PurchaseOrder).where(PurchaseOrder.expected_receipt_id == expected_receipt_id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def _settle(
    session: Session,
    order: PurchaseOrder,
    lines: Sequence[PurchaseOrderLine],
    what: str,
    *,
    before: OrderStatus,
    reason: str = "",
    facts: Mapping[str, object],
    by: Actor,
    at: datetime,
) -> None:
    """Close an order of which nothing is outstanding, and write down what happened."""
    if not any(line.outstanding for line in lines):
        came = any(line.received for line in lines)
        order.status = OrderStatus.RECEIVED if came else OrderStatus.CANCELLED
        order.chase_on = None
    session.flush()
    timeline.record(session, [happening(order, what, before=before, reason=reason, facts=facts)], by=by, at=at)


def _expect_anew(
    session: Session,
    order: PurchaseOrder,
    lines: Sequence[PurchaseOrderLine],
    *,
    reason: str,
    by: Actor,
    at: datetime,
) -> None:
    """Tell the dock what is expected now. It has closed by itself when everything came."""
    assert order.expected_receipt_id is not None, "an order under way is expected"
    expected = session.get_one(warehousing.ExpectedReceipt, order.expected_receipt_id)
    if expected.status is warehousing.ExpectedReceiptStatus.CLOSED:
        return
    supplier = session.get_one(Supplier, order.supplier_id)
    warehousing.revise_receipt(
        session,
        expected.id,
        expected_at=_next_at(lines),
        lines=_to_come(lines, supplier),
        reason=reason[:200],
        by=by,
        at=at,
    )


def _most_of(line: PurchaseOrderLine, tolerated_percent: int) -> int:
    """What may come of a line at most, in all."""
    return line.expected + line.expected * tolerated_percent // 100


def _to_come(lines: Sequence[PurchaseOrderLine], supplier: Supplier) -> list[ExpectedLineWish]:
    return [
        ExpectedLineWish(line.part_id, line.expected, _most_of(line, supplier.over_tolerance_percent) - line.expected)
        for line in lines
        if line.expected
    ]


def _next_at(lines: Sequence[PurchaseOrderLine]) -> datetime:
    """When the next goods come: noon UTC of the day, which is that day in almost every time zone."""
    days = [line.due_on for line in lines if line.outstanding] or [line.due_on for line in lines]
    return datetime.combine(min(days), time(12), UTC)


def _change(line: PurchaseOrderLine, quantity: int, due_on: date, *, now: int | None = None) -> dict[str, object]:
    """How a line changed, for the timeline."""
    return {
        "position": line.position,
        "quantity": [quantity, line.expected if now is None else now],
        "due_on": [due_on.isoformat(), line.due_on.isoformat()],
    }


def _require_ordered(session: Session, lines: Sequence[PurchaseOrderLine], told: Iterable[int]) -> None:
    """Refuse news of parts that the order does not name. Raises: PartNotOrdered."""
    foreign = set(told) - {line.part_id for line in lines}
    if foreign:
        part = session.get(Part, min(foreign))
        raise PartNotOrdered(part=part.number if part else "")
