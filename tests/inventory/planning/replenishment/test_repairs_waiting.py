"""A repair that waits for a part is ordered for, whoever stocks it, or nobody."""

import numpy as np
import pytest
from sqlalchemy import select

from inventory.identity import get_system_actor
from inventory.planning import replenishment
from inventory.planning.replenishment import Held, Proposal, ProposalKind, ProposalStatus, StockLevel
from inventory.procurement import Supplier
from tests import given
from tests.given import NOON
from tests.given.demand import asked
from tests.given.planning import plan, three_tiers
from tests.given.policies import override
from tests.given.procurement import sent, sold, supplier
from tests.given.replenishment import level, run
from tests.given.workorders import asked_for, repair

ON = NOON.date()


class Town:
    """A repair centre under a distribution centre under a central warehouse, and a part that nobody ever asked for."""

    def __init__(self, session):
        self.session = session
        network = three_tiers(session)
        self.central, self.centre, self.station = network.places
        self.part = given.part(session)
        sold(session, supplier(session), self.part)

    def plan(self):
        plan(self.session, on=ON)
        query = select(Proposal).where(Proposal.status == ProposalStatus.OPEN, Proposal.part_id == self.part.id)
        return self.session.scalars(query.order_by(Proposal.id)).all()


@pytest.fixture
def town(session):
    return Town(session)


def test_a_part_that_nobody_ever_asked_for_is_bought_for_the_repair_that_waits(session, town):
    asked_for(session, repair(session, town.station), town.part, 2)
    [bought] = town.plan()
    assert (bought.kind, bought.warehouse_id, bought.quantity) == (ProposalKind.PURCHASE, town.central.id, 2)
    assert (bought.back_ordered, bought.order_up_to) == (2, 0)


def test_what_is_on_its_way_for_the_repair_is_not_bought_again_and_then_forgotten(session, town):
    asked_for(session, repair(session, town.station), town.part, 2)
    [bought] = town.plan()
    by = get_system_actor(session).under(given.acting(session).command_id)
    replenishment.approve_proposals(session, [bought.id], by=by, at=NOON)
    assert town.plan() == []
    assert session.get(StockLevel, (town.part.id, town.station.id)) is None


def test_a_back_order_counts_where_the_part_is_stocked(session, town):
    """One request a year lays the part in at the central warehouse alone; the back-order stands at the centre."""
    asked(session, town.station, town.part, "2025-09-05", 1)
    asked_for(session, repair(session, town.station), town.part, 7)
    [bought] = town.plan()
    assert (bought.warehouse_id, bought.back_ordered) == (town.central.id, 7)
    assert bought.quantity == 7 + bought.order_up_to


@pytest.mark.parametrize("interchangeable", [True, False])
def test_a_part_that_replaces_the_one_waited_for_is_bought_instead(session, town, interchangeable):
    successor = given.part(session)
    given.supersession(session, town.part, successor, interchangeable=interchangeable)
    sold(session, supplier(session), successor)
    asked_for(session, repair(session, town.station), town.part, 2)
    assert town.plan() == []
    [bought] = session.scalars(select(Proposal).where(Proposal.part_id == successor.id)).all()
    assert (bought.warehouse_id, bought.quantity) == (town.central.id, 2)


def test_whoever_cut_the_parts_a_replaced_one_is_waited_for_once(session, town):
    successor = given.part(session)
    given.supersession(session, town.part, successor)
    asked_for(session, repair(session, town.station), town.part, 2)
    for pieces in (lambda ids: [ids], lambda ids: [[one] for one in ids], lambda ids: [[one] for one in ids[::-1]]):
        plan(session, on=ON, pieces=lambda ids, cut=pieces: [np.array(some) for some in cut(ids)])
        opened = session.scalars(select(Proposal).where(Proposal.status == ProposalStatus.OPEN)).all()
        assert [(one.part_id, one.quantity, one.held) for one in opened] == [(successor.id, 2, Held.NO_SUPPLIER)]


def test_a_part_that_two_replace_is_bought_itself_while_somebody_sells_it(session, town):
    given.supersession(session, town.part, given.part(session), ratio=2)
    asked_for(session, repair(session, town.station), town.part, 3)
    [bought] = town.plan()
    assert (bought.warehouse_id, bought.quantity, bought.held) == (town.central.id, 3, Held.PURCHASE)


def test_a_part_that_two_replace_and_nobody_sells_is_shown_to_somebody(session, town):
    old = given.part(session)
    given.supersession(session, old, town.part, ratio=2)
    asked_for(session, repair(session, town.station), old, 3)
    assert town.plan() == []
    [shown] = session.scalars(select(Proposal).where(Proposal.part_id == old.id)).all()
    assert (shown.warehouse_id, shown.quantity, shown.held) == (town.central.id, 3, Held.NO_SUPPLIER)


def test_what_is_on_its_way_of_a_replaced_part_serves_who_waits_for_it(session, town):
    """Its successor is bought for nobody; nor is more of the old one."""
    seller = session.scalars(select(Supplier)).one()
    sent(session, town.central, seller, (town.part, 2))
    given.supersession(session, town.part, given.part(session))
    asked_for(session, repair(session, town.station), town.part, 2)
    town.plan()
    assert session.scalars(select(Proposal)).all() == []


def test_between_the_nights_a_replaced_part_is_served_by_its_successor_too(session, town):
    successor = given.part(session)
    given.supersession(session, town.part, successor)
    sold(session, supplier(session), successor)
    level(session, successor, town.central, run(session), urgent=True)
    given.stock(session, town.central, successor, 12)
    asked_for(session, repair(session, town.station), town.part, 20)
    replenishment.refill(session, [successor.id], on=ON, by=given.acting(session), at=NOON)
    [bought] = session.scalars(select(Proposal)).all()
    assert (bought.part_id, bought.back_ordered, bought.quantity) == (successor.id, 8, 20)


def test_a_part_is_looked_at_from_the_day_on_which_it_replaces_one_that_was_asked_for(session, town):
    successor = given.part(session)
    given.supersession(session, town.part, successor)
    for month in range(3, 13):
        asked(session, town.station, town.part, f"2025-{month:02}-05", 2)
    town.plan()
    levels = session.scalars(select(StockLevel.part_id).where(StockLevel.warehouse_id == town.station.id)).all()
    assert levels == [successor.id]


def test_what_a_planner_said_shall_not_be_stocked_stays_for_him_to_decide(session, town):
    override(session, town.part, town.central, stocked=False)
    asked_for(session, repair(session, town.station), town.part, 2)
    assert town.plan() == []
