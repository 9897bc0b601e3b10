"""Suppliers to test with, parts as they sell them, and orders at any step."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import count

from sqlalchemy.orm import Session

from inventory import procurement, warehousing
from inventory.actor import Actor
from inventory.catalogue.models import Part
from inventory.network.models import Warehouse
from inventory.procurement import PurchaseOrder, PurchaseWish, Supplier, SupplierPart
from inventory.procurement.models import ListPrice
from tests.given.ledger import NOON, acting

WANTED = date(2026, 4, 1)
_numbers = count(1)


def supplier(session: Session, code: str | None = None, *, currency: str = "CNY", **known: object) -> Supplier:
    """A supplier with a code of his own."""
    number = next(_numbers)
    made = Supplier(code=code or f"V{number:05}", name_zh="海信配件", name_en="Parts Co", currency=currency, **known)
    session.add(made)
    session.flush()
    return made


def sold(
    session: Session,
    supplier: Supplier,
    part: Part,
    *breaks: tuple[int, str],
    currency: str | None = None,
    valid_from: date = date(2020, 1, 1),
    **known: object,
) -> SupplierPart:
    """A part as a supplier sells it, by default at 10 each from one on."""
    made = SupplierPart(**{"supplier_id": supplier.id, "part_id": part.id, "lead_time_days": 20, **known})
    session.add(made)
    session.flush()
    session.add_all(
        ListPrice(
            supplier_part_id=made.id,
            valid_from=valid_from,
            from_quantity=quantity,
            price=Decimal(price),
            currency=currency or supplier.currency,
        )
        for quantity, price in breaks or [(1, "10")]
    )
    session.flush()
    return made


def draft(
    session: Session,
    warehouse: Warehouse,
    supplier: Supplier,
    *lines: tuple[Part, int],
    wanted_on: date | None = None,
    by: Actor | None = None,
    at: datetime = NOON,
) -> PurchaseOrder:
    """A draft of these lines; without a day wanted in spring, or today where that is over."""
    day = wanted_on or max(WANTED, at.date())
    wishes = [PurchaseWish(warehouse.id, part.id, quantity, day, supplier.id) for part, quantity in lines]
    (order,) = procurement.draft_orders(session, wishes, by=by or acting(session), at=at)
    return order


def approved(session: Session, order: PurchaseOrder, *, at: datetime = NOON) -> PurchaseOrder:
    """The draft, submitted by somebody and approved by as many others as it needs."""
    procurement.submit_order(session, order.id, by=acting(session), at=at)
    while order.status is procurement.OrderStatus.AWAITING_APPROVAL:
        procurement.approve_order(session, order.id, by=acting(session), at=at)
    return order


def sent(
    session: Session,
    warehouse: Warehouse,
    supplier: Supplier,
    *lines: tuple[Part, int],
    wanted_on: date | None = None,
    at: datetime = NOON,
) -> PurchaseOrder:
    """An order of these lines on its way."""
    order = approved(session, draft(session, warehouse, supplier, *lines, wanted_on=wanted_on, at=at), at=at)
    return procurement.send_order(session, order.id, by=acting(session), at=at)


def came(
    session: Session, order: PurchaseOrder, goods: Sequence[object], *, by: Actor | None = None, at: datetime = NOON
) -> object:
    """A receipt against what is expected of the order."""
    wish = warehousing.ReceiptWish(order.warehouse_id, goods, expected_receipt_id=order.expected_receipt_id)  # type: ignore[arg-type]
    return warehousing.receive(session, wish, by=by or acting(session), at=at)
