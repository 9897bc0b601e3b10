"""Receiving: goods come in at the dock, into lots, against an expected receipt or without one."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory import events, ledger, network, timeline
from inventory.actor import Actor
from inventory.catalogue import Part, list_parts
from inventory.errors import NotFound
from inventory.identity import Permission
from inventory.ledger import Condition, Document, Lot, LotOpening, Place, Posting, StockKey
from inventory.timeline import DocumentKind, Happening
from inventory.warehousing.announcements import AnnouncedGoodsReceived, ReceivedPart
from inventory.warehousing.errors import (
    NothingReceived,
    OriginMissing,
    OverReceipt,
    PartNotExpected,
    QuantityTooSmall,
    SerialsMissing,
    SerialsUnexpected,
)
from inventory.warehousing.expecting import close, locked_expected_receipt, require_open
from inventory.warehousing.models import ExpectedReceipt, ExpectedReceiptLine, Receipt, ReceiptLine
from inventory.warehousing.scanning import require_usable


@dataclass(frozen=True, slots=True)
class ReceivedGoods:
    """A part as it came off the lorry. Without a lot number the delivery gets one; a known number joins that lot."""

    part_id: int
    quantity: int
    lot_number: str | None = None
    serials: Sequence[str] = ()
    condition: Condition = Condition.GOOD


@dataclass(frozen=True, slots=True)
class ReceiptWish:
    """What came to a warehouse, and where from. `over_receipt_reason` is why more is accepted than was announced."""

    warehouse_id: int
    lines: Sequence[ReceivedGoods]
    expected_receipt_id: int | None = None
    supplier: str = ""
    reference: str = ""
    over_receipt_reason: str = ""


def receive(session: Session, wish: ReceiptWish, *, by: Actor, at: datetime) -> Receipt:
    """Take goods in: good ones lie in the dock from now on, free for whoever waits; others in quarantine.

    More than was announced and is tolerated is refused unless a reason says why it is accepted. An expected receipt of
    which everything has come is closed. Stock that comes in belongs to the default owner.

    Raises: NotFound for a foreign warehouse, an unknown part or expected receipt; NothingReceived; QuantityTooSmall;
    OriginMissing; SerialsMissing; SerialsUnexpected; CodeUnusable; ExpectedReceiptClosed; PartNotExpected; OverReceipt;
    SerialElsewhere.
    """
    by.require(Permission.RECEIVE_GOODS, wish.warehouse_id)
    parts = {part.id: part for part in list_parts(session, {line.part_id for line in wish.lines})}
    _require_sound(wish, parts)
    owner_id = network.default_owner(session).id
    ledger.lock_balances(session, {StockKey(wish.warehouse_id, line.part_id, owner_id) for line in wish.lines})
    receipt = _open_receipt(session, wish, parts, by=by, at=at)
    lot_ids = _open_lots(session, wish, at=at)
    session.add_all(
        ReceiptLine(
            receipt_id=receipt.id,
            part_id=line.part_id,
            lot_id=lot_id,
            quantity=line.quantity,
            condition=line.condition,
        )
        for line, lot_id in zip(wish.lines, lot_ids, strict=True)
    )
    session.flush()
    ledger.post(session, _postings(session, wish, receipt, lot_ids, owner_id), by=by, at=at)
    if wish.expected_receipt_id is not None:
        came = AnnouncedGoodsReceived(wish.expected_receipt_id, receipt.id, _come(wish), by, at)
        events.announce(session, came)
    return receipt


@dataclass(frozen=True, slots=True)
class ReceiptLineView:
    """A line of a receipt with the words for the screen and the label."""

    part_id: int
    part_number: str
    part_name_zh: str
    part_name_en: str
    gtin: str | None
    lot_number: str
    quantity: int
    condition: Condition


def list_receipts(
    session: Session, warehouse_id: int, *, by: Actor, before: int | None = None, limit: int = 50
) -> Sequence[Receipt]:
    """What came to a warehouse, newest first; `before` (a receipt's id) continues a page."""
    by.require(Permission.RECEIVE_GOODS, warehouse_id)
    query = select(Receipt).where(Receipt.warehouse_id == warehouse_id).order_by(Receipt.id.desc()).limit(limit)
    return session.scalars(query if before is None else query.where(Receipt.id < before)).all()


def get_receipt(session: Session, receipt_id: int, *, by: Actor) -> tuple[Receipt, list[ReceiptLineView]]:
    """A receipt with its lines, in the order in which they were written down. Raises: NotFound."""
    receipt = session.get(Receipt, receipt_id)
    if receipt is None:
        raise NotFound()
    by.require(Permission.RECEIVE_GOODS, receipt.warehouse_id)
    rows = session.execute(
        select(
            Part.id,
            Part.number,
            Part.name_zh,
            Part.name_en,
            Part.gtin,
            Lot.number,
            ReceiptLine.quantity,
            ReceiptLine.condition,
        )
        .join(Part, Part.id == ReceiptLine.part_id)
        .join(Lot, Lot.id == ReceiptLine.lot_id)
        .where(ReceiptLine.receipt_id == receipt_id)
        .order_by(ReceiptLine.id)
    )
    return receipt, [ReceiptLineView(*row) for row in rows]


def _require_sound(wish: ReceiptWish, parts: Mapping[int, Part]) -> None:
    """Refuse a receipt that could not be traced or labelled."""
    if not wish.lines:
        raise NothingReceived()
    if wish.expected_receipt_id is None and not (wish.supplier.strip() and wish.reference.strip()):
        raise OriginMissing()
    for line in wish.lines:
        if line.part_id not in parts:
            raise NotFound()
        _require_sound_line(line, parts[line.part_id])


def _require_sound_line(line: ReceivedGoods, part: Part) -> None:
    if line.quantity < 1:
        raise QuantityTooSmall(part=part.number)
    if not part.serial_tracked and line.serials:
        raise SerialsUnexpected(part=part.number)
    if part.serial_tracked and not len(line.serials) == len(set(line.serials)) == line.quantity:
        raise SerialsMissing(part=part.number, quantity=line.quantity, serials=len(set(line.serials)))
    for code in (*line.serials, *([line.lot_number] if line.lot_number is not None else [])):
        require_usable(code)


def _open_lots(session: Session, wish: ReceiptWish, *, at: datetime) -> list[int]:
    """The lot of each line. What came of a part without a number in one delivery is one lot, whatever its condition."""
    openings = [LotOpening(line.part_id, line.lot_number, at) for line in wish.lines]
    different = list(dict.fromkeys(openings))
    id_of = dict(zip(different, ledger.open_lots(session, different), strict=True))
    return [id_of[opening] for opening in openings]


def _open_receipt(
    session: Session, wish: ReceiptWish, parts: Mapping[int, Part], *, by: Actor, at: datetime
) -> Receipt:
    expected = _expected(session, wish)
    receipt = Receipt(
        warehouse_id=wish.warehouse_id,
        expected_receipt_id=wish.expected_receipt_id,
        supplier=expected.supplier if expected else wish.supplier.strip(),
        reference=wish.reference.strip() or (expected.reference if expected else ""),
        received_by_id=by.person_id,
        received_at=at,
    )
    session.add(receipt)
    session.flush()
    facts = {"expected_receipt": expected.number if expected else None, "lines": len(wish.lines)}
    came = Happening(
        DocumentKind.RECEIPT, receipt.id, "received", "new", "received", wish.over_receipt_reason.strip(), facts
    )
    timeline.record(session, [came], by=by, at=at)
    if expected is not None:
        _count_as_come(session, expected, wish, receipt, parts, by=by, at=at)
    return receipt


def _expected(session: Session, wish: ReceiptWish) -> ExpectedReceipt | None:
    if wish.expected_receipt_id is None:
        return None
    expected = locked_expected_receipt(session, wish.expected_receipt_id)
    if expected.warehouse_id != wish.warehouse_id:
        raise NotFound()
    require_open(expected)
    return expected


def _come(wish: ReceiptWish) -> tuple[ReceivedPart, ...]:
    """What came of each part, and how much of it was not good."""
    quantity: Counter[int] = Counter()
    rejected: Counter[int] = Counter()
    for goods in wish.lines:
        quantity[goods.part_id] += goods.quantity
        rejected[goods.part_id] += 0 if goods.condition is Condition.GOOD else goods.quantity
    return tuple(ReceivedPart(part_id, came, rejected[part_id]) for part_id, came in sorted(quantity.items()))


def _count_as_come(
    session: Session,
    expected: ExpectedReceipt,
    wish: ReceiptWish,
    receipt: Receipt,
    parts: Mapping[int, Part],
    *,
    by: Actor,
    at: datetime,
) -> None:
    """Note on an expected receipt that is held what has come of it; close it when nothing is outstanding."""
    lines = session.scalars(
        select(ExpectedReceiptLine)
        .where(ExpectedReceiptLine.expected_receipt_id == expected.id)
        .execution_options(populate_existing=True)
    ).all()
    line_of = {line.part_id: line for line in lines}
    come: Counter[int] = Counter()
    for goods in wish.lines:
        come[goods.part_id] += goods.quantity
    for part_id, quantity in come.items():
        line = line_of.get(part_id)
        if line is None:
            raise PartNotExpected(part=parts[part_id].number, expected_receipt=expected.number)
        if line.received + quantity > line.quantity + line.tolerance and not wish.over_receipt_reason.strip():
            outstanding = max(line.quantity - line.received, 0)
            raise OverReceipt(part=parts[part_id].number, outstanding=outstanding, quantity=quantity)
        line.received += quantity
    session.flush()
    if all(line.received >= line.quantity for line in lines):
        close(session, expected, "completed", by=by, at=at)
    else:
        part_came = Happening(
            DocumentKind.EXPECTED_RECEIPT,
            expected.id,
            "part_received",
            str(expected.status),
            str(expected.status),
            facts={"receipt": receipt.number},
        )
        timeline.record(session, [part_came], by=by, at=at)


def _postings(
    session: Session, wish: ReceiptWish, receipt: Receipt, lot_ids: Sequence[int], owner_id: int
) -> list[Posting]:
    """The moves from the supplier to the dock or, unless good, to quarantine: one a line, or one a serial number."""
    dock, quarantine = network.dock_of(session, wish.warehouse_id), network.quarantine_of(session, wish.warehouse_id)
    pieces: list[tuple[ReceivedGoods, int, str | None]] = [
        (line, lot_id, serial)
        for line, lot_id in zip(wish.lines, lot_ids, strict=True)
        for serial in (line.serials or (None,))
    ]
    units = iter(
        ledger.open_units(session, [(line.part_id, lot, serial) for line, lot, serial in pieces if serial is not None])
    )
    return [
        Posting(
            part_id=line.part_id,
            lot_id=lot_id,
            quantity=line.quantity if serial is None else 1,
            source=ledger.outside(Place.SUPPLIER, owner_id, line.condition),
            target=ledger.in_bin(
                wish.warehouse_id,
                (dock if line.condition is Condition.GOOD else quarantine).id,
                owner_id,
                line.condition,
            ),
            document=Document(DocumentKind.RECEIPT, receipt.id),
            reason="received",
            unit_id=None if serial is None else next(units),
        )
        for line, lot_id, serial in pieces
    ]
