"""What a scan names at a warehouse: a bin or a part there, with what is on hand. One statement: scanners wait."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from inventory.actor import Actor
from inventory.db import returning
from inventory.errors import NotFound
from inventory.identity import Permission
from inventory.warehousing.scanning import as_gtin


@dataclass(frozen=True, slots=True)
class RecognisedBin:
    """A bin of the warehouse, and how much lies in it of whatever."""

    code: str
    on_hand: int


@dataclass(frozen=True, slots=True)
class RecognisedPart:
    """A part, with the good stock that the warehouse has of it and how much of that nobody set aside."""

    part_id: int
    number: str
    name_zh: str
    name_en: str
    on_hand: int
    available: int


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a scan names at a warehouse: one thing, both, or nothing."""

    bin: RecognisedBin | None
    part: RecognisedPart | None


# A bin's code may be typed in small letters; a part number goes before a GTIN.
_RECOGNISE = returning(
    "warehouse_id bin_code bin_on_hand part_id number name_zh name_en on_hand available",
    """
    SELECT w.id, found.code, found.on_hand, part.id, part.number, part.name_zh, part.name_en, stock.on_hand,
           stock.available
    FROM warehouse w
    LEFT JOIN LATERAL (
        SELECT b.code,
               (SELECT CAST(coalesce(sum(on_hand), 0) AS bigint) FROM lot_balance WHERE bin_id = b.id) AS on_hand
        FROM bin b WHERE b.warehouse_id = w.id AND b.code IN (CAST(:bin AS text), upper(:bin))
        ORDER BY b.code <> :bin, b.id LIMIT 1
    ) found ON true
    LEFT JOIN LATERAL (
        SELECT p.id, p.number, p.name_zh, p.name_en
        FROM part p WHERE p.number = CAST(:part AS text) OR p.gtin = CAST(:gtin AS text)
        ORDER BY p.number <> :part LIMIT 1
    ) part ON true
    LEFT JOIN LATERAL (
        SELECT CAST(coalesce(sum(b.on_hand), 0) AS bigint) AS on_hand,
               CAST(coalesce(sum(b.on_hand - b.reserved), 0) AS bigint) AS available
        FROM balance b WHERE b.warehouse_id = w.id AND b.part_id = part.id
    ) stock ON true
    WHERE w.code = :warehouse
    """,
)


def recognise(session: Session, warehouse: str, *, bin_code: str | None, part: str | None, by: Actor) -> Recognised:
    """What the texts of a scan name at a warehouse: the code of a bin, the number or GTIN of a part.

    Raises: NotPermitted; NotFound for a warehouse that is unknown or foreign.
    """
    by.require(Permission.SEE_STOCK)
    row = session.execute(
        _RECOGNISE,
        {
            "warehouse": warehouse,
            "bin": bin_code and bin_code.strip(),
            "part": part and part.strip(),
            "gtin": part and as_gtin(part.strip()),
        },
    ).one_or_none()
    if row is None or not by.may(Permission.SEE_STOCK, row.warehouse_id):
        raise NotFound(warehouse=warehouse)
    return Recognised(
        bin=None if row.bin_code is None else RecognisedBin(*row[1:3]),
        part=None if row.part_id is None else RecognisedPart(*row[3:]),
    )
