"""Urgent places between two nights: what is noted, and what is proposed by the levels that stand."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text, update

from inventory import ledger, sourcing, transport
from inventory.identity import get_system_actor
from inventory.planning import replenishment
from inventory.planning.policies import PlanningPolicy
from inventory.planning.replenishment import (
    Held,
    PlanningRun,
    Proposal,
    ProposalKind,
    ProposalStatus,
    RunTrigger,
    StockLevel,
    UrgentNote,
)
from inventory.planning.replenishment.urgent import propose_urgent
from inventory.sourcing import TransferLine, TransferWish
from inventory.timeline import DocumentKind
from inventory.warehousing import Trigger
from inventory.warehousing.models import PickTask
from tests import given
from tests.given import NOON
from tests.given.planning import three_tiers
from tests.given.procurement import sold, supplier
from tests.given.replenishment import TODAY, level, needed_of, proposal, run
from tests.given.transport import closed, shipped
from tests.given.warehousing import picked
from tests.given.workorders import asked_for, repair


class District:
    """A central warehouse, a distribution centre, two repair centres; a part with levels at all of them.

    Only the first repair centre is urgent. Every place reorders at 5, up to 12.
    """

    def __init__(self, session):
        self.session = session
        self.central, self.centre, self.station, self.other = three_tiers(session, 2).places
        self.part = given.part(session)
        self.seller = sold(session, supplier(session), self.part, (1, "12.50"), moq=10, pack_size=5)
        self.night = run(session)
        for place in (self.central, self.centre, self.station, self.other):
            level(session, self.part, place, self.night, urgent=place is self.station)
        self.by = given.acting(session)

    def lies(self, place, quantity, part=None):
        return given.stock(self.session, place, part or self.part, quantity, by=self.by)

    def be_urgent(self, *places):
        self.session.execute(
            update(StockLevel).where(StockLevel.warehouse_id.in_([one.id for one in places])).values(urgent=True)
        )

    def ask(self, quantity, part=None, station=None):
        """So much for a repair at the urgent station, or at another."""
        return asked_for(self.session, repair(self.session, station or self.station), part or self.part, quantity)

    def full(self, *places):
        for place in places:
            self.lies(place, 100)

    def moved(self, quantity):
        """A transfer order from the centre to the urgent station."""
        wish = TransferWish(self.centre.id, self.station.id, [TransferLine(self.part.id, quantity)])
        (order,) = sourcing.place_transfers(self.session, [wish], by=self.by, at=NOON)
        return order

    def noted(self):
        return replenishment.list_noted(self.session).part_ids

    def forget(self):
        self.session.execute(text("DELETE FROM urgent_note"))

    def refill(self, *, at=NOON):
        made = propose_urgent(self.session, [self.part.id], on=TODAY, by=self.by, at=at)
        self.session.expire_all()
        return made

    def proposals(self, **wanted):
        query = select(Proposal).where(Proposal.status == ProposalStatus.OPEN).filter_by(**wanted)
        return {one.warehouse_id: one for one in self.session.scalars(query)}


@pytest.fixture
def district(session):
    return District(session)


# What is noted.


def test_the_reservation_that_reaches_the_reorder_point_is_noted_and_none_before(district):
    district.lies(district.station, 8)
    district.ask(2)
    assert district.noted() == []
    district.ask(1)
    assert district.noted() == [district.part.id]


def test_a_place_that_waits_for_the_night_leaves_no_note(district):
    district.lies(district.other, 8)
    district.ask(8, station=district.other)
    assert district.noted() == []


def test_stock_that_a_count_did_not_find_is_noted(session, district):
    lying = district.lies(district.station, 8)
    gone = ledger.Posting(
        district.part.id,
        lying.lot_id,
        3,
        lying.end,
        ledger.outside(ledger.Place.SCRAP, lying.key.owner_id),
        ledger.Document(DocumentKind.STOCK_CHECK, 1),
        "counted",
    )
    ledger.take_out(session, [gone], by=district.by, at=NOON)
    assert district.noted() == [district.part.id]


def test_what_begins_to_wait_is_noted_where_it_would_have_come_from(session, district):
    district.be_urgent(district.centre)
    session.execute(update(StockLevel).values(reorder_point=0))
    district.ask(1, station=district.other)
    assert district.noted() == [district.part.id]


def test_what_waits_for_a_place_without_the_part_is_noted_at_the_one_above_that_stocks_it(session, district):
    district.be_urgent(district.central)
    session.execute(text("DELETE FROM stock_level WHERE warehouse_id = :one"), {"one": district.centre.id})
    district.ask(1, station=district.other)
    assert district.noted() == [district.part.id]


def test_a_transfer_called_off_is_noted_where_it_was_to_go(session, district):
    district.lies(district.centre, 20)
    order = district.moved(4)
    assert district.noted() == []
    sourcing.cancel_transfer(session, order.request_id, reason="a mistake", by=district.by, at=NOON)
    assert district.noted() == [district.part.id]


@pytest.mark.parametrize(("came", "noted"), [({"received": 4}, False), ({"received": 3, "missing": 1}, True)])
def test_what_is_lost_on_the_way_is_noted_and_what_comes_is_not(session, district, came, noted):
    district.lies(district.centre, 20)
    order = district.moved(4)
    sourcing.release_waiting(session, district.centre.id, Trigger.JOB, by=district.by, at=NOON)
    tasks = session.scalars(select(PickTask).where(PickTask.line_id == order.lines[0].line_id)).all()
    boxes = [closed(session, picked(session, tasks, by=district.by), by=district.by)]
    shipment = shipped(session, boxes, by=district.by)
    scans = [transport.PieceScan(district.part.number, **came)]
    transport.receive_shipment(session, shipment.id, scans, by=district.by, at=NOON)
    assert (district.noted() == [district.part.id]) is noted


def test_stock_of_a_replaced_part_is_noted_for_the_one_that_replaces_it(session, district):
    old = given.part(session)
    given.supersession(session, old, district.part, interchangeable=True)
    district.lies(district.station, 8, part=old)
    district.ask(1, part=old)
    assert district.noted() == [district.part.id]


def test_more_stock_is_not_noted(district):
    district.lies(district.station, 2)
    assert district.noted() == []


# What is proposed.


def test_an_urgent_place_is_refilled_from_the_place_above_by_the_levels_that_stand(session, district):
    district.full(district.central, district.centre)
    district.lies(district.station, 3)
    refill = district.refill()
    (one,) = district.proposals().values()
    assert (one.warehouse_id, one.source_id, one.kind) == (district.station.id, district.centre.id, "transfer")
    assert (one.on_hand, one.reorder_point, one.order_up_to, one.quantity, one.held) == (3, 5, 12, 9, None)
    assert one.run_id == refill.id
    assert refill.trigger is RunTrigger.URGENT


def test_every_quantity_follows_from_the_figures_kept_with_it(session, district):
    district.lies(district.central, 30)
    district.lies(district.centre, 4)
    district.refill()
    names = ("on_hand", "in_transit", "on_order", "reserved", "back_ordered", "owed", "reorder_point", "order_up_to")
    more = ("pack_size", "order_minimum", "order_maximum")
    for one in district.proposals().values():
        assert needed_of({name: getattr(one, name) for name in (*names, *more)}) == one.needed > 0


def test_a_place_that_is_not_urgent_waits_for_the_night_and_keeps_its_share(district):
    district.lies(district.centre, 13)
    district.refill()
    assert district.other.id not in district.proposals()
    assert district.proposals()[district.station.id].quantity in (6, 7)


def test_a_short_source_orders_further_up_with_what_it_owes(district):
    district.refill()
    found = district.proposals()
    assert found[district.station.id].held is Held.SHORT_AT_SOURCE
    assert (found[district.centre.id].owed, found[district.centre.id].needed) == (24, 36)
    bought = found[district.central.id]
    assert (bought.kind, bought.held, bought.supplier_part_id) == (
        ProposalKind.PURCHASE,
        Held.PURCHASE,
        district.seller.id,
    )


def test_what_may_not_go_by_itself_waits_for_a_person(session, district):
    session.execute(update(PlanningPolicy).values(release_value_max=0, release_quantity_max=0))
    district.lies(district.centre, 100)
    district.refill()
    assert district.proposals()[district.station.id].held is Held.OVER_LIMIT


def test_what_is_coming_counts(district):
    district.full(district.central, district.centre)
    district.lies(district.station, 3)
    district.moved(3)
    district.refill()
    assert district.proposals() == {}


def test_what_a_run_moves_in_a_moment_counts_as_coming(session, district):
    district.lies(district.centre, 100)
    district.lies(district.other, 50)
    proposal(
        session, district.part, district.station, source=district.other, by_run=district.night, kind="rebalancing",
        quantity=6, held=None,
    )  # fmt: skip
    district.refill()
    assert list(district.proposals(kind=ProposalKind.TRANSFER)) == []


def test_refilling_again_brings_the_open_proposal_up_to_date(session, district):
    district.lies(district.centre, 100)
    district.lies(district.station, 5)
    district.refill()
    first = district.proposals()[district.station.id]
    assert first.quantity == 7
    replenishment.edit_proposal(session, first.id, 9, by=district.by, at=NOON)
    district.ask(2)
    district.refill()
    again = district.proposals()[district.station.id]
    assert (again.id, again.quantity, again.edited_quantity) == (first.id, 9, 9)


def test_what_the_night_left_open_for_others_is_brought_up_to_date(session, district):
    district.lies(district.centre, 100)
    kept = proposal(session, district.part, district.other, source=district.centre, by_run=district.night)
    gone = proposal(session, district.part, district.central, of=district.seller, by_run=district.night)
    district.lies(district.central, 100)
    district.lies(district.other, 4)
    district.refill()
    assert (kept.status, kept.quantity) == (ProposalStatus.OPEN, 8)
    assert gone.status is ProposalStatus.WITHDRAWN


def test_all_refills_of_a_day_are_one_run(session, district):
    district.lies(district.centre, 100)
    first = district.refill()
    later = NOON + timedelta(hours=1)
    assert district.refill(at=later).id == first.id
    made = session.scalars(select(PlanningRun).where(PlanningRun.trigger == RunTrigger.URGENT)).one()
    assert (made.started_at, made.finished_at, made.parts, made.parts_done) == (NOON, later, 2, 2)
    next_day = propose_urgent(session, [district.part.id], on=TODAY + timedelta(days=1), by=district.by, at=NOON)
    assert next_day.id != first.id


def test_an_urgent_run_is_never_taken_for_one_over_all_parts(session, district):
    district.refill()
    assert replenishment.find_undone_run(session) is None
    assert replenishment.find_last_run(session).id == district.night.id


def test_a_refill_orders_what_it_decided_and_leaves_the_rest_to_the_run_that_proposed_it(session, district):
    district.full(district.centre, district.central)
    other = proposal(session, district.part, district.other, source=district.centre, by_run=district.night, held=None)
    made = replenishment.refill(session, [district.part.id], on=TODAY, by=district.by, at=NOON)
    session.refresh(other)
    assert (other.status, other.run_id, other.quantity) == (ProposalStatus.OPEN, district.night.id, 12)
    by = get_system_actor(session).under(given.acting(session).command_id)
    approved = replenishment.release_within_limits(session, district.night.id, by=by, at=NOON)
    assert {one.destination_id for one in approved.transfers} == {district.other.id}
    assert (made.figures["proposals"], made.figures["released"]) == (1, 1)


def test_the_refills_of_a_day_count_what_they_proposed_once_and_what_went_by_itself(session, district):
    district.lies(district.centre, 5)
    for _ in range(2):
        made = replenishment.refill(session, [district.part.id], on=TODAY, by=district.by, at=NOON)
    proposals = session.scalars(select(Proposal).where(Proposal.run_id == made.id)).all()
    assert {one.kind for one in proposals} == {ProposalKind.TRANSFER, ProposalKind.PURCHASE}
    stands = [one for one in proposals if one.status is not ProposalStatus.WITHDRAWN]
    assert made.figures["proposals"] == len(stands)
    assert made.figures["value"] == float(sum(one.value for one in stands))
    assert made.figures["released"] == sum(one.status is ProposalStatus.RELEASED for one in stands) == 1


def test_a_part_without_levels_is_passed_over(session, district):
    unknown = given.part(session)
    made = replenishment.refill(session, [unknown.id], on=TODAY, by=district.by, at=NOON)
    assert made.figures["proposals"] == 0


def test_notes_are_read_and_forgotten_one_by_one(session, district):
    for _ in range(2):
        session.add(UrgentNote(part_id=district.part.id))
    session.flush()
    noted = replenishment.list_noted(session)
    first, second = noted.ids
    assert replenishment.list_noted(session, after=first).ids == [second]
    assert [one.ids for one in noted.by_part()] == [[first, second]]
    replenishment.forget_noted(session, [first])
    assert replenishment.list_noted(session).ids == [second]
