"""Screens of work orders: the engineer's day, the repair centre's list, a call taken down, one repair and its end."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app, flash, render_template, request
from flask_babel import gettext
from marshmallow import ValidationError
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from inventory import network, workorders
from inventory.actor import Actor
from inventory.db import database_now
from inventory.identity import Permission, Person
from inventory.network import Tier
from inventory.workorders import (
    History,
    HistoryEntry,
    Risk,
    WorkOrderFilter,
    WorkOrderStatus,
    WorkOrderSummary,
    WorkOrderWish,
)
from web.auth import current_actor, requires
from web.command import command
from web.db import reading
from web.pages import Card, Entry, Screens
from web.pages.drawing import (
    REASONS_TO_CANCEL_PART,
    REASONS_TO_GIVE_BACK,
    REASONS_TO_TAKE_OUT,
    REMARK_LENGTH_MAX,
    back_to,
    read_reason,
)
from web.paging import LIMIT_DEFAULT, unpack_cursor
from web.requests import page_of_rows
from web.schemas.workorders import WorkOrderInput
from web.showing import word_of
from web.wire import InputRefused
from web.workorders import opening_rules, told_facts
from web.workplace import chosen_workplace, required_workplace

blueprint = Screens("workorders", __name__)

STAGES = ("here", "new", "fitted", "coming")
# Why something is not wanted, as codes that are told in either language; beside them anybody may write his own words.
REASONS_TO_CANCEL = ("customer_cancelled", "solved_by_phone", "opened_twice")


@dataclass(frozen=True, slots=True)
class Step:
    """What one command did: entries of the history that belong together."""

    at: datetime
    who: str
    entries: list[tuple[HistoryEntry, dict[str, Any]]]


# The engineer's day and the repair centre's list


@blueprint.get("/work-orders/mine")
@requires(Permission.DRAW_PARTS)
def show_mine() -> str:
    """The engineer's own open work orders by what is next: at the head what he can do now, each by its clock."""
    with reading() as session:
        at = database_now(session)
        mine = sorted(workorders.list_my_work_orders(session, by=current_actor()), key=_clock)
    stages = [(stage, [one for one in mine if _stage(one) == stage]) for stage in STAGES]
    return render_template(
        "workorders/mine.html", stages=[pair for pair in stages if pair[1]], count=len(mine), at=at, Risk=Risk
    )


def _stage(one: WorkOrderSummary) -> str:
    """What the engineer does next: fit what is here, ask for a part, close what is repaired, or wait."""
    parts = one.parts
    if parts.waiting or parts.in_custody:
        return "here"
    if parts.to_come:
        return "coming"
    return "fitted" if parts.fitted else "new"


def _clock(one: WorkOrderSummary) -> tuple[datetime, int]:
    return one.parts.due_at or one.opened_at, one.id


@blueprint.get("/work-orders")
@requires(Permission.SEE_WORK_ORDERS)
def list_orders() -> str:
    """The work orders within reach, at the workplace where one is chosen, newest first."""
    place, by = chosen_workplace(), current_actor()
    chosen = request.args.get("status", WorkOrderStatus.OPEN)
    phone = request.args.get("phone", "").strip()[:40]
    wanted = WorkOrderFilter(
        status=WorkOrderStatus(chosen) if chosen in list(WorkOrderStatus) else None,
        engineer=request.args.get("engineer", "")[:80] or None,
        warehouse=place.code if place else None,
        search=request.args.get("q", "").strip()[:80],
        phone_hash=workorders.phone_hash(phone, opening_rules().phone_key) if phone else None,
    )
    cursor = request.args.get("cursor")
    (before,) = unpack_cursor(cursor, [int]) if cursor else (None,)
    with reading() as session:
        at = database_now(session)
        found = workorders.list_work_orders(session, wanted, by=by, before=before, limit=LIMIT_DEFAULT + 1)
        engineers = workorders.list_engineers(session, place.id) if place else ()
    page = page_of_rows(found, LIMIT_DEFAULT, lambda one: [one.id])
    return render_template(
        "workorders/list.html",
        page=page,
        at=at,
        place=place,
        engineers=engineers,
        engineer_choices=_choices(engineers),
        status_choices=[*((one, word_of(one)) for one in WorkOrderStatus), ("all", gettext("All"))],
        chosen=chosen,
        narrowed=bool(wanted.search or phone or wanted.engineer),
    )


# A call


@blueprint.get("/work-orders/new")
@requires(Permission.OPEN_WORK_ORDERS)
def show_new() -> str:
    """The form that takes down a call for the repair centre somebody works at."""
    place, by = required_workplace(), current_actor()
    with reading() as session:
        warehouse = network.get_warehouse(session, place.code)
        engineers = workorders.list_engineers(session, place.id)
        today = database_now(session).astimezone(current_app.config["TIMEZONE"]).date()
    return render_template(
        "workorders/new.html",
        place=place,
        engineers=engineers,
        engineer_choices=_choices(engineers),
        today=today,
        mine=next((one.login for one in engineers if one.id == by.person_id), ""),
        is_repair_centre=warehouse.tier is Tier.REPAIR,
    )


@blueprint.post("/work-orders")
@requires(Permission.OPEN_WORK_ORDERS)
@command
def open_order(*, session: Session, by: Actor, at: datetime) -> AnyResponse:
    """Open a work order for the call."""
    work_order = workorders.open_work_order(session, _read_call(), opening_rules(), by=by, at=at)
    flash(gettext("Work order %(number)s is open.", number=work_order.number), "success")
    return back_to(work_order.number)


def _read_call() -> WorkOrderWish:
    """What the form says, under the same bounds as through the API.

    Raises: InputRefused.
    """
    form = request.form
    said = {
        "warehouse": form.get("warehouse", ""),
        "engineer": form.get("engineer", ""),
        "customer": {name: form.get(name, "") for name in ("name", "phone", "address")},
        "appliance": {
            "model": form.get("model", ""),
            "serial": form.get("serial", ""),
            "purchased_on": form.get("purchased_on") or None,
        },
        "symptom": " ".join(form.get("symptom", "").split()),
        "reference": form.get("reference", ""),
    }
    try:
        wish: WorkOrderWish = WorkOrderInput().load(said)
    except ValidationError as error:
        raise InputRefused(error.normalized_messages()) from error
    return wish


# One repair


@blueprint.get("/work-orders/<number>")
@requires(Permission.SEE_WORK_ORDERS)
def show_order(number: str) -> str:
    """A work order: whom to visit, what is wrong, how each part stands, what to do next, and how it came about."""
    by = current_actor()
    with reading() as session:
        at = database_now(session)
        view = workorders.view_work_order(session, number, by=by)
        history = workorders.history_of(session, number, by=by)
        dispatches = by.may(Permission.DISPATCH_WORK_ORDERS, view.summary.warehouse_id)
        engineers = workorders.list_engineers(session, view.summary.warehouse_id) if dispatches else ()
    successors = [one for one in engineers if one.id != view.summary.engineer_id]
    place, is_open = view.summary.warehouse_id, view.summary.status is WorkOrderStatus.OPEN
    acts = view.mine or dispatches
    return render_template(
        "workorders/order.html",
        view=view,
        one=view.summary,
        at=at,
        steps=_steps(history),
        names={one.code: one for one in history.warehouses.values()},
        engineers=successors,
        engineer_choices=_choices(successors),
        may_draw=acts and is_open and by.may(Permission.DRAW_PARTS, place),
        may_request=acts and is_open and by.may(Permission.REQUEST_PARTS, place),
        may_withdraw=acts and by.may(Permission.CANCEL_REQUESTS, place),
        may_close=acts and by.may(Permission.CLOSE_WORK_ORDERS, place),
        may_erase=by.may(Permission.ERASE_CUSTOMERS) and not view.summary.customer.erased,
        is_open=is_open,
        next_step=_next_step(view.summary) if is_open and acts else None,
        reasons_to_cancel=REASONS_TO_CANCEL,
        reasons_to_cancel_part=REASONS_TO_CANCEL_PART,
        reasons_to_give_back=REASONS_TO_GIVE_BACK,
        reasons_to_take_out=REASONS_TO_TAKE_OUT,
        Risk=Risk,
    )


def _next_step(one: WorkOrderSummary) -> str:
    """The one thing to do next: ask for a part, complete what is repaired, else what stands at the parts themselves."""
    return {"new": "request", "fitted": "complete"}.get(_stage(one), "parts")


def _choices(engineers: Sequence[Person]) -> list[tuple[str, str]]:
    return [(one.login, one.name) for one in engineers]


def _steps(history: History) -> Sequence[Step]:
    """The history by command: what was done in one breath stands together, the latest first."""
    steps: list[Step] = []
    last_command = None
    for entry in history.entries:
        if not steps or entry.command_id != last_command or entry.at != steps[-1].at:
            steps.append(Step(entry.at, entry.who, []))
        last_command = entry.command_id
        steps[-1].entries.append((entry, told_facts(history, entry.facts)))
    return steps[::-1]


# What is done to the work order


@blueprint.post("/work-orders/<number>/complete")
@requires(Permission.CLOSE_WORK_ORDERS)
@command
def complete_order(number: str, *, session: Session, by: Actor, at: datetime) -> AnyResponse:
    """Close a work order whose repair is done."""
    remark = request.form.get("remark", "").strip()[:REMARK_LENGTH_MAX]
    workorders.complete_work_order(session, number, remark=remark, by=by, at=at)
    flash(gettext("The repair is completed."), "success")
    return back_to(number)


@blueprint.post("/work-orders/<number>/cancel")
@requires(Permission.CLOSE_WORK_ORDERS)
@command
def cancel_order(number: str, *, session: Session, by: Actor, at: datetime) -> AnyResponse:
    """Call a work order off."""
    workorders.cancel_work_order(session, number, reason=read_reason(), by=by, at=at)
    flash(gettext("The work order is called off."), "success")
    return back_to(number)


@blueprint.post("/work-orders/<number>/reopen")
@requires(Permission.CLOSE_WORK_ORDERS)
@command
def reopen_order(number: str, *, session: Session, by: Actor, at: datetime) -> AnyResponse:
    """Open a completed work order again."""
    workorders.reopen_work_order(session, number, reason=read_reason(), by=by, at=at)
    flash(gettext("The work order is open again."), "success")
    return back_to(number)


@blueprint.post("/work-orders/<number>/reassign")
@requires(Permission.DISPATCH_WORK_ORDERS)
@command
def reassign_order(number: str, *, session: Session, by: Actor, at: datetime) -> AnyResponse:
    """Give a work order to another engineer of the repair centre."""
    workorders.reassign_work_order(
        session, number, engineer=request.form.get("engineer", "")[:80], reason=read_reason(), by=by, at=at
    )
    flash(gettext("The work order has another engineer now."), "success")
    return back_to(number)


@blueprint.post("/work-orders/<number>/customer/erase")
@requires(Permission.ERASE_CUSTOMERS)
@command
def erase_customer(number: str, *, session: Session, by: Actor, at: datetime) -> AnyResponse:
    """Overwrite the customer's personal data for good."""
    work_order = workorders.get_work_order(session, number, by=by)
    workorders.erase_customer(session, work_order.customer_id, by=by, at=at)
    flash(gettext("The customer's personal data are erased."), "success")
    return back_to(number)


# The home page


def _count_mine(session: Session, by: Actor, warehouse_id: int | None, at: datetime) -> int:
    return workorders.count_my_work_orders(session, by=by)


def _count_to_draw(session: Session, by: Actor, warehouse_id: int | None, at: datetime) -> int:
    return workorders.count_to_draw(session, by=by)


def _count_open(session: Session, by: Actor, warehouse_id: int | None, at: datetime) -> int:
    return workorders.count_open_work_orders(session, warehouse_id=warehouse_id, by=by)


NAVIGATION = (
    Entry("workorders.show_mine", "My repairs", Permission.DRAW_PARTS, order=10, icon="tools"),
    Entry("workorders.list_orders", "Work orders", Permission.SEE_WORK_ORDERS, order=12, icon="clipboard-check"),
)
CARDS = (
    Card("workorders.show_mine", "Parts for you to draw", Permission.DRAW_PARTS, _count_to_draw, 5, "box-arrow-up"),
    Card("workorders.show_mine", "My open repairs", Permission.DRAW_PARTS, _count_mine, 10, "tools"),
    Card(
        "workorders.list_orders",
        "Open work orders",
        Permission.SEE_WORK_ORDERS,
        _count_open,
        12,
        "clipboard-check",
    ),
)
