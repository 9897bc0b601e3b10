"""What came for a repair centre's own stock and waits to be put on its shelf."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from inventory import identity
from inventory.actor import Actor
from inventory.catalogue.models import BaseUnit, Part
from inventory.identity import Permission
from inventory.ledger.models import Allocation, LotBalance, Purpose, Reservation
from inventory.network.models import Bin, Warehouse
from inventory.sourcing.models import PartRequest, PartRequestLine


@dataclass(frozen=True, slots=True)
class ForTheShelf:
    """So much of a part that came for the station's stock, and the bins it lies in."""

    line_id: int
    request_id: int
    warehouse: str
    part_number: str
    name_zh: str
    name_en: str
    base_unit: BaseUnit
    quantity: int
    bins: tuple[str, ...]
    requested_at: datetime

    @property
    def request(self) -> str:
        """The number of the part request."""
        return PartRequest(id=self.request_id).number


def list_for_the_shelf(
    session: Session, *, warehouse_id: int | None = None, by: Actor, limit: int = 200
) -> list[ForTheShelf]:
    """What waits to be put on the shelf within reach, at one repair centre where it is given; oldest first."""
    by.require(Permission.PUT_AWAY)
    query = (
        select(
            PartRequestLine.id,
            PartRequest.id,
            Warehouse.code,
            Part.number,
            Part.name_zh,
            Part.name_en,
            Part.base_unit,
            func.sum(Allocation.quantity),
            func.array_agg(Bin.code.distinct()),
            PartRequest.requested_at,
        )
        .select_from(Reservation)
        .join(PartRequestLine, PartRequestLine.id == Reservation.line_id)
        .join(PartRequest, PartRequest.id == PartRequestLine.request_id)
        .join(Warehouse, Warehouse.id == PartRequest.warehouse_id)
        .join(Part, Part.id == Reservation.part_id)
        .join(Allocation, Allocation.reservation_id == Reservation.id)
        .join(LotBalance, LotBalance.id == Allocation.lot_balance_id)
        .join(Bin, Bin.id == LotBalance.bin_id)
        .where(
            Reservation.purpose == Purpose.EARMARK,
            Reservation.quantity > 0,
            PartRequest.work_order_id.is_(None),
            identity.covers(by, Permission.PUT_AWAY, Reservation.warehouse_id),
        )
        .group_by(PartRequestLine.id, PartRequest.id, Warehouse.id, Part.id)
        .order_by(PartRequest.requested_at, PartRequestLine.id)
        .limit(limit)
    )
    if warehouse_id is not None:
        query = query.where(Reservation.warehouse_id == warehouse_id)
    return [ForTheShelf(*row[:8], tuple(row[8]), row[9]) for row in session.execute(query)]
