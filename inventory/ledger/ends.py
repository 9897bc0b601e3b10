"""The words of a posting: ends, documents, keys, and the moves and settings-aside that are asked of the ledger."""

from dataclasses import dataclass
from typing import NamedTuple

from inventory.ledger.models import Condition, Place, Purpose
from inventory.timeline import DocumentKind


class StockKey(NamedTuple):
    """A part of an owner in a warehouse: the balance row, in the order in which such rows are locked."""

    warehouse_id: int
    part_id: int
    owner_id: int


@dataclass(frozen=True, slots=True)
class End:
    """One end of a move: a place with a condition and an owner."""

    place: Place
    owner_id: int
    condition: Condition = Condition.GOOD
    warehouse_id: int | None = None
    bin_id: int | None = None
    holder_id: int | None = None


def in_bin(warehouse_id: int, bin_id: int, owner_id: int, condition: Condition = Condition.GOOD) -> End:
    """A bin of a warehouse."""
    return End(Place.BIN, owner_id, condition, warehouse_id=warehouse_id, bin_id=bin_id)


def outside(place: Place, owner_id: int, condition: Condition = Condition.GOOD) -> End:
    """A place that is no bin and nobody's custody: supplier, in transit, fitted, scrap ..."""
    return End(place, owner_id, condition)


def in_custody(person_id: int, owner_id: int, condition: Condition = Condition.GOOD) -> End:
    """What an engineer carries."""
    return End(Place.CUSTODY, owner_id, condition, holder_id=person_id)


@dataclass(frozen=True, slots=True)
class Document:
    """The document that a move belongs to."""

    kind: DocumentKind
    id: int


@dataclass(frozen=True, slots=True)
class Posting:
    """A move to be made: so many base units of a lot from one end to the other."""

    part_id: int
    lot_id: int
    quantity: int
    source: End
    target: End
    document: Document
    reason: str
    unit_id: int | None = None
    reverses_id: int | None = None


@dataclass(frozen=True, slots=True)
class Arrival:
    """Stock that comes into a bin for a request line and is set aside for it at once."""

    posting: Posting
    line_id: int
    priority: int


@dataclass(frozen=True, slots=True)
class Choice:
    """So much of a part to be set aside in one warehouse for one line. A line names a key once a call."""

    line_id: int
    key: StockKey
    quantity: int
    priority: int
    purpose: Purpose = Purpose.SUPPLY


@dataclass(frozen=True, slots=True)
class Taken:
    """A choice that was granted, and the reservation that holds it."""

    reservation_id: int
    choice: Choice


@dataclass(frozen=True, slots=True)
class AllocationWish:
    """So much of a reservation to be given lots."""

    reservation_id: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Allocated:
    """A quantity of one lot in one bin, given to a reservation."""

    allocation_id: int
    reservation_id: int
    line_id: int
    warehouse_id: int
    part_id: int
    owner_id: int
    lot_balance_id: int
    lot_id: int
    unit_id: int | None
    bin_id: int
    bin_code: str
    pick_sequence: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Carry:
    """Allocated stock, the whole of the allocation, to be carried to another bin of its warehouse."""

    allocation_id: int
    bin_id: int
    document: Document
    reason: str


@dataclass(frozen=True, slots=True)
class Issue:
    """So much allocated stock that leaves: shipped, drawn, found missing or damaged."""

    allocation_id: int
    quantity: int
    target: End
    document: Document
    reason: str
