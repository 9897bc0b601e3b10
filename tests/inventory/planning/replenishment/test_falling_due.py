"""The last day to order, and what will have to be bought soon: told, ordered along, and opened in place when due."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import example
from hypothesis import given as given_
from hypothesis import strategies as st
from sqlalchemy import func, select

from inventory.planning import replenishment
from inventory.planning.replenishment import (
    Held,
    Proposal,
    ProposalFilter,
    ProposalKind,
    ProposalOrder,
    ProposalStatus,
)
from inventory.planning.replenishment.falling_due import DAYS_AHEAD, fill_up
from inventory.planning.replenishment.positions import Positions
from inventory.planning.replenishment.proposing import days_to_order, work_out_needs
from tests import given
from tests.given import NOON
from tests.given import procurement as bought
from tests.given import replenishment as planned
from tests.given.planning import ON
from tests.given.policies import override
from tests.inventory.planning.days.places import tree_of
from tests.inventory.planning.replenishment.town import Town


def a_place(rate, *, stock=10, lot=4, lead_days=20):
    """A place that buys: reordered at `stock - lot`, up to `stock`."""
    return tree_of([-1], [stock], lead_days=lead_days, rate=rate, lot=lot).steps[0]


@pytest.mark.parametrize(
    ("position", "rate", "days"),
    [
        (6, 0.5, 0),  # at the reorder point: today is the last day
        (9, 0.5, 6),  # three units above it last six days
        (8, 0.75, 2),  # the third day would be too late
        (4, 0.5, -4),  # what is missing was asked for in four days
        (-50, 0.5, -20),  # ordered earlier than a lead time ago it would be here
        (6, 0.0, 0),
        (5, 0.0, -20),  # nothing is asked for, and yet it is below: since ever
        (7, 0.0, 3650),
    ],
)
def test_the_last_day_to_order_is_the_one_on_which_the_position_falls_to_the_reorder_point(position, rate, days):
    assert days_to_order(a_place(rate), np.array([position])).tolist() == [days]


def standing(on_hand):
    """Places where so much lies, and nothing else is coming or promised."""
    there = np.array(on_hand)
    none = np.zeros(len(there), dtype=np.int64)
    return Positions(there, none, none, none, none)


def test_an_order_tells_by_how_many_days_it_is_overdue():
    planner = tree_of([-1, -1], [10, 10], lead_days=20, rate=0.5, lot=4)
    assert work_out_needs(planner.steps[0], standing([6, 3]), planner.offers).order_by.tolist() == [0, -6]


class Supplied(Town):
    """Below the central warehouse every shelf is full; what lies there itself is told by each test.

    It buys for half a year, which is more than the supplier's minimum.
    """

    def __init__(self, session):
        super().__init__(session)
        self.buys_for_half_a_year()
        self.plan()
        self.at_top = self.level(self.central)
        for place in (self.centre, *self.stations):
            self.lies(place, self.level(place).order_up_to)

    def lies_above(self, units):
        """So many units lie at the central warehouse above its reorder point, no order under way."""
        self.lies(self.central, self.at_top.reorder_point + units)

    def to_buy(self):
        self.plan()
        query = select(Proposal).where(Proposal.kind == ProposalKind.PURCHASE, Proposal.decided_at.is_(None))
        return self.session.scalars(query).one_or_none()


@pytest.fixture
def town(session):
    return Supplied(session)


def test_what_falls_due_within_a_month_stands_ahead_as_it_can_be_ordered_today(town):
    town.lies_above(3)
    soon = town.to_buy()
    days = int(3 / town.at_top.daily_mean)
    assert 0 < days < DAYS_AHEAD
    assert (soon.status, soon.needed, soon.order_by_on) == (ProposalStatus.AHEAD, 0, ON + timedelta(days=days))
    lot = town.at_top.order_up_to - town.at_top.reorder_point
    assert soon.quantity == -(-(lot - 3) // 5) * 5 >= 10  # at least ten, in packs of five
    assert (soon.supplier_part_id, soon.held, soon.position) == (
        town.seller.id, Held.PURCHASE, town.at_top.reorder_point + 3,
    )  # fmt: skip


def test_what_fits_the_least_order_only_on_its_day_is_not_told(town):
    lot = town.at_top.order_up_to - town.at_top.reorder_point
    town.lies_above(lot - 5)
    assert town.to_buy() is None


def test_approved_ahead_it_lifts_the_position_to_the_level_and_less_than_a_pack_above(session, town):
    town.lies_above(3)
    soon, by = town.to_buy(), planned.deciding(session)
    replenishment.approve_proposals(session, [soon.id], by=by, at=NOON)
    assert town.to_buy() is None
    filled = soon.position + soon.released_quantity
    assert town.at_top.order_up_to <= filled < town.at_top.order_up_to + 5


@given_(
    level=st.integers(1, 12),
    pack=st.integers(1, 4),
    minimum=st.integers(1, 10),
    position=st.integers(-5, 12),
    maximum=st.integers(1, 20),
)
@example(level=10, pack=2, minimum=6, position=6, maximum=20)  # the least order lifts it by a pack above
def test_nothing_ahead_lifts_a_position_by_a_pack_above_the_level(level, pack, minimum, position, maximum):
    place = replace(a_place(0.5, stock=level, lot=1), order_maximum=np.array([maximum]))
    [quantity] = fill_up(place, np.array([minimum]), np.array([pack]), np.array([position])).tolist()
    fitting = [
        packs * pack
        for packs in range(1, 21)
        if packs * pack >= minimum and position + packs * pack <= min(maximum, level + pack - 1)
    ]
    assert quantity == (max(fitting, default=0) if position < level else 0)


def test_what_falls_due_later_than_in_a_month_is_not_told(town):
    town.lies_above(int(town.at_top.daily_mean * (DAYS_AHEAD + 1)) + 2)
    assert town.to_buy() is None


def test_what_would_not_fit_under_the_maximum_today_is_not_offered(session, town):
    town.lies_above(3)
    override(session, town.part, town.central, maximum=town.at_top.reorder_point + 3 + 9)  # the least order is ten
    assert town.to_buy() is None


def test_what_stood_ahead_is_opened_in_place_when_it_is_due(session, town):
    town.lies_above(3)
    ahead = town.to_buy()
    number = ahead.number
    override(session, town.part, town.central, minimum=town.at_top.reorder_point + 20)
    opened = town.to_buy()
    assert (opened.number, opened.status) == (number, ProposalStatus.OPEN)
    assert opened.needed == opened.quantity >= 17
    assert opened.order_by_on < ON


def test_what_stood_ahead_goes_without_a_trace_when_it_falls_due_no_longer(session, town):
    town.lies_above(3)
    number = town.to_buy().id
    town.lies(town.central, 500)
    assert town.to_buy() is None
    assert session.scalar(select(func.count()).where(Proposal.id == number)) == 0


def test_a_run_counts_only_what_is_due(session, town):
    town.lies_above(3)
    assert town.plan().figures["proposals"] == 0


def test_what_falls_due_soon_can_be_ordered_along_and_is_counted_by_its_day(session, town):
    town.lies_above(3)
    soon, by = town.to_buy(), planned.deciding(session)
    days = [ON + timedelta(days=one) for one in (0, 7, 30)]
    counted = replenishment.count_falling_due(session, ProposalFilter(), days, by=by)
    assert [counted[day].proposals for day in days] == [int(soon.order_by_on <= day) for day in days]
    ahead = ProposalFilter(status=ProposalStatus.AHEAD)
    assert replenishment.list_proposals(session, ProposalFilter(), by=by) == []
    assert replenishment.list_approvable(session, ProposalFilter(status=None), by=by, most=9) == []
    ids = replenishment.list_approvable(session, ahead, by=by, order=ProposalOrder.DAY, most=9)
    assert ids == [soon.id]
    [order] = replenishment.approve_proposals(session, ids, by=by, at=NOON).orders
    assert soon.purchase_order_id == order.id
    assert town.to_buy() is None  # the draft counts as coming


def test_what_falls_due_soon_goes_along_to_reach_the_minimum_of_its_supplier(session):
    central, run, by = given.warehouse(session, tier="central"), planned.run(session), planned.deciding(session)
    supplier = bought.supplier(session, minimum_order_value=200)

    def to_buy(**known):
        part = given.part(session)
        of = bought.sold(session, supplier, part, (1, "10"))
        return planned.proposal(session, part, central, of=of, by_run=run, **known)

    due = to_buy()
    soon = to_buy(status="ahead", on_hand=6, needed=0, quantity=9, order_by_on=NOON.date() + timedelta(days=9))
    made = replenishment.approve_proposals(session, [due.id], by=by, at=NOON)
    assert [one.id for one in made.added] == [soon.id]
    assert soon.status is ProposalStatus.RELEASED
