"""What the API and the screens of replenishment share: what a list is narrowed to, its pages, what approving made."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.actor import Actor
from inventory.catalogue import Division
from inventory.db import database_now
from inventory.network import Tier
from inventory.planning import replenishment
from inventory.planning.policies import AbcClass
from inventory.planning.replenishment import (
    Approved,
    Decider,
    Held,
    ListedProposal,
    PlanningRun,
    Proposal,
    ProposalFilter,
    ProposalKind,
    ProposalOrder,
    ProposalStatus,
)
from inventory.procurement import Supplier
from web.forms import word_in
from web.paging import Page, unpack_cursor
from web.policies import local_day
from web.requests import page_of_rows, warehouse_id_of

REJECT_REASONS = ("no_more_demand", "stock_elsewhere", "too_early", "wrong_figures")
"""Why a proposal is turned down, to choose from."""
APPROVED_AT_ONCE = 500
"""So many proposals at most become orders by one press of a button."""
WORDS_LENGTH_MAX = 60
DUE_DAYS_MAX = 9_999
_DAYS = re.compile("[1-9][0-9]{0,3}")
"""Of the last so many days, in digits of ASCII."""
_KINDS: Mapping[ProposalOrder, type] = {
    ProposalOrder.RISK: float,
    ProposalOrder.MONEY: Decimal,
    ProposalOrder.DAY: date,
    ProposalOrder.NEWEST: int,
}


@dataclass(frozen=True, slots=True)
class ReportWish:
    """What a report was asked for, as it came: codes and words; the empty text narrows nothing.

    `waits` for `stock`, of which the source has none, or for the `word` of a person.
    """

    status: str = ""
    kind: str = ""
    division: str = ""
    supplier: str = ""
    abc: str = ""
    warehouse: str = ""
    held: str = ""
    words: str = ""
    run: str = ""
    tier: str = ""
    decided: str = ""
    days: str = ""
    due: str = ""
    waits: str = ""

    @classmethod
    def of(cls, told: Mapping[str, object]) -> "ReportWish":
        """The wish in the arguments of an address; `q` are the words looked for.

        Who asks for what is due within so many days and names no status means what stands ahead: the open are due.
        """
        usual = ProposalStatus.AHEAD if told.get("due") else ProposalStatus.OPEN
        told = {"status": usual.value} | {name: value for name, value in told.items() if value is not None}
        texts = {name: str(told.get(name) or "").strip() for name in cls.__dataclass_fields__ if name != "words"}
        return cls(**texts, words=str(told.get("q") or "").strip()[:WORDS_LENGTH_MAX])


def filter_of(session: Session, wish: ReportWish) -> ProposalFilter:
    """What the wish narrows a list to; an unknown code finds nothing. Raises: NotFound for what is no run's number."""
    now = database_now(session)
    return ProposalFilter(
        status=word_in(ProposalStatus, wish.status),
        kind=word_in(ProposalKind, wish.kind),
        division_id=_id_of(session, Division, wish.division),
        supplier_id=_id_of(session, Supplier, wish.supplier),
        abc=word_in(AbcClass, wish.abc),
        warehouse_id=warehouse_id_of(session, wish.warehouse or None),
        held=word_in(Held, wish.held),
        words=wish.words or None,
        run_id=PlanningRun.id_of(wish.run) if wish.run else None,
        tier=word_in(Tier, wish.tier),
        decided_by=word_in(Decider, wish.decided),
        waits_for_stock={"stock": True, "word": False}.get(wish.waits),
        decided_since=now - timedelta(days=int(wish.days)) if _DAYS.fullmatch(wish.days) else None,
        due_until=local_day(now) + timedelta(days=int(wish.due)) if _DAYS.fullmatch(wish.due) else None,
    )


def _id_of(session: Session, table: type[Division] | type[Supplier], code: str) -> int | None:
    if not code:
        return None
    found: int | None = session.scalar(select(table.id).where(table.code == code))
    return found or 0


def page_of_proposals(
    session: Session, wanted: ProposalFilter, *, order: ProposalOrder, by: Actor, cursor: str | None, limit: int
) -> Page[ListedProposal]:
    """A page of proposals within reach. Raises: NotPermitted, CursorUnreadable."""
    after = unpack_cursor(cursor, [_KINDS[order], int]) if cursor else None
    found = replenishment.list_proposals(session, wanted, by=by, order=order, after=after, limit=limit + 1)
    return page_of_rows(found, limit, lambda one: replenishment.place_of(one.proposal, order))


def ids_of(numbers: Sequence[str]) -> list[int]:
    """The ids of proposals by their numbers. Raises: NotFound."""
    return [Proposal.id_of(number) for number in numbers]


def numbers_made(approved: Approved) -> dict[str, list[str]]:
    """What approving came to, by number."""
    return {
        "purchase_orders": [order.number for order in approved.orders],
        "transfer_orders": [order.number for order in approved.transfers if order.number],
        "unmet": [proposal.number for proposal in approved.unmet],
        "added": [proposal.number for proposal in approved.added],
        "too_small": [proposal.number for small in approved.too_small for proposal in small.proposals],
    }
