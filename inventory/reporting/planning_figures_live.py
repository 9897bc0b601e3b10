"""What the planners' cockpit asks live: back-orders, overrides that run out, what was released by itself."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
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
from inventory.planning.replenishment import Decider, Held, ProposalFilter, ProposalKind, ProposalStatus, sum_proposals
from inventory.reporting.planning_figures import FigureFilter, share
from inventory.sourcing import PartRequest, PartRequestLine, RequestPurpose

RELEASE_DAYS: Final = 7
"""How far back it is counted what was released by itself."""
GOES_BY_ITSELF: Final = (ProposalKind.TRANSFER, ProposalKind.REBALANCING, ProposalKind.EXCESS_RETURN)
"""What becomes an order without a person, within the limits of a policy; buying never does."""
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
    """Proposals that may go by themselves: what became orders of late so, or by somebody's decision, and what waits.

    `waiting` waits for somebody now. `without_stock` waits for what nobody can decide: the source has nothing to give.
    """

    by_itself: int
    by_people: int
    waiting: int
    without_stock: int

    @property
    def all(self) -> int:
        """What went or could have."""
        return self.by_itself + self.by_people + self.waiting

    @property
    def share(self) -> float | None:
        """The share of it that went by itself."""
        return share(self.by_itself, self.all)


@dataclass(frozen=True, slots=True)
class ReleasedByKind:
    """The same for each kind that may go by itself, and all of them together."""

    by_kind: Sequence[tuple[ProposalKind, Released]]

    @property
    def total(self) -> Released:
        """All kinds together."""
        rows = [(one.by_itself, one.by_people, one.waiting, one.without_stock) for _, one in self.by_kind]
        return Released(*(sum(column) for column in zip(*rows, strict=True)))


def count_released(session: Session, wanted: FigureFilter, *, at: datetime, by: Actor) -> ReleasedByKind:
    """What was released within the last RELEASE_DAYS, and what waits now, of what may go by itself.

    Raises: NotPermitted.
    """
    narrowed = ProposalFilter(division_id=wanted.division_id, warehouse_id=wanted.warehouse_id, tier=wanted.tier)
    of_late = replace(narrowed, status=ProposalStatus.RELEASED, decided_since=at - timedelta(days=RELEASE_DAYS))
    by_itself, by_people, waiting, without_stock = (
        _counted(session, asked, by=by)
        for asked in (
            replace(of_late, decided_by=Decider.ITSELF),
            replace(of_late, decided_by=Decider.PEOPLE),
            narrowed,
            replace(narrowed, held=Held.SHORT_AT_SOURCE),
        )
    )
    return ReleasedByKind([
        (
            kind,
            Released(
                by_itself(kind), by_people(kind), waiting=waiting(kind) - without_stock(kind),
                without_stock=without_stock(kind),
            ),
        )
        for kind in GOES_BY_ITSELF
    ])  # fmt: skip


def _counted(session: Session, asked: ProposalFilter, *, by: Actor) -> Callable[[ProposalKind], int]:
    """How many proposals of a kind fit."""
    found = sum_proposals(session, asked, by=by)
    return lambda kind: found[kind].proposals if kind in found else 0


def _narrowed(query: Any, wanted: FigureFilter, part_id: Any, warehouse_id: Any) -> Any:
    """A query of rows about a part at a warehouse, narrowed."""
    if wanted.division_id is not None:
        query = query.join(Part, Part.id == part_id).where(Part.division_id == wanted.division_id)
    if wanted.tier is not None:
        query = query.join(Warehouse, Warehouse.id == warehouse_id).where(Warehouse.tier == wanted.tier)
    if wanted.warehouse_id is not None:
        query = query.where(warehouse_id == wanted.warehouse_id)
    return query
