"""A part that replaces another, night after night: what was ordered under the old number is known to come for it."""

import pytest
from sqlalchemy import select, text

from inventory.planning import replenishment
from inventory.planning.replenishment import Proposal, ProposalStatus
from inventory.reporting.document_checks import PROPOSALS
from inventory.reporting.verifying import verify
from inventory.sourcing import PartRequestLine
from tests import given
from tests.given import NOON
from tests.given import procurement as bought
from tests.given import replenishment as planned
from tests.given.planning import ON
from tests.inventory.planning.replenishment.test_releasing import Night
from tests.inventory.planning.replenishment.town import Town


class Succeeded(Town):
    """A town whose part replaced another, of which so many still lie at the central warehouse."""

    def __init__(self, session, old, **told):
        super().__init__(session)
        self.old = given.part(session)
        given.supersession(session, self.old, self.part, interchangeable=True, **told)
        if old:
            given.stock(session, self.central, self.old, old)

    def night(self):
        """Plan, release what needs no person, and tell what was proposed to be moved."""
        run = self.plan()
        by = planned.deciding(self.session)
        while replenishment.release_within_limits(self.session, run.id, by=by, at=NOON) is not None:
            pass
        self.session.expire_all()
        query = select(Proposal).where(Proposal.run_id == run.id, Proposal.source_id.is_not(None))
        return self.session.scalars(query.order_by(Proposal.id)).all()

    def lines(self):
        return self.session.scalars(select(PartRequestLine).order_by(PartRequestLine.id)).all()


@pytest.fixture
def town(session):
    return Succeeded(session, 200)


def broken(session):
    return [finding.name for finding in verify(session) if finding.violations]


def refilled(proposals):
    """Where something is on its way after a night."""
    return {one.warehouse_id for one in proposals if one.status is ProposalStatus.RELEASED}


def test_what_went_under_the_old_number_is_not_proposed_again_and_the_books_are_right(session, town):
    first = refilled(town.night())
    assert first
    assert {line.part_id for line in town.lines()} == {town.old.id}
    assert first.isdisjoint(one.warehouse_id for one in town.night())
    assert broken(session) == []


def test_what_goes_under_both_numbers_is_one_proposal_of_the_books(session):
    town = Succeeded(session, 3)
    town.lies(town.central, 200)
    first = refilled(town.night())
    assert {line.part_id for line in town.lines()} == {town.old.id, town.part.id}
    assert first.isdisjoint(one.warehouse_id for one in town.night())
    assert broken(session) == []


def test_the_books_follow_a_number_through_all_that_replaced_it(session):
    town = Succeeded(session, 0)
    oldest = given.part(session)
    given.supersession(session, oldest, town.old, interchangeable=True)
    given.stock(session, town.central, oldest, 200)
    town.night()
    assert {line.part_id for line in town.lines()} == {oldest.id}
    assert broken(session) == []


@pytest.mark.parametrize(
    "fault",
    [
        "UPDATE proposal SET released_quantity = released_quantity + 1 WHERE part_request_id IS NOT NULL",
        "UPDATE part_request_line SET part_id = (SELECT max(id) FROM part)",
        "UPDATE supersession SET ratio = 2",
    ],
)
def test_another_quantity_or_a_number_that_was_never_replaced_is_found(session, town, fault):
    town.night()
    stranger = given.part(session)
    assert stranger.id > town.part.id
    session.execute(text(fault))
    [released] = PROPOSALS
    assert released.run(session).violations


def test_the_proposals_of_an_order_come_to_its_lines_together(session, town):
    """Of an older number that two parts replaced either could be meant: the whole still has to add up."""
    town.night()
    one = town.session.scalars(select(Proposal).where(Proposal.status == ProposalStatus.RELEASED)).first()
    assert one.released_quantity > 1
    session.execute(text("UPDATE proposal SET released_quantity = 1 WHERE id = :id"), {"id": one.id})
    [released] = PROPOSALS
    assert {row["kind"] for row in released.run(session).sample} == {f"all of {one.part_request_id}"}


def test_what_one_proposal_of_an_order_tells_too_much_another_does_not_make_up_for(session):
    night = Night(session, 3)
    night.release()
    first, second = night.proposals(ProposalStatus.RELEASED)
    first.released_quantity, second.released_quantity = 13, 11
    session.flush()
    [released] = PROPOSALS
    assert [row["proposal_id"] for row in released.run(session).sample] == [first.id]


def test_what_is_on_order_under_the_old_number_frees_who_waits_for_the_new_one(session, town):
    stuck = planned.proposal(session, town.part, town.centre, source=town.central)
    assert replenishment.freed_by(session, [stuck], on=ON) == {}
    seller = bought.supplier(session)
    bought.sold(session, seller, town.old)
    order = bought.sent(session, town.central, seller, (town.old, 10))
    freed = replenishment.freed_by(session, [stuck], on=ON)[stuck.id]
    assert freed.order == order.number
