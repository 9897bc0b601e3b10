"""Overrides: what a person wants otherwise for one part at one warehouse, with a reason and a last day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, text
from sqlalchemy.orm import Session, aliased

from inventory import catalogue, identity, network
from inventory.actor import Actor
from inventory.catalogue.models import Part
from inventory.errors import NotFound
from inventory.identity import Permission, Person
from inventory.network.models import Warehouse
from inventory.planning.policies.errors import (
    ExpiryOutOfBounds,
    KeptButNotStocked,
    LeadTimeOutOfBounds,
    MinimumAboveMaximum,
    OverrideEmpty,
    OverrideLifted,
    OverrideUnknown,
    WhyMissing,
)
from inventory.planning.policies.meanwhile import replaced_meanwhile
from inventory.planning.policies.models import PlaceOverride, PlanningSetting
from inventory.planning.policies.rules import Service, check_service

_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended('place_override:' || :part || ':' || :place, 1))")
LEAD_TIME_DAYS_MAX = 1000
REPLACED = "replaced"


@dataclass(frozen=True, slots=True)
class OverrideWish:
    """What is to hold for a part at a warehouse, by their numbers; None leaves a value as the rules tell it.

    `replaces` is the id of the override that one saw in force there; None where one saw none.
    """

    part: str
    warehouse: str
    reason: str
    expires_on: date
    stocked: bool | None = None
    minimum: int | None = None
    maximum: int | None = None
    safety_stock: int | None = None
    service: Service | None = None
    lead_time_days: Decimal | None = None
    lead_time_sd_days: Decimal | None = None
    replaces: int | None = None

    @property
    def is_empty(self) -> bool:
        """It says nothing."""
        values = (self.stocked, self.minimum, self.maximum, self.safety_stock, self.service)
        return all(one is None for one in (*values, self.lead_time_days, self.lead_time_sd_days))


@dataclass(frozen=True, slots=True)
class ListedOverride:
    """An override with its part, its warehouse, and who set and who lifted it."""

    override: PlaceOverride
    part: Part
    warehouse: Warehouse
    set_by: Person
    lifted_by: Person | None


@dataclass(frozen=True, slots=True)
class OverrideFilter:
    """Which overrides: of a warehouse, of a part; those in force on a day, those that run out by a day."""

    warehouse_id: int | None = None
    part_id: int | None = None
    in_force_on: date | None = None
    expires_by: date | None = None


def set_override(session: Session, wish: OverrideWish, *, by: Actor, on: date, at: datetime) -> PlaceOverride:
    """Override a part at a warehouse; what was overridden there before is lifted.

    Raises: NotPermitted, NotFound, and what `wish` itself gets wrong; ChangedMeanwhile when another override stands
    than the one that was seen.
    """
    part, warehouse = catalogue.get_part(session, wish.part), place_within(session, wish.warehouse, by=by)
    _check(wish, on=on, days_max=session.get_one(PlanningSetting, 1).override_days_max)
    session.execute(_ONE_AT_A_TIME, {"part": str(part.id), "place": str(warehouse.id)})
    standing = find_override(session, part.id, warehouse.id)
    in_force = standing if standing and standing.expires_on >= on else None
    if wish.replaces != (in_force.id if in_force else None):
        raise replaced_meanwhile(session, in_force)
    if standing is not None:
        _lift(standing, REPLACED, by=by, at=at)
        session.flush()
    made = PlaceOverride(
        part_id=part.id,
        warehouse_id=warehouse.id,
        stocked=wish.stocked,
        minimum=wish.minimum,
        maximum=wish.maximum,
        safety_stock=wish.safety_stock,
        measure=wish.service and wish.service.measure,
        target=wish.service and wish.service.target,
        lead_time_days=wish.lead_time_days,
        lead_time_sd_days=wish.lead_time_sd_days,
        reason=wish.reason.strip(),
        expires_on=wish.expires_on,
        set_by_id=by.person_id,
        set_at=at,
    )
    session.add(made)
    session.flush()
    return made


def lift_override(session: Session, override_id: int, reason: str, *, by: Actor, at: datetime) -> PlaceOverride:
    """End an override before its day: the rules tell again.

    Raises: NotPermitted, OverrideUnknown, OverrideLifted, WhyMissing.
    """
    by.require(Permission.SET_POLICIES)
    override = session.get(PlaceOverride, override_id, with_for_update=True)
    if override is None or not by.may(Permission.SET_POLICIES, override.warehouse_id):
        raise OverrideUnknown()
    if override.lifted_at is not None:
        raise OverrideLifted(override=override_id)
    if not reason.strip():
        raise WhyMissing()
    _lift(override, reason.strip(), by=by, at=at)
    return override


def find_override(session: Session, part_id: int, warehouse_id: int) -> PlaceOverride | None:
    """The override of a place that nobody has lifted; its last day may be over."""
    query = select(PlaceOverride).where(
        PlaceOverride.part_id == part_id,
        PlaceOverride.warehouse_id == warehouse_id,
        PlaceOverride.lifted_at.is_(None),
    )
    return session.scalars(query).one_or_none()


def list_overrides(
    session: Session, wanted: OverrideFilter, *, by: Actor, after: tuple[date, int] | None = None, limit: int = 50
) -> Sequence[ListedOverride]:
    """Overrides within reach, the last day that comes first before the others; `after` a (last day, id) seen.

    Raises: NotPermitted.
    """
    by.require(Permission.SEE_POLICIES)
    query = _listed().where(*_conditions(wanted, by=by)).order_by(PlaceOverride.expires_on, PlaceOverride.id)
    if after is not None:
        day, id = after
        later = and_(PlaceOverride.expires_on == day, PlaceOverride.id > id)
        query = query.where(or_(PlaceOverride.expires_on > day, later))
    return [ListedOverride(*row) for row in session.execute(query.limit(limit))]


def count_overrides(session: Session, wanted: OverrideFilter, *, by: Actor) -> int:
    """How many there are within reach."""
    query = select(func.count()).select_from(PlaceOverride).where(*_conditions(wanted, by=by))
    return session.scalar(query) or 0


def list_overrides_of_place(session: Session, part_id: int, warehouse_id: int) -> Sequence[ListedOverride]:
    """All that was ever overridden at a place, latest first."""
    of_place = (PlaceOverride.part_id == part_id, PlaceOverride.warehouse_id == warehouse_id)
    query = _listed().where(*of_place).order_by(PlaceOverride.id.desc())
    return [ListedOverride(*row) for row in session.execute(query)]


def _listed() -> Select[*tuple[Any, ...]]:
    setter, lifter = aliased(Person), aliased(Person)
    return (
        select(PlaceOverride, Part, Warehouse, setter, lifter)
        .join(Part, Part.id == PlaceOverride.part_id)
        .join(Warehouse, Warehouse.id == PlaceOverride.warehouse_id)
        .join(setter, setter.id == PlaceOverride.set_by_id)
        .outerjoin(lifter, lifter.id == PlaceOverride.lifted_by_id)
    )


def _conditions(wanted: OverrideFilter, *, by: Actor) -> list[ColumnElement[bool]]:
    conditions = [identity.covers(by, Permission.SEE_POLICIES, PlaceOverride.warehouse_id)]
    if wanted.warehouse_id is not None:
        conditions.append(PlaceOverride.warehouse_id == wanted.warehouse_id)
    if wanted.part_id is not None:
        conditions.append(PlaceOverride.part_id == wanted.part_id)
    if wanted.in_force_on is not None:
        conditions += [PlaceOverride.lifted_at.is_(None), PlaceOverride.expires_on >= wanted.in_force_on]
    if wanted.expires_by is not None:
        conditions.append(PlaceOverride.expires_on <= wanted.expires_by)
    return conditions


def place_within(
    session: Session, code: str, permission: Permission = Permission.SET_POLICIES, *, by: Actor
) -> Warehouse:
    """The warehouse of a code; a foreign one answers exactly like a missing one. Raises: NotPermitted, NotFound."""
    by.require(permission)
    found = network.find_warehouse(session, code)
    if found is None or not by.may(permission, found.id):
        raise NotFound(warehouse=code)
    return found


def _lift(override: PlaceOverride, reason: str, *, by: Actor, at: datetime) -> None:
    override.lifted_by_id, override.lifted_at, override.lift_reason = by.person_id, at, reason


def _check(wish: OverrideWish, *, on: date, days_max: int) -> None:
    last = on + timedelta(days=days_max)
    if not on <= wish.expires_on <= last:
        raise ExpiryOutOfBounds(first=on.isoformat(), last=last.isoformat())
    if not wish.reason.strip():
        raise WhyMissing()
    if wish.is_empty:
        raise OverrideEmpty()
    if wish.minimum is not None and wish.maximum is not None and wish.minimum > wish.maximum:
        raise MinimumAboveMaximum(minimum=wish.minimum, maximum=wish.maximum)
    if wish.stocked is False and (wish.minimum or wish.safety_stock):
        raise KeptButNotStocked()
    if wish.service is not None:
        check_service(wish.service)
    check_lead_time(wish.lead_time_days, wish.lead_time_sd_days)


def check_lead_time(days: Decimal | None, sd_days: Decimal | None) -> None:
    """Refuse what is no lead time. Raises: LeadTimeOutOfBounds."""
    if days is not None and not 0 < days <= LEAD_TIME_DAYS_MAX:
        raise LeadTimeOutOfBounds(days=str(days), most=LEAD_TIME_DAYS_MAX)
    if sd_days is not None and not 0 <= sd_days <= LEAD_TIME_DAYS_MAX:
        raise LeadTimeOutOfBounds(days=str(sd_days), most=LEAD_TIME_DAYS_MAX)
