"""Purchase orders: drawn up, approved, sent, confirmed, chased; what is on order; an order as PDF and workbook."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from http import HTTPStatus
from typing import Any

from flask import Response
from marshmallow import Schema
from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory import catalogue, procurement
from inventory.actor import Actor
from inventory.catalogue import Part
from inventory.db import database_now
from inventory.identity import Permission
from inventory.procurement import (
    LineNews,
    OrderFilter,
    OrderSummary,
    OrderView,
    PurchaseOrder,
    ShipmentNews,
    ToChase,
)
from inventory.timeline import DocumentEvent
from web.api import Blueprint
from web.auth import current_actor, requires
from web.command import command
from web.db import reading
from web.paging import read_page
from web.purchasing import as_workbook, line_wishes, on_paper, part_ids_of, purchase_wishes
from web.schemas import page_of
from web.schemas.procurement import (
    ChaseInput,
    ConfirmationInput,
    LeftInput,
    LinesInput,
    OnOrderOutput,
    OrderEventOutput,
    OrderOutput,
    OrdersQuery,
    OrderSummaryOutput,
    PurchaseInput,
    PurchaseReasonInput,
    SubmitInput,
    ToChaseOutput,
)
from web.stock import warehouse_within

blueprint = Blueprint("api_purchase_orders", __name__, description="Purchase orders")
Body = dict[str, Any]
Act = Callable[..., PurchaseOrder]
PDF = {"type": "string", "format": "binary"}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/purchase-orders")
@requires(Permission.SEE_PURCHASES)
@blueprint.arguments(OrdersQuery, location="query")
@blueprint.response(HTTPStatus.OK, page_of(OrderSummaryOutput))
def list_purchase_orders(query: dict[str, Any]) -> dict[str, Any]:
    """Orders within reach, newest first."""
    by = current_actor()
    with reading() as session:
        page = read_page(
            session,
            procurement.summaries(by, _filter(session, query, by=by)),
            keys=[PurchaseOrder.id],
            key_of=lambda row: [row[0].id],
            cursor=query["cursor"],
            limit=query["limit"],
            descending=True,
            scalars=False,
        )
    return {"items": [procurement.summary_of(row) for row in page.items], "next_cursor": page.next_cursor}


def _filter(session: Session, query: dict[str, Any], *, by: Actor) -> OrderFilter:
    warehouse, supplier, part = query["warehouse"], query["supplier"], query["part"]
    return OrderFilter(
        statuses=[query["status"]] if query["status"] else (),
        supplier_id=procurement.get_supplier(session, supplier).id if supplier else None,
        warehouse_id=warehouse_within(session, warehouse, Permission.SEE_PURCHASES, by=by).id if warehouse else None,
        part_id=catalogue.get_part(session, part).id if part else None,
    )


@blueprint.post("/purchase-orders")
@requires(Permission.BUY)
@blueprint.arguments(PurchaseInput)
@command
@blueprint.response(HTTPStatus.CREATED, OrderOutput(many=True))
def draft_purchase_orders(body: dict[str, Any], *, session: Session, by: Actor, at: datetime) -> list[OrderView]:
    """Draw up an order for each supplier, warehouse and currency; quantities are not rounded."""
    wishes = purchase_wishes(session, body["lines"], by=by)
    orders = procurement.draft_orders(session, wishes, note=body["note"], by=by, at=at)
    return [procurement.get_order(session, one.id, by=by) for one in orders]


@blueprint.get("/purchase-orders/to-approve")
@requires(Permission.APPROVE_PURCHASES)
@blueprint.response(HTTPStatus.OK, OrderSummaryOutput(many=True))
def list_to_approve() -> list[OrderSummary]:
    """What waits for one's approval, the longest waiting first."""
    with reading() as session:
        return procurement.list_to_approve(session, by=current_actor())


@blueprint.get("/purchase-orders/to-chase")
@requires(Permission.SEE_PURCHASES)
@blueprint.response(HTTPStatus.OK, ToChaseOutput(many=True))
def list_to_chase() -> list[ToChase]:
    """Orders to ask the supplier about: late lines, the longest late first, then what nobody confirmed."""
    with reading() as session:
        return procurement.list_to_chase(session, by=current_actor(), today=database_now(session).date())


@blueprint.get("/purchase-orders/<number>")
@requires(Permission.SEE_PURCHASES)
@blueprint.response(HTTPStatus.OK, OrderOutput)
def get_purchase_order(number: str) -> OrderView:
    """An order with its lines."""
    return _view(number)


@blueprint.get("/purchase-orders/<number>/timeline")
@requires(Permission.SEE_PURCHASES)
@blueprint.response(HTTPStatus.OK, OrderEventOutput(many=True))
def list_purchase_order_events(number: str) -> list[DocumentEvent]:
    """What happened to an order, oldest first."""
    return list(_view(number).events)


@blueprint.get("/purchase-orders/<number>/pdf")
@requires(Permission.SEE_PURCHASES)
@blueprint.response(HTTPStatus.OK, PDF, content_type="application/pdf")
def print_purchase_order(number: str) -> Response:
    """The order on paper, in both languages."""
    return on_paper(_view(number))


@blueprint.get("/purchase-orders/<number>/xlsx")
@requires(Permission.SEE_PURCHASES)
@blueprint.response(HTTPStatus.OK, PDF, content_type=XLSX)
def fetch_purchase_order_workbook(number: str) -> Response:
    """The order as a workbook whose amounts are formulas."""
    return as_workbook(_view(number))


def _view(number: str) -> OrderView:
    with reading() as session:
        return procurement.get_order(session, PurchaseOrder.id_of(number), by=current_actor())


def does(verb: str, permission: Permission, body: type[Schema] | None = None) -> Callable[[Act], Act]:
    """The address at which something is done to an order, and the order as it then stands for an answer."""

    def declare(act: Act) -> Act:
        @wraps(act)
        def view(*read: Any, number: str, session: Session, by: Actor, at: datetime) -> OrderView:
            order = act(*read, PurchaseOrder.id_of(number), session=session, by=by, at=at)
            return procurement.get_order(session, order.id, by=by)

        written = command(blueprint.response(HTTPStatus.OK, OrderOutput)(view))
        taken = blueprint.arguments(body)(written) if body else written
        blueprint.post(f"/purchase-orders/<number>/{verb}")(requires(permission)(taken))
        return act

    return declare


@does("lines", Permission.BUY, LinesInput)
def change_purchase_order(body: Body, order_id: int, *, session: Session, by: Actor, at: datetime) -> PurchaseOrder:
    """Put other lines in the place of those of a draft."""
    view = procurement.get_order(session, order_id, by=by)
    wishes = line_wishes(session, view.order, body["lines"])
    return procurement.change_order(session, order_id, wishes, note=body["note"], by=by, at=at)


@does("submit", Permission.BUY, SubmitInput)
def submit_purchase_order(body: Body, order_id: int, *, session: Session, by: Actor, at: datetime) -> PurchaseOrder:
    """Lay a draft before those who approve."""
    return procurement.submit_order(session, order_id, **body, by=by, at=at)


@does("approve", Permission.APPROVE_PURCHASES)
def approve_purchase_order(order_id: int, *, session: Session, by: Actor, at: datetime) -> PurchaseOrder:
    """Approve what somebody else drew up."""
    return procurement.approve_order(session, order_id, by=by, at=at)


@does("reject", Permission.APPROVE_PURCHASES, PurchaseReasonInput)
def reject_purchase_order(body: Body, order_id: int, *, session: Session, by: Actor, at: datetime) -> PurchaseOrder:
    """Give an order back to who drew it up."""
    return procurement.reject_order(session, order_id, **body, by=by, at=at)


@does("withdraw", Permission.BUY, PurchaseReasonInput)
def withdraw_purchase_order(body: Body, order_id: int, *, session: Session, by: Actor, at: datetime) -> PurchaseOrder:
    """Take an order that was not sent back to the desk."""
    return procurement.withdraw_order(session, order_id, **body, by=by, at=at)


@does("send", Permission.BUY)
def send_purchase_order(order_id: int, *, session: Session, by: Actor, at: datetime) -> PurchaseOrder:
    """Note that an approved order went to the supplier; the dock expects it from now on."""
    return procurement.send_order(session, order_id, by=by, at=at)


@does("confirm", Permission.BUY, ConfirmationInput)
def confirm_purchase_order(body: Body, order_id: int, *, session: Session, by: Actor, at: datetime) -> PurchaseOrder:
    """Write down what the supplier confirms: days and quantities that differ; the rest as it stands."""
    parts = part_ids_of(session, [one["part"] for one in body["lines"]])
    news = [LineNews(parts[one["part"]], one["quantity"], one["due_on"]) for one in body["lines"]]
    return procurement.confirm_order(session, order_id, news, reference=body["reference"], by=by, at=at)


@does("announce", Permission.BUY, LeftInput)
def announce_purchase_order(body: Body, order_id: int, *, session: Session, by: Actor, at: datetime) -> PurchaseOrder:
    """Write down what has left the supplier, and when it should be here."""
    parts = part_ids_of(session, [one["part"] for one in body["lines"]])
    news = ShipmentNews(
        reference=body["reference"],
        expected_on=body["expected_on"],
        quantities=[(parts[one["part"]], one["quantity"]) for one in body["lines"]],
    )
    return procurement.announce_shipment(session, order_id, news, by=by, at=at)


@does("chase", Permission.BUY, ChaseInput)
def chase_purchase_order(body: Body, order_id: int, *, session: Session, by: Actor, at: datetime) -> PurchaseOrder:
    """Keep what the supplier said about late goods, and when to ask again."""
    return procurement.chase_order(session, order_id, note=body["note"], chase_on=body["again_on"], by=by, at=at)


@does("cancel", Permission.BUY, PurchaseReasonInput)
def cancel_purchase_order(body: Body, order_id: int, *, session: Session, by: Actor, at: datetime) -> PurchaseOrder:
    """Give an order up; of one under way what has not come is closed short."""
    return procurement.cancel_order(session, order_id, **body, by=by, at=at)


@blueprint.get("/warehouses/<code>/on-order")
@requires(Permission.SEE_PURCHASES)
@blueprint.response(HTTPStatus.OK, OnOrderOutput(many=True))
def list_on_order(code: str) -> list[dict[str, Any]]:
    """What a warehouse gets from suppliers, by part."""
    with reading() as session:
        warehouse = warehouse_within(session, code, Permission.SEE_PURCHASES, by=current_actor())
        found = procurement.list_on_order(session, warehouse_ids=[warehouse.id])
        ids = [one.part_id for one in found]
        rows = session.execute(select(Part.id, Part.number).where(Part.id.in_(ids)))
        numbers = {row.id: row.number for row in rows}
    return [
        {
            "part": numbers[one.part_id],
            "on_order": one.on_order,
            "not_shipped": one.not_shipped,
            "announced": one.announced,
            "pending": one.pending,
            "next_due_on": one.next_due_on,
        }
        for one in found
    ]
