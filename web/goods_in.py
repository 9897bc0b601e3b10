"""Goods at the dock as they stand on the form: a row a part and lot, filled by scan or by hand until they are received.

The form itself carries the rows from scan to scan, so a refusal, a reload or a browser without scripts loses nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from inventory.catalogue import Part
from inventory.ledger import Condition
from inventory.quantity import read_quantity
from inventory.warehousing import (
    ExpectedLine,
    ExpectedReceipt,
    ExpectedReceiptLine,
    ReceivedGoods,
    find_scanned_part,
)
from web.scanning import ScannedPart, read, read_part


@dataclass(frozen=True, slots=True)
class Row:
    """A part of one lot on the form. `amounts` is what stands in the fields: a quantity, or serial numbers.

    `outstanding` is how much of an announcement has not come yet; None without one. `at_hand`: it was just scanned.
    """

    part: Part
    lot: str = ""
    amounts: dict[Condition, str] = field(default_factory=dict)
    outstanding: int | None = None
    at_hand: bool = False

    def received(self) -> list[ReceivedGoods]:
        """What the row says has come, a share for each condition.

        Raises: QuantityUnreadable; ScanRefused for a serial number that is no code.
        """
        return [share for condition, typed in self.amounts.items() if (share := self._share(condition, typed))]

    def is_empty(self) -> bool:
        """Whether nothing of it has come, as far as the fields say."""
        return all(typed.strip() in ("", "0") for typed in self.amounts.values())

    def _share(self, condition: Condition, typed: str) -> ReceivedGoods | None:
        lot = self.lot.strip() or None
        if self.part.serial_tracked:
            serials = tuple(_serial(line) for line in typed.splitlines() if line.strip())
            return ReceivedGoods(self.part.id, len(serials), lot, serials, condition) if serials else None
        quantity = read_quantity(typed.strip() or "0")
        return ReceivedGoods(self.part.id, quantity, lot, (), condition) if quantity else None


def _serial(line: str) -> str:
    """The serial number that was typed, or that stands on a scanned label."""
    scan = read(line.strip())
    return scan.serial or scan.plain or line.strip()


def rows_announced(session: Session, lines: Iterable[ExpectedLine]) -> list[Row]:
    """The rows of an announcement, filled with what has not come yet."""
    open_lines = [line for line in lines if line.outstanding]
    parts = _parts(session, [line.part_number for line in open_lines])
    return [
        Row(
            part=(part := parts[line.part_number]),
            amounts={Condition.GOOD: "" if part.serial_tracked else str(line.outstanding)},
            outstanding=line.outstanding,
        )
        for line in open_lines
    ]


def rows_of_form(session: Session, form: MultiDict[str, str], lines: Iterable[ExpectedLine] = ()) -> list[Row]:
    """The rows as they were sent."""
    parts = _parts(session, form.getlist("part"))
    outstanding = {line.part_id: line.outstanding for line in lines}
    columns = [form.getlist(name) for name in ("part", "lot", *(str(one) for one in Condition))]
    return [
        Row(
            part=(part := parts[number]),
            lot=lot,
            amounts=dict(zip(Condition, amounts, strict=True)),
            outstanding=outstanding.get(part.id),
        )
        for number, lot, *amounts in zip(*columns, strict=False)
        if number in parts
    ]


def with_scan(session: Session, rows: Sequence[Row], code: str, *, announced: bool) -> list[Row]:
    """The rows with what was scanned, that row first; a lot or serial number on the label is filled in.

    Without an announcement each scan counts a piece, or as many as the label says. With one the quantity stands there
    already; only what the label adds is filled in, and another lot of the part gets a row of its own.

    Raises: NotFound for a part that is unknown, ScanRefused.
    """
    label = read_part(session, code)
    part = find_scanned_part(session, label.part)
    rest = [replace(row, at_hand=False) for row in rows]
    meant = next((row for row in rest if row.part.id == part.id and _fits(row, label)), None)
    if meant is None:
        outstanding = next((row.outstanding for row in rest if row.part.id == part.id), None)
        return [_counted(Row(part, outstanding=outstanding), label), *rest]
    rest.remove(meant)
    filled = replace(meant, lot=meant.lot or label.lot or "", at_hand=True)
    return [filled if announced and not part.serial_tracked else _counted(filled, label), *rest]


def _fits(row: Row, label: ScannedPart) -> bool:
    return label.lot is None or row.lot in ("", label.lot)


def _counted(row: Row, label: ScannedPart) -> Row:
    """The row with one scan more."""
    good = row.amounts.get(Condition.GOOD, "").strip()
    if row.part.serial_tracked:
        serials = good.splitlines()
        if label.serial and label.serial not in serials:
            serials.append(label.serial)
        good = "\n".join(serials)
    else:
        good = str(read_quantity(good or "0") + (label.quantity or 1))
    return replace(row, lot=row.lot or label.lot or "", amounts={**row.amounts, Condition.GOOD: good}, at_hand=True)


def _parts(session: Session, numbers: Sequence[str]) -> dict[str, Part]:
    return {part.number: part for part in session.scalars(select(Part).where(Part.number.in_(set(numbers))))}


@dataclass(frozen=True, slots=True)
class Progress:
    """How much of an announced delivery has come."""

    lines: int = 0
    quantity: int = 0
    received: int = 0


def progress_of(session: Session, expected: Sequence[ExpectedReceipt]) -> dict[int, Progress]:
    """How much has come of each announced delivery, by its id; whoever asks has been allowed to see them."""
    rows = session.execute(
        select(
            ExpectedReceiptLine.expected_receipt_id,
            func.count(),
            func.sum(ExpectedReceiptLine.quantity),
            func.sum(ExpectedReceiptLine.received),
        )
        .where(ExpectedReceiptLine.expected_receipt_id.in_([one.id for one in expected]))
        .group_by(ExpectedReceiptLine.expected_receipt_id)
    )
    return {key: Progress(lines, int(quantity), int(received)) for key, lines, quantity, received in rows}
