"""From days to matrices: months, both views, marks, supersession, and where a series begins."""

from datetime import date, timedelta

import numpy as np
import pytest

from inventory.planning import demand
from inventory.planning.demand import InstalledBase, MarkKind, MarkWish, Origin, View
from tests import given
from tests.given import NOON
from tests.given.demand import asked

ON = date(2026, 3, 2)
JANUARY, FEBRUARY = date(2026, 1, 1), date(2026, 2, 1)


@pytest.fixture
def centre(session):
    return given.warehouse(session, tier="distribution")


@pytest.fixture
def station(session, centre):
    return given.warehouse(session, parent=centre)


@pytest.fixture
def part(session):
    return given.part(session)


def series(session, part, warehouse, *, months=3, view=View.NEED, on=ON, part_ids=None):
    """One part's months at one warehouse; None where there is no such series."""
    matrix = demand.read_matrix(session, on=on, months=months, view=view, part_ids=part_ids)
    rows = (matrix.part_ids == part.id) & (matrix.warehouse_ids == warehouse.id)
    return matrix.quantity[rows][0].tolist() if rows.any() else None


def mark(session, part, warehouse, month, counts_as, kind=MarkKind.OUTLIER):
    wish = MarkWish(part.id, warehouse.id, month, kind, counts_as, "抢修")
    return demand.mark_month(session, wish, by=given.acting(session), at=NOON)


def test_days_add_up_to_months_and_the_present_month_is_left_out(session, station, part):
    for on, quantity in (("2025-12-31", 1), ("2026-01-01", 2), ("2026-01-31", 3), ("2026-03-01", 9)):
        asked(session, station, part, on, quantity)
    assert series(session, part, station) == [1, 5, 0]


def test_the_months_are_named_oldest_first(session, station, part):
    asked(session, station, part, "2026-02-10")
    matrix = demand.read_matrix(session, on=ON, months=3)
    assert matrix.months.astype(str).tolist() == ["2025-12", "2026-01", "2026-02"]


def test_asked_and_imported_days_join(session, station, part):
    asked(session, station, part, "2026-02-10", 2)
    asked(session, station, part, "2026-02-10", 3, origin=Origin.IMPORTED)
    assert series(session, part, station, months=1) == [5]


def test_the_source_view_counts_at_the_first_choice_source(session, centre, station, part):
    other = given.warehouse(session, parent=centre)
    asked(session, station, part, "2026-02-10", 2)
    asked(session, other, part, "2026-02-11", 3)
    assert series(session, part, centre, months=1, view=View.SOURCE) == [5]
    assert series(session, part, centre, months=1) is None


def test_series_come_sorted_by_part_then_warehouse(session, centre, station, part):
    other, second = given.warehouse(session, parent=centre), given.part(session)
    for place, one in ((other, second), (station, second), (other, part), (station, part)):
        asked(session, place, one, "2026-02-10")
    matrix = demand.read_matrix(session, on=ON, months=1, part_ids=[part.id, second.id])
    expected = [(one.id, place.id) for one in (part, second) for place in (station, other)]
    assert list(zip(matrix.part_ids.tolist(), matrix.warehouse_ids.tolist(), strict=True)) == expected


def test_a_part_to_which_nothing_was_asked_in_the_window_has_no_series(session, station, part):
    asked(session, station, part, "2025-06-10")
    assert series(session, part, station) is None


def test_a_series_is_unknown_before_its_part_was_asked_for_anywhere(session, centre, station, part):
    asked(session, station, given.part(session), "2025-01-10")
    asked(session, given.warehouse(session, parent=centre), part, "2026-01-10")
    asked(session, station, part, "2026-02-10")
    np.testing.assert_equal(series(session, part, station), [np.nan, 0, 1])


def test_a_series_is_unknown_before_its_warehouse_was(session, centre, station, part):
    asked(session, given.warehouse(session, parent=centre), part, "2025-01-10")
    asked(session, station, given.part(session), "2026-01-10")
    asked(session, station, part, "2026-02-10")
    np.testing.assert_equal(series(session, part, station), [np.nan, 0, 1])


def test_what_was_asked_of_an_old_number_counts_for_its_successor_in_the_ratio(session, station, part):
    new = given.part(session)
    given.supersession(session, part, new, ratio=2)
    asked(session, station, part, "2026-01-10", 3)
    asked(session, station, new, "2026-02-10", 1)
    assert series(session, new, station, months=2) == [6, 1]
    assert series(session, part, station, months=2) is None


def test_a_chain_of_successors_is_followed_to_its_end(session, station, part):
    middle, new = given.part(session), given.part(session)
    given.supersession(session, part, middle, ratio=2)
    given.supersession(session, middle, new, ratio=3)
    asked(session, station, part, "2026-02-10", 1)
    assert series(session, new, station, months=1) == [6]


@pytest.mark.parametrize(
    ("valid_from", "valid_to"),
    [(ON + timedelta(days=1), None), (date(2025, 1, 1), ON)],
    ids=["begins tomorrow", "ended yesterday"],
)
def test_a_link_that_is_not_valid_on_the_day_moves_nothing(session, station, part, valid_from, valid_to):
    new = given.part(session)
    given.supersession(session, part, new, valid_from=valid_from, valid_to=valid_to)
    asked(session, station, part, "2026-02-10", 4)
    assert series(session, part, station, months=1) == [4]
    assert series(session, new, station, months=1) is None


def test_a_marked_month_counts_as_its_mark_says_in_both_views(session, centre, station, part):
    asked(session, station, part, "2026-01-10", 90)
    asked(session, station, part, "2026-01-12", 10)
    asked(session, station, part, "2026-02-10", 2)
    mark(session, part, station, JANUARY, 3)
    assert series(session, part, station, months=2) == [3, 2]
    assert series(session, part, centre, months=2, view=View.SOURCE) == [3, 2]


def test_a_mark_of_one_warehouse_leaves_the_others_alone(session, centre, station, part):
    other = given.warehouse(session, parent=centre)
    for place in (station, other):
        asked(session, place, part, "2026-01-10", 50)
    mark(session, part, station, JANUARY, 0, MarkKind.ONE_OFF)
    assert series(session, part, other, months=2) == [50, 0]
    assert series(session, part, station, months=2) == [0, 0]


def test_a_mark_undone_changes_nothing_any_more(session, station, part):
    asked(session, station, part, "2026-01-10", 50)
    made = mark(session, part, station, JANUARY, 1)
    demand.undo_mark(session, made.id, by=given.acting(session), at=NOON)
    assert series(session, part, station, months=2) == [50, 0]


def test_a_mark_of_an_old_number_is_rolled_over_with_it(session, station, part):
    new = given.part(session)
    given.supersession(session, part, new, ratio=2)
    asked(session, station, part, "2026-02-10", 90)
    mark(session, part, station, FEBRUARY, 3)
    assert series(session, new, station, months=1) == [6]


def test_some_parts_read_alone_are_as_they_are_among_all(session, centre, station):
    parts = [given.part(session) for _ in range(4)]
    other = given.warehouse(session, parent=centre)
    given.supersession(session, parts[0], parts[1], ratio=3)
    for at, one in enumerate(parts):
        asked(session, station, one, date(2025, 6 + at, 5), 2)
        asked(session, other, one, date(2026, 1, 1 + at), 5)
    mark(session, parts[2], other, JANUARY, 1)
    together = demand.read_matrix(session, on=ON, months=12)
    for one in parts:
        alone = demand.read_matrix(session, on=ON, months=12, part_ids=[one.id])
        rows = together.part_ids == one.id
        np.testing.assert_array_equal(alone.warehouse_ids, together.warehouse_ids[rows])
        np.testing.assert_array_equal(alone.quantity, together.quantity[rows])


def test_no_demand_is_an_empty_matrix(session, part):
    matrix = demand.read_matrix(session, on=ON, months=6, part_ids=[part.id])
    assert matrix.quantity.shape == (0, 6)


def test_the_installed_base_is_what_models_in_use_are_fitted_with(session, station, part):
    fridge, freezer = given.model(session, parts=[part]), given.model(session, parts=[part])
    for model, counted_on, units in (
        (fridge, date(2026, 1, 5), 100),
        (fridge, date(2026, 2, 5), 120),
        (freezer, date(2026, 2, 20), 7),
    ):
        session.add(InstalledBase(model_id=model.id, warehouse_id=station.id, counted_on=counted_on, units=units))
    session.flush()
    base = demand.read_installed_base(session, on=ON, months=3, part_ids=[part.id])
    assert (base.part_ids.tolist(), base.warehouse_ids.tolist()) == ([part.id], [station.id])
    np.testing.assert_equal(base.units, [[np.nan, 100, 127]])
    assert base.now.tolist() == [127]


def test_a_part_that_another_replaces_is_fitted_no_more(session, station, part):
    model = given.model(session, parts=[part])
    given.supersession(session, part, given.part(session))
    session.add(InstalledBase(model_id=model.id, warehouse_id=station.id, counted_on=date(2026, 1, 5), units=8))
    session.flush()
    assert len(demand.read_installed_base(session, on=ON, months=3, part_ids=[part.id])) == 0


def test_a_count_from_before_the_window_stands_until_the_next(session, station, part):
    model = given.model(session, parts=[part])
    session.add(InstalledBase(model_id=model.id, warehouse_id=station.id, counted_on=date(2020, 5, 1), units=8))
    session.flush()
    assert demand.read_installed_base(session, on=ON, months=2, part_ids=[part.id]).units.tolist() == [[8, 8]]
