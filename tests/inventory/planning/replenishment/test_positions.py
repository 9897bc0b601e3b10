"""Where part-places stand by the books: what counts as there, as coming and as owed."""

from datetime import date

import numpy as np
import pytest

from inventory.planning.policies import read_policy_book
from inventory.planning.replenishment.layout import lay_out
from inventory.planning.replenishment.positions import positions_in, read_books
from tests import given
from tests.given.transport import delivered, under_way
from tests.given.workorders import arrived, asked_for, repair

ON = date(2026, 3, 2)


@pytest.fixture
def station(session):
    return given.warehouse(session)


@pytest.fixture
def part(session):
    return given.part(session)


def position_of(session, warehouse, part):
    places = read_policy_book(session, on=ON).places
    layout = lay_out(places, np.array([part.id]), np.array([warehouse.id]))
    positions = positions_in(read_books(session), layout, places, {})
    return int(positions.position[layout.warehouse_ids == warehouse.id][0])


def test_what_lies_free_counts(session, station, part):
    given.stock(session, station, part, 7)
    assert position_of(session, station, part) == 7


def test_what_is_on_its_way_to_the_shelf_counts(session, station, part):
    given.stock(session, given.warehouse(session, tier="distribution"), part, 4)
    under_way(session, station, part, 4)
    assert position_of(session, station, part) == 4


def test_what_came_for_the_shelf_counts_before_it_is_put_there(session, station, part):
    delivered(session, station, part, 4)
    assert position_of(session, station, part) == 4


def test_what_is_earmarked_for_a_work_order_counts_nowhere(session, station, part):
    arrived(session, repair(session, station), part, 3)
    assert position_of(session, station, part) == 0


def test_what_a_repair_waits_for_is_owed_by_who_would_normally_have_served_it(session, station, part):
    line = asked_for(session, repair(session, station), part, 2)
    centre = session.get_one(type(station), line.preferred_source_id)
    assert (position_of(session, centre, part), position_of(session, station, part)) == (-2, 0)
