"""Opening a work order: a call becomes a repair for an engineer of a repair centre."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from inventory import identity
from inventory.actor import Actor
from inventory.catalogue.models import ProductModel
from inventory.errors import NotFound, NotPermitted
from inventory.identity import Permission
from inventory.identity.models import Person
from inventory.network.models import Tier, Warehouse
from inventory.workorders.customers import recognise_customer
from inventory.workorders.engineers import get_engineer
from inventory.workorders.errors import ModelUnknown, NotARepairCentre, PurchasedInFuture, ReferenceUsed
from inventory.workorders.models import Appliance, WorkOrder, WorkOrderStatus
from inventory.workorders.telling import tell_work_order


@dataclass(frozen=True, slots=True)
class WorkOrderWish:
    """What a caller tells, and where the repair goes. `reference` is the call centre's own number, if it has one."""

    warehouse: str
    engineer: str
    customer_name: str
    customer_phone: str
    customer_address: str
    model: str
    serial: str
    symptom: str
    purchased_on: date | None = None
    reference: str = ""


@dataclass(frozen=True, slots=True)
class OpeningRules:
    """What opening needs beside the wish: the key of the telephone hash, and how long a repair can be repeated."""

    phone_key: bytes
    repeat_within: timedelta


def open_work_order(
    session: Session, wish: WorkOrderWish, rules: OpeningRules, *, by: Actor, at: datetime
) -> WorkOrder:
    """Open a work order for a customer's appliance, and recognise the caller, the appliance and a repeat repair.

    A second call for the same appliance within `repeat_within` of the last repair's end, or while it is still open,
    is a repeat repair.

    Raises: NotFound for a repair centre that is unknown or out of reach; NotARepairCentre; ModelUnknown;
    NotAnEngineerHere; PhoneUnreadable; PurchasedInFuture; ReferenceUsed.
    """
    warehouse = _repair_centre(session, wish.warehouse, by=by)
    engineer = get_engineer(session, warehouse.id, wish.engineer)
    model_id = _model(session, wish.model)
    if wish.purchased_on is not None and wish.purchased_on > (at + timedelta(days=1)).date():
        # The customer's date may be a day ahead of UTC; more than that nobody bought it.
        raise PurchasedInFuture(purchased_on=wish.purchased_on.isoformat())
    customer_id = recognise_customer(
        session, name=wish.customer_name, phone=wish.customer_phone, address=wish.customer_address, key=rules.phone_key
    )
    appliance_id = _recognise_appliance(session, model_id, wish, customer_id)
    repeated = _last_repair(session, appliance_id, since=at - rules.repeat_within)
    work_order = _insert(
        session,
        wish.reference,
        warehouse_id=warehouse.id,
        engineer_id=engineer.id,
        appliance_id=appliance_id,
        customer_id=customer_id,
        symptom=wish.symptom,
        repeats_id=repeated.id if repeated else None,
        opened_by_id=by.person_id,
        opened_at=at,
    )
    tell_work_order(session, work_order, "opened", before=None, facts=_facts(engineer, repeated), by=by, at=at)
    return work_order


def _repair_centre(session: Session, code: str, *, by: Actor) -> Warehouse:
    if Permission.OPEN_WORK_ORDERS not in by.reach:
        raise NotPermitted(permission=Permission.OPEN_WORK_ORDERS)
    warehouse = session.scalar(
        select(Warehouse).where(
            Warehouse.code == code,
            Warehouse.active,
            identity.covers(by, Permission.OPEN_WORK_ORDERS, Warehouse.id),
        )
    )
    if warehouse is None:
        raise NotFound(warehouse=code)
    if warehouse.tier is not Tier.REPAIR:
        raise NotARepairCentre(warehouse=code)
    return warehouse


def _model(session: Session, code: str) -> int:
    model_id = session.scalar(select(ProductModel.id).where(ProductModel.code == code))
    if model_id is None:
        raise ModelUnknown(model=code)
    return model_id


def _recognise_appliance(session: Session, model_id: int, wish: WorkOrderWish, customer_id: int) -> int:
    """The appliance of this model and serial, now this customer's; its row is held, so that calls for it queue up."""
    made = insert(Appliance).values(
        model_id=model_id,
        serial=wish.serial.strip().upper(),
        customer_id=customer_id,
        purchased_on=wish.purchased_on,
    )
    query = made.on_conflict_do_update(
        index_elements=[Appliance.model_id, Appliance.serial],
        set_={
            "customer_id": made.excluded.customer_id,
            "purchased_on": func.coalesce(made.excluded.purchased_on, Appliance.purchased_on),
        },
    ).returning(Appliance.id)
    return session.execute(query).scalar_one()


def _last_repair(session: Session, appliance_id: int, *, since: datetime) -> WorkOrder | None:
    return session.scalar(
        select(WorkOrder)
        .where(
            WorkOrder.appliance_id == appliance_id,
            WorkOrder.status != WorkOrderStatus.CANCELLED,
            func.coalesce(WorkOrder.closed_at, WorkOrder.opened_at) >= since,
        )
        .order_by(WorkOrder.id.desc())
        .limit(1)
    )


def _insert(session: Session, reference: str, **columns: Any) -> WorkOrder:
    made = (
        insert(WorkOrder)
        .values(reference=reference, status=WorkOrderStatus.OPEN, **columns)
        .on_conflict_do_nothing(
            index_elements=[WorkOrder.warehouse_id, WorkOrder.reference], index_where=text("reference <> ''")
        )
        .returning(WorkOrder)
    )
    work_order = session.scalar(made)
    if work_order is None:
        first = session.scalars(
            select(WorkOrder).where(WorkOrder.warehouse_id == columns["warehouse_id"], WorkOrder.reference == reference)
        ).one()
        raise ReferenceUsed(reference=reference, number=first.number)
    return work_order


def _facts(engineer: Person, repeated: WorkOrder | None) -> dict[str, Any]:
    facts: dict[str, Any] = {"engineer_id": engineer.id}
    return facts if repeated is None else {**facts, "repeats": repeated.number}
