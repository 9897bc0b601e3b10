"""Purchase orders on the buyer's desk: drawn up, changed, and held while somebody works on one."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from inventory import timeline
from inventory.actor import Actor
from inventory.catalogue import Part
from inventory.errors import NotFound
from inventory.identity import Permission
from inventory.procurement.currencies import rate_on
from inventory.procurement.days import require_to_come
from inventory.procurement.errors import (
    BelowMinimumQuantity,
    CurrenciesMixed,
    NobodySells,
    NothingOrdered,
    OrderedTwice,
    OrderStands,
    PackBroken,
    PriceMissing,
)
from inventory.procurement.models import OrderStatus, PriceOrigin, PurchaseOrder, PurchaseOrderLine, Supplier
from inventory.procurement.offers import Offer, Price, list_offers
from inventory.procurement.quantities import purchase_quantity
from inventory.timeline import DocumentKind, Happening
from inventory.warehousing import ExpectedReceipt


@dataclass(frozen=True, slots=True)
class PurchaseWish:
    """So much of a part is to be bought for a warehouse, to be there on a day.

    Without a supplier the one of the lowest priority number with a price is asked; without a price the contract's or
    the list's counts. A price that is given is in the supplier's currency.
    """

    warehouse_id: int
    part_id: int
    quantity: int
    wanted_on: date
    supplier_id: int | None = None
    price: Decimal | None = None


@dataclass(frozen=True, slots=True)
class _Priced:
    """A wish with the offer that serves it and the price it gets."""

    wish: PurchaseWish
    offer: Offer
    price: Price


def draft_orders(
    session: Session, wishes: Sequence[PurchaseWish], *, note: str = "", by: Actor, at: datetime
) -> list[PurchaseOrder]:
    """Draw up an order for each supplier, warehouse and currency among the wishes; wishes for one part add up.

    Quantities are taken as they are: `purchase_quantity` rounds them before, nothing is rounded here.

    Raises: NotFound for a foreign warehouse or an unknown part; NothingOrdered; NobodySells; PriceMissing;
    BelowMinimumQuantity; PackBroken; RateMissing; DayOver when one is wanted by a day that is over.
    """
    for warehouse_id in {wish.warehouse_id for wish in wishes}:
        by.require(Permission.BUY, warehouse_id)
    if not wishes:
        raise NothingOrdered()
    orders: dict[tuple[int, int, str], list[_Priced]] = defaultdict(list)
    for priced in _priced(session, _added_up(wishes), at=at):
        orders[priced.offer.supplier_id, priced.wish.warehouse_id, priced.price.currency].append(priced)
    rates = {currency: rate_on(session, currency, at.date()) for currency in sorted({key[2] for key in orders})}
    drafted = [
        PurchaseOrder(
            supplier_id=supplier_id,
            warehouse_id=warehouse_id,
            currency=currency,
            rate=rates[currency],
            status=OrderStatus.DRAFT,
            note=note,
            created_by_id=by.person_id,
            created_at=at,
        )
        for supplier_id, warehouse_id, currency in sorted(orders)
    ]
    session.add_all(drafted)
    session.flush()
    for order, key in zip(drafted, sorted(orders), strict=True):
        session.add_all(_lines(order.id, orders[key]))
    session.flush()
    happenings = [
        happening(order, "drafted", before="new", facts={"lines": len(orders[key])})
        for order, key in zip(drafted, sorted(orders), strict=True)
    ]
    timeline.record(session, happenings, by=by, at=at)
    return drafted


def change_order(
    session: Session, order_id: int, wishes: Sequence[PurchaseWish], *, note: str = "", by: Actor, at: datetime
) -> PurchaseOrder:
    """Put other lines in the place of those of a draft; the order stays with its supplier, warehouse and currency.

    Raises: NotFound; OrderStands unless it is a draft; NothingOrdered; OrderedTwice; CurrenciesMixed; and as
    `draft_orders`.
    """
    order = locked_order(session, order_id)
    by.require(Permission.BUY, order.warehouse_id)
    require_status(order, OrderStatus.DRAFT)
    if not wishes:
        raise NothingOrdered()
    if len({wish.part_id for wish in wishes}) < len(wishes):
        raise OrderedTwice()
    own = [replace(wish, warehouse_id=order.warehouse_id, supplier_id=order.supplier_id) for wish in wishes]
    priced = _priced(session, own, at=at)
    if any(one.price.currency != order.currency for one in priced):
        raise CurrenciesMixed(currency=order.currency)
    session.execute(PurchaseOrderLine.__table__.delete().where(PurchaseOrderLine.order_id == order.id))  # type: ignore[attr-defined]
    session.expire_all()
    session.add_all(_lines(order.id, priced))
    order.note = note
    session.flush()
    timeline.record(session, [happening(order, "changed", facts={"lines": len(priced)})], by=by, at=at)
    return order


def happening(
    order: PurchaseOrder,
    what: str,
    *,
    before: OrderStatus | str | None = None,
    reason: str = "",
    facts: Mapping[str, object] | None = None,
) -> Happening:
    """An entry of an order's timeline; without `before` its status stays."""
    status = str(order.status)
    return Happening(
        DocumentKind.PURCHASE_ORDER, order.id, what, str(before or status), status, reason, dict(facts or {})
    )


def locked_order(session: Session, order_id: int) -> PurchaseOrder:
    """Hold an order until the transaction ends; first what is expected of it, as the dock does. Raises: NotFound."""
    expected_id = session.scalar(select(PurchaseOrder.expected_receipt_id).where(PurchaseOrder.id == order_id))
    if expected_id is not None:
        session.execute(select(ExpectedReceipt.id).where(ExpectedReceipt.id == expected_id).with_for_update())
    query = select(PurchaseOrder).where(PurchaseOrder.id == order_id).with_for_update()
    order = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if order is None:
        raise NotFound()
    return order


def lines_of(session: Session, order: PurchaseOrder) -> Sequence[PurchaseOrderLine]:
    """The lines of an order that is held, by position."""
    query = select(PurchaseOrderLine).where(PurchaseOrderLine.order_id == order.id).order_by(PurchaseOrderLine.position)
    return session.scalars(query.execution_options(populate_existing=True)).all()


def amount_of(session: Session, order: PurchaseOrder) -> Decimal:
    """What an order costs, in its own currency."""
    amount = func.coalesce(func.sum(PurchaseOrderLine.quantity * PurchaseOrderLine.price), 0)
    return Decimal(session.scalars(select(amount).where(PurchaseOrderLine.order_id == order.id)).one())


def require_status(order: PurchaseOrder, *allowed: OrderStatus) -> None:
    """Refuse a step that an order does not take from here. Raises: OrderStands."""
    if order.status not in allowed:
        raise OrderStands(order=order.number, status=str(order.status))


def _added_up(wishes: Sequence[PurchaseWish]) -> list[PurchaseWish]:
    """One wish a part, warehouse, supplier and price: the sum, by the earliest day."""
    sums: dict[tuple[object, ...], PurchaseWish] = {}
    for wish in wishes:
        key = (wish.warehouse_id, wish.part_id, wish.supplier_id, wish.price)
        before = sums.get(key)
        if before is not None:
            wanted_on = min(before.wanted_on, wish.wanted_on)
            wish = replace(wish, quantity=before.quantity + wish.quantity, wanted_on=wanted_on)
        sums[key] = wish
    return list(sums.values())


def _priced(session: Session, wishes: Sequence[PurchaseWish], *, at: datetime) -> list[_Priced]:
    """The wishes with who serves each and for how much."""
    for wish in wishes:
        require_to_come(wish.wanted_on, at=at)
    part_ids = {wish.part_id for wish in wishes}
    numbers = dict(session.execute(select(Part.id, Part.number).where(Part.id.in_(part_ids))).all())
    if part_ids - numbers.keys():
        raise NotFound()
    offers: dict[int, list[Offer]] = defaultdict(list)
    for offer in list_offers(session, part_ids, on=at.date()):
        offers[offer.part_id].append(offer)
    currencies = _own_currencies(session)
    return [_choose(wish, offers[wish.part_id], numbers[wish.part_id], currencies, on=at.date()) for wish in wishes]


def _choose(
    wish: PurchaseWish, offers: Sequence[Offer], number: str, currencies: Mapping[int, str], *, on: date
) -> _Priced:
    asked = [one for one in offers if wish.supplier_id in (None, one.supplier_id)]
    if not asked:
        raise NobodySells(part=number)
    if wish.price is not None:
        offer = asked[0]
        price = Price(wish.price, currencies[offer.supplier_id], PriceOrigin.AGREED)
    else:
        found = next(((one, cost) for one in asked if (cost := one.price_at(wish.quantity)) is not None), None)
        if found is None:
            raise PriceMissing(part=number, quantity=wish.quantity, on=on.isoformat())
        offer, price = found
    _require_sold(wish, offer, number)
    return _Priced(wish, offer, price)


def _require_sold(wish: PurchaseWish, offer: Offer, number: str) -> None:
    nearest = purchase_quantity(max(wish.quantity, 1), offer.moq, offer.pack_size)
    if wish.quantity < offer.moq:
        raise BelowMinimumQuantity(part=number, quantity=wish.quantity, moq=offer.moq, nearest=nearest)
    if wish.quantity % offer.pack_size:
        raise PackBroken(part=number, quantity=wish.quantity, pack_size=offer.pack_size, nearest=nearest)


def _own_currencies(session: Session) -> dict[int, str]:
    return dict(session.execute(select(Supplier.id, Supplier.currency)).all())


def _lines(order_id: int, priced: Sequence[_Priced]) -> list[PurchaseOrderLine]:
    parts = [one.wish.part_id for one in priced]
    if len(set(parts)) < len(parts):
        raise OrderedTwice()
    return [
        PurchaseOrderLine(
            order_id=order_id,
            position=position,
            part_id=one.wish.part_id,
            supplier_part_id=one.offer.supplier_part_id,
            quantity=one.wish.quantity,
            price=one.price.price,
            price_origin=one.price.origin,
            contract_id=one.price.contract_id,
            wanted_on=one.wish.wanted_on,
            due_on=one.wish.wanted_on,
            expected=one.wish.quantity,
        )
        for position, one in enumerate(priced, start=1)
    ]
