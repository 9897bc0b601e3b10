"""What is done to the parts of a repair on its screen: drawn, fitted, given back, freed; and what goes to the shelf."""

from datetime import datetime
from http import HTTPStatus

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from inventory import workorders
from inventory.actor import Actor
from inventory.identity import Permission
from inventory.ledger import Condition
from inventory.quantity import read_quantity
from web.auth import current_actor, requires
from web.command import command
from web.db import reading
from web.pages import Card, Entry, Screens
from web.scanning import read_part
from web.workorders import Draw, Fit, Free, GiveBack, TakeOut, act_on_parts
from web.workplace import chosen_workplace

blueprint = Screens("drawing", __name__)

# Why a part is not wanted, as codes that are told in either language; beside them anybody may use his own words.
REASONS_TO_CANCEL_PART = ("not_needed", "other_part", "found_elsewhere", "asked_twice")
REASONS_TO_GIVE_BACK = ("not_needed", "other_part", "damaged")
REASONS_TO_TAKE_OUT = ("booked_by_mistake", "did_not_help", "damaged")
REMARK_LENGTH_MAX = 200


@blueprint.post("/work-orders/<number>/parts/scan")
@requires(Permission.DRAW_PARTS)
@command
def scan_part(number: str, *, session: Session, by: Actor, at: datetime) -> AnyResponse:
    """Draw what the scanned label names."""
    scanned = read_part(session, request.form.get("code", "")[:200])
    drawn = workorders.draw_by_scan(
        session,
        number,
        part=scanned.part,
        quantity=scanned.quantity or 1,
        lot=scanned.lot,
        serial=scanned.serial,
        by=by,
        at=at,
    )
    quantity = sum(one.quantity for one in drawn)
    flash(gettext("Drawn: %(quantity)s × %(part)s", quantity=quantity, part=scanned.part), "success")
    return back_to(number)


@blueprint.post("/work-orders/<number>/parts/draw")
@requires(Permission.DRAW_PARTS)
@command
def draw_part(number: str, *, session: Session, by: Actor, at: datetime) -> AnyResponse:
    """Take what came for a line into the engineer's custody."""
    lot, serial = request.form.get("lot") or None, request.form.get("serial") or None
    act_on_parts(session, number, Draw(_id("line"), _quantity(), lot, serial), by=by, at=at)
    flash(gettext("Drawn. The part is in the engineer's hands now."), "success")
    return back_to(number)


@blueprint.post("/work-orders/<number>/parts/fit")
@requires(Permission.DRAW_PARTS)
@command
def fit_part(number: str, *, session: Session, by: Actor, at: datetime) -> AnyResponse:
    """Book a drawn part as fitted."""
    act_on_parts(session, number, Fit(_id("drawn_part"), _quantity()), by=by, at=at)
    flash(gettext("Booked as fitted."), "success")
    return back_to(number)


@blueprint.post("/work-orders/<number>/parts/take-out")
@requires(Permission.DRAW_PARTS)
@command
def take_part_out(number: str, *, session: Session, by: Actor, at: datetime) -> AnyResponse:
    """Undo what was booked as fitted: the engineer holds it again."""
    act_on_parts(session, number, TakeOut(_id("drawn_part"), _quantity(), read_reason()), by=by, at=at)
    flash(gettext("The part is in the engineer's hands again."), "success")
    return back_to(number)


@blueprint.post("/work-orders/<number>/parts/give-back")
@requires(Permission.DRAW_PARTS)
@command
def give_back_part(number: str, *, session: Session, by: Actor, at: datetime) -> AnyResponse:
    """Give a drawn part back to the repair centre."""
    condition = Condition.DEFECTIVE if request.form.get("condition") == Condition.DEFECTIVE else Condition.GOOD
    act_on_parts(session, number, GiveBack(_id("drawn_part"), _quantity(), condition, read_reason()), by=by, at=at)
    flash(gettext("Given back to the repair centre."), "success")
    return back_to(number)


@blueprint.post("/work-orders/<number>/parts/free")
@requires(Permission.DRAW_PARTS)
@command
def free_part(number: str, *, session: Session, by: Actor, at: datetime) -> AnyResponse:
    """Let what came for a line be free stock."""
    act_on_parts(session, number, Free(_id("line"), _quantity(), read_reason()), by=by, at=at)
    flash(gettext("Freed: somebody else can have it now."), "success")
    return back_to(number)


@blueprint.post("/work-orders/<number>/parts/cancel")
@requires(Permission.CANCEL_REQUESTS)
@command
def cancel_part(number: str, *, session: Session, by: Actor, at: datetime) -> AnyResponse:
    """Withdraw what has not been shipped of a line."""
    work_order, line_id = workorders.get_work_order(session, number, by=by), _id("line")
    workorders.require_line_of(session, work_order, line_id)
    quantity = workorders.cancel_part_line(session, line_id, reason=read_reason(), by=by, at=at)
    flash(gettext("Cancelled: %(quantity)s", quantity=quantity), "success")
    return back_to(number)


# What came for the station's own stock


@blueprint.get("/stock-arrivals")
@requires(Permission.PUT_AWAY)
def show_arrivals() -> str:
    """What came for the station's own stock and waits to be put on the shelf."""
    place = chosen_workplace()
    with reading() as session:
        waiting = workorders.list_for_the_shelf(session, warehouse_id=place.id if place else None, by=current_actor())
    return render_template("workorders/arrivals.html", waiting=waiting, place=place)


@blueprint.post("/stock-arrivals/<int:line_id>/stock-up")
@requires(Permission.PUT_AWAY)
@command
def stock_up(line_id: int, *, session: Session, by: Actor, at: datetime) -> AnyResponse:
    """Put it on the shelf: it is free stock from now on."""
    workorders.stock_up(session, line_id, _quantity(), by=by, at=at)
    flash(gettext("On the shelf: free stock now."), "success")
    return redirect(url_for("drawing.show_arrivals"), HTTPStatus.SEE_OTHER)


# Forms


def back_to(number: str) -> AnyResponse:
    """The page of the work order, as it stands now."""
    return redirect(url_for("workorders.show_order", number=number), HTTPStatus.SEE_OTHER)


def _id(field: str) -> int:
    """The id a form carries; what is none belongs to nothing."""
    text = request.form.get(field, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else 0


def _quantity() -> int:
    return read_quantity(request.form.get("quantity", ""))


def read_reason() -> str:
    """Somebody's own words, else the reason chosen."""
    return (request.form.get("note", "").strip() or request.form.get("reason", "").strip())[:REMARK_LENGTH_MAX]


def _count_arrivals(session: Session, by: Actor, warehouse_id: int | None, at: datetime) -> int:
    return len(workorders.list_for_the_shelf(session, warehouse_id=warehouse_id, by=by))


NAVIGATION = (Entry("drawing.show_arrivals", "For the shelf", Permission.PUT_AWAY, order=27, icon="inboxes"),)
CARDS = (Card("drawing.show_arrivals", "Arrived for the shelf", Permission.PUT_AWAY, _count_arrivals, 44, "inboxes"),)
