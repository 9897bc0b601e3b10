"""Receiving a shipment: what arrived is set aside for its line at once, unless it was moved for the sake of stock.

What is damaged or missing is announced; sourcing finds it anew where somebody waits for it.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select, text
from sqlalchemy.orm import Session

from inventory import events, ledger, network, timeline
from inventory.actor import Actor
from inventory.catalogue import Part
from inventory.errors import NotFound
from inventory.identity import Permission
from inventory.ledger import Arrival, Condition, Document, End, Lot, Place, Posting, StockKey, Unit
from inventory.timeline import DocumentKind, Happening
from inventory.transport.accounting import Scan, SentLine, Share, account
from inventory.transport.announcements import LinesReceived, ReceivedLine
from inventory.transport.errors import AlreadyReceived
from inventory.transport.models import HandlingUnit, HandlingUnitStatus, Shipment, ShipmentLine, ShipmentStatus

_ACCOUNT_FOR = text("""
    UPDATE shipment_line l
    SET received = l.received + s.received, damaged = l.damaged + s.damaged, missing = l.missing + s.missing
    FROM unnest(CAST(:ids AS bigint[]), CAST(:received AS bigint[]), CAST(:damaged AS bigint[]),
                CAST(:missing AS bigint[])) AS s (id, received, damaged, missing)
    WHERE l.id = s.id
""")


def receive_shipment(
    session: Session, shipment_id: int, scans: Sequence[Scan], *, note: str = "", by: Actor, at: datetime
) -> Shipment:
    """Account for what arrived of a shipment, all of it or part by part.

    Good stock lies in the dock, earmarked for the line it came for, or free where it was moved for the sake of stock;
    damaged stock in quarantine, as defective; what is missing is lost. Nothing is received twice; what the shipment
    does not hold is refused and comes in by a receipt.

    Raises: NotFound; NothingScanned; NotInShipment; AlreadyReceived; OverReceived; LotNeeded; SerialNeeded.
    """
    shipment = session.get(Shipment, shipment_id)
    if shipment is None:
        raise NotFound()
    by.require(Permission.RECEIVE_SHIPMENTS, shipment.destination_id)
    _require_under_way(shipment)
    foreseen = account(list_sent_lines(session, shipment_id), scans)
    ledger.lock_balances(
        session, {StockKey(shipment.destination_id, one.line.part_id, one.line.owner_id) for one in foreseen}
    )
    shipment = _locked_shipment(session, shipment_id)
    lines = list_sent_lines(session, shipment_id)
    shares = account(lines, scans)
    _write(session, shares)
    _pass_on(session, shipment, lines, shares, note=note.strip(), by=by, at=at)
    _bring_in(session, shipment, shares, by=by, at=at)
    events.announce(session, LinesReceived(_by_line(shipment, shares), by=by, at=at))
    return shipment


def list_sent_lines(session: Session, shipment_id: int) -> list[SentLine]:
    """The lines of a shipment as they stand now, box by box; whoever asks has been allowed to see it."""
    query: Select[*tuple[Any, ...]] = (
        select(
            ShipmentLine.id,
            ShipmentLine.handling_unit_id,
            HandlingUnit.sscc,
            ShipmentLine.line_id,
            ShipmentLine.part_id,
            Part.number,
            Part.name_zh,
            Part.name_en,
            Part.gtin,
            ShipmentLine.lot_id,
            Lot.number,
            ShipmentLine.unit_id,
            Unit.serial,
            ShipmentLine.owner_id,
            ShipmentLine.priority,
            ShipmentLine.quantity,
            ShipmentLine.received,
            ShipmentLine.damaged,
            ShipmentLine.missing,
            ShipmentLine.for_stock,
        )
        .join(HandlingUnit, HandlingUnit.id == ShipmentLine.handling_unit_id)
        .join(Part, Part.id == ShipmentLine.part_id)
        .join(Lot, Lot.id == ShipmentLine.lot_id)
        .outerjoin(Unit, Unit.id == ShipmentLine.unit_id)
        .where(ShipmentLine.shipment_id == shipment_id)
        .order_by(ShipmentLine.handling_unit_id, ShipmentLine.id)
    )
    return [SentLine(*row) for row in session.execute(query)]


def _locked_shipment(session: Session, shipment_id: int) -> Shipment:
    """Hold the shipment, and with it its lines and handling units: nobody else changes those once it is under way."""
    shipment = session.scalars(
        select(Shipment).where(Shipment.id == shipment_id).with_for_update().execution_options(populate_existing=True)
    ).one()
    _require_under_way(shipment)
    return shipment


def _require_under_way(shipment: Shipment) -> None:
    if shipment.status is ShipmentStatus.RECEIVED:
        raise AlreadyReceived(shipment=shipment.number)


def _write(session: Session, shares: Sequence[Share]) -> None:
    session.execute(
        _ACCOUNT_FOR,
        {
            "ids": [share.line.id for share in shares],
            "received": [share.received for share in shares],
            "damaged": [share.damaged for share in shares],
            "missing": [share.missing for share in shares],
        },
    )


def _pass_on(
    session: Session,
    shipment: Shipment,
    lines: Sequence[SentLine],
    shares: Sequence[Share],
    *,
    note: str,
    by: Actor,
    at: datetime,
) -> None:
    """Shipment and handling units are received when nothing of them is open."""
    newly = {share.line.id: share.total for share in shares}
    open_units = {line.handling_unit_id for line in lines if line.open > newly.get(line.id, 0)}
    touched = {share.line.handling_unit_id for share in shares} - open_units
    happenings = []
    for unit in session.scalars(select(HandlingUnit).where(HandlingUnit.id.in_(touched)).order_by(HandlingUnit.id)):
        before, unit.status = unit.status, HandlingUnitStatus.RECEIVED
        happenings.append(Happening(DocumentKind.HANDLING_UNIT, unit.id, "received", str(before), str(unit.status)))
    was, shipment.status = shipment.status, ShipmentStatus.RECEIVING if open_units else ShipmentStatus.RECEIVED
    shipment.received_at = None if open_units else at
    facts = {kind: sum(getattr(share, kind) for share in shares) for kind in ("received", "damaged", "missing")}
    happenings.append(
        Happening(DocumentKind.SHIPMENT, shipment.id, "received", str(was), str(shipment.status), note, facts)
    )
    session.flush()
    timeline.record(session, happenings, by=by, at=at)


def _bring_in(session: Session, shipment: Shipment, shares: Sequence[Share], *, by: Actor, at: datetime) -> None:
    """Move what arrived out of transit; good stock that somebody waits for is set aside for him in the same breath."""
    dock = network.dock_of(session, shipment.destination_id).id
    quarantine = network.quarantine_of(session, shipment.destination_id).id
    arrivals, others = [], []
    for share in shares:
        owner_id = share.line.owner_id
        if share.received:
            good = ledger.in_bin(shipment.destination_id, dock, owner_id)
            posting = _posting(shipment, share.line, share.received, good, "received")
            if share.line.for_stock:
                others.append(posting)
            else:
                arrivals.append(Arrival(posting, share.line.line_id, share.line.priority))
        if share.damaged:
            defective = ledger.in_bin(shipment.destination_id, quarantine, owner_id, Condition.DEFECTIVE)
            others.append(_posting(shipment, share.line, share.damaged, defective, "damaged on the way"))
        if share.missing:
            lost = ledger.outside(Place.LOST, owner_id)
            others.append(_posting(shipment, share.line, share.missing, lost, "missing on arrival"))
    if arrivals:
        ledger.arrive(session, arrivals, by=by, at=at)
    if others:
        ledger.post(session, others, by=by, at=at)


def _posting(shipment: Shipment, line: SentLine, quantity: int, target: End, reason: str) -> Posting:
    return Posting(
        part_id=line.part_id,
        lot_id=line.lot_id,
        quantity=quantity,
        source=ledger.outside(Place.IN_TRANSIT, line.owner_id),
        target=target,
        document=Document(DocumentKind.SHIPMENT, shipment.id),
        reason=reason,
        unit_id=line.unit_id,
    )


def _by_line(shipment: Shipment, shares: Sequence[Share]) -> tuple[ReceivedLine, ...]:
    sums: dict[int, Counter[str]] = defaultdict(Counter)
    for share in shares:
        sums[share.line.line_id].update(received=share.received, damaged=share.damaged, missing=share.missing)
    return tuple(
        ReceivedLine(line_id, one["received"], one["damaged"], one["missing"], shipment.number)
        for line_id, one in sorted(sums.items())
    )
