"""Screens of purchase orders: what is ordered of whom, an order as it stands and its next step, drawing one up."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from http import HTTPStatus
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import format_decimal, gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from inventory import procurement
from inventory.actor import Actor
from inventory.catalogue import find_part
from inventory.db import database_now
from inventory.errors import Refusal
from inventory.identity import Permission
from inventory.procurement import UNDER_WAY, OrderFilter, OrderStatus, OrderView, PurchaseOrder
from inventory.warehousing import ExpectedReceipt
from web.auth import current_actor, requires
from web.command import command
from web.db import reading
from web.errors import message_of, status_of
from web.forms import keeping, required_day, typed
from web.pages import Card, Entry, Screens
from web.pages.purchase_forms import draft_lines, wanted_lines
from web.paging import read_page
from web.policies import local_day, names_of
from web.purchasing import as_workbook, line_wishes, on_paper, purchase_wishes
from web.requests import warehouse_id_of
from web.workplace import chosen_workplace

blueprint = Screens("purchase_orders", __name__)
DESK = (OrderStatus.DRAFT, OrderStatus.AWAITING_APPROVAL, OrderStatus.APPROVED)
STEPS = ("draft", "awaiting_approval", "approved", "sent", "confirmed", "received")


# The list


@blueprint.get("/purchase-orders")
@requires(Permission.SEE_PURCHASES)
def list_orders() -> Any:
    """Purchase orders within reach, newest first: the open ones, or those that fit."""
    by, place, words = current_actor(), chosen_workplace(), request.args.get("q", "").strip()[:40]
    if words.upper().startswith(f"{PurchaseOrder.prefix}-"):
        return to_order(words.upper())
    asked = {
        "status": request.args.get("status", "open"),
        "supplier": request.args.get("supplier", "").strip()[:80],
        "warehouse": request.args.get("warehouse", place.code if place else "").strip()[:40],
        "q": words,
    }
    with reading() as session:
        on = local_day(database_now(session))
        part = find_part(session, words) if words else None
        wanted = OrderFilter(
            statuses=_statuses(asked["status"]),
            supplier_words=asked["supplier"],
            warehouse_id=warehouse_id_of(session, asked["warehouse"] or None),
            part_id=(part.id if part else 0) if words else None,
            late_on=on if asked["status"] == "late" else None,
        )
        page = read_page(
            session,
            procurement.summaries(by, wanted),
            keys=[PurchaseOrder.id],
            key_of=lambda row: [row[0].id],
            cursor=request.args.get("cursor"),
            descending=True,
            scalars=False,
        )
    return render_template(
        "purchasing/orders.html",
        page=page,
        orders=[procurement.summary_of(row) for row in page.items],
        asked=asked,
        narrowed=any(asked[name] for name in ("supplier", "warehouse", "q")) or asked["status"] != "open",
        statuses=list(OrderStatus),
        under_way=UNDER_WAY,
        on=on,
    )


def _statuses(status: str) -> tuple[OrderStatus, ...]:
    if status == "open":
        return (*DESK, *UNDER_WAY)
    return (OrderStatus(status),) if status in set(OrderStatus) else ()


@blueprint.get("/purchase-orders/drafts")
@requires(Permission.SEE_PURCHASES)
def list_drafts() -> Response:
    """The list of drafts, as the home page leads there."""
    return redirect(url_for("purchase_orders.list_orders", status=OrderStatus.DRAFT), HTTPStatus.SEE_OTHER)


@blueprint.get("/purchase-orders/approved")
@requires(Permission.SEE_PURCHASES)
def list_approved() -> Response:
    """The list of what may be sent, as the home page leads there."""
    return redirect(url_for("purchase_orders.list_orders", status=OrderStatus.APPROVED), HTTPStatus.SEE_OTHER)


# Drawing one up


@blueprint.get("/purchase-orders/new")
@requires(Permission.BUY)
def show_new() -> str:
    """The form of new orders; `again` fills it with the lines of an earlier one."""
    again = request.args.get("again", "")
    with reading() as session:
        earlier = procurement.get_order(session, PurchaseOrder.id_of(again), by=current_actor()) if again else None
    supplier = request.args.get("supplier", "").strip()[:40]
    return render_template("purchasing/new.html", earlier=earlier, place=chosen_workplace(), supplier=supplier)


@blueprint.post("/purchase-orders")
@requires(Permission.BUY)
@keeping(show_new)
@command
def draft_orders(*, session: Session, by: Actor, at: datetime) -> Response:
    """Draw up orders for what was typed; it stays when it is refused."""
    lines = wanted_lines("lines", required_day("wanted_on"), warehouse=typed("warehouse"), supplier=typed("supplier"))
    orders = procurement.draft_orders(session, purchase_wishes(session, lines, by=by), note=typed("note"), by=by, at=at)
    numbers = ", ".join(one.number for one in orders[:20])
    flash(gettext("Drawn up: %(numbers)s. Nothing is ordered before it is submitted.", numbers=numbers), "success")
    if len(orders) == 1:
        return to_order(orders[0].number)
    return redirect(url_for("purchase_orders.list_orders", status=OrderStatus.DRAFT), HTTPStatus.SEE_OTHER)


# One order


@blueprint.get("/purchase-orders/<number>")
@requires(Permission.SEE_PURCHASES)
def show_order(number: str) -> str:
    """One order: its lines, the next step and who can take it, and what happened."""
    return _show(number)


def _show(number: str) -> str:
    by = current_actor()
    with reading() as session:
        view = procurement.get_order(session, PurchaseOrder.id_of(number), by=by)
        order, worth = view.order, view.amount * view.order.rate
        waits = order.status is OrderStatus.AWAITING_APPROVAL
        refusal = procurement.refusal_to_approve(session, order, by=by) if waits else None
        return render_template(
            "purchasing/order.html",
            view=view,
            order=order,
            steps=STEPS,
            names=names_of(session, [event.actor_id for event in view.events]),
            base=procurement.base_currency(session),
            worth=worth,
            needed=procurement.approvals_needed(session, worth),
            submission=procurement.submissions(session, [order.id]).get(order.id),
            why_not=_told(refusal),
            expected=ExpectedReceipt(id=order.expected_receipt_id).number if order.expected_receipt_id else None,
            buys=by.may(Permission.BUY, order.warehouse_id),
            approves=by.may(Permission.APPROVE_PURCHASES, order.warehouse_id),
            under_way=order.status in UNDER_WAY,
            on=local_day(database_now(session)),
        )


def _told(refusal: Refusal | None) -> str | None:
    return None if refusal is None else message_of(refusal.code, refusal.facts, status=status_of(refusal))


@blueprint.post("/purchase-orders/<number>/lines")
@requires(Permission.BUY)
@keeping(_show)
@command
def change_order(number: str, *, session: Session, by: Actor, at: datetime) -> Response:
    """Put the lines of the form in the place of those of a draft, and submit it where the button says so.

    What was typed stays when it is refused.
    """
    view = procurement.get_order(session, PurchaseOrder.id_of(number), by=by)
    wishes = line_wishes(session, view.order, draft_lines())
    order = procurement.change_order(session, view.order.id, wishes, note=typed("note"), by=by, at=at)
    if typed("then") != "submit":
        flash(gettext("%(number)s is changed.", number=order.number), "success")
        return to_order(number)
    procurement.submit_order(session, order.id, small_order_reason=typed("small_order_reason"), by=by, at=at)
    flash(told_as_submitted(order), "success")
    return to_order(number)


def told_as_submitted(order: PurchaseOrder) -> str:
    """What an order waits for once it is submitted."""
    if order.status is OrderStatus.APPROVED:
        return str(gettext("It needs nobody's approval: send it."))
    return str(gettext("It waits for approval by somebody who wrote none of it."))


@blueprint.get("/purchase-orders/<number>/pdf")
@requires(Permission.SEE_PURCHASES)
def print_order(number: str) -> Response:
    """The order on paper, in both languages."""
    return _document(number, on_paper)


@blueprint.get("/purchase-orders/<number>/xlsx")
@requires(Permission.SEE_PURCHASES)
def fetch_workbook(number: str) -> Response:
    """The order as a workbook whose amounts are formulas."""
    return _document(number, as_workbook)


def _document(number: str, make: Callable[[OrderView], Response]) -> Response:
    with reading() as session:
        return make(procurement.get_order(session, PurchaseOrder.id_of(number), by=current_actor()))


def to_order(number: str) -> Response:
    """Back to the order."""
    return redirect(url_for("purchase_orders.show_order", number=number), HTTPStatus.SEE_OTHER)


# Telling


@blueprint.app_template_filter("in_cents")
def tell_amount(amount: Decimal) -> str:
    """An amount with its thousands apart, rounded to cents."""
    return str(format_decimal(amount, format="#,##0.00"))


@blueprint.app_template_filter("cents")
def tell_price(price: Decimal) -> str:
    """A price with its cents, and more decimals where it has some."""
    return str(format_decimal(price, format="#,##0.00##"))


@blueprint.app_template_filter("as_amount")
def tell_kept_amount(amount: str) -> str:
    """An amount as a timeline keeps it."""
    return tell_amount(Decimal(amount))


@blueprint.app_template_filter("days_until")
def count_days(day: date, on: date) -> int:
    """How many days there are until a day; below zero it is past."""
    return (day - on).days


def _counting(status: OrderStatus) -> Callable[[Session, Actor, int | None, datetime], int]:
    def count(session: Session, by: Actor, warehouse_id: int | None, at: datetime) -> int:
        return procurement.count_orders(session, OrderFilter((status,), warehouse_id=warehouse_id), by=by)

    return count


NAVIGATION = (
    Entry("purchase_orders.list_orders", "Purchase orders", Permission.SEE_PURCHASES, order=42, icon="cart3"),
)
CARDS = (
    Card(
        "purchase_orders.list_drafts",
        "Drafts of purchase orders",
        Permission.BUY,
        _counting(OrderStatus.DRAFT),
        44,
        icon="pencil",
    ),
    Card(
        "purchase_orders.list_approved",
        "Approved, to be sent",
        Permission.BUY,
        _counting(OrderStatus.APPROVED),
        43,
        icon="send",
    ),
)
