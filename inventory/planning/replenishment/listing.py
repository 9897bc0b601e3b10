"""Proposals as people look for them: the reorder report, its totals, and what was made of them; within reach.

A proposal is visible at both its ends: at the warehouse that gets, and at the one that gives.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from inventory import identity
from inventory.actor import Actor
from inventory.catalogue import Part
from inventory.errors import NotFound
from inventory.identity import Permission
from inventory.identity.people import SYSTEM_LOGIN
from inventory.network.models import Tier, Warehouse
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
from inventory.procurement import PurchaseOrder, PurchaseOrderLine, Supplier, SupplierPart
from inventory.sourcing import PartRequest, PartRequestLine, TransferOrder


class ProposalOrder(StrEnum):
    """What stands first: the most promises at risk, the most money, what has to be ordered soonest, what is newest."""

    RISK = "risk"
    MONEY = "money"
    DAY = "day"
    NEWEST = "newest"


class Decider(StrEnum):
    """Who made an order of a proposal: a run, within the limits of a policy, or somebody."""

    ITSELF = "itself"
    PEOPLE = "people"


@dataclass(frozen=True, slots=True)
class ProposalFilter:
    """Which proposals a list shows; what is None does not narrow it.

    `warehouse_id` is either end, `tier` that of where it goes; `words` are part of a part's number or name; `run_id`
    the run that proposed it last. `decided_by` and `decided_since` tell of those that were decided, `due_until`
    of those that have to be ordered by a day; `waits_for_stock` keeps apart those whose source has nothing to give,
    about which nobody can decide anything yet.
    """

    status: ProposalStatus | None = ProposalStatus.OPEN
    kind: ProposalKind | None = None
    division_id: int | None = None
    supplier_id: int | None = None
    abc: AbcClass | None = None
    warehouse_id: int | None = None
    held: Held | None = None
    words: str | None = None
    run_id: int | None = None
    tier: Tier | None = None
    decided_by: Decider | None = None
    decided_since: datetime | None = None
    due_until: date | None = None
    waits_for_stock: bool | None = None


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


@dataclass(frozen=True, slots=True)
class Totals:
    """What proposals come to together. Units: money in the company's currency; promises that a week's delay risks."""

    proposals: int = 0
    worth: Decimal = Decimal(0)
    short_per_week: float = 0.0


_SOURCE = aliased(Warehouse, name="source")
_BEFORE = aliased(Proposal, name="turned_down")
_WANTED = func.coalesce(Proposal.edited_quantity, Proposal.quantity)
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
    query = _ordered(_whole_rows().where(*_conditions(wanted, by=by)), order, after).limit(limit)
    return [ListedProposal(*row) for row in session.execute(query)]


def sum_proposals(session: Session, wanted: ProposalFilter, *, by: Actor) -> dict[ProposalKind, Totals]:
    """What the proposals that fit come to, by kind. Raises: NotPermitted."""
    by.require(Permission.SEE_PROPOSALS)
    worth = func.coalesce(func.sum(_WANTED * Proposal.unit_price), 0)
    rows = session.execute(
        select(Proposal.kind, func.count(), worth, func.sum(Proposal.short_per_week))
        .where(*_conditions(wanted, by=by))
        .group_by(Proposal.kind)
    )
    return {kind: Totals(count, Decimal(money), short) for kind, count, money, short in rows}


def count_falling_due(
    session: Session, wanted: ProposalFilter, days: Sequence[date], *, by: Actor
) -> dict[date, Totals]:
    """What is not due yet and has to be bought by each of some days, whatever the filter tells of status and kind.

    Raises: NotPermitted.
    """
    by.require(Permission.SEE_PROPOSALS)
    soon = replace(wanted, status=ProposalStatus.AHEAD, kind=ProposalKind.PURCHASE)
    told = _conditions(replace(soon, due_until=None, waits_for_stock=None), by=by)
    worth = func.coalesce(func.sum(_WANTED * Proposal.unit_price), 0)
    rows = session.execute(
        select(Proposal.order_by_on, func.count(), worth, func.sum(Proposal.short_per_week))
        .where(*told)
        .group_by(Proposal.order_by_on)
    ).all()
    return {
        day: Totals(
            sum(row[1] for row in rows if row[0] <= day),
            sum((Decimal(row[2]) for row in rows if row[0] <= day), Decimal(0)),
            sum(row[3] for row in rows if row[0] <= day),
        )
        for day in days
    }


def get_proposal(session: Session, proposal_id: int, *, by: Actor) -> ListedProposal:
    """One proposal. Raises: NotPermitted; NotFound, also for one out of reach."""
    by.require(Permission.SEE_PROPOSALS)
    conditions = _conditions(ProposalFilter(status=None), by=by)
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
    sold = and_(SupplierPart.id == Proposal.supplier_part_id, SupplierPart.moq <= _WANTED)
    whole = select(SupplierPart.id).where(sold, _WANTED % SupplierPart.pack_size == 0).exists()
    bought = Proposal.kind == ProposalKind.PURCHASE
    query = select(Proposal.id).where(
        *_conditions(wanted, by=by),
        Proposal.status == (ProposalStatus.AHEAD if wanted.status is ProposalStatus.AHEAD else ProposalStatus.OPEN),
        Proposal.held.is_distinct_from(Held.BELOW_MINIMUM),
        _WANTED > 0,
        or_(
            and_(bought, whole, identity.covers(by, Permission.BUY, Proposal.warehouse_id)),
            and_(~bought, identity.covers(by, Permission.ORDER_TRANSFERS, Proposal.source_id)),
        ),
    )
    return list(session.scalars(_ordered(query, order, None).limit(most)))


@dataclass(frozen=True, slots=True)
class MadeOrder:
    """An order that proposals became. `amount` is in `currency`; both are None for a transfer."""

    number: str
    kind: ProposalKind
    warehouse: Warehouse
    source: Warehouse | None
    supplier: Supplier | None
    lines: int
    amount: Decimal | None
    currency: str | None


def list_made_orders(session: Session, decided_at: datetime, *, by: Actor) -> list[MadeOrder]:
    """The orders that became of what the actor approved in the command of an instant."""
    by.require(Permission.SEE_PROPOSALS)
    mine = select(Proposal).where(
        Proposal.status == ProposalStatus.RELEASED,
        Proposal.decided_at == decided_at,
        Proposal.decided_by_id == by.person_id,
    )
    return [*_made_purchases(session, mine), *_made_transfers(session, mine)]


def _made_purchases(session: Session, mine: Select[*tuple[Any, ...]]) -> list[MadeOrder]:
    line = PurchaseOrderLine
    rows = session.execute(
        select(PurchaseOrder, Warehouse, Supplier, func.count(), func.sum(line.quantity * line.price))
        .join(line, line.order_id == PurchaseOrder.id)
        .join(Warehouse, Warehouse.id == PurchaseOrder.warehouse_id)
        .join(Supplier, Supplier.id == PurchaseOrder.supplier_id)
        .where(PurchaseOrder.id.in_(mine.with_only_columns(Proposal.purchase_order_id)))
        .group_by(PurchaseOrder.id, Warehouse.id, Supplier.id)
        .order_by(PurchaseOrder.id)
    )
    kind = ProposalKind.PURCHASE
    return [
        MadeOrder(order.number, kind, warehouse, None, supplier, lines, Decimal(worth), order.currency)
        for order, warehouse, supplier, lines, worth in rows
    ]


def _made_transfers(session: Session, mine: Select[*tuple[Any, ...]]) -> list[MadeOrder]:
    line = PartRequestLine
    rows = session.execute(
        select(PartRequest.id, Warehouse, _SOURCE, func.count())
        .join(line, line.request_id == PartRequest.id)
        .join(Warehouse, Warehouse.id == PartRequest.warehouse_id)
        .join(_SOURCE, _SOURCE.id == PartRequest.source_id)
        .where(PartRequest.id.in_(mine.with_only_columns(Proposal.part_request_id)))
        .group_by(PartRequest.id, Warehouse.id, _SOURCE.id)
        .order_by(PartRequest.id)
    )
    kind = ProposalKind.TRANSFER
    return [
        MadeOrder(TransferOrder(id).number, kind, warehouse, source, None, lines, None, None)
        for id, warehouse, source, lines in rows
    ]


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


def _conditions(wanted: ProposalFilter, *, by: Actor) -> list[ColumnElement[bool]]:
    """Each narrows by a column of the proposal, so that nothing is joined only to be counted.

    By supplier narrows who may see who sells what.
    """
    told = [identity.covers(by, Permission.SEE_PROPOSALS, Proposal.warehouse_id, Proposal.source_id)]
    for column, value in (
        (Proposal.status, wanted.status),
        (Proposal.kind, wanted.kind),
        (Proposal.held, wanted.held),
        (Proposal.run_id, wanted.run_id),
    ):
        if value is not None:
            told.append(column == value)
    if wanted.warehouse_id is not None:
        told.append(or_(Proposal.warehouse_id == wanted.warehouse_id, Proposal.source_id == wanted.warehouse_id))
    if wanted.tier is not None:
        told.append(Proposal.warehouse_id.in_(select(Warehouse.id).where(Warehouse.tier == wanted.tier)))
    if wanted.decided_by is not None:
        system = select(identity.Person.id).where(identity.Person.login == SYSTEM_LOGIN).scalar_subquery()
        alone = Proposal.decided_by_id == system
        told.append(alone if wanted.decided_by is Decider.ITSELF else ~alone)
    if wanted.decided_since is not None:
        told.append(Proposal.decided_at >= wanted.decided_since)
    if wanted.waits_for_stock is not None:
        waits = Proposal.held.is_not_distinct_from(Held.SHORT_AT_SOURCE)
        told.append(waits if wanted.waits_for_stock else ~waits)
    if wanted.due_until is not None:
        told.append(Proposal.order_by_on <= wanted.due_until)
    if wanted.division_id is not None:
        told.append(Proposal.part_id.in_(select(Part.id).where(Part.division_id == wanted.division_id)))
    if wanted.abc is not None:
        told.append(Proposal.part_id.in_(select(PartPlan.part_id).where(PartPlan.abc == wanted.abc)))
    if wanted.supplier_id is not None:
        by.require(Permission.SEE_PURCHASES)
        sold = select(SupplierPart.id).where(SupplierPart.supplier_id == wanted.supplier_id)
        told.append(Proposal.supplier_part_id.in_(sold))
    if wanted.words:
        told.append(Proposal.part_id.in_(select(Part.id).where(_named(wanted.words))))
    return told


def _named(words: str) -> ColumnElement[bool]:
    like = "%" + words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    return or_(Part.number.ilike(like), Part.name_zh.ilike(like), Part.name_en.ilike(like))


def order_number(proposal: Proposal) -> str | None:
    """The number of the order that a proposal became."""
    if proposal.purchase_order_id is not None:
        return PurchaseOrder(id=proposal.purchase_order_id).number
    return None if proposal.part_request_id is None else TransferOrder(proposal.part_request_id).number


def find_last_run(session: Session) -> PlanningRun | None:
    """The run over all parts that ended last."""
    query = select(PlanningRun).where(PlanningRun.finished_at.is_not(None), PlanningRun.trigger != RunTrigger.URGENT)
    return session.scalars(query.order_by(PlanningRun.id.desc()).limit(1)).one_or_none()
