"""Availability: where a part is and by when it can be at a warehouse, as far as the asker may know."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from inventory.actor import Actor
from inventory.identity import Permission
from inventory.sourcing.candidates import Source, list_sources


@dataclass(frozen=True, slots=True)
class AvailableSource:
    """A source with its promise. `available` is told only of warehouses whose stock the asker may see.

    Everybody else learns whether it is enough, never how much a foreign warehouse holds.
    """

    source: Source
    enough: bool
    available: int | None


def list_availability(
    session: Session, part_id: int, *, warehouse_id: int, quantity: int = 1, by: Actor, at: datetime
) -> list[AvailableSource]:
    """Who could supply a part to a warehouse and by when, in the order in which sourcing would choose.

    Raises: NotPermitted; NotFound when the actor does not ask on behalf of that warehouse.
    """
    by.require(Permission.SEE_AVAILABILITY, warehouse_id)
    return [
        AvailableSource(
            source=source,
            enough=source.available >= quantity,
            available=source.available if by.may(Permission.SEE_STOCK, source.warehouse_id) else None,
        )
        for source in list_sources(session, part_id, warehouse_id=warehouse_id, at=at)
    ]
