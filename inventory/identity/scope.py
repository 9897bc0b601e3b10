"""Whose rows somebody may see: the one condition that every list, count, search, export and print carries."""

from typing import Any

from sqlalchemy import BigInteger, ColumnElement, any_, bindparam, false, literal, or_, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute

from inventory.actor import Actor
from inventory.identity.permissions import Permission


def covers(
    by: Actor, permission: Permission, *warehouse_ids: ColumnElement[Any] | InstrumentedAttribute[Any]
) -> ColumnElement[bool]:
    """Return the condition that at least one of the columns names a warehouse the permission covers.

    A document with two ends is passed both columns: it is visible at either. Without the permission no row passes.
    """
    assert warehouse_ids, "a row belongs to at least one warehouse"
    if permission not in by.reach:
        return false()
    covered = by.reach[permission]
    if covered is None:
        return true()
    ids = literal(sorted(covered), ARRAY(BigInteger))
    return or_(*(column == any_(ids) for column in warehouse_ids))


def covered(warehouse_id: ColumnElement[Any] | InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    """Return the same condition for a statement that is put together once; its parameter is `reach_parameter(...)`."""
    reach = bindparam("reach", type_=ARRAY(BigInteger))
    return or_(reach.is_(None), warehouse_id == any_(reach))


def reach_parameter(by: Actor, permission: Permission) -> dict[str, list[int] | None]:
    """Return the parameter of `covered`: the warehouses that the permission covers, None for all of them.

    Raises: NotPermitted when it is held nowhere.
    """
    by.require(permission)
    held = by.reach[permission]
    return {"reach": None if held is None else sorted(held)}
