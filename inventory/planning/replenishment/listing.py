"""Proposals as people look for them: the reorder report, page by page, and what of it can be approved; within reach."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, and_, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from inventory import identity
from inventory.actor import Actor
from inventory.catalogue import Part
from inventory.errors import NotFound
from inventory.identity import Permission
from inventory.network.models import Warehouse
from inventory.planning.policies import AbcClass, PartPlan
from inventory.planning.replenishment.deciding import permission_for
from inventory.planning.replenishment.models import (
    UNDECIDED,
    Held,
    PlanningRun,
    Proposal,
    ProposalKind,
    ProposalStatus,
    RunTrigger,
)
from inventory.planning.replenishment.narrowing import WANTED, ProposalFilter, conditions_of
from inventory.procurement import Supplier, SupplierPart


class ProposalOrder(StrEnum):
    """What stands first: the most promises at risk, the most money, what has to be ordered soonest, what is newest."""

    RISK = "risk"
    MONEY = "money"
    DAY = "day"
    NEWEST = "newest"


@dataclass(frozen=True, slots=True)
class ListedProposal:
    """A proposal with what it is about; without a source it is bought, of a supplier where one is known.

    `turned_down` is the one for the same before it, where somebody turned that down.
    """

    proposal: Proposal
    part: Part
    warehouse: Warehouse
    source: Warehouse | None
    supplier: Supplier | None
    abc: AbcClass | None
    turned_down: Proposal | None
    turned_down_by: str | None

    @property
    def worth(self) -> Decimal:
        """What an order would cost now, in the company's currency."""
        return self.proposal.wanted * self.proposal.unit_price

    @property
    def decided_at_id(self) -> int:
        """The warehouse at which somebody decides about it: the one that gives, or that buys."""
        proposal = self.proposal
        return proposal.warehouse_id if proposal.source_id is None else proposal.source_id

    def may_be_decided(self, by: Actor) -> bool:
        """Whether the actor decides about it, now."""
        proposal = self.proposal
        return proposal.status in UNDECIDED and by.may(permission_for(proposal.kind), self.decided_at_id)


_SOURCE = aliased(Warehouse, name="source")
_BEFORE = aliased(Proposal, name="turned_down")
_KEYS: Mapping[ProposalOrder, tuple[Any, bool]] = {
    ProposalOrder.RISK: (Proposal.short_per_week, True),
    ProposalOrder.MONEY: (Proposal.value, True),
    ProposalOrder.DAY: (Proposal.order_by_on, False),
    ProposalOrder.NEWEST: (Proposal.id, True),
}
Place = tuple[float | Decimal | date, int]
"""The key of a row in a list: what the list is ordered by, and the id."""


def place_of(proposal: Proposal, order: ProposalOrder) -> Place:
    """Where a proposal stands in a list of this order, to continue after it."""
    key: float | Decimal | date = getattr(proposal, _KEYS[order][0].key)
    return key, proposal.id


def list_proposals(
    session: Session,
    wanted: ProposalFilter,
    *,
    by: Actor,
    order: ProposalOrder = ProposalOrder.RISK,
    after: Place | None = None,
    limit: int = 50,
) -> list[ListedProposal]:
    """Proposals within reach; `after` continues a page. By money lists who may see what parts cost.

    Raises: NotPermitted.
    """
    by.require(Permission.SEE_PROPOSALS)
    if order is ProposalOrder.MONEY:
        by.require(Permission.SEE_PURCHASES)
    query = _ordered(_whole_rows().where(*conditions_of(wanted, by=by)), order, after).limit(limit)
    return [ListedProposal(*row) for row in session.execute(query)]


def get_proposal(session: Session, proposal_id: int, *, by: Actor) -> ListedProposal:
    """One proposal. Raises: NotPermitted; NotFound, also for one out of reach."""
    by.require(Permission.SEE_PROPOSALS)
    conditions = conditions_of(ProposalFilter(status=None), by=by)
    found = session.execute(_whole_rows().where(Proposal.id == proposal_id, *conditions)).one_or_none()
    if found is None:
        raise NotFound()
    return ListedProposal(*found)


def list_approvable(
    session: Session,
    wanted: ProposalFilter,
    *,
    by: Actor,
    order: ProposalOrder = ProposalOrder.RISK,
    most: int,
) -> list[int]:
    """The ids of the first open proposals that fit, that the actor decides about, and that can be ordered as they are.

    Of what stands ahead of its day only where nothing else was asked for.

    Left out is what nobody sells, what has nothing to give now, what was too little for an order, and a quantity that
    the supplier's packs or minimum do not take any more: somebody has to look at those one by one.

    Raises: NotPermitted.
    """
    by.require(Permission.SEE_PROPOSALS)
    sold = and_(SupplierPart.id == Proposal.supplier_part_id, SupplierPart.moq <= WANTED)
    whole = select(SupplierPart.id).where(sold, WANTED % SupplierPart.pack_size == 0).exists()
    bought = Proposal.kind == ProposalKind.PURCHASE
    query = select(Proposal.id).where(
        *conditions_of(wanted, by=by),
        Proposal.status == (ProposalStatus.AHEAD if wanted.status is ProposalStatus.AHEAD else ProposalStatus.OPEN),
        Proposal.held.is_distinct_from(Held.BELOW_MINIMUM),
        WANTED > 0,
        or_(
            and_(bought, whole, identity.covers(by, Permission.BUY, Proposal.warehouse_id)),
            and_(~bought, identity.covers(by, Permission.ORDER_TRANSFERS, Proposal.source_id)),
        ),
    )
    return list(session.scalars(_ordered(query, order, None).limit(most)))


def _whole_rows() -> Select[*tuple[Any, ...]]:
    return (
        select(Proposal, Part, Warehouse, _SOURCE, Supplier, PartPlan.abc, _BEFORE, identity.Person.name)
        .join(Part, Part.id == Proposal.part_id)
        .join(Warehouse, Warehouse.id == Proposal.warehouse_id)
        .outerjoin(_SOURCE, _SOURCE.id == Proposal.source_id)
        .outerjoin(SupplierPart, SupplierPart.id == Proposal.supplier_part_id)
        .outerjoin(Supplier, Supplier.id == SupplierPart.supplier_id)
        .outerjoin(PartPlan, PartPlan.part_id == Proposal.part_id)
        .outerjoin(_BEFORE, _BEFORE.id == Proposal.turned_down_id)
        .outerjoin(identity.Person, identity.Person.id == _BEFORE.decided_by_id)
    )


def _ordered(query: Select[*tuple[Any, ...]], order: ProposalOrder, after: Place | None) -> Select[*tuple[Any, ...]]:
    key, descending = _KEYS[order]
    if after is not None:
        place, last = tuple_(key, Proposal.id), tuple_(*after)
        query = query.where(place < last if descending else place > last)
    if descending:
        return query.order_by(key.desc(), Proposal.id.desc())
    return query.order_by(key, Proposal.id)


def find_last_run(session: Session) -> PlanningRun | None:
    """The run over all parts that ended last."""
    query = select(PlanningRun).where(PlanningRun.finished_at.is_not(None), PlanningRun.trigger != RunTrigger.URGENT)
    return session.scalars(query.order_by(PlanningRun.id.desc()).limit(1)).one_or_none()
