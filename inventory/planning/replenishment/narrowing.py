"""Which proposals a list shows: what it is narrowed to, as conditions of a query; within reach.

A proposal is visible at both its ends: at the warehouse that gets, and at the one that gives.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, func, or_, select

from inventory import identity
from inventory.actor import Actor
from inventory.catalogue import Part
from inventory.identity import Permission
from inventory.identity.people import SYSTEM_LOGIN
from inventory.network.models import Tier, Warehouse
from inventory.planning.policies import AbcClass, PartPlan
from inventory.planning.replenishment.models import Held, Proposal, ProposalKind, ProposalStatus
from inventory.procurement import SupplierPart

WANTED = func.coalesce(Proposal.edited_quantity, Proposal.quantity)
"""The quantity that would be ordered now."""


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


def conditions_of(wanted: ProposalFilter, *, by: Actor) -> list[ColumnElement[bool]]:
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
