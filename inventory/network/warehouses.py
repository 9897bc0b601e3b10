"""Warehouses: finding them, who lies above, below and beside them, and opening a new one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select, text
from sqlalchemy.orm import Session

from inventory import audit
from inventory.actor import Actor
from inventory.errors import NotFound
from inventory.network.errors import ParentNotAbove, WarehouseExists
from inventory.network.layout import lay_out
from inventory.network.models import StockOwner, Tier, Warehouse
from inventory.network.regions import get_region
from inventory.pinyin import pinyin

STEPS_DOWN: dict[Tier, int] = {Tier.CENTRAL: 0, Tier.DISTRIBUTION: 1, Tier.REPAIR: 2}


@dataclass(frozen=True, slots=True)
class WarehouseWish:
    """What is told of a warehouse that is to be opened; without a position it lies where its region's seat is."""

    code: str
    name_zh: str
    tier: Tier
    region_code: str
    parent_code: str | None = None
    name_en: str = ""
    address: str = ""
    latitude: float | None = None
    longitude: float | None = None
    gln: str | None = None


# Half of all requests begin with this: putting it together anew takes as long as asking.
_BY_CODE = select(Warehouse).where(Warehouse.code == bindparam("code"))


def find_warehouse(session: Session, code: str) -> Warehouse | None:
    """The warehouse of this code, if there is one."""
    return session.scalar(_BY_CODE, {"code": code})


def get_warehouse(session: Session, code: str) -> Warehouse:
    """The warehouse of this code.

    Raises: NotFound, without facts: a warehouse one may not see must answer exactly the same.
    """
    found = find_warehouse(session, code)
    if found is None:
        raise NotFound()
    return found


def list_warehouses(session: Session, *, tier: Tier | None = None) -> Sequence[Warehouse]:
    """The warehouses in use, of one tier or all, by code."""
    query = select(Warehouse).where(Warehouse.active).order_by(Warehouse.code)
    return session.scalars(query if tier is None else query.where(Warehouse.tier == tier)).all()


_DESCENDANTS = text("""
    WITH RECURSIVE below (id) AS (
        SELECT unnest(CAST(:ids AS bigint[]))
        UNION
        SELECT child.id FROM warehouse AS child JOIN below ON child.parent_id = below.id
    )
    SELECT id FROM below ORDER BY id
""")


def descendants(session: Session, warehouse_ids: Iterable[int]) -> list[int]:
    """The ids of the warehouses and of all that are replenished from them, however many steps below."""
    return list(session.scalars(_DESCENDANTS, {"ids": list(warehouse_ids)}))


def neighbours(session: Session, warehouse: Warehouse) -> Sequence[Warehouse]:
    """The other repair centres in use in the warehouse's city, by code."""
    return session.scalars(
        select(Warehouse)
        .where(
            Warehouse.city_code == warehouse.city_code,
            Warehouse.tier == Tier.REPAIR,
            Warehouse.active,
            Warehouse.id != warehouse.id,
        )
        .order_by(Warehouse.code)
    ).all()


def default_owner(session: Session) -> StockOwner:
    """Whose stock it is unless somebody says otherwise: the maker."""
    return session.scalars(select(StockOwner).where(StockOwner.is_default)).one()


def open_warehouse(session: Session, wish: WarehouseWish, *, by: Actor, at: datetime) -> Warehouse:
    """Open a warehouse with its dock, staging, quarantine and first shelves.

    Raises: WarehouseExists; NotFound for an unknown region or parent; ParentNotAbove.
    """
    if find_warehouse(session, wish.code) is not None:
        raise WarehouseExists(warehouse=wish.code)
    region = get_region(session, wish.region_code)
    parent = _parent_above(session, wish)
    warehouse = Warehouse(
        code=wish.code,
        name_zh=wish.name_zh,
        name_en=wish.name_en,
        name_pinyin=pinyin(wish.name_zh).full[:200],
        tier=wish.tier,
        parent_id=parent.id if parent else None,
        region_code=region.code,
        city_code=region.city_code,
        province_code=region.province_code,
        address=wish.address,
        latitude=region.latitude if wish.latitude is None else wish.latitude,
        longitude=region.longitude if wish.longitude is None else wish.longitude,
        gln=wish.gln,
    )
    session.add(warehouse)
    session.flush()
    lay_out(session, [warehouse.id])
    audit.note(session, "warehouse_opened", actor_id=by.person_id, at=at, subject=warehouse.code)
    return warehouse


def _parent_above(session: Session, wish: WarehouseWish) -> Warehouse | None:
    parent = get_warehouse(session, wish.parent_code) if wish.parent_code else None
    if (parent is None) != (wish.tier == Tier.CENTRAL):
        raise ParentNotAbove(warehouse=wish.code, tier=wish.tier.value)
    if parent is not None and STEPS_DOWN[parent.tier] >= STEPS_DOWN[wish.tier]:
        raise ParentNotAbove(warehouse=wish.code, tier=wish.tier.value, parent=parent.code)
    return parent
