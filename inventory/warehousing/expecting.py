"""Expected receipts: what a supplier will bring is announced, revised, and closed when it came or no longer comes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from inventory import events, timeline
from inventory.actor import Actor
from inventory.catalogue import Part
from inventory.errors import NotFound
from inventory.identity import Permission
from inventory.timeline import DocumentKind, Happening
from inventory.warehousing.announcements import ReceiptClosedShort
from inventory.warehousing.errors import (
    ExpectedReceiptClosed,
    NothingReceived,
    OriginMissing,
    PartRepeated,
    QuantityTooSmall,
    ReasonMissing,
)
from inventory.warehousing.models import ExpectedReceipt, ExpectedReceiptLine, ExpectedReceiptStatus

MAY_SEE = (Permission.ANNOUNCE_GOODS, Permission.RECEIVE_GOODS)
"""Who announces goods and who receives them both see what is expected."""


@dataclass(frozen=True, slots=True)
class ExpectedLineWish:
    """A part and how much of it is to come; `tolerance` more may come without a reason, as agreed with the supplier."""

    part_id: int
    quantity: int
    tolerance: int = 0


@dataclass(frozen=True, slots=True)
class ExpectedReceiptWish:
    """What a supplier will bring to a warehouse, and when."""

    warehouse_id: int
    supplier: str
    expected_at: datetime
    lines: Sequence[ExpectedLineWish]
    reference: str = ""


def announce_receipt(session: Session, wish: ExpectedReceiptWish, *, by: Actor, at: datetime) -> ExpectedReceipt:
    """Tell a warehouse what a supplier will bring.

    Raises: NotFound for a foreign warehouse or an unknown part; OriginMissing without a supplier; NothingReceived;
    PartRepeated; QuantityTooSmall.
    """
    by.require(Permission.ANNOUNCE_GOODS, wish.warehouse_id)
    _require_sound(session, wish)
    expected = ExpectedReceipt(
        warehouse_id=wish.warehouse_id,
        supplier=wish.supplier,
        reference=wish.reference,
        expected_at=wish.expected_at,
        status=ExpectedReceiptStatus.OPEN,
    )
    session.add(expected)
    session.flush()
    session.add_all(
        ExpectedReceiptLine(
            expected_receipt_id=expected.id, part_id=line.part_id, quantity=line.quantity, tolerance=line.tolerance
        )
        for line in wish.lines
    )
    session.flush()
    opened = Happening(
        DocumentKind.EXPECTED_RECEIPT,
        expected.id,
        "announced",
        "new",
        str(expected.status),
        facts={"supplier": wish.supplier, "lines": len(wish.lines)},
    )
    timeline.record(session, [opened], by=by, at=at)
    return expected


def close_short(session: Session, expected_receipt_id: int, *, reason: str, by: Actor, at: datetime) -> ExpectedReceipt:
    """Expect no more: what has not come by now is not waited for. Both who announces and who receives may say so.

    Raises: NotFound; ExpectedReceiptClosed; ReasonMissing.
    """
    if not reason.strip():
        raise ReasonMissing()
    expected = locked_expected_receipt(session, expected_receipt_id)
    by.require_any(MAY_SEE, expected.warehouse_id)
    require_open(expected)
    close(session, expected, "closed_short", reason=reason.strip(), by=by, at=at)
    events.announce(session, ReceiptClosedShort(expected.id, reason.strip(), by, at))
    return expected


def revise_receipt(
    session: Session,
    expected_receipt_id: int,
    *,
    expected_at: datetime,
    lines: Sequence[ExpectedLineWish],
    reason: str,
    by: Actor,
    at: datetime,
) -> ExpectedReceipt:
    """Expect another day, other quantities or other parts; a part that is not among the lines comes no more.

    Nothing is taken back that has come: a quantity below it counts as that. When nothing is outstanding any more the
    receipt is closed.

    Raises: NotFound; ExpectedReceiptClosed; ReasonMissing.
    """
    if not reason.strip():
        raise ReasonMissing()
    expected = locked_expected_receipt(session, expected_receipt_id)
    by.require_any(MAY_SEE, expected.warehouse_id)
    require_open(expected)
    expected.expected_at = expected_at
    outstanding = _revise_lines(session, expected, {line.part_id: line for line in lines})
    happening = "revised" if outstanding else "completed"
    if outstanding:
        status = str(expected.status)
        revised = Happening(DocumentKind.EXPECTED_RECEIPT, expected.id, happening, status, status, reason.strip())
        session.flush()
        timeline.record(session, [revised], by=by, at=at)
    else:
        close(session, expected, happening, reason=reason.strip(), by=by, at=at)
    return expected


def _revise_lines(session: Session, expected: ExpectedReceipt, wanted: Mapping[int, ExpectedLineWish]) -> int:
    """Write the quantities of an announcement that is held; return how much is outstanding."""
    lines = session.scalars(
        select(ExpectedReceiptLine)
        .where(ExpectedReceiptLine.expected_receipt_id == expected.id)
        .execution_options(populate_existing=True)
    ).all()
    added = [
        ExpectedReceiptLine(
            expected_receipt_id=expected.id,
            part_id=part_id,
            quantity=wanted[part_id].quantity,
            tolerance=wanted[part_id].tolerance,
            received=0,
        )
        for part_id in sorted(wanted.keys() - {line.part_id for line in lines})
    ]
    session.add_all(added)
    for line in lines:
        wish = wanted.get(line.part_id, ExpectedLineWish(line.part_id, 0))
        line.quantity, line.tolerance = max(wish.quantity, line.received), wish.tolerance
        if line.quantity == 0:
            session.delete(line)
    return sum(max(line.quantity - line.received, 0) for line in (*lines, *added))


def locked_expected_receipt(session: Session, expected_receipt_id: int) -> ExpectedReceipt:
    """Hold an expected receipt until the transaction ends. Raises: NotFound."""
    expected = session.scalars(
        select(ExpectedReceipt)
        .where(ExpectedReceipt.id == expected_receipt_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if expected is None:
        raise NotFound()
    return expected


def require_open(expected: ExpectedReceipt) -> None:
    """Refuse to work on what is closed. Raises: ExpectedReceiptClosed."""
    if expected.status is not ExpectedReceiptStatus.OPEN:
        raise ExpectedReceiptClosed(expected_receipt=expected.number)


def close(session: Session, expected: ExpectedReceipt, what: str, *, reason: str = "", by: Actor, at: datetime) -> None:
    """Close an expected receipt that is held and open."""
    before, expected.status = expected.status, ExpectedReceiptStatus.CLOSED
    session.flush()
    timeline.record(
        session,
        [Happening(DocumentKind.EXPECTED_RECEIPT, expected.id, what, str(before), str(expected.status), reason)],
        by=by,
        at=at,
    )


@dataclass(frozen=True, slots=True)
class ExpectedLine:
    """A line of an expected receipt with the words for the screen."""

    id: int
    part_id: int
    part_number: str
    part_name_zh: str
    part_name_en: str
    serial_tracked: bool
    quantity: int
    received: int

    @property
    def outstanding(self) -> int:
        """How much has not come yet."""
        return max(self.quantity - self.received, 0)


def list_expected_receipts(
    session: Session,
    warehouse_id: int,
    *,
    by: Actor,
    status: ExpectedReceiptStatus = ExpectedReceiptStatus.OPEN,
    limit: int = 100,
) -> Sequence[ExpectedReceipt]:
    """What a warehouse waits for, soonest first."""
    _require_may_see(by, warehouse_id)
    return session.scalars(
        select(ExpectedReceipt)
        .where(ExpectedReceipt.warehouse_id == warehouse_id, ExpectedReceipt.status == status)
        .order_by(ExpectedReceipt.expected_at, ExpectedReceipt.id)
        .limit(limit)
    ).all()


def get_expected_receipt(
    session: Session, expected_receipt_id: int, *, by: Actor
) -> tuple[ExpectedReceipt, list[ExpectedLine]]:
    """An expected receipt with its lines by part number. Raises: NotFound."""
    expected = session.get(ExpectedReceipt, expected_receipt_id)
    if expected is None:
        raise NotFound()
    _require_may_see(by, expected.warehouse_id)
    rows = session.execute(
        select(
            ExpectedReceiptLine.id,
            Part.id,
            Part.number,
            Part.name_zh,
            Part.name_en,
            Part.serial_tracked,
            ExpectedReceiptLine.quantity,
            ExpectedReceiptLine.received,
        )
        .join(Part, Part.id == ExpectedReceiptLine.part_id)
        .where(ExpectedReceiptLine.expected_receipt_id == expected_receipt_id)
        .order_by(Part.number)
    )
    return expected, [ExpectedLine(*row) for row in rows]


def _require_may_see(by: Actor, warehouse_id: int) -> None:
    by.require_any(MAY_SEE, warehouse_id)


def _require_sound(session: Session, wish: ExpectedReceiptWish) -> None:
    if not wish.supplier.strip():
        raise OriginMissing()
    part_ids = [line.part_id for line in wish.lines]
    if not part_ids:
        raise NothingReceived()
    if len(set(part_ids)) < len(part_ids):
        raise PartRepeated()
    if any(line.quantity < 1 for line in wish.lines):
        raise QuantityTooSmall()
    if session.scalar(select(func.count()).where(Part.id.in_(part_ids))) != len(part_ids):
        raise NotFound()
