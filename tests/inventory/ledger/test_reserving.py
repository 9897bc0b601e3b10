"""Setting stock aside: check and change at once, each choice wholly or not at all."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from inventory import ledger
from inventory.actor import Actor
from inventory.catalogue.models import Part
from inventory.network.models import Warehouse
from tests import given
from tests.given import NOON
from tests.inventory.ledger.books import balance, leaving, reserved


def choice(session: Session, warehouse: Warehouse, stock: given.Stock, quantity: int) -> ledger.Choice:
    part = session.get_one(Part, stock.key.part_id)
    return ledger.Choice(given.line(session, warehouse, part, max(quantity, 1)).id, stock.key, quantity, 5)


def test_a_granted_choice_is_set_aside_and_no_longer_available(
    session: Session, warehouse: Warehouse, part: Part
) -> None:
    stock = given.stock(session, warehouse, part, 5)
    wanted = choice(session, warehouse, stock, 3)

    (taken,) = ledger.reserve_many(session, [wanted], at=NOON)

    reservation = session.get_one(ledger.Reservation, taken.reservation_id)
    assert taken.choice == wanted
    assert (reservation.line_id, reservation.quantity, reservation.priority) == (wanted.line_id, 3, 5)
    assert (reservation.purpose, reservation.reserved_at) == (ledger.Purpose.SUPPLY, NOON)
    assert balance(session, stock.key) == (5, 3)


def test_all_that_is_available_can_be_taken(session: Session, warehouse: Warehouse, part: Part) -> None:
    stock = given.stock(session, warehouse, part, 5)

    assert ledger.reserve_many(session, [choice(session, warehouse, stock, 5)], at=NOON)
    assert balance(session, stock.key) == (5, 5)


def test_more_than_is_available_takes_nothing(session: Session, warehouse: Warehouse, part: Part) -> None:
    stock = given.stock(session, warehouse, part, 3)

    assert ledger.reserve_many(session, [choice(session, warehouse, stock, 4)], at=NOON) == []
    assert balance(session, stock.key) == (3, 0)
    assert session.scalar(select(func.count()).select_from(ledger.Reservation)) == 0


def test_what_is_set_aside_already_is_not_available(session: Session, warehouse: Warehouse, part: Part) -> None:
    stock = given.stock(session, warehouse, part, 5)
    given.reservation(session, warehouse, stock.key, 3)

    assert ledger.reserve_many(session, [choice(session, warehouse, stock, 3)], at=NOON) == []


def test_stock_that_is_not_good_is_not_available(session: Session, warehouse: Warehouse, part: Part, by: Actor) -> None:
    stock = given.stock(session, warehouse, part, 5)
    apart = ledger.in_bin(warehouse.id, stock.bin_id, stock.key.owner_id, ledger.Condition.QUARANTINE)
    ledger.post(session, [leaving(stock, 4, to=apart)], by=by, at=NOON)

    assert ledger.reserve_many(session, [choice(session, warehouse, stock, 2)], at=NOON) == []


def test_one_key_is_granted_to_the_earlier_choices_and_the_rest_is_told_by_its_absence(
    session: Session, warehouse: Warehouse, part: Part
) -> None:
    stock = given.stock(session, warehouse, part, 5)
    first, second, third = (choice(session, warehouse, stock, quantity) for quantity in (3, 2, 1))

    taken = ledger.reserve_many(session, [first, second, third], at=NOON)

    assert [one.choice for one in taken] == [first, second]
    assert balance(session, stock.key) == (5, 5)


def test_a_choice_that_cannot_be_granted_does_not_hold_back_other_keys(
    session: Session, warehouse: Warehouse, part: Part
) -> None:
    short = given.stock(session, warehouse, part, 1)
    plenty = given.stock(session, given.warehouse(session), part, 9)
    line = given.line(session, warehouse, part, 5)
    choices = [ledger.Choice(line.id, short.key, 2, 5), ledger.Choice(line.id, plenty.key, 3, 5)]

    taken = ledger.reserve_many(session, choices, at=NOON)

    assert [one.choice for one in taken] == choices[1:]
    assert (balance(session, short.key), balance(session, plenty.key)) == ((1, 0), (9, 3))


def test_two_lines_may_take_of_one_key_in_one_call(session: Session, warehouse: Warehouse, part: Part) -> None:
    stock = given.stock(session, warehouse, part, 5)
    choices = [choice(session, warehouse, stock, 2), choice(session, warehouse, stock, 2)]

    taken = ledger.reserve_many(session, choices, at=NOON)

    assert [one.choice for one in taken] == choices
    assert [reserved(session, one.reservation_id) for one in taken] == [(2, 0), (2, 0)]
    assert balance(session, stock.key) == (5, 4)


def test_a_warehouse_that_never_had_the_part_grants_nothing(session: Session, warehouse: Warehouse, part: Part) -> None:
    line = given.line(session, warehouse, part)
    nowhere = ledger.StockKey(warehouse.id, part.id, given.owner(session).id)

    assert ledger.reserve_many(session, [ledger.Choice(line.id, nowhere, 1, 5)], at=NOON) == []


def test_a_choice_of_nothing_grants_nothing(session: Session, warehouse: Warehouse, part: Part) -> None:
    stock = given.stock(session, warehouse, part, 5)

    assert ledger.reserve_many(session, [choice(session, warehouse, stock, 0)], at=NOON) == []
    assert ledger.reserve_many(session, [], at=NOON) == []
