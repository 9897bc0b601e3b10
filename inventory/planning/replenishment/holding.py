"""Who works out needs at once, and what is held meanwhile: a need that two saw at once would be ordered twice.

Pieces of a run look each at parts of their own and go side by side; who refills urgent places may look at any part and
goes alone. Both hold what is proposed for their parts, due or ahead, before they read the books: what somebody decides
about it stands in the books already, or is decided when they are done.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from inventory.planning.policies import Places
from inventory.planning.replenishment.layout import Layout
from inventory.planning.replenishment.models import Held, ProposalKind
from inventory.planning.replenishment.rebalancing import EditedMoves
from inventory.planning.replenishment.resting import KINDS

MOVED = (ProposalKind.REBALANCING, ProposalKind.EXCESS_RETURN)
_SIDE_BY_SIDE = text("SELECT pg_advisory_xact_lock_shared(hashtextextended('needs worked out', 0))")
_ALONE = text("SELECT pg_advisory_xact_lock(hashtextextended('needs worked out', 0))")
_HOLD = text("""
    SELECT run_id, part_id, warehouse_id, source_id, kind, held, quantity,
           edited_quantity IS NOT NULL AS edited, status = 'open' AS due FROM proposal
    WHERE status IN ('open', 'ahead') AND part_id = ANY(CAST(:parts AS bigint[])) ORDER BY id FOR UPDATE
""")


class OpenProposal(NamedTuple):
    """An open proposal: by which run, what is to be moved or bought, and why it waits for a person if it does."""

    run_id: int
    part_id: int
    warehouse_id: int
    source_id: int | None
    kind: ProposalKind
    held: Held | None
    quantity: int

    @property
    def place_id(self) -> int:
        """The place that it is about."""
        if self.kind is ProposalKind.EXCESS_RETURN and self.source_id is not None:
            return self.source_id
        return self.warehouse_id


def work_side_by_side(session: Session, part_ids: Sequence[int]) -> list[OpenProposal]:
    """Until the transaction ends nobody else works out needs of these parts, given that pieces share no part.

    Those of their open proposals on which somebody wrote another quantity.
    """
    session.execute(_SIDE_BY_SIDE)
    held = session.execute(_HOLD, {"parts": list(part_ids)})
    return [_told(row) for row in held if row.due and row.edited]


def take_turn(session: Session) -> None:
    """Wait until nobody else works out any needs; until the transaction ends nobody does."""
    session.execute(_ALONE)


def work_alone(session: Session, part_ids: Sequence[int]) -> list[OpenProposal]:
    """Until the transaction ends nobody else works out any needs; the open proposals of some parts."""
    take_turn(session)
    return [_told(row) for row in session.execute(_HOLD, {"parts": list(part_ids)}) if row.due]


def _told(row: Row[Any]) -> OpenProposal:
    held = None if row.held is None else Held(row.held)
    return OpenProposal(
        row.run_id, row.part_id, row.warehouse_id, row.source_id, ProposalKind(row.kind), held, row.quantity
    )


def edited_in(standing: Sequence[OpenProposal], layout: Layout, places: Places) -> EditedMoves:
    """Which moves of a layout somebody edited, of open proposals that somebody edited."""
    moves = [one for one in standing if one.kind in MOVED]
    parts = np.array([one.part_id for one in moves], dtype=np.int64)
    at, which = layout.find(parts, np.array([one.place_id for one in moves], dtype=np.int64), places)
    return EditedMoves(np.array([KINDS.index(moves[one].kind) for one in which], dtype=np.int8), at)
