"""Stock that arrives for a line is set aside for it in the same breath."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory import ledger
from inventory.actor import Actor
from inventory.catalogue.models import Part
from inventory.network.models import Warehouse
from inventory.sourcing.models import PartRequestLine
from tests import given
from tests.given import NOON
from tests.inventory.ledger.books import balance, coming, leaving, position


def arriving(stock: given.Stock, quantity: int, line: PartRequestLine, *, priority: int = 5) -> ledger.Arrival:
    posting = replace(coming(stock, quantity), source=ledger.outside(ledger.Place.IN_TRANSIT, stock.key.owner_id))
    return ledger.Arrival(posting, line.id, priority)


def earmarks(session: Session, line: PartRequestLine) -> list[ledger.Reservation]:
    query = select(ledger.Reservation).where(ledger.Reservation.line_id == line.id).order_by(ledger.Reservation.id)
    return list(session.scalars(query))


def test_what_arrives_for_a_line_is_earmarked_and_allocated_where_it_lies(
    session: Session, warehouse: Warehouse, part: Part, by: Actor
) -> None:
    stock = given.stock(session, warehouse, part, 1)
    line = given.line(session, warehouse, part, 3)

    ledger.arrive(session, [arriving(stock, 3, line)], by=by, at=NOON)

    (earmark,) = earmarks(session, line)
    assert (earmark.purpose, earmark.quantity, earmark.allocated) == (ledger.Purpose.EARMARK, 3, 3)
    assert balance(session, stock.key) == (4, 3)
    assert position(session, stock) == (4, 3)


def test_nobody_is_told_that_it_is_available(
    session: Session, warehouse: Warehouse, part: Part, by: Actor, heard: list[Any]
) -> None:
    stock = given.stock(session, warehouse, part, 1)
    heard.clear()

    ledger.arrive(session, [arriving(stock, 3, given.line(session, warehouse, part, 3))], by=by, at=NOON)

    assert heard == []


def test_nobody_else_can_take_it(session: Session, warehouse: Warehouse, part: Part, by: Actor) -> None:
    stock = given.stock(session, warehouse, part, 1)
    ledger.arrive(session, [arriving(stock, 3, given.line(session, warehouse, part, 3))], by=by, at=NOON)
    wanting = given.line(session, warehouse, part, 2)

    assert ledger.reserve_many(session, [ledger.Choice(wanting.id, stock.key, 2, 1)], at=NOON) == []
    with pytest.raises(ledger.InsufficientStock):
        ledger.post(session, [leaving(stock, 2)], by=by, at=NOON)


def test_several_lines_and_lots_arrive_at_once(session: Session, warehouse: Warehouse, part: Part, by: Actor) -> None:
    one, other = given.stock(session, warehouse, part, 1), given.stock(session, warehouse, part, 1)
    first, second = given.line(session, warehouse, part, 5), given.line(session, warehouse, part, 2)

    arrivals = [arriving(one, 3, first), arriving(other, 2, first), arriving(one, 2, second, priority=1)]
    ledger.arrive(session, arrivals, by=by, at=NOON)

    assert [(earmark.quantity, earmark.allocated) for earmark in earmarks(session, first)] == [(5, 5)]
    assert [(earmark.quantity, earmark.priority) for earmark in earmarks(session, second)] == [(2, 1)]
    assert (position(session, one), position(session, other)) == ((6, 5), (3, 2))


def test_shares_of_a_line_under_two_priorities_are_earmarked_apart(
    session: Session, warehouse: Warehouse, part: Part, by: Actor
) -> None:
    stock = given.stock(session, warehouse, part, 1)
    line = given.line(session, warehouse, part, 3)

    ledger.arrive(session, [arriving(stock, 2, line, priority=1), arriving(stock, 1, line, priority=5)], by=by, at=NOON)

    assert sorted((one.priority, one.quantity, one.allocated) for one in earmarks(session, line)) == [
        (1, 2, 2),
        (5, 1, 1),
    ]
    assert position(session, stock) == (4, 3)


def test_a_piece_with_a_serial_is_earmarked_as_that_piece(session: Session, warehouse: Warehouse, by: Actor) -> None:
    board = given.part(session, serial_tracked=True)
    stock = given.stock(session, warehouse, board, serials=["S1"])
    away = ledger.outside(ledger.Place.IN_TRANSIT, stock.key.owner_id)
    ledger.post(session, [leaving(stock, to=away)], by=by, at=NOON)
    line = given.line(session, warehouse, board)

    back = replace(coming(stock), source=away, unit_id=stock.unit_ids[0])
    ledger.arrive(session, [ledger.Arrival(back, line.id, 5)], by=by, at=NOON)

    assert position(session, stock) == (1, 1)
