"""Shipments on the road, and their receipt by scan at the repair centre."""

from datetime import datetime
from http import HTTPStatus

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from inventory import identity, sourcing, transport
from inventory.actor import Actor
from inventory.catalogue import list_parts
from inventory.errors import NotFound
from inventory.identity import Permission
from inventory.quantity import read_quantity
from inventory.transport import (
    BoxScan,
    PieceScan,
    RestMissing,
    Scan,
    Shipment,
    ShipmentStatus,
    TrackingKind,
    TrackingNews,
)
from web.auth import current_actor, requires
from web.command import command
from web.db import reading
from web.forms import typed
from web.pages import Card, Entry, Screens
from web.pages.stock import read_instant
from web.scanning import read, read_part, read_sscc
from web.workplace import required_workplace

blueprint = Screens("shipments", __name__)
UNDER_WAY = (ShipmentStatus.SHIPPED, ShipmentStatus.RECEIVING)


def count_incoming(session: Session, by: Actor, warehouse_id: int | None, at: datetime) -> int:
    """How many shipments are on their way here."""
    query = select(func.count()).where(
        Shipment.status.in_(UNDER_WAY), identity.covers(by, Permission.RECEIVE_SHIPMENTS, Shipment.destination_id)
    )
    if warehouse_id is not None:
        query = query.where(Shipment.destination_id == warehouse_id)
    return int(session.scalar(query) or 0)


NAVIGATION = (Entry("shipments.show_shipments", "Shipments", Permission.SEE_SHIPMENTS, order=30, icon="truck"),)
CARDS = (
    Card(
        "shipments.show_shipments",
        "Shipments on their way here",
        Permission.RECEIVE_SHIPMENTS,
        count_incoming,
        order=20,
        icon="truck",
    ),
)


@blueprint.get("/shipments")
@requires(Permission.SEE_SHIPMENTS)
def show_shipments() -> str:
    """What is on its way to the chosen warehouse, or out of it, soonest due first."""
    place, by = required_workplace(), current_actor()
    direction = "out" if request.args.get("direction") == "out" else "in"
    with reading() as session:
        listed = transport.list_outgoing if direction == "out" else transport.list_incoming
        views = listed(session, place.id, by=by)
    return render_template("shipments/list.html", place=place, views=views, direction=direction)


@blueprint.get("/shipments/find")
@requires(Permission.SEE_SHIPMENTS)
def find_shipment() -> Response:
    """The shipment that the label of a box, or a typed number, stands for."""
    by, code = current_actor(), request.args.get("code", "")
    scan = read(code)
    with reading() as session:
        sscc = scan.sscc or next((one.sscc for one in scan.candidates if one.sscc), None)
        unit = transport.find_handling_unit_by_sscc(session, sscc, by=by) if sscc else None
    if unit is not None and unit.shipment_id is None:
        return redirect(url_for("packing.show_box", number=unit.number), HTTPStatus.SEE_OTHER)
    number = Shipment(id=unit.shipment_id).number if unit else (scan.plain or code)
    return redirect(url_for("shipments.show_shipment", number=number), HTTPStatus.SEE_OTHER)


@blueprint.get("/shipments/<number>")
@requires(Permission.SEE_SHIPMENTS)
def show_shipment(number: str) -> str:
    """A shipment, box by box, with what it went through and, at its destination, its receipt by scan."""
    by = current_actor()
    with reading() as session:
        view, lines = transport.get_shipment(session, Shipment.id_of(number), by=by)
        events = transport.list_tracking_events(session, view.id, by=by)
        requests = sourcing.list_requests_of_lines(session, [line.line_id for line in lines])
        units = {part.id: part.base_unit for part in list_parts(session, {line.part_id for line in lines})}
    receives = view.status in UNDER_WAY and by.may(Permission.RECEIVE_SHIPMENTS, view.destination_id)
    return render_template(
        "shipments/shipment.html",
        view=view,
        number=view.number,
        lines=lines,
        events=events,
        requests=requests,
        units=units,
        receives=receives,
        tracks=view.status in UNDER_WAY and by.may(Permission.TRACK_SHIPMENTS, view.source_id, view.destination_id),
        kinds=list(TrackingKind),
    )


@blueprint.post("/shipments/<number>/events")
@requires(Permission.TRACK_SHIPMENTS)
@command
def track(number: str, *, session: Session, by: Actor, at: datetime) -> Response:
    """Write down what the shipment went through."""
    form = request.form
    if form.get("kind") not in set(TrackingKind):
        raise NotFound()
    occurred_at = read_instant(form.get("occurred_at", "")) or at
    news = TrackingNews(TrackingKind(form["kind"]), occurred_at, typed("place"), typed("note"))
    transport.add_tracking_event(session, Shipment.id_of(number), news, by=by, at=at)
    flash(gettext("Noted."), "success")
    return redirect(url_for("shipments.show_shipment", number=number), HTTPStatus.SEE_OTHER)


@blueprint.post("/shipments/<number>/scan")
@requires(Permission.RECEIVE_SHIPMENTS)
@command
def receive_scan(number: str, *, session: Session, by: Actor, at: datetime) -> Response:
    """Receive what was scanned: a box by its SSCC, all of it; or one piece by its label."""
    code = request.form.get("code", "")
    scan = read(code)
    by_box = scan.sscc or any(one.sscc for one in scan.candidates)
    return _receive(session, number, [BoxScan(read_sscc(code)) if by_box else _piece(session, code, 1)], by=by, at=at)


@blueprint.post("/shipments/<number>/pieces")
@requires(Permission.RECEIVE_SHIPMENTS)
@command
def receive_pieces(number: str, *, session: Session, by: Actor, at: datetime) -> Response:
    """Receive so many pieces of a line: good, damaged, missing."""
    counted = {kind: read_quantity(request.form.get(kind) or "0") for kind in ("received", "damaged", "missing")}
    label = read_part(session, request.form.get("part", ""), lot=request.form.get("lot") or None)
    scan = PieceScan(
        label.part,
        counted["received"],
        counted["damaged"],
        counted["missing"],
        label.lot,
        request.form.get("serial") or label.serial,
    )
    return _receive(session, number, [scan], by=by, at=at)


@blueprint.post("/shipments/<number>/rest-missing")
@requires(Permission.RECEIVE_SHIPMENTS)
@command
def close_short(number: str, *, session: Session, by: Actor, at: datetime) -> Response:
    """Nothing else arrived: the rest is missing, and its lines are sourced anew at once."""
    return _receive(session, number, [RestMissing()], by=by, at=at)


def _piece(session: Session, code: str, quantity: int) -> PieceScan:
    label = read_part(session, code)
    return PieceScan(label.part, received=quantity, lot=label.lot, serial=label.serial)


def _receive(session: Session, number: str, scans: list[Scan], *, by: Actor, at: datetime) -> Response:
    note = request.form.get("note", "").strip()[:200]
    shipment = transport.receive_shipment(session, Shipment.id_of(number), scans, note=note, by=by, at=at)
    done = shipment.status is ShipmentStatus.RECEIVED
    flash(gettext("Everything of this shipment is accounted for.") if done else gettext("Received."), "success")
    return redirect(url_for("shipments.show_shipment", number=shipment.number), HTTPStatus.SEE_OTHER)
