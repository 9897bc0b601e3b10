"""What brings an urgent place less than was counted on is noted, whatever order it was on; nothing else is."""

from collections import defaultdict
from datetime import timedelta

import pytest
from sqlalchemy import text

from inventory import events, procurement, sourcing, subscriptions, warehousing
from inventory.ledger import Condition
from inventory.procurement import LineNews, PurchaseWish
from inventory.sourcing import PartRequestWish, WishedLine
from inventory.warehousing import ReceivedGoods
from tests import given
from tests.given import NOON
from tests.given.procurement import WANTED, approved, came, draft, sent
from tests.inventory.planning.replenishment.test_urgent import District


class Buying(District):
    """The district, with an urgent central warehouse, which buys 20 of the part."""

    def __init__(self, session):
        super().__init__(session)
        self.be_urgent(self.central)
        self.supplier = session.get_one(procurement.Supplier, self.seller.supplier_id)

    def draft(self):
        return draft(self.session, self.central, self.supplier, (self.part, 20))

    def sent(self):
        order = sent(self.session, self.central, self.supplier, (self.part, 20))
        assert self.noted() == []
        return order

    def confirm(self, order, *, quantity, due_on=None):
        news = [LineNews(self.part.id, quantity, due_on)]
        procurement.confirm_order(self.session, order.id, news, by=given.acting(self.session), at=NOON)


@pytest.fixture(autouse=True)
def _connected(monkeypatch):
    monkeypatch.setattr(events, "_listeners", defaultdict(list))
    subscriptions.connect()


@pytest.fixture
def district(session):
    return District(session)


@pytest.fixture
def buying(session):
    return Buying(session)


def test_a_purchase_order_given_up_is_noted(session, buying):
    procurement.cancel_order(session, buying.sent().id, reason="too dear", by=given.acting(session), at=NOON)
    assert buying.noted() == [buying.part.id]


@pytest.mark.parametrize("submitted", [False, True])
def test_a_purchase_order_that_never_was_sent_counted_too(session, buying, submitted):
    order = approved(session, buying.draft()) if submitted else buying.draft()
    assert buying.noted() == []
    procurement.cancel_order(session, order.id, reason="too dear", by=given.acting(session), at=NOON)
    assert buying.noted() == [buying.part.id]


def test_a_part_taken_off_a_draft_is_noted(session, buying):
    order = buying.draft()
    wishes = [PurchaseWish(buying.central.id, buying.part.id, 10, WANTED)]
    procurement.change_order(session, order.id, wishes, by=given.acting(session), at=NOON)
    assert buying.noted() == [buying.part.id]


@pytest.mark.parametrize(("quantity", "noted"), [(20, False), (15, True), (0, True)])
def test_what_a_supplier_confirms_is_noted_where_it_is_less_than_ordered(buying, quantity, noted):
    buying.confirm(buying.sent(), quantity=quantity)
    assert (buying.noted() == [buying.part.id]) is noted


def test_what_only_comes_later_is_not_noted(buying):
    buying.confirm(buying.sent(), quantity=20, due_on=WANTED + timedelta(days=30))
    assert buying.noted() == []


def test_a_delivery_closed_short_at_the_dock_is_noted(session, buying):
    order = buying.sent()
    came(session, order, [ReceivedGoods(buying.part.id, 15)], by=given.acting(session))
    assert buying.noted() == []
    warehousing.close_short(session, order.expected_receipt_id, reason="no more", by=given.acting(session), at=NOON)
    assert buying.noted() == [buying.part.id]


def test_goods_that_are_turned_down_at_the_dock_are_noted(session, buying):
    goods = [ReceivedGoods(buying.part.id, 18), ReceivedGoods(buying.part.id, 2, condition=Condition.DEFECTIVE)]
    came(session, buying.sent(), goods, by=given.acting(session))
    assert buying.noted() == [buying.part.id]


def test_a_place_that_waits_for_the_night_is_not_woken_by_its_orders(session, district):
    order = sent(session, district.central, session.get_one(procurement.Supplier, district.seller.supplier_id),
                 (district.part, 20))  # fmt: skip
    procurement.cancel_order(session, order.id, reason="too dear", by=given.acting(session), at=NOON)
    assert district.noted() == []


def test_a_replaced_part_that_no_longer_comes_is_noted_for_the_one_it_counts_for(session, buying):
    old = given.part(session)
    given.supersession(session, old, buying.part, interchangeable=True)
    session.execute(text("UPDATE supplier_part SET part_id = :old"), {"old": old.id})
    order = sent(session, buying.central, buying.supplier, (old, 20))
    procurement.cancel_order(session, order.id, reason="too dear", by=given.acting(session), at=NOON)
    assert buying.noted() == [buying.part.id]


@pytest.mark.parametrize("for_shelf", [True, False])
def test_what_a_centre_asked_for_its_shelf_and_gave_up_is_noted_and_a_repair_given_up_is_not(
    session, district, for_shelf
):
    district.full(district.centre)
    if for_shelf:
        wish = PartRequestWish(district.station.code, [WishedLine(district.part.number, 4)])
        request = sourcing.request_parts(session, wish, by=given.acting(session), at=NOON).request_id
    else:
        request = district.ask(4).request_id
    district.forget()
    sourcing.cancel_request(session, request, reason="a mistake", by=given.acting(session), at=NOON)
    assert (district.noted() == [district.part.id]) is for_shelf


@pytest.mark.parametrize("interchangeable", [True, False])
def test_who_waits_for_a_replaced_part_is_noted_for_the_one_that_serves_him(session, district, interchangeable):
    old = given.part(session)
    given.supersession(session, old, district.part, interchangeable=interchangeable)
    district.be_urgent(district.centre)
    district.ask(1, part=old, station=district.other)
    assert district.noted() == [district.part.id]


def test_who_waits_for_a_replaced_part_that_is_planned_at_night_is_not_noted(session, district):
    old = given.part(session)
    given.supersession(session, old, district.part)
    district.ask(1, part=old, station=district.other)
    assert district.noted() == []
