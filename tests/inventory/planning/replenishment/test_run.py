"""A night: from what was asked to levels, proposals and orders, over three tiers."""

from copy import copy
from decimal import Decimal

import numpy as np
import pytest
from sqlalchemy import select, update

from inventory.identity import get_system_actor
from inventory.planning import policies, replenishment
from inventory.planning.policies import Criticality, PlanningSetting, ReleaseLimits
from inventory.planning.replenishment import (
    Held,
    Proposal,
    ProposalKind,
    ProposalStatus,
    RunTrigger,
    RunUnderWay,
    StockLevel,
)
from inventory.planning.stocking import NO_MAXIMUM, cycle_fill_rate, order_quantity
from inventory.sourcing.models import PartRequest, PartRequestLine
from tests import given
from tests.given import NOON
from tests.given.planning import MONTHS, ON, asked_monthly
from tests.given.policies import planner, rule
from tests.inventory.planning.replenishment.town import Town


@pytest.fixture
def town(session):
    return Town(session)


def test_a_part_that_is_asked_for_is_stocked_down_the_tiers_and_bought_at_the_top(town):
    town.plan()
    sources = {one.id: town.level(one).source_id for one in town.places}
    assert sources == {
        town.central.id: None,
        town.centre.id: town.central.id,
        **{one.id: town.centre.id for one in town.stations},
    }


def test_a_lane_that_cannot_be_relied_on_asks_for_more_stock(session, town):
    central, centre = town.central.code, town.centre.code

    def network_holds():
        return sum(town.level(one).order_up_to for one in town.places)

    town.plan()
    sure, held = copy(town.level(town.centre)), network_holds()
    by = planner(session)
    policies.state_lane(session, central, centre, Decimal(str(sure.lead_days)), Decimal(20), by=by, at=NOON)
    town.plan()
    unsure = town.level(town.centre)
    assert unsure.lead_mean == sure.lead_mean
    assert unsure.lead_variance > sure.lead_mean + (20 * sure.daily_mean) ** 2
    assert network_holds() > held
    assert unsure.single_order_up_to > sure.single_order_up_to


def test_what_a_place_alone_would_hold_delivers_what_is_asked_of_it_and_a_unit_less_does_not(town):
    town.plan()
    level = town.level(town.stations[0])
    night = level.daily_mean / level.lead_mean
    cover = (np.array([level.lead_mean]), np.array([level.lead_variance]))
    lead = (cover[0] * (1 - night), cover[1] * (1 - night))
    stock = np.array([level.single_order_up_to])
    assert cycle_fill_rate(lead, cover, stock)[0] >= level.target > cycle_fill_rate(lead, cover, stock - 1)[0]


def test_an_empty_network_asks_the_supplier_in_one_night(town):
    town.plan()
    [bought] = town.proposals(kind=ProposalKind.PURCHASE)
    assert (bought.warehouse_id, bought.supplier_part_id, bought.held) == (
        town.central.id,
        town.seller.id,
        Held.PURCHASE,
    )
    assert bought.owed > 0
    assert bought.quantity >= 10
    assert bought.quantity % 5 == 0


def test_the_more_a_line_of_an_order_costs_the_more_is_bought_at_once(session, town):
    town.plan()
    [cheap] = town.proposals(kind=ProposalKind.PURCHASE)
    wanted = cheap.order_up_to - cheap.reorder_point
    session.execute(update(PlanningSetting).values(order_cost=Decimal(200)))
    town.plan()
    [costly] = town.proposals(kind=ProposalKind.PURCHASE)
    assert costly.order_up_to - costly.reorder_point > 2 * wanted


def test_every_quantity_follows_from_the_figures_kept_with_it(town):
    town.lies(town.centre, 3)
    town.plan()
    proposals = town.proposals()
    assert proposals
    for one in proposals:
        needed = order_quantity(
            np.array([one.position - one.owed]),
            reorder_point=np.array([one.reorder_point]),
            order_up_to=np.array([one.order_up_to]),
            pack_size=np.array([one.pack_size]),
            minimum=np.array([one.order_minimum]),
            maximum=np.array([one.order_maximum or NO_MAXIMUM]),
        )
        assert int(needed[0]) == one.needed


def test_what_is_short_at_the_source_is_shared_to_the_last_unit(town):
    town.lies(town.centre, 3)
    town.plan()
    given_out = [one.quantity for one in town.proposals(source_id=town.centre.id)]
    assert sum(given_out) == 3
    assert max(given_out) - min(given_out) <= 1


def test_what_a_source_does_not_have_is_held(town):
    town.plan()
    assert {one.held for one in town.proposals(kind=ProposalKind.TRANSFER)} == {Held.SHORT_AT_SOURCE}


def test_full_shelves_ask_for_nothing(town):
    for warehouse in town.places:
        town.lies(warehouse, 500)
    town.plan()
    assert town.proposals() == []


def test_transfers_within_limits_become_orders_and_are_not_proposed_again(session, town):
    town.lies(town.centre, 100)
    run = town.plan()
    by = get_system_actor(session).under(given.acting(session).command_id)
    approved = replenishment.release_within_limits(session, run.id, by=by, at=NOON)
    assert approved is not None
    lines = session.scalars(
        select(PartRequestLine).join(PartRequest).where(PartRequest.source_id == town.centre.id)
    ).all()
    assert {line.quantity for line in lines} == {
        one.released_quantity
        for one in session.scalars(select(Proposal).where(Proposal.status == ProposalStatus.RELEASED))
    }
    town.plan()
    assert town.proposals(source_id=town.centre.id, kind=ProposalKind.TRANSFER) == []


@pytest.mark.parametrize("limits", [ReleaseLimits(Decimal(1), 999), ReleaseLimits(Decimal(99_999), 1)])
def test_what_passes_either_limit_waits_for_a_person(session, town, limits):
    rule(session, "repair", criticality=Criticality.ESSENTIAL, release=limits)
    town.lies(town.centre, 100)
    run = town.plan()
    to_stations = {"source_id": town.centre.id, "kind": ProposalKind.TRANSFER}
    assert [one.held for one in town.proposals(**to_stations)] == [Held.OVER_LIMIT, Held.OVER_LIMIT]
    by = get_system_actor(session).under(given.acting(session).command_id)
    replenishment.release_within_limits(session, run.id, by=by, at=NOON)
    assert len(town.proposals(**to_stations)) == 2


def test_a_run_done_again_proposes_the_same_and_no_more(town):
    town.lies(town.centre, 3)
    town.plan()
    first = [(one.id, one.quantity) for one in town.proposals()]
    town.plan()
    assert [(one.id, one.quantity) for one in town.proposals()] == first


def test_a_need_that_is_gone_is_withdrawn(town):
    town.plan()
    assert town.proposals()
    for warehouse in town.places:
        town.lies(warehouse, 500)
    town.plan()
    assert town.proposals() == []


def test_what_a_person_wrote_on_a_proposal_stays_on_it(session, town):
    town.plan()
    [bought] = town.proposals(kind=ProposalKind.PURCHASE)
    replenishment.edit_proposal(session, bought.id, 50, by=get_system_actor(session), at=NOON)
    town.plan()
    [again] = town.proposals(kind=ProposalKind.PURCHASE)
    assert (again.id, again.edited_quantity) == (bought.id, 50)


def test_pieces_cut_anyhow_write_the_same(session, town):
    others = [given.part(session) for _ in range(3)]
    for number, part in enumerate(others):
        asked_monthly(session, [town.stations[number % 2]], part, number + 1, months=MONTHS[number:])

    def figures():
        return [
            (one.part_id, one.warehouse_id, one.reorder_point, one.order_up_to, one.lead_mean, one.expected_fill)
            for one in session.scalars(select(StockLevel).order_by(StockLevel.part_id, StockLevel.warehouse_id))
        ]

    town.plan()
    whole = figures()
    for level in session.scalars(select(StockLevel)):
        session.delete(level)
    session.flush()
    town.plan(pieces=lambda ids: [ids[:1], ids[1:3], ids[3:]])
    assert figures() == whole


def test_two_runs_of_a_kind_are_not_asked_for_at_once(session):
    by = get_system_actor(session)
    replenishment.request_run(session, RunTrigger.NIGHTLY, on=ON, by=by, at=NOON)
    with pytest.raises(RunUnderWay):
        replenishment.request_run(session, RunTrigger.NIGHTLY, on=ON, by=by, at=NOON)


def test_stock_that_is_coming_counts(session, town):
    town.plan()
    [bought] = town.proposals(kind=ProposalKind.PURCHASE)
    by = get_system_actor(session).under(given.acting(session).command_id)
    replenishment.approve_proposals(session, [bought.id], by=by, at=NOON)
    town.plan()
    assert town.proposals(kind=ProposalKind.PURCHASE) == []
