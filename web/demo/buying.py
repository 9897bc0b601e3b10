"""The demo's suppliers: who sells each part, for how much, how fast; and purchase orders at every step.

Every part has its first supplier, most a second and some a third one, each a little dearer or slower. Cheap parts are
sold in packs and get cheaper by the hundred, dear ones singly. The orders are carried out by the use cases, on the days
on which people would have done so; only what comes to the dock comes now, for its moves are the youngest.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count

import numpy as np
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from inventory import commands, procurement, warehousing
from inventory.actor import Actor
from inventory.copying import Cursor, copy_rows
from inventory.identity import ROLE_PERMISSIONS, Person, Role
from inventory.ledger import Condition
from inventory.network import Tier, Warehouse
from inventory.procurement import LineNews, Offer, PurchaseOrder, PurchaseWish, ShipmentNews, purchase_quantity
from inventory.warehousing import ReceiptWish, ReceivedGoods
from web.demo.catalogue import DemoPart
from web.demo.vocabulary import SUPPLIERS, SUPPLIERS_EN

CURRENCIES = {7: "USD", 15: "EUR", 19: "JPY"}  # suppliers who sell in another currency than the maker's
RATES = {"USD": ("7.12", "7.05"), "EUR": ("7.74", "7.90"), "JPY": ("0.0478", "0.0471"), "HKD": ("0.912", "0.905")}
SECOND_SHARE, THIRD_SHARE = 0.6, 0.2
COST_SHARE = (0.45, 0.7)
BREAKS = ((100, Decimal("0.94")), (1000, Decimal("0.88")))
DAY = timedelta(days=1)
BUYER, SECOND_BUYER = "buyer", "buyer2"


def copy_suppliers(cursor: Cursor, parts: Sequence[DemoPart], *, at: datetime, seed: int) -> None:
    """Write suppliers, what they sell and for how much, and what currencies are worth."""
    rng = np.random.default_rng(seed + 2)
    copy_rows(
        cursor,
        "exchange_rate",
        ("currency", "valid_from", "rate"),
        (
            (currency, (at - days * DAY).date(), rate)
            for currency, rates in RATES.items()
            for days, rate in zip((400, 45), rates, strict=True)
        ),
    )
    copy_rows(
        cursor,
        "supplier",
        ("id", "code", "name_zh", "name_en", "contact", "email", "phone", "currency", "minimum_order_value",
         "payment_terms", "over_tolerance_percent", "under_tolerance_percent"),
        (
            _supplier(index, *names, rng)
            for index, names in enumerate(zip(SUPPLIERS, SUPPLIERS_EN, strict=True))
        ),
    )  # fmt: skip
    sold = [one for part in parts for one in _sold(part, rng)]
    copy_rows(
        cursor,
        "supplier_part",
        ("id", "supplier_id", "part_id", "priority", "supplier_part_number", "moq", "pack_size", "lead_time_days"),
        (
            (id, one.supplier + 1, one.part_id, one.priority, one.number, one.moq, one.pack, one.days)
            for id, one in enumerate(sold, start=1)
        ),
    )
    copy_rows(
        cursor,
        "list_price",
        ("supplier_part_id", "valid_from", "from_quantity", "price", "currency"),
        (
            (id, (at - 300 * DAY).date(), quantity, price, CURRENCIES.get(one.supplier, "CNY"))
            for id, one in enumerate(sold, start=1)
            for quantity, price in one.prices()
        ),
    )


def _supplier(index: int, name_zh: str, name_en: str, rng: np.random.Generator) -> tuple[object, ...]:
    number = index + 1
    return (
        number,
        f"V{number:04}",
        name_zh,
        name_en,
        "销售部 Sales",
        f"sales{number:02}@supplier.example",
        f"0000-5550{number:02}",
        CURRENCIES.get(index, "CNY"),
        ("0", "500", "2000")[int(rng.integers(3))] if index not in CURRENCIES else "0",
        ("月结 30 天", "月结 60 天", "货到付款")[int(rng.integers(3))],
        int(rng.choice([0, 2, 5])),
        int(rng.choice([0, 0, 2])),
    )


@dataclass(frozen=True, slots=True)
class _Sold:
    """A part as a supplier sells it, with the price of one in his currency."""

    part_id: int
    supplier: int
    priority: int
    number: str
    moq: int
    pack: int
    days: int
    price: Decimal

    def prices(self) -> Iterator[tuple[int, Decimal]]:
        """The scale: the first break at one, more where the part is sold by the pack."""
        yield 1, self.price
        if self.pack > 1:
            for quantity, share in BREAKS:
                yield quantity * self.pack, (self.price * share).quantize(Decimal("0.0001"))


def _sold(part: DemoPart, rng: np.random.Generator) -> Iterator[_Sold]:
    chances = rng.random(2)
    suppliers = [part.supplier]
    if chances[0] < SECOND_SHARE:
        suppliers.append((part.supplier + 7) % len(SUPPLIERS))
    if chances[1] < THIRD_SHARE:
        suppliers.append((part.supplier + 13) % len(SUPPLIERS))
    cost = Decimal(part.price) * Decimal(f"{rng.uniform(*COST_SHARE):.3f}")
    pack = 1 if cost > 50 else (5 if cost > 5 else 20) * part.component.usual
    days = int(rng.choice([10, 15, 20, 30, 45, 60]))
    for priority, supplier in enumerate(suppliers, start=1):
        rate = Decimal(RATES[CURRENCIES[supplier]][1]) if supplier in CURRENCIES else Decimal(1)
        dearer = Decimal(f"{1 + 0.04 * (priority - 1):.2f}")
        yield _Sold(
            part_id=part.id,
            supplier=supplier,
            priority=priority,
            number=f"{supplier + 1:02}-{part.number[-6:]}" if priority < 3 else "",
            moq=pack * int(rng.choice([1, 2])),
            pack=pack,
            days=days + 5 * (priority - 1),
            price=max((cost * dearer / rate).quantize(Decimal("0.0001")), Decimal("0.0001")),
        )


# Orders at work

_SCARCE = text("""
    SELECT p.id FROM balance b JOIN part p ON p.id = b.part_id
    WHERE b.warehouse_id = :warehouse_id AND NOT p.serial_tracked
    ORDER BY b.on_hand, p.id LIMIT :most
""")
ORDERS = 14
PARTS_EACH = 4


@dataclass(slots=True)
class _Desk:
    """Two buyers who watch each other, and the dock."""

    session: Session
    now: datetime
    buyer: Actor
    other: Actor
    turns: Iterator[int]

    def by(self, who: Actor) -> Actor:
        """Somebody under a command of his own."""
        key = f"demo:buy:{next(self.turns)}"
        claim = commands.claim(self.session, key=key, principal_id=who.person_id, kind="demo.buy", request=b"")
        commands.answer(self.session, claim.command_id, status=200, body=b"")
        return who.under(claim.command_id)


def buy(session: Session, *, at: datetime) -> None:
    """Let the two buyers have drawn up, approved, sent and followed some orders for the central warehouses."""
    desk = _Desk(session, at, _actor(session, BUYER), _actor(session, SECOND_BUYER), count(1))
    centrals = session.scalars(select(Warehouse).where(Warehouse.tier == Tier.CENTRAL).order_by(Warehouse.id)).all()
    orders = [order for turn, place in enumerate(centrals) for order in _draft(desk, place, turn)][:ORDERS]
    for turn, order in enumerate(orders):
        _follow(desk, order, turn)
    procurement.learn_lead_times(session, at=at)


def _actor(session: Session, login: str) -> Actor:
    person = session.scalars(select(Person).where(Person.login == login)).one()
    return Actor(person.id, person.name, dict.fromkeys(map(str, ROLE_PERMISSIONS[Role.PROCUREMENT]), None))


def _draft(desk: _Desk, place: Warehouse, turn: int) -> list[PurchaseOrder]:
    """Orders for what a warehouse has least of, drawn up some weeks ago."""
    part_ids = desk.session.scalars(_SCARCE, {"warehouse_id": place.id, "most": PARTS_EACH * 3}).all()
    at = desk.now - (40 - 3 * turn) * DAY
    first = procurement.first_choices(procurement.list_offers(desk.session, part_ids, on=at.date()))
    wishes = [
        PurchaseWish(place.id, offer.part_id, _quantity(offer), (at + offer.lead_time_days * DAY).date())
        for offer in first.values()
        if offer.scales
    ]
    return procurement.draft_orders(desk.session, wishes, by=desk.by(desk.buyer), at=at) if wishes else []


def _quantity(offer: Offer) -> int:
    return purchase_quantity(4 * offer.pack_size, offer.moq, offer.pack_size)


def _follow(desk: _Desk, order: PurchaseOrder, turn: int) -> None:
    """Take an order as far as its turn: every second one to the dock, the others to the steps before it."""
    session, day = desk.session, order.created_at
    steps = ("draft", "awaiting", "approved", "sent", "confirmed", "part", "received", "cancelled")
    goal = steps[turn % len(steps)]
    if goal == "draft":
        return
    procurement.submit_order(
        session, order.id, small_order_reason="急件 urgent", by=desk.by(desk.buyer), at=day + DAY / 4
    )
    if goal == "awaiting":
        return
    procurement.approve_order(session, order.id, by=desk.by(desk.other), at=day + DAY / 2)
    if goal == "approved":
        return
    procurement.send_order(session, order.id, by=desk.by(desk.buyer), at=day + DAY)
    if goal == "sent":
        return
    if goal == "cancelled":
        procurement.cancel_order(
            session, order.id, reason="改由库存调拨 moved from stock", by=desk.by(desk.buyer), at=day + 2 * DAY
        )
        return
    _deliver(desk, order, day + 3 * DAY, goal)


def _deliver(desk: _Desk, order: PurchaseOrder, at: datetime, goal: str) -> None:
    """The supplier confirms, with a week more for the first line; then some of it, or all, is at the dock."""
    view = procurement.get_order(desk.session, order.id, by=desk.buyer)
    first = view.lines[0].line
    news = [LineNews(first.part_id, due_on=first.due_on + 7 * DAY)]
    reference = f"SO-{order.id}"
    procurement.confirm_order(desk.session, order.id, news, reference=reference, by=desk.by(desk.buyer), at=at)
    if goal == "confirmed":
        left = ShipmentNews(f"DN-{order.id}", (desk.now + 2 * DAY).date(), [(first.part_id, first.quantity)])
        procurement.announce_shipment(desk.session, order.id, left, by=desk.by(desk.buyer), at=desk.now - DAY)
        return
    goods = [
        ReceivedGoods(one.line.part_id, one.line.quantity if goal == "received" else max(one.line.quantity // 2, 1))
        for one in (view.lines if goal == "received" else view.lines[:1])
    ]
    if goal == "received" and goods[0].quantity > 1:
        part_id, quantity = goods[0].part_id, goods[0].quantity
        goods[:1] = [
            ReceivedGoods(part_id, quantity - 1),
            ReceivedGoods(part_id, 1, condition=Condition.DEFECTIVE),
        ]
    wish = ReceiptWish(order.warehouse_id, goods, expected_receipt_id=order.expected_receipt_id)
    warehousing.receive(desk.session, wish, by=desk.by(_receiver(desk, order)), at=desk.now)


def _receiver(desk: _Desk, order: PurchaseOrder) -> Actor:
    """The operator at the dock of the order's warehouse."""
    code = desk.session.get_one(Warehouse, order.warehouse_id).code.lower()
    person = desk.session.scalars(select(Person).where(Person.login == f"{code}.op")).one()
    allowed = ROLE_PERMISSIONS[Role.WAREHOUSE_OPERATOR]
    return Actor(person.id, person.name, dict.fromkeys(map(str, allowed), frozenset({order.warehouse_id})))
