"""A proposal opened: the figures behind its quantity, the demand they were forecast from, and what waiting would cost.

A place plans for what is asked for there and below it: by its own customers, and by those of whoever draws on it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil
from typing import Final

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory import network
from inventory.actor import Actor
from inventory.identity import Person
from inventory.planning import demand
from inventory.planning.replenishment.arrays import Ids, Reals
from inventory.planning.replenishment.levels import DAYS_A_MONTH
from inventory.planning.replenishment.listing import ListedProposal, get_proposal
from inventory.planning.replenishment.models import PlanningRun, Proposal, StockLevel
from inventory.planning.stocking import NO_MAXIMUM, expected_back_orders, for_no_stockout, order_formula, order_quantity

BAND: Final = (0.1, 0.9)
"""Of ten months so many lie below the lower and the upper edge of the forecast's band."""
WEEKS_AFTER: Final = 4
DAYS_AHEAD: Final = (42, 180)
"""How far waiting is looked at: four weeks beyond the day on which an order of today would come, within these."""


@dataclass(frozen=True, slots=True)
class Ahead:
    """A month's demand as it is expected, and the band that eight months of ten lie in. Units: base units a month."""

    mean: float
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """Units that are expected to be waited for at the end of each day from today on.

    Shapes: all (days,). `undone` when nothing is ordered; `today` when it is ordered now; `in_a_week` a week later.
    Units: base units; `demand_size` of them are a customer's order in the mean, so that units over it are promises.
    """

    days: Ids
    undone: Reals
    today: Reals
    in_a_week: Reals
    demand_size: float = 1.0


@dataclass(frozen=True, slots=True)
class OpenedProposal:
    """A proposal with all that stands behind it.

    `level` is what stands written for the place; None where the part is no longer stocked there. `months` and `asked`
    are the demand that was planned for, oldest first; without a level nothing is told of what is ahead.
    """

    listed: ListedProposal
    run: PlanningRun
    level: StockLevel | None
    level_run: PlanningRun | None
    people: Mapping[int, str]
    months: Sequence[date]
    asked: Sequence[float]
    ahead: Ahead | None
    waiting: Waiting | None

    @property
    def proposal(self) -> Proposal:
        """The proposal itself."""
        return self.listed.proposal


def open_proposal(session: Session, proposal_id: int, *, by: Actor, months: int) -> OpenedProposal:
    """Open a proposal to its figures, with the demand of so many whole months before its run.

    Raises: NotPermitted; NotFound, also for one out of reach.
    """
    listed = get_proposal(session, proposal_id, by=by)
    proposal = listed.proposal
    run = session.get_one(PlanningRun, proposal.run_id)
    level = session.get(StockLevel, (proposal.part_id, proposal.warehouse_id))
    matrix = demand.read_matrix(session, on=run.as_of_on, months=months, part_ids=[proposal.part_id])
    below = network.descendants(session, [proposal.warehouse_id])
    counted = np.isin(matrix.warehouse_ids, [proposal.warehouse_id, *below])
    asked = np.nan_to_num(matrix.quantity[counted]).sum(axis=0)
    people = {proposal.edited_by_id, proposal.decided_by_id, run.requested_by_id} - {None}
    named = select(Person.id, Person.name)
    return OpenedProposal(
        listed=listed,
        run=run,
        level=level,
        level_run=None if level is None else session.get_one(PlanningRun, level.run_id),
        people={row.id: row.name for row in session.execute(named.where(Person.id.in_(people)))},
        months=[month.astype("datetime64[D]").item() for month in matrix.months],
        asked=[float(one) for one in asked],
        ahead=None if level is None else look_a_month_ahead(level.daily_mean, _ratio(level)),
        waiting=None if level is None else _waiting(proposal, level),
    )


def look_a_month_ahead(daily_mean: float, ratio: float) -> Ahead:
    """What a month is expected to ask for, from the mean a day and how much wider than a Poisson demand it spreads.

    Units: base units a day; ratio = variance / mean.
    """
    mean = np.array([daily_mean * DAYS_A_MONTH])
    low, high = (int(for_no_stockout(mean, mean * ratio, share)[0]) for share in BAND)
    return Ahead(float(mean[0]), low, high)


def if_we_wait(
    looked_at: int,
    quantity: int,
    *,
    daily_mean: float,
    ratio: float,
    lead_days: float,
    days: int,
    demand_size: float = 1.0,
    season: float = 1.0,
) -> Waiting:
    """How many units are expected to be waited for, day by day: not ordering, ordering today, or in a week.

    E[(X - position)+] with X what is asked for by the end of the day: what is coming counts as there, and so does an
    order from the day on which it comes.

    Units: `looked_at` is position less owed; daily_mean in base units a day; ratio = variance / mean; demand_size base
    units an order.
    """
    by_end_of = np.arange(days + 1, dtype=np.int64)
    mean = _asked_by(by_end_of.astype(np.float64), daily_mean, lead_days, season)
    undone = expected_back_orders(mean, mean * ratio, np.full(days + 1, looked_at, dtype=np.int64))
    filled = expected_back_orders(mean, mean * ratio, np.full(days + 1, looked_at + quantity, dtype=np.int64))
    comes = ceil(lead_days)
    today = np.where(by_end_of >= comes, filled, undone)
    return Waiting(by_end_of, undone, today, np.where(by_end_of >= comes + 7, filled, undone), demand_size)


def _asked_by(days: Reals, daily_mean: float, lead_days: float, season: float) -> Reals:
    """What is asked for until days have passed, the season coming evenly until a delivery can come. Shapes: (n,)."""
    reached = np.minimum(days / max(lead_days, 1.0), 1.0)
    asked: Reals = daily_mean * days * (1 + (season - 1) * reached)
    return asked


def _waiting(proposal: Proposal, level: StockLevel) -> Waiting:
    least, most = DAYS_AHEAD
    days = min(max(ceil(proposal.lead_days) + 7 * WEEKS_AFTER, least), most)
    return if_we_wait(
        proposal.position - proposal.owed,
        proposal.wanted,
        daily_mean=level.daily_mean,
        ratio=_ratio(level),
        lead_days=proposal.lead_days,
        days=days,
        demand_size=level.demand_size,
        season=level.season,
    )


def _ratio(level: StockLevel) -> float:
    return level.lead_variance / level.lead_mean if level.lead_mean > 0 else 1.0


def formula_of(proposal: Proposal) -> str:
    """The formula of the quantity needed with the proposal's own figures in it, as a spreadsheet works it out."""
    maximum = NO_MAXIMUM if proposal.order_maximum is None else proposal.order_maximum
    looked_at = proposal.position - proposal.owed
    return order_formula(
        str(looked_at) if looked_at >= 0 else f"({looked_at})",
        reorder_point=str(proposal.reorder_point),
        order_up_to=str(proposal.order_up_to),
        pack_size=str(proposal.pack_size),
        minimum=str(proposal.order_minimum),
        maximum=str(maximum),
    )


def needed_again(proposals: Sequence[Proposal]) -> Ids:
    """The quantities needed, worked out anew from the figures that are kept with the proposals.

    Shapes: the answer is (proposals,).
    """

    def column(name: str) -> Ids:
        return np.array([getattr(one, name) for one in proposals], dtype=np.int64)

    maximum = [NO_MAXIMUM if one.order_maximum is None else one.order_maximum for one in proposals]
    return order_quantity(
        column("position") - column("owed"),
        reorder_point=column("reorder_point"),
        order_up_to=column("order_up_to"),
        pack_size=column("pack_size"),
        minimum=column("order_minimum"),
        maximum=np.array(maximum, dtype=np.int64),
    )
