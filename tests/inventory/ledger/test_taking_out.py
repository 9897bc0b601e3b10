"""Stock that is gone whatever was promised: lots are given up, then promises fall lowest priority and last in first."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from inventory import events, ledger
from inventory.actor import Actor
from inventory.catalogue.models import Part
from inventory.ledger import AllocationsFreed, ReservationsDisplaced, StockAvailable
from inventory.network.models import Warehouse
from tests import given
from tests.given import NOON
from tests.inventory.ledger.books import balance, leaving, lying, position, reserved


def allocate(session: Session, reservation_id: int, quantity: int, by: Actor) -> list[ledger.Allocated]:
    return ledger.allocate_oldest(session, [ledger.AllocationWish(reservation_id, quantity)], by=by, at=NOON)


def told(heard: list[Any], kind: type) -> list[Any]:
    return [event for event in heard if isinstance(event, kind)]


def test_free_stock_is_written_off_without_anybody_losing_a_promise(
    session: Session, warehouse: Warehouse, part: Part, by: Actor, heard: list[Any]
) -> None:
    stock = given.stock(session, warehouse, part, 5)
    reservation = given.reservation(session, warehouse, stock.key, 3)
    heard.clear()

    ledger.take_out(session, [leaving(stock, 2)], by=by, at=NOON)

    assert balance(session, stock.key) == (3, 3)
    assert reserved(session, reservation) == (3, 0)
    assert heard == []


def test_the_lowest_priority_falls_first(session: Session, warehouse: Warehouse, part: Part, by: Actor) -> None:
    stock = given.stock(session, warehouse, part, 5)
    urgent = given.reservation(session, warehouse, stock.key, 2, priority=1)
    patient = given.reservation(session, warehouse, stock.key, 3, priority=8)

    ledger.take_out(session, [leaving(stock, 2)], by=by, at=NOON)

    assert reserved(session, urgent) == (2, 0)
    assert reserved(session, patient) == (1, 0)
    assert balance(session, stock.key) == (3, 3)


def test_of_one_priority_the_last_in_falls_first(session: Session, warehouse: Warehouse, part: Part, by: Actor) -> None:
    stock = given.stock(session, warehouse, part, 4)
    late = given.reservation(session, warehouse, stock.key, 2, at=NOON + timedelta(hours=1))
    early = given.reservation(session, warehouse, stock.key, 2, at=NOON)

    ledger.take_out(session, [leaving(stock, 3)], by=by, at=NOON)

    assert reserved(session, late) == (0, 0)
    assert reserved(session, early) == (1, 0)


def test_an_earmark_falls_last_however_patient_it_is(
    session: Session, warehouse: Warehouse, part: Part, by: Actor
) -> None:
    stock = given.stock(session, warehouse, part, 4)
    earmark = given.reservation(session, warehouse, stock.key, 2, priority=9, purpose=ledger.Purpose.EARMARK)
    supply = given.reservation(session, warehouse, stock.key, 2, priority=1)

    ledger.take_out(session, [leaving(stock, 2)], by=by, at=NOON)

    assert reserved(session, earmark) == (2, 0)
    assert reserved(session, supply) == (0, 0)


def test_the_fallen_are_announced_with_their_lines(
    session: Session, warehouse: Warehouse, part: Part, by: Actor, heard: list[Any]
) -> None:
    stock = given.stock(session, warehouse, part, 4)
    line = given.line(session, warehouse, part, 3)
    reservation = given.reservation(session, warehouse, stock.key, 3, line=line)

    ledger.take_out(session, [leaving(stock, 3)], by=by, at=NOON)

    (displaced,) = told(heard, ReservationsDisplaced)
    assert displaced.reason == "counted"
    assert displaced.reservations == (
        ledger.DisplacedReservation(reservation, line.id, quantity=2, allocated=0, earmark=False),
    )


def test_the_loss_is_announced_when_it_is_written_off_and_not_before(
    session: Session, warehouse: Warehouse, part: Part, by: Actor, heard: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    stock = given.stock(session, warehouse, part, 4)
    reservation = given.reservation(session, warehouse, stock.key, 4)
    allocate(session, reservation, 4, by)
    seen: list[tuple[type, tuple[int, int]]] = []
    for kind in (AllocationsFreed, ReservationsDisplaced):
        monkeypatch.setitem(
            events._listeners, kind, [lambda s, event: seen.append((type(event), balance(s, stock.key)))]
        )

    ledger.take_out(session, [leaving(stock, 3)], by=by, at=NOON)

    assert seen == [(AllocationsFreed, (1, 1)), (ReservationsDisplaced, (1, 1))]


def test_lots_under_the_loss_are_freed_while_the_promise_is_kept_from_other_stock(
    session: Session, warehouse: Warehouse, part: Part, by: Actor, heard: list[Any]
) -> None:
    old = given.stock(session, warehouse, part, 3, received_at=NOON - timedelta(days=2))
    given.stock(session, warehouse, part, 3)
    reservation = given.reservation(session, warehouse, old.key, 3)
    (allocated,) = allocate(session, reservation, 3, by)

    ledger.take_out(session, [leaving(old, 2)], by=by, at=NOON)

    assert reserved(session, reservation) == (3, 1)
    assert position(session, old) == (1, 1)
    (freed,) = told(heard, AllocationsFreed)
    assert [(one.allocation_id, one.quantity, one.reservation_kept) for one in freed.allocations] == [
        (allocated.allocation_id, 2, True)
    ]
    assert told(heard, ReservationsDisplaced) == []


def test_lots_are_freed_of_the_least_urgent_first(
    session: Session, warehouse: Warehouse, part: Part, by: Actor, heard: list[Any]
) -> None:
    stock = given.stock(session, warehouse, part, 4)
    given.stock(session, warehouse, part, 4, received_at=NOON + timedelta(days=1))
    urgent = given.reservation(session, warehouse, stock.key, 2, priority=1)
    patient = given.reservation(session, warehouse, stock.key, 2, priority=8)
    allocate(session, urgent, 2, by)
    allocate(session, patient, 2, by)

    ledger.take_out(session, [leaving(stock, 1)], by=by, at=NOON)

    assert reserved(session, urgent) == (2, 2)
    assert reserved(session, patient) == (2, 1)


def test_free_stock_of_the_position_is_lost_before_allocated_stock(
    session: Session, warehouse: Warehouse, part: Part, by: Actor, heard: list[Any]
) -> None:
    stock = given.stock(session, warehouse, part, 5)
    reservation = given.reservation(session, warehouse, stock.key, 3)
    allocate(session, reservation, 3, by)

    ledger.take_out(session, [leaving(stock, 2)], by=by, at=NOON)

    assert position(session, stock) == (3, 3)
    assert told(heard, AllocationsFreed) == []


def test_the_lots_of_a_displaced_reservation_serve_the_one_that_stays(
    session: Session, warehouse: Warehouse, part: Part, by: Actor
) -> None:
    old = given.stock(session, warehouse, part, 3, received_at=NOON - timedelta(days=2))
    new = given.stock(session, warehouse, part, 3)
    patient = given.reservation(session, warehouse, old.key, 3, priority=9)
    allocate(session, patient, 3, by)
    urgent = given.reservation(session, warehouse, old.key, 3, priority=1)

    ledger.take_out(session, [leaving(new, 3)], by=by, at=NOON)

    assert reserved(session, patient) == (0, 0)
    assert [(one.lot_id, one.quantity) for one in allocate(session, urgent, 3, by)] == [(old.lot_id, 3)]


def test_an_earmark_falls_with_the_very_part_it_kept(
    session: Session, warehouse: Warehouse, part: Part, by: Actor, heard: list[Any]
) -> None:
    stock = given.stock(session, warehouse, part, 2)
    other = given.stock(session, warehouse, part, 5, received_at=NOON + timedelta(days=1))
    earmark = given.reservation(session, warehouse, stock.key, 2, purpose=ledger.Purpose.EARMARK)
    allocate(session, earmark, 2, by)

    ledger.take_out(session, [leaving(stock, 1)], by=by, at=NOON)

    assert reserved(session, earmark) == (1, 1)
    assert balance(session, other.key) == (6, 1)
    (displaced,) = told(heard, ReservationsDisplaced)
    assert [(one.quantity, one.allocated, one.earmark) for one in displaced.reservations] == [(1, 1, True)]
    (freed,) = told(heard, AllocationsFreed)
    assert [one.reservation_kept for one in freed.allocations] == [False]


def test_what_falls_with_an_earmark_is_not_asked_of_others_again(
    session: Session, warehouse: Warehouse, part: Part, by: Actor
) -> None:
    stock = given.stock(session, warehouse, part, 2)
    given.stock(session, warehouse, part, 3, received_at=NOON + timedelta(days=1))
    earmark = given.reservation(session, warehouse, stock.key, 2, purpose=ledger.Purpose.EARMARK)
    allocate(session, earmark, 2, by)
    supply = given.reservation(session, warehouse, stock.key, 3)

    ledger.take_out(session, [leaving(stock, 2)], by=by, at=NOON)

    assert reserved(session, earmark) == (0, 0)
    assert reserved(session, supply) == (3, 0)
    assert balance(session, stock.key) == (3, 3)


def test_stock_set_apart_for_quarantine_displaces_too(
    session: Session, warehouse: Warehouse, part: Part, by: Actor, heard: list[Any]
) -> None:
    stock = given.stock(session, warehouse, part, 2)
    reservation = given.reservation(session, warehouse, stock.key, 2)
    heard.clear()

    apart = replace(stock.end, condition=ledger.Condition.QUARANTINE)
    ledger.take_out(session, [leaving(stock, 2, to=apart)], by=by, at=NOON)

    assert reserved(session, reservation) == (0, 0)
    assert lying(session, stock.bin_id, ledger.Condition.QUARANTINE) == 2
    assert told(heard, StockAvailable) == []


def test_more_than_lies_there_is_refused_and_no_promise_falls(
    session: Session, warehouse: Warehouse, part: Part, by: Actor, heard: list[Any]
) -> None:
    stock = given.stock(session, warehouse, part, 2)
    reservation = given.reservation(session, warehouse, stock.key, 2)
    heard.clear()

    with pytest.raises(ledger.InsufficientStock), session.begin_nested():
        ledger.take_out(session, [leaving(stock, 3)], by=by, at=NOON)

    assert reserved(session, reservation) == (2, 0)
    assert heard == []


def test_several_losses_at_once_displace_once(session: Session, warehouse: Warehouse, part: Part, by: Actor) -> None:
    one = given.stock(session, warehouse, part, 3, received_at=NOON - timedelta(days=2))
    other = given.stock(session, warehouse, part, 3)
    reservation = given.reservation(session, warehouse, one.key, 5)
    allocate(session, reservation, 4, by)

    ledger.take_out(session, [leaving(one, 2), leaving(other, 2)], by=by, at=NOON)

    assert balance(session, one.key) == (2, 2)
    assert reserved(session, reservation)[0] == 2
    allocate(session, reservation, 2 - reserved(session, reservation)[1], by)
    assert (position(session, one), position(session, other)) == ((1, 1), (1, 1))
