"""What suppliers ask: lists and contracts by day and quantity, lead times, currencies."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from inventory import procurement
from inventory.errors import NotPermitted
from inventory.procurement import (
    ContractInvalid,
    ContractLine,
    ContractWish,
    CurrencyUnknown,
    DayOver,
    NobodySells,
    PriceBreak,
    PriceOrigin,
    RateMissing,
    SupplierExists,
    SupplierPartWish,
    SupplierWish,
)
from tests import given
from tests.given import NOON
from tests.given import procurement as bought

TODAY = NOON.date()
DAY = timedelta(days=1)


def price(session, part, quantity, on=TODAY):
    (offer,) = procurement.list_offers(session, [part.id], on=on)
    found = offer.price_at(quantity)
    return None if found is None else (found.price, found.origin)


def agreed(session, supplier, part, *, first=TODAY, last=TODAY + 30 * DAY, cost="7", from_quantity=1, by):
    wish = ContractWish(first, last, [ContractLine(part.id, Decimal(cost), from_quantity)], reference="框架协议 7")
    return procurement.conclude_contract(session, supplier, wish, by=by, at=NOON)


def test_the_list_gives_the_price_of_the_break_that_a_quantity_reaches(session, supplier, part):
    bought.sold(session, supplier, part, (1, "10"), (100, "9"))
    assert [price(session, part, quantity)[0] for quantity in (1, 99, 100, 5000)] == [10, 10, 9, 9]


def test_a_list_holds_until_the_next_one_begins(session, supplier, part, sold, by):
    later = SupplierPartWish(
        part_id=part.id,
        lead_time_days=20,
        breaks=(PriceBreak(1, Decimal(12)),),
        valid_from=TODAY + DAY,
    )
    procurement.sell_part(session, supplier, later, by=by, at=NOON)
    assert price(session, part, 1) == (10, PriceOrigin.LIST)
    assert price(session, part, 1, on=TODAY + DAY) == (12, PriceOrigin.LIST)


def test_there_is_no_price_before_the_first_list_begins(session, supplier, part):
    bought.sold(session, supplier, part, valid_from=TODAY)
    assert price(session, part, 1, on=TODAY - DAY) is None


def test_a_contract_wins_over_the_list_while_it_holds(session, supplier, part, sold, by):
    agreed(session, supplier, part, by=by)
    days = [TODAY - DAY, TODAY, TODAY + 30 * DAY, TODAY + 31 * DAY]
    assert [price(session, part, 1, on=on)[0] for on in days] == [10, 7, 7, 10]
    assert price(session, part, 1)[1] is PriceOrigin.CONTRACT


def test_a_contract_for_large_quantities_leaves_small_ones_to_the_list(session, supplier, part, sold, by):
    agreed(session, supplier, part, from_quantity=500, by=by)
    assert [price(session, part, quantity)[0] for quantity in (499, 500)] == [10, 7]


def test_of_two_contracts_the_one_that_began_later_counts(session, supplier, part, sold, by):
    agreed(session, supplier, part, cost="6", by=by)
    agreed(session, supplier, part, cost="8", first=TODAY - DAY, by=by)
    assert price(session, part, 1)[0] == 6


def test_a_contract_that_is_ended_counts_no_more(session, supplier, part, sold, by):
    contract = agreed(session, supplier, part, by=by)
    procurement.end_contract(session, contract.id, valid_to=TODAY + DAY, reason="涨价", by=by, at=NOON)
    assert price(session, part, 1, on=TODAY + 2 * DAY)[0] == 10


def test_a_contract_needs_an_end_after_its_beginning_and_prices_of_parts_he_sells(session, supplier, part, sold, by):
    with pytest.raises(ContractInvalid):
        agreed(session, supplier, part, last=TODAY - DAY, by=by)
    with pytest.raises(ContractInvalid):
        procurement.conclude_contract(session, supplier, ContractWish(TODAY, TODAY, []), by=by, at=NOON)
    with pytest.raises(NobodySells):
        agreed(session, supplier, given.part(session), by=by)


def test_a_contract_that_is_over_is_none(session, supplier, part, sold, by):
    with pytest.raises(DayOver):
        agreed(session, supplier, part, first=TODAY - 9 * DAY, last=TODAY - DAY, by=by)
    assert agreed(session, supplier, part, first=TODAY - 9 * DAY, last=TODAY, by=by)


def test_the_supplier_of_the_lowest_priority_number_with_a_price_is_asked_first(session, supplier, part):
    dear, cheap = bought.supplier(session), bought.supplier(session)
    bought.sold(session, supplier, part, priority=1, valid_from=TODAY + DAY)
    bought.sold(session, dear, part, (1, "30"), priority=2)
    bought.sold(session, cheap, part, (1, "5"), priority=3)
    offers = procurement.list_offers(session, [part.id], on=TODAY)
    assert [one.supplier_id for one in offers] == [supplier.id, dear.id, cheap.id]
    assert procurement.first_choices(offers)[part.id].supplier_id == dear.id


def test_who_is_no_longer_in_use_offers_nothing(session, supplier, part, sold):
    other = bought.supplier(session, active=False)
    bought.sold(session, other, part)
    sold.active = False
    session.flush()
    assert procurement.list_offers(session, [part.id], on=TODAY) == []


def test_a_lead_time_is_the_stated_one_until_three_receipts_taught_a_better(session, part, sold):
    def days():
        (offer,) = procurement.list_offers(session, [part.id], on=TODAY)
        return offer.lead_time_days, offer.lead_time_days_sd

    assert days() == (20, pytest.approx(6))
    sold.learned_receipts, sold.learned_days_mean, sold.learned_days_sd = 2, 31.5, 4.0
    session.flush()
    assert days()[0] == 20
    sold.learned_receipts = 3
    session.flush()
    assert days() == (31.5, 4.0)


def test_a_rate_holds_from_its_day_on(session, by):
    for day, rate in ((TODAY, "7.1"), (TODAY + 10 * DAY, "7.3")):
        procurement.set_rate(session, "USD", valid_from=day, rate=Decimal(rate), by=by, at=NOON)
    rates = [procurement.rate_on(session, "USD", TODAY + days * DAY) for days in (0, 9, 10)]
    assert rates == [Decimal("7.1"), Decimal("7.1"), Decimal("7.3")]
    assert procurement.rate_on(session, "CNY", TODAY) == 1
    with pytest.raises(RateMissing):
        procurement.rate_on(session, "USD", TODAY - DAY)
    with pytest.raises(CurrencyUnknown):
        procurement.rate_on(session, "XXX", TODAY)


def test_a_rate_of_the_same_day_is_corrected(session, by):
    for rate in ("7.1", "7.2"):
        procurement.set_rate(session, "USD", valid_from=TODAY, rate=Decimal(rate), by=by, at=NOON)
    assert procurement.rate_on(session, "USD", TODAY) == Decimal("7.2")


def test_a_supplier_is_taken_on_once_and_changed_by_who_buys(session, by):
    wish = SupplierWish(name_zh="三花", currency="CNY", minimum_order_value=Decimal(500))
    procurement.add_supplier(session, "SH-1", wish, by=by, at=NOON)
    with pytest.raises(SupplierExists):
        procurement.add_supplier(session, "SH-1", wish, by=by, at=NOON)
    changed = SupplierWish(name_zh="三花", currency="CNY", minimum_order_value=Decimal(800))
    assert procurement.change_supplier(session, "SH-1", changed, by=by, at=NOON).minimum_order_value == 800
    planner = given.acting(session, "planner")
    with pytest.raises(NotPermitted):
        procurement.change_supplier(session, "SH-1", changed, by=planner, at=NOON)


def test_selling_a_part_again_changes_it_and_keeps_prices_it_does_not_name(session, supplier, part, sold, by):
    wish = SupplierPartWish(part_id=part.id, lead_time_days=9, moq=50, pack_size=10)
    changed = procurement.sell_part(session, supplier, wish, by=by, at=NOON)
    assert (changed.id, changed.lead_time_days, changed.moq) == (sold.id, 9, 50)
    assert price(session, part, 50)[0] == 10


def test_validity_is_also_held_by_the_table(session, supplier):
    wrong = {
        "supplier_id": supplier.id,
        "currency": "CNY",
        "valid_from": TODAY,
        "valid_to": TODAY - DAY,
        "created_by_id": given.acting(session).person_id,
        "created_at": NOON,
    }
    with pytest.raises(IntegrityError, match="ck_supply_contract_validity"), session.begin_nested():
        session.execute(insert(procurement.SupplyContract).values(wrong))


def test_a_quantity_has_one_price(session):
    twice = (procurement.PriceBreak(1, Decimal(8)), procurement.PriceBreak(1, Decimal(9)))
    wish = procurement.SupplierPartWish(part_id=given.part(session).id, lead_time_days=20, breaks=twice)
    with pytest.raises(procurement.PricedTwice):
        procurement.sell_part(session, bought.supplier(session), wish, by=given.acting(session), at=NOON)
