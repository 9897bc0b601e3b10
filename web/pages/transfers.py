"""Screens of transfer orders: what is moved between warehouses, an order as it stands, ordering and calling off."""

from datetime import datetime
from http import HTTPStatus
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from inventory import sourcing
from inventory.actor import Actor
from inventory.db import database_now
from inventory.identity import Permission
from inventory.sourcing import LineStatus, TransferFilter, TransferOrder, WishedLine, WishedTransfer
from web.auth import current_actor, requires
from web.command import command
from web.db import reading
from web.forms import keeping, typed, typed_parts
from web.pages import Card, Entry, Screens
from web.pages.request_story import given_up, story_of
from web.paging import LIMIT_DEFAULT, unpack_cursor
from web.requests import page_of_rows
from web.transfers import request_address
from web.workplace import chosen_workplace

blueprint = Screens("transfers", __name__)
blueprint.add_app_template_filter(request_address, "request_address")
VIEWS = ("all", "out", "in")
STATUSES = tuple(status for status in LineStatus if status is not LineStatus.BACK_ORDERED)
LINES_DRAWN = 6  # more are a table: the nightly run orders hundreds at once
REASONS = ("not_needed", "other_source", "wrong_part", "asked_twice")


@blueprint.get("/transfer-orders")
@requires(Permission.SEE_TRANSFERS)
def list_transfers() -> Any:
    """Transfer orders from and to the chosen warehouse, or all within reach, newest first."""
    by, place, words = current_actor(), chosen_workplace(), request.args.get("q", "").strip()[:40]
    if words.upper().startswith(f"{TransferOrder.prefix}-"):
        return redirect(url_for("transfers.show_transfer", number=words.upper()))
    view, status = request.args.get("view", ""), request.args.get("status", "open")
    view = view if view in VIEWS else VIEWS[0]
    (before,) = unpack_cursor(request.args["cursor"], [int]) if request.args.get("cursor") else (None,)
    wanted = TransferFilter(
        open=status == "open",
        status=LineStatus(status) if status in STATUSES else None,
        source_id=place.id if place and view == "out" else None,
        destination_id=place.id if place and view == "in" else None,
        place_id=place.id if place and view == "all" else None,
        part=words or None,
    )
    with reading() as session:
        at = database_now(session)
        found = sourcing.list_transfers(session, wanted, by=by, before=before, limit=LIMIT_DEFAULT + 1)
    return render_template(
        "transfers/list.html",
        page=page_of_rows(found, LIMIT_DEFAULT, lambda one: [one.order.id]),
        at=at,
        view=view,
        views=VIEWS,
        status=status,
        statuses=STATUSES,
        words=words,
        place=place,
    )


@blueprint.get("/transfer-orders/new")
@requires(Permission.ORDER_TRANSFERS)
def show_new() -> str:
    """The form that moves stock."""
    return render_template("transfers/new.html", place=chosen_workplace())


@blueprint.post("/transfer-orders")
@requires(Permission.ORDER_TRANSFERS)
@keeping(show_new)
@command
def order_transfer(*, session: Session, by: Actor, at: datetime) -> Response:
    """Order what was typed; it stays when it is refused."""
    lines = [WishedLine(part, quantity) for _, part, quantity in typed_parts(request.form.get("lines", ""))]
    wish = WishedTransfer(typed("source"), typed("destination"), lines, typed("note"))
    placed = sourcing.order_transfer(session, wish, by=by, at=at)
    flash(gettext("%(number)s is ordered.", number=placed.number), "success")
    short = [
        f"{wished.part} {line.quantity}/{line.wished}"
        for wished, line in zip(lines, placed.lines, strict=True)
        if line.quantity < line.wished
    ]
    if short:
        flash(gettext("Less was free than wanted: %(parts)s", parts=", ".join(short[:20])), "warning")
    return redirect(url_for("transfers.show_transfer", number=placed.number), HTTPStatus.SEE_OTHER)


@blueprint.get("/transfer-orders/<number>")
@requires(Permission.SEE_TRANSFERS)
def show_transfer(number: str) -> str:
    """One order: its lines, where their units are, what happened, and the way to call it off."""
    by = current_actor()
    with reading() as session:
        order = sourcing.get_transfer(session, TransferOrder.id_of(number), by=by)
        history = sourcing.history_of_request(session, order.view, by=by)
    story = story_of(order.view, history)
    if not by.may(Permission.ORDER_TRANSFERS, order.source.id, order.view.warehouse.id):
        story["cancellable"] = []
    return render_template(
        "transfers/transfer.html",
        **story,
        order=order.summary,
        work_order=None,
        reasons=REASONS,
        lines_drawn=LINES_DRAWN,
        sent_of=lambda line: [share for share in order.view.shares.get(line.id, []) if share.shipment],
    )


@blueprint.post("/transfer-orders/<number>/cancel")
@requires(Permission.ORDER_TRANSFERS)
@command
def cancel_transfer(number: str, *, session: Session, by: Actor, at: datetime) -> Response:
    """Call off what has not been shipped of the lines chosen."""
    line_ids, reason = given_up()
    cancelled = sourcing.cancel_transfer(
        session, TransferOrder.id_of(number), reason=reason, line_ids=line_ids, by=by, at=at
    )
    flash(gettext("%(quantity)s called off. What was shipped before still comes.", quantity=cancelled), "success")
    return redirect(url_for("transfers.show_transfer", number=number), HTTPStatus.SEE_OTHER)


def _count_open(session: Session, by: Actor, warehouse_id: int | None, at: datetime) -> int:
    return sourcing.count_transfers(session, TransferFilter(open=True, place_id=warehouse_id), by=by)


NAVIGATION = (
    Entry("transfers.list_transfers", "Transfer orders", Permission.SEE_TRANSFERS, order=34, icon="arrow-left-right"),
)
CARDS = (
    Card(
        "transfers.list_transfers",
        "Open transfer orders",
        Permission.ORDER_TRANSFERS,
        _count_open,
        34,
        icon="arrow-left-right",
    ),
)
