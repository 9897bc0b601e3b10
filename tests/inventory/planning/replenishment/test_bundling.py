"""Purchases of one supplier together: raised to his minimum by what is due next, or told that it is too little."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from inventory.planning import replenishment
from inventory.planning.replenishment import Held, ProposalFilter, ProposalKind, ProposalStatus
from inventory.procurement import PurchaseOrderLine, SupplierPart
from inventory.procurement.models import ExchangeRate
from tests import given
from tests.given import NOON
from tests.given import procurement as bought
from tests.given import replenishment as planned

TODAY = NOON.date()


@pytest.fixture
def central(session):
    return given.warehouse(session, tier="central")


@pytest.fixture
def run(session):
    return planned.run(session)


@pytest.fixture
def by(session):
    return planned.deciding(session)


@pytest.fixture
def supplier(session):
    return bought.supplier(session, minimum_order_value=300)


def to_buy(session, place, run, supplier, *, in_days=0, price="10", **known):
    """A proposal to buy twelve of a part of its own, to be ordered in so many days."""
    part = given.part(session)
    of = bought.sold(session, supplier, part, (1, price))
    due = TODAY + timedelta(days=in_days)
    return planned.proposal(session, part, place, of=of, by_run=run, order_by_on=due, **known)


def approved(session, *proposals, by):
    return replenishment.approve_proposals(session, [one.id for one in proposals], by=by, at=NOON)


def test_what_is_due_next_goes_along_until_the_minimum_is_reached(session, central, run, supplier, by):
    due = to_buy(session, central, run, supplier)
    last, first, second = (to_buy(session, central, run, supplier, in_days=days) for days in (30, 3, 9))
    made = approved(session, due, by=by)
    assert [one.id for one in made.added] == [first.id, second.id]
    [order] = made.orders
    lines = session.scalars(select(PurchaseOrderLine).where(PurchaseOrderLine.order_id == order.id)).all()
    assert {line.part_id for line in lines} == {due.part_id, first.part_id, second.part_id}
    assert (first.status, last.status) == (ProposalStatus.RELEASED, ProposalStatus.OPEN)


def test_what_reaches_the_minimum_takes_nothing_along(session, central, run, supplier, by):
    chosen = [to_buy(session, central, run, supplier) for _ in range(3)]
    other = to_buy(session, central, run, supplier)
    made = approved(session, *chosen, by=by)
    assert (made.added, other.status) == ((), ProposalStatus.OPEN)


def test_what_is_too_little_stays_open_and_says_so(session, central, run, supplier, by):
    due, more = to_buy(session, central, run, supplier), to_buy(session, central, run, supplier, in_days=4)
    made = approved(session, due, by=by)
    assert (made.orders, made.added) == ((), ())
    [small] = made.too_small
    assert (small.supplier.id, small.missing, [one.id for one in small.proposals]) == (supplier.id, 60, [due.id])
    assert (due.status, due.held) == (ProposalStatus.OPEN, Held.BELOW_MINIMUM)
    assert (more.status, more.held) == (ProposalStatus.OPEN, Held.PURCHASE)


def test_approved_once_more_it_goes_as_a_small_order(session, central, run, supplier, by):
    due = to_buy(session, central, run, supplier)
    approved(session, due, by=by)
    made = approved(session, due, by=by)
    assert (len(made.orders), made.too_small, due.status) == (1, (), ProposalStatus.RELEASED)


def test_other_suppliers_orders_go_all_the_same(session, central, run, supplier, by):
    small, good = to_buy(session, central, run, supplier), to_buy(session, central, run, bought.supplier(session))
    made = approved(session, small, good, by=by)
    assert (len(made.orders), len(made.too_small), good.status) == (1, 1, ProposalStatus.RELEASED)


def test_each_warehouse_has_orders_of_its_own(session, central, run, supplier, by):
    elsewhere = given.warehouse(session, tier="central")
    due = to_buy(session, central, run, supplier, quantity=20)
    to_buy(session, elsewhere, run, supplier, quantity=20)
    assert approved(session, due, by=by).too_small[0].missing == 100


def test_what_a_person_has_to_look_at_does_not_go_along(session, central, run, supplier, by):
    due = to_buy(session, central, run, supplier)
    leaving = to_buy(session, central, run, supplier, held="phase", quantity=100)
    broken = to_buy(session, central, run, supplier, quantity=100)
    session.get_one(SupplierPart, broken.supplier_part_id).pack_size = 7
    session.flush()
    made = approved(session, due, by=by)
    assert (made.added, leaving.status, broken.status) == ((), ProposalStatus.OPEN, ProposalStatus.OPEN)


def test_the_minimum_counts_in_the_suppliers_own_currency(session, central, run, by):
    session.add(ExchangeRate(currency="USD", valid_from=date(2020, 1, 1), rate=Decimal(7)))
    session.flush()
    abroad = bought.supplier(session, currency="USD", minimum_order_value=300)
    due = to_buy(session, central, run, abroad)
    [small] = approved(session, due, by=by).too_small
    assert small.missing == 180
    reaches = to_buy(session, central, run, abroad, price="30")
    assert approved(session, reaches, by=by).too_small == ()


def test_all_that_fit_leave_out_what_was_too_little_before(session, central, run, supplier, by):
    due = to_buy(session, central, run, supplier)
    wanted = ProposalFilter(kind=ProposalKind.PURCHASE, warehouse_id=central.id)
    assert replenishment.list_approvable(session, wanted, by=by, most=10) == [due.id]
    approved(session, due, by=by)
    assert replenishment.list_approvable(session, wanted, by=by, most=10) == []


def test_of_what_is_overdue_no_more_goes_along_than_reaches_the_minimum(session, central, run, supplier, by):
    """It may be as old as what was approved: nobody approved it."""
    due = to_buy(session, central, run, supplier, in_days=-1)
    others = [to_buy(session, central, run, supplier, in_days=-9) for _ in range(3)]
    made = approved(session, due, by=by)
    assert len(made.added) == 2
    assert [one.status for one in others].count(ProposalStatus.OPEN) == 1


def test_with_one_that_was_told_before_another_is_told_first(session, central, run, supplier, by):
    told, new = (to_buy(session, central, run, supplier) for _ in range(2))
    approved(session, told, by=by)
    made = approved(session, told, new, by=by)
    assert (made.orders, new.held) == ((), Held.BELOW_MINIMUM)
    assert len(approved(session, told, new, by=by).orders) == 1


def test_a_small_order_takes_nothing_along_that_does_not_reach_the_minimum_either(session, central, run, supplier, by):
    due, more = to_buy(session, central, run, supplier), to_buy(session, central, run, supplier, in_days=4)
    approved(session, due, by=by)
    made = approved(session, due, by=by)
    assert (made.added, due.status, more.status) == ((), ProposalStatus.RELEASED, ProposalStatus.OPEN)


def test_less_than_a_supplier_sells_at_once_does_not_go_along(session, central, run, supplier, by):
    due, little = to_buy(session, central, run, supplier), to_buy(session, central, run, supplier, quantity=100)
    session.get_one(SupplierPart, little.supplier_part_id).moq = 101
    session.flush()
    assert approved(session, due, by=by).added == ()
    assert little.status == ProposalStatus.OPEN


def test_an_order_in_another_currency_tells_what_is_missing_in_the_suppliers(session, central, run, by):
    session.add(ExchangeRate(currency="USD", valid_from=date(2020, 1, 1), rate=Decimal(7)))
    session.flush()
    abroad, part = bought.supplier(session, currency="USD", minimum_order_value=300), given.part(session)
    of = bought.sold(session, abroad, part, (1, "7"), currency="CNY")
    due = planned.proposal(session, part, central, of=of, by_run=run, order_by_on=TODAY)
    [small] = approved(session, due, by=by).too_small
    assert small.missing == 300 - 12


def test_an_order_is_worth_what_its_quantities_cost(session, central, run, supplier, by):
    """Twelve at ten each, though one alone would cost thirty."""
    part = given.part(session)
    of = bought.sold(session, supplier, part, (1, "30"), (10, "10"))
    due = planned.proposal(session, part, central, of=of, by_run=run, order_by_on=TODAY)
    [small] = approved(session, due, by=by).too_small
    assert small.missing == 180
