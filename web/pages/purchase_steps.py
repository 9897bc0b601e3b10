"""What is done to a purchase order on its screen: each form is one step, told and shown again on the order."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus

from flask import flash, redirect, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from inventory import procurement
from inventory.actor import Actor
from inventory.identity import Permission
from inventory.procurement import OrderStatus, PurchaseOrder
from web.auth import requires
from web.command import command
from web.forms import typed, typed_day
from web.pages import Screens
from web.pages.purchase_forms import confirmed_lines, left_lines
from web.pages.purchase_orders import to_order

blueprint = Screens("purchase_order_steps", __name__)
LISTS = {"approve": "purchases_waiting.list_to_approve", "chase": "purchases_waiting.list_to_chase"}
Reasoned = Callable[..., PurchaseOrder]


@blueprint.post("/purchase-orders/<number>/approve")
@requires(Permission.APPROVE_PURCHASES)
@command
def approve(number: str, *, session: Session, by: Actor, at: datetime) -> Response:
    """Approve what somebody else drew up."""
    order = procurement.approve_order(session, PurchaseOrder.id_of(number), by=by, at=at)
    if order.status is OrderStatus.APPROVED:
        flash(gettext("%(number)s is approved: its buyer may send it.", number=order.number), "success")
    else:
        flash(gettext("Your approval is noted; it needs another one."), "success")
    return _next(order.number)


@blueprint.post("/purchase-orders/<number>/reject")
@requires(Permission.APPROVE_PURCHASES)
@command
def reject(number: str, *, session: Session, by: Actor, at: datetime) -> Response:
    """Give an order back to who drew it up."""
    _with_reason(procurement.reject_order, number, session=session, by=by, at=at)
    flash(gettext("%(number)s is a draft again, with your reason.", number=number), "success")
    return _next(number)


@blueprint.post("/purchase-orders/<number>/withdraw")
@requires(Permission.BUY)
@command
def withdraw(number: str, *, session: Session, by: Actor, at: datetime) -> Response:
    """Take an order that was not sent back to the desk."""
    _with_reason(procurement.withdraw_order, number, session=session, by=by, at=at)
    flash(gettext("It is a draft again."), "success")
    return to_order(number)


@blueprint.post("/purchase-orders/<number>/cancel")
@requires(Permission.BUY)
@command
def cancel(number: str, *, session: Session, by: Actor, at: datetime) -> Response:
    """Give an order up; of one under way what has not come is closed short."""
    _with_reason(procurement.cancel_order, number, session=session, by=by, at=at)
    flash(gettext("Nothing more is expected of %(number)s.", number=number), "success")
    return to_order(number)


@blueprint.post("/purchase-orders/<number>/send")
@requires(Permission.BUY)
@command
def send(number: str, *, session: Session, by: Actor, at: datetime) -> Response:
    """Note that an approved order went to the supplier; the dock expects it from now on."""
    procurement.send_order(session, PurchaseOrder.id_of(number), by=by, at=at)
    flash(gettext("It is on order, and the dock expects it."), "success")
    return to_order(number)


@blueprint.post("/purchase-orders/<number>/confirm")
@requires(Permission.BUY)
@command
def confirm(number: str, *, session: Session, by: Actor, at: datetime) -> Response:
    """Write down what the supplier confirms: days and quantities that differ; the rest as it stands."""
    view = procurement.get_order(session, PurchaseOrder.id_of(number), by=by)
    news = confirmed_lines(session, view)
    procurement.confirm_order(session, view.order.id, news, reference=typed("reference"), by=by, at=at)
    flash(gettext("What the supplier confirmed is noted; the dock expects that."), "success")
    return to_order(number)


@blueprint.post("/purchase-orders/<number>/announce")
@requires(Permission.BUY)
@command
def announce(number: str, *, session: Session, by: Actor, at: datetime) -> Response:
    """Write down what has left the supplier, and when it should be here."""
    procurement.announce_shipment(session, PurchaseOrder.id_of(number), left_lines(session), by=by, at=at)
    flash(gettext("The shipment is noted: it is on its way to us."), "success")
    return to_order(number)


@blueprint.post("/purchase-orders/<number>/chase")
@requires(Permission.BUY)
@command
def chase(number: str, *, session: Session, by: Actor, at: datetime) -> Response:
    """Keep what the supplier said about late goods, and when to ask again."""
    procurement.chase_order(
        session, PurchaseOrder.id_of(number), note=typed("note"), chase_on=typed_day("chase_on"), by=by, at=at
    )
    flash(gettext("What the supplier said is noted."), "success")
    return _next(number)


def _with_reason(step: Reasoned, number: str, *, session: Session, by: Actor, at: datetime) -> None:
    step(session, PurchaseOrder.id_of(number), reason=typed("reason"), by=by, at=at)


def _next(number: str) -> Response:
    """Back to the list from which the step was taken, else to the order."""
    listed = LISTS.get(request.form.get("from", ""))
    return redirect(url_for(listed), HTTPStatus.SEE_OTHER) if listed else to_order(number)
