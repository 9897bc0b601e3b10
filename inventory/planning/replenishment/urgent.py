"""Urgent places are refilled within seconds: by the levels that stand, between one night and the next.

Needs are worked out as at night, for all places of a part, so that what is owed further down and what others need of a
short source counts. Ordered is for urgent places and for those above them, which have to have what these ask for; the
others wait for the night, but what stands proposed for them is brought up to date, and stays what its own run proposed.
Nothing is planned anew and nothing moved between equals.

What goes by itself is ordered in the transaction that proposes it. The urgent refills of a day are one run.
"""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from inventory.actor import Actor
from inventory.db import QUANTITY_MAX
from inventory.planning import policies
from inventory.planning.columns import read_columns
from inventory.planning.policies import Places, read_policy_book
from inventory.planning.replenishment.arrays import Flags, Ids
from inventory.planning.replenishment.buying import read_sellers, with_chosen
from inventory.planning.replenishment.holding import MOVED, OpenProposal, work_alone
from inventory.planning.replenishment.layout import Layout, lay_out
from inventory.planning.replenishment.levels import Levels, steps_up
from inventory.planning.replenishment.models import PlanningRun, Proposal, ProposalKind, ProposalStatus, RunTrigger
from inventory.planning.replenishment.positions import (
    PartPlaces,
    Positions,
    positions_in,
    read_books,
    read_repairs_waiting,
    read_succession,
    where_stocked,
)
from inventory.planning.replenishment.proposal_rows import as_columns, ordered_rows
from inventory.planning.replenishment.proposing import hold_back, work_out_needs
from inventory.planning.replenishment.resting import read_turned_down
from inventory.planning.replenishment.running import SEED, VERSION, count_released, release_rest
from inventory.planning.replenishment.settling import Orders
from inventory.planning.replenishment.writing import write_proposals

ORDERED = (ProposalKind.TRANSFER, ProposalKind.PURCHASE)
_WHOLE = (
    *("part_id", "warehouse_id", "source_id", "urgent", "safety_stock", "reorder_point", "order_up_to"),
    *("pack_size", "order_minimum", "order_maximum"),
)
_REAL = ("daily_mean", "season", "lead_days", "lead_mean", "lead_variance", "demand_size", "expected_fill")


def refill(session: Session, part_ids: list[int], *, on: date, by: Actor, at: datetime) -> PlanningRun:
    """Propose what the urgent places of some parts need now, and order what needs no person; the day's urgent run.

    Shapes: part_ids ascending.
    """
    run = propose_urgent(session, part_ids, on=on, by=by, at=at)
    release_rest(session, run.id, by=by, at=at)
    _sum_up(session, run, by=by)
    return run


def propose_urgent(session: Session, part_ids: list[int], *, on: date, by: Actor, at: datetime) -> PlanningRun:
    """Propose what the urgent places of some parts need now; the day's urgent run.

    Shapes: part_ids ascending.
    """
    standing = work_alone(session, part_ids)
    run = _run_of_the_day(session, on=on, by=by, at=at)
    book = read_policy_book(session, on=on, part_ids=part_ids)
    parts = np.array(part_ids, dtype=np.int64)
    sellers = read_sellers(session, parts, on=on)
    succession = read_succession(session, parts, on=on)
    waiting = read_repairs_waiting(session, parts, succession)
    layout, levels, urgent = read_levels(session, parts, book.places, waiting)
    books = read_books(session, part_ids=np.union1d(parts, succession.replaced_by(parts)))
    positions = positions_in(books, layout, book.places, succession.stands_for, succession.served_by)
    positions = where_stocked(positions, layout.parent, levels.stocked)
    positions = _with_moves(positions, layout, book.places, standing)
    offers = with_chosen(session, sellers.offers(layout.part_ids), parts, layout, book.places, on=on)
    turned_down = read_turned_down(session, parts, layout, book.places, at=at)
    needs = work_out_needs(levels, positions, offers, turned_down)
    about, proposed_by = _and_above(urgent, levels), _proposed_by(layout, book.places, standing)
    rows = np.flatnonzero((needs.needed > 0) & (about | (proposed_by > 0)))
    wanted = policies.resolve(book, layout.part_ids, layout.warehouse_ids)
    orders = Orders(positions, needs, rows, hold_back(rows, levels, needs, offers, wanted))
    ordered = ordered_rows(layout, levels, orders, offers, turned_down)
    ordered["run_id"] = np.where(about[rows], run.id, proposed_by[rows])
    write_proposals(session, as_columns(ordered, on=on), part_ids=part_ids, at=at, kinds=ORDERED)
    run.parts += len(parts)
    run.parts_done += len(parts)
    run.figures = {**run.figures, "places": run.figures["places"] + int((urgent & levels.stocked).sum())}
    session.flush()
    return run


def _sum_up(session: Session, run: PlanningRun, *, by: Actor) -> None:
    """Count what the run proposed that still stands, and what of it went by itself."""
    stands = Proposal.status != ProposalStatus.WITHDRAWN
    query = select(func.count(), func.coalesce(func.sum(Proposal.value), 0)).where(Proposal.run_id == run.id, stands)
    proposals, value = session.execute(query).one()
    released = count_released(session, run.id, by=by)
    run.figures = {**run.figures, "proposals": proposals, "value": float(value), "released": released}
    session.flush()


def _run_of_the_day(session: Session, *, on: date, by: Actor, at: datetime) -> PlanningRun:
    query = select(PlanningRun).where(PlanningRun.trigger == RunTrigger.URGENT, PlanningRun.as_of_on == on)
    run = session.scalars(query.with_for_update()).one_or_none()
    if run is None:
        run = PlanningRun(
            trigger=RunTrigger.URGENT,
            as_of_on=on,
            seed=SEED,
            version=VERSION,
            parts=0,
            parts_done=0,
            figures={"places": 0, "proposals": 0, "value": 0.0, "released": 0},
            requested_by_id=by.person_id,
            requested_at=at,
            started_at=at,
            finished_at=at,
        )
        session.add(run)
    _prolong(run, at)
    session.flush()
    return run


def _prolong(run: PlanningRun, at: datetime) -> None:
    """Let the run end now; who waited for his turn began earlier than it ended so far."""
    assert run.finished_at is not None, "an urgent run has an end from its beginning"
    run.finished_at = max(run.finished_at, at)


def read_levels(session: Session, part_ids: Ids, places: Places, waiting: PartPlaces) -> tuple[Layout, Levels, Flags]:
    """The places of some parts with the levels that stand there, and which of them are urgent; those that wait, too.

    Shapes: part_ids (parts,); the answers (n,).
    """
    columns = read_columns(
        session,
        "SELECT part_id, warehouse_id, coalesce(source_id, -1) AS source_id, CAST(urgent AS int) AS urgent,"  # noqa: S608
        f" safety_stock, reorder_point, order_up_to, pack_size, order_minimum,"
        f" coalesce(order_maximum, {QUANTITY_MAX}) AS order_maximum, {', '.join(_REAL)}"
        f" FROM stock_level WHERE stocked AND part_id = ANY(CAST(%(parts)s AS bigint[]))",
        {"parts": part_ids.tolist()},
        **dict.fromkeys(_WHOLE, "bigint"),
        **dict.fromkeys(_REAL, "double precision"),
    )
    drawing = np.flatnonzero(columns["source_id"] >= 0)
    layout = lay_out(
        places,
        np.concatenate([columns["part_id"], columns["part_id"][drawing], waiting.part_ids]),
        np.concatenate([columns["warehouse_id"], columns["source_id"][drawing], waiting.warehouse_ids]),
    )
    at, _ = layout.find(columns["part_id"], columns["warehouse_id"], places)
    n = len(layout)

    def laid(name: str, elsewhere: float = 0) -> NDArray[Any]:
        column = np.full(n, elsewhere, dtype=columns[name].dtype)
        column[at] = columns[name]
        return column

    source = np.full(n, -1, dtype=np.int32)
    source[at[drawing]], _ = layout.find(columns["part_id"][drawing], columns["source_id"][drawing], places)
    stocked = np.zeros(n, dtype=np.bool_)
    stocked[at] = True
    levels = Levels(
        stocked=stocked,
        source=source,
        depth=steps_up(source),
        method=np.zeros(n, dtype=np.int8),
        daily_mean=laid("daily_mean"),
        season=laid("season", 1.0),
        lead_days=laid("lead_days"),
        lead_mean=laid("lead_mean"),
        lead_variance=laid("lead_variance"),
        demand_size=laid("demand_size", 1),
        expected_fill=laid("expected_fill"),
        safety_stock=laid("safety_stock"),
        reorder_point=laid("reorder_point"),
        order_up_to=laid("order_up_to"),
        pack_size=laid("pack_size", 1),
        order_minimum=laid("order_minimum", 1),
        order_maximum=laid("order_maximum", QUANTITY_MAX),
    )
    return layout, levels, laid("urgent").astype(np.bool_)


def _and_above(urgent: Flags, levels: Levels) -> Flags:
    """The urgent places and all that they draw from. Shapes: (n,)."""
    about = urgent.copy()
    for rows in reversed(levels.tiers):
        drawing = rows[about[rows] & (levels.source[rows] >= 0)]
        about[levels.source[drawing]] = True
    return about


def _proposed_by(layout: Layout, places: Places, standing: list[OpenProposal]) -> Ids:
    """The run that proposed something to be drawn or bought for a place, where that is still open; else 0.

    Shapes: (n,).
    """
    proposed_by = np.zeros(len(layout), dtype=np.int64)
    orders = [one for one in standing if one.kind in ORDERED]
    at, which = _found(layout, places, orders, "warehouse_id")
    proposed_by[at] = np.array([one.run_id for one in orders], dtype=np.int64)[which]
    return proposed_by


def _with_moves(positions: Positions, layout: Layout, places: Places, standing: list[OpenProposal]) -> Positions:
    """Count what a run under way proposed to move, and what goes by itself in a moment, as ordered."""
    moves = [one for one in standing if one.kind in MOVED and one.held is None]
    reserved, on_order = positions.reserved.copy(), positions.on_order.copy()
    quantity = np.array([one.quantity for one in moves], dtype=np.int64)
    for end, counted in (("source_id", reserved), ("warehouse_id", on_order)):
        at, which = _found(layout, places, moves, end)
        np.add.at(counted, at, quantity[which])
    return replace(positions, reserved=reserved, on_order=on_order)


def _found(layout: Layout, places: Places, standing: list[OpenProposal], end: str) -> tuple[Ids, Ids]:
    parts = np.array([one.part_id for one in standing], dtype=np.int64)
    return layout.find(parts, np.array([getattr(one, end) for one in standing], dtype=np.int64), places)
