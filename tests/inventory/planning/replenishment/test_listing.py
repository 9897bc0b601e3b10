"""The reorder report: what it shows to whom, in which order, and what it comes to."""

from datetime import timedelta
from decimal import Decimal

import pytest

from inventory.actor import Actor
from inventory.errors import NotFound, NotPermitted
from inventory.identity import Permission
from inventory.planning import replenishment
from inventory.planning.policies import AbcClass, PartPlan
from inventory.planning.replenishment import (
    Held,
    ProposalFilter,
    ProposalKind,
    ProposalOrder,
    ProposalStatus,
    place_of,
)
from tests import given
from tests.given import NOON
from tests.given import procurement as bought
from tests.given import replenishment as planned

EVERYTHING = ProposalFilter(status=None)


@pytest.fixture
def central(session):
    return given.warehouse(session, tier="central")


@pytest.fixture
def centre(session, central):
    return given.warehouse(session, tier="distribution", parent=central)


@pytest.fixture
def buyer(session):
    return planned.deciding(session)


@pytest.fixture
def run(session):
    return planned.run(session)


def numbers(found):
    return [one.proposal.number for one in found]


def test_the_most_at_risk_stands_first(session, central, run, buyer):
    made = [
        planned.proposal(session, given.part(session), central, by_run=run, short_per_week=short)
        for short in (0.2, 3.5, 1.1)
    ]
    found = replenishment.list_proposals(session, ProposalFilter(), by=buyer)
    assert numbers(found) == [made[1].number, made[2].number, made[0].number]


@pytest.mark.parametrize("order", list(ProposalOrder))
def test_pages_of_every_order_show_each_proposal_once(session, central, run, buyer, order):
    made = {
        planned.proposal(
            session,
            given.part(session),
            central,
            by_run=run,
            price=price,
            short_per_week=short,
            order_by_on=NOON.date() + timedelta(days=days),
        ).number
        for price, short, days in (("1", 2.0, 3), ("1", 2.0, 3), ("7.5", 0.0, 0), ("2", 2.5, 9), ("7.5", 0.0, 0))
    }
    seen, after = [], None
    while page := replenishment.list_proposals(session, ProposalFilter(), by=buyer, order=order, after=after, limit=2):
        seen += numbers(page)
        after = place_of(page[-1].proposal, order)
    assert len(seen) == len(made)
    assert set(seen) == made


def test_each_filter_keeps_what_it_names(session, central, centre, run, buyer):
    supplier = bought.supplier(session)
    part, other = given.part(session, name_zh="压缩机"), given.part(session, name_zh="门封条")
    session.add(PartPlan(part_id=part.id, abc=AbcClass.A, xyz="x", classed_at=NOON))
    bought_one = planned.proposal(session, part, central, of=bought.sold(session, supplier, part), by_run=run)
    moved = planned.proposal(session, other, centre, source=central, by_run=run, held=Held.OVER_LIMIT)
    for wanted, expected in (
        (ProposalFilter(kind=ProposalKind.PURCHASE), bought_one),
        (ProposalFilter(kind=ProposalKind.TRANSFER), moved),
        (ProposalFilter(division_id=part.division_id, kind=ProposalKind.PURCHASE), bought_one),
        (ProposalFilter(supplier_id=supplier.id), bought_one),
        (ProposalFilter(abc=AbcClass.A), bought_one),
        (ProposalFilter(held=Held.OVER_LIMIT), moved),
        (ProposalFilter(warehouse_id=centre.id), moved),
        (ProposalFilter(words="压缩"), bought_one),
        (ProposalFilter(words=other.number.lower()), moved),
    ):
        assert numbers(replenishment.list_proposals(session, wanted, by=buyer)) == [expected.number], wanted


def test_a_percent_sign_is_looked_for_as_it_is(session, central, run, buyer):
    planned.proposal(session, given.part(session), central, by_run=run)
    assert replenishment.list_proposals(session, ProposalFilter(words="%"), by=buyer) == []


def test_a_run_shows_what_it_worked_out_last(session, central, run, buyer):
    planned.proposal(session, given.part(session), central, by_run=run)
    second = planned.run(session)
    late = planned.proposal(session, given.part(session), central, by_run=second)
    assert numbers(replenishment.list_proposals(session, ProposalFilter(run_id=second.id), by=buyer)) == [late.number]


def test_a_proposal_is_seen_at_both_its_ends_and_nowhere_else(session, central, centre, run):
    moved = planned.proposal(session, given.part(session), centre, source=central, by_run=run)
    elsewhere = given.warehouse(session, tier="distribution", parent=central)
    for place, sees in ((central, True), (centre, True), (elsewhere, False)):
        by = planned.deciding(session, place)
        assert bool(replenishment.list_proposals(session, EVERYTHING, by=by)) is sees
        if sees:
            assert replenishment.get_proposal(session, moved.id, by=by).proposal.id == moved.id
        else:
            with pytest.raises(NotFound):
                replenishment.get_proposal(session, moved.id, by=by)


def test_nobody_sees_proposals_unasked(session):
    nobody = Actor(given.acting(session).person_id, "Nobody")
    with pytest.raises(NotPermitted):
        replenishment.list_proposals(session, EVERYTHING, by=nobody)


def test_totals_count_what_would_be_ordered_now(session, central, run, buyer):
    first = planned.proposal(session, given.part(session), central, by_run=run, price="2.5", short_per_week=1.0)
    planned.proposal(session, given.part(session), central, by_run=run, price="10", short_per_week=0.5)
    replenishment.edit_proposal(session, first.id, 100, by=buyer, at=NOON)
    totals = replenishment.sum_proposals(session, ProposalFilter(), by=buyer)[ProposalKind.PURCHASE]
    assert (totals.proposals, totals.worth, totals.short_per_week) == (2, Decimal("250") + 120, 1.5)


def test_only_what_can_be_ordered_as_it_is_is_approved_by_the_hundred(session, central, centre, run, buyer):
    supplier = bought.supplier(session)

    def sold(**known):
        part = given.part(session)
        return part, bought.sold(session, supplier, part, **known)

    part, of = sold()
    good = planned.proposal(session, part, central, of=of, by_run=run)
    planned.proposal(session, given.part(session), central, by_run=run)  # nobody sells it
    part, of = sold(moq=50)
    planned.proposal(session, part, central, of=of, by_run=run, order_minimum=1)  # less than the supplier sells
    part, of = sold(pack_size=7)
    planned.proposal(session, part, central, of=of, by_run=run, pack_size=1)  # a broken pack
    planned.proposal(session, given.part(session), centre, source=central, by_run=run, quantity=0)  # nothing to give
    assert replenishment.list_approvable(session, ProposalFilter(), by=buyer, most=10) == [good.id]


def test_only_what_somebody_decides_about_is_approved_by_the_hundred(session, central, centre, run):
    part = given.part(session)
    of = bought.sold(session, bought.supplier(session), part)
    planned.proposal(session, part, central, of=of, by_run=run)
    moved = planned.proposal(session, given.part(session), centre, source=central, by_run=run)
    planner = planned.deciding(session)
    reach = {name: None for name in planner.reach if name != Permission.BUY}
    planner = type(planner)(planner.person_id, planner.name, reach, planner.command_id)
    assert replenishment.list_approvable(session, ProposalFilter(), by=planner, most=10) == [moved.id]
    receiver = planned.deciding(session, centre)  # the warehouse that gives decides, not the one that gets
    assert replenishment.list_approvable(session, ProposalFilter(), by=receiver, most=10) == []


def test_no_more_than_so_many_are_approved_at_once(session, central, run, buyer):
    supplier = bought.supplier(session)
    for short in (1.0, 3.0, 2.0):
        part = given.part(session)
        of = bought.sold(session, supplier, part)
        planned.proposal(session, part, central, of=of, by_run=run, short_per_week=short)
    ids = replenishment.list_approvable(session, ProposalFilter(), by=buyer, most=2)
    risks = [replenishment.get_proposal(session, id, by=buyer).proposal.short_per_week for id in ids]
    assert risks == [3.0, 2.0]


def test_what_was_made_of_proposals_is_told_by_order(session, central, centre, run, buyer):
    supplier = bought.supplier(session)
    part, other = given.part(session), given.part(session)
    given.stock(session, central, other, 40)
    first = planned.proposal(session, part, central, of=bought.sold(session, supplier, part), by_run=run)
    second = planned.proposal(session, other, centre, source=central, by_run=run)
    approved = replenishment.approve_proposals(session, [first.id, second.id], by=buyer, at=NOON)
    made = replenishment.list_made_orders(session, NOON, by=buyer)
    assert [one.number for one in made] == [approved.orders[0].number, approved.transfers[0].number]
    assert [(one.lines, one.amount) for one in made] == [(1, Decimal("120")), (1, None)]
    assert (made[0].supplier.code, made[1].source.code) == (supplier.code, central.code)
    assert [replenishment.order_number(one) for one in (first, second)] == [one.number for one in made]
    assert replenishment.list_made_orders(session, NOON, by=planned.deciding(session)) == []  # somebody else's


def test_what_was_decided_is_found_by_its_status(session, central, run, buyer):
    made = planned.proposal(session, given.part(session), central, by_run=run)
    replenishment.reject_proposals(session, [made.id], reason="too early", by=buyer, at=NOON)
    assert replenishment.list_proposals(session, ProposalFilter(), by=buyer) == []
    rejected = ProposalFilter(status=ProposalStatus.REJECTED)
    assert numbers(replenishment.list_proposals(session, rejected, by=buyer)) == [made.number]
