"""Who works out needs at once, and what is held meanwhile: a need that two saw at once would be ordered twice.

Pieces of a run look each at parts of their own and go side by side; who refills urgent places may look at any part and
goes alone. Both hold the open proposals of their parts before they read the books: what somebody decides about them
stands in the books already, or is decided when they are done.
"""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session

from inventory.planning.replenishment.models import Held, ProposalKind

_SIDE_BY_SIDE = text("SELECT pg_advisory_xact_lock_shared(hashtextextended('needs worked out', 0))")
_ALONE = text("SELECT pg_advisory_xact_lock(hashtextextended('needs worked out', 0))")
_HOLD = text("""
    SELECT part_id, warehouse_id, source_id, kind, held, coalesce(edited_quantity, quantity) AS wanted FROM proposal
    WHERE status = 'open' AND part_id = ANY(CAST(:parts AS bigint[])) ORDER BY id FOR UPDATE
""")


class OpenProposal(NamedTuple):
    """An open proposal: what is to be moved or bought, and why it waits for a person if it does."""

    part_id: int
    warehouse_id: int
    source_id: int | None
    kind: ProposalKind
    held: Held | None
    wanted: int


def work_side_by_side(session: Session, part_ids: Sequence[int]) -> None:
    """Until the transaction ends nobody else works out needs of these parts, given that pieces share no part."""
    session.execute(_SIDE_BY_SIDE)
    session.execute(_HOLD, {"parts": list(part_ids)})


def work_alone(session: Session, part_ids: Sequence[int]) -> list[OpenProposal]:
    """Until the transaction ends nobody else works out any needs; the open proposals of some parts."""
    session.execute(_ALONE)
    return [
        OpenProposal(
            row.part_id,
            row.warehouse_id,
            row.source_id,
            ProposalKind(row.kind),
            None if row.held is None else Held(row.held),
            row.wanted,
        )
        for row in session.execute(_HOLD, {"parts": list(part_ids)})
    ]
