"""Suppliers and the parts they sell: finding them, taking them on, changing what is known of them."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from inventory import audit
from inventory.actor import Actor
from inventory.catalogue import Part
from inventory.identity import Permission, covers
from inventory.procurement.currencies import require_currency
from inventory.procurement.errors import PricedTwice, SupplierExists, SupplierUnknown
from inventory.procurement.models import ListPrice, OrderStatus, PurchaseOrder, Supplier, SupplierPart
from inventory.procurement.quantities import PriceBreak


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierWish:
    """What is known of a supplier; amounts in his currency."""

    name_zh: str
    currency: str
    name_en: str = ""
    contact: str = ""
    email: str = ""
    phone: str = ""
    address: str = ""
    minimum_order_value: Decimal = Decimal(0)
    payment_terms: str = ""
    over_tolerance_percent: int = 0
    under_tolerance_percent: int = 0
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierPartWish:
    """How a supplier sells a part. Without breaks his prices stay; with some they hold from `valid_from` on."""

    part_id: int
    lead_time_days: int
    priority: int = 1
    supplier_part_number: str = ""
    moq: int = 1
    pack_size: int = 1
    active: bool = True
    breaks: tuple[PriceBreak, ...] = ()
    currency: str = ""
    valid_from: date | None = None


def get_supplier(session: Session, code: str) -> Supplier:
    """The supplier of a code. Raises: SupplierUnknown."""
    found = session.scalar(select(Supplier).where(Supplier.code == code))
    if found is None:
        raise SupplierUnknown(supplier=code[:40])
    return found


def add_supplier(session: Session, code: str, wish: SupplierWish, *, by: Actor, at: datetime) -> Supplier:
    """Take a supplier on. Raises: NotPermitted; SupplierExists; CurrencyUnknown."""
    by.require(Permission.BUY)
    require_currency(session, wish.currency)
    if session.scalar(select(Supplier.id).where(Supplier.code == code)) is not None:
        raise SupplierExists(supplier=code)
    supplier = Supplier(code=code, **asdict(wish))
    session.add(supplier)
    session.flush()
    audit.note(session, "supplier_added", actor_id=by.person_id, at=at, subject=code)
    return supplier


def change_supplier(session: Session, code: str, wish: SupplierWish, *, by: Actor, at: datetime) -> Supplier:
    """Write down what is known of a supplier now; what changed is kept in the audit trail.

    Raises: NotPermitted; SupplierUnknown; CurrencyUnknown.
    """
    by.require(Permission.BUY)
    require_currency(session, wish.currency)
    supplier = session.scalars(select(Supplier).where(Supplier.code == code).with_for_update()).one_or_none()
    if supplier is None:
        raise SupplierUnknown(supplier=code[:40])
    changed: dict[str, Any] = {}
    for name, value in asdict(wish).items():
        before = getattr(supplier, name)
        if before != value:
            changed[name] = [str(before), str(value)]
            setattr(supplier, name, value)
    session.flush()
    audit.note(session, "supplier_changed", actor_id=by.person_id, at=at, subject=code, facts=changed)
    return supplier


def sell_part(session: Session, supplier: Supplier, wish: SupplierPartWish, *, by: Actor, at: datetime) -> SupplierPart:
    """Write down how a supplier sells a part and, where breaks are given, for how much from a day on.

    Raises: NotPermitted; CurrencyUnknown; PricedTwice.
    """
    by.require(Permission.BUY)
    if len({one.from_quantity for one in wish.breaks}) < len(wish.breaks):
        raise PricedTwice()
    known = {
        "priority": wish.priority,
        "supplier_part_number": wish.supplier_part_number,
        "moq": wish.moq,
        "pack_size": wish.pack_size,
        "lead_time_days": wish.lead_time_days,
        "active": wish.active,
    }
    sold_id = session.execute(
        insert(SupplierPart)
        .values(supplier_id=supplier.id, part_id=wish.part_id, **known)
        .on_conflict_do_update(index_elements=["part_id", "supplier_id"], set_=known)
        .returning(SupplierPart.id)
    ).scalar_one()
    if wish.breaks:
        _list_prices(
            session, sold_id, wish, wish.currency or supplier.currency, valid_from=wish.valid_from or at.date()
        )
    part = session.get_one(Part, wish.part_id)
    facts = {"part": part.number, "prices": {str(one.from_quantity): str(one.price) for one in wish.breaks}}
    audit.note(session, "supplier_part_set", actor_id=by.person_id, at=at, subject=supplier.code, facts=facts)
    return session.get_one(SupplierPart, sold_id, populate_existing=True)


def _list_prices(
    session: Session, supplier_part_id: int, wish: SupplierPartWish, currency: str, *, valid_from: date
) -> None:
    """Put the scale of a day in the place of what was written down for that day."""
    require_currency(session, currency)
    day = (ListPrice.supplier_part_id == supplier_part_id, ListPrice.valid_from == valid_from)
    session.execute(ListPrice.__table__.delete().where(*day))  # type: ignore[attr-defined]
    session.add_all(
        ListPrice(
            supplier_part_id=supplier_part_id,
            valid_from=valid_from,
            from_quantity=one.from_quantity,
            price=one.price,
            currency=currency,
        )
        for one in wish.breaks
    )
    session.flush()


@dataclass(frozen=True, slots=True)
class SoldPart:
    """A part that a supplier sells, with the words for the screen."""

    part_id: int
    part_number: str
    part_name_zh: str
    part_name_en: str
    sold: SupplierPart


def list_sold_parts(
    session: Session, supplier: Supplier, *, by: Actor, begins: str = "", after: str = "", limit: int = 100
) -> list[SoldPart]:
    """What a supplier sells, by part number, which may have to begin so; `after` continues a page."""
    by.require(Permission.SEE_PURCHASES)
    rows = session.execute(
        select(Part.id, Part.number, Part.name_zh, Part.name_en, SupplierPart)
        .join(SupplierPart, SupplierPart.part_id == Part.id)
        .where(
            SupplierPart.supplier_id == supplier.id,
            Part.number > after,
            Part.number.istartswith(begins, autoescape=True),
        )
        .order_by(Part.number)
        .limit(limit)
    )
    return [SoldPart(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class SupplierSummary:
    """A row of a list of suppliers: how many parts he sells, how many orders of him within reach are under way."""

    supplier: Supplier
    parts: int
    orders: int


def find_suppliers(
    session: Session, words: str = "", *, by: Actor, after: str = "", limit: int = 100
) -> list[SupplierSummary]:
    """Suppliers by code, of whom the words are the code or within the name; `after` continues a page."""
    by.require(Permission.SEE_PURCHASES)
    parts = select(func.count(SupplierPart.id)).where(SupplierPart.supplier_id == Supplier.id, SupplierPart.active)
    orders = select(func.count(PurchaseOrder.id)).where(
        PurchaseOrder.supplier_id == Supplier.id,
        PurchaseOrder.status.in_((OrderStatus.SENT, OrderStatus.CONFIRMED, OrderStatus.PART_RECEIVED)),
        covers(by, Permission.SEE_PURCHASES, PurchaseOrder.warehouse_id),
    )
    query = select(Supplier, parts.scalar_subquery(), orders.scalar_subquery()).where(Supplier.code > after)
    if words:
        query = query.where(named_like(words))
    return [SupplierSummary(*row) for row in session.execute(query.order_by(Supplier.code).limit(limit))]


def named_like(words: str) -> ColumnElement[bool]:
    """Suppliers whose code begins with the words, or whose name holds them."""
    return or_(
        Supplier.code.istartswith(words, autoescape=True),
        Supplier.name_zh.icontains(words, autoescape=True),
        Supplier.name_en.icontains(words, autoescape=True),
    )


def list_suppliers(session: Session, *, by: Actor) -> Sequence[Supplier]:
    """All suppliers, by code."""
    by.require(Permission.SEE_PURCHASES)
    return session.scalars(select(Supplier).order_by(Supplier.code)).all()
