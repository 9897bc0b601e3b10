"""What the planners' cockpit asks live: back-orders, overrides that run out, what was released by itself."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from inventory import identity
from inventory.actor import Actor
from inventory.catalogue.models import Part
from inventory.identity import Permission
from inventory.network.models import Warehouse
from inventory.planning.policies import PlaceOverride
from inventory.planning.replenishment import Decider, ProposalFilter, ProposalStatus, sum_proposals
from inventory.reporting.planning_figures import FigureFilter, share
from inventory.sourcing import PartRequest, PartRequestLine, RequestPurpose

RELEASE_DAYS: Final = 7
"""How far back it is counted what was released by itself."""
EXPIRING_DAYS: Final = 14
"""An override with fewer days left is about to run out."""


@dataclass(frozen=True, slots=True)
class BackOrdered:
    """What work orders wait for now: so many lines of requests, of so many parts."""

    lines: int
    parts: int
    oldest_at: datetime | None


def count_back_orders(session: Session, wanted: FigureFilter, *, by: Actor) -> BackOrdered:
    """What work orders wait for at this moment, at the place that would normally serve them. Raises: NotPermitted."""
    by.require(Permission.SEE_PROPOSALS)
    at = func.coalesce(PartRequestLine.preferred_source_id, PartRequest.warehouse_id)
    query = (
        select(
            func.count(), func.count(PartRequestLine.part_id.distinct()), func.min(PartRequest.requested_at),
        )
        .select_from(PartRequestLine)
        .join(PartRequest, PartRequest.id == PartRequestLine.request_id)
        .where(PartRequestLine.back_ordered > 0, PartRequest.purpose == RequestPurpose.WORK_ORDER)
        .where(identity.covers(by, Permission.SEE_PROPOSALS, PartRequest.warehouse_id, at))
    )  # fmt: skip
    return BackOrdered(*session.execute(_narrowed(query, wanted, PartRequestLine.part_id, at)).one())


@dataclass(frozen=True, slots=True)
class OverridesInForce:
    """Overrides in force on a day, and those of them that are about to run out."""

    in_force: int
    expiring: int


def count_overrides_in_force(session: Session, wanted: FigureFilter, *, on: date, by: Actor) -> OverridesInForce:
    """How many overrides hold on a day, and how many of them run out within EXPIRING_DAYS. Raises: NotPermitted."""
    by.require(Permission.SEE_PROPOSALS)
    soon = PlaceOverride.expires_on < on + timedelta(days=EXPIRING_DAYS)
    query = select(func.count(), func.count().filter(soon)).where(
        PlaceOverride.lifted_at.is_(None),
        PlaceOverride.expires_on >= on,
        identity.covers(by, Permission.SEE_PROPOSALS, PlaceOverride.warehouse_id),
    )
    query = _narrowed(query, wanted, PlaceOverride.part_id, PlaceOverride.warehouse_id)
    return OverridesInForce(*session.execute(query).one())


@dataclass(frozen=True, slots=True)
class Released:
    """Proposals that became orders of late: by themselves within their limits, and by somebody's decision."""

    by_itself: int
    by_people: int

    @property
    def share(self) -> float | None:
        """The share that went by itself."""
        return share(self.by_itself, self.by_itself + self.by_people)


def count_released(session: Session, wanted: FigureFilter, *, at: datetime, by: Actor) -> Released:
    """What was released within the last RELEASE_DAYS. Raises: NotPermitted."""
    since = at - timedelta(days=RELEASE_DAYS)

    def count(decided_by: Decider) -> int:
        asked = ProposalFilter(
            status=ProposalStatus.RELEASED, division_id=wanted.division_id, warehouse_id=wanted.warehouse_id,
            tier=wanted.tier, decided_by=decided_by, decided_since=since,
        )  # fmt: skip
        return sum(one.proposals for one in sum_proposals(session, asked, by=by).values())

    return Released(count(Decider.ITSELF), count(Decider.PEOPLE))


def _narrowed(query: Any, wanted: FigureFilter, part_id: Any, warehouse_id: Any) -> Any:
    """A query of rows about a part at a warehouse, narrowed."""
    if wanted.division_id is not None:
        query = query.join(Part, Part.id == part_id).where(Part.division_id == wanted.division_id)
    if wanted.tier is not None:
        query = query.join(Warehouse, Warehouse.id == warehouse_id).where(Warehouse.tier == wanted.tier)
    if wanted.warehouse_id is not None:
        query = query.where(warehouse_id == wanted.warehouse_id)
    return query
