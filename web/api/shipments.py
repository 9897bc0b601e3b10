"""Handling units packed and closed, shipments sent, followed and received."""

from datetime import datetime
from http import HTTPStatus
from typing import Any

from flask import current_app
from sqlalchemy.orm import Session

from inventory import network, transport
from inventory.actor import Actor
from inventory.errors import RuleBroken
from inventory.identity import Permission
from inventory.transport import BoxScan, HandlingUnit, PieceScan, RestMissing, Scan, Shipment, TrackingNews
from web.api import Blueprint
from web.auth import current_actor, requires
from web.command import command
from web.db import reading
from web.scanning import read_part, read_sscc
from web.schemas.shipments import (
    HandlingUnitInput,
    HandlingUnitLineOutput,
    HandlingUnitOutput,
    PackInput,
    ShipInput,
    ShipmentContentsOutput,
    ShipmentOutput,
    ShipmentReceiptInput,
    ShipmentsQuery,
    TrackingInput,
    TrackingOutput,
    UnpackInput,
)
from web.stock import warehouse_within

blueprint = Blueprint("api_shipments", __name__, description="Handling units and shipments")


class ScanNamesNothing(RuleBroken):
    """A scan of a receipt names a handling unit by its SSCC or a part, not both and not neither."""

    code = "scan_names_nothing"


# Handling units


@blueprint.get("/warehouses/<code>/handling-units")
@requires(Permission.PACK_AND_SHIP)
@blueprint.response(HTTPStatus.OK, HandlingUnitLineOutput(many=True))
def list_handling_units(code: str) -> list[dict[str, Any]]:
    """The handling units that stand in a warehouse, open and closed."""
    by = current_actor()
    with reading() as session:
        warehouse = warehouse_within(session, code, Permission.PACK_AND_SHIP, by=by)
        units = transport.list_handling_units(session, warehouse.id, by=by)
    return [_with_number(HandlingUnit, unit) for unit in units]


@blueprint.post("/handling-units")
@requires(Permission.PACK_AND_SHIP)
@blueprint.arguments(HandlingUnitInput)
@command
@blueprint.response(HTTPStatus.CREATED, HandlingUnitOutput)
def open_handling_unit(body: dict[str, Any], *, session: Session, by: Actor, at: datetime) -> HandlingUnit:
    """Open a box for a destination."""
    warehouse = warehouse_within(session, body["warehouse"], Permission.PACK_AND_SHIP, by=by)
    destination = network.get_warehouse(session, body["destination"])
    return transport.open_handling_unit(session, warehouse_id=warehouse.id, destination_id=destination.id, by=by, at=at)


@blueprint.post("/handling-units/<number>/pack")
@requires(Permission.PACK_AND_SHIP)
@blueprint.arguments(PackInput)
@command
@blueprint.response(HTTPStatus.OK, HandlingUnitOutput)
def pack(body: dict[str, Any], number: str, *, session: Session, by: Actor, at: datetime) -> HandlingUnit:
    """Put picked tasks into an open box, by id or by the scan of a label."""
    unit_id = HandlingUnit.id_of(number)
    if body["part"]:
        label = read_part(session, body["part"], lot=body["lot"], serial=body["serial"])
        transport.pack_by_scan(session, unit_id, part=label.part, lot=label.lot, serial=label.serial, by=by, at=at)
        return session.get_one(HandlingUnit, unit_id)
    return transport.pack_tasks(session, unit_id, body["tasks"], by=by, at=at)


@blueprint.post("/handling-units/<number>/unpack")
@requires(Permission.PACK_AND_SHIP)
@blueprint.arguments(UnpackInput)
@command
@blueprint.response(HTTPStatus.OK, HandlingUnitOutput)
def unpack(body: dict[str, Any], number: str, *, session: Session, by: Actor, at: datetime) -> HandlingUnit:
    """Take a task out of its box again."""
    transport.unpack_task(session, body["task"], by=by, at=at)
    return session.get_one(HandlingUnit, HandlingUnit.id_of(number))


@blueprint.post("/handling-units/<number>/close")
@requires(Permission.PACK_AND_SHIP)
@command
@blueprint.response(HTTPStatus.OK, HandlingUnitOutput)
def close(number: str, *, session: Session, by: Actor, at: datetime) -> HandlingUnit:
    """Close a box; it gets its SSCC."""
    prefix = current_app.config["SETTINGS"].gs1_prefix
    return transport.close_handling_unit(session, HandlingUnit.id_of(number), company_prefix=prefix, by=by, at=at)


@blueprint.post("/handling-units/<number>/reopen")
@requires(Permission.PACK_AND_SHIP)
@command
@blueprint.response(HTTPStatus.OK, HandlingUnitOutput)
def reopen(number: str, *, session: Session, by: Actor, at: datetime) -> HandlingUnit:
    """Open a closed box again."""
    return transport.reopen_handling_unit(session, HandlingUnit.id_of(number), by=by, at=at)


@blueprint.post("/handling-units/<number>/cancel")
@requires(Permission.PACK_AND_SHIP)
@command
@blueprint.response(HTTPStatus.OK, HandlingUnitOutput)
def cancel(number: str, *, session: Session, by: Actor, at: datetime) -> HandlingUnit:
    """Give up an empty box."""
    return transport.cancel_handling_unit(session, HandlingUnit.id_of(number), by=by, at=at)


# Shipments


@blueprint.post("/shipments")
@requires(Permission.PACK_AND_SHIP)
@blueprint.arguments(ShipInput)
@command
@blueprint.response(HTTPStatus.CREATED, ShipmentOutput(many=True))
def ship(body: dict[str, Any], *, session: Session, by: Actor, at: datetime) -> list[dict[str, Any]]:
    """Let closed handling units leave; a shipment for each destination."""
    carrier = transport.get_carrier(session, body["carrier"]) if body["carrier"] else None
    shipments = transport.ship(
        session,
        [HandlingUnit.id_of(number) for number in body["handling_units"]],
        carrier_id=carrier.id if carrier else None,
        carrier_reference=body["carrier_reference"],
        by=by,
        at=at,
    )
    views = [transport.get_shipment(session, shipment.id, by=by)[0] for shipment in shipments]
    return [_with_number(Shipment, view) for view in views]


@blueprint.get("/shipments")
@requires(Permission.SEE_SHIPMENTS)
@blueprint.arguments(ShipmentsQuery, location="query")
@blueprint.response(HTTPStatus.OK, ShipmentOutput(many=True))
def list_shipments(query: dict[str, Any]) -> list[dict[str, Any]]:
    """What is on its way to a warehouse, or out of it, soonest due first."""
    by = current_actor()
    with reading() as session:
        warehouse = warehouse_within(session, query["warehouse"], Permission.SEE_SHIPMENTS, by=by)
        listed = transport.list_incoming if query["direction"] == "in" else transport.list_outgoing
        views = listed(session, warehouse.id, by=by)
    return [_with_number(Shipment, view) for view in views]


@blueprint.get("/shipments/<number>")
@requires(Permission.SEE_SHIPMENTS)
@blueprint.response(HTTPStatus.OK, ShipmentContentsOutput)
def get_shipment(number: str) -> dict[str, Any]:
    """A shipment with its contents, box by box, and what it went through; seen at both its ends."""
    with reading() as session:
        return show_shipment(session, Shipment.id_of(number), by=current_actor())


@blueprint.post("/shipments/<number>/events")
@requires(Permission.TRACK_SHIPMENTS)
@blueprint.arguments(TrackingInput)
@command
@blueprint.response(HTTPStatus.CREATED, TrackingOutput)
def add_event(body: dict[str, Any], number: str, *, session: Session, by: Actor, at: datetime) -> Any:
    """Tell what a shipment went through."""
    return transport.add_tracking_event(session, Shipment.id_of(number), TrackingNews(**body), by=by, at=at)


@blueprint.post("/shipments/<number>/receipt")
@requires(Permission.RECEIVE_SHIPMENTS)
@blueprint.arguments(ShipmentReceiptInput)
@command
@blueprint.response(HTTPStatus.OK, ShipmentContentsOutput)
def receive(body: dict[str, Any], number: str, *, session: Session, by: Actor, at: datetime) -> dict[str, Any]:
    """Account for what arrived: whole boxes, or piece by piece full, damaged or missing."""
    scans: list[Scan] = [receipt_scan(session, one) for one in body["scans"]]
    if body["rest_missing"]:
        scans.append(RestMissing())
    shipment = transport.receive_shipment(session, Shipment.id_of(number), scans, note=body["note"], by=by, at=at)
    return show_shipment(session, shipment.id, by=by)


def receipt_scan(session: Session, one: dict[str, Any]) -> Scan:
    """One scan at the destination as transport understands it.

    Raises: ScanNamesNothing; ScanRefused.
    """
    if bool(one["sscc"]) == bool(one["part"]):
        raise ScanNamesNothing()
    if one["sscc"]:
        return BoxScan(read_sscc(one["sscc"]))
    label = read_part(session, one["part"], lot=one["lot"], serial=one["serial"])
    return PieceScan(label.part, one["received"], one["damaged"], one["missing"], label.lot, label.serial)


def show_shipment(session: Session, shipment_id: int, *, by: Actor) -> dict[str, Any]:
    """A shipment as it is shown, with contents and way."""
    view, lines = transport.get_shipment(session, shipment_id, by=by)
    events = transport.list_tracking_events(session, shipment_id, by=by)
    return {**_with_number(Shipment, view), "lines": lines, "events": events}


def _with_number(document: type[Shipment] | type[HandlingUnit], view: Any) -> dict[str, Any]:
    """A view's columns with the number people know the document by."""
    columns = {name: getattr(view, name) for name in view.__dataclass_fields__}
    return {**columns, "number": document(id=view.id).number, "status": str(view.status)}
