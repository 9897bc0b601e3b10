"""Warehouses: finding them, who lies above, below and beside them, and whose stock lies there."""

from collections.abc import Iterable, Sequence

from sqlalchemy import bindparam, select, text
from sqlalchemy.orm import Session

from inventory.errors import NotFound
from inventory.network.models import StockOwner, Tier, Warehouse

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
