"""The ledger as a few dictionaries: one act after the other, no database, no locks, no cleverness.

It says what each act of `inventory.ledger` must answer and what the books must be afterwards. Everything is counted
anew from positions and reservations; nothing is kept twice.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple


class Refused(Exception):
    """The act is refused with this code and changes nothing."""


class Spot(NamedTuple):
    """An end of a move: a bin with a condition, or a place outside with `warehouse` and `bin` None."""

    place: str
    warehouse: int | None = None
    bin: int | None = None
    condition: str = "good"


class Position(NamedTuple):
    """Where stock lies: a spot in a bin, the lot, and the piece if it has a serial."""

    spot: Spot
    part: int
    lot: int
    unit: int | None


class Moved(NamedTuple):
    """A move as the ledger must have written it."""

    part: int
    lot: int
    unit: int | None
    quantity: int
    source: Spot
    target: Spot


@dataclass
class Kept:
    """A reservation."""

    warehouse: int
    part: int
    line: int
    purpose: str
    priority: int
    reserved_at: datetime
    quantity: int


@dataclass
class Given:
    """An allocation: so much of a reservation that lies at a position."""

    reservation: int
    position: Position
    quantity: int
    older_free: int = 0


@dataclass
class Books:
    """The whole ledger. Dictionaries keep the order in which things came to be, as ids do."""

    born: dict[int, datetime] = field(default_factory=dict)
    stock: dict[Position, int] = field(default_factory=dict)
    reservations: dict[int, Kept] = field(default_factory=dict)
    allocations: dict[int, Given] = field(default_factory=dict)
    moves: list[Moved] = field(default_factory=list)
    reversed_moves: set[int] = field(default_factory=set)

    # What the figures are.

    def allocated(self, position: Position) -> int:
        return sum(one.quantity for one in self.allocations.values() if one.position == position)

    def free(self, position: Position) -> int:
        return self.stock.get(position, 0) - self.allocated(position)

    def on_hand(self, warehouse: int, part: int) -> int:
        return sum(self.stock[one] for one in self.good(warehouse, part))

    def reserved(self, warehouse: int, part: int) -> int:
        return sum(one.quantity for one in self.reservations.values() if (one.warehouse, one.part) == (warehouse, part))

    def with_lots(self, reservation: int) -> int:
        return sum(one.quantity for one in self.allocations.values() if one.reservation == reservation)

    def good(self, warehouse: int, part: int) -> list[Position]:
        """Good stock of a part in a warehouse, in the order in which it is to be taken."""
        found = [
            one
            for one in self.stock
            if one.part == part and one.spot.warehouse == warehouse and one.spot.condition == "good"
        ]
        return sorted(found, key=lambda one: (self.born[one.lot], one.lot))

    # What can be done.

    def post(self, moves: Iterable[Moved]) -> None:
        """Move free stock; a piece only from where it is."""
        moves = list(moves)
        self._require_pieces(moves)
        for position, change in self._changes(moves).items():
            if change < 0 and self.free(position) < -change:
                raise Refused("insufficient_stock")
        for (warehouse, part), change in self._balance_changes(moves).items():
            if self.on_hand(warehouse, part) + change < self.reserved(warehouse, part):
                raise Refused("insufficient_stock")
        self._write(moves)

    def reserve(self, warehouse: int, part: int, quantity: int) -> bool:
        """Whether so much can be set aside; `keep` then does it under the id that the ledger gave."""
        return self.on_hand(warehouse, part) - self.reserved(warehouse, part) >= quantity

    def allocate(self, wishes: dict[int, int]) -> list[tuple[int, Position, int]]:
        """Which lots the reservations get: the most urgent the oldest."""
        for reservation, quantity in wishes.items():
            if self.reservations[reservation].quantity - self.with_lots(reservation) < quantity:
                raise Refused("allocation_spent")
        free = {position: self.free(position) for position in self.stock}
        shares = []
        for reservation in sorted(wishes, key=lambda one: self._urgency(one)[1:]):
            kept, left = self.reservations[reservation], wishes[reservation]
            for position in self.good(kept.warehouse, kept.part):
                taken = min(left, free[position])
                if taken:
                    shares.append((reservation, position, taken))
                    free[position] -= taken
                    left -= taken
        return shares

    def unreserve(self, reservation: int, quantity: int) -> None:
        """Give back: what has no lots first, then the newest lots."""
        if self.reservations[reservation].quantity < quantity:
            raise Refused("reservation_spent")
        self._cut(reservation, quantity)

    def carry(self, allocation: int, bin: int) -> None:
        """Take allocated stock to another bin."""
        given = self._open(allocation, 1)
        here = given.position
        there = here._replace(spot=here.spot._replace(bin=bin))
        if there != here:
            self._write([Moved(here.part, here.lot, here.unit, given.quantity, here.spot, there.spot)])
            given.position = there

    def issue(self, allocation: int, quantity: int, target: Spot) -> None:
        """Let allocated stock leave."""
        given = self._open(allocation, quantity)
        here = given.position
        given.quantity -= quantity
        self.reservations[given.reservation].quantity -= quantity
        self._write([Moved(here.part, here.lot, here.unit, quantity, here.spot, target)])

    def exchange(self, allocation: int, position: Position, reason: str | None) -> None:
        """Give an allocation other stock."""
        given = self._open(allocation, 1)
        here = given.position
        warehouse = position.spot.warehouse
        assert warehouse is not None
        older = sum(
            self.free(one) + (given.quantity if one == here else 0)
            for one in self.good(warehouse, position.part)
            if (self.born[one.lot], one.lot) < (self.born[position.lot], position.lot)
        )
        if older and not reason:
            raise Refused("older_stock_passed_over")
        same_stock = (here.spot.warehouse, here.part) == (warehouse, position.part)
        if position == here or not same_stock or position.spot.condition != "good":
            raise Refused("lot_not_free")
        if self.free(position) < given.quantity:
            raise Refused("lot_not_free")
        given.position, given.older_free = position, older

    def take_out(self, move: Moved) -> None:
        """Stock is gone: its lots are freed, earmarks fall with their part, then promises fall, least urgent first."""
        position = self._at(move, move.source)
        if self.stock.get(position, 0) < move.quantity:
            raise Refused("insufficient_stock")
        short = move.quantity - self.free(position)
        for allocation in self._least_urgent_lots(position):
            given = self.allocations[allocation]
            freed = max(0, min(short, given.quantity))
            given.quantity -= freed
            short -= freed
            if self.reservations[given.reservation].purpose == "earmark":
                self.reservations[given.reservation].quantity -= freed
        warehouse, part = position.spot.warehouse, position.part
        assert warehouse is not None
        if position.spot.condition == "good":
            missing = self.reserved(warehouse, part) - (self.on_hand(warehouse, part) - move.quantity)
            for reservation in sorted(self.reservations, key=self._urgency, reverse=True):
                kept = self.reservations[reservation]
                if (kept.warehouse, kept.part) == (warehouse, part) and missing > 0:
                    fall = min(missing, kept.quantity)
                    self._cut(reservation, fall)
                    missing -= fall
        self._write([move])

    def reverse(self, index: int) -> None:
        """Undo a move."""
        if index in self.reversed_moves:
            raise Refused("move_already_reversed")
        first = self.moves[index]
        self.post([first._replace(source=first.target, target=first.source)])
        self.reversed_moves.add(index)

    # How it is done.

    def _require_pieces(self, moves: list[Moved]) -> None:
        last = {move.unit: move.target for move in self.moves}
        for move in moves:
            if move.unit is None:
                continue
            if last.get(move.unit, move.source) != move.source:
                raise Refused("insufficient_stock" if move.source.place == "bin" else "serial_elsewhere")
            last[move.unit] = move.target

    def _cut(self, reservation: int, quantity: int) -> None:
        kept = self.reservations[reservation]
        from_lots = max(0, quantity - (kept.quantity - self.with_lots(reservation)))
        kept.quantity -= quantity
        newest_first = sorted(
            (one for one, given in self.allocations.items() if given.reservation == reservation),
            key=lambda one: (self.born[self.allocations[one].position.lot], self.allocations[one].position.lot, one),
            reverse=True,
        )
        for allocation in newest_first:
            given = self.allocations[allocation]
            freed = min(from_lots, given.quantity)
            given.quantity -= freed
            from_lots -= freed

    def _open(self, allocation: int, quantity: int) -> Given:
        given = self.allocations[allocation]
        if given.quantity < quantity:
            raise Refused("allocation_spent")
        return given

    def _urgency(self, reservation: int) -> tuple[bool, int, datetime, int]:
        """The reverse of the order in which reservations fall; without its first member, the order of service."""
        kept = self.reservations[reservation]
        return (kept.purpose != "earmark", kept.priority, kept.reserved_at, reservation)

    def _least_urgent_lots(self, position: Position) -> list[int]:
        lying = [one for one, given in self.allocations.items() if given.position == position]

        def urgency(allocation: int) -> tuple[object, ...]:
            return (*self._urgency(self.allocations[allocation].reservation)[:3], allocation)

        return sorted(lying, key=urgency, reverse=True)

    def _at(self, move: Moved, spot: Spot) -> Position:
        return Position(spot, move.part, move.lot, move.unit)

    def _changes(self, moves: Iterable[Moved]) -> Counter[Position]:
        changes: Counter[Position] = Counter()
        for move in moves:
            for spot, change in ((move.source, -move.quantity), (move.target, move.quantity)):
                if spot.place == "bin":
                    changes[self._at(move, spot)] += change
        return changes

    def _balance_changes(self, moves: Iterable[Moved]) -> Counter[tuple[int, int]]:
        changes: Counter[tuple[int, int]] = Counter()
        for position, change in self._changes(moves).items():
            if position.spot.condition == "good" and position.spot.warehouse is not None:
                changes[position.spot.warehouse, position.part] += change
        return changes

    def _write(self, moves: Iterable[Moved]) -> None:
        moves = list(moves)
        for position, change in self._changes(moves).items():
            self.stock[position] = self.stock.get(position, 0) + change
        self.moves.extend(moves)
