"""Parts by the codes that name them."""

from collections.abc import Iterable, Sequence

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from inventory.catalogue.models import Part
from inventory.errors import NotFound

GTIN_LENGTHS = frozenset({8, 12, 13, 14})

_BY_NUMBER = select(Part).where(Part.number == bindparam("number"))
_BY_GTIN = select(Part).where(Part.gtin == bindparam("gtin"))


def find_part(session: Session, number: str) -> Part | None:
    """The part of exactly this number, if there is one."""
    return session.scalar(_BY_NUMBER, {"number": number})


def get_part(session: Session, number: str) -> Part:
    """The part of exactly this number.

    Raises: NotFound when there is none.
    """
    part = find_part(session, number)
    if part is None:
        raise NotFound(part=number)
    return part


def find_part_by_gtin(session: Session, gtin: str) -> Part | None:
    """The part of this GTIN, written with 8, 12, 13 or 14 digits, if there is one."""
    return session.scalar(_BY_GTIN, {"gtin": gtin.zfill(14)})


def list_parts(session: Session, part_ids: Iterable[int]) -> Sequence[Part]:
    """The parts of these ids, by number."""
    return session.scalars(select(Part).where(Part.id.in_(list(part_ids))).order_by(Part.number)).all()
