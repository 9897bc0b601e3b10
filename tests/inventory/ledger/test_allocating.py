"""First in, first out is decided here: the oldest eligible lots go to reservations, the most urgent first."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from inventory import ledger
from inventory.actor import Actor
from inventory.catalogue.models import Part
from inventory.network.models import Warehouse
from tests import given
from tests.given import NOON
from tests.inventory.ledger.books import allocation, balance, leaving, position, reserved

DAY = timedelta(days=1)


def allocate(session: Session, wishes: Sequence[tuple[int, int]], by: Actor) -> list[ledger.Allocated]:
    return ledger.allocate_oldest(session, [ledger.AllocationWish(*wish) for wish in wishes], by=by, at=NOON)


def lots(allocated: Sequence[ledger.Allocated]) -> list[tuple[int, int]]:
    return sorted((one.lot_id, one.quantity) for one in allocated)


def test_the_oldest_lot_goes_first_whatever_came_into_the_warehouse_first(
    session: Session, warehouse: Warehouse, part: Part, by: Actor
) -> None:
    new = given.stock(session, warehouse, part, 5)
    old = given.stock(session, warehouse, part, 5, received_at=NOON - 9 * DAY)
    reservation = given.reservation(session, warehouse, new.key, 5)

    assert lots(allocate(session, [(reservation, 5)], by)) == [(old.lot_id, 5)]


def test_an_allocation_tells_all_that_a_pick_needs(
    session: Session, warehouse: Warehouse, part: Part, by: Actor
) -> None:
    shelf = given.bin(session, warehouse, code="A-01-1", pick_sequence=7)
    stock = given.stock(session, warehouse, part, 5, bin=shelf)
    line = given.line(session, warehouse, part, 4)
    reservation = given.reservation(session, warehouse, stock.key, 4, line=line)

    (allocated,) = allocate(session, [(reservation, 3)], by)

    assert allocated == ledger.Allocated(
        allocation_id=allocated.allocation_id,
        reservation_id=reservation,
        line_id=line.id,
        warehouse_id=warehouse.id,
        part_id=part.id,
        owner_id=stock.key.owner_id,
        lot_balance_id=stock.position,
        lot_id=stock.lot_id,
        unit_id=None,
        bin_id=shelf.id,
        bin_code="A-01-1",
        pick_sequence=7,
        quantity=3,
    )
    assert reserved(session, reservation) == (4, 3)
    assert position(session, stock) == (5, 3)
    assert balance(session, stock.key) == (5, 4)
    kept = allocation(session, allocated.allocation_id)
    assert (kept.actor_id, kept.command_id, kept.allocated_at, kept.older_free) == (
        by.person_id,
        by.command_id,
        NOON,
        0,
    )


def test_a_quantity_is_split_over_lots_oldest_first(
    session: Session, warehouse: Warehouse, part: Part, by: Actor
) -> None:
    middle = given.stock(session, warehouse, part, 2, received_at=NOON - 2 * DAY)
    new = given.stock(session, warehouse, part, 9, received_at=NOON - DAY)
    old = given.stock(session, warehouse, part, 3, received_at=NOON - 3 * DAY)
    reservation = given.reservation(session, warehouse, old.key, 9)

    assert lots(allocate(session, [(reservation, 6)], by)) == sorted(
        [(old.lot_id, 3), (middle.lot_id, 2), (new.lot_id, 1)]
    )


def test_lots_of_one_instant_go_by_their_id(session: Session, warehouse: Warehouse, part: Part, by: Actor) -> None:
    first = given.stock(session, warehouse, part, 2)
    given.stock(session, warehouse, part, 2)
    reservation = given.reservation(session, warehouse, first.key, 2)

    assert lots(allocate(session, [(reservation, 2)], by)) == [(first.lot_id, 2)]


def test_a_lot_in_two_bins_is_taken_from_both(session: Session, warehouse: Warehouse, part: Part, by: Actor) -> None:
    here = given.stock(session, warehouse, part, 2, lot="L1")
    there = given.stock(session, warehouse, part, 2, lot="L1")
    reservation = given.reservation(session, warehouse, here.key, 3)

    taken = allocate(session, [(reservation, 3)], by)

    assert sorted((one.lot_balance_id, one.quantity) for one in taken) == sorted(
        [(here.position, 2), (there.position, 1)]
    )


def test_the_answer_is_in_walking_order(session: Session, warehouse: Warehouse, part: Part, by: Actor) -> None:
    far = given.bin(session, warehouse, pick_sequence=900)
    near = given.bin(session, warehouse, pick_sequence=1)
    old = given.stock(session, warehouse, part, 2, bin=far, received_at=NOON - DAY)
    given.stock(session, warehouse, part, 2, bin=near)
    reservation = given.reservation(session, warehouse, old.key, 4)

    assert [one.bin_id for one in allocate(session, [(reservation, 4)], by)] == [near.id, far.id]


def test_several_reservations_share_lots_the_most_urgent_gets_the_oldest(
    session: Session, warehouse: Warehouse, part: Part, by: Actor
) -> None:
    old = given.stock(session, warehouse, part, 3, received_at=NOON - 2 * DAY)
    new = given.stock(session, warehouse, part, 3)
    patient = given.reservation(session, warehouse, old.key, 2, priority=8)
    urgent = given.reservation(session, warehouse, old.key, 2, priority=1)
    late = given.reservation(session, warehouse, old.key, 2, priority=8, at=NOON + DAY)

    taken = allocate(session, [(late, 2), (patient, 2), (urgent, 2)], by)

    given_lots = {
        reservation: lots([one for one in taken if one.reservation_id == reservation])
        for reservation in (urgent, patient, late)
    }
    assert given_lots == {
        urgent: [(old.lot_id, 2)],
        patient: sorted([(old.lot_id, 1), (new.lot_id, 1)]),
        late: [(new.lot_id, 2)],
    }
    assert (position(session, old), position(session, new)) == ((3, 3), (3, 3))


def test_what_others_were_given_is_not_eligible(session: Session, warehouse: Warehouse, part: Part, by: Actor) -> None:
    old = given.stock(session, warehouse, part, 3, received_at=NOON - 2 * DAY)
    new = given.stock(session, warehouse, part, 3)
    first = given.reservation(session, warehouse, old.key, 2)
    second = given.reservation(session, warehouse, old.key, 2)
    allocate(session, [(first, 2)], by)

    assert lots(allocate(session, [(second, 2)], by)) == sorted([(old.lot_id, 1), (new.lot_id, 1)])


def test_stock_that_is_not_good_is_not_eligible(session: Session, warehouse: Warehouse, part: Part, by: Actor) -> None:
    old = given.stock(session, warehouse, part, 3, received_at=NOON - 2 * DAY)
    new = given.stock(session, warehouse, part, 3)
    apart = replace(old.end, condition=ledger.Condition.QUARANTINE)
    ledger.post(session, [leaving(old, 3, to=apart)], by=by, at=NOON)
    reservation = given.reservation(session, warehouse, old.key, 2)

    assert lots(allocate(session, [(reservation, 2)], by)) == [(new.lot_id, 2)]


def test_stock_of_another_owner_is_not_eligible(session: Session, warehouse: Warehouse, part: Part, by: Actor) -> None:
    given.stock(session, warehouse, part, 3, received_at=NOON - 2 * DAY, owner=given.owner(session, "STATION"))
    makers = given.stock(session, warehouse, part, 3)
    reservation = given.reservation(session, warehouse, makers.key, 2)

    assert lots(allocate(session, [(reservation, 2)], by)) == [(makers.lot_id, 2)]


def test_the_dock_is_a_bin_like_others(session: Session, warehouse: Warehouse, part: Part, by: Actor) -> None:
    given.stock(session, warehouse, part, 3)
    old = given.stock(session, warehouse, part, 3, bin=given.dock(session, warehouse), received_at=NOON - DAY)
    reservation = given.reservation(session, warehouse, old.key, 2)

    assert lots(allocate(session, [(reservation, 2)], by)) == [(old.lot_id, 2)]


def test_pieces_with_serials_are_given_one_by_one(session: Session, warehouse: Warehouse, by: Actor) -> None:
    board = given.part(session, serial_tracked=True)
    stock = given.stock(session, warehouse, board, serials=["S1", "S2", "S3"])
    reservation = given.reservation(session, warehouse, stock.key, 2)

    taken = allocate(session, [(reservation, 2)], by)

    assert [(one.unit_id, one.quantity) for one in taken] == [(unit, 1) for unit in stock.unit_ids[:2]]


def test_two_warehouses_are_served_in_one_call(session: Session, warehouse: Warehouse, part: Part, by: Actor) -> None:
    here = given.stock(session, warehouse, part, 5)
    there = given.stock(session, given.warehouse(session), part, 5)
    first = given.reservation(session, warehouse, here.key, 2)
    second = given.reservation(session, warehouse, there.key, 3)

    assert lots(allocate(session, [(first, 2), (second, 3)], by)) == sorted([(here.lot_id, 2), (there.lot_id, 3)])


@pytest.mark.parametrize("already", [0, 2])
def test_more_than_is_left_without_lots_is_refused(
    session: Session, warehouse: Warehouse, part: Part, by: Actor, already: int
) -> None:
    stock = given.stock(session, warehouse, part, 9)
    reservation = given.reservation(session, warehouse, stock.key, 3)
    if already:
        allocate(session, [(reservation, already)], by)

    with pytest.raises(ledger.AllocationSpent), session.begin_nested():
        allocate(session, [(reservation, 4 - already)], by)

    assert reserved(session, reservation) == (3, already)


def test_a_wish_for_nothing_gives_nothing(session: Session, by: Actor) -> None:
    assert allocate(session, [], by) == []


def test_stock_that_a_cancellation_freed_is_given_before_newer(
    session: Session, warehouse: Warehouse, part: Part, by: Actor
) -> None:
    old = given.stock(session, warehouse, part, 3, received_at=NOON - 2 * DAY)
    new = given.stock(session, warehouse, part, 3)
    first = given.reservation(session, warehouse, old.key, 3)
    second = given.reservation(session, warehouse, old.key, 3)
    allocate(session, [(first, 3)], by)
    allocate(session, [(second, 1)], by)
    ledger.unreserve(session, [(first, 3)], reason="cancelled", by=by, at=NOON)

    assert lots(allocate(session, [(second, 2)], by)) == [(old.lot_id, 2)]
    assert position(session, new) == (3, 1)
