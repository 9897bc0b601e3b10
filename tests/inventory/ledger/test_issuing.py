"""Allocated stock on its way: carried to another bin of its warehouse, or issued out of it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from inventory import ledger
from inventory.actor import Actor
from inventory.catalogue.models import Part
from inventory.network.models import Warehouse
from tests import given
from tests.given import NOON
from tests.inventory.ledger.books import (
    PICKED,
    SHIPPED,
    allocation,
    balance,
    last_move,
    leaving,
    lying,
    move_count,
    position,
    reserved,
)


@pytest.fixture
def stock(session: Session, warehouse: Warehouse, part: Part) -> given.Stock:
    return given.stock(session, warehouse, part, 10)


def allocated_of(session: Session, warehouse: Warehouse, stock: given.Stock, quantity: int, by: Actor) -> int:
    reservation = given.reservation(session, warehouse, stock.key, quantity)
    (one,) = ledger.allocate_oldest(session, [ledger.AllocationWish(reservation, quantity)], by=by, at=NOON)
    return one.allocation_id


def carry(session: Session, allocation_ids: list[int], bin_id: int, by: Actor) -> None:
    ledger.carry(session, [ledger.Carry(one, bin_id, PICKED, "picked") for one in allocation_ids], by=by, at=NOON)


def issue(session: Session, allocation_id: int, quantity: int, target: ledger.End, by: Actor) -> None:
    ledger.issue(session, [ledger.Issue(allocation_id, quantity, target, SHIPPED, "shipped")], by=by, at=NOON)


def transit(stock: given.Stock) -> ledger.End:
    return ledger.outside(ledger.Place.IN_TRANSIT, stock.key.owner_id)


def test_carried_stock_lies_in_the_other_bin_and_stays_allocated(
    session: Session, warehouse: Warehouse, stock: given.Stock, by: Actor
) -> None:
    allocation_id = allocated_of(session, warehouse, stock, 4, by)
    staging = given.staging(session, warehouse)

    carry(session, [allocation_id], staging.id, by)

    carried = allocation(session, allocation_id)
    there = session.get_one(ledger.LotBalance, carried.lot_balance_id)
    assert (there.bin_id, there.on_hand, there.allocated) == (staging.id, 4, 4)
    assert position(session, stock) == (6, 0)
    assert balance(session, stock.key) == (10, 4)
    move = last_move(session)
    assert (move.from_bin_id, move.to_bin_id, move.quantity, move.document_kind) == (
        stock.bin_id,
        staging.id,
        4,
        "pick_task",
    )


def test_several_allocations_of_one_position_are_carried_together(
    session: Session, warehouse: Warehouse, stock: given.Stock, by: Actor
) -> None:
    ids = [allocated_of(session, warehouse, stock, quantity, by) for quantity in (4, 3)]
    staging = given.staging(session, warehouse)

    carry(session, ids, staging.id, by)

    assert lying(session, staging.id) == 7
    assert position(session, stock) == (3, 0)
    assert [allocation(session, one).quantity for one in ids] == [4, 3]


def test_what_lies_in_the_bin_already_makes_no_move(
    session: Session, warehouse: Warehouse, stock: given.Stock, by: Actor
) -> None:
    allocation_id = allocated_of(session, warehouse, stock, 4, by)
    before = move_count(session)

    carry(session, [allocation_id], stock.bin_id, by)

    assert move_count(session) == before
    assert position(session, stock) == (10, 4)


def test_a_piece_is_carried_as_that_piece(session: Session, warehouse: Warehouse, by: Actor) -> None:
    board = given.part(session, serial_tracked=True)
    pieces = given.stock(session, warehouse, board, serials=["S1", "S2"])
    allocation_id = allocated_of(session, warehouse, pieces, 1, by)
    staging = given.staging(session, warehouse)

    carry(session, [allocation_id], staging.id, by)

    there = session.get_one(ledger.LotBalance, allocation(session, allocation_id).lot_balance_id)
    assert (there.bin_id, there.unit_id) == (staging.id, pieces.unit_ids[0])


def test_carrying_a_spent_allocation_is_refused(
    session: Session, warehouse: Warehouse, stock: given.Stock, by: Actor
) -> None:
    allocation_id = allocated_of(session, warehouse, stock, 4, by)
    issue(session, allocation_id, 4, transit(stock), by)

    with pytest.raises(ledger.AllocationSpent):
        carry(session, [allocation_id], given.staging(session, warehouse).id, by)


def test_carrying_an_unknown_allocation_is_refused(session: Session, by: Actor) -> None:
    with pytest.raises(ledger.AllocationSpent):
        carry(session, [999_999_999], 1, by)


def test_issued_stock_lowers_everything_together(
    session: Session, warehouse: Warehouse, stock: given.Stock, by: Actor, heard: list[Any]
) -> None:
    reservation = given.reservation(session, warehouse, stock.key, 6)
    wish = ledger.AllocationWish(reservation, 5)
    (allocated,) = ledger.allocate_oldest(session, [wish], by=by, at=NOON)
    heard.clear()

    issue(session, allocated.allocation_id, 3, transit(stock), by)

    assert balance(session, stock.key) == (7, 3)
    assert position(session, stock) == (7, 2)
    assert reserved(session, reservation) == (3, 2)
    assert allocation(session, allocated.allocation_id).quantity == 2
    assert heard == [], "nothing became available, nothing fell"


def test_an_allocation_issued_wholly_lies_nowhere(
    session: Session, warehouse: Warehouse, stock: given.Stock, by: Actor
) -> None:
    allocation_id = allocated_of(session, warehouse, stock, 4, by)

    issue(session, allocation_id, 4, transit(stock), by)

    spent = allocation(session, allocation_id)
    assert (spent.quantity, spent.lot_balance_id) == (0, None)


@pytest.mark.parametrize("place", [ledger.Place.IN_TRANSIT, ledger.Place.COUNT_DIFFERENCE, ledger.Place.FITTED])
def test_stock_is_issued_to_places_outside(
    session: Session, warehouse: Warehouse, stock: given.Stock, by: Actor, place: ledger.Place
) -> None:
    allocation_id = allocated_of(session, warehouse, stock, 4, by)

    issue(session, allocation_id, 1, ledger.outside(place, stock.key.owner_id), by)

    assert (last_move(session).to_place, last_move(session).quantity) == (place, 1)


def test_stock_is_issued_into_an_engineers_custody(
    session: Session, warehouse: Warehouse, stock: given.Stock, by: Actor
) -> None:
    allocation_id = allocated_of(session, warehouse, stock, 4, by)

    issue(session, allocation_id, 4, ledger.in_custody(by.person_id, stock.key.owner_id), by)

    assert (last_move(session).to_place, last_move(session).to_holder_id) == ("custody", by.person_id)


def test_damaged_stock_is_issued_into_a_bin_as_defective(
    session: Session, warehouse: Warehouse, stock: given.Stock, by: Actor
) -> None:
    allocation_id = allocated_of(session, warehouse, stock, 4, by)
    apart = given.quarantine(session, warehouse)
    target = ledger.in_bin(warehouse.id, apart.id, stock.key.owner_id, ledger.Condition.DEFECTIVE)

    issue(session, allocation_id, 3, target, by)
    issue(session, allocation_id, 1, target, by)

    assert lying(session, apart.id, ledger.Condition.DEFECTIVE) == 4
    assert balance(session, stock.key) == (6, 0)


def test_several_allocations_are_issued_at_once(
    session: Session, warehouse: Warehouse, stock: given.Stock, part: Part, by: Actor
) -> None:
    other = given.stock(session, warehouse, part, 5, received_at=NOON + timedelta(days=1))
    first, second = (allocated_of(session, warehouse, stock, quantity, by) for quantity in (6, 4))
    third = allocated_of(session, warehouse, other, 5, by)

    ledger.issue(
        session,
        [ledger.Issue(one, 2, transit(stock), SHIPPED, "shipped") for one in (third, first, second)],
        by=by,
        at=NOON,
    )

    assert balance(session, stock.key) == (9, 9)
    assert (position(session, stock), position(session, other)) == ((6, 6), (3, 3))


def test_issuing_more_than_is_allocated_is_refused(
    session: Session, warehouse: Warehouse, stock: given.Stock, by: Actor
) -> None:
    allocation_id = allocated_of(session, warehouse, stock, 4, by)

    with pytest.raises(ledger.AllocationSpent):
        issue(session, allocation_id, 5, transit(stock), by)

    assert balance(session, stock.key) == (10, 4)


def test_issuing_what_was_given_back_is_refused(
    session: Session, warehouse: Warehouse, stock: given.Stock, by: Actor
) -> None:
    allocation_id = allocated_of(session, warehouse, stock, 4, by)
    reservation_id = allocation(session, allocation_id).reservation_id
    ledger.unreserve(session, [(reservation_id, 4)], reason="cancelled", by=by, at=NOON)

    with pytest.raises(ledger.AllocationSpent):
        issue(session, allocation_id, 4, transit(stock), by)


def test_carried_and_then_issued_leaves_from_where_it_was_carried(
    session: Session, warehouse: Warehouse, stock: given.Stock, by: Actor
) -> None:
    allocation_id = allocated_of(session, warehouse, stock, 4, by)
    staging = given.staging(session, warehouse)
    carry(session, [allocation_id], staging.id, by)

    issue(session, allocation_id, 4, transit(stock), by)

    assert lying(session, staging.id) == 0
    assert last_move(session).from_bin_id == staging.id


def test_picked_stock_that_is_given_up_lies_free_where_it_was_carried(
    session: Session, warehouse: Warehouse, stock: given.Stock, by: Actor
) -> None:
    allocation_id = allocated_of(session, warehouse, stock, 4, by)
    staging = given.staging(session, warehouse)
    carry(session, [allocation_id], staging.id, by)
    reservation_id = allocation(session, allocation_id).reservation_id

    ledger.unreserve(session, [(reservation_id, 4)], reason="cancelled", by=by, at=NOON)
    back = replace(leaving(stock, 4, to=stock.end), source=replace(stock.end, bin_id=staging.id))
    ledger.post(session, [back], by=by, at=NOON)

    assert position(session, stock) == (10, 0)
