"""What was checked in a warehouse: its counts, damage and doubts, newest first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from inventory.actor import Actor
from inventory.catalogue import Part
from inventory.identity import Permission, Person
from inventory.ledger import Lot, Unit
from inventory.network import Bin
from inventory.warehousing.models import CheckKind, StockCheck


@dataclass(frozen=True, slots=True)
class CheckLine:
    """A stock check with the words for the screen."""

    id: int
    kind: CheckKind
    bin_code: str
    part_id: int
    part_number: str
    part_name_zh: str
    part_name_en: str
    lot_number: str
    serial: str | None
    expected: int
    found: int
    reason: str
    checked_by: str
    checked_at: datetime

    @property
    def number(self) -> str:
        """The number people read."""
        return f"{StockCheck.prefix}-{self.id}"


def list_checks(
    session: Session, warehouse_id: int, *, by: Actor, before: int | None = None, limit: int = 50
) -> list[CheckLine]:
    """What was checked in a warehouse, newest first; `before` (a check's id) continues a page."""
    by.require(Permission.CHECK_STOCK, warehouse_id)
    query: Select[*tuple[Any, ...]] = (
        select(
            StockCheck.id,
            StockCheck.kind,
            Bin.code,
            Part.id,
            Part.number,
            Part.name_zh,
            Part.name_en,
            Lot.number,
            Unit.serial,
            StockCheck.expected,
            StockCheck.found,
            StockCheck.reason,
            Person.name,
            StockCheck.checked_at,
        )
        .join(Bin, Bin.id == StockCheck.bin_id)
        .join(Part, Part.id == StockCheck.part_id)
        .join(Lot, Lot.id == StockCheck.lot_id)
        .join(Person, Person.id == StockCheck.checked_by_id)
        .outerjoin(Unit, Unit.id == StockCheck.unit_id)
        .where(StockCheck.warehouse_id == warehouse_id)
        .order_by(StockCheck.id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(StockCheck.id < before)
    return [CheckLine(*row) for row in session.execute(query)]
