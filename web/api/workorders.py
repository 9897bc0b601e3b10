"""Work orders: opened by a call, their parts drawn, fitted and given back, closed, and how it all came about."""

from dataclasses import asdict, fields
from datetime import datetime
from http import HTTPStatus
from typing import Any

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory import workorders
from inventory.actor import Actor
from inventory.db import database_now
from inventory.identity import Permission, Person
from inventory.network import Warehouse
from inventory.workorders import (
    History,
    HistoryEntry,
    PartLine,
    WorkOrder,
    WorkOrderFilter,
    WorkOrderStatus,
    WorkOrderSummary,
    WorkOrderWish,
)
from web.api import Blueprint
from web.auth import current_actor, requires
from web.command import command
from web.db import reading
from web.paging import unpack_cursor
from web.requests import page_of_rows
from web.schemas import page_of
from web.schemas.workorders import (
    ErasedOutput,
    ForTheShelfListOutput,
    PartsActInput,
    ReasonInput,
    ReassignInput,
    RemarkInput,
    StockedUpOutput,
    StockUpInput,
    TimelineOutput,
    WorkOrderDetailOutput,
    WorkOrderInput,
    WorkOrderOutput,
    WorkOrderPartsOutput,
    WorkOrderQuery,
    WorkOrderStateOutput,
)
from web.workorders import PartsAct, act_on_parts, opening_rules, told_facts

blueprint = Blueprint("api_workorders", __name__, description="Repairs and the parts drawn and fitted for them")


@blueprint.post("/work-orders")
@requires(Permission.OPEN_WORK_ORDERS)
@blueprint.arguments(WorkOrderInput)
@command
@blueprint.response(HTTPStatus.CREATED, WorkOrderStateOutput)
def open_work_order(wish: WorkOrderWish, *, session: Session, by: Actor, at: datetime) -> Any:
    """Open a work order for a call; caller, appliance and repeat repairs are recognised."""
    work_order = workorders.open_work_order(session, wish, opening_rules(), by=by, at=at)
    address = url_for("api_workorders.show_work_order", number=work_order.number)
    return _state(session, work_order), HTTPStatus.CREATED, {"Location": address}


@blueprint.get("/work-orders")
@requires(Permission.SEE_WORK_ORDERS)
@blueprint.arguments(WorkOrderQuery, location="query")
@blueprint.response(HTTPStatus.OK, page_of(WorkOrderOutput))
def list_work_orders(query: dict[str, Any]) -> dict[str, Any]:
    """The work orders within reach, newest first."""
    (before,) = unpack_cursor(query["cursor"], [int]) if query["cursor"] else (None,)
    wanted = WorkOrderFilter(
        status=WorkOrderStatus(query["status"]) if query["status"] else None,
        engineer=query["engineer"],
        warehouse=query["warehouse"],
        search=query["q"],
        phone_hash=workorders.phone_hash(query["phone"], opening_rules().phone_key) if query["phone"] else None,
    )
    with reading() as session:
        at = database_now(session)
        rows = workorders.list_work_orders(session, wanted, by=current_actor(), before=before, limit=query["limit"] + 1)
    page = page_of_rows(rows, query["limit"], lambda one: [one.id])
    return {"items": [_summary(one, at) for one in page.items], "next_cursor": page.next_cursor}


@blueprint.get("/work-orders/<number>")
@requires(Permission.SEE_WORK_ORDERS)
@blueprint.response(HTTPStatus.OK, WorkOrderDetailOutput)
def show_work_order(number: str) -> dict[str, Any]:
    """All of a work order, its part lines among it."""
    with reading() as session:
        at = database_now(session)
        view = workorders.view_work_order(session, number, by=current_actor())
    return {**_summary(view.summary, at), "repeats": view.repeats, "parts": [_line(one, at) for one in view.lines]}


@blueprint.get("/work-orders/<number>/timeline")
@requires(Permission.SEE_WORK_ORDERS)
@blueprint.response(HTTPStatus.OK, TimelineOutput)
def show_timeline(number: str) -> dict[str, Any]:
    """What happened to a work order, to its part lines and its parts: who, when, what, why."""
    with reading() as session:
        history = workorders.history_of(session, number, by=current_actor())
    return {"number": number.strip().upper(), "items": [_entry(one, history) for one in history.entries]}


@blueprint.post("/work-orders/<number>/parts")
@requires(Permission.DRAW_PARTS)
@blueprint.arguments(PartsActInput)
@command
@blueprint.response(HTTPStatus.OK, WorkOrderPartsOutput)
def change_parts(act: PartsAct, number: str, *, session: Session, by: Actor, at: datetime) -> dict[str, Any]:
    """Draw parts that came, fit drawn ones or give them back, free what is not needed."""
    act_on_parts(session, number, act, by=by, at=at)
    view = workorders.view_work_order(session, number, by=by)
    return {"number": view.summary.number, "parts": [_line(one, at) for one in view.lines]}


@blueprint.post("/work-orders/<number>/complete")
@requires(Permission.CLOSE_WORK_ORDERS)
@blueprint.arguments(RemarkInput)
@command
@blueprint.response(HTTPStatus.OK, WorkOrderStateOutput)
def complete_work_order(wish: dict[str, Any], number: str, *, session: Session, by: Actor, at: datetime) -> Any:
    """Close a work order whose repair is done; what is still on order is cancelled, what came unused is freed."""
    return _state(session, workorders.complete_work_order(session, number, remark=wish["remark"], by=by, at=at))


@blueprint.post("/work-orders/<number>/cancel")
@requires(Permission.CLOSE_WORK_ORDERS)
@blueprint.arguments(ReasonInput)
@command
@blueprint.response(HTTPStatus.OK, WorkOrderStateOutput)
def cancel_work_order(wish: dict[str, Any], number: str, *, session: Session, by: Actor, at: datetime) -> Any:
    """Call a work order off; what is still on order is cancelled, what came is freed."""
    return _state(session, workorders.cancel_work_order(session, number, reason=wish["reason"], by=by, at=at))


@blueprint.post("/work-orders/<number>/reopen")
@requires(Permission.CLOSE_WORK_ORDERS)
@blueprint.arguments(ReasonInput)
@command
@blueprint.response(HTTPStatus.OK, WorkOrderStateOutput)
def reopen_work_order(wish: dict[str, Any], number: str, *, session: Session, by: Actor, at: datetime) -> Any:
    """Open a completed work order again."""
    return _state(session, workorders.reopen_work_order(session, number, reason=wish["reason"], by=by, at=at))


@blueprint.post("/work-orders/<number>/reassign")
@requires(Permission.DISPATCH_WORK_ORDERS)
@blueprint.arguments(ReassignInput)
@command
@blueprint.response(HTTPStatus.OK, WorkOrderStateOutput)
def reassign_work_order(wish: dict[str, Any], number: str, *, session: Session, by: Actor, at: datetime) -> Any:
    """Give a work order to another engineer of its repair centre; what the first one holds goes along."""
    return _state(session, workorders.reassign_work_order(session, number, **wish, by=by, at=at))


@blueprint.post("/customers/<int:customer_id>/erase")
@requires(Permission.ERASE_CUSTOMERS)
@command
@blueprint.response(HTTPStatus.OK, ErasedOutput)
def erase_customer(customer_id: int, *, session: Session, by: Actor, at: datetime) -> dict[str, Any]:
    """Overwrite a customer's personal data for good; appliances and repairs stay."""
    workorders.erase_customer(session, customer_id, by=by, at=at)
    return {"customer": customer_id, "erased_at": at}


@blueprint.get("/stock-arrivals")
@requires(Permission.PUT_AWAY)
@blueprint.response(HTTPStatus.OK, ForTheShelfListOutput)
def list_stock_arrivals() -> dict[str, Any]:
    """What came for repair centres' own stock and waits to be put on the shelf."""
    with reading() as session:
        return {"items": workorders.list_for_the_shelf(session, by=current_actor())}


@blueprint.post("/stock-arrivals/<int:line_id>/stock-up")
@requires(Permission.PUT_AWAY)
@blueprint.arguments(StockUpInput)
@command
@blueprint.response(HTTPStatus.OK, StockedUpOutput)
def stock_up(wish: dict[str, Any], line_id: int, *, session: Session, by: Actor, at: datetime) -> dict[str, Any]:
    """Put what came for the station's own stock on the shelf: it is free stock from now on."""
    workorders.stock_up(session, line_id, wish["quantity"], by=by, at=at)
    return {"line": line_id, "quantity": wish["quantity"]}


def _state(session: Session, work_order: WorkOrder) -> dict[str, Any]:
    warehouse, engineer = session.execute(
        select(Warehouse.code, Person.login)
        .join(Person, Person.id == work_order.engineer_id)
        .where(Warehouse.id == work_order.warehouse_id)
    ).one()
    return {
        "number": work_order.number,
        "status": work_order.status,
        "warehouse": warehouse,
        "engineer": engineer,
        "customer": work_order.customer_id,
        "repeated": work_order.repeats_id is not None,
        "opened_at": work_order.opened_at,
        "closed_at": work_order.closed_at,
    }


def _summary(one: WorkOrderSummary, at: datetime) -> dict[str, Any]:
    return {
        "number": one.number,
        "status": one.status,
        "warehouse": one.warehouse,
        "engineer": one.engineer,
        "engineer_name": one.engineer_name,
        "customer": one.customer,
        "appliance": one,
        "symptom": one.symptom,
        "reference": one.reference,
        "repeated": one.repeated,
        "opened_at": one.opened_at,
        "closed_at": one.closed_at,
        "parts_state": {**asdict(one.parts), "risk": one.parts.risk(at)},
    }


def _line(one: PartLine, at: datetime) -> dict[str, Any]:
    counted = ("waiting", "in_custody", "fitted", "given_back", "request")
    return {
        **{field.name: getattr(one, field.name) for field in fields(one)},
        **{name: getattr(one, name) for name in counted},
        "risk_now": one.risk(at),
    }


def _entry(one: HistoryEntry, history: History) -> dict[str, Any]:
    return {**asdict(one), "facts": told_facts(history, one.facts)}
