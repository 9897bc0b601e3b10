"""What the API and the screens of policies share: the local day, lists by page, names."""

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory import network
from inventory.actor import Actor
from inventory.catalogue import Division, find_part
from inventory.identity import Permission, Person
from inventory.planning import policies
from inventory.planning.policies import (
    ListedLane,
    ListedOverride,
    OverrideFilter,
)
from web.paging import Page, unpack_cursor
from web.requests import page_of_rows


def local_day(at: datetime) -> date:
    """The day it is where the warehouses are."""
    zone: ZoneInfo = current_app.config["TIMEZONE"]
    return at.astimezone(zone).date()


def page_of_overrides(
    session: Session, wanted: OverrideFilter, *, by: Actor, cursor: str | None, limit: int
) -> Page[ListedOverride]:
    """A page of overrides within reach. Raises: NotPermitted, CursorUnreadable."""
    day, id = unpack_cursor(cursor, [date, int]) if cursor else (None, 0)
    after = None if day is None else (day, id)
    found = policies.list_overrides(session, wanted, by=by, after=after, limit=limit + 1)
    return page_of_rows(found, limit, lambda one: [one.override.expires_on, one.override.id])


def page_of_lanes(
    session: Session, *, by: Actor, warehouse_id: int | None, cursor: str | None, limit: int
) -> Page[ListedLane]:
    """A page of lanes that end within reach. Raises: NotPermitted, CursorUnreadable."""
    after = unpack_cursor(cursor, [str, str]) if cursor else None
    found = policies.list_lanes(session, by=by, warehouse_id=warehouse_id, after=after, limit=limit + 1)
    return page_of_rows(found, limit, lambda one: [one.destination.code, one.source.code])


def override_filter(
    session: Session, *, part: str | None, warehouse: str | None, everything: bool, by: Actor, on: date
) -> OverrideFilter:
    """What is asked for: those in force, or all there were; an unknown or foreign name finds nothing."""
    found = find_part(session, part) if part else None
    place = network.find_warehouse(session, warehouse) if warehouse else None
    if place is not None and not by.may(Permission.SEE_POLICIES, place.id):
        place = None
    return OverrideFilter(
        part_id=(found.id if found else 0) if part else None,
        warehouse_id=(place.id if place else 0) if warehouse else None,
        in_force_on=None if everything else on,
    )


def divisions_by_id(session: Session) -> dict[int, Division]:
    """Every division, by code."""
    return {one.id: one for one in session.scalars(select(Division).order_by(Division.code))}


def names_of(session: Session, person_ids: Sequence[int | None]) -> dict[int, str]:
    """The names of people by their ids."""
    wanted = {one for one in person_ids if one is not None}
    found = session.execute(select(Person.id, Person.name).where(Person.id.in_(wanted)))
    return {row.id: row.name for row in found}
