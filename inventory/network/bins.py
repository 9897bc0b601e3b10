"""Bins, and the few of them that every warehouse has for goods on the move."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.errors import NotFound
from inventory.network.models import Bin, Zone, ZoneKind


def dock_of(session: Session, warehouse_id: int) -> Bin:
    """The bin where goods come in. Raises: NotFound when the warehouse has none in use."""
    return _first_bin(session, warehouse_id, ZoneKind.DOCK)


def staging_of(session: Session, warehouse_id: int) -> Bin:
    """The bin where picked goods wait to be packed. Raises: NotFound when the warehouse has none in use."""
    return _first_bin(session, warehouse_id, ZoneKind.STAGING)


def quarantine_of(session: Session, warehouse_id: int) -> Bin:
    """The bin of goods that nobody may use yet. Raises: NotFound when the warehouse has none in use."""
    return _first_bin(session, warehouse_id, ZoneKind.QUARANTINE)


def _first_bin(session: Session, warehouse_id: int, kind: ZoneKind) -> Bin:
    """The bin of a kind that comes first on the walk: a warehouse may have several docks."""
    found = session.scalar(
        select(Bin)
        .join(Zone, Zone.id == Bin.zone_id)
        .where(Zone.warehouse_id == warehouse_id, Zone.kind == kind, Bin.active)
        .order_by(Bin.pick_sequence, Bin.id)
        .limit(1)
    )
    if found is None:
        raise NotFound(bin=kind.value)
    return found
