"""Printing: part labels, bin labels, box labels and the pick list, as PDF that the browser shows and prints."""

from flask import Response, render_template, request
from sqlalchemy import func, select

from barcode import LABELS_MAX
from inventory.identity import Permission
from inventory.network import Bin, Zone
from inventory.quantity import read_quantity
from inventory.warehousing import QuantityTooSmall
from web import labels
from web.auth import current_actor, requires
from web.db import reading
from web.pages import Entry, Screens
from web.scanning import read_part
from web.stock import warehouse_within
from web.workplace import required_workplace

blueprint = Screens("labels", __name__)
NAVIGATION = (Entry("labels.show_labels", "Labels", Permission.PRINT_LABELS, order=29, icon="printer"),)


@blueprint.get("/labels")
@requires(Permission.PRINT_LABELS)
def show_labels() -> str:
    """What can be printed for the chosen warehouse."""
    place, by = required_workplace(), current_actor()
    with reading() as session:
        warehouse = warehouse_within(session, place.code, Permission.PRINT_LABELS, by=by)
        zones = session.execute(
            select(Zone.code, Zone.name_zh, Zone.name_en, func.count().label("bins"))
            .join(Bin, Bin.zone_id == Zone.id)
            .where(Zone.warehouse_id == warehouse.id, Bin.active)
            .group_by(Zone.id)
            .order_by(Zone.code)
        ).all()
    return render_template("labels/labels.html", place=place, zones=zones, most=LABELS_MAX)


@blueprint.get("/labels/parts.pdf")
@requires(Permission.PRINT_LABELS)
def print_part_labels() -> Response:
    """Labels of the part that was typed or scanned; lot and serial number of a label are taken over."""
    place, by, asked = required_workplace(), current_actor(), request.args
    count = read_quantity(asked.get("count") or "1")
    if count < 1:
        raise QuantityTooSmall(quantity=count)
    with reading() as session:
        scanned = read_part(session, asked.get("part", ""), lot=_typed("lot"), serial=_typed("serial"))
        made = labels.part_labels(
            session,
            warehouse_within(session, place.code, Permission.PRINT_LABELS, by=by),
            scanned.part,
            lot=scanned.lot,
            serial=scanned.serial,
            count=count,
            by=by,
        )
    return labels.given_out(labels.draw_part_labels(made))


def _typed(name: str) -> str | None:
    return request.args.get(name, "").strip() or None


@blueprint.get("/labels/receipts/<number>.pdf")
@requires(Permission.PRINT_LABELS)
def print_receipt_labels(number: str) -> Response:
    """Labels of what a receipt brought: one a piece, or one a lot."""
    with reading() as session:
        each_piece = request.args.get("each") != "lot"
        made = labels.part_labels_of_receipt(session, number, each_piece=each_piece, by=current_actor())
    return labels.given_out(labels.draw_part_labels(made, name=number))


@blueprint.get("/labels/bins.pdf")
@requires(Permission.PRINT_LABELS)
def print_bin_labels() -> Response:
    """Labels of a zone, or of the bins that were typed, a blank or comma between them."""
    place, by = required_workplace(), current_actor()
    bins = request.args.get("bins", "").replace(",", " ").replace("，", " ").upper().split()
    with reading() as session:
        warehouse = warehouse_within(session, place.code, Permission.PRINT_LABELS, by=by)
        made = labels.bin_labels(session, warehouse, zone=request.args.get("zone"), bins=bins, by=by)
    return labels.given_out(labels.draw_bin_labels(made))


@blueprint.get("/labels/boxes/<number>.pdf")
@requires(Permission.PRINT_LABELS)
def print_box_label(number: str) -> Response:
    """The label of a closed box."""
    with reading() as session:
        made = labels.handling_unit_label(session, number, by=current_actor())
    return labels.given_out(labels.draw_handling_unit_label(made))


@blueprint.get("/labels/pick-list.pdf")
@requires(Permission.PRINT_LABELS)
def print_pick_list() -> Response:
    """What is to be picked in the chosen warehouse, or of a wave, on paper."""
    place, by = required_workplace(), current_actor()
    with reading() as session:
        warehouse = warehouse_within(session, place.code, Permission.PRINT_LABELS, by=by)
        listed = labels.pick_list(session, warehouse, wave=request.args.get("wave"), by=by)
    return labels.given_out(labels.draw_pick_list(listed))
