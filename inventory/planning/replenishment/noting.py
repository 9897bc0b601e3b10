"""Notes that parts are to be looked at at once: the position of one of their urgent places was lowered.

The database writes them, in the statement that takes stock, lets a line wait, calls an order off or shortens it, or
loses what was sent (migrations 0021 and 0025): they commit with what they tell of, and cost whoever asked no round
trip. A note stands until all that follows from it is done, so that nothing is lost with a process; doing it twice
orders nothing twice.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from sqlalchemy import BigInteger, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from inventory.db import Base, Id, Instant

NOTES_AT_ONCE: Final = 500
"""What one transaction refills: nobody else works out needs while it lasts."""


class UrgentNote(Base):
    """A part of which an urgent place was lowered to its reorder point or further, perhaps."""

    __tablename__ = "urgent_note"

    id: Mapped[Id]
    part_id: Mapped[int] = mapped_column(BigInteger)
    noted_at: Mapped[Instant] = mapped_column(server_default=text("now()"))


class Noted(NamedTuple):
    """Notes by id, and the part that each names."""

    notes: dict[int, int]

    @property
    def ids(self) -> list[int]:
        """The notes, oldest first."""
        return list(self.notes)

    @property
    def part_ids(self) -> list[int]:
        """The parts that they name, each once, ascending."""
        return sorted(set(self.notes.values()))

    def by_part(self) -> "list[Noted]":
        """The notes of each part by themselves."""
        return [Noted({id: part_id for id, part_id in self.notes.items() if part_id == one}) for one in self.part_ids]


def list_noted(session: Session, *, after: int = 0) -> Noted:
    """The oldest notes after one, so many at once."""
    query = select(UrgentNote.id, UrgentNote.part_id).where(UrgentNote.id > after).order_by(UrgentNote.id)
    return Noted({row.id: row.part_id for row in session.execute(query.limit(NOTES_AT_ONCE))})


def forget_noted(session: Session, ids: Sequence[int]) -> None:
    """Forget notes: what follows from them is done."""
    session.execute(text("DELETE FROM urgent_note WHERE id = ANY(CAST(:ids AS bigint[]))"), {"ids": list(ids)})
