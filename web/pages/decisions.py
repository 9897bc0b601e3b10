"""What people decide about proposals: approved, turned down, for another quantity or of another supplier."""

from datetime import datetime
from http import HTTPStatus

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from inventory.actor import Actor
from inventory.errors import NotFound
from inventory.identity import Permission
from inventory.planning import replenishment
from inventory.planning.replenishment import Approved, Proposal
from inventory.quantity import read_quantity
from web.auth import current_actor, requires
from web.command import command
from web.db import reading
from web.forms import keeping, typed
from web.pages import Screens
from web.pages.proposals import draw_proposal, purchase_order_address
from web.pages.replenishment import back_to_report, draw_report, order_of, tell_money, told_wish
from web.replenishment import APPROVED_AT_ONCE, filter_of, ids_of, numbers_made
from web.showing import name_of
from web.transfers import request_address

blueprint = Screens("decisions", __name__)


@blueprint.post("/replenishment/approve")
@requires(Permission.SEE_PROPOSALS)
@keeping(draw_report)
@command
def approve(*, session: Session, by: Actor, at: datetime) -> AnyResponse:
    """Make orders of the proposals chosen, or of the first that fit; the choice stays when it is refused."""
    if request.form.get("all"):
        wish = told_wish()
        wanted = filter_of(session, wish)
        ids = replenishment.list_approvable(session, wanted, by=by, order=order_of(wish, by), most=APPROVED_AT_ONCE)
    else:
        ids = ids_of(request.form.getlist("proposal"))
    approved = replenishment.approve_proposals(session, ids, by=by, at=at)
    _tell(approved)
    made = approved.orders or approved.transfers
    there = url_for("decisions.show_made", at=at.isoformat()) if made else back_to_report()
    return redirect(there, HTTPStatus.SEE_OTHER)


def _tell(approved: Approved) -> None:
    made = numbers_made(approved)
    orders, transfers = len(made["purchase_orders"]), len(made["transfer_orders"])
    if orders or transfers:
        told = gettext(
            "Made: %(orders)s drafts of purchase orders, %(transfers)s transfer orders.",
            orders=orders,
            transfers=transfers,
        )
        flash(told, "success")
    if made["unmet"]:
        unmet = ", ".join(made["unmet"][:20])
        flash(gettext("Their source has nothing free now, so they stay open: %(numbers)s", numbers=unmet), "warning")
    if made["added"]:
        added = ", ".join(made["added"][:20])
        flash(gettext("Went along, so that their supplier's minimum is reached: %(numbers)s", numbers=added), "success")
    for small in approved.too_small:
        told = gettext(
            "%(supplier)s takes orders from %(minimum)s %(currency)s on; with all that is proposed of him for the "
            "warehouse %(missing)s is missing. Raise a quantity, wait for more, or approve once more: %(numbers)s",
            supplier=f"{small.supplier.code} {name_of(small.supplier)}",
            minimum=tell_money(small.supplier.minimum_order_value),
            currency=small.supplier.currency,
            missing=tell_money(small.missing),
            numbers=", ".join(one.number for one in small.proposals[:20]),
        )
        flash(told, "warning")


@blueprint.post("/replenishment/reject")
@requires(Permission.SEE_PROPOSALS)
@keeping(draw_report)
@command
def reject(*, session: Session, by: Actor, at: datetime) -> AnyResponse:
    """Turn the proposals chosen down; the choice stays when it is refused."""
    ids = ids_of(request.form.getlist("proposal"))
    reason = typed("remark") or typed("reason")
    rejected = replenishment.reject_proposals(session, ids, reason=reason, by=by, at=at)
    flash(
        gettext(
            "%(count)s turned down. They stay down for a week, unless clearly more is needed or a repair waits.",
            count=len(rejected),
        )
    )
    return redirect(back_to_report(), HTTPStatus.SEE_OTHER)


def _edited_on(number: str) -> str:
    return draw_proposal(number) if _on_own_page() else draw_report()


@blueprint.post("/replenishment/proposals/<number>/edit")
@requires(Permission.SEE_PROPOSALS)
@keeping(_edited_on)
@command
def edit(number: str, *, session: Session, by: Actor, at: datetime) -> AnyResponse:
    """Write another quantity on a proposal, from the report or from its own page; back to where it was written."""
    quantity = read_quantity(request.form.get("quantity", ""))
    edited = replenishment.edit_proposal(session, Proposal.id_of(number), quantity, by=by, at=at)
    flash(gettext("%(number)s is for %(quantity)s now.", number=edited.number, quantity=edited.wanted), "success")
    own = url_for("proposals.show_proposal", number=edited.number)
    return redirect(own if _on_own_page() else back_to_report(), HTTPStatus.SEE_OTHER)


@blueprint.post("/replenishment/proposals/<number>/supplier")
@requires(Permission.SEE_PROPOSALS)
@keeping(draw_proposal)
@command
def choose_supplier(number: str, *, session: Session, by: Actor, at: datetime) -> AnyResponse:
    """Buy of another supplier, in his packs and at his price."""
    id = Proposal.id_of(number)
    chosen = replenishment.choose_supplier(session, id, typed("supplier"), by=by, at=at)
    told = gettext("%(number)s is for %(quantity)s now.", number=chosen.number, quantity=chosen.wanted)
    flash(told, "success")
    return redirect(url_for("proposals.show_proposal", number=chosen.number), HTTPStatus.SEE_OTHER)


def _on_own_page() -> bool:
    return request.args.get("from") == "proposal"


@blueprint.get("/replenishment/made")
@requires(Permission.SEE_PROPOSALS)
def show_made() -> str:
    """The orders that became of what one approved at an instant. Raises: NotFound when there is no such instant."""
    try:
        at = datetime.fromisoformat(request.args.get("at", ""))
    except ValueError as error:
        raise NotFound() from error
    if at.tzinfo is None:
        raise NotFound()
    with reading() as session:
        made = replenishment.list_made_orders(session, at, by=current_actor())
    return render_template(
        "replenishment/made.html",
        made=made,
        order_address=purchase_order_address,
        transfer_address=request_address,
    )
