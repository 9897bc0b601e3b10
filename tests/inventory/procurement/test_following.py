"""An order on its way: sent, confirmed, announced, chased, received in parts, too much, too little, given up."""

from datetime import date, timedelta

import pytest

from inventory import procurement, warehousing
from inventory.ledger import Condition
from inventory.procurement import (
    AnnouncedTooMuch,
    ConfirmedTooMuch,
    DayOver,
    LineNews,
    NothingAnnounced,
    OrderStands,
    OrderStatus,
    PartNotOrdered,
    PurchaseReasonMissing,
    ShipmentNews,
)
from inventory.timeline import DocumentKind, list_events
from inventory.warehousing import ExpectedReceiptStatus, OverReceipt, ReceivedGoods
from tests import given
from tests.given import NOON
from tests.given import procurement as bought

WANTED = bought.WANTED
LATER = WANTED + timedelta(days=9)
DAY = timedelta(days=1)


@pytest.fixture
def order(session, central, supplier, part, sold):
    """A hundred of the part, on order."""
    return bought.sent(session, central, supplier, (part, 100))


def line_of(session, order, by):
    (view,) = procurement.get_order(session, order.id, by=by).lines
    return view.line


def on_order(session, part):
    return [
        (one.not_shipped, one.announced, one.pending, one.next_due_on)
        for one in procurement.list_on_order(session, part_ids=[part.id])
    ]


def awaited(session, order, by):
    expected, lines = warehousing.get_expected_receipt(session, order.expected_receipt_id, by=by)
    return expected, [(line.part_number, line.outstanding) for line in lines]


# Sent


def test_an_order_that_is_sent_is_expected_at_the_dock(session, order, part, by):
    expected, lines = awaited(session, order, by)
    assert (expected.reference, lines, expected.expected_at.date()) == (order.number, [(part.number, 100)], WANTED)
    assert (order.status, order.sent_at) == (OrderStatus.SENT, NOON)


def test_only_an_approved_order_is_sent_and_only_once(session, central, supplier, part, order, by):
    draft = bought.draft(session, central, supplier, (part, 1))
    for one in (draft, order):
        with pytest.raises(OrderStands):
            procurement.send_order(session, one.id, by=by, at=NOON)


def test_what_is_on_order_is_told_by_warehouse_and_part(session, central, supplier, part, order):
    assert on_order(session, part) == [(100, 0, 0, WANTED)]
    bought.draft(session, central, supplier, (part, 7))
    assert on_order(session, part) == [(100, 0, 7, WANTED)]
    (one,) = procurement.list_on_order(session, warehouse_ids=[central.id])
    assert (one.warehouse_id, one.part_id, one.on_order) == (central.id, part.id, 100)
    assert procurement.list_on_order(session, warehouse_ids=[central.id + 1]) == []


# Confirmed


def test_a_confirmation_as_ordered_promises_the_day_that_was_wanted(session, order, by):
    procurement.confirm_order(session, order.id, [], reference="SO-77", by=by, at=NOON)
    line = line_of(session, order, by)
    assert (order.status, order.supplier_reference, line.promised_on) == (OrderStatus.CONFIRMED, "SO-77", WANTED)


def test_a_confirmation_may_change_day_and_quantity_of_a_line(session, order, part, by):
    procurement.confirm_order(session, order.id, [LineNews(part.id, 80, LATER)], by=by, at=NOON)

    line = line_of(session, order, by)
    assert (line.quantity, line.expected, line.wanted_on, line.due_on) == (100, 80, WANTED, LATER)
    expected, lines = awaited(session, order, by)
    assert (lines, expected.expected_at.date()) == ([(part.number, 80)], LATER)
    assert on_order(session, part) == [(80, 0, 0, LATER)]
    told = list_events(session, DocumentKind.PURCHASE_ORDER, [order.id])[-1]
    assert told.facts["changes"] == [
        {"position": 1, "quantity": [100, 80], "due_on": [WANTED.isoformat(), LATER.isoformat()]}
    ]


def test_the_first_day_that_was_named_stays_the_promise(session, order, part, by):
    for due_on in (LATER, LATER + DAY):
        procurement.confirm_order(session, order.id, [LineNews(part.id, due_on=due_on)], by=by, at=NOON)
    line = line_of(session, order, by)
    assert (line.promised_on, line.due_on) == (LATER, LATER + DAY)


def test_a_line_that_is_declined_comes_back_when_it_is_confirmed_after_all(session, central, supplier, part, sold, by):
    other = given.part(session)
    bought.sold(session, supplier, other)
    order = bought.sent(session, central, supplier, (part, 10), (other, 20))
    procurement.confirm_order(session, order.id, [LineNews(part.id, 0)], by=by, at=NOON)
    assert awaited(session, order, by)[1] == [(other.number, 20)]
    assert on_order(session, part) == []

    procurement.confirm_order(session, order.id, [LineNews(part.id, 6)], by=by, at=NOON)
    assert dict(awaited(session, order, by)[1]) == {part.number: 6, other.number: 20}


def test_an_order_of_which_everything_is_declined_is_cancelled(session, order, part, by):
    procurement.confirm_order(session, order.id, [LineNews(part.id, 0)], by=by, at=NOON)
    assert order.status is OrderStatus.CANCELLED
    assert awaited(session, order, by)[0].status is ExpectedReceiptStatus.CLOSED


def test_more_than_was_ordered_is_not_confirmed_nor_a_part_that_was_not(session, order, part, by):
    with pytest.raises(ConfirmedTooMuch):
        procurement.confirm_order(session, order.id, [LineNews(part.id, 101)], by=by, at=NOON)
    with pytest.raises(PartNotOrdered):
        procurement.confirm_order(session, order.id, [LineNews(given.part(session).id, 1)], by=by, at=NOON)


# Announced


def test_what_has_left_the_supplier_is_told_apart(session, order, part, by):
    news = ShipmentNews("DN-1", LATER, [(part.id, 60)])
    procurement.announce_shipment(session, order.id, news, by=by, at=NOON)
    assert on_order(session, part) == [(40, 60, 0, LATER)]

    bought.came(session, order, [ReceivedGoods(part.id, 50)])
    assert on_order(session, part) == [(40, 10, 0, LATER)]


@pytest.mark.parametrize("left", [[], [0]])
def test_a_shipment_brings_something(session, order, part, by, left):
    news = ShipmentNews("DN-1", LATER, [(part.id, quantity) for quantity in left])
    with pytest.raises(NothingAnnounced):
        procurement.announce_shipment(session, order.id, news, by=by, at=NOON)
    assert on_order(session, part) == [(100, 0, 0, WANTED)]


@pytest.mark.parametrize(("tolerated", "most"), [(0, 100), (5, 105)])
def test_no_more_leaves_the_supplier_than_was_ordered_and_is_tolerated(
    session, order, supplier, part, by, tolerated, most
):
    supplier.over_tolerance_percent = tolerated

    def left(quantity):
        news = ShipmentNews("DN-1", LATER, [(part.id, quantity)])
        procurement.announce_shipment(session, order.id, news, by=by, at=NOON)

    left(60)
    with pytest.raises(AnnouncedTooMuch) as refused:
        left(most - 59)
    assert refused.value.facts["most"] == most
    assert line_of(session, order, by).announced == 60
    left(most - 60)
    assert line_of(session, order, by).announced == most


def test_of_what_was_confirmed_less_no_more_leaves_than_that(session, order, part, by):
    procurement.confirm_order(session, order.id, [LineNews(part.id, 80)], by=by, at=NOON)
    with pytest.raises(AnnouncedTooMuch):
        procurement.announce_shipment(session, order.id, ShipmentNews("DN-1", LATER, [(part.id, 81)]), by=by, at=NOON)


def test_news_of_days_that_are_over_is_asked_for_again(session, order, part, by):
    over = NOON.date() - DAY
    left = ShipmentNews("", over, [(part.id, 1)])
    for news in (
        lambda: procurement.confirm_order(session, order.id, [LineNews(part.id, due_on=over)], by=by, at=NOON),
        lambda: procurement.announce_shipment(session, order.id, left, by=by, at=NOON),
        lambda: procurement.chase_order(session, order.id, note="?", chase_on=over, by=by, at=NOON),
    ):
        with pytest.raises(DayOver) as refused:
            news()
        assert refused.value.facts == {"day": over.isoformat()}
    procurement.confirm_order(session, order.id, [LineNews(part.id, due_on=NOON.date())], by=by, at=NOON)
    assert (line_of(session, order, by).due_on, order.chased_at) == (NOON.date(), None)


# Received


def test_what_comes_is_counted_until_all_of_it_came(session, order, part, by):
    first = bought.came(session, order, [ReceivedGoods(part.id, 30)])
    assert (order.status, on_order(session, part)) == (OrderStatus.PART_RECEIVED, [(70, 0, 0, WANTED)])

    bought.came(session, order, [ReceivedGoods(part.id, 70)])
    assert (order.status, on_order(session, part)) == (OrderStatus.RECEIVED, [])
    told = list_events(session, DocumentKind.PURCHASE_ORDER, [order.id])
    assert [one.happening for one in told][-2:] == ["goods_received", "goods_received"]
    assert told[-2].facts["receipt"] == first.number


def test_the_operator_at_the_dock_needs_no_right_to_buy(session, central, order, part):
    operator = given.acting(session, "warehouse_operator", central)
    bought.came(session, order, [ReceivedGoods(part.id, 100)], by=operator)
    assert order.status is OrderStatus.RECEIVED


def test_goods_that_came_damaged_came_and_are_counted_as_rejected(session, order, part, by):
    goods = [ReceivedGoods(part.id, 90), ReceivedGoods(part.id, 10, condition=Condition.DEFECTIVE)]
    bought.came(session, order, goods)
    line = line_of(session, order, by)
    assert (line.received, line.rejected, order.status) == (100, 10, OrderStatus.RECEIVED)


def test_more_than_was_ordered_comes_in_within_the_suppliers_tolerance(session, central, part, by):
    supplier = bought.supplier(session, over_tolerance_percent=5)
    bought.sold(session, supplier, part)
    order = bought.sent(session, central, supplier, (part, 100))
    with pytest.raises(OverReceipt):
        bought.came(session, order, [ReceivedGoods(part.id, 106)])
    bought.came(session, order, [ReceivedGoods(part.id, 105)])
    assert (order.status, line_of(session, order, by).received) == (OrderStatus.RECEIVED, 105)


def test_without_tolerance_one_more_needs_a_reason(session, order, part):
    with pytest.raises(OverReceipt):
        bought.came(session, order, [ReceivedGoods(part.id, 101)])


def test_a_line_that_lacks_no_more_than_is_tolerated_is_closed(session, central, part, by):
    supplier = bought.supplier(session, under_tolerance_percent=3)
    bought.sold(session, supplier, part)
    almost, short = (bought.sent(session, central, supplier, (part, 100)) for _ in range(2))

    bought.came(session, almost, [ReceivedGoods(part.id, 97)])
    bought.came(session, short, [ReceivedGoods(part.id, 96)])

    assert (almost.status, short.status) == (OrderStatus.RECEIVED, OrderStatus.PART_RECEIVED)
    assert awaited(session, almost, by)[0].status is ExpectedReceiptStatus.CLOSED
    assert on_order(session, part) == [(4, 0, 0, WANTED)]


def test_goods_of_another_announcement_leave_orders_alone(session, central, order, part, by):
    wish = warehousing.ExpectedReceiptWish(central.id, "S", NOON, [warehousing.ExpectedLineWish(part.id, 5)])
    other = warehousing.announce_receipt(session, wish, by=by, at=NOON)
    receipt = warehousing.ReceiptWish(central.id, [ReceivedGoods(part.id, 5)], expected_receipt_id=other.id)
    warehousing.receive(session, receipt, by=by, at=NOON)
    assert on_order(session, part) == [(100, 0, 0, WANTED)]


# Given up


def test_what_is_closed_short_at_the_dock_is_closed_short_on_the_order(session, central, order, part):
    bought.came(session, order, [ReceivedGoods(part.id, 30)])
    operator = given.acting(session, "warehouse_operator", central)
    warehousing.close_short(session, order.expected_receipt_id, reason="厂家停产", by=operator, at=NOON)
    assert (order.status, on_order(session, part)) == (OrderStatus.RECEIVED, [])
    told = list_events(session, DocumentKind.PURCHASE_ORDER, [order.id])[-1]
    assert (told.happening, told.reason) == ("closed_short", "厂家停产")


def test_an_order_that_is_given_up_is_no_longer_expected(session, order, part, by):
    procurement.cancel_order(session, order.id, reason="不再需要", by=by, at=NOON)
    assert (order.status, on_order(session, part)) == (OrderStatus.CANCELLED, [])
    assert awaited(session, order, by)[0].status is ExpectedReceiptStatus.CLOSED


def test_a_draft_is_given_up_with_a_reason_and_once(session, central, supplier, part, sold, by):
    draft = bought.draft(session, central, supplier, (part, 5))
    with pytest.raises(PurchaseReasonMissing):
        procurement.cancel_order(session, draft.id, reason="", by=by, at=NOON)
    procurement.cancel_order(session, draft.id, reason="重复", by=by, at=NOON)
    assert (draft.status, on_order(session, part)) == (OrderStatus.CANCELLED, [])
    with pytest.raises(OrderStands):
        procurement.cancel_order(session, draft.id, reason="重复", by=by, at=NOON)


# Chased


def chased(session, by, today):
    return [
        (one.summary.order.id, one.days_late, one.late_lines, one.unconfirmed_days)
        for one in procurement.list_to_chase(session, by=by, today=today)
    ]


def test_late_lines_are_chased_longest_late_first(session, central, supplier, part, order, by):
    procurement.confirm_order(session, order.id, [], by=by, at=NOON)
    later = bought.sent(session, central, supplier, (part, 5), wanted_on=WANTED - 3 * DAY)
    procurement.confirm_order(session, later.id, [], by=by, at=NOON)
    assert chased(session, by, WANTED) == [(later.id, 3, 1, 0)]
    assert chased(session, by, WANTED + 2 * DAY) == [(later.id, 5, 1, 0), (order.id, 2, 1, 0)]


def test_an_order_that_nobody_confirms_is_chased(session, order, by):
    assert chased(session, by, NOON.date() + 2 * DAY) == []
    assert chased(session, by, NOON.date() + 3 * DAY) == [(order.id, 0, 0, 3)]


def test_who_was_asked_is_asked_again_on_the_day_that_was_noted(session, order, by):
    today = WANTED + DAY
    procurement.chase_order(session, order.id, note="下周发", chase_on=today + 5 * DAY, by=by, at=NOON)
    assert chased(session, by, today) == []
    assert [one[0] for one in chased(session, by, today + 5 * DAY)] == [order.id]
    assert list_events(session, DocumentKind.PURCHASE_ORDER, [order.id])[-1].reason == "下周发"


def test_what_came_is_not_chased(session, order, part, by):
    bought.came(session, order, [ReceivedGoods(part.id, 100)])
    assert chased(session, by, date(2027, 1, 1)) == []
