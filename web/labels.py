"""What is printed: labels of parts, bins and boxes, and the pick list, for screens and API alike.

Everything is read first, within reach of whoever prints, and drawn afterwards: drawing needs no transaction.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from flask import Response, current_app
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

import barcode
from barcode import BarcodeRefused, BinLabel, HandlingUnitLabel, PartLabel, PickList, PickRow
from inventory import transport, warehousing
from inventory.actor import Actor
from inventory.catalogue import BaseUnit, Division, Part
from inventory.errors import NotFound, RuleBroken
from inventory.identity import Permission
from inventory.ledger import Lot, LotBalance, Move, Unit
from inventory.network import Bin, Warehouse, Zone
from inventory.sourcing import Promise
from inventory.timeline import DocumentKind
from inventory.transport import HandlingUnit, HandlingUnitNotClosed, Shipment
from inventory.warehousing import Receipt, ReceiptLine, Wave
from web.languages import current_language

DPI_DEFAULT = 203


class LabelsRefused(RuleBroken):
    """The labels cannot be made; the code is that of the printer of codes."""

    def __init__(self, refused: BarcodeRefused) -> None:
        super().__init__(**refused.facts)
        self.code = refused.code  # type: ignore[misc]


class GlnMissing(RuleBroken):
    """The warehouse has no GLN yet, and without one its bins have no code of their own."""

    code = "gln_missing"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A document to print and the name of its file."""

    pdf: bytes
    name: str


def part_labels_of_receipt(session: Session, number: str, *, each_piece: bool, by: Actor) -> list[PartLabel]:
    """The labels of what came in: one for each piece, or one for each lot with its quantity.

    What is not counted in pieces has one label a lot; a piece with a serial number always has its own.

    Raises: NotFound; LabelsRefused for more than one document takes.
    """
    receipt, lines = warehousing.get_receipt(session, Receipt.id_of(number), by=by)
    by.require(Permission.PRINT_LABELS, receipt.warehouse_id)
    parts = _parts(session, {line.part_id for line in lines})
    serials = _serials_of_receipt(session, receipt.id)
    labels: list[tuple[PartLabel, int]] = []
    for line in lines:
        part = parts[line.part_id]
        blank = replace(_blank(part), lot=line.lot_number)
        if part.Part.serial_tracked:
            continue
        if each_piece and part.Part.base_unit is BaseUnit.PIECE:
            labels.append((blank, line.quantity))
        else:
            labels.append((replace(blank, quantity=line.quantity), 1))
    labels += [(replace(_blank(parts[one.part_id]), lot=one.number, serial=one.serial), 1) for one in serials]
    return _copies(labels)


def part_labels(
    session: Session,
    warehouse: Warehouse,
    number: str,
    *,
    lot: str | None = None,
    serial: str | None = None,
    quantity: int | None = None,
    count: int = 1,
    by: Actor,
) -> list[PartLabel]:
    """So many labels of a part, for a lot or serial number that this warehouse has had.

    Raises: NotFound for an unknown part, or a lot or serial number that never lay here; LabelsRefused for too many.
    """
    by.require(Permission.PRINT_LABELS, warehouse.id)
    part = warehousing.find_scanned_part(session, number)
    known_lot = _lot_here(session, warehouse, part, lot, serial) if lot or serial else None
    label = replace(
        _blank(_parts(session, {part.id})[part.id]), lot=known_lot, serial=serial or None, quantity=quantity
    )
    return _copies([(label, count)])


def bin_labels(
    session: Session, warehouse: Warehouse, *, zone: str | None = None, bins: Sequence[str] = (), by: Actor
) -> list[BinLabel]:
    """The labels of a zone, or of the bins named, in walking order.

    Raises: GlnMissing; NotFound for a zone or bin that is not there; LabelsRefused for more than one document takes.
    """
    by.require(Permission.PRINT_LABELS, warehouse.id)
    if warehouse.gln is None:
        raise GlnMissing(warehouse=warehouse.code)
    query = (
        select(Bin.code, Zone.code.label("zone"))
        .join(Zone, Zone.id == Bin.zone_id)
        .where(Bin.warehouse_id == warehouse.id, Bin.active)
        .order_by(Zone.code, Bin.pick_sequence, Bin.code)
        .limit(barcode.LABELS_MAX + 1)
    )
    query = query.where(Bin.code.in_(bins)) if bins else query.where(Zone.code == (zone or ""))
    rows = session.execute(query).all()
    missing = [code for code in bins if code not in {row.code for row in rows}]
    if missing or not rows:
        raise NotFound(bin=missing[0] if missing else zone)
    return [
        BinLabel(gln=warehouse.gln, bin_code=row.code, zone=row.zone, warehouse_name=_both_names(warehouse))
        for row in rows
    ]


def handling_unit_label(session: Session, number: str, *, by: Actor) -> HandlingUnitLabel:
    """The label of a box that was closed, also when it is printed once more on its way.

    Raises: NotFound; HandlingUnitNotClosed while it has no SSCC.
    """
    unit, tasks = transport.get_handling_unit(session, HandlingUnit.id_of(number), by=by)
    by.require(Permission.PRINT_LABELS, unit.warehouse_id)
    if unit.sscc is None:
        raise HandlingUnitNotClosed(handling_unit=unit.number, status=str(unit.status))
    source = session.get_one(Warehouse, unit.warehouse_id)
    destination = session.get_one(Warehouse, unit.destination_id)
    due_at = unit.due_at.astimezone(current_app.config["TIMEZONE"]) if unit.due_at else None
    return HandlingUnitLabel(
        sscc=unit.sscc,
        from_name=_both_names(source),
        to_name=_both_names(destination),
        to_address=destination.address,
        shipment_number=Shipment(id=unit.shipment_id).number if unit.shipment_id else "",
        contents_count=unit.quantity,
        delivery_class=_delivery_class(session, unit.warehouse_id, [task.line_id for task in tasks]),
        promised_at=due_at,
    )


def pick_list(session: Session, warehouse: Warehouse, *, wave: str | None = None, by: Actor) -> PickList:
    """What is still to be picked, on paper: of a wave, or of the whole warehouse.

    Raises: NotFound for a wave that is not of this warehouse.
    """
    by.require(Permission.PRINT_LABELS, warehouse.id)
    wave_id = Wave.id_of(wave) if wave else None
    if wave_id is not None and session.scalar(select(Wave.warehouse_id).where(Wave.id == wave_id)) != warehouse.id:
        raise NotFound(wave=wave)
    tasks = warehousing.list_tasks(session, warehouse.id, by=by, wave_id=wave_id, limit=barcode.PICK_ROWS_MAX + 1)
    rows = [
        PickRow(
            bin_code=task.bin_code,
            part_number=task.part_number,
            name=_in_language(task.part_name_zh, task.part_name_en),
            lot=f"{task.lot_number} / {task.serial}" if task.serial else task.lot_number,
            quantity=task.quantity,
        )
        for task in tasks
    ]
    name = _in_language(warehouse.name_zh, warehouse.name_en)
    return PickList(number=wave or warehouse.code, warehouse_name=name, rows=tuple(rows))


# Drawing


def draw_part_labels(labels: Sequence[PartLabel], *, name: str = "parts", dpi: int = DPI_DEFAULT) -> Sheet:
    """Part labels, one a page. Raises: LabelsRefused."""
    return _drawn(lambda font: barcode.part_labels_pdf(labels, dpi=dpi, font=font), f"labels-{name}")


def draw_bin_labels(labels: Sequence[BinLabel], *, dpi: int = DPI_DEFAULT) -> Sheet:
    """Bin labels, one a page. Raises: LabelsRefused."""
    return _drawn(lambda font: barcode.bin_labels_pdf(labels, dpi=dpi, font=font), "labels-bins")


def draw_handling_unit_label(label: HandlingUnitLabel, *, dpi: int = DPI_DEFAULT) -> Sheet:
    """The label of a box. Raises: LabelsRefused."""
    return _drawn(lambda font: barcode.handling_unit_labels_pdf([label], dpi=dpi, font=font), f"label-{label.sscc}")


def draw_pick_list(listed: PickList) -> Sheet:
    """The pick list. Raises: LabelsRefused when nothing is to be picked."""
    return _drawn(lambda font: barcode.pick_list_pdf(listed, language=_language(), font=font), "pick-list")


def given_out(sheet: Sheet) -> Response:
    """The document as a response that the browser shows and its printer prints."""
    response = current_app.response_class(sheet.pdf, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{sheet.name}.pdf"'
    return response


def _drawn(draw: Callable[[Any], bytes], name: str) -> Sheet:
    try:
        return Sheet(draw(current_app.config["SETTINGS"].label_font), name)
    except BarcodeRefused as refused:
        raise LabelsRefused(refused) from refused


# Reading


def _parts(session: Session, part_ids: Iterable[int]) -> dict[int, Row[Part, str]]:
    query = (
        select(Part, Division.name_zh.label("division"))
        .join(Division, Division.id == Part.division_id)
        .where(Part.id.in_(part_ids))
    )
    return {row.Part.id: row for row in session.execute(query)}


def _blank(row: Row[Part, str]) -> PartLabel:
    part = row.Part
    return PartLabel(
        part_number=part.number, name_zh=part.name_zh, name_en=part.name_en, division=row.division, gtin=part.gtin
    )


def _copies(labels: Iterable[tuple[PartLabel, int]]) -> list[PartLabel]:
    """Each label as often as it is wanted; counted before a list of millions is made."""
    labels = list(labels)
    total = sum(count for _, count in labels)
    if total > barcode.LABELS_MAX:
        raise LabelsRefused(barcode.TooManyLabels(count=total, count_max=barcode.LABELS_MAX))
    return [label for label, count in labels for _ in range(count)]


def _serials_of_receipt(session: Session, receipt_id: int) -> Sequence[Row[int, str, str]]:
    """The pieces with serial numbers that a receipt brought, in the order in which they were written down."""
    return session.execute(
        select(Move.part_id, Lot.number, Unit.serial)
        .join(Lot, Lot.id == Move.lot_id)
        .join(Unit, Unit.id == Move.unit_id)
        .where(
            Move.lot_id.in_(select(ReceiptLine.lot_id).where(ReceiptLine.receipt_id == receipt_id)),
            Move.document_kind == DocumentKind.RECEIPT,
            Move.document_id == receipt_id,
        )
        .order_by(Move.id)
    ).all()


def _lot_here(session: Session, warehouse: Warehouse, part: Part, lot: str | None, serial: str | None) -> str:
    """The number of the lot that lies or lay in this warehouse."""
    query = (
        select(Lot.number)
        .join(LotBalance, LotBalance.lot_id == Lot.id)
        .where(LotBalance.warehouse_id == warehouse.id, LotBalance.part_id == part.id)
        .order_by(LotBalance.id.desc())
        .limit(1)
    )
    if lot:
        query = query.where(Lot.number == lot)
    if serial:
        query = query.join(Unit, Unit.id == LotBalance.unit_id).where(Unit.serial == serial)
    found = session.scalar(query)
    if found is None:
        raise NotFound(lot=lot, serial=serial)
    return found


def _delivery_class(session: Session, source_id: int, line_ids: Sequence[int]) -> str:
    """How far the box goes, as it was promised; nothing where the last promise came from elsewhere."""
    found = session.scalar(
        select(Promise.delivery_class)
        .where(Promise.line_id.in_(line_ids), Promise.source_id == source_id)
        .order_by(Promise.id.desc())
        .limit(1)
    )
    return str(found) if found else ""


def _language() -> Literal["zh", "en"]:
    return "en" if current_language() == "en" else "zh"


def _both_names(place: Warehouse) -> str:
    return f"{place.name_zh} {place.name_en}".strip()


def _in_language(name_zh: str, name_en: str) -> str:
    return name_en if current_language() == "en" and name_en else name_zh
