"""What lies too long is moved to where it is missed, or back up: when it pays, never what is needed, never back."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from inventory.identity import get_system_actor
from inventory.planning import replenishment
from inventory.planning.policies import PartPlan, PlanningPolicy, PlanningSetting
from inventory.planning.replenishment import Held, PlanningRun, ProposalKind, ProposalStatus
from inventory.sourcing.models import PartRequest
from tests import given
from tests.given import NOON
from tests.given.demand import asked
from tests.inventory.planning.replenishment.town import Town

MOVED = (ProposalKind.REBALANCING, ProposalKind.EXCESS_RETURN)


@pytest.fixture
def town(session):
    settings(session, move_cost=Decimal("0.50"))
    return Town(session)


def moves(town, kind):
    return town.proposals(kind=kind)


def settings(session, **known):
    session.execute(update(PlanningSetting).values(**known))


def last_run(session):
    return session.scalars(select(PlanningRun.id).order_by(PlanningRun.id.desc())).first()


def released(session):
    by = get_system_actor(session).under(given.acting(session).command_id)
    return replenishment.release_within_limits(session, last_run(session), by=by, at=NOON)


def supplied(town, warehouse):
    """So much that the place asks for nothing and has nothing to spare."""
    town.lies(warehouse, town.level(warehouse).order_up_to)


def test_an_equal_helps_out_when_the_place_above_has_nothing(town):
    rich, poor = town.stations
    town.lies(rich, 100)
    town.plan()
    [move] = moves(town, ProposalKind.REBALANCING)
    assert (move.source_id, move.warehouse_id, move.held) == (rich.id, poor.id, None)
    assert 0 < move.quantity <= town.level(poor).order_up_to
    assert move.benefit > 0


def test_what_comes_from_an_equal_is_neither_drawn_nor_bought(town):
    rich, poor = town.stations
    town.plan()
    [without] = moves(town, ProposalKind.PURCHASE)
    owed = without.owed
    town.lies(rich, town.level(rich).order_up_to * 4)
    town.plan()
    [move] = moves(town, ProposalKind.REBALANCING)
    assert move.needed == town.level(poor).order_up_to
    assert town.proposals(kind=ProposalKind.TRANSFER, warehouse_id=poor.id) == []
    [bought] = moves(town, ProposalKind.PURCHASE)
    assert bought.owed < owed


def test_who_gives_keeps_its_level_with_the_margin_and_the_days_of_surplus(session, town):
    settings(session, surplus_margin=Decimal("0.5"), surplus_days=200)
    rich, _ = town.stations
    town.lies(rich, 100)
    town.plan()
    level = town.level(rich)
    [move] = moves(town, ProposalKind.REBALANCING)
    assert move.source_keeps >= 1.5 * level.order_up_to
    assert move.source_keeps >= 200 * level.daily_mean
    assert move.quantity <= move.source_free - move.source_keeps


def test_what_was_moved_is_not_moved_again(session, town):
    rich, _ = town.stations
    town.lies(rich, 100)
    town.plan()
    assert released(session) is not None
    town.plan()
    assert [one for kind in MOVED for one in moves(town, kind) if one.source_id != rich.id] == []
    assert moves(town, ProposalKind.REBALANCING) == []


def test_the_order_is_a_transfer_from_the_giver(session, town):
    rich, poor = town.stations
    town.lies(rich, 100)
    town.plan()
    [move] = moves(town, ProposalKind.REBALANCING)
    released(session)
    session.refresh(move)
    order = session.get_one(PartRequest, move.part_request_id)
    assert (order.source_id, order.warehouse_id) == (rich.id, poor.id)
    assert move.released_quantity == move.quantity


def test_a_move_that_costs_more_than_it_saves_is_not_made(session, town):
    settings(session, move_cost=Decimal(10**7))
    town.lies(town.stations[0], 100)
    town.plan()
    assert [one for kind in MOVED for one in moves(town, kind)] == []


def test_what_passes_the_limits_waits_and_does_not_count_as_coming(session, town):
    session.execute(update(PlanningPolicy).values(release_value_max=0, release_quantity_max=0))
    rich, poor = town.stations
    town.lies(rich, 100)
    town.plan()
    [move] = moves(town, ProposalKind.REBALANCING)
    assert move.held is Held.OVER_LIMIT
    assert released(session) is None
    assert len(town.proposals(kind=ProposalKind.TRANSFER, warehouse_id=poor.id)) == 1


def test_a_shelf_that_an_open_request_waits_for_gives_nothing(session, town):
    rich, _ = town.stations
    given.line(session, rich, town.part)
    town.lies(rich, 100)
    town.plan()
    assert [one for kind in MOVED for one in moves(town, kind) if one.source_id == rich.id] == []


def test_what_is_spare_goes_back_up_where_that_is_needed(session, town):
    town.plan()
    rich, other = town.stations
    supplied(town, other)
    town.lies(rich, 200)
    town.plan()
    [back] = moves(town, ProposalKind.EXCESS_RETURN)
    assert (back.source_id, back.warehouse_id, back.held) == (rich.id, town.centre.id, None)
    assert back.quantity <= town.level(town.centre).order_up_to
    assert moves(town, ProposalKind.REBALANCING) == []


def test_a_place_above_without_need_has_no_room(town):
    town.plan()
    supplied(town, town.stations[1])
    supplied(town, town.centre)
    town.lies(town.stations[0], 200)
    town.plan()
    assert moves(town, ProposalKind.EXCESS_RETURN) == []


def test_several_places_give_back_to_one(session, town):
    town.plan()
    room = town.level(town.centre).order_up_to
    for station in town.stations:
        town.lies(station, 90)
    town.plan()
    back = moves(town, ProposalKind.EXCESS_RETURN)
    assert {one.warehouse_id for one in back} == {town.centre.id}
    assert len({one.source_id for one in back}) == len(back)
    assert sum(one.quantity for one in back) <= room


def test_stock_that_nobody_asks_for_any_more_goes_back_up(town):
    forgotten = given.warehouse(town.session, parent=town.centre)
    town.lies(forgotten, 7)
    town.plan()
    [back] = [one for one in moves(town, ProposalKind.EXCESS_RETURN) if one.source_id == forgotten.id]
    assert (back.source_free, back.source_keeps) == (7, 0)


def test_a_part_bought_for_the_last_time_is_pooled_at_the_root(session, town):
    town.plan()
    rich, other = town.stations
    supplied(town, other)
    session.add(PartPlan(part_id=town.part.id, phase="last_time_buy", supported_until_on=date(2030, 1, 1)))
    session.flush()
    town.lies(rich, 40)
    town.plan()
    [back] = moves(town, ProposalKind.EXCESS_RETURN)
    assert (back.source_id, back.warehouse_id) == (rich.id, town.central.id)
    assert back.source_keeps == town.level(rich).order_up_to
    assert back.quantity == 40 - back.source_keeps


def test_a_new_part_stays_where_it_was_laid_in(session, town):
    session.add(PartPlan(part_id=town.part.id, phase="new"))
    session.flush()
    town.lies(town.stations[0], 200)
    town.plan()
    assert [one for kind in MOVED for one in moves(town, kind)] == []


def test_a_move_whose_reason_is_gone_is_withdrawn(session, town):
    session.execute(update(PlanningPolicy).values(release_value_max=0, release_quantity_max=0))
    rich, poor = town.stations
    town.lies(rich, 100)
    town.plan()
    [move] = moves(town, ProposalKind.REBALANCING)
    supplied(town, poor)
    town.plan()
    session.refresh(move)
    assert move.status is ProposalStatus.WITHDRAWN


def test_what_is_set_aside_is_not_spare(session, town):
    rich, _ = town.stations
    lying = town.lies(rich, 100)
    given.reservation(session, town.centre, lying.key, 95)
    town.plan()
    assert [one for kind in MOVED for one in moves(town, kind) if one.source_id == rich.id] == []


def test_stock_of_a_replaced_number_is_not_moved_as_the_new_one(session, town):
    rich, poor = town.stations
    old = given.part(session)
    given.supersession(session, old, town.part, interchangeable=True)
    given.stock(session, warehouse=rich, part=old, quantity=100)
    town.plan()
    assert town.proposals(kind=ProposalKind.TRANSFER, warehouse_id=rich.id) == []  # it counts where it lies
    assert len(town.proposals(kind=ProposalKind.TRANSFER, warehouse_id=poor.id)) == 1
    assert [one for kind in MOVED for one in moves(town, kind)] == []


def test_equals_at_the_top_help_each_other_before_a_supplier_can(session, town):
    other = given.warehouse(session, tier="central")
    below = given.warehouse(session, tier="distribution", parent=other)
    town.lies(below, 1)
    for on in (date(2025, month, 5) for month in range(1, 13)):
        asked(session, below, town.part, on, 3)
    town.lies(other, 300)
    session.execute(update(PlanningPolicy).values(release_value_max=10**9, release_quantity_max=10**6))
    town.plan()
    [move] = [one for one in moves(town, ProposalKind.REBALANCING) if one.source_id == other.id]
    assert move.warehouse_id == town.central.id


def test_pieces_cut_anyhow_move_the_same(session, town):
    rich, poor = town.stations
    others = [given.part(session, price=Decimal(40)) for _ in range(3)]
    for part in others:
        for on in (date(2025, month, 5) for month in range(1, 13)):
            asked(session, rich, part, on, 2)
            asked(session, poor, part, on, 3)
        given.stock(session, warehouse=rich, part=part, quantity=90)

    def proposed():
        found = [one for kind in MOVED for one in moves(town, kind)]
        return sorted((one.part_id, one.source_id, one.warehouse_id, one.quantity, one.benefit) for one in found)

    town.plan()
    whole = proposed()
    town.plan(pieces=lambda ids: [ids[:1], ids[1:3], ids[3:]])
    assert len(whole) >= 3
    assert proposed() == whole
