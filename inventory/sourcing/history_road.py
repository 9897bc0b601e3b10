"""The road's share of a request's history: who drove what under which number, and what was heard on the way."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import literal_column, select
from sqlalchemy.orm import Session

from inventory import identity
from inventory.actor import Actor
from inventory.catalogue.models import Part
from inventory.identity import Permission
from inventory.ledger.models import Lot, Unit
from inventory.sourcing.history_steps import Handled, HistoryStep, Journey
from inventory.timeline import DocumentEvent, DocumentKind
from inventory.transport.models import Carrier, HandlingUnit, Shipment, ShipmentLine, TrackingEvent

Loads = dict[tuple[int, int | None], list[Handled]]
"""What is sent, by (shipment, line)."""


@dataclass(frozen=True, slots=True)
class RoadHistory:
    """The shipments of the lines by id, what each carries of a line, remarks at receipt by command, and tracking."""

    journeys: dict[int, Journey]
    loads: dict[tuple[int, int | None], tuple[Handled, ...]]
    remarks: dict[tuple[int, int | None], str]
    tracking: Sequence[HistoryStep]


def read_road(session: Session, line_ids: Sequence[int], *, by: Actor) -> RoadHistory:
    """What was sent for lines, as far as the reader is at one of the shipment's two ends, in four statements."""
    loads, lines_of = _loads(session, line_ids)
    rows = session.execute(
        select(Shipment, Carrier.name_zh, Carrier.name_en)
        .outerjoin(Carrier, Carrier.id == Shipment.carrier_id)
        .where(
            Shipment.id.in_(lines_of),
            identity.covers(by, Permission.SEE_REQUESTS, Shipment.source_id, Shipment.destination_id),
        )
    )
    journeys = {
        row.Shipment.id: Journey(
            id=row.Shipment.id,
            source_id=row.Shipment.source_id,
            carrier_zh=row.name_zh,
            carrier_en=row.name_en,
            reference=row.Shipment.carrier_reference,
            due_at=row.Shipment.due_at,
        )
        for row in rows
    }
    return RoadHistory(
        journeys=journeys,
        loads={key: tuple(handled) for key, handled in loads.items() if key[0] in journeys},
        remarks=_remarks(session, journeys),
        tracking=_tracking(session, journeys, lines_of),
    )


def _loads(session: Session, line_ids: Sequence[int]) -> tuple[Loads, dict[int, set[int]]]:
    """What each shipment carries of each line, and the lines of each shipment."""
    rows = session.execute(
        select(
            ShipmentLine.shipment_id,
            ShipmentLine.line_id,
            ShipmentLine.quantity,
            Part.number.label("part"),
            Lot.number.label("lot"),
            Unit.serial,
            HandlingUnit,
        )
        .join(Part, Part.id == ShipmentLine.part_id)
        .join(Lot, Lot.id == ShipmentLine.lot_id)
        .join(HandlingUnit, HandlingUnit.id == ShipmentLine.handling_unit_id)
        .outerjoin(Unit, Unit.id == ShipmentLine.unit_id)
        .where(ShipmentLine.line_id.in_(line_ids))
        .order_by(ShipmentLine.id)
    )
    loads: Loads = defaultdict(list)
    lines_of: dict[int, set[int]] = defaultdict(set)
    for row in rows:
        box: HandlingUnit = row.HandlingUnit
        handled = Handled(row.part, row.lot, row.quantity, row.serial, handling_unit=box.number, sscc=box.sscc)
        loads[row.shipment_id, row.line_id].append(handled)
        lines_of[row.shipment_id].add(row.line_id)
    return loads, lines_of


def _remarks(session: Session, journeys: dict[int, Journey]) -> dict[tuple[int, int | None], str]:
    """What was remarked when a shipment was received, by (shipment, command)."""
    rows = session.execute(
        select(DocumentEvent.document_id, DocumentEvent.command_id, DocumentEvent.reason).where(
            DocumentEvent.document_kind == literal_column(f"'{DocumentKind.SHIPMENT}'"),
            DocumentEvent.document_id.in_(journeys),
            DocumentEvent.reason != "",
        )
    )
    return {(row.document_id, row.command_id): row.reason for row in rows}


def _tracking(session: Session, journeys: dict[int, Journey], lines_of: dict[int, set[int]]) -> list[HistoryStep]:
    rows = session.scalars(
        select(TrackingEvent).where(TrackingEvent.shipment_id.in_(journeys)).order_by(TrackingEvent.id)
    )
    return [
        HistoryStep(
            place=one.id,
            line_id=min(lines_of[one.shipment_id]) if len(lines_of[one.shipment_id]) == 1 else None,
            about=DocumentKind.SHIPMENT,
            what=str(one.kind),
            at=one.recorded_at,
            actor_id=one.actor_id,
            command_id=None,
            reason=one.note,
            facts={"place": one.place, "occurred_at": one.occurred_at.isoformat()},
            journey=journeys[one.shipment_id],
        )
        for one in rows
    ]
