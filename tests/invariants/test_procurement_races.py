"""Buyers and the dock at one purchase order at once: it ends as if one had come after the other."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from inventory import events, procurement, subscriptions
from inventory.actor import Actor
from inventory.catalogue.models import Part
from inventory.procurement import LineNews, PurchaseOrder, PurchaseOrderLine, ShipmentNews
from inventory.reporting.verifying import verify
from inventory.warehousing import ExpectedReceipt, ReceivedGoods
from inventory.warehousing.models import ExpectedReceiptLine
from tests import given
from tests.given import NOON
from tests.given import procurement as bought
from tests.invariants.racing import Story, check_story

LATER = bought.WANTED + timedelta(days=9)


@pytest.fixture(autouse=True)
def _connected(monkeypatch: pytest.MonkeyPatch) -> None:
    """The dock tells the order, as in the running program."""
    monkeypatch.setattr(events, "_listeners", defaultdict(list))
    subscriptions.connect()


@dataclass
class Ordered:
    """Ten of each of two parts, under way to a warehouse of its own."""

    by: Actor
    order: PurchaseOrder
    part: Part
    other: Part


def lay(session: Session) -> Ordered:
    by, warehouse = given.acting(session), given.warehouse(session, tier="central")
    part, other = given.part(session), given.part(session)
    supplier = bought.supplier(session, under_tolerance_percent=10)
    for one in (part, other):
        bought.sold(session, supplier, one)
    return Ordered(by, bought.sent(session, warehouse, supplier, (part, 10), (other, 10)), part, other)


def tell(session: Session, world: Ordered) -> dict[str, Any]:
    """The order and what the dock expects of it, side by side."""
    order = session.get_one(PurchaseOrder, world.order.id)
    lines = session.scalars(
        select(PurchaseOrderLine).where(PurchaseOrderLine.order_id == order.id).order_by(PurchaseOrderLine.position)
    ).all()
    dock = session.get_one(ExpectedReceipt, order.expected_receipt_id)
    wanted = session.scalars(
        select(ExpectedReceiptLine)
        .where(ExpectedReceiptLine.expected_receipt_id == dock.id)
        .order_by(ExpectedReceiptLine.part_id)
    ).all()
    return {
        "status": str(order.status),
        "lines": [(one.expected, one.announced, one.received, one.due_on.isoformat()) for one in lines],
        "dock": (str(dock.status), [(one.quantity, one.received) for one in wanted]),
        "on order": sum(one.on_order for one in procurement.list_on_order(session, warehouse_ids=[order.warehouse_id])),
    }


Act = Callable[[Session, Ordered], Any]


def receiving(quantity: int, of_the_other: int = 0) -> Act:
    def act(session: Session, world: Ordered) -> str:
        by = given.under_new_command(session, world.by)
        goods = [ReceivedGoods(world.part.id, quantity)]
        goods += [ReceivedGoods(world.other.id, of_the_other)] if of_the_other else []
        bought.came(session, world.order, goods, by=by, at=NOON)
        return "received"

    return act


def confirming(quantity: int) -> Act:
    def act(session: Session, world: Ordered) -> str:
        by = given.under_new_command(session, world.by)
        news = [LineNews(world.part.id, quantity, LATER)]
        return str(procurement.confirm_order(session, world.order.id, news, by=by, at=NOON).status)

    return act


def announcing(quantity: int) -> Act:
    def act(session: Session, world: Ordered) -> str:
        by = given.under_new_command(session, world.by)
        news = ShipmentNews("DN", LATER, [(world.part.id, quantity)])
        return str(procurement.announce_shipment(session, world.order.id, news, by=by, at=NOON).status)

    return act


def cancelling(session: Session, world: Ordered) -> str:
    by = given.under_new_command(session, world.by)
    return str(procurement.cancel_order(session, world.order.id, reason="stopped", by=by, at=NOON).status)


@pytest.mark.parametrize(
    "acts",
    [
        pytest.param((receiving(6), confirming(8)), id="a receipt and a smaller confirmation"),
        pytest.param((receiving(10, 10), confirming(4)), id="all of it and a confirmation of less"),
        pytest.param((receiving(9, 10), confirming(10)), id="a receipt within tolerance and a confirmation"),
        pytest.param((receiving(6), cancelling), id="a receipt and a cancellation"),
        pytest.param((receiving(10, 10), cancelling), id="the last receipt and a cancellation"),
        pytest.param((confirming(0), cancelling), id="a declined line and a cancellation"),
        pytest.param((receiving(4), receiving(6), cancelling), id="two receipts and a cancellation"),
        pytest.param((receiving(4), confirming(7), announcing(6)), id="a receipt, a confirmation and a shipment"),
        pytest.param((receiving(4), confirming(7), cancelling), id="a receipt, a confirmation and a cancellation"),
    ],
)
def test_an_order_ends_as_if_one_had_come_after_the_other(arena: Engine, races: int, acts: tuple[Act, ...]) -> None:
    check_story(arena, Story(lay, acts, tell), times=races, attempts=1)

    with Session(arena) as session:
        assert [finding for finding in verify(session) if finding.violations] == []
