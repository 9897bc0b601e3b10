"""What the proposals of a list come to together: how many, their money, the promises that waiting risks."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from inventory.actor import Actor
from inventory.identity import Permission
from inventory.planning.replenishment.models import Proposal, ProposalKind, ProposalStatus
from inventory.planning.replenishment.narrowing import WANTED, ProposalFilter, conditions_of

_SUMS: Final = (
    func.count(),
    func.coalesce(func.sum(WANTED * Proposal.unit_price), 0),
    func.sum(Proposal.short_per_week),
)


@dataclass(frozen=True, slots=True)
class Totals:
    """What proposals come to together. Units: money in the company's currency; promises that a week's delay risks."""

    proposals: int = 0
    worth: Decimal = Decimal(0)
    short_per_week: float = 0.0


def sum_proposals(session: Session, wanted: ProposalFilter, *, by: Actor) -> dict[ProposalKind, Totals]:
    """What the proposals that fit come to, by kind. Raises: NotPermitted."""
    by.require(Permission.SEE_PROPOSALS)
    rows = session.execute(select(Proposal.kind, *_SUMS).where(*conditions_of(wanted, by=by)).group_by(Proposal.kind))
    return {kind: Totals(count, Decimal(money), short) for kind, count, money, short in rows}


def count_falling_due(
    session: Session, wanted: ProposalFilter, days: Sequence[date], *, by: Actor
) -> dict[date, Totals]:
    """What is not due yet and has to be bought by each of some days, whatever the filter tells of status and kind.

    Raises: NotPermitted.
    """
    by.require(Permission.SEE_PROPOSALS)
    soon = replace(wanted, status=ProposalStatus.AHEAD, kind=ProposalKind.PURCHASE)
    told = conditions_of(replace(soon, due_until=None, waits_for_stock=None), by=by)
    rows = session.execute(select(Proposal.order_by_on, *_SUMS).where(*told).group_by(Proposal.order_by_on)).all()
    return {
        day: Totals(
            sum(row[1] for row in rows if row[0] <= day),
            sum((Decimal(row[2]) for row in rows if row[0] <= day), Decimal(0)),
            sum(row[3] for row in rows if row[0] <= day),
        )
        for day in days
    }
