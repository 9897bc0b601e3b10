"""What a run orders by itself: whole columns at once, and only by whom and what may."""

import pytest
from sqlalchemy import select

from inventory.actor import Actor
from inventory.errors import NotPermitted
from inventory.planning import replenishment
from inventory.planning.replenishment import Held, Proposal, ProposalStatus
from inventory.reporting.verifying import verify
from inventory.sourcing import PartRequestLine
from tests import given
from tests.given import NOON
from tests.given import replenishment as planned
from tests.given.planning import three_tiers
from tests.statements import statements_to


class Night:
    """A run that proposed to move parts from the central warehouse to the centre; the last one does not lie there."""

    def __init__(self, session, parts):
        self.session, self.network, self.run = session, three_tiers(session), planned.run(session)
        self.by, self.parts = planned.deciding(session), [given.part(session) for _ in range(parts)]
        for part in self.parts:
            if part is not self.parts[-1]:
                given.stock(session, self.network.central, part, 100)
            planned.proposal(session, part, self.network.centre, source=self.network.central, by_run=self.run)

    def release(self, by=None):
        with statements_to(self.session.get_bind().engine) as sent:
            moved = replenishment.release_within_limits(self.session, self.run.id, by=by or self.by, at=NOON)
        self.session.expire_all()
        return moved, sent

    def proposals(self, status):
        query = select(Proposal).where(Proposal.run_id == self.run.id, Proposal.status == status)
        return self.session.scalars(query.order_by(Proposal.id)).all()


def test_forty_moves_are_ordered_in_as_many_statements_as_two(session):
    few, many = (Night(session, parts).release()[1] for parts in (2, 40))
    assert len(many) == len(few)


def test_each_move_tells_its_order_and_who_let_it_go(session):
    night = Night(session, 3)
    moved, _ = night.release()
    [order] = moved.transfers
    lines = session.scalars(select(PartRequestLine).order_by(PartRequestLine.position)).all()
    assert [(line.part_id, line.quantity) for line in lines] == [(part.id, 12) for part in night.parts[:2]]
    for one in night.proposals(ProposalStatus.RELEASED):
        assert (one.part_request_id, one.released_quantity, one.held) == (order.request_id, 12, None)
        assert (one.decided_by_id, one.decided_at) == (night.by.person_id, NOON)


def test_what_the_source_has_nothing_of_stays_open_says_so_and_is_not_tried_again(session):
    night = Night(session, 2)
    moved, _ = night.release()
    [left] = night.proposals(ProposalStatus.OPEN)
    assert (left.part_id, left.held, moved.unmet) == (night.parts[-1].id, Held.SHORT_AT_SOURCE, (left.id,))
    assert night.release()[0] is None


def test_nothing_goes_from_where_the_actor_orders_no_transfers(session):
    night = Night(session, 2)
    nobody = Actor(night.by.person_id, night.by.name, {}, night.by.command_id)
    with pytest.raises(NotPermitted):
        night.release(nobody)
    assert len(night.proposals(ProposalStatus.OPEN)) == 2


class Replaced(Night):
    """A run that proposed to move twelve of one part, of which some lies there under the number that it replaces."""

    def __init__(self, session, *, old, new, **told):
        super().__init__(session, 1)
        self.old, self.new = given.part(session), self.parts[0]
        given.supersession(session, self.old, self.new, interchangeable=True, **told)
        for part, quantity in ((self.old, old), (self.new, new)):
            if quantity:
                given.stock(session, self.network.central, part, quantity)

    def moved(self):
        """How many went of the old number and of the new, and what the proposal tells."""
        self.release()
        lines = self.session.scalars(select(PartRequestLine)).all()
        went = {line.part_id: line.quantity for line in lines}
        [one] = self.session.scalars(select(Proposal).where(Proposal.run_id == self.run.id))
        [check] = [check for check in verify(self.session) if check.rule.startswith("what a proposal became")]
        assert check.violations == 0
        return went.get(self.old.id, 0), went.get(self.new.id, 0), one.released_quantity


def test_what_lies_under_a_replaced_number_is_moved_for_the_one_that_replaces_it(session):
    """It counts in the position of both ends: left where it is, the place below would never be refilled."""
    assert Replaced(session, old=30, new=0).moved() == (12, 0, 12)


@pytest.mark.parametrize(("first", "went"), [(True, (8, 4, 12)), (False, (2, 10, 12))])
def test_the_number_to_be_used_up_goes_first_and_the_other_for_the_rest(session, first, went):
    assert Replaced(session, old=8, new=10, consume_old_first=first).moved() == went


def test_together_no_more_goes_than_lies_there(session):
    assert Replaced(session, old=3, new=5).moved() == (3, 5, 8)


def test_a_number_that_two_of_the_new_one_stand_for_is_not_moved(session):
    assert Replaced(session, old=30, new=5, ratio=2).moved() == (0, 5, 5)


def test_what_lies_under_the_old_number_is_moved_once(session):
    """Two places below want twelve each of a part of which fifteen lie there as the old one."""
    night = Replaced(session, old=15, new=0)
    other = given.warehouse(session, tier="distribution", parent=night.network.central)
    planned.proposal(session, night.new, other, source=night.network.central, by_run=night.run)
    night.release()
    lines = session.scalars(select(PartRequestLine).order_by(PartRequestLine.id)).all()
    assert [(line.part_id, line.quantity) for line in lines] == [(night.old.id, 12), (night.old.id, 3)]
