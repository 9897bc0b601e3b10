"""What a scanned code is and what to do next, told to whoever holds the scanner, within his reach."""

from typing import Any

from sqlalchemy.orm import Session

from barcode import Scan
from inventory import sourcing, transport, warehousing, workorders
from inventory.actor import Actor
from inventory.errors import NotFound
from inventory.identity import Permission
from inventory.transport import HandlingUnit, HandlingUnitStatus, Shipment
from inventory.warehousing import ExpectedReceipt, Receipt, RecognisedBin, RecognisedPart, TaskLine
from web.scanning import read

DOCUMENTS = {
    one.prefix: one
    for one in (
        sourcing.PartRequest,
        sourcing.TransferOrder,
        workorders.WorkOrder,
        Shipment,
        HandlingUnit,
        ExpectedReceipt,
        Receipt,
    )
}


def explain_scan(session: Session, *, code: str, warehouse: str, task: int | None, by: Actor) -> dict[str, Any]:
    """What the code is at this warehouse, and the next right step.

    What the asker may not know is told like what does not exist.

    Raises: ScanRefused for text that is no code; NotFound for a foreign warehouse or task.
    """
    for one in (scan := read(code), *scan.candidates):
        found = _explained(session, one, warehouse, task, by=by)
        if found is not None:
            return found
    return {"kind": "unknown", "subject": {}, "next_action": "check_code"}


def _explained(session: Session, scan: Scan, warehouse: str, task: int | None, *, by: Actor) -> dict[str, Any] | None:
    there = warehousing.recognise(
        session,
        warehouse,
        bin_code=scan.location_extension or scan.plain,
        part=scan.part_number or scan.gtin or scan.plain,
        by=by,
    )
    if scan.person_badge or scan.tote:
        kind = "person" if scan.person_badge else "tote"
        return {"kind": kind, "subject": {"code": scan.person_badge or scan.tote}, "next_action": "scan_part_or_bin"}
    if scan.sscc:
        return _handling_unit(session, scan.sscc, by=by)
    wanted = warehousing.get_task(session, task, by=by) if task is not None and (there.bin or there.part) else None
    if there.bin:
        return _bin(there.bin, wanted)
    if there.part:
        return _part(there.part, scan, wanted)
    return _document(scan.plain) if scan.plain else None


def _bin(found: RecognisedBin, wanted: TaskLine | None) -> dict[str, Any]:
    right = wanted is None or wanted.bin_code == found.code
    return {
        "kind": "bin",
        "subject": {"bin": found.code, "on_hand": found.on_hand},
        "next_action": "scan_part" if right else f"go_to_bin:{wanted.bin_code}",
    }


def _part(found: RecognisedPart, scan: Scan, wanted: TaskLine | None) -> dict[str, Any]:
    subject = {
        "part": found.number,
        "name_zh": found.name_zh,
        "name_en": found.name_en,
        "lot": scan.lot,
        "serial": scan.serial,
        "on_hand": found.on_hand,
        "available": found.available,
    }
    return {"kind": "part", "subject": subject, "next_action": _next_with(found, scan, wanted)}


def _next_with(found: RecognisedPart, scan: Scan, wanted: TaskLine | None) -> str:
    if wanted is None:
        return "choose_task"
    if wanted.part_id != found.part_id:
        return "put_back_and_take:" + wanted.part_number
    right_lot = scan.lot is None or scan.lot == wanted.lot_number
    return "confirm_pick" if right_lot else "take_lot:" + wanted.lot_number


def _handling_unit(session: Session, sscc: str, *, by: Actor) -> dict[str, Any] | None:
    unit = transport.find_handling_unit_by_sscc(session, sscc, by=by)
    if unit is None:
        return None
    subject = {"sscc": sscc, "handling_unit": unit.number, "status": str(unit.status)}
    if unit.shipment_id is not None:
        subject["shipment"] = Shipment(id=unit.shipment_id).number
    return {"kind": "handling_unit", "subject": subject, "next_action": _next_for(unit, by=by)}


def _next_for(unit: HandlingUnit, *, by: Actor) -> str:
    if unit.status is HandlingUnitStatus.SHIPPED and by.may(Permission.RECEIVE_SHIPMENTS, unit.destination_id):
        return "receive_shipment"
    if by.may(Permission.PACK_AND_SHIP, unit.warehouse_id):
        steps = {HandlingUnitStatus.OPEN: "pack", HandlingUnitStatus.CLOSED: "ship"}
        return steps.get(unit.status, "show_shipment")
    return "show_shipment"


def _document(text: str) -> dict[str, Any] | None:
    """A document's number; whether it exists is told by its own screen, to who may see it."""
    prefix = text.partition("-")[0].upper()
    if prefix not in DOCUMENTS:
        return None
    try:
        number = f"{prefix}-{DOCUMENTS[prefix].id_of(text)}"
    except NotFound:
        return None
    return {"kind": "document", "subject": {"number": number}, "next_action": "open_document"}
