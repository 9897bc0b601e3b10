"""What the API and the screens of procurement share: wishes from what came in, and an order as a document."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from flask import Response, current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from barcode import BarcodeRefused
from inventory import procurement
from inventory.actor import Actor
from inventory.catalogue import Part
from inventory.errors import NotFound, RuleBroken
from inventory.identity import Permission
from inventory.procurement import OrderView, PurchaseOrder, PurchaseWish, Supplier
from web.auth import current_actor
from web.exports import note_export
from web.purchase_documents import order_pdf, order_xlsx
from web.stock import warehouse_within


class OrderPageUnprintable(RuleBroken):
    """The order cannot be put on paper: the font that is set is none."""

    code = "order_page_unprintable"


def part_ids_of(session: Session, numbers: Sequence[str]) -> dict[str, int]:
    """The ids of parts by number. Raises: NotFound for the first that is unknown."""
    wanted = dict.fromkeys(numbers)
    rows = session.execute(select(Part.number, Part.id).where(Part.number.in_(wanted)))
    known = {row.number: row.id for row in rows}
    for number in wanted:
        if number not in known:
            raise NotFound(part=number)
    return known


def purchase_wishes(session: Session, lines: Sequence[Mapping[str, Any]], *, by: Actor) -> list[PurchaseWish]:
    """What is to be bought, warehouses within reach. Raises: NotFound; SupplierUnknown."""
    parts = part_ids_of(session, [line["part"] for line in lines])
    codes = {line["warehouse"] for line in lines}
    warehouses = {code: warehouse_within(session, code, Permission.BUY, by=by).id for code in codes}
    named = {line["supplier"] for line in lines if line["supplier"]}
    suppliers = _supplier_ids(session, named)
    return [
        PurchaseWish(
            warehouse_id=warehouses[line["warehouse"]],
            part_id=parts[line["part"]],
            quantity=line["quantity"],
            wanted_on=line["wanted_on"],
            supplier_id=suppliers[line["supplier"]] if line["supplier"] else None,
            price=line["price"],
        )
        for line in lines
    ]


def line_wishes(session: Session, order: PurchaseOrder, lines: Sequence[Mapping[str, Any]]) -> list[PurchaseWish]:
    """Other lines for an order. Raises: NotFound."""
    parts = part_ids_of(session, [line["part"] for line in lines])
    return [
        PurchaseWish(
            warehouse_id=order.warehouse_id,
            part_id=parts[line["part"]],
            quantity=line["quantity"],
            wanted_on=line["wanted_on"],
            supplier_id=order.supplier_id,
            price=line["price"],
        )
        for line in lines
    ]


def on_paper(view: OrderView) -> Response:
    """The order as a PDF in both languages. Raises: OrderPageUnprintable."""
    try:
        pdf = order_pdf(view, today=_day(view), font=current_app.config["SETTINGS"].label_font)
    except BarcodeRefused as refused:
        raise OrderPageUnprintable(reason=str(refused)) from refused
    note_export(view.order.number, by=current_actor(), format="pdf")
    return _file(pdf, "application/pdf", f"{view.order.number}.pdf", shown=True)


def as_workbook(view: OrderView) -> Response:
    """The order as a workbook whose amounts are formulas."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    note_export(view.order.number, by=current_actor(), format="xlsx")
    return _file(order_xlsx(view, today=_day(view)), kind, f"{view.order.number}.xlsx", shown=False)


def _supplier_ids(session: Session, codes: set[str]) -> dict[str, int]:
    rows = session.execute(select(Supplier.code, Supplier.id).where(Supplier.code.in_(codes)))
    known = {row.code: row.id for row in rows}
    for code in sorted(codes - known.keys()):
        raise procurement.SupplierUnknown(supplier=code)
    return known


def _day(view: OrderView) -> date:
    """The day of the document: that on which it was sent, else drawn up, where the company is."""
    at = view.order.sent_at or view.order.created_at
    day: date = at.astimezone(current_app.config["TIMEZONE"]).date()
    return day


def _file(content: bytes, kind: str, name: str, *, shown: bool) -> Response:
    response = current_app.response_class(content, mimetype=kind)
    response.headers["Content-Disposition"] = f'{"inline" if shown else "attachment"}; filename="{Path(name).name}"'
    return response
