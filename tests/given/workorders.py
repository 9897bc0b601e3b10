"""Repairs to test with: engineers and managers at work, work orders, and parts that came for them."""

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from inventory import sourcing, workorders
from inventory.actor import Actor
from inventory.catalogue.models import Part
from inventory.identity.models import Person, Role
from inventory.network.models import Warehouse
from inventory.sourcing.models import PartRequestLine
from inventory.workorders import OpeningRules, WorkOrder, WorkOrderWish
from tests.given.catalogue import model as new_model
from tests.given.ledger import NOON, acting, stock
from tests.given.network import warehouse as new_warehouse
from tests.given.people import person as new_person

RULES = OpeningRules(phone_key=b"a key of the tests", repeat_within=timedelta(days=90))
_numbers = count(1)


@dataclass(frozen=True)
class Repair:
    """A work order with those who have to do with it."""

    work_order: WorkOrder
    station: Warehouse
    engineer: Actor
    manager: Actor


def at_work(session: Session, role: Role | str, *stations: Warehouse, person: Person | None = None) -> Actor:
    """Somebody who holds a role at these warehouses by a binding, at work under a command."""
    return acting(session, role, *stations, person=person or new_person(session, role, *stations))


def call(session: Session, station: Warehouse, engineer: Actor, **said: Any) -> WorkOrderWish:
    """What a caller says, and who is to come."""
    number = next(_numbers)
    told: dict[str, Any] = {
        "warehouse": station.code,
        "engineer": session.get_one(Person, engineer.person_id).login,
        "customer_name": "李阿姨",
        "customer_phone": f"138{number:08}",
        "customer_address": "青岛市市南区香港中路 10 号",
        "serial": f"SN{number:06}",
        "symptom": "不制冷",
        **said,
    }
    if "model" not in told:
        told["model"] = new_model(session).code
    assert set(told) <= {field.name for field in fields(WorkOrderWish)}, "a caller says nothing else"
    return WorkOrderWish(**told)


def repair(session: Session, station: Warehouse | None = None, *, opened_at: datetime = NOON, **said: Any) -> Repair:
    """An open work order of a new engineer at a repair centre, by default a new one, with its manager."""
    station = station or new_warehouse(session)
    engineer, manager = at_work(session, "engineer", station), at_work(session, "station_manager", station)
    wish = call(session, station, engineer, **said)
    work_order = workorders.open_work_order(session, wish, RULES, by=manager, at=opened_at)
    return Repair(work_order, station, engineer, manager)


def asked_for(
    session: Session, repair: Repair, part: Part, quantity: int = 1, *, at: datetime = NOON
) -> PartRequestLine:
    """A part that the engineer asked for; what is on the centre's own shelf is earmarked at once."""
    wish = sourcing.PartRequestWish(repair.station.code, [sourcing.WishedLine(part.number, quantity)])
    accepted = workorders.request_parts_for(session, repair.work_order.number, wish, by=repair.engineer, at=at)
    return session.get_one(PartRequestLine, accepted.lines[0].line_id)


def arrived(session: Session, repair: Repair, part: Part, *lots: int, at: datetime = NOON) -> PartRequestLine:
    """A part that lies at the repair centre for the work order, in a lot of so many units each, oldest first."""
    for age, quantity in enumerate(lots):
        stock(session, repair.station, part, quantity, received_at=at - timedelta(days=30 - age))
    return asked_for(session, repair, part, sum(lots), at=at)
