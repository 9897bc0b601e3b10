"""What the ledger lets higher contexts know."""

from dataclasses import dataclass
from datetime import datetime

from inventory.actor import Actor
from inventory.ledger.ends import StockKey


@dataclass(frozen=True, slots=True)
class StockAvailable:
    """Good stock became free under these keys; their balance rows are locked by this transaction."""

    keys: tuple[StockKey, ...]
    by: Actor
    at: datetime


@dataclass(frozen=True, slots=True)
class FreedAllocation:
    """So much of an allocation was given up; `reservation_kept` tells whether the stock stays set aside."""

    allocation_id: int
    reservation_id: int
    line_id: int
    quantity: int
    reservation_kept: bool


@dataclass(frozen=True, slots=True)
class AllocationsFreed:
    """Lots that were given to reservations are no longer: whoever works on them is to stop."""

    allocations: tuple[FreedAllocation, ...]
    reason: str
    by: Actor
    at: datetime


@dataclass(frozen=True, slots=True)
class DisplacedReservation:
    """So much of a reservation fell because the stock under it is gone; `allocated` of it had lots."""

    reservation_id: int
    line_id: int
    quantity: int
    allocated: int
    earmark: bool


@dataclass(frozen=True, slots=True)
class ReservationsDisplaced:
    """Reservations fell, lowest priority and last in first; their lines are to be sourced anew."""

    reservations: tuple[DisplacedReservation, ...]
    reason: str
    by: Actor
    at: datetime
