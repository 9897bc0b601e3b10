"""What is asked for where a part is not stocked falls to the first-choice source: the place above that stocks it."""

from datetime import date

import numpy as np
import pytest
from sqlalchemy import select

from inventory.planning import demand
from inventory.planning.demand import View
from inventory.planning.replenishment import StockLevel
from inventory.planning.replenishment.levels import DAYS_A_MONTH
from tests import given
from tests.given.demand import asked
from tests.given.planning import plan, three_tiers
from tests.given.policies import override

ON = date(2026, 3, 2)
YEAR = [date(2025 + month // 12, month % 12 + 1, 8) for month in range(2, 14)]


class Branch:
    """A distribution centre that needs a part itself, and four repair centres that need other quantities of it.

    Every series is long enough to be forecast by itself and too short for methods to be tried: by its last year's mean.
    """

    def __init__(self, session):
        self.session = session
        network = three_tiers(session, 4)
        self.central, self.centre, self.stations = network.central, network.centre, network.stations
        self.part = given.part(session)
        draw = np.random.default_rng(3)
        for turn, place in enumerate((self.centre, *self.stations)):
            for on in YEAR:
                asked(session, place, self.part, on, int(draw.integers(1, 3 * turn + 3)))

    def not_stocked(self, *places):
        for place in places:
            override(self.session, self.part, place, stocked=False)

    def a_month(self, view, place):
        """What the last year asked of a place by the month, in one of the views."""
        matrix = demand.read_matrix(self.session, on=ON, months=12, view=view)
        of_place = (matrix.part_ids == self.part.id) & (matrix.warehouse_ids == place.id)
        return float(np.nansum(matrix.quantity[of_place])) / 12

    def planned_directly(self):
        """By stocked place, what is planned to be asked of it a month beside what those below draw."""
        plan(self.session, on=ON)
        levels = self.session.scalars(select(StockLevel).where(StockLevel.stocked)).all()
        flow = {one.warehouse_id: float(one.daily_mean) * DAYS_A_MONTH for one in levels}
        drawn = dict.fromkeys(flow, 0.0)
        for one in levels:
            if one.source_id is not None:
                drawn[one.source_id] += flow[one.warehouse_id]
        return {place: flow[place] - drawn[place] for place in flow}


@pytest.fixture
def branch(session):
    return Branch(session)


@pytest.mark.parametrize("without", [(), (1,), (0, 2), (0, 1, 2, 3)])
def test_direct_demand_is_what_was_asked_of_the_source_less_what_stocked_places_below_ask_themselves(branch, without):
    """And what the centre needs itself, for which its own first choice is the central warehouse."""
    branch.not_stocked(*(branch.stations[one] for one in without))
    planned = branch.planned_directly()
    stocked = [one for turn, one in enumerate(branch.stations) if turn not in without]
    assert {one.id for one in stocked} == planned.keys() - {branch.centre.id, branch.central.id}
    of_source = branch.a_month(View.SOURCE, branch.centre)
    below = sum(branch.a_month(View.NEED, one) for one in stocked)
    own = branch.a_month(View.NEED, branch.centre)
    assert own == branch.a_month(View.SOURCE, branch.central) > 0
    assert planned[branch.centre.id] == pytest.approx(of_source - below + own, rel=1e-5)
    assert planned[branch.central.id] == pytest.approx(0, abs=1e-9)


def test_where_the_first_choice_does_not_stock_it_either_the_next_above_is_asked(branch):
    branch.not_stocked(branch.centre, *branch.stations[:2])
    planned = branch.planned_directly()
    asked_there = [branch.a_month(View.NEED, one) for one in (branch.centre, *branch.stations[:2])]
    assert planned[branch.central.id] == pytest.approx(sum(asked_there), rel=1e-5)


def test_a_repair_centre_under_another_source_since_asks_that_one_whatever_its_history_tells(session, branch):
    elsewhere = given.warehouse(session, tier="distribution", parent=branch.central)
    moved = branch.stations[3]
    branch.not_stocked(moved)
    moved.parent_id = elsewhere.id
    session.flush()
    planned = branch.planned_directly()
    assert planned[elsewhere.id] == pytest.approx(branch.a_month(View.NEED, moved), rel=1e-5)
    assert branch.a_month(View.SOURCE, elsewhere) == 0
