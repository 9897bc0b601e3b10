"""Packing by scan: picked parts into boxes by destination, boxes closed with an SSCC, and sent."""

from datetime import datetime
from http import HTTPStatus
from itertools import groupby

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from inventory import identity, transport, warehousing
from inventory.actor import Actor
from inventory.errors import NotFound, RuleBroken
from inventory.identity import Permission
from inventory.transport import HandlingUnit, HandlingUnitStatus, Shipment
from inventory.warehousing import PickTask, TaskLine, TaskStatus
from web.auth import current_actor, requires
from web.command import command
from web.db import reading
from web.pages import Card, Entry, Screens
from web.scanning import ScannedPart, read_part
from web.workplace import required_workplace

blueprint = Screens("packing", __name__)


class NothingPickedOfIt(RuleBroken):
    """None of the picks in staging is what was scanned."""

    code = "nothing_picked_of_it"


def count_to_pack(session: Session, by: Actor, warehouse_id: int | None, at: datetime) -> int:
    """How many picks wait in staging to be packed."""
    query = select(func.count()).where(
        PickTask.status == TaskStatus.PICKED, identity.covers(by, Permission.PACK_AND_SHIP, PickTask.warehouse_id)
    )
    if warehouse_id is not None:
        query = query.where(PickTask.warehouse_id == warehouse_id)
    return int(session.scalar(query) or 0)


NAVIGATION = (Entry("packing.show_packing", "Packing", Permission.PACK_AND_SHIP, order=22, icon="box-seam"),)
CARDS = (
    Card("packing.show_packing", "Picks to pack", Permission.PACK_AND_SHIP, count_to_pack, order=12, icon="box-seam"),
)


@blueprint.get("/packing")
@requires(Permission.PACK_AND_SHIP)
def show_packing() -> str:
    """What waits in staging by destination, soonest due first, the boxes that stand here, and the way out."""
    place, by = required_workplace(), current_actor()
    with reading() as session:
        ready = transport.list_ready_to_pack(session, place.id, by=by)
        units = transport.list_handling_units(session, place.id, by=by)
        carriers = transport.list_carriers(session)
    destinations = [list(group) for _, group in groupby(ready, key=lambda task: task.destination_id)]
    destinations.sort(key=lambda tasks: min(task.due_at for task in tasks))
    return render_template(
        "packing/packing.html",
        place=place,
        destinations=destinations,
        units=units,
        closed=[unit for unit in units if unit.status is HandlingUnitStatus.CLOSED],
        carriers=carriers,
    )


@blueprint.post("/packing/scan")
@requires(Permission.PACK_AND_SHIP)
@command
def scan(*, session: Session, by: Actor, at: datetime) -> Response:
    """Put the scanned part into the box of where it is due soonest, which is opened where none stands open.

    Raises: NothingPickedOfIt; NotFound for a part that is none.
    """
    place = required_workplace()
    label = read_part(session, request.form.get("part", ""))
    part_id = warehousing.find_scanned_part(session, label.part).id
    ready = transport.list_ready_to_pack(session, place.id, by=by)
    fitting = [task for task in ready if task.part_id == part_id and _fits(task, label)]
    if not fitting:
        raise NothingPickedOfIt(part=label.part[:40])
    destination_id = min(fitting, key=lambda task: (task.due_at, task.id)).destination_id
    unit_id = _open_box_for(session, place.id, destination_id, by=by, at=at)
    return _pack(session, unit_id, label, by=by, at=at)


def _fits(task: TaskLine, label: ScannedPart) -> bool:
    return label.lot in (None, task.lot_number) and label.serial in (None, task.serial)


def _open_box_for(session: Session, warehouse_id: int, destination_id: int, *, by: Actor, at: datetime) -> int:
    """The box for a destination that stands open here, the first of several, else a new one."""
    units = transport.list_handling_units(session, warehouse_id, by=by, statuses=[HandlingUnitStatus.OPEN])
    for unit in units:
        if unit.destination_id == destination_id:
            return unit.id
    opened = transport.open_handling_unit(
        session, warehouse_id=warehouse_id, destination_id=destination_id, by=by, at=at
    )
    return opened.id


@blueprint.post("/packing/boxes")
@requires(Permission.PACK_AND_SHIP)
@command
def open_box(*, session: Session, by: Actor, at: datetime) -> Response:
    """Open a box for a destination and go to it."""
    destination = request.form.get("destination", "")
    if not (destination.isascii() and destination.isdigit() and len(destination) < 19):
        raise NotFound()
    unit = transport.open_handling_unit(
        session, warehouse_id=required_workplace().id, destination_id=int(destination), by=by, at=at
    )
    return _to(unit)


@blueprint.get("/packing/boxes/<number>")
@requires(Permission.PACK_AND_SHIP)
def show_box(number: str) -> str:
    """One box: scan parts into it, close it, print its label."""
    by = current_actor()
    with reading() as session:
        unit, tasks = transport.get_handling_unit(session, HandlingUnit.id_of(number), by=by)
        by.require(Permission.PACK_AND_SHIP, unit.warehouse_id)
        ready = transport.list_ready_to_pack(session, unit.warehouse_id, by=by)
    waiting = [task for task in ready if task.destination_id == unit.destination_id]
    prints = by.may(Permission.PRINT_LABELS, unit.warehouse_id)
    return render_template("packing/box.html", unit=unit, tasks=tasks, waiting=waiting, prints=prints)


@blueprint.post("/packing/boxes/<number>/pack")
@requires(Permission.PACK_AND_SHIP)
@command
def pack(number: str, *, session: Session, by: Actor, at: datetime) -> Response:
    """Put the scanned part into the box."""
    label = read_part(session, request.form.get("part", ""))
    unit_id = HandlingUnit.id_of(number)
    return _pack(session, unit_id, label, by=by, at=at)


@blueprint.post("/packing/boxes/<number>/pack-all")
@requires(Permission.PACK_AND_SHIP)
@command
def pack_all(number: str, *, session: Session, by: Actor, at: datetime) -> Response:
    """Put everything that waits for this destination into the box."""
    unit = session.get_one(HandlingUnit, HandlingUnit.id_of(number))
    waiting = transport.list_ready_to_pack(session, unit.warehouse_id, by=by)
    tasks = [task.id for task in waiting if task.destination_id == unit.destination_id]
    return _to(transport.pack_tasks(session, unit.id, tasks, by=by, at=at))


@blueprint.post("/packing/boxes/<number>/unpack/<int:task_id>")
@requires(Permission.PACK_AND_SHIP)
@command
def unpack(number: str, task_id: int, *, session: Session, by: Actor, at: datetime) -> Response:
    """Take a part out of the box again."""
    transport.unpack_task(session, task_id, by=by, at=at)
    return _to(session.get_one(HandlingUnit, HandlingUnit.id_of(number)))


@blueprint.post("/packing/boxes/<number>/close")
@requires(Permission.PACK_AND_SHIP)
@command
def close(number: str, *, session: Session, by: Actor, at: datetime) -> Response:
    """Close the box; it gets its SSCC and its label."""
    prefix = current_app.config["SETTINGS"].gs1_prefix
    unit = transport.close_handling_unit(session, HandlingUnit.id_of(number), company_prefix=prefix, by=by, at=at)
    flash(gettext("Closed. Print the label and stick it on the box."), "success")
    return _to(unit)


@blueprint.post("/packing/boxes/<number>/reopen")
@requires(Permission.PACK_AND_SHIP)
@command
def reopen(number: str, *, session: Session, by: Actor, at: datetime) -> Response:
    """Open the box again."""
    return _to(transport.reopen_handling_unit(session, HandlingUnit.id_of(number), by=by, at=at))


@blueprint.post("/packing/boxes/<number>/cancel")
@requires(Permission.PACK_AND_SHIP)
@command
def cancel(number: str, *, session: Session, by: Actor, at: datetime) -> Response:
    """Give the empty box up."""
    transport.cancel_handling_unit(session, HandlingUnit.id_of(number), by=by, at=at)
    return redirect(url_for("packing.show_packing"), HTTPStatus.SEE_OTHER)


@blueprint.post("/packing/ship")
@requires(Permission.PACK_AND_SHIP)
@command
def ship(*, session: Session, by: Actor, at: datetime) -> Response:
    """Let the ticked boxes leave with a carrier; a shipment for each destination."""
    code = request.form.get("carrier", "")
    carrier = transport.get_carrier(session, code) if code else None
    shipments = transport.ship(
        session,
        [HandlingUnit.id_of(number) for number in request.form.getlist("box")],
        carrier_id=carrier.id if carrier else None,
        carrier_reference=request.form.get("reference", "").strip()[:200],
        by=by,
        at=at,
    )
    numbers = gettext(", ").join(Shipment(id=one.id).number for one in shipments)
    flash(gettext("On the road: %(shipments)s", shipments=numbers), "success")
    return redirect(url_for("shipments.show_shipments", direction="out"), HTTPStatus.SEE_OTHER)


def _pack(session: Session, unit_id: int, label: ScannedPart, *, by: Actor, at: datetime) -> Response:
    """Put what was scanned into the box, and say how many of it went in."""
    task = transport.pack_by_scan(session, unit_id, part=label.part, lot=label.lot, serial=label.serial, by=by, at=at)
    flash(gettext("Packed: %(quantity)s × %(part)s.", quantity=task.quantity, part=label.part[:40]), "success")
    return _to(session.get_one(HandlingUnit, unit_id))


def _to(unit: HandlingUnit) -> Response:
    return redirect(url_for("packing.show_box", number=unit.number), HTTPStatus.SEE_OTHER)
