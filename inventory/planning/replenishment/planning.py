"""A piece of a run: all places of some parts, from what was asked to what should hold and what is proposed.

Pieces do not know of each other: however the parts are cut, in one process or in many, what is written is the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

import numpy as np
from sqlalchemy.orm import Session

from inventory.copying import Column, Words
from inventory.db import QUANTITY_MAX
from inventory.planning import demand, policies
from inventory.planning.columns import read_columns
from inventory.planning.policies import MEASURES, PlacePolicies, PolicyBook, ServiceMeasure
from inventory.planning.replenishment.arrays import Flags, Ids, Reals
from inventory.planning.replenishment.buying import Sellers, read_sellers, with_chosen
from inventory.planning.replenishment.constants import Constants
from inventory.planning.replenishment.failing import (
    NOTHING_FITTED,
    Fitted,
    add_fitted_places,
    expect_failures,
    lay_beside,
)
from inventory.planning.replenishment.falling_due import falling_due
from inventory.planning.replenishment.holding import edited_in, work_side_by_side
from inventory.planning.replenishment.layout import Layout, lay_out
from inventory.planning.replenishment.levels import (
    DAYS_A_YEAR,
    NIGHT,
    Before,
    Levels,
    PlaceDemand,
    Trees,
    decide_places,
    grow_trees,
    work_out_levels,
)
from inventory.planning.replenishment.models import ProposalStatus
from inventory.planning.replenishment.outlook import METHODS, look_ahead
from inventory.planning.replenishment.positions import (
    NOWHERE,
    PartPlaces,
    Succession,
    positions_in,
    read_books,
    read_free,
    read_repairs_waiting,
    read_succession,
    read_waiting,
    waited_for_in,
)
from inventory.planning.replenishment.proposal_rows import as_columns, moved_rows, ordered_rows
from inventory.planning.replenishment.proposing import MONEY
from inventory.planning.replenishment.rebalancing import Stakes
from inventory.planning.replenishment.resting import read_turned_down
from inventory.planning.replenishment.seasons import seasons_of
from inventory.planning.replenishment.settling import Planned, settle
from inventory.planning.replenishment.timing import Stopwatch
from inventory.planning.replenishment.writing import (
    bigints,
    doubles,
    drop_ahead,
    flags,
    smallints,
    write_levels,
    write_proposals,
)
from inventory.planning.stocking import base_stock

HISTORY_MONTHS = 60
NONE = -1


@dataclass(frozen=True, slots=True)
class Piece:
    """What a piece of a run came to. Units: counts; money in the company's currency; seconds by step."""

    places: int
    stocked: int
    levels_changed: int
    proposals: int
    value: float
    seconds: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Asking:
    """The places of some parts with what is asked of them, what is wanted there and what stands.

    Shapes: all (n,). `waiting`: a work order waits for the part there.
    """

    layout: Layout
    asked: PlaceDemand
    wanted: PlacePolicies
    before: Before
    waiting: Flags


@dataclass(frozen=True, slots=True)
class Standing:
    """The levels that stand of some parts, as the last run wrote them.

    Shapes: all (levels,), in no order.
    """

    part_ids: Ids
    warehouse_ids: Ids
    reorder_point: Ids
    order_up_to: Ids


def read_standing(session: Session, part_ids: Ids) -> Standing:
    """Read the levels that stand of some parts."""
    columns = read_columns(
        session,
        "SELECT part_id, warehouse_id, reorder_point, order_up_to FROM stock_level"
        " WHERE stocked AND part_id = ANY(CAST(%(parts)s AS bigint[]))",
        {"parts": part_ids.tolist()},
        **dict.fromkeys(("part_id", "warehouse_id", "reorder_point", "order_up_to"), "bigint"),
    )
    return Standing(columns["part_id"], columns["warehouse_id"], columns["reorder_point"], columns["order_up_to"])


def read_asking(
    session: Session,
    part_ids: Ids,
    book: PolicyBook,
    constants: Constants,
    succession: Succession,
    *,
    on: date,
    watch: Stopwatch,
) -> Asking:
    """Read what was asked of some parts before a day, and forecast it."""
    asked = {"on": on, "months": HISTORY_MONTHS, "part_ids": part_ids.tolist(), "replaced": succession.replaced}
    matrix = demand.read_matrix(session, **asked)
    base = demand.read_installed_base(session, **asked)
    standing = read_standing(session, part_ids)
    waiting = read_repairs_waiting(session, part_ids, succession)
    others = read_free(session, part_ids).and_also(waiting)
    watch.lap("history")
    fitted = lay_beside(matrix, base, book)
    layout = lay_out_places(matrix, standing, part_ids, book, others, fitted)
    asking = ask(layout, matrix, before_in(layout, book, standing), book, constants, fitted, waiting, on=on)
    watch.lap("forecast")
    return asking


def lay_out_places(
    matrix: demand.DemandMatrix,
    standing: Standing,
    part_ids: Ids,
    book: PolicyBook,
    others: PartPlaces = NOWHERE,
    fitted: Fitted = NOTHING_FITTED,
) -> Layout:
    """The part-places that are looked at: asked for, laid in by level, told of by an override, or fitted.

    `others` are looked at though nothing says that they should hold any: they have stock to give, or a repair waits
    there. Where a part is fitted that nobody asked for often, it will be asked for.
    """
    told_part, told_place = _told(book, part_ids)
    fitted_part, fitted_place = add_fitted_places(fitted)
    return lay_out(
        book.places,
        np.concatenate([matrix.part_ids, standing.part_ids, told_part, others.part_ids, fitted_part]),
        np.concatenate([matrix.warehouse_ids, standing.warehouse_ids, told_place, others.warehouse_ids, fitted_place]),
    )


def ask(
    layout: Layout,
    matrix: demand.DemandMatrix,
    before: Before,
    book: PolicyBook,
    constants: Constants,
    fitted: Fitted = NOTHING_FITTED,
    waiting: PartPlaces = NOWHERE,
    *,
    on: date,
) -> Asking:
    """Forecast what is asked of each place of a layout on a day, and look up what is wanted and waited for there."""
    wanted = policies.resolve(book, layout.part_ids, layout.warehouse_ids)
    seasons = seasons_of(matrix, layout.part_ids, book, constants.seasons)
    asked = look_ahead(seasons.taken_off(matrix), layout, book, wanted, constants.choice)
    expect_failures(asked, layout, wanted, fitted, book, constants.failing, constants.choice)
    asked = seasons.put_into(asked, layout.part_ids, wanted.lead_time_days + NIGHT, on=on)
    waits = np.zeros(len(layout), dtype=np.bool_)
    waits[layout.find(waiting.part_ids, waiting.warehouse_ids, book.places)[0]] = True
    return Asking(layout, asked, wanted, before, waits)


def trees_of(asking: Asking, price: Reals) -> Trees:
    """The stocked places of some parts, before anything is decided about how much lies there.

    Shapes: asking and price (n,).
    """
    stocked = decide_places(asking.layout, asking.asked, asking.wanted, asking.before, asking.waiting)
    return grow_trees(asking.layout, stocked, asking.asked, asking.wanted, price)


def plan_places(asking: Asking, constants: Constants, book: PolicyBook, price: Reals, *, on: date) -> Planned:
    """Work out levels from what is asked of each place: the part of it that needs no database.

    Shapes: asking and price (n,). Units: price in the company's currency, above 0.
    """
    layout, wanted = asking.layout, asking.wanted
    trees = trees_of(asking, price)
    theta = constants.theta_of(trees, book.settings)
    until = book.parts.supported_until[wanted.part]
    left = np.where(np.isnat(until), np.nan, (until - np.datetime64(on, "D")).astype(np.float64))
    levels = work_out_levels(
        layout,
        trees,
        asking.asked,
        wanted,
        asking.before,
        theta,
        days_left=left,
        band=book.settings.band,
        order_stock=book.settings.order_stock,
    )
    levels = replace(levels, expected_fill=constants.likely_fill(levels.expected_fill, asking.asked.kind))
    asked = np.where(levels.stocked, levels.daily_mean, asking.asked.daily_mean)
    asked = asked * np.maximum(asking.asked.season, 1 / asking.asked.this_month)  # no surplus before its season
    stakes = _stakes(trees, theta * (book.settings.holding_rate_per_year / DAYS_A_YEAR), len(layout))
    return Planned(layout, wanted, levels, _alone(levels, wanted, price, book), asked, price, stakes)


def _stakes(trees: Trees, price: Reals, n: int) -> Stakes:
    """What each place's service is paid for, by the unit missed or by the unit and day.

    What is missed at a place that serves others is missed by their customers: nobody asks at a central warehouse, which
    has no price of its own.

    Shapes: price (stocked,). Units: price in money, a unit or a unit and day as `trees.measure` says.
    """
    missed, waiting = np.zeros(n), np.zeros(n)
    fills = trees.measure == MEASURES.index(ServiceMeasure.FILL_RATE)
    price = trees.forest.as_served(price)
    missed[trees.rows[fills]], waiting[trees.rows[~fills]] = price[fills], price[~fills]
    return Stakes(missed, waiting)


def _alone(levels: Levels, wanted: PlacePolicies, price: Reals, book: PolicyBook) -> Ids:
    """What each place would hold by itself for its own target: the compared rule.

    A fill rate is that of the units asked for between two nights, the first of them a lead time after an order.

    Shapes: (n,).
    """
    alone = np.zeros(len(levels), dtype=np.int64)
    rows = np.flatnonzero(levels.stocked)
    for place, measure in enumerate(MEASURES):
        some = rows[wanted.measure[rows] == place]
        mean, variance, target = levels.lead_mean[some], levels.lead_variance[some], wanted.target[some]
        if measure is ServiceMeasure.FILL_RATE:
            waited = 1.0 - np.divide(levels.daily_mean[some] * NIGHT, mean, out=np.zeros(len(some)), where=mean > 0)
            alone[some] = base_stock.for_cycle_fill_rate((mean * waited, variance * waited), (mean, variance), target)
        elif measure is ServiceMeasure.WAIT:
            alone[some] = base_stock.for_wait(mean, variance, levels.daily_mean[some], target)
        else:
            holding = price[some] * book.settings.holding_rate_per_year / 365.25
            alone[some] = base_stock.for_shortage_cost(mean, variance, target, holding)
    return alone


def _told(book: PolicyBook, part_ids: Ids) -> tuple[Ids, Ids]:
    """The part-places that an override says something about: they are looked at though nobody asked there."""
    part, place = np.divmod(book.overrides.key, len(book.places.ids))
    mine = np.isin(book.parts.ids[part], part_ids)
    return book.parts.ids[part[mine]], book.places.ids[place[mine]]


def before_in(layout: Layout, book: PolicyBook, standing: Standing) -> Before:
    """Bring the levels that stand onto the places of a layout."""
    before = Before.nothing(len(layout))
    at, which = layout.find(standing.part_ids, standing.warehouse_ids, book.places)
    before.stocked[at] = True
    before.reorder_point[at] = standing.reorder_point[which]
    before.order_up_to[at] = standing.order_up_to[which]
    return before


def plan_piece(
    session: Session, run_id: int, part_ids: Ids, book: PolicyBook, constants: Constants, *, on: date, at: datetime
) -> Piece:
    """Plan some parts from end to end and write what comes of it: their levels, and what is proposed.

    Shapes: part_ids (parts,), ascending.
    """
    watch = Stopwatch()
    sellers, succession = read_sellers(session, part_ids, on=on), read_succession(session, part_ids, on=on)
    asking = read_asking(session, part_ids, book, constants, succession, on=on, watch=watch)
    planned = plan_places(asking, constants, book, sellers.worth(asking.layout.part_ids, constants.usual_price), on=on)
    watch.lap("levels")
    columns = _level_columns(planned, asking.asked)
    changed = write_levels(session, columns, part_ids=part_ids.tolist(), run_id=run_id, at=at)
    watch.lap("levels_written")
    proposals, value = propose(session, run_id, planned, sellers, book, succession, on=on, at=at, watch=watch)
    return Piece(len(planned.layout), int(planned.levels.stocked.sum()), changed, proposals, value, watch.seconds)


def propose(
    session: Session,
    run_id: int,
    planned: Planned,
    sellers: Sellers,
    book: PolicyBook,
    succession: Succession,
    *,
    on: date,
    at: datetime,
    watch: Stopwatch,
) -> tuple[int, float]:
    """Bring the books onto the places, order, share, and write what is proposed; how many, and their value."""
    layout = planned.layout
    parts = np.unique(layout.part_ids)
    replaced = succession.replaced_by(parts)
    edited = work_side_by_side(session, parts.tolist())
    books = read_books(session, part_ids=np.union1d(parts, replaced))
    positions = positions_in(books, layout, book.places, succession.stands_for, succession.served_by)
    own = positions_in(books, layout, book.places, {}) if len(replaced) else positions
    waited_for = waited_for_in(read_waiting(session, part_ids=parts), layout, book.places)
    turned_down = read_turned_down(session, parts, layout, book.places, at=at)
    watch.lap("positions")
    offers = with_chosen(session, sellers.offers(layout.part_ids), parts, layout, book.places, on=on)
    mine = edited_in(edited, layout, book.places)
    settled = settle(planned, positions, own.free, waited_for, offers, book, mine, turned_down)
    soon = falling_due(planned.levels, settled.orders, offers, planned.policies, turned_down)
    due = (
        ordered_rows(layout, planned.levels, settled.orders, offers, turned_down),
        moved_rows(planned, settled, offers, book, turned_down),
    )
    ahead = ordered_rows(layout, planned.levels, soon, offers, turned_down, ProposalStatus.AHEAD)
    rows = {name: np.concatenate([one[name] for one in (*due, ahead)]) for name in ahead}
    rows["run_id"] = np.full(len(rows["part_id"]), run_id)
    watch.lap("proposals")
    write_proposals(session, as_columns(rows, on=on), part_ids=parts.tolist(), at=at)
    drop_ahead(session, part_ids=parts.tolist())
    watch.lap("proposals_written")
    worth = sum(float(one["value"].sum(dtype=np.float64)) for one in due)
    return sum(len(one["value"]) for one in due), worth / MONEY


def _level_columns(planned: Planned, asked: PlaceDemand) -> dict[str, Column]:
    levels, wanted = planned.levels, planned.policies
    rows = np.flatnonzero(levels.stocked)
    source = np.where(levels.source[rows] >= 0, planned.layout.warehouse_ids[levels.source[rows]], NONE)
    return {
        "part_id": bigints(planned.layout.part_ids[rows]),
        "warehouse_id": bigints(planned.layout.warehouse_ids[rows]),
        "source_id": bigints(source, none=NONE),
        "stocked": flags(levels.stocked[rows]),
        "urgent": flags(wanted.urgent[rows]),
        "method": Words(METHODS, levels.method[rows]),
        "daily_mean": doubles(levels.daily_mean[rows]),
        "season": doubles(levels.season[rows]),
        "year_mean": doubles(levels.daily_mean[rows] / asked.this_month[rows]),
        "unit_worth": doubles(planned.price[rows], known=levels.source[rows] < 0),
        "lead_days": doubles(levels.lead_days[rows]),
        "review_days": smallints(wanted.review_days[rows]),
        "lead_mean": doubles(levels.lead_mean[rows]),
        "lead_variance": doubles(levels.lead_variance[rows]),
        "demand_size": doubles(levels.demand_size[rows]),
        "measure": Words([one.value for one in MEASURES], wanted.measure[rows]),
        "target": doubles(wanted.target[rows]),
        "expected_fill": doubles(levels.expected_fill[rows]),
        "safety_stock": bigints(levels.safety_stock[rows]),
        "reorder_point": bigints(levels.reorder_point[rows]),
        "order_up_to": bigints(levels.order_up_to[rows]),
        "single_order_up_to": bigints(planned.single_order_up_to[rows]),
        "pack_size": bigints(levels.pack_size[rows]),
        "order_minimum": bigints(levels.order_minimum[rows]),
        "order_maximum": bigints(levels.order_maximum[rows], none=QUANTITY_MAX),
    }
