"""Orders on the buyer's desk: drawn up from wishes, changed, submitted, approved by others."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from inventory import procurement
from inventory.errors import NotFound, NotPermitted
from inventory.procurement import (
    AboveLimit,
    ApprovedBefore,
    BelowMinimumQuantity,
    CurrenciesMixed,
    DayOver,
    LimitOfOneself,
    NobodySells,
    NothingOrdered,
    OrderedTwice,
    OrderStands,
    OrderStatus,
    OrderTooSmall,
    OwnOrder,
    PackBroken,
    PriceMissing,
    PriceOrigin,
    PurchaseReasonMissing,
    PurchaseWish,
    RateMissing,
    StepsIncomplete,
)
from inventory.procurement.models import PurchaseApproval
from inventory.timeline import DocumentKind, list_events
from tests import given
from tests.given import NOON
from tests.given import procurement as bought
from tests.given.network import BEIJING

WANTED = bought.WANTED


def wish(central, part, quantity, **more):
    return PurchaseWish(central.id, part.id, quantity, more.pop("wanted_on", WANTED), **more)


def told(session, order):
    return [one.happening for one in list_events(session, DocumentKind.PURCHASE_ORDER, [order.id])]


# Drawing up


def test_wishes_become_an_order_for_each_supplier_and_warehouse(session, central, supplier, part, sold, by):
    other_part, other = given.part(session), bought.supplier(session)
    bought.sold(session, other, other_part, (1, "3"))
    elsewhere = given.warehouse(session, tier="central", city=BEIJING)
    wishes = [wish(central, part, 5), wish(central, other_part, 7), wish(elsewhere, part, 9)]

    orders = procurement.draft_orders(session, wishes, by=by, at=NOON)

    found = {
        (one.supplier_id, one.warehouse_id, procurement.get_order(session, one.id, by=by).amount) for one in orders
    }
    assert found == {(supplier.id, central.id, 50), (other.id, central.id, 21), (supplier.id, elsewhere.id, 90)}
    assert {one.status for one in orders} == {OrderStatus.DRAFT}


def test_wishes_for_one_part_add_up_by_the_earliest_day(session, central, part, sold, by):
    early = WANTED - timedelta(days=5)
    wishes = [wish(central, part, 5), wish(central, part, 7, wanted_on=early)]

    (order,) = procurement.draft_orders(session, wishes, by=by, at=NOON)

    (line,) = procurement.get_order(session, order.id, by=by).lines
    assert (line.line.quantity, line.line.wanted_on, line.line.expected) == (12, early, 12)


def test_a_price_that_the_buyer_agreed_counts_for_the_order(session, central, part, sold, by):
    (order,) = procurement.draft_orders(session, [wish(central, part, 5, price=Decimal("8.5"))], by=by, at=NOON)
    (line,) = procurement.get_order(session, order.id, by=by).lines
    assert (line.line.price, line.line.price_origin) == (Decimal("8.5"), PriceOrigin.AGREED)


def test_parts_in_two_currencies_of_one_supplier_are_two_orders(session, central, supplier, part, sold, by):
    imported = given.part(session)
    bought.sold(session, supplier, imported, (1, "4"), currency="USD")
    procurement.set_rate(session, "USD", valid_from=NOON.date(), rate=Decimal("7.1"), by=by, at=NOON)

    orders = procurement.draft_orders(session, [wish(central, part, 1), wish(central, imported, 1)], by=by, at=NOON)

    assert [(one.currency, one.rate) for one in orders] == [("CNY", 1), ("USD", Decimal("7.1"))]


def test_an_order_in_a_currency_without_a_rate_is_refused(session, central, supplier, part, by):
    bought.sold(session, supplier, part, currency="USD")
    with pytest.raises(RateMissing):
        procurement.draft_orders(session, [wish(central, part, 1)], by=by, at=NOON)


def test_minimum_and_packs_are_kept_to_and_the_nearest_quantity_is_told(session, central, supplier, part, by):
    bought.sold(session, supplier, part, moq=20, pack_size=6)
    with pytest.raises(BelowMinimumQuantity) as refused:
        procurement.draft_orders(session, [wish(central, part, 18)], by=by, at=NOON)
    assert (refused.value.facts["moq"], refused.value.facts["nearest"]) == (20, 24)
    with pytest.raises(PackBroken):
        procurement.draft_orders(session, [wish(central, part, 25)], by=by, at=NOON)
    assert procurement.draft_orders(session, [wish(central, part, 24)], by=by, at=NOON)


def test_what_nobody_sells_or_has_no_price_is_refused(session, central, supplier, part, by):
    with pytest.raises(NobodySells):
        procurement.draft_orders(session, [wish(central, part, 1)], by=by, at=NOON)
    bought.sold(session, supplier, part, valid_from=WANTED)
    with pytest.raises(PriceMissing):
        procurement.draft_orders(session, [wish(central, part, 1)], by=by, at=NOON)
    with pytest.raises(NothingOrdered):
        procurement.draft_orders(session, [], by=by, at=NOON)


def test_only_who_buys_for_a_warehouse_draws_up_orders_for_it(session, central, part, sold):
    elsewhere = given.warehouse(session, tier="central", city=BEIJING)
    stranger = given.acting(session, "procurement", elsewhere)
    with pytest.raises(NotFound):
        procurement.draft_orders(session, [wish(central, part, 1)], by=stranger, at=NOON)
    with pytest.raises(NotPermitted):
        procurement.draft_orders(session, [wish(central, part, 1)], by=given.acting(session, "planner"), at=NOON)


def test_a_draft_gets_other_lines(session, central, supplier, part, sold, by):
    order = bought.draft(session, central, supplier, (part, 5))
    other = given.part(session)
    bought.sold(session, supplier, other)

    procurement.change_order(session, order.id, [wish(central, other, 8)], note="急", by=by, at=NOON)

    view = procurement.get_order(session, order.id, by=by)
    assert [(line.part_number, line.line.quantity) for line in view.lines] == [(other.number, 8)]
    assert told(session, order) == ["drafted", "changed"]


def test_a_draft_keeps_its_currency_and_names_a_part_once(session, central, supplier, part, sold, by):
    order = bought.draft(session, central, supplier, (part, 5))
    imported = given.part(session)
    bought.sold(session, supplier, imported, currency="USD")
    with pytest.raises(CurrenciesMixed):
        procurement.change_order(session, order.id, [wish(central, imported, 1)], by=by, at=NOON)
    with pytest.raises(OrderedTwice):
        procurement.change_order(session, order.id, [wish(central, part, 1), wish(central, part, 2)], by=by, at=NOON)


# Submitting and approving


def test_an_order_waits_for_somebody_else(session, central, supplier, part, sold):
    order = bought.draft(session, central, supplier, (part, 5))
    procurement.submit_order(session, order.id, by=given.acting(session), at=NOON)
    assert order.status is OrderStatus.AWAITING_APPROVAL

    procurement.approve_order(session, order.id, by=given.acting(session), at=NOON)

    assert order.status is OrderStatus.APPROVED
    assert told(session, order) == ["drafted", "submitted", "approved"]


@pytest.mark.parametrize("deed", ["drafted", "changed", "submitted"])
def test_whoever_wrote_any_of_it_does_not_approve(session, central, supplier, part, sold, deed):
    writer, other = given.acting(session), given.acting(session)
    order = bought.draft(session, central, supplier, (part, 5), by=writer if deed == "drafted" else other)
    changing = writer if deed == "changed" else other
    procurement.change_order(session, order.id, [wish(central, part, 6)], by=changing, at=NOON)
    procurement.submit_order(session, order.id, by=writer if deed == "submitted" else other, at=NOON)

    with pytest.raises(OwnOrder):
        procurement.approve_order(session, order.id, by=writer, at=NOON)
    assert procurement.list_to_approve(session, by=writer) == []


def test_the_table_of_approvals_refuses_the_drawer(session, central, supplier, part, sold, by):
    order = bought.draft(session, central, supplier, (part, 5), by=by)
    own = {"order_id": order.id, "round": 1, "approved_by_id": by.person_id, "created_by_id": by.person_id}
    with pytest.raises(IntegrityError, match="ck_purchase_approval_four_eyes"), session.begin_nested():
        session.execute(insert(PurchaseApproval).values(**own, approved_at=NOON))


def test_a_large_order_needs_two_different_people(session, central, supplier, part, by):
    bought.sold(session, supplier, part, (1, "1000"))
    order = bought.draft(session, central, supplier, (part, 500))
    procurement.submit_order(session, order.id, by=given.acting(session), at=NOON)

    procurement.approve_order(session, order.id, by=by, at=NOON)
    assert order.status is OrderStatus.AWAITING_APPROVAL
    with pytest.raises(ApprovedBefore):
        procurement.approve_order(session, order.id, by=by, at=NOON)
    procurement.approve_order(session, order.id, by=given.acting(session), at=NOON)

    assert order.status is OrderStatus.APPROVED
    assert len(procurement.get_order(session, order.id, by=by).approvers) == 2


def test_nobody_approves_above_his_limit_in_the_companys_currency(session, central, supplier, part, by):
    bought.sold(session, supplier, part, (1, "10"), currency="USD")
    procurement.set_rate(session, "USD", valid_from=NOON.date(), rate=Decimal(7), by=by, at=NOON)
    clerk, chief = given.acting(session), given.acting(session)
    procurement.set_limit(session, None, Decimal(500), by=by, at=NOON)
    procurement.set_limit(session, chief.person_id, Decimal(700), by=by, at=NOON)
    order = bought.draft(session, central, supplier, (part, 10))
    procurement.submit_order(session, order.id, by=by, at=NOON)

    with pytest.raises(AboveLimit):
        procurement.approve_order(session, order.id, by=clerk, at=NOON)
    procurement.approve_order(session, order.id, by=chief, at=NOON)
    assert order.status is OrderStatus.APPROVED


def test_an_order_below_the_first_step_needs_nobody(session, central, supplier, part, sold, by):
    procurement.set_steps(session, {Decimal(0): 0, Decimal(100): 1}, by=by, at=NOON)
    small, large = (bought.draft(session, central, supplier, (part, quantity)) for quantity in (9, 10))
    for order in (small, large):
        procurement.submit_order(session, order.id, by=by, at=NOON)
    assert (small.status, large.status) == (OrderStatus.APPROVED, OrderStatus.AWAITING_APPROVAL)


def test_limits_and_steps_are_set_by_who_may_and_never_ones_own(session, by):
    with pytest.raises(LimitOfOneself):
        procurement.set_limit(session, by.person_id, None, by=by, at=NOON)
    with pytest.raises(StepsIncomplete):
        procurement.set_steps(session, {Decimal(5): 1}, by=by, at=NOON)
    with pytest.raises(NotPermitted):
        procurement.set_limit(session, None, None, by=given.acting(session, "procurement"), at=NOON)


def test_a_rejected_order_goes_back_with_the_reason_and_its_approvals_are_void(session, central, supplier, part, by):
    bought.sold(session, supplier, part, (1, "1000"))
    order = bought.draft(session, central, supplier, (part, 500))
    submitting, first = given.acting(session), given.acting(session)
    procurement.submit_order(session, order.id, by=submitting, at=NOON)
    procurement.approve_order(session, order.id, by=first, at=NOON)
    with pytest.raises(PurchaseReasonMissing):
        procurement.reject_order(session, order.id, reason=" ", by=by, at=NOON)

    procurement.reject_order(session, order.id, reason="价格过高", by=by, at=NOON)
    assert order.status is OrderStatus.DRAFT
    procurement.submit_order(session, order.id, by=submitting, at=NOON)
    procurement.approve_order(session, order.id, by=first, at=NOON)

    assert order.status is OrderStatus.AWAITING_APPROVAL
    rejected = list_events(session, DocumentKind.PURCHASE_ORDER, [order.id])[3]
    assert (rejected.happening, rejected.reason) == ("rejected", "价格过高")


def test_an_approved_order_that_is_withdrawn_has_to_be_approved_anew(session, central, supplier, part, sold, by):
    order = bought.approved(session, bought.draft(session, central, supplier, (part, 5)))
    procurement.withdraw_order(session, order.id, reason="改数量", by=by, at=NOON)
    with pytest.raises(OrderStands):
        procurement.send_order(session, order.id, by=by, at=NOON)


def test_an_order_below_the_suppliers_minimum_goes_out_only_for_a_reason(session, central, part, by):
    supplier = bought.supplier(session, minimum_order_value=Decimal(1000))
    bought.sold(session, supplier, part)
    order = bought.draft(session, central, supplier, (part, 99))
    with pytest.raises(OrderTooSmall):
        procurement.submit_order(session, order.id, by=by, at=NOON)
    procurement.submit_order(session, order.id, small_order_reason="急件，已商定", by=by, at=NOON)
    assert order.status is OrderStatus.AWAITING_APPROVAL


def test_what_was_submitted_is_not_changed_behind_the_approver(session, central, supplier, part, sold, by):
    order = bought.draft(session, central, supplier, (part, 5))
    procurement.submit_order(session, order.id, by=by, at=NOON)
    with pytest.raises(OrderStands) as refused:
        procurement.change_order(session, order.id, [wish(central, part, 500)], by=by, at=NOON)
    assert refused.value.facts["status"] == "awaiting_approval"


def test_an_order_of_another_warehouse_is_not_found(session, central, supplier, part, sold):
    order = bought.draft(session, central, supplier, (part, 5))
    stranger = given.acting(session, "procurement", given.warehouse(session, tier="central", city=BEIJING))
    for deed in (procurement.get_order, procurement.submit_order, procurement.send_order, procurement.approve_order):
        with pytest.raises(NotFound):
            deed(session, order.id, by=stranger, **({} if deed is procurement.get_order else {"at": NOON}))
    assert procurement.list_orders(session, by=stranger) == []


def test_the_inbox_holds_what_others_wrote_and_one_has_not_approved(session, central, supplier, part, by):
    bought.sold(session, supplier, part, (1, "1000"))
    order = bought.draft(session, central, supplier, (part, 500))
    procurement.submit_order(session, order.id, by=given.acting(session), at=NOON)
    assert [one.order.id for one in procurement.list_to_approve(session, by=by)] == [order.id]
    procurement.approve_order(session, order.id, by=by, at=NOON)
    assert procurement.list_to_approve(session, by=by) == []


def test_nothing_is_wanted_by_a_day_that_is_over_nor_is_it_later(session, central, part, sold, by):
    over = NOON.date() - timedelta(days=1)
    with pytest.raises(DayOver):
        procurement.draft_orders(session, [wish(central, part, 5, wanted_on=over)], by=by, at=NOON)
    (order,) = procurement.draft_orders(session, [wish(central, part, 5, wanted_on=NOON.date())], by=by, at=NOON)
    with pytest.raises(DayOver):
        procurement.change_order(session, order.id, [wish(central, part, 6, wanted_on=over)], by=by, at=NOON)


def test_today_is_wanted_wherever_it_still_is(session, central, part, sold, by):
    """At noon UTC the day before ends in the last place on earth."""
    early = NOON - timedelta(seconds=1)
    assert procurement.draft_orders(
        session, [wish(central, part, 5, wanted_on=NOON.date() - timedelta(days=1))], by=by, at=early
    )
