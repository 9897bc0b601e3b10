"""Placing needs: read candidates, rank them, set stock aside; what a rival took first is ranked again."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from inventory import ledger
from inventory.actor import Actor
from inventory.ledger import Allocated, AllocationWish, Purpose, StockKey, Taken
from inventory.sourcing.candidates import list_candidates, list_yielding
from inventory.sourcing.models import DeliveryClass
from inventory.sourcing.promises import PromisedShare, due, is_urgent
from inventory.sourcing.ranking import Candidate, Need, rank

RANKINGS_MAX = 3
"""How often a need that lost to a rival is ranked again before it becomes a back-order."""


# A need that is about to wait and the goods for it may pass each other: neither transaction sees the other's rows. So
# both come to the lock of the part asked for, who waits (shared) and who brings goods (exclusive): the later one waits
# for the other to commit, and then sees it.
_MEET_GOODS = text("""
    SELECT pg_advisory_xact_lock_shared(hashtextextended('part asked for', part_id))
    FROM (SELECT DISTINCT part_id FROM unnest(CAST(:parts AS bigint[])) AS asked (part_id) ORDER BY part_id) asked
""")
_MEET_NEEDS = text("""
    SELECT pg_advisory_xact_lock(hashtextextended('part asked for', part_id))
    FROM (SELECT part_id FROM unnest(CAST(:parts AS bigint[])) AS supplied (part_id)
          UNION SELECT asked_part_id FROM usable_part WHERE usable_part_id = ANY(CAST(:parts AS bigint[]))
          ORDER BY part_id) asked
""")


@dataclass(frozen=True, slots=True)
class Placement:
    """Stock set aside for a share of a line: the reservation, and the class and hours of its source."""

    line_id: int
    reservation_id: int
    key: StockKey
    source_code: str
    part_number: str
    quantity: int
    priority: int
    purpose: Purpose
    delivery_class: DeliveryClass
    hours: int

    @property
    def urgent(self) -> bool:
        """Whether it goes to the floor in the same breath."""
        return self.purpose is Purpose.SUPPLY and is_urgent(self.delivery_class, self.priority)


def place(
    session: Session, needs: Sequence[Need], candidates: Sequence[Candidate], *, at: datetime
) -> tuple[list[Placement], list[Need]]:
    """Set stock aside for the needs and tell what stays without: soonest promise first, then nearest, then fullest.

    `candidates` were read for the needs; they are read again only after a rival was faster.
    """
    placements: list[Placement] = []
    supply = list(candidates)
    left = list(needs)
    for ranking in range(RANKINGS_MAX):
        if ranking > 0:
            supply = list_candidates(session, left, at=at)
        choices = rank(left, supply)
        if not choices:
            break
        taken = ledger.reserve_many(session, choices, at=at)
        placements += _placements(taken, supply)
        left = _remaining(left, taken)
        if not left or len(taken) == len(choices):
            break
    return placements, left


def place_or_wait(
    session: Session, needs: Sequence[Need], candidates: Sequence[Candidate], *, by: Actor, at: datetime
) -> tuple[list[Placement], list[Need]]:
    """Place the needs. Before something waits, what came meanwhile is looked for, and transfers yield to repairs.

    Transfers are asked last: one may have been faster at the goods that came.
    """
    placements, left = place(session, needs, candidates, at=at)
    if left:
        session.execute(_MEET_GOODS, {"parts": [need.part_id for need in left]})
        late, left = place(session, left, list_candidates(session, left, at=at), at=at)
        placements += late
    if left:
        yielded, left = place_from_transfers(session, left, list_yielding(session, left, at=at), by=by, at=at)
        placements += yielded
    return placements, left


def place_from_transfers(
    session: Session, needs: Sequence[Need], candidates: Sequence[Candidate], *, by: Actor, at: datetime
) -> tuple[list[Placement], list[Need]]:
    """Give needs what is set aside for transfers not yet released: somebody waits for the one, nobody for the other.

    `candidates` tell what was so set aside where, as they were read without a lock.
    """
    choices = rank(needs, candidates)
    taken = ledger.take_from_transfers(session, choices, reason="needed for a repair", by=by, at=at)
    return _placements(taken, candidates), _remaining(needs, taken)


def meet_needs(session: Session, part_ids: Sequence[int]) -> None:
    """Before looking who waits for parts that came: let those who are about to wait for them commit first."""
    session.execute(_MEET_NEEDS, {"parts": list(part_ids)})


def allocate_urgent(session: Session, placements: Sequence[Placement], *, by: Actor, at: datetime) -> list[Allocated]:
    """Give lots at once to what is urgent and to what is on the centre's own shelf, whose part is kept for the line."""
    at_once = [one for one in placements if one.urgent or one.purpose is Purpose.EARMARK]
    wishes = [AllocationWish(one.reservation_id, one.quantity) for one in at_once]
    return ledger.allocate_oldest(session, wishes, by=by, at=at)


def share_of(placement: Placement, *, at: datetime, reason: str) -> PromisedShare:
    """The promise that follows from stock set aside at an instant."""
    return PromisedShare(
        line_id=placement.line_id,
        source_id=placement.key.warehouse_id,
        source=placement.source_code,
        part_id=placement.key.part_id,
        part=placement.part_number,
        quantity=placement.quantity,
        delivery_class=placement.delivery_class,
        promised_at=due(at, placement.hours),
        reason=reason,
    )


def _placements(taken: Sequence[Taken], supply: Sequence[Candidate]) -> list[Placement]:
    offered = {(one.line_id, one.key): one for one in supply}
    return [_placement(one, offered[one.choice.line_id, one.choice.key]) for one in taken]


def _placement(one: Taken, source: Candidate) -> Placement:
    return Placement(
        line_id=source.line_id,
        reservation_id=one.reservation_id,
        key=source.key,
        source_code=source.source_code,
        part_number=source.part_number,
        quantity=one.choice.quantity,
        priority=one.choice.priority,
        purpose=one.choice.purpose,
        delivery_class=source.delivery_class,
        hours=source.hours,
    )


def _remaining(needs: Sequence[Need], taken: Sequence[Taken]) -> list[Need]:
    served: dict[int, int] = {}
    for one in taken:
        served[one.choice.line_id] = served.get(one.choice.line_id, 0) + one.choice.quantity
    return [
        replace(need, quantity=open_quantity)
        for need in needs
        if (open_quantity := need.quantity - served.get(need.line_id, 0)) > 0
    ]
