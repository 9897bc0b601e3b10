"""A proposal opened: every quantity follows from the figures beside it, and waiting never costs less than ordering."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from inventory.errors import NotFound
from inventory.planning import replenishment
from inventory.planning.replenishment import Proposal, formula_of, if_we_wait, look_a_month_ahead, needed_again
from tests import given
from tests.given import NOON
from tests.given import demand as past
from tests.given import replenishment as planned
from tests.inventory.planning.stocking.test_ordering import computed
from tests.inventory.planning.stocking.worked import unhurried

quantities = st.integers(0, 5_000)
figures = st.fixed_dictionaries(
    {
        **dict.fromkeys(("on_hand", "in_transit", "on_order", "reserved", "back_ordered", "owed"), quantities),
        "reorder_point": quantities,
        "above": st.integers(0, 500),
        "pack_size": st.integers(1, 60),
        "order_minimum": st.integers(1, 200),
        "order_maximum": st.one_of(st.none(), st.integers(0, 9_000)),
    }
)


def proposal_of(told):
    told = dict(told)
    told["order_up_to"] = told["reorder_point"] + told.pop("above")
    return Proposal(needed=planned.needed_of(told), **told)


@unhurried
@drawn(st.lists(figures, min_size=1, max_size=20))
def test_the_quantity_needed_is_worked_out_again_from_the_columns_of_each_proposal(told):
    proposals = [proposal_of(one) for one in told]
    assert needed_again(proposals).tolist() == [one.needed for one in proposals]


@unhurried
@drawn(figures)
def test_the_formula_shown_gives_the_quantity_needed(told):
    proposal = proposal_of(told)
    assert computed(formula_of(proposal)) == proposal.needed


@unhurried
@drawn(st.integers(-50, 200), st.integers(1, 300), st.floats(0.0, 5.0), st.floats(1.0, 6.0), st.floats(0.0, 60.0))
def test_ordering_never_makes_anybody_wait_longer_and_sooner_is_never_worse(position, quantity, rate, ratio, lead):
    waiting = if_we_wait(position, quantity, daily_mean=rate, ratio=ratio, lead_days=lead, days=90)
    assert (waiting.today <= waiting.in_a_week + 1e-9).all()
    assert (waiting.in_a_week <= waiting.undone + 1e-9).all()
    assert (np.diff(waiting.undone) >= -1e-9).all()


def test_what_is_owed_already_is_waited_for_from_the_first_day():
    waiting = if_we_wait(-3, 10, daily_mean=0.5, ratio=1.0, lead_days=4.5, days=10)
    assert waiting.undone[0] == 3
    assert waiting.today[4] == waiting.undone[4]  # on its way
    assert waiting.today[5] < waiting.undone[5]  # come
    assert waiting.in_a_week.tolist() == waiting.undone.tolist()  # not within these days


def test_without_demand_nobody_begins_to_wait():
    waiting = if_we_wait(0, 5, daily_mean=0.0, ratio=1.0, lead_days=3, days=30)
    assert waiting.undone.tolist() == [0.0] * 31


def test_a_month_ahead_has_its_mean_within_its_band():
    ahead = look_a_month_ahead(0.5, 1.8)
    assert ahead.mean == pytest.approx(0.5 * 365.25 / 12)
    assert ahead.low < ahead.mean < ahead.high
    still = look_a_month_ahead(0.0, 1.0)
    assert (still.mean, still.low, still.high) == (0.0, 0, 0)


def test_a_proposal_tells_the_demand_of_its_place_and_of_those_below(session):
    central = given.warehouse(session, tier="central")
    centre = given.warehouse(session, tier="distribution", parent=central)
    station = given.warehouse(session, parent=centre)
    foreign = given.warehouse(session, tier="distribution", parent=given.warehouse(session, tier="central"))
    part, today = given.part(session), NOON.date()
    last_month = today.replace(day=1) - timedelta(days=1)
    for place, quantity in ((central, 1), (centre, 2), (station, 4), (foreign, 100)):
        past.asked(session, place, part, last_month, quantity)
    run = planned.run(session)
    planned.level(session, part, centre, run, source_id=central.id)
    made = planned.proposal(session, part, centre, source=central, by_run=run)
    opened = replenishment.open_proposal(session, made.id, by=planned.deciding(session), months=6)
    assert opened.months[-1] == date(last_month.year, last_month.month, 1)
    assert opened.asked == [0.0, 0.0, 0.0, 0.0, 0.0, 6.0]
    assert opened.run.id == opened.level_run.id == run.id
    assert opened.ahead.mean == pytest.approx(0.2 * 365.25 / 12)
    assert len(opened.waiting.days) == 20 + 28 + 1
    assert opened.waiting.demand_size == 1.25


def test_a_proposal_of_a_place_without_levels_opens_all_the_same(session):
    central, part = given.warehouse(session, tier="central"), given.part(session)
    made = planned.proposal(session, part, central)
    opened = replenishment.open_proposal(session, made.id, by=planned.deciding(session), months=3)
    assert (opened.level, opened.ahead, opened.waiting) == (None, None, None)
    assert opened.asked == [0.0, 0.0, 0.0]


def test_a_foreign_proposal_answers_like_a_missing_one(session):
    central, part = given.warehouse(session, tier="central"), given.part(session)
    made = planned.proposal(session, part, central)
    by = planned.deciding(session, given.warehouse(session, tier="central"))
    for id in (made.id, made.id + 1_000):
        with pytest.raises(NotFound):
            replenishment.open_proposal(session, id, by=by, months=3)
