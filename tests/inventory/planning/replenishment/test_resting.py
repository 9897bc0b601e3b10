"""What was turned down stays down for a week, unless clearly more is wanted or a repair begins to wait for it."""

from datetime import timedelta

import numpy as np
import pytest
from sqlalchemy import select

from inventory.planning import replenishment
from inventory.planning.replenishment import Proposal, ProposalKind, ProposalStatus
from inventory.planning.replenishment.positions import Positions
from inventory.planning.replenishment.proposing import work_out_needs
from inventory.planning.replenishment.resting import KINDS
from inventory.planning.replenishment.resting import TurnedDown as TurnedDownOnes
from tests.given import NOON
from tests.given import replenishment as planned
from tests.given.policies import override
from tests.given.workorders import asked_for, repair
from tests.inventory.planning.days.places import tree_of
from tests.inventory.planning.replenishment.town import Town

A_WEEK = timedelta(days=7)


class TurnedDown(Town):
    """A purchase at the top was turned down; below it every shelf is full."""

    def __init__(self, session):
        super().__init__(session)
        self.plan()
        for place in (self.centre, *self.stations):
            self.lies(place, self.level(place).order_up_to)
        self.plan()
        [self.before] = self.to_buy()
        self.turn_down(self.before)

    def turn_down(self, proposal, at=NOON):
        by = planned.deciding(self.session)
        replenishment.reject_proposals(self.session, [proposal.id], reason="too_early", by=by, at=at)

    def turned_down_on(self, at):
        self.before.decided_at = at
        self.session.flush()

    def to_buy(self):
        return self.proposals(kind=ProposalKind.PURCHASE)


@pytest.fixture
def town(session):
    return TurnedDown(session)


def test_what_was_turned_down_is_not_proposed_again_the_next_night(town):
    town.plan()
    assert town.to_buy() == []


def test_it_is_proposed_again_after_a_week_and_tells_what_was_turned_down(town):
    town.turned_down_on(NOON - A_WEEK + timedelta(hours=1))
    town.plan()
    assert town.to_buy() == []
    town.turned_down_on(NOON - A_WEEK)
    town.plan()
    [again] = town.to_buy()
    assert again.turned_down_id == town.before.id
    assert again.quantity == town.before.quantity


def test_what_stands_after_a_turned_down_one_stays_the_next_night_too(town):
    town.turned_down_on(NOON - A_WEEK)
    town.plan()
    [again] = town.to_buy()
    town.plan()
    assert [one.id for one in town.to_buy()] == [again.id]
    assert again.turned_down_id == town.before.id


def test_it_comes_back_once_clearly_more_is_wanted(session, town):
    wanted = town.before.order_up_to - town.before.left
    override(session, town.part, town.central, minimum=town.before.reorder_point + 1 + wanted)
    town.plan()
    [again] = town.to_buy()
    assert again.order_up_to - again.left >= 1.25 * wanted
    assert again.turned_down_id == town.before.id


def test_a_repair_that_begins_to_wait_breaks_through_at_once(session, town):
    asked_for(session, repair(session, town.stations[0]), town.part, 200)
    town.plan()
    [again] = town.to_buy()
    assert again.waited_for > 0
    assert again.turned_down_id == town.before.id


PURCHASE = KINDS.index(ProposalKind.PURCHASE)


@pytest.mark.parametrize(
    ("now", "rests"),
    [
        ({}, True),
        ({"wanted": 24}, True),
        ({"wanted": 25}, False),  # a quarter more
        ({"waited_for": 3}, False),  # one repair more waits, though no more is wanted
        ({"row": 4}, False),
        ({"kind": KINDS.index(ProposalKind.TRANSFER)}, False),
    ],
)
def test_what_rests_is_for_the_same_place_and_kind_and_no_worse(now, rests):
    flags = np.array([True])
    turned_down = TurnedDownOnes(
        np.array([3 * len(KINDS) + PURCHASE]), np.array([77]), np.array([20]), np.array([2]), flags, flags
    )
    told = {"row": 3, "kind": PURCHASE, "wanted": 20, "waited_for": 2} | now
    row, kind, wanted, waited_for = (np.array([told[name]]) for name in ("row", "kind", "wanted", "waited_for"))
    assert turned_down.rest(row, kind, wanted=wanted, waited_for=waited_for).tolist() == [rests]


def test_whoever_waits_further_down_counts_above():
    planner = tree_of([-1, 0], [6, 4], lead_days=20, rate=0.0)
    there = np.zeros(2, dtype=np.int64)
    positions = Positions(there, there, there, there, np.array([0, 3]))
    assert work_out_needs(planner.steps[0], positions, planner.offers).waited_for.tolist() == [3, 3]


def test_what_is_turned_down_again_rests_again(town):
    town.turned_down_on(NOON - A_WEEK)
    town.plan()
    [again] = town.to_buy()
    town.turn_down(again)
    town.plan()
    assert town.to_buy() == []


def test_a_turned_down_transfer_is_neither_proposed_nor_ordered_for_above(session):
    town = Town(session)
    town.plan()
    [drawn] = town.proposals(kind=ProposalKind.TRANSFER, warehouse_id=town.stations[0].id)
    [above] = town.proposals(kind=ProposalKind.TRANSFER, warehouse_id=town.centre.id)
    owed = above.owed
    by = planned.deciding(session)
    replenishment.reject_proposals(session, [drawn.id], reason="too_early", by=by, at=NOON)
    town.plan()
    assert town.proposals(kind=ProposalKind.TRANSFER, warehouse_id=town.stations[0].id) == []
    session.refresh(above)
    assert above.owed == owed - drawn.needed


def test_what_falls_due_and_was_turned_down_shows_up_when_it_is_due(session):
    town = TurnedDown(session)
    town.turned_down_on(NOON - A_WEEK)
    town.buys_for_half_a_year()
    town.lies(town.central, 3)
    town.plan()
    soon = session.scalars(select(Proposal).where(Proposal.status == ProposalStatus.AHEAD)).one()
    town.turn_down(soon)
    town.plan()
    assert session.scalars(select(Proposal).where(Proposal.status == ProposalStatus.AHEAD)).all() == []
    override(session, town.part, town.central, minimum=soon.reorder_point + 4)
    town.plan()
    [due] = town.to_buy()
    assert due.turned_down_id == soon.id
