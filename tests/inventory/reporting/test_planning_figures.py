"""What the planners' figures say of a network whose figures can be worked out by hand."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import reduce

import numpy as np
import pytest
from sqlalchemy import select, text

from inventory import sourcing
from inventory.actor import Actor
from inventory.errors import NotPermitted
from inventory.identity import Permission
from inventory.network import Tier, Warehouse
from inventory.planning.policies import PlanningSetting
from inventory.planning.replenishment import ProposalStatus
from inventory.reporting import (
    FigureFilter,
    PlaceList,
    Released,
    Standing,
    Sums,
    begin_fold,
    count_back_orders,
    count_overrides_in_force,
    count_released,
    end_fold,
    fold_figures,
    fold_parts,
    list_forecast_months,
    list_forecast_parts,
    list_places,
    list_stock_months,
    read_figures,
)
from inventory.reporting.planning_figures_models import PlaceStanding
from inventory.sourcing import PartRequestWish, WishedLine
from tests import given
from tests.given import demand as asked_for
from tests.given import policies as planned
from tests.given import replenishment
from tests.given.workorders import repair

ON = given.NOON.date()
ALL = FigureFilter()
LONG_AGO = given.NOON - timedelta(days=500)


def seeing(session, *warehouses) -> Actor:
    """Somebody who sees proposals at these warehouses; without one, in the whole network."""
    by = given.acting(session)
    reach = frozenset(one.id for one in warehouses) if warehouses else None
    return Actor(by.person_id, by.name, {Permission.SEE_PROPOSALS: reach}, by.command_id)


@pytest.fixture
def central(session):
    return given.warehouse(session, tier="central")


@pytest.fixture
def station(session, central):
    centre = given.warehouse(session, tier="distribution", parent=central)
    return given.warehouse(session, tier="repair", parent=centre)


@pytest.fixture
def run(session):
    return replenishment.run(session)


def priced(session, price: str = "10", **known):
    return given.part(session, price=Decimal(price), **known)


def fold(session, on: date = ON):
    fold_figures(session, on=on, at=datetime(on.year, on.month, on.day, 20, tzinfo=UTC))
    session.expire_all()


def total(session, wanted: FigureFilter = ALL, *warehouses):
    found = read_figures(session, wanted, by=seeing(session, *warehouses))
    assert found is not None
    return found.total


def numbers(session, which: PlaceList, wanted: FigureFilter = ALL, *warehouses):
    return [one.number for one in list_places(session, which, wanted, by=seeing(session, *warehouses), limit=50)]


def standing_of(session, part, warehouse):
    return session.scalars(
        select(PlaceStanding).where(PlaceStanding.part_id == part.id, PlaceStanding.warehouse_id == warehouse.id)
    ).one_or_none()


def test_before_the_first_fold_there_are_no_figures_and_no_lists(session):
    by = seeing(session)
    assert read_figures(session, ALL, by=by) is None
    assert list_places(session, PlaceList.SHORT, ALL, by=by, limit=5) == []


@pytest.mark.parametrize(
    ("quantity", "standing"), [(0, "short"), (2, "short"), (3, "within"), (12, "within"), (13, "above")]
)
def test_free_stock_stands_short_within_or_above_by_safety_stock_and_order_up_to_level(
    session, station, run, quantity, standing
):
    part = priced(session)
    replenishment.level(session, part, station, run)
    if quantity:
        given.stock(session, station, part, quantity)
    fold(session)
    assert standing_of(session, part, station).standing is Standing(standing)


def test_what_is_reserved_is_on_hand_but_not_free(session, station, run):
    part = priced(session)
    replenishment.level(session, part, station, run)
    stock = given.stock(session, station, part, 13)
    given.reservation(session, station, stock.key, 2)
    fold(session)
    found = standing_of(session, part, station)
    assert (found.on_hand, found.free, found.standing) == (13, 11, Standing.WITHIN)


def test_stock_target_missing_and_excess_add_up_in_money(session, central, station, run):
    short, over = priced(session, "10"), priced(session, "2.5")
    replenishment.level(session, short, station, run)
    replenishment.level(session, over, station, run)
    given.stock(session, station, short, 2)
    given.stock(session, station, over, 20)
    fold(session)
    found = total(session)
    assert (found.places, found.short, found.above) == (2, 1, 1)
    assert (found.on_hand_value, found.target_value) == (70, 150)
    assert (found.missing_value, found.excess_value) == (100, 20)


def test_surplus_begins_beyond_the_margin_over_the_order_up_to_level(session, station, run):
    within_margin, beyond = priced(session), priced(session)
    for part, quantity in ((within_margin, 15), (beyond, 18)):  # a fifth over 12 is 14.4: up to 15
        replenishment.level(session, part, station, run)
        given.stock(session, station, part, quantity)
    fold(session)
    assert (total(session).surplus_places, total(session).surplus_value) == (1, 30)
    assert numbers(session, PlaceList.SURPLUS) == [beyond.number]


def test_stock_where_none_is_to_be_held_is_told_apart_from_surplus_over_a_level(session, station, run):
    unplanned, over = priced(session), priced(session)
    given.stock(session, station, unplanned, 4)
    replenishment.level(session, over, station, run)
    given.stock(session, station, over, 18)
    fold(session)
    found = total(session)
    assert (found.places, found.surplus_places, found.surplus_value) == (1, 1, 30)
    assert (found.unplanned, found.unplanned_value) == (1, 40)
    assert numbers(session, PlaceList.SURPLUS) == [over.number]
    assert numbers(session, PlaceList.UNPLANNED) == [unplanned.number]


def test_a_place_is_empty_when_nothing_is_free_of_what_is_asked_for(session, station, run):
    wanted, unwanted = priced(session), priced(session)
    replenishment.level(session, wanted, station, run)
    replenishment.level(session, unwanted, station, run, daily_mean=0.0)
    fold(session)
    assert total(session).empty == 1
    assert numbers(session, PlaceList.EMPTY) == [wanted.number]


def test_stock_is_dead_by_the_days_since_it_was_asked_for_here_or_below(session, central, station):
    alive, dying, dead = priced(session), priced(session), priced(session)
    for part in (alive, dying, dead):
        given.stock(session, central, part, 1, received_at=LONG_AGO)
    asked_for.asked(session, station, alive, ON - timedelta(days=89))
    asked_for.asked(session, station, dying, ON - timedelta(days=180))
    fold(session)
    found = total(session)
    assert (found.dead_90_places, found.dead_180_places, found.dead_365_places) == (2, 2, 1)
    assert set(numbers(session, PlaceList.DEAD_180)) == {dying.number, dead.number}
    assert numbers(session, PlaceList.DEAD_365) == [dead.number]


def test_stock_that_came_of_late_is_not_dead_yet(session, station):
    part = priced(session)
    given.stock(session, station, part, 1, received_at=given.NOON - timedelta(days=10))
    fold(session)
    assert total(session).dead_90_places == 0


def test_demand_of_a_replaced_number_keeps_its_successor_alive(session, station):
    old, new = priced(session), priced(session)
    given.supersession(session, old, new, valid_from=ON - timedelta(days=400))
    given.stock(session, station, new, 1, received_at=LONG_AGO)
    asked_for.asked(session, station, old, ON - timedelta(days=5))
    fold(session)
    assert standing_of(session, new, station).idle_since == ON - timedelta(days=5)


def test_turns_are_what_was_asked_for_in_a_year_over_what_lies_there(session, central, station):
    part = priced(session)
    given.stock(session, central, part, 4)
    asked_for.asked(session, station, part, ON - timedelta(days=30), 5)
    asked_for.asked(session, station, part, ON - timedelta(days=360), 3)
    asked_for.asked(session, station, part, ON - timedelta(days=370), 100)
    fold(session)
    assert total(session, FigureFilter(tier=Tier.CENTRAL)).turns == 2.0


def test_projected_fill_is_weighted_by_demand_and_end_demand_counts_once(session, central, station, run):
    part = priced(session)
    single = {"demand_size": 1.0}
    replenishment.level(session, part, central, run, source_id=None, daily_mean=4.0, expected_fill=0.5, **single)
    replenishment.level(session, part, station, run, source_id=central.id, daily_mean=3.0, expected_fill=0.9, **single)
    fold(session)
    found = total(session)
    assert found.projected_fill == pytest.approx((4 * 0.5 + 3 * 0.9) / 7)
    assert found.end_fill == pytest.approx((1 * 0.5 + 3 * 0.9) / 4)


def test_projected_fill_counts_orders_so_that_a_pipe_by_the_millimetre_weighs_as_much_as_a_lamp(session, station, run):
    lamp, pipe = priced(session), priced(session, base_unit="mm")
    replenishment.level(session, lamp, station, run, daily_mean=0.5, demand_size=1.0, expected_fill=0.9)
    replenishment.level(session, pipe, station, run, daily_mean=750.0, demand_size=1500.0, expected_fill=0.5)
    fold(session)
    found = total(session)
    assert found.end_fill == found.projected_fill == pytest.approx(0.7)


def ask(session, station, *wanted):
    """A repair asks for parts: (part, quantity) each."""
    lines = [WishedLine(part.number, quantity) for part, quantity in wanted]
    wish = PartRequestWish(station.code, lines, work_order_id=repair(session, station).work_order.id)
    sourcing.request_parts(session, wish, by=given.acting(session), at=given.NOON)


def test_realised_fill_counts_lines_that_were_met_at_once_in_full(session, station, run):
    lamp, pipe, scarce = priced(session), priced(session, base_unit="mm"), priced(session)
    for part, quantity in ((lamp, 5), (pipe, 400), (scarce, 1)):
        replenishment.level(session, part, station, run)
        given.stock(session, station, part, quantity)
    ask(session, station, (lamp, 1), (pipe, 300), (scarce, 2))
    fold(session)
    assert (total(session).asked, total(session).filled) == (3, 2)


def test_a_line_that_its_place_lacks_counts_at_its_first_choice_source_for_the_rest(session, station, run):
    centre = session.get(Warehouse, station.parent_id)
    part = priced(session)
    for place, quantity in ((station, 1), (centre, 2)):
        replenishment.level(session, part, place, run)
        given.stock(session, place, part, quantity)
    ask(session, station, (part, 3))
    fold(session)
    at_station, at_centre = (total(session, FigureFilter(warehouse_id=one.id)) for one in (station, centre))
    assert (at_station.asked, at_station.filled) == (1, 0)
    assert (at_centre.asked, at_centre.filled) == (1, 1)


def test_a_figure_of_places_out_of_reach_is_not_added(session, central, station, run):
    part = priced(session)
    for place in (central, station):
        replenishment.level(session, part, place, run)
        given.stock(session, place, part, 20)
    fold(session)
    assert total(session, ALL, station).on_hand_value == 200
    assert len(list_places(session, PlaceList.ABOVE, ALL, by=seeing(session, station), limit=9)) == 1


def test_who_may_not_see_proposals_sees_no_figures(session):
    nobody = Actor(1, "nobody", {})
    for ask in (
        lambda: read_figures(session, ALL, by=nobody),
        lambda: list_places(session, PlaceList.SHORT, ALL, by=nobody, limit=1),
        lambda: count_back_orders(session, ALL, by=nobody),
        lambda: count_overrides_in_force(session, ALL, on=ON, by=nobody),
        lambda: count_released(session, ALL, at=given.NOON, by=nobody),
        lambda: list_stock_months(session, ALL, months=3, by=nobody),
        lambda: list_forecast_months(session, ALL, months=3, by=nobody),
    ):
        with pytest.raises(NotPermitted):
            ask()


def test_figures_narrow_to_a_tier_a_division_and_a_warehouse(session, central, station, run):
    part, other = priced(session), priced(session)
    replenishment.level(session, part, central, run)
    replenishment.level(session, other, station, run)
    fold(session)
    assert total(session, FigureFilter(tier=Tier.REPAIR)).places == 1
    assert total(session, FigureFilter(division_id=part.division_id, warehouse_id=central.id)).places == 1
    assert numbers(session, PlaceList.SHORT, FigureFilter(warehouse_id=station.id)) == [other.number]
    assert numbers(session, PlaceList.SHORT, FigureFilter(tier=Tier.CENTRAL)) == [part.number]


def test_a_list_goes_on_after_the_last_row_seen(session, station, run):
    parts = [priced(session, price) for price in ("1", "5", "5", "9")]
    for part in parts:
        replenishment.level(session, part, station, run)
    fold(session)
    by = seeing(session)
    first = list_places(session, PlaceList.SHORT, ALL, by=by, limit=2)
    rest = list_places(session, PlaceList.SHORT, ALL, by=by, after=first[-1].key, limit=9)
    assert [one.value for one in (*first, *rest)] == [108, 60, 60, 12]
    assert len({one.part_id for one in (*first, *rest)}) == 4


def test_what_is_on_its_way_to_a_place_is_told_beside_what_is_missing(session, central, station, run):
    part = priced(session)
    replenishment.level(session, part, station, run)
    given.stock(session, central, part, 9)
    moved = sourcing.TransferWish(central.id, station.id, [sourcing.TransferLine(part.id, 6)])
    sourcing.place_transfers(session, [moved], by=given.acting(session), at=given.NOON)
    fold(session)
    (found,) = list_places(session, PlaceList.SHORT, ALL, by=seeing(session), limit=9)
    assert (found.missing, found.coming) == (12, 6)


def test_folding_twice_on_a_day_says_the_same_and_touches_no_row(session, station, run):
    part = priced(session)
    replenishment.level(session, part, station, run)
    given.stock(session, station, part, 20)
    fold(session)
    figures = total(session)
    versions = session.execute(text("SELECT ctid, xmin FROM place_standing")).all()
    fold(session)
    assert total(session) == figures
    assert session.execute(text("SELECT ctid, xmin FROM place_standing")).all() == versions
    (month,) = list_stock_months(session, ALL, months=12, by=seeing(session))
    assert month.on_hand_value == 200


def test_a_place_that_holds_nothing_any_more_leaves_the_lists(session, station, run):
    part = priced(session)
    level = replenishment.level(session, part, station, run)
    fold(session)
    session.delete(level)
    session.flush()
    fold(session)
    assert standing_of(session, part, station) is None
    assert total(session).places == 0


def test_a_month_of_stock_is_its_mean_day(session, station, run):
    part = priced(session)
    replenishment.level(session, part, station, run)
    given.stock(session, station, part, 10)
    fold(session, ON)
    given.stock(session, station, part, 10)
    fold(session, ON + timedelta(days=1))
    (month,) = list_stock_months(session, ALL, months=12, by=seeing(session))
    assert (month.on_hand_value, month.target_value) == (150, 120)


def test_a_forecast_stands_as_the_month_began_and_is_judged_when_it_is_over(session, central, station, run):
    part = priced(session)
    level = replenishment.level(session, part, central, run, source_id=None, daily_mean=1.0)
    fold(session, date(2026, 3, 1))
    level.daily_mean = 9.0
    session.flush()
    fold(session, date(2026, 3, 20))
    asked_for.asked(session, station, part, "2026-03-05", 25)
    assert list_forecast_months(session, ALL, months=12, by=seeing(session)) == []
    fold(session, date(2026, 4, 1))
    (month,) = list_forecast_months(session, ALL, months=12, by=seeing(session))
    assert (month.month, month.expected, month.asked, month.missed) == (date(2026, 3, 1), 310, 250, 60)
    assert month.accuracy == pytest.approx(0.76)
    assert month.bias == pytest.approx(0.24)


def test_demand_for_what_nobody_expected_counts_as_missed(session, central, station, run):
    expected, unexpected = priced(session), priced(session)
    replenishment.level(session, expected, central, run, source_id=None, daily_mean=1.0)
    fold(session, date(2026, 3, 1))
    asked_for.asked(session, station, unexpected, "2026-03-05", 4)
    fold(session, date(2026, 4, 1))
    rows = list_forecast_parts(session, date(2026, 3, 1), ALL, by=seeing(session), limit=9)
    assert [(one.number, one.expected, one.asked, one.missed_value) for one in rows] == [
        (expected.number, 31.0, 0, 310),
        (unexpected.number, 0.0, 4, 40),
    ]


def test_a_cancellation_after_the_month_still_corrects_what_was_asked_for(session, central, station, run):
    part = priced(session)
    replenishment.level(session, part, central, run, source_id=None, daily_mean=1.0)
    fold(session, date(2026, 3, 1))
    day = asked_for.asked(session, station, part, "2026-03-05", 25)
    fold(session, date(2026, 4, 1))
    day.quantity = 20
    session.flush()
    fold(session, date(2026, 4, 2))
    (month,) = list_forecast_months(session, ALL, months=12, by=seeing(session))
    assert month.asked == 200


def test_who_plans_a_part_of_the_network_is_not_told_how_forecasts_did(session, central, station, run):
    part = priced(session)
    replenishment.level(session, part, central, run, source_id=None, daily_mean=1.0)
    fold(session, date(2026, 3, 1))
    fold(session, date(2026, 4, 1))
    assert list_forecast_months(session, ALL, months=12, by=seeing(session, station)) == []
    assert list_forecast_parts(session, date(2026, 3, 1), ALL, by=seeing(session, station), limit=9) == []


def test_places_with_an_override_are_told_apart_from_the_others_by_the_same_measure_as_all(session, station, run):
    overridden, other, centre = priced(session), priced(session), session.get(Warehouse, station.parent_id)
    single = {"demand_size": 1.0}
    replenishment.level(session, overridden, station, run, expected_fill=0.99, daily_mean=1.0, **single)
    replenishment.level(session, overridden, centre, run, expected_fill=0.5, daily_mean=1.5, **single)
    replenishment.level(session, other, station, run, expected_fill=0.8, daily_mean=2.0, **single)
    replenishment.level(session, other, centre, run, expected_fill=0.1, daily_mean=2.0, **single)
    for place in (station, centre):
        planned.override(session, overridden, place, minimum=3, expires_on=ON + timedelta(days=5))
    fold(session)
    found = total(session)
    assert found.overridden_places == 2
    assert found.overridden_end_fill == pytest.approx((1 * 0.99 + 0.5 * 0.5) / 1.5)
    assert found.others.end_fill == pytest.approx(0.8)
    assert found.end_fill == pytest.approx((1 * 0.99 + 0.5 * 0.5 + 2 * 0.8) / 3.5)
    assert numbers(session, PlaceList.OVERRIDDEN) == [overridden.number] * 2
    counted = count_overrides_in_force(session, ALL, on=ON, by=seeing(session))
    assert (counted.in_force, counted.expiring) == (2, 2)


def test_back_orders_are_counted_as_they_are_now(session, station):
    part = priced(session)
    order = repair(session, station).work_order
    wish = PartRequestWish(station.code, [WishedLine(part.number, 3)], work_order_id=order.id)
    for _ in range(2):
        sourcing.request_parts(session, wish, by=given.acting(session), at=given.NOON)
    found = count_back_orders(session, ALL, by=seeing(session))
    assert (found.lines, found.parts, found.oldest_at) == (2, 1, given.NOON)
    assert count_back_orders(session, FigureFilter(tier=Tier.CENTRAL), by=seeing(session)).lines == 0


def test_what_goes_by_itself_is_a_share_of_what_went_and_what_waits_by_kind(session, central, station, run):
    system = session.execute(text("SELECT id FROM person WHERE login = 'system'")).scalar_one()
    somebody = given.acting(session).person_id
    order = sourcing.place_transfers(
        session, [_filled(session, central, station)], by=given.acting(session), at=given.NOON
    )[0]

    def propose(**known):
        replenishment.proposal(session, priced(session), station, **{"source": central, "by_run": run, **known})

    for by in (system, system, system, somebody):
        propose(
            status=ProposalStatus.RELEASED, held=None, released_quantity=1, decided_by_id=by, decided_at=given.NOON,
            part_request_id=order.request_id,
        )  # fmt: skip
    propose(held="over_limit")
    propose(held="short_at_source", quantity=0)
    propose(kind="excess_return", held="over_limit")
    propose(source=None, kind="purchase", held="purchase")
    found = count_released(session, ALL, at=given.NOON, by=seeing(session))
    by_kind = {kind.value: one for kind, one in found.by_kind}
    assert by_kind["transfer"] == Released(3, 1, waiting=1, without_stock=1)
    assert by_kind["transfer"].share == pytest.approx(3 / 5)
    assert by_kind["excess_return"] == Released(0, 0, waiting=1, without_stock=0)
    assert by_kind.keys() == {"transfer", "rebalancing", "excess_return"}
    assert (found.total.all, found.total.share) == (6, pytest.approx(0.5))
    later = count_released(session, ALL, at=given.NOON + timedelta(days=8), by=seeing(session))
    assert (later.total.by_itself, later.total.waiting, later.total.share) == (0, 2, 0.0)


def _filled(session, source, destination):
    part = given.part(session)
    given.stock(session, source, part, 5)
    return sourcing.TransferWish(source.id, destination.id, [sourcing.TransferLine(part.id, 1)])


def test_a_part_without_a_price_is_counted_and_weighs_nothing(session, station, run):
    part = given.part(session)
    replenishment.level(session, part, station, run)
    given.stock(session, station, part, 5)
    fold(session)
    assert (total(session).unpriced, total(session).held_places, total(session).on_hand_value) == (1, 1, 0)


def test_however_the_parts_are_cut_the_figures_are_the_same(session, central, station, run):
    old, new = priced(session), priced(session, "7.25")
    given.supersession(session, old, new, valid_from=ON - timedelta(days=400), interchangeable=True)
    for part, quantity in ((priced(session, "3.5"), 4), (old, 2), (new, 9)):
        given.stock(session, station, part, quantity, received_at=LONG_AGO)
        replenishment.level(session, part, station, run, order_up_to=6)
        replenishment.level(session, part, central, run, source_id=None, daily_mean=0.7)
    fold(session)
    whole = rows_of(session)
    session.execute(text("DELETE FROM place_standing"))
    ground = begin_fold(session, on=ON)
    pieces = [fold_parts(session, ground, np.array([one])) for one in ground.part_ids[::-1]]
    end_fold(session, ground, reduce(Sums.plus, pieces), at=given.NOON)
    assert rows_of(session) == whole


def rows_of(session):
    """All that a fold writes by place and by warehouse."""
    places = session.execute(text("SELECT * FROM place_standing ORDER BY part_id, warehouse_id")).all()
    return places, session.execute(text("SELECT * FROM planning_figure ORDER BY warehouse_id, division_id")).all()


def test_what_is_worth_more_than_can_be_kept_counts_as_much_as_can_be(session, station, run):
    dear = given.part(session, price=Decimal(99_999_999_999))
    given.stock(session, station, dear, 999_999_999)
    replenishment.level(session, dear, station, run, order_up_to=12)
    fold(session)
    assert standing_of(session, dear, station).on_hand_value == Decimal(90_000_000_000_000)
    assert total(session).surplus_value == Decimal(90_000_000_000_000)


def test_figures_tell_the_margin_by_which_their_night_called_stock_surplus(session):
    before = session.get_one(PlanningSetting, 1).surplus_margin
    fold(session)
    session.get_one(PlanningSetting, 1).surplus_margin = before + 1
    session.flush()
    assert read_figures(session, ALL, by=seeing(session)).margin == before
    fold(session)
    assert read_figures(session, ALL, by=seeing(session)).margin == before + 1
