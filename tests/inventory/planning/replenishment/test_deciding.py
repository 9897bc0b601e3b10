"""What becomes of proposals: approved into orders, edited, turned down; by whom, and what is refused."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from inventory import procurement
from inventory.db import QUANTITY_MAX
from inventory.errors import NotFound, NotPermitted
from inventory.identity import Permission
from inventory.planning import replenishment
from inventory.planning.replenishment import (
    Held,
    NobodySellsIt,
    NothingProposed,
    ProposalDecided,
    ProposalStatus,
    QuantityOutOfBounds,
    ReasonNeeded,
)
from inventory.procurement import OrderStatus, PriceMissing, PurchaseOrderLine
from inventory.sourcing import PartRequest, PartRequestLine
from tests import given
from tests.given import NOON
from tests.given import procurement as bought
from tests.given import replenishment as planned


@pytest.fixture
def central(session):
    return given.warehouse(session, tier="central")


@pytest.fixture
def centre(session, central):
    return given.warehouse(session, tier="distribution", parent=central)


@pytest.fixture
def run(session):
    return planned.run(session)


@pytest.fixture
def by(session):
    return planned.deciding(session)


def to_buy(session, place, run, supplier=None, **known):
    """A proposal to buy a part of its own."""
    part = given.part(session)
    terms = {name: known.pop(name) for name in ("moq", "pack_size") if name in known}
    of = bought.sold(session, supplier or bought.supplier(session), part, **terms)
    return planned.proposal(session, part, place, of=of, by_run=run, **known)


def to_move(session, source, place, run, *, there=100, **known):
    """A proposal to move a part of its own, of which so many lie at the source."""
    part = given.part(session)
    if there:
        given.stock(session, source, part, there)
    return planned.proposal(session, part, place, source=source, by_run=run, **known)


def approved(session, *proposals, by):
    return replenishment.approve_proposals(session, [one.id for one in proposals], by=by, at=NOON)


def test_one_draft_for_each_supplier_and_warehouse(session, central, run, by):
    supplier = bought.supplier(session)
    other_place = given.warehouse(session, tier="central")
    first, second = (to_buy(session, central, run, supplier) for _ in range(2))
    third, fourth = to_buy(session, central, run), to_buy(session, other_place, run, supplier)
    made = approved(session, first, second, third, fourth, by=by)
    assert len(made.orders) == 3
    assert {order.status for order in made.orders} == {OrderStatus.DRAFT}
    assert first.purchase_order_id == second.purchase_order_id
    assert len({one.purchase_order_id for one in (first, third, fourth)}) == 3


def test_a_draft_asks_for_the_goods_a_lead_time_after_the_last_day(session, central, run, by):
    later = NOON.date() + timedelta(days=9)
    waits = to_buy(session, central, run, order_by_on=later, lead_days=20.0)
    late = to_buy(session, central, run, order_by_on=NOON.date() - timedelta(days=9), lead_days=20.0)
    approved(session, waits, late, by=by)
    wanted = {
        line.part_id: line.wanted_on
        for line in session.scalars(
            select(PurchaseOrderLine).where(
                PurchaseOrderLine.order_id.in_([waits.purchase_order_id, late.purchase_order_id])
            )
        )
    }
    assert wanted[waits.part_id] == later + timedelta(days=20)
    assert wanted[late.part_id] == NOON.date() + timedelta(days=20)


def test_what_was_edited_is_what_is_ordered(session, central, run, by):
    proposal = to_buy(session, central, run)
    replenishment.edit_proposal(session, proposal.id, 30, by=by, at=NOON)
    approved(session, proposal, by=by)
    [line] = session.scalars(select(PurchaseOrderLine).where(PurchaseOrderLine.order_id == proposal.purchase_order_id))
    assert (line.quantity, proposal.released_quantity, proposal.quantity) == (30, 30, 12)
    assert (proposal.edited_quantity, proposal.edited_by_id, proposal.edited_at) == (30, by.person_id, NOON)


def test_an_approved_proposal_tells_who_and_when_and_waits_no_longer(session, central, run, by):
    proposal = to_buy(session, central, run)
    approved(session, proposal, by=by)
    assert (proposal.status, proposal.held) == (ProposalStatus.RELEASED, None)
    assert (proposal.decided_by_id, proposal.decided_at) == (by.person_id, NOON)


def test_a_transfer_order_for_each_way_with_what_the_source_has(session, central, centre, run, by):
    station = given.warehouse(session, parent=centre)
    whole, part_of_it = to_move(session, central, centre, run), to_move(session, central, centre, run, there=5)
    other_way = to_move(session, centre, station, run)
    made = approved(session, whole, part_of_it, other_way, by=by)
    assert len(made.transfers) == 2
    assert (whole.released_quantity, part_of_it.released_quantity) == (12, 5)
    assert whole.part_request_id == part_of_it.part_request_id != other_way.part_request_id
    order = session.get_one(PartRequest, other_way.part_request_id)
    assert (order.source_id, order.warehouse_id) == (centre.id, station.id)
    lines = session.scalars(select(PartRequestLine).where(PartRequestLine.request_id == whole.part_request_id))
    assert sorted(line.quantity for line in lines) == [5, 12]


def test_what_the_source_has_nothing_of_stays_open_and_says_so(session, central, centre, run, by):
    empty, good = to_move(session, central, centre, run, there=0), to_move(session, central, centre, run)
    made = approved(session, empty, good, by=by)
    assert [one.id for one in made.unmet] == [empty.id]
    assert (empty.status, empty.held) == (ProposalStatus.OPEN, Held.SHORT_AT_SOURCE)
    assert good.status is ProposalStatus.RELEASED


def test_where_a_source_has_nothing_of_all_that_is_asked_no_order_is_told(session, central, centre, run, by):
    made = approved(session, to_move(session, central, centre, run, there=0), by=by)
    assert (made.transfers, len(made.unmet)) == ((), 1)


def test_of_a_proposal_of_nothing_no_order_is_made(session, central, centre, run, by):
    nothing = to_move(session, central, centre, run, quantity=0)
    made = approved(session, nothing, by=by)
    assert (made.transfers, [one.id for one in made.unmet]) == ((), [nothing.id])


def test_all_are_approved_or_none(session, central, run, by):
    good, unsold = to_buy(session, central, run), planned.proposal(session, given.part(session), central, by_run=run)
    with pytest.raises(NobodySellsIt) as refusal:
        approved(session, good, unsold, by=by)
    assert refusal.value.facts["proposal"] == unsold.number
    assert good.status is ProposalStatus.OPEN


def test_a_part_without_a_price_is_refused_by_name(session, central, run, by):
    part = given.part(session)
    of = bought.sold(session, bought.supplier(session), part, valid_from=NOON.date() + timedelta(days=5))
    proposal = planned.proposal(session, part, central, of=of, by_run=run)
    with pytest.raises(PriceMissing) as refusal:
        approved(session, proposal, by=by)
    assert refusal.value.facts["part"] == part.number


def test_what_was_decided_meanwhile_is_refused(session, central, run, by):
    proposal = to_buy(session, central, run)
    approved(session, proposal, by=by)
    for again in (
        lambda: approved(session, proposal, by=by),
        lambda: replenishment.edit_proposal(session, proposal.id, 12, by=by, at=NOON),
        lambda: replenishment.reject_proposals(session, [proposal.id], reason="late", by=by, at=NOON),
    ):
        with pytest.raises(ProposalDecided) as refusal:
            again()
        assert refusal.value.facts == {"proposal": proposal.number, "status": "released"}


def test_nothing_chosen_is_refused(session, by):
    with pytest.raises(NothingProposed):
        approved(session, by=by)


@pytest.mark.parametrize("quantity", [0, 11, 25, QUANTITY_MAX + 1])
def test_a_purchase_keeps_packs_and_least_order(session, central, run, by, quantity):
    proposal = to_buy(session, central, run, moq=12, pack_size=6)
    with pytest.raises(QuantityOutOfBounds) as refusal:
        replenishment.edit_proposal(session, proposal.id, quantity, by=by, at=NOON)
    assert (refusal.value.facts["least"], refusal.value.facts["pack"]) == (12, 6)
    assert proposal.edited_quantity is None


def test_a_transfer_is_edited_to_any_quantity(session, central, centre, run, by):
    proposal = to_move(session, central, centre, run, pack_size=6)
    replenishment.edit_proposal(session, proposal.id, 7, by=by, at=NOON)
    assert proposal.wanted == 7


def test_a_rejected_proposal_keeps_its_reason(session, central, run, by):
    proposal = to_buy(session, central, run)
    replenishment.reject_proposals(session, [proposal.id], reason="  the model is discontinued ", by=by, at=NOON)
    assert (proposal.status, proposal.decision_reason) == (ProposalStatus.REJECTED, "the model is discontinued")
    assert procurement.list_on_order(session, part_ids=[proposal.part_id]) == []


def test_without_a_reason_nothing_is_rejected(session, central, run, by):
    proposal = to_buy(session, central, run)
    with pytest.raises(ReasonNeeded):
        replenishment.reject_proposals(session, [proposal.id], reason="  ", by=by, at=NOON)


def test_who_decides_at_another_warehouse_finds_no_proposal(session, central, centre, run):
    elsewhere = planned.deciding(session, given.warehouse(session, tier="central"))
    gets = planned.deciding(session, centre)  # the warehouse that gives decides
    for proposal, by in (
        (to_buy(session, central, run), elsewhere),
        (to_move(session, central, centre, run), gets),
    ):
        with pytest.raises(NotFound):
            approved(session, proposal, by=by)
        with pytest.raises(NotFound):
            replenishment.edit_proposal(session, proposal.id, 3, by=by, at=NOON)


def test_who_may_not_buy_approves_no_purchase(session, central, run, by):
    reach = {name: None for name in by.reach if name != Permission.BUY}
    planner = type(by)(by.person_id, by.name, reach, by.command_id)
    with pytest.raises(NotPermitted):
        approved(session, to_buy(session, central, run), by=planner)
