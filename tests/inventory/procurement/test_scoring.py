"""Lead times learned from what came, and what a supplier did in a time."""

from datetime import timedelta
from decimal import Decimal

import pytest

from inventory import procurement
from inventory.ledger import Condition
from inventory.procurement import LineNews
from inventory.warehousing import ReceivedGoods
from tests.given import NOON
from tests.given import procurement as bought

DAY = timedelta(days=1)
TODAY = NOON.date()


def delivered(session, central, supplier, part, days, *, quantity=10, ordered=10, wanted=20, at=NOON):
    """An order wanted after `wanted` days of which so many came after `days`."""
    order = bought.sent(session, central, supplier, (part, ordered), wanted_on=(at + wanted * DAY).date(), at=at)
    bought.came(session, order, [ReceivedGoods(part.id, quantity)], at=at + days * DAY)
    return order


def card(session, supplier, by, days=400):
    return procurement.score_card(session, supplier.id, first=TODAY, last=TODAY + days * DAY, by=by)


def test_lead_times_are_learned_from_every_delivery(session, central, supplier, part, sold):
    for days in (10, 20, 30):
        delivered(session, central, supplier, part, days)
    assert procurement.learn_lead_times(session, at=NOON + 40 * DAY) == 1
    session.refresh(sold)
    assert (sold.learned_receipts, sold.learned_days_mean, sold.learned_days_sd) == (3, 20, 10)
    assert procurement.learn_lead_times(session, at=NOON + 40 * DAY) == 0


def test_what_came_long_ago_teaches_nothing(session, central, supplier, part, sold):
    delivered(session, central, supplier, part, 10)
    assert procurement.learn_lead_times(session, at=NOON + 1000 * DAY) == 0


def test_on_time_and_in_full_are_told_apart(session, central, supplier, part, sold, by):
    delivered(session, central, supplier, part, 5, quantity=9)
    for days in (5, 20, 21):
        delivered(session, central, supplier, part, days)
    found = card(session, supplier, by)
    assert (found.lines_due, found.on_time, found.in_full, found.on_time_in_full) == (4, 0.5, 0.75, 0.5)


def test_a_supplier_is_measured_by_the_first_day_he_promised(session, central, supplier, part, sold, by):
    order = bought.sent(session, central, supplier, (part, 10), wanted_on=TODAY + 5 * DAY)
    for days in (30, 60):
        news = [LineNews(part.id, due_on=TODAY + days * DAY)]
        procurement.confirm_order(session, order.id, news, by=by, at=NOON)
    bought.came(session, order, [ReceivedGoods(part.id, 10)], at=NOON + 40 * DAY)
    assert (card(session, supplier, by).on_time, card(session, supplier, by).in_full) == (0, 1)


def test_the_tolerance_counts_as_full(session, central, part, by):
    supplier = bought.supplier(session, under_tolerance_percent=10)
    bought.sold(session, supplier, part)
    delivered(session, central, supplier, part, 5, quantity=9)
    assert card(session, supplier, by).on_time_in_full == 1


def test_days_rejects_and_price_drift_are_told(session, central, supplier, part, sold, by):
    delivered(session, central, supplier, part, 10)
    wish = [procurement.PurchaseWish(central.id, part.id, 10, TODAY + 20 * DAY, supplier.id, Decimal(12))]
    (dearer,) = procurement.draft_orders(session, wish, by=by, at=NOON + DAY)
    bought.approved(session, dearer, at=NOON + DAY)
    procurement.send_order(session, dearer.id, by=by, at=NOON + DAY)
    goods = [ReceivedGoods(part.id, 8), ReceivedGoods(part.id, 2, condition=Condition.DEFECTIVE)]
    bought.came(session, dearer, goods, at=NOON + 21 * DAY)

    found = card(session, supplier, by)
    assert (found.lead_days_mean, found.stated_days_mean) == (15, 20)
    assert found.lead_days_sd == pytest.approx(50**0.5)
    assert (found.rejected_share, found.price_drift) == (pytest.approx(0.1), pytest.approx(0.1))


def test_a_supplier_of_whom_nothing_is_known_has_an_empty_card(session, supplier, by):
    found = card(session, supplier, by)
    assert (found.lines_due, found.on_time, found.lead_days_mean, found.price_drift) == (0, None, None, None)
