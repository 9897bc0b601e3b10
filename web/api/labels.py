"""Labels and the pick list as PDF."""

from http import HTTPStatus
from typing import Any

from flask import Response

from inventory.identity import Permission
from web import labels
from web.api import Blueprint
from web.auth import current_actor, requires
from web.db import reading
from web.schemas.labels import BinLabelsQuery, PartLabelsQuery, PickListQuery, PrintQuery, ReceiptLabelsQuery
from web.stock import warehouse_within

blueprint = Blueprint("api_labels", __name__, description="Labels and pick lists as PDF")
PDF = {"type": "string", "format": "binary"}


@blueprint.get("/labels/receipts/<number>")
@requires(Permission.PRINT_LABELS)
@blueprint.arguments(ReceiptLabelsQuery, location="query")
@blueprint.response(HTTPStatus.OK, PDF, content_type="application/pdf")
def print_receipt_labels(query: dict[str, Any], number: str) -> Response:
    """Labels of what a receipt brought: one a piece, or one a lot with its quantity; 60 x 40 mm."""
    with reading() as session:
        made = labels.part_labels_of_receipt(session, number, each_piece=query["each"] == "piece", by=current_actor())
    return labels.given_out(labels.draw_part_labels(made, name=number, dpi=query["dpi"]))


@blueprint.get("/labels/parts")
@requires(Permission.PRINT_LABELS)
@blueprint.arguments(PartLabelsQuery, location="query")
@blueprint.response(HTTPStatus.OK, PDF, content_type="application/pdf")
def print_part_labels(query: dict[str, Any]) -> Response:
    """Labels of a part, with a lot or serial number that the warehouse has had; 60 x 40 mm."""
    by = current_actor()
    with reading() as session:
        made = labels.part_labels(
            session,
            warehouse_within(session, query["warehouse"], Permission.PRINT_LABELS, by=by),
            query["part"],
            lot=query["lot"],
            serial=query["serial"],
            quantity=query["quantity"],
            count=query["count"],
            by=by,
        )
    return labels.given_out(labels.draw_part_labels(made, dpi=query["dpi"]))


@blueprint.get("/labels/bins")
@requires(Permission.PRINT_LABELS)
@blueprint.arguments(BinLabelsQuery, location="query")
@blueprint.response(HTTPStatus.OK, PDF, content_type="application/pdf")
def print_bin_labels(query: dict[str, Any]) -> Response:
    """Labels of a zone, or of the bins named; 100 x 50 mm."""
    by = current_actor()
    with reading() as session:
        warehouse = warehouse_within(session, query["warehouse"], Permission.PRINT_LABELS, by=by)
        made = labels.bin_labels(session, warehouse, zone=query["zone"], bins=query["bin"], by=by)
    return labels.given_out(labels.draw_bin_labels(made, dpi=query["dpi"]))


@blueprint.get("/labels/handling-units/<number>")
@requires(Permission.PRINT_LABELS)
@blueprint.arguments(PrintQuery, location="query")
@blueprint.response(HTTPStatus.OK, PDF, content_type="application/pdf")
def print_handling_unit_label(query: dict[str, Any], number: str) -> Response:
    """The label of a closed box with its SSCC; 100 x 150 mm."""
    with reading() as session:
        made = labels.handling_unit_label(session, number, by=current_actor())
    return labels.given_out(labels.draw_handling_unit_label(made, dpi=query["dpi"]))


@blueprint.get("/labels/pick-list")
@requires(Permission.PRINT_LABELS)
@blueprint.arguments(PickListQuery, location="query")
@blueprint.response(HTTPStatus.OK, PDF, content_type="application/pdf")
def print_pick_list(query: dict[str, Any]) -> Response:
    """The open pick tasks on A4 in walking order, for the day the handhelds are down."""
    by = current_actor()
    with reading() as session:
        warehouse = warehouse_within(session, query["warehouse"], Permission.PRINT_LABELS, by=by)
        listed = labels.pick_list(session, warehouse, wave=query["wave"], by=by)
    return labels.given_out(labels.draw_pick_list(listed))
