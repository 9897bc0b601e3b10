"""Warehouses within reach, a page at a time."""

from typing import Any

from sqlalchemy import BigInteger, Row, Select, any_, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session, aliased

from inventory.actor import Actor
from inventory.network import Tier, Warehouse
from web.paging import Page, read_page
from web.workplace import places_of

ListedWarehouse = Row[*tuple[Any, ...]]


def page_of_warehouses(
    session: Session,
    *,
    by: Actor,
    tier: Tier | None,
    region: str | None,
    code: str | None,
    cursor: str | None,
    limit: int,
) -> Page[ListedWarehouse]:
    """The warehouses at which the actor may do anything at all, by code; narrowed to what is named.

    `region` is a county, a city or a province, `code` what a code begins with. Raises: CursorUnreadable.
    """
    query = _listed()
    places = places_of(by)
    if places is not None:
        query = query.where(Warehouse.id == any_(literal(sorted(places), ARRAY(BigInteger))))
    if tier is not None:
        query = query.where(Warehouse.tier == tier)
    if region is not None:
        query = query.where(
            or_(Warehouse.region_code == region, Warehouse.city_code == region, Warehouse.province_code == region)
        )
    if code is not None:
        query = query.where(Warehouse.code.startswith(code, autoescape=True))
    return read_page(
        session,
        query,
        keys=[Warehouse.code],
        key_of=lambda row: [row.code],
        cursor=cursor,
        limit=limit,
        scalars=False,
    )


def _listed() -> Select[*tuple[Any, ...]]:
    parent = aliased(Warehouse)
    return select(
        Warehouse.code,
        Warehouse.name_zh,
        Warehouse.name_en,
        Warehouse.tier,
        parent.code.label("parent"),
        Warehouse.region_code.label("region"),
        Warehouse.city_code.label("city"),
        Warehouse.province_code.label("province"),
        Warehouse.address,
        Warehouse.gln,
        Warehouse.active,
    ).outerjoin(parent, parent.id == Warehouse.parent_id)
