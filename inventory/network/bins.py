"""Bins, and the few of them that every warehouse has for goods on the move."""

from sqlalchemy import ScalarSelect, Select, SQLColumnExpression, literal, select
from sqlalchemy.orm import Session, aliased

from inventory.errors import NotFound
from inventory.network.models import Bin, Zone, ZoneKind

# Its own name, so that it can stand in a statement that asks about other bins, too.
_BIN = aliased(Bin)


def dock_of(session: Session, warehouse_id: int) -> Bin:
    """The bin where goods come in. Raises: NotFound when the warehouse has none in use."""
    return _first_bin(session, warehouse_id, ZoneKind.DOCK)


def quarantine_of(session: Session, warehouse_id: int) -> Bin:
    """The bin of goods that nobody may use yet. Raises: NotFound when the warehouse has none in use."""
    return _first_bin(session, warehouse_id, ZoneKind.QUARANTINE)


def staging_bin_of(warehouse_id: SQLColumnExpression[int]) -> ScalarSelect[int]:
    """The id of the bin where picked goods of a warehouse wait to be packed, for another statement; NULL for none."""
    return _first(ZoneKind.STAGING, warehouse_id).with_only_columns(_BIN.id).scalar_subquery()


def _first_bin(session: Session, warehouse_id: int, kind: ZoneKind) -> Bin:
    found = session.scalar(_first(kind, literal(warehouse_id)))
    if found is None:
        raise NotFound(bin=kind.value)
    return found


def _first(kind: ZoneKind, warehouse_id: SQLColumnExpression[int]) -> Select[Bin]:
    """The bin of a kind that comes first on the walk: a warehouse may have several docks."""
    return (
        select(_BIN)
        .join(Zone, Zone.id == _BIN.zone_id)
        .where(Zone.warehouse_id == warehouse_id, Zone.kind == kind, _BIN.active)
        .order_by(_BIN.pick_sequence, _BIN.id)
        .limit(1)
    )
