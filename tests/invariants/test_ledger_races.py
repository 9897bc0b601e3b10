"""Rivals for the same stock: nothing promised twice, nothing left unsold, FIFO kept, no deadlock."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from inventory import ledger
from inventory.actor import Actor
from inventory.catalogue.models import Part
from inventory.network.models import Warehouse
from inventory.timeline import DocumentKind
from tests import given
from tests.given import NOON
from tests.invariants.racing import Story, check_story, race
from tests.invariants.telling import require_true_ledger, tell_stock

pytestmark = pytest.mark.usefixtures("nobody_listens")

DAY = timedelta(days=1)
CHECKED = ledger.Document(DocumentKind.STOCK_CHECK, 1)


@dataclass
class Shelf:
    """A part in a warehouse: its lots from the oldest on, what is set aside of it, and what of that has lots."""

    by: Actor
    warehouse: Warehouse
    part: Part
    lots: list[given.Stock]
    lines: list[int]
    reservations: list[int] = field(default_factory=list)
    allocations: list[int] = field(default_factory=list)
    last_move: int = 0

    @property
    def key(self) -> ledger.StockKey:
        return self.lots[0].key

    def age_of(self, lot_id: int) -> int:
        return [stock.lot_id for stock in self.lots].index(lot_id)


@dataclass(frozen=True)
class SetAside:
    """A reservation that stands before the race, and how much of it has lots."""

    quantity: int
    allocated: int = 0
    priority: int = 5


def shelf(*lots: int, set_aside: Sequence[SetAside] = ()) -> Callable[[Session], Shelf]:
    """Lay a shelf of a part of its own with these lots, a day apart, in the one warehouse of the database."""

    def lay(session: Session) -> Shelf:
        warehouse = session.scalars(select(Warehouse).order_by(Warehouse.id.desc()).limit(1)).one_or_none()
        warehouse = warehouse or given.warehouse(session)
        by, part = given.acting(session), given.part(session)
        stocks = [
            given.stock(session, warehouse, part, quantity, received_at=NOON - (len(lots) - age) * DAY, by=by)
            for age, quantity in enumerate(lots)
        ]
        lines = [given.line(session, warehouse, part, 9, by=by).id for _ in range(8)]
        laid = Shelf(by, warehouse, part, stocks, lines)
        for line_id, one in zip(lines, set_aside, strict=False):
            choice = ledger.Choice(line_id, laid.key, one.quantity, one.priority)
            (taken,) = ledger.reserve_many(session, [choice], at=NOON)
            laid.reservations.append(taken.reservation_id)
            if one.allocated:
                wish = ledger.AllocationWish(taken.reservation_id, one.allocated)
                allocated = ledger.allocate_oldest(session, [wish], by=by, at=NOON)
                laid.allocations.extend(each.allocation_id for each in allocated)
        laid.last_move = session.scalar(select(func.max(ledger.Move.id))) or 0
        return laid

    return lay


def tell(session: Session, shelf: Shelf) -> dict[str, Any]:
    return tell_stock(session, [shelf.part.id])


Act = Callable[[Session, Shelf], Any]


def reserving(quantity: int, line: int = 7) -> Act:
    def act(session: Session, shelf: Shelf) -> int:
        return len(ledger.reserve_many(session, [ledger.Choice(shelf.lines[line], shelf.key, quantity, 5)], at=NOON))

    return act


def unreserving(quantity: int, reservation: int = 0) -> Act:
    def act(session: Session, shelf: Shelf) -> None:
        by = given.under_new_command(session, shelf.by)
        ledger.unreserve(session, [(shelf.reservations[reservation], quantity)], reason="cancelled", by=by, at=NOON)

    return act


def allocating(quantity: int, reservation: int = 0) -> Act:
    def act(session: Session, shelf: Shelf) -> list[tuple[int, int]]:
        by = given.under_new_command(session, shelf.by)
        ledger.lock_balances(session, [shelf.key])
        wish = ledger.AllocationWish(shelf.reservations[reservation], quantity)
        allocated = ledger.allocate_oldest(session, [wish], by=by, at=NOON)
        return sorted((shelf.age_of(one.lot_id), one.quantity) for one in allocated)

    return act


def issuing(quantity: int, allocation: int = 0) -> Act:
    def act(session: Session, shelf: Shelf) -> None:
        by = given.under_new_command(session, shelf.by)
        away = ledger.outside(ledger.Place.IN_TRANSIT, shelf.key.owner_id)
        leaving = ledger.Issue(shelf.allocations[allocation], quantity, away, CHECKED, "shipped")
        ledger.issue(session, [leaving], by=by, at=NOON)

    return act


def carrying(allocation: int = 0) -> Act:
    def act(session: Session, shelf: Shelf) -> None:
        by = given.under_new_command(session, shelf.by)
        staging = given.staging(session, shelf.warehouse)
        ledger.lock_allocations(session, [shelf.allocations[allocation]])
        ledger.carry(
            session, [ledger.Carry(shelf.allocations[allocation], staging.id, CHECKED, "picked")], by=by, at=NOON
        )

    return act


def exchanging(age: int, allocation: int = 0) -> Act:
    def act(session: Session, shelf: Shelf) -> None:
        by = given.under_new_command(session, shelf.by)
        ledger.exchange_lot(
            session,
            shelf.allocations[allocation],
            lot_balance_id=shelf.lots[age].position,
            reason="blocked aisle",
            by=by,
            at=NOON,
        )

    return act


def posting_of(shelf: Shelf, age: int, quantity: int, target: ledger.End | None = None) -> ledger.Posting:
    stock = shelf.lots[age]
    gone = target or ledger.outside(ledger.Place.COUNT_DIFFERENCE, stock.key.owner_id)
    return ledger.Posting(shelf.part.id, stock.lot_id, quantity, stock.end, gone, CHECKED, "counted")


def losing(quantity: int, age: int = 0) -> Act:
    def act(session: Session, shelf: Shelf) -> None:
        by = given.under_new_command(session, shelf.by)
        ledger.take_out(session, [posting_of(shelf, age, quantity)], by=by, at=NOON)

    return act


def moving(quantity: int, age: int = 0) -> Act:
    """Move free stock to where the next lot lies."""

    def act(session: Session, shelf: Shelf) -> None:
        by = given.under_new_command(session, shelf.by)
        ledger.post(session, [posting_of(shelf, age, quantity, shelf.lots[age + 1].end)], by=by, at=NOON)

    return act


def receiving(quantity: int, age: int = 0) -> Act:
    """More of a lot that is known comes in from the supplier."""

    def act(session: Session, shelf: Shelf) -> None:
        by = given.under_new_command(session, shelf.by)
        number = session.get_one(ledger.Lot, shelf.lots[age].lot_id).number
        (lot_id,) = ledger.open_lots(session, [ledger.LotOpening(shelf.part.id, number, NOON + DAY)])
        source = ledger.outside(ledger.Place.SUPPLIER, shelf.key.owner_id)
        posting = replace(posting_of(shelf, age, quantity), lot_id=lot_id, source=source, target=shelf.lots[age].end)
        ledger.post(session, [posting], by=by, at=NOON)

    return act


def arriving(quantity: int, age: int = 0, line: int = 6) -> Act:
    def act(session: Session, shelf: Shelf) -> None:
        by = given.under_new_command(session, shelf.by)
        source = ledger.outside(ledger.Place.IN_TRANSIT, shelf.key.owner_id)
        posting = replace(posting_of(shelf, age, quantity), source=source, target=shelf.lots[age].end)
        ledger.arrive(session, [ledger.Arrival(posting, shelf.lines[line], 5)], by=by, at=NOON)

    return act


def reversing(session: Session, shelf: Shelf) -> None:
    by = given.under_new_command(session, shelf.by)
    ledger.reverse(session, shelf.last_move, reason="keyed in twice", by=by, at=NOON)


LOOSE, LOTS = SetAside(3), SetAside(3, allocated=3)
STORIES: dict[str, Story[Shelf]] = {
    "reserve x reserve the last": Story(shelf(5), [reserving(5), reserving(5, 6)], tell),
    "reserve x reserve x reserve": Story(shelf(5), [reserving(3), reserving(2, 6), reserving(4, 5)], tell),
    "reserve x loss": Story(shelf(5), [reserving(5), losing(3)], tell),
    "reserve x free move out": Story(shelf(5, 1), [reserving(6), moving(5)], tell),
    "reserve x unreserve": Story(shelf(3, set_aside=[LOOSE]), [reserving(3), unreserving(3)], tell),
    "reserve x issue": Story(shelf(5, set_aside=[LOTS]), [reserving(2), issuing(3)], tell),
    "reserve x receipt": Story(shelf(2), [reserving(4), receiving(2)], tell),
    "reserve x arrival": Story(shelf(1), [reserving(2), arriving(3)], tell),
    "reserve x reversal of the receipt": Story(shelf(5), [reserving(1), reversing], tell),
    "unreserve x unreserve": Story(shelf(3, set_aside=[LOOSE]), [unreserving(2), unreserving(2)], tell),
    "unreserve x loss": Story(shelf(5, set_aside=[LOOSE, SetAside(2)]), [unreserving(3), losing(3)], tell),
    "unreserve x issue": Story(shelf(3, set_aside=[LOTS]), [unreserving(3), issuing(3)], tell),
    "unreserve x carry": Story(shelf(3, set_aside=[LOTS]), [unreserving(3), carrying()], tell),
    "unreserve x allocate": Story(shelf(2, 2, set_aside=[LOOSE]), [unreserving(2), allocating(2)], tell),
    "allocate x allocate": Story(
        shelf(1, 2, 3, set_aside=[SetAside(2), SetAside(3)]), [allocating(2), allocating(3, 1)], tell
    ),
    "allocate x allocate the same": Story(shelf(2, 2, set_aside=[LOOSE]), [allocating(3), allocating(1)], tell),
    "allocate x loss": Story(shelf(2, 2, set_aside=[LOOSE]), [allocating(3), losing(2)], tell),
    "allocate x older receipt": Story(shelf(1, 3, set_aside=[LOOSE]), [allocating(3), receiving(2)], tell),
    "allocate x free move": Story(shelf(3, 3, set_aside=[LOOSE]), [allocating(3), moving(2)], tell),
    "issue x issue": Story(shelf(3, set_aside=[LOTS]), [issuing(2), issuing(2)], tell),
    "issue x carry": Story(shelf(3, set_aside=[LOTS]), [issuing(3), carrying()], tell),
    "issue x loss": Story(shelf(3, set_aside=[LOTS]), [issuing(3), losing(2)], tell),
    "carry x loss": Story(shelf(3, set_aside=[LOTS]), [carrying(), losing(2)], tell),
    "exchange x exchange for the last": Story(
        shelf(3, 3, 3, set_aside=[LOTS, LOTS]), [exchanging(2), exchanging(2, 1)], tell
    ),
    "exchange x allocate": Story(shelf(3, 3, set_aside=[LOTS, LOOSE]), [exchanging(1), allocating(3, 1)], tell),
    "exchange x loss": Story(shelf(3, 3, set_aside=[LOTS]), [exchanging(1), losing(3, 1)], tell),
    "loss x loss": Story(shelf(4, 4, set_aside=[LOTS, SetAside(4, priority=8)]), [losing(3), losing(3, 1)], tell),
    "reversal x reversal": Story(shelf(5), [reversing, reversing], tell),
    "receipt x move of one lot": Story(shelf(5, 1), [receiving(2), moving(3)], tell),
    "receipt x receipt of one lot": Story(shelf(5), [receiving(2), receiving(3)], tell),
    "reserve x loss x unreserve": Story(shelf(6, set_aside=[LOOSE]), [reserving(3), losing(2), unreserving(3)], tell),
    "reserve x issue x loss": Story(shelf(5, set_aside=[LOTS]), [reserving(2), issuing(3), losing(1)], tell),
}


@pytest.mark.parametrize("name", STORIES)
def test_rivals_end_as_if_one_had_come_after_the_other(arena: Engine, races: int, name: str) -> None:
    check_story(arena, STORIES[name], times=races, attempts=1)

    with Session(arena) as session:
        require_true_ledger(session)


def laid(engine: Engine, lay: Callable[[Session], Shelf]) -> Shelf:
    with Session(engine, expire_on_commit=False) as session, session.begin():
        return lay(session)


def balance_of(engine: Engine, shelf: Shelf) -> tuple[int, int]:
    with Session(engine) as session:
        found = ledger.find_balance(session, shelf.key)
        assert found is not None
        return found.on_hand, found.reserved


@pytest.mark.parametrize("clients", [2, 8])
def test_the_last_piece_is_promised_once_however_many_want_it(arena: Engine, races: int, clients: int) -> None:
    for _ in range(races):
        here = laid(arena, shelf(5))
        answers = race(arena, [lambda session, n=n, here=here: reserving(5, n)(session, here) for n in range(clients)])

        assert sorted(answers) == [0] * (clients - 1) + [1]
        assert balance_of(arena, here) == (5, 5)


def test_nothing_is_left_unsold_that_was_asked_for(arena: Engine, races: int) -> None:
    for _ in range(races):
        here = laid(arena, shelf(6))
        answers = race(arena, [lambda session, n=n, here=here: reserving(1, n)(session, here) for n in range(8)])

        assert sorted(answers) == [0, 0, 1, 1, 1, 1, 1, 1]
        assert balance_of(arena, here) == (6, 6)


def test_eight_waves_at_once_take_the_oldest_stock_and_leave_no_gap(arena: Engine, races: int) -> None:
    for _ in range(races):
        here = laid(arena, shelf(1, 2, 3, 4, 5, 6, set_aside=[SetAside(2)] * 8))
        race(arena, [lambda session, n=n, here=here: allocating(2, n)(session, here) for n in range(8)])

        with Session(arena) as session:
            taken = [session.get_one(ledger.LotBalance, stock.position).allocated for stock in here.lots]
        assert taken == [1, 2, 3, 4, 5, 1]


def test_opposite_orders_of_keys_do_not_deadlock(arena: Engine, races: int) -> None:
    for _ in range(races):
        shelves = [laid(arena, shelf(40)) for _ in range(4)]

        def act(session: Session, n: int, shelves: list[Shelf] = shelves) -> int:
            order = random.sample(shelves, len(shelves))
            choices = [ledger.Choice(each.lines[n], each.key, 2, 5) for each in order]
            taken = ledger.reserve_many(session, choices, at=NOON)
            by = given.under_new_command(session, order[0].by)
            postings = [posting_of(each, 0, 1) for each in random.sample(shelves, len(shelves))]
            ledger.post(session, postings, by=by, at=NOON)
            return len(taken)

        assert race(arena, [lambda session, n=n: act(session, n) for n in range(8)]) == [4] * 8
        assert [balance_of(arena, each) for each in shelves] == [(32, 16)] * 4


def test_rivals_who_open_missing_balances_do_not_deadlock(arena: Engine, races: int) -> None:
    for _ in range(races):
        here = laid(arena, shelf(1))
        with Session(arena) as session, session.begin():
            parts = [given.part(session).id for _ in range(6)]
        keys = [here.key._replace(part_id=part) for part in parts]

        def act(session: Session, keys: list[ledger.StockKey] = keys) -> int:
            wanted = random.sample(keys, 4)
            return len(ledger.lock_balances(session, wanted))

        assert race(arena, [act] * 8) == [4] * 8


def test_a_serial_received_twice_at_once_comes_in_once(arena: Engine, races: int) -> None:
    for _ in range(races):
        here = laid(arena, shelf(1))

        def act(session: Session, here: Shelf = here) -> int:
            by = given.under_new_command(session, here.by)
            lot = here.lots[0].lot_id
            serials = random.sample(["S1", "S2", "S3"], 3)
            units = ledger.open_units(session, [(here.part.id, lot, serial) for serial in serials])
            supplier = ledger.outside(ledger.Place.SUPPLIER, here.key.owner_id)
            postings = [
                replace(posting_of(here, 0, 1, here.lots[0].end), source=supplier, unit_id=unit) for unit in units
            ]
            ledger.post(session, postings, by=by, at=NOON)
            return len(units)

        answers = race(arena, [act] * 4)

        assert sorted(map(str, answers)) == ["3", "serial_elsewhere", "serial_elsewhere", "serial_elsewhere"]
        assert balance_of(arena, here) == (4, 0)


def test_receipts_that_join_a_lot_do_not_deadlock_with_its_moves(arena: Engine, races: int) -> None:
    for _ in range(races):
        here = laid(arena, shelf(9, 9))
        acts = [receiving(1), moving(1), receiving(1, 1), moving(1)] * 2

        answers = race(arena, [lambda session, act=act, here=here: act(session, here) for act in acts])

        assert answers == [None] * 8
        assert balance_of(arena, here) == (22, 0)
