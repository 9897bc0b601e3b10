"""A move that somebody edited is his: it counts as nothing and is ordered by nobody else, but the need is met."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from inventory.identity import get_system_actor
from inventory.planning import replenishment
from inventory.planning.policies import PlanningPolicy, PlanningSetting
from inventory.planning.replenishment import Held, PlanningRun, ProposalKind, ProposalStatus
from tests import given
from tests.given import NOON
from tests.given.replenishment import proposal
from tests.inventory.planning.replenishment.test_urgent import District
from tests.inventory.planning.replenishment.town import Town


class Edited(Town):
    """A repair centre has too much, its equal nothing; a person wrote 2 on the move between them, and was called away.

    The move was above its limit the night before; tonight nothing is.
    """

    def __init__(self, session):
        super().__init__(session)
        session.execute(update(PlanningSetting).values(move_cost=Decimal("0.50")))
        self.rich, self.poor = self.stations
        self.lies(self.rich, 100)
        session.execute(update(PlanningPolicy).values(release_value_max=0, release_quantity_max=0))
        self.plan()
        [self.move] = self.proposals(kind=ProposalKind.REBALANCING)
        replenishment.edit_proposal(session, self.move.id, 2, by=given.acting(session), at=NOON)
        session.execute(update(PlanningPolicy).values(release_value_max=10**9, release_quantity_max=10**6))

    def release(self):
        """What the last run orders by itself."""
        last = self.session.scalars(select(PlanningRun.id).order_by(PlanningRun.id.desc())).first()
        by = get_system_actor(self.session).under(given.acting(self.session).command_id)
        return replenishment.release_within_limits(self.session, last, by=by, at=NOON)


@pytest.fixture
def edited(session):
    return Edited(session)


def test_the_night_leaves_an_edited_move_to_whoever_edited_it(session, edited):
    edited.plan()
    session.refresh(edited.move)
    assert (edited.move.held, edited.move.edited_quantity) == (Held.EDITED, 2)
    edited.release()
    session.refresh(edited.move)
    assert edited.move.status is ProposalStatus.OPEN


def test_what_an_edited_move_would_bring_is_ordered_otherwise(session, edited):
    edited.plan()
    [drawn] = edited.proposals(kind=ProposalKind.TRANSFER, warehouse_id=edited.poor.id)
    assert drawn.needed == edited.level(edited.poor).order_up_to
    [bought] = edited.proposals(kind=ProposalKind.PURCHASE)
    assert bought.needed >= drawn.needed


def test_a_move_that_goes_by_itself_waits_once_it_is_edited(session, edited):
    long_ago = NOON - timedelta(days=9)
    replenishment.reject_proposals(session, [edited.move.id], reason="no", by=given.acting(session), at=long_ago)
    edited.plan()
    [move] = edited.proposals(kind=ProposalKind.REBALANCING)
    assert move.held is None
    replenishment.edit_proposal(session, move.id, 2, by=given.acting(session), at=NOON)
    assert move.held is Held.EDITED
    edited.release()
    assert move.status is ProposalStatus.OPEN


def test_an_edited_move_is_ordered_as_it_was_edited_when_it_is_approved(session, edited):
    edited.plan()
    [order] = replenishment.approve_proposals(session, [edited.move.id], by=given.acting(session), at=NOON).transfers
    session.refresh(edited.move)
    assert [line.quantity for line in order.ordered] == [2]
    assert (edited.move.released_quantity, edited.move.held) == (2, None)


def test_what_a_person_gives_back_up_counts_no_more_for_the_place_above(session):
    town = Town(session)
    town.plan()
    rich, other = town.stations
    town.lies(other, town.level(other).order_up_to)
    town.lies(rich, 200)
    town.plan()
    [back] = town.proposals(kind=ProposalKind.EXCESS_RETURN)
    assert town.proposals(kind=ProposalKind.TRANSFER, warehouse_id=town.centre.id) == []
    replenishment.edit_proposal(session, back.id, 1, by=given.acting(session), at=NOON)
    town.plan()
    session.refresh(back)
    assert back.held is Held.EDITED
    assert len(town.proposals(kind=ProposalKind.TRANSFER, warehouse_id=town.centre.id)) == 1


def test_an_urgent_place_does_not_wait_for_an_edited_move(session):
    district = District(session)
    district.lies(district.centre, 100)
    district.lies(district.other, 50)
    move = proposal(
        session, district.part, district.station, source=district.other, by_run=district.night, kind="rebalancing",
        quantity=6, held=None,
    )  # fmt: skip
    replenishment.edit_proposal(session, move.id, 4, by=district.by, at=NOON)
    district.refill()
    assert [one.quantity for one in district.proposals(kind=ProposalKind.TRANSFER).values()] == [12]
