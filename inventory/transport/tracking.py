"""Tracking: what a shipment goes through on its way, as carriers and warehouses tell it. Append-only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.actor import Actor
from inventory.errors import NotFound
from inventory.identity import Permission
from inventory.transport.models import Shipment, TrackingEvent, TrackingKind


@dataclass(frozen=True, slots=True)
class TrackingNews:
    """What is told. `occurred_at` is the carrier's own time: it is kept as data and decides nothing."""

    kind: TrackingKind
    occurred_at: datetime
    place: str = ""
    note: str = ""


def add_tracking_event(
    session: Session, shipment_id: int, news: TrackingNews, *, by: Actor, at: datetime
) -> TrackingEvent:
    """Write down what a shipment went through; whoever may track at its source or its destination may.

    Raises: NotFound.
    """
    shipment = session.get(Shipment, shipment_id)
    if shipment is None:
        raise NotFound()
    by.require(Permission.TRACK_SHIPMENTS, shipment.source_id, shipment.destination_id)
    event = TrackingEvent(
        shipment_id=shipment_id,
        kind=news.kind,
        place=news.place.strip(),
        note=news.note.strip(),
        occurred_at=news.occurred_at,
        recorded_at=at,
        actor_id=by.person_id,
    )
    session.add(event)
    session.flush()
    return event


def list_tracking_events(session: Session, shipment_id: int, *, by: Actor) -> Sequence[TrackingEvent]:
    """What a shipment went through, in the order in which it became known. Raises: NotFound."""
    shipment = session.get(Shipment, shipment_id)
    if shipment is None:
        raise NotFound()
    by.require(Permission.SEE_SHIPMENTS, shipment.source_id, shipment.destination_id)
    return session.scalars(
        select(TrackingEvent).where(TrackingEvent.shipment_id == shipment_id).order_by(TrackingEvent.id)
    ).all()
