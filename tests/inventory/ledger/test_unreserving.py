"""Giving back what was set aside: the share without lots first, then the newest lots."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from inventory import ledger
from inventory.actor import Actor
from inventory.catalogue.models import Part
from inventory.ledger import AllocationsFreed, StockAvailable
from inventory.network.models import Warehouse
from tests import given
from tests.given import NOON
from tests.inventory.ledger.books import allocation, balance, position, reserved


def give_back(session: Session, releases: list[tuple[int, int]], by: Actor) -> None:
    ledger.unreserve(session, releases, reason="cancelled", by=by, at=NOON)


def allocate(session: Session, reservation_id: int, quantity: int, by: Actor) -> list[ledger.Allocated]:
    return ledger.allocate_oldest(session, [ledger.AllocationWish(reservation_id, quantity)], by=by, at=NOON)


def test_what_is_given_back_is_available_again(
    session: Session, warehouse: Warehouse, part: Part, by: Actor, heard: list[Any]
) -> None:
    stock = given.stock(session, warehouse, part, 5)
    reservation = given.reservation(session, warehouse, stock.key, 4)
    heard.clear()

    give_back(session, [(reservation, 3)], by)

    assert reserved(session, reservation) == (1, 0)
    assert balance(session, stock.key) == (5, 1)
    assert [(type(event), event.keys) for event in heard] == [(StockAvailable, (stock.key,))]


def test_the_share_without_lots_goes_first(
    session: Session, warehouse: Warehouse, part: Part, by: Actor, heard: list[Any]
) -> None:
    stock = given.stock(session, warehouse, part, 5)
    reservation = given.reservation(session, warehouse, stock.key, 5)
    allocate(session, reservation, 3, by)

    give_back(session, [(reservation, 2)], by)

    assert reserved(session, reservation) == (3, 3)
    assert position(session, stock) == (5, 3)
    assert not [event for event in heard if isinstance(event, AllocationsFreed)]


def test_then_the_newest_lots_go(
    session: Session, warehouse: Warehouse, part: Part, by: Actor, heard: list[Any]
) -> None:
    old = given.stock(session, warehouse, part, 3, received_at=NOON - timedelta(days=2))
    new = given.stock(session, warehouse, part, 3)
    line = given.line(session, warehouse, part, 6)
    reservation = given.reservation(session, warehouse, old.key, 6, line=line)
    allocate(session, reservation, 5, by)
    heard.clear()

    give_back(session, [(reservation, 4)], by)

    assert reserved(session, reservation) == (2, 2)
    assert (position(session, old), position(session, new)) == ((3, 2), (3, 0))
    freed, available = heard
    assert [(one.line_id, one.quantity, one.reservation_kept) for one in freed.allocations] == [
        (line.id, 2, False),
        (line.id, 1, False),
    ]
    assert (freed.reason, available.keys) == ("cancelled", (old.key,))


def test_an_allocation_that_is_given_up_wholly_lies_nowhere(
    session: Session, warehouse: Warehouse, part: Part, by: Actor
) -> None:
    stock = given.stock(session, warehouse, part, 3)
    reservation = given.reservation(session, warehouse, stock.key, 3)
    (allocated,) = allocate(session, reservation, 3, by)

    give_back(session, [(reservation, 3)], by)

    spent = allocation(session, allocated.allocation_id)
    assert (spent.quantity, spent.lot_balance_id, spent.lot_id) == (0, None, stock.lot_id)


def test_more_than_is_set_aside_is_refused(session: Session, warehouse: Warehouse, part: Part, by: Actor) -> None:
    stock = given.stock(session, warehouse, part, 5)
    reservation = given.reservation(session, warehouse, stock.key, 2)

    with pytest.raises(ledger.ReservationSpent):
        give_back(session, [(reservation, 3)], by)


def test_twice_is_refused(session: Session, warehouse: Warehouse, part: Part, by: Actor) -> None:
    stock = given.stock(session, warehouse, part, 5)
    reservation = given.reservation(session, warehouse, stock.key, 2)
    give_back(session, [(reservation, 2)], by)

    with pytest.raises(ledger.ReservationSpent):
        give_back(session, [(reservation, 1)], by)


def test_a_reservation_named_twice_counts_both(session: Session, warehouse: Warehouse, part: Part, by: Actor) -> None:
    stock = given.stock(session, warehouse, part, 5)
    reservation = given.reservation(session, warehouse, stock.key, 4)

    give_back(session, [(reservation, 1), (reservation, 2)], by)

    assert reserved(session, reservation) == (1, 0)
    assert balance(session, stock.key) == (5, 1)
    with pytest.raises(ledger.ReservationSpent):
        give_back(session, [(reservation, 1), (reservation, 1)], by)


def test_an_unknown_reservation_is_refused(session: Session, by: Actor) -> None:
    with pytest.raises(ledger.ReservationSpent):
        give_back(session, [(999_999_999, 1)], by)


def test_several_reservations_of_several_warehouses_at_once(
    session: Session, warehouse: Warehouse, part: Part, by: Actor, heard: list[Any]
) -> None:
    here = given.stock(session, warehouse, part, 5)
    there = given.stock(session, given.warehouse(session), part, 5)
    first = given.reservation(session, warehouse, here.key, 2)
    second = given.reservation(session, warehouse, here.key, 2)
    third = given.reservation(session, warehouse, there.key, 2)
    heard.clear()

    give_back(session, [(third, 2), (first, 2), (second, 1)], by)

    assert (balance(session, here.key), balance(session, there.key)) == ((5, 1), (5, 0))
    assert [event.keys for event in heard] == [tuple(sorted([here.key, there.key]))]
