"""Giving up what was set aside: the one statement that lowers reservations, allocations and their balances together."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from inventory.ledger.announcements import FreedAllocation
from inventory.ledger.ends import StockKey
from inventory.ledger.models import Purpose


@dataclass(frozen=True, slots=True)
class OpenAllocation:
    """Lots given to a reservation, as they stand under the balance lock."""

    allocation_id: int
    quantity: int


@dataclass(frozen=True, slots=True)
class OpenReservation:
    """A reservation under the balance lock, with its allocations, those of the newest lots first."""

    reservation_id: int
    line_id: int
    key: StockKey
    purpose: Purpose
    quantity: int
    allocations: tuple[OpenAllocation, ...]

    @property
    def allocated(self) -> int:
        """How much of it has lots."""
        return sum(one.quantity for one in self.allocations)


@dataclass(frozen=True, slots=True)
class Cut:
    """What is taken from one reservation: `loose` of the share without lots, `lots` of the share with them.

    `kept` tells that only the lots are given up and the quantity stays set aside.
    """

    reservation: OpenReservation
    loose: int
    lots: tuple[tuple[int, int], ...]
    kept: bool = False

    @property
    def from_lots(self) -> int:
        """How much of the allocated share falls."""
        return sum(quantity for _, quantity in self.lots)

    @property
    def falls(self) -> int:
        """By how much the reservation falls."""
        return 0 if self.kept else self.loose + self.from_lots

    @property
    def freed(self) -> tuple[FreedAllocation, ...]:
        """The allocations given up, as they are announced."""
        return tuple(
            FreedAllocation(
                allocation_id, self.reservation.reservation_id, self.reservation.line_id, quantity, self.kept
            )
            for allocation_id, quantity in self.lots
        )


_OPEN = """
    SELECT r.id, r.line_id, r.warehouse_id, r.part_id, r.owner_id, r.purpose, r.quantity,
           array_remove(array_agg(a.id ORDER BY l.first_received_at DESC, l.id DESC, a.id DESC), NULL)
               AS allocations,
           array_remove(array_agg(a.quantity ORDER BY l.first_received_at DESC, l.id DESC, a.id DESC), NULL)
               AS allocated
    FROM reservation r
    LEFT JOIN allocation a ON a.reservation_id = r.id AND a.quantity > 0
    LEFT JOIN lot l ON l.id = a.lot_id
    WHERE r.quantity > 0 AND {which}
    GROUP BY r.id
    ORDER BY {order}
"""
_BY_ID = text(_OPEN.format(which="r.id = ANY(CAST(:ids AS bigint[]))", order="r.id"))
_UNDER_KEYS = (
    "(r.warehouse_id, r.part_id, r.owner_id) IN (SELECT * FROM unnest(CAST(:warehouses AS bigint[]), "
    "CAST(:parts AS bigint[]), CAST(:owners AS bigint[])))"
)
# Nobody waits for a transfer: it falls first. An earmark is for somebody who was told that the part is there: it falls
# last.
FALLS_FIRST = "r.purpose <> 'transfer', r.purpose = 'earmark', r.priority DESC, r.reserved_at DESC"
_BY_KEY = text(_OPEN.format(which=_UNDER_KEYS, order=f"{FALLS_FIRST}, r.id DESC"))
_YIELDING = text(
    _OPEN.format(
        which=f"{_UNDER_KEYS} AND r.purpose = 'transfer' AND r.quantity > r.allocated",
        order="r.reserved_at DESC, r.id DESC",
    )
)
_GIVE_UP = text("""
    WITH cut AS (
        SELECT a.id, a.lot_balance_id, cut.quantity
        FROM unnest(CAST(:allocations AS bigint[]), CAST(:cuts AS bigint[])) AS cut (id, quantity)
        JOIN allocation a ON a.id = cut.id
    ),
    allocation_cut AS (
        UPDATE allocation a SET quantity = a.quantity - cut.quantity,
               lot_balance_id = CASE WHEN a.quantity > cut.quantity THEN a.lot_balance_id END
        FROM cut WHERE a.id = cut.id
    ),
    lot_freed AS (
        UPDATE lot_balance b SET allocated = b.allocated - freed.quantity
        FROM (SELECT lot_balance_id, sum(quantity) AS quantity FROM cut GROUP BY lot_balance_id) freed
        WHERE b.id = freed.lot_balance_id
    ),
    reservation_cut AS (
        UPDATE reservation r SET quantity = r.quantity - fall.quantity, allocated = r.allocated - fall.allocated
        FROM unnest(CAST(:reservations AS bigint[]), CAST(:falls AS bigint[]), CAST(:unallocated AS bigint[]))
             AS fall (id, quantity, allocated)
        WHERE r.id = fall.id
    )
    UPDATE balance b SET reserved = b.reserved - fall.quantity
    FROM unnest(CAST(:warehouses AS bigint[]), CAST(:parts AS bigint[]), CAST(:owners AS bigint[]),
                CAST(:freed AS bigint[])) AS fall (warehouse_id, part_id, owner_id, quantity)
    WHERE b.warehouse_id = fall.warehouse_id AND b.part_id = fall.part_id AND b.owner_id = fall.owner_id
""")


def open_reservations(session: Session, reservation_ids: Iterable[int]) -> list[OpenReservation]:
    """The reservations as they stand; their balance rows are held by the caller."""
    return _read(session.execute(_BY_ID, {"ids": list(reservation_ids)}))


def reservations_to_displace(session: Session, keys: Sequence[StockKey]) -> list[OpenReservation]:
    """What is set aside under the keys, in the order in which it falls: lowest priority and last in first."""
    return _read(session.execute(_BY_KEY, _columns(keys)))


def yielding_reservations(session: Session, keys: Sequence[StockKey]) -> list[OpenReservation]:
    """What is set aside under the keys for transfers and has no lots yet, some of it at least; the last in first."""
    return _read(session.execute(_YIELDING, _columns(keys)))


def cut_of(reservation: OpenReservation, quantity: int) -> Cut:
    """Take a quantity off a reservation: what has no lots yet first, then the newest lots."""
    loose = min(quantity, reservation.quantity - reservation.allocated)
    lots, left = [], quantity - loose
    for one in reservation.allocations:
        if left == 0:
            break
        lots.append((one.allocation_id, min(left, one.quantity)))
        left -= lots[-1][1]
    return Cut(reservation, loose, tuple(lots))


def give_up(session: Session, cuts: Sequence[Cut]) -> None:
    """Write the cuts: allocations, lot positions, reservations and balances fall together."""
    falls: dict[StockKey, int] = defaultdict(int)
    for cut in cuts:
        falls[cut.reservation.key] += cut.falls
    lots = [lot for cut in cuts for lot in cut.lots]
    session.execute(
        _GIVE_UP,
        {
            "allocations": [allocation_id for allocation_id, _ in lots],
            "cuts": [quantity for _, quantity in lots],
            "reservations": [cut.reservation.reservation_id for cut in cuts],
            "falls": [cut.falls for cut in cuts],
            "unallocated": [cut.from_lots for cut in cuts],
            "warehouses": [key.warehouse_id for key in falls],
            "parts": [key.part_id for key in falls],
            "owners": [key.owner_id for key in falls],
            "freed": list(falls.values()),
        },
    )


def _columns(keys: Sequence[StockKey]) -> dict[str, list[int]]:
    return {
        "warehouses": [key.warehouse_id for key in keys],
        "parts": [key.part_id for key in keys],
        "owners": [key.owner_id for key in keys],
    }


def _read(rows: Iterable[Any]) -> list[OpenReservation]:
    return [
        OpenReservation(
            reservation_id=row.id,
            line_id=row.line_id,
            key=StockKey(row.warehouse_id, row.part_id, row.owner_id),
            purpose=Purpose(row.purpose),
            quantity=row.quantity,
            allocations=tuple(map(OpenAllocation, row.allocations, row.allocated)),
        )
        for row in rows
    ]
