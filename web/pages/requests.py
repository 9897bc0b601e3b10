"""Screens of part requests: the list about to be sent, the promise that answers it, requests as they stand."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from http import HTTPStatus

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from inventory import catalogue, sourcing
from inventory.actor import Actor
from inventory.db import database_now
from inventory.errors import RuleBroken
from inventory.identity import Permission
from inventory.quantity import QuantityUnreadable, read_quantity
from inventory.sourcing import (
    LineStatus,
    PartRequest,
    PartRequestWish,
    RequestFilter,
    RequestView,
    WishedLine,
)
from web import request_list
from web.asking import asking_for
from web.auth import current_actor, requires
from web.command import command
from web.db import reading
from web.pages import Card, Entry, Screens
from web.pages.request_story import given_up, story_of
from web.pages.stock import read_instant
from web.paging import LIMIT_DEFAULT, unpack_cursor
from web.requests import accept_request, page_of_rows, work_order_number
from web.workplace import chosen_workplace

blueprint = Screens("requests", __name__)

PRIORITY_USUAL = 5
NOTE_LENGTH_MAX = 200
REASONS = ("not_needed", "other_part", "found_elsewhere", "customer_cancelled", "asked_twice")
VIEWS = ("mine", "asked", "served")


class PriorityUnreadable(RuleBroken):
    """The form names no urgency that a request can have."""

    code = "priority_unreadable"


def read_wish(form: Mapping[str, str], lines: Sequence[WishedLine]) -> tuple[PartRequestWish, str | None]:
    """What a form asks for: the lines, for which warehouse and work order, how urgently, by when.

    Raises: PriorityUnreadable; InstantUnreadable.
    """
    priority = form.get("priority") or str(PRIORITY_USUAL)
    if priority not in [str(one) for one in range(1, 10)]:
        raise PriorityUnreadable(priority=priority[:20])
    wish = PartRequestWish(
        warehouse=form.get("warehouse", "")[:40],
        lines=lines,
        needed_by=read_instant(form.get("needed_by", "")),
        priority=int(priority),
        note=form.get("note", "").strip()[:NOTE_LENGTH_MAX],
    )
    return wish, form.get("work_order") or None


# The list about to be sent


@blueprint.get("/part-requests/new")
@requires(Permission.REQUEST_PARTS)
def show_new() -> str:
    """The parts on the list, with who would send each, how urgent they are, and the button that asks for them."""
    by, work_order = current_actor(), request.args.get("work_order") or None
    listed = request_list.lines_of(work_order)
    with reading() as session:
        at = database_now(session)
        asking = asking_for(session, work_order, by=by)
        parts = {part.id: part for part in catalogue.list_parts(session, listed)}
        hints = (
            sourcing.list_hints(session, list(parts), warehouse_id=asking.warehouse_id, by=by, at=at)
            if asking and asking.may_see
            else {}
        )
    lines = [(parts[part_id], quantity) for part_id, quantity in listed.items() if part_id in parts]
    return render_template("requests/new.html", asking=asking, lines=lines, hints=hints)


@blueprint.post("/part-requests/new")
@requires(Permission.REQUEST_PARTS)
def change_list() -> AnyResponse:
    """Keep the quantities as they were typed, and take a line off the list."""
    work_order = request.form.get("work_order") or None
    wished = {line.part: line.quantity for line in _wished(request.form)}
    with reading() as session:
        listed = catalogue.list_parts(session, request_list.lines_of(work_order))
    removed = request.form.get("remove")
    kept = {part.id: wished.get(part.number, 1) for part in listed if part.number != removed}
    request_list.keep(work_order, kept)
    return redirect(url_for("requests.show_new", work_order=work_order), HTTPStatus.SEE_OTHER)


@blueprint.post("/part-requests")
@requires(Permission.REQUEST_PARTS)
def request_parts() -> AnyResponse:
    """Ask for everything on the list; once it is accepted, the list is empty, the second time the form is sent too."""
    response = _request_listed()
    request_list.clear(request.form.get("work_order") or None)
    return response


@command
def _request_listed(*, session: Session, by: Actor, at: datetime) -> AnyResponse:
    wish, work_order = read_wish(request.form, _wished(request.form))
    accepted = accept_request(session, wish, work_order, by=by, at=at)
    return redirect(url_for("requests.show_promise", number=accepted.number), HTTPStatus.SEE_OTHER)


def _wished(form: MultiDict[str, str]) -> list[WishedLine]:
    """The lines of the form: part numbers and quantities side by side."""
    parts, quantities = form.getlist("part"), form.getlist("quantity")
    if len(parts) != len(quantities):
        raise QuantityUnreadable(most=len(parts))
    return [WishedLine(part, read_quantity(typed)) for part, typed in zip(parts, quantities, strict=True)]


@blueprint.get("/part-requests/<number>/promise")
@requires(Permission.SEE_REQUESTS)
def show_promise(number: str) -> str:
    """The answer to a request: the promise of each line, the shares of a split one, what is back-ordered, what next."""
    view = _view(number)
    soonest_first = {
        line_id: sorted(shares, key=lambda one: one.promised_at or view.request.requested_at)
        for line_id, shares in view.shares.items()
    }
    return render_template(
        "requests/promise.html",
        view=view,
        shares=soonest_first,
        work_order=work_order_number(view.request.work_order_id),
    )


# Requests as they stand


@blueprint.get("/part-requests")
@requires(Permission.SEE_REQUESTS)
def list_requests() -> AnyResponse | str:
    """Part requests: one's own, those of the station, or those that one's warehouse serves."""
    by, place, words = current_actor(), chosen_workplace(), request.args.get("q", "").strip()[:40]
    if words.upper().startswith(f"{PartRequest.prefix}-"):
        return redirect(url_for("requests.show_request", number=words.upper()))
    shown = request.args.get("view", "")
    shown = shown if shown in VIEWS else _first_view(by)
    status = request.args.get("status", "open")
    (before,) = unpack_cursor(request.args["cursor"], [int]) if request.args.get("cursor") else (None,)
    wanted = RequestFilter(
        status=LineStatus(status) if status in list(LineStatus) else None,
        open=status == "open",
        warehouse_id=place.id if place and shown != "served" else None,
        source_id=place.id if place and shown == "served" else None,
        requested_by_id=by.person_id if shown == "mine" else None,
        part=words or None,
    )
    with reading() as session:
        at = database_now(session)
        found = sourcing.list_requests(session, wanted, by=by, before=before, limit=LIMIT_DEFAULT + 1)
    page = page_of_rows(found, LIMIT_DEFAULT, lambda one: [one.request.id])
    return render_template(
        "requests/list.html",
        page=page,
        at=at,
        view=shown,
        views=VIEWS if by.may(Permission.REQUEST_PARTS) else VIEWS[1:],
        status=status,
        statuses=list(LineStatus),
        words=words,
        place=place,
        work_order_number=work_order_number,
    )


def _first_view(by: Actor) -> str:
    """What somebody looks for first: the lead what he serves, the manager his station's, the engineer his own."""
    if by.may(Permission.RELEASE_WAVES):
        return "served"
    return "asked" if by.may(Permission.MANAGE_ENGINEERS) or not by.may(Permission.REQUEST_PARTS) else "mine"


@blueprint.get("/part-requests/<number>")
@requires(Permission.SEE_REQUESTS)
def show_request(number: str) -> str:
    """One request: lines, where their units are, what was promised, what happened, and the way to withdraw it."""
    by = current_actor()
    with reading() as session:
        view = sourcing.get_request(session, PartRequest.id_of(number), by=by)
        history = sourcing.history_of_request(session, view, by=by)
    story = story_of(view, history)
    if not by.may(Permission.CANCEL_REQUESTS, view.request.warehouse_id):
        story["cancellable"] = []
    work_order = work_order_number(view.request.work_order_id)
    return render_template("requests/request.html", **story, work_order=work_order, reasons=REASONS)


def _view(number: str) -> RequestView:
    with reading() as session:
        return sourcing.get_request(session, PartRequest.id_of(number), by=current_actor())


@blueprint.post("/part-requests/<number>/cancel")
@requires(Permission.CANCEL_REQUESTS)
@command
def cancel_request(number: str, *, session: Session, by: Actor, at: datetime) -> AnyResponse:
    """Withdraw what has not been shipped of the lines chosen."""
    line_ids, reason = given_up()
    cancelled = sourcing.cancel_request(
        session, PartRequest.id_of(number), reason=reason, line_ids=line_ids, by=by, at=at
    )
    flash(gettext("%(quantity)s withdrawn. What was shipped before still comes.", quantity=cancelled), "success")
    return redirect(url_for("requests.show_request", number=number), HTTPStatus.SEE_OTHER)


# The home page and the navigation


def _count_open(session: Session, by: Actor, warehouse_id: int | None, at: datetime) -> int:
    return sourcing.count_requests(session, _home_filter(by, warehouse_id), by=by)


def _home_filter(by: Actor, warehouse_id: int | None) -> RequestFilter:
    """What the list shows when the card leads there."""
    shown = _first_view(by)
    return RequestFilter(
        open=True,
        warehouse_id=warehouse_id if shown != "served" else None,
        source_id=warehouse_id if shown == "served" else None,
        requested_by_id=by.person_id if shown == "mine" else None,
    )


NAVIGATION = (Entry("requests.list_requests", "Part requests", Permission.SEE_REQUESTS, order=30, icon="card-list"),)
CARDS = (
    Card("requests.list_requests", "Open part requests", Permission.SEE_REQUESTS, _count_open, 30, icon="card-list"),
)
