"""Lots and units: opened at their first receipt into the network, and found again ever after."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from inventory.ledger.errors import SerialElsewhere
from inventory.ledger.models import LotBalance, Unit


@dataclass(frozen=True, slots=True)
class LotOpening:
    """A receipt that opens a lot; without a number one is made from the day and a running number."""

    part_id: int
    number: str | None
    received_at: datetime


_OPEN = text("""
    WITH opening AS (
        SELECT part_id, coalesce(number, to_char(received_at AT TIME ZONE 'UTC', 'YYMMDD') || '-'
                                         || nextval(pg_get_serial_sequence('lot', 'id'))) AS number, received_at, n
        FROM unnest(CAST(:parts AS bigint[]), CAST(:numbers AS text[]), CAST(:instants AS timestamptz[]))
             WITH ORDINALITY AS opening (part_id, number, received_at, n)
    ),
    opened AS (
        INSERT INTO lot (part_id, number, first_received_at)
        SELECT part_id, number, min(received_at) FROM opening GROUP BY part_id, number ORDER BY part_id, number
        -- A known lot keeps its first receipt; the empty update makes it come back. It names no column of a key: that
        -- lock would hold up every move of the lot, whose foreign key looks at the row.
        ON CONFLICT (part_id, number) DO UPDATE SET first_received_at = lot.first_received_at
        RETURNING id, part_id, number
    )
    SELECT opened.id FROM opening JOIN opened USING (part_id, number) ORDER BY opening.n
""")
_OPEN_UNITS = text("""
    WITH opening AS (
        SELECT * FROM unnest(CAST(:parts AS bigint[]), CAST(:lots AS bigint[]), CAST(:serials AS text[]))
             WITH ORDINALITY AS opening (part_id, lot_id, serial, n)
    ),
    opened AS (
        INSERT INTO unit (part_id, lot_id, serial) SELECT part_id, lot_id, serial FROM opening ORDER BY part_id, serial
        ON CONFLICT (part_id, serial) DO UPDATE SET lot_id = unit.lot_id
        RETURNING id, part_id, lot_id, serial
    )
    SELECT opened.id, opened.lot_id, opening.serial
    FROM opening JOIN opened USING (part_id, serial) ORDER BY opening.n
""")


def open_lots(session: Session, openings: Sequence[LotOpening]) -> list[int]:
    """The ids of the lots, in the order asked. A number that is known joins that lot, which keeps its first receipt."""
    rows = session.execute(
        _OPEN,
        {
            "parts": [one.part_id for one in openings],
            "numbers": [one.number for one in openings],
            "instants": [one.received_at for one in openings],
        },
    )
    return [row.id for row in rows]


def open_units(session: Session, units: Sequence[tuple[int, int, str]]) -> list[int]:
    """The ids of single pieces given as (part, lot, serial), in the order asked, new or known.

    Raises: SerialElsewhere when a serial is known under another lot, or lies in a bin already.
    """
    if not units:
        return []
    rows = session.execute(
        _OPEN_UNITS,
        {
            "parts": [part for part, _, _ in units],
            "lots": [lot for _, lot, _ in units],
            "serials": [serial for _, _, serial in units],
        },
    ).all()
    for row, (_, lot_id, serial) in zip(rows, units, strict=True):
        if row.lot_id != lot_id:
            raise SerialElsewhere(serial=serial)
    ids = [row.id for row in rows]
    lying = session.scalars(
        select(Unit.serial)
        .join(LotBalance, LotBalance.unit_id == Unit.id)
        .where(Unit.id.in_(ids), LotBalance.on_hand > 0)
        .order_by(Unit.serial)
    ).first()
    if lying is not None:
        raise SerialElsewhere(serial=lying)
    return ids
