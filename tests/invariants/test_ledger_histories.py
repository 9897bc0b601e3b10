"""Random histories of the ledger alone, held against a model that does one thing after the other."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Engine, TextClause, select, text
from sqlalchemy.orm import Session

from inventory import ledger
from inventory.errors import Refusal
from inventory.timeline import DocumentKind
from tests import given
from tests.given import NOON
from tests.invariants.model import Books, Given, Kept, Moved, Position, Refused, Spot
from tests.invariants.telling import require_true_ledger

pytestmark = pytest.mark.usefixtures("nobody_listens")

CHECKED = ledger.Document(DocumentKind.STOCK_CHECK, 1)
SUPPLIER, TRANSIT, LOST = Spot("supplier"), Spot("in_transit"), Spot("count_difference")
CONDITIONS = ("good", "good", "quarantine", "defective")
received_as = st.sampled_from(["good"] * 6 + ["quarantine", "defective"])
any_one = st.integers(0, 999)
mostly_first = st.sampled_from([0, 0, 0, 0, 1, 2])
some = st.integers(1, 5)
priorities = st.integers(1, 3)
sober = st.sampled_from([True] * 5 + [False])
"""Whether only what there is to be had is asked for; now and then something is, that must be refused."""

# Balances and the folds under them, counted anew from the moves and the open promises.
_WRONG = text("""
    SELECT 'on_hand' AS what, warehouse_id, part_id FROM (
        SELECT warehouse_id, part_id, on_hand AS kept FROM balance WHERE part_id = ANY(:parts)
        UNION ALL SELECT to_warehouse_id, part_id, -quantity FROM move
                  WHERE part_id = ANY(:parts) AND to_place = 'bin' AND to_condition = 'good'
        UNION ALL SELECT from_warehouse_id, part_id, quantity FROM move
                  WHERE part_id = ANY(:parts) AND from_place = 'bin' AND from_condition = 'good'
    ) AS side GROUP BY warehouse_id, part_id HAVING sum(kept) <> 0
    UNION ALL
    SELECT 'position', bin_id, lot_id FROM (
        SELECT bin_id, lot_id, unit_id, condition, on_hand AS kept FROM lot_balance WHERE part_id = ANY(:parts)
        UNION ALL SELECT to_bin_id, lot_id, unit_id, to_condition, -quantity FROM move
                  WHERE part_id = ANY(:parts) AND to_place = 'bin'
        UNION ALL SELECT from_bin_id, lot_id, unit_id, from_condition, quantity FROM move
                  WHERE part_id = ANY(:parts) AND from_place = 'bin'
    ) AS side GROUP BY bin_id, lot_id, unit_id, condition HAVING sum(kept) <> 0
    UNION ALL
    SELECT 'reserved', warehouse_id, part_id FROM (
        SELECT warehouse_id, part_id, reserved AS kept FROM balance WHERE part_id = ANY(:parts)
        UNION ALL SELECT warehouse_id, part_id, -quantity FROM reservation WHERE part_id = ANY(:parts)
    ) AS side GROUP BY warehouse_id, part_id HAVING sum(kept) <> 0
    UNION ALL
    SELECT 'with lots', id, 0 FROM (
        SELECT id, allocated AS kept FROM reservation WHERE part_id = ANY(:parts)
        UNION ALL SELECT a.reservation_id, -a.quantity FROM allocation a JOIN reservation r ON r.id = a.reservation_id
                  WHERE r.part_id = ANY(:parts)
    ) AS side GROUP BY id HAVING sum(kept) <> 0
    UNION ALL
    SELECT 'allocated', id, 0 FROM (
        SELECT id, allocated AS kept FROM lot_balance WHERE part_id = ANY(:parts)
        UNION ALL SELECT a.lot_balance_id, -a.quantity FROM allocation a JOIN lot l ON l.id = a.lot_id
                  WHERE l.part_id = ANY(:parts) AND a.quantity > 0
    ) AS side GROUP BY id HAVING sum(kept) <> 0
""")


_BALANCES = text("SELECT warehouse_id, part_id, on_hand, reserved FROM balance WHERE part_id = ANY(:parts)")
_POSITIONS = text("""
    SELECT warehouse_id, bin_id, condition, part_id, lot_id, unit_id, on_hand, allocated FROM lot_balance
    WHERE part_id = ANY(:parts)
""")
_RESERVATIONS = text("SELECT id, quantity, allocated FROM reservation WHERE part_id = ANY(:parts)")
_ALLOCATIONS = text("""
    SELECT a.id, a.quantity, a.older_free FROM allocation a JOIN lot l ON l.id = a.lot_id WHERE l.part_id = ANY(:parts)
""")


class LedgerHistory(RuleBasedStateMachine):
    """Two warehouses, two plain parts and one whose pieces have serials; everything that the ledger can do."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.books = Books()
        self.step = 0
        self.warehouses = [given.warehouse(session), given.warehouse(session)]
        self.bins = {
            one.id: [given.dock(session, one).id, given.bin(session, one).id, given.bin(session, one).id]
            for one in self.warehouses
        }
        self.parts = [given.part(session), given.part(session), given.part(session, serial_tracked=True)]
        self.owner = given.owner(session).id
        self.by = given.acting(session)
        self.line = {part.id: given.line(session, self.warehouses[0], part, 9, by=self.by).id for part in self.parts}
        self.move_ids: list[int] = []

    # The rules. Numbers are drawn and pick from what there is, so that every drawn history can be played.

    @initialize(quantities=st.tuples(some, some, some, some), days=st.permutations(range(5)))
    def receive_the_first_lots(self, quantities: tuple[int, ...], days: list[int]) -> None:
        for part, (quantity, age) in enumerate(zip((*quantities, 1), days, strict=True)):
            self.receive(warehouse=0, part=(0, 0, 0, 1, 2)[part], quantity=quantity, days=age, condition="good")
            self.step += 1

    @rule(warehouse=mostly_first, part=mostly_first, quantity=some, days=st.integers(0, 4), condition=received_as)
    def receive(self, warehouse: int, part: int, quantity: int, days: int, condition: str) -> None:
        chosen = self._pick(self.parts, part)
        received_at = NOON - timedelta(days=days)
        (lot,) = ledger.open_lots(self.session, [ledger.LotOpening(chosen.id, None, received_at)])
        self.books.born[lot] = received_at
        unit = None
        if chosen.serial_tracked:
            (unit,) = ledger.open_units(self.session, [(chosen.id, lot, f"S{self.step}")])
            quantity = 1
        spot = self._dock(warehouse, condition)
        self._play_post([Moved(chosen.id, lot, unit, quantity, SUPPLIER, spot)])

    @precondition(lambda self: self._plain_positions())
    @rule(position=any_one, quantity=some)
    def receive_more_of_a_lot(self, position: int, quantity: int) -> None:
        here = self._pick(self._plain_positions(), position)
        number = self.session.get_one(ledger.Lot, here.lot).number
        (lot,) = ledger.open_lots(self.session, [ledger.LotOpening(here.part, number, self.now)])
        assert lot == here.lot
        self._play_post([Moved(here.part, lot, None, quantity, SUPPLIER, here.spot)])

    @precondition(lambda self: self.books.stock)
    @rule(position=any_one, quantity=some, bin=any_one, condition=st.sampled_from(CONDITIONS))
    def put_away_or_set_apart(self, position: int, quantity: int, bin: int, condition: str) -> None:
        here = self._pick(list(self.books.stock), position)
        assert here.spot.warehouse is not None
        there = Spot("bin", here.spot.warehouse, self._pick(self.bins[here.spot.warehouse], bin), condition)
        if there != here.spot:
            self._play_post([self._moved(here, quantity, there)])

    @precondition(lambda self: self.books.stock)
    @rule(position=any_one, quantity=some)
    def transfer(self, position: int, quantity: int) -> None:
        here = self._pick(list(self.books.stock), position)
        other = next(one for one in self.warehouses if one.id != here.spot.warehouse)
        there = here.spot._replace(warehouse=other.id, bin=self.bins[other.id][0])
        self._play_post([self._moved(here, quantity, TRANSIT), self._moved(here, quantity, there, source=TRANSIT)])

    @rule(key=any_one, quantity=some, priority=priorities, sober=sober)
    def reserve(self, key: int, quantity: int, priority: int, sober: bool) -> None:
        keys = [(where.id, what.id) for where in self.warehouses for what in self.parts]
        free = {one: self.books.on_hand(*one) - self.books.reserved(*one) for one in keys}
        where, what = self._pick([one for one in keys if free[one] or not sober] or keys, key)
        if sober:
            quantity = max(1, min(quantity, free[where, what]))
        choice = ledger.Choice(self.line[what], ledger.StockKey(where, what, self.owner), quantity, priority)
        taken = ledger.reserve_many(self.session, [choice], at=self.now)
        assert bool(taken) == self.books.reserve(where, what, quantity), "granted although not there, or refused though"
        for one in taken:
            self.books.reservations[one.reservation_id] = Kept(
                where, what, choice.line_id, "supply", priority, self.now, quantity
            )

    @precondition(lambda self: self.books.reservations)
    @rule(first=any_one, second=any_one, at_most=st.tuples(some, some), sober=sober)
    def allocate(self, first: int, second: int, at_most: tuple[int, int], sober: bool) -> None:
        loose = {one: kept.quantity - self.books.with_lots(one) for one, kept in self.books.reservations.items()}
        names = [one for one, quantity in loose.items() if quantity or not sober] or list(loose)
        wishes = dict(zip((self._pick(names, first), self._pick(names, second)), at_most, strict=True))
        if sober:
            wishes = {one: max(1, min(quantity, loose[one])) for one, quantity in wishes.items()}
        keys = [self._key(self.books.reservations[one]) for one in wishes]

        def act(session: Session) -> list[ledger.Allocated]:
            ledger.lock_balances(session, keys)
            asked = [ledger.AllocationWish(*wish) for wish in wishes.items()]
            return ledger.allocate_oldest(session, asked, by=self.by, at=self.now)

        expected, answered = self._play(lambda: self.books.allocate(wishes), act)
        if answered is None:
            return
        told = sorted((one.reservation_id, one.bin_id, one.lot_id, one.unit_id, one.quantity) for one in answered)
        assert told == sorted(
            (reservation, position.spot.bin, position.lot, position.unit, quantity)
            for reservation, position, quantity in expected
        ), "first in, first out"
        for one in sorted(answered, key=lambda one: one.allocation_id):
            spot = Spot("bin", one.warehouse_id, one.bin_id)
            position = Position(spot, one.part_id, one.lot_id, one.unit_id)
            self.books.allocations[one.allocation_id] = Given(one.reservation_id, position, one.quantity)

    @precondition(lambda self: self.books.reservations)
    @rule(reservation=any_one, quantity=some)
    def unreserve(self, reservation: int, quantity: int) -> None:
        chosen = self._pick(list(self.books.reservations), reservation)
        self._play(
            lambda: self.books.unreserve(chosen, quantity),
            lambda session: ledger.unreserve(
                session, [(chosen, quantity)], reason="cancelled", by=self.by, at=self.now
            ),
        )

    @precondition(lambda self: self.books.allocations)
    @rule(allocation=any_one, bin=any_one)
    def carry(self, allocation: int, bin: int) -> None:
        chosen = self._pick(self._allocations(), allocation)
        warehouse = self.books.allocations[chosen].position.spot.warehouse
        assert warehouse is not None
        there = self._pick(self.bins[warehouse], bin)
        self._play(
            lambda: self.books.carry(chosen, there),
            lambda session: ledger.carry(
                session, [ledger.Carry(chosen, there, CHECKED, "picked")], by=self.by, at=self.now
            ),
        )

    @precondition(lambda self: self.books.allocations)
    @rule(allocation=any_one, quantity=some, how=st.sampled_from(["ship", "draw", "short", "damaged"]))
    def issue(self, allocation: int, quantity: int, how: str) -> None:
        chosen = self._pick(self._allocations(), allocation)
        here = self.books.allocations[chosen].position.spot
        assert here.warehouse is not None
        damaged = Spot("bin", here.warehouse, self.bins[here.warehouse][0], "defective")
        target = {"ship": TRANSIT, "draw": Spot("custody"), "short": LOST, "damaged": damaged}[how]
        self._play(
            lambda: self.books.issue(chosen, quantity, target),
            lambda session: ledger.issue(
                session,
                [ledger.Issue(chosen, quantity, self._end(target), CHECKED, how)],
                by=self.by,
                at=self.now,
            ),
        )

    @precondition(lambda self: self.books.allocations)
    @rule(allocation=any_one, position=any_one, near=st.booleans(), reason=st.sampled_from([None, "blocked aisle"]))
    def exchange(self, allocation: int, position: int, near: bool, reason: str | None) -> None:
        chosen = self._pick(self._allocations(), allocation)
        mine = self.books.allocations[chosen].position
        places = self.books.good(mine.spot.warehouse or 0, mine.part) if near else list(self.books.stock)
        there = self._pick(places, position)
        lot_balance_id = self._lot_balance(there).id
        self._play(
            lambda: self.books.exchange(chosen, there, reason),
            lambda session: ledger.exchange_lot(
                session, chosen, lot_balance_id=lot_balance_id, reason=reason, by=self.by, at=self.now
            ),
        )

    @precondition(lambda self: self.books.stock)
    @rule(position=any_one, quantity=some, apart=st.booleans())
    def lose(self, position: int, quantity: int, apart: bool) -> None:
        here = self._pick(list(self.books.stock), position)
        target = here.spot._replace(condition="quarantine") if apart and here.spot.condition == "good" else LOST
        moved = self._moved(here, quantity if here.unit is None else 1, target)
        self._play(
            lambda: self.books.take_out(moved),
            lambda session: ledger.take_out(session, [self._posting(moved)], by=self.by, at=self.now),
        )

    @precondition(lambda self: self._plain_positions())
    @rule(position=any_one, warehouse=any_one, quantity=some, priority=priorities)
    def arrive_for_a_line(self, position: int, warehouse: int, quantity: int, priority: int) -> None:
        like = self._pick(self._plain_positions(), position)
        moved = Moved(like.part, like.lot, None, quantity, TRANSIT, self._dock(warehouse, "good"))
        line = self.line[like.part]
        arrival = ledger.Arrival(self._posting(moved), line, priority)
        ledger.arrive(self.session, [arrival], by=self.by, at=self.now)
        self.books.post([moved])
        (made,) = self.session.execute(
            select(ledger.Reservation.id, ledger.Allocation.id)
            .join(ledger.Allocation, ledger.Allocation.reservation_id == ledger.Reservation.id)
            .order_by(ledger.Reservation.id.desc())
            .limit(1)
        ).all()
        there = moved.target
        assert there.warehouse is not None
        self.books.reservations[made[0]] = Kept(
            there.warehouse, like.part, line, "earmark", priority, self.now, quantity
        )
        self.books.allocations[made[1]] = Given(made[0], Position(there, like.part, like.lot, None), quantity)

    @precondition(lambda self: self.move_ids)
    @rule(move=any_one)
    def reverse(self, move: int) -> None:
        index = move % len(self.move_ids)
        move_id = self.move_ids[index]
        self._play(
            lambda: self.books.reverse(index),
            lambda session: ledger.reverse(session, move_id, reason="mistake", by=self.by, at=self.now),
        )

    # What must hold after every step, and at the end.

    @invariant()
    def touched_books_are_true(self) -> None:
        self.step += 1
        self._read_moves()
        self._compare()
        wrong = self._rows(_WRONG)
        assert not wrong, wrong

    def teardown(self) -> None:
        require_true_ledger(self.session)

    # How it is played.

    @property
    def now(self) -> datetime:
        """The instant of the step; several steps share one, as transactions may."""
        return NOON + timedelta(minutes=self.step // 3)

    def _play(self, expected: Callable[[], Any], act: Callable[[Session], Any]) -> tuple[Any, Any]:
        """Let both do it; they must both refuse with the same code, or both answer."""
        refusals: list[str | None] = [None, None]
        answered = wanted = None
        try:
            wanted = expected()
        except Refused as refusal:
            refusals[0] = str(refusal)
        try:
            with self.session.begin_nested():
                answered = act(self.session)
        except Refusal as refusal:
            refusals[1] = refusal.code
        assert refusals[1] == refusals[0], f"the ledger says {refusals[1]}, the model {refusals[0]}"
        return wanted, answered

    def _play_post(self, moves: list[Moved]) -> None:
        self._play(
            lambda: self.books.post(moves),
            lambda session: ledger.post(session, [self._posting(one) for one in moves], by=self.by, at=self.now),
        )

    def _pick(self, things: list[Any], number: int) -> Any:
        return things[number % len(things)]

    def _allocations(self) -> list[int]:
        """Those that are open, each twice, and once those that are spent."""
        names = list(self.books.allocations)
        return [one for one in names if self.books.allocations[one].quantity] * 2 + names

    def _plain_positions(self) -> list[Position]:
        return [one for one in self.books.stock if one.unit is None]

    def _dock(self, warehouse: int, condition: str) -> Spot:
        chosen = self._pick(self.warehouses, warehouse).id
        return Spot("bin", chosen, self.bins[chosen][0], condition)

    def _moved(self, here: Position, quantity: int, target: Spot, *, source: Spot | None = None) -> Moved:
        return Moved(here.part, here.lot, here.unit, 1 if here.unit else quantity, source or here.spot, target)

    def _key(self, kept: Kept) -> ledger.StockKey:
        return ledger.StockKey(kept.warehouse, kept.part, self.owner)

    def _end(self, spot: Spot) -> ledger.End:
        condition = ledger.Condition(spot.condition)
        if spot.warehouse is not None and spot.bin is not None:
            return ledger.in_bin(spot.warehouse, spot.bin, self.owner, condition)
        if spot.place == "custody":
            return ledger.in_custody(self.by.person_id, self.owner)
        return ledger.outside(ledger.Place(spot.place), self.owner)

    def _posting(self, moved: Moved) -> ledger.Posting:
        return ledger.Posting(
            moved.part,
            moved.lot,
            moved.quantity,
            self._end(moved.source),
            self._end(moved.target),
            CHECKED,
            "history",
            unit_id=moved.unit,
        )

    def _lot_balance(self, position: Position) -> ledger.LotBalance:
        unit = ledger.LotBalance.unit_id
        return self.session.scalars(
            select(ledger.LotBalance).where(
                ledger.LotBalance.bin_id == position.spot.bin,
                ledger.LotBalance.lot_id == position.lot,
                ledger.LotBalance.condition == position.spot.condition,
                unit.is_(None) if position.unit is None else unit == position.unit,
            )
        ).one()

    def _read_moves(self) -> None:
        """New moves must be those of the model, in its order."""
        known = self.move_ids[-1] if self.move_ids else 0
        new = self.session.scalars(select(ledger.Move).where(ledger.Move.id > known).order_by(ledger.Move.id)).all()
        told = [
            Moved(
                one.part_id,
                one.lot_id,
                one.unit_id,
                one.quantity,
                Spot(one.from_place.value, one.from_warehouse_id, one.from_bin_id, one.from_condition.value),
                Spot(one.to_place.value, one.to_warehouse_id, one.to_bin_id, one.to_condition.value),
            )
            for one in new
        ]
        assert told == self.books.moves[len(self.move_ids) :]
        self.move_ids.extend(one.id for one in new)

    def _compare(self) -> None:
        """Balances, positions, reservations and allocations are those of the model."""
        books = self.books
        balances = {(row.warehouse_id, row.part_id): (row.on_hand, row.reserved) for row in self._rows(_BALANCES)}
        assert balances == {one: (books.on_hand(*one), books.reserved(*one)) for one in balances}
        assert {(one.spot.warehouse, one.part) for one in books.stock if one.spot.condition == "good"} <= set(balances)
        positions = {
            Position(Spot("bin", row.warehouse_id, row.bin_id, row.condition), row.part_id, row.lot_id, row.unit_id): (
                row.on_hand,
                row.allocated,
            )
            for row in self._rows(_POSITIONS)
        }
        assert positions == {one: (on_hand, books.allocated(one)) for one, on_hand in books.stock.items()}
        kept = {row.id: (row.quantity, row.allocated) for row in self._rows(_RESERVATIONS)}
        assert kept == {one: (held.quantity, books.with_lots(one)) for one, held in books.reservations.items()}
        lots = {row.id: (row.quantity, row.older_free) for row in self._rows(_ALLOCATIONS)}
        assert lots == {one: (given.quantity, given.older_free) for one, given in books.allocations.items()}

    def _rows(self, query: TextClause) -> Sequence[Any]:
        return self.session.execute(query, {"parts": [part.id for part in self.parts]}).all()


@contextmanager
def undone(engine: Engine) -> Iterator[Session]:
    """A session whose work is rolled back at the end of the history."""
    with engine.connect() as connection:
        outer = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            yield session
        outer.rollback()


def test_every_history_of_the_ledger_is_that_of_the_model(engine: Engine, sizes: settings) -> None:
    class OneHistory(LedgerHistory):
        def __init__(self) -> None:
            self.world = undone(engine)
            super().__init__(self.world.__enter__())

        def teardown(self) -> None:
            try:
                super().teardown()
            finally:
                self.world.__exit__(None, None, None)

    run_state_machine_as_test(OneHistory, settings=sizes)
