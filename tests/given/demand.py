"""Demand history to test with: days on which parts were asked for, and the folding of request lines."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.orm import Session

from inventory.catalogue.models import Part
from inventory.network.models import Warehouse
from inventory.planning import demand
from inventory.planning.demand import DemandDay, Origin
from tests.given.ledger import NOON

ZONE = ZoneInfo("Asia/Shanghai")
_BEGIN = text("""
    INSERT INTO demand_beginning (warehouse_id, first_on) VALUES (:warehouse_id, :on)
    ON CONFLICT (warehouse_id) DO UPDATE SET first_on = least(demand_beginning.first_on, excluded.first_on)
""")


def asked(
    session: Session,
    warehouse: Warehouse,
    part: Part,
    on: date | str,
    quantity: int = 1,
    *,
    source: Warehouse | None = None,
    origin: Origin = Origin.ASKED,
) -> DemandDay:
    """A day on which a warehouse needed a part, with its parent as the source unless another is named."""
    on = date.fromisoformat(on) if isinstance(on, str) else on
    source_id = source.id if source else warehouse.parent_id or warehouse.id
    made = DemandDay(
        part_id=part.id,
        warehouse_id=warehouse.id,
        asked_on=on,
        source_id=source_id,
        origin=origin,
        quantity=quantity,
    )
    session.add(made)
    session.flush()
    session.execute(_BEGIN, {"warehouse_id": warehouse.id, "on": on})
    return made


def folded(session: Session, *, at: datetime = NOON) -> demand.Fold:
    """The request lines folded into days, as the nightly job does it."""
    fold = demand.begin_fold(session, ZONE)
    for day in fold.days:
        demand.fold_day(session, day, ZONE)
    demand.end_fold(session, fold, at=at)
    session.expire_all()
    return fold
