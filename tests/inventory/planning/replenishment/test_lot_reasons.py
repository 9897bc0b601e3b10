"""A level tells how many are ordered at once, how many days of demand that is, and why, from its own figures."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from inventory.planning.policies import Phase, PlanningSetting
from inventory.planning.policies.models import PartPlan
from inventory.planning.replenishment import Lot, LotReason, StockLevel, tell_lots
from tests import given
from tests.given import replenishment as planned
from tests.inventory.planning.replenishment.town import Town

COSTS = {"order_cost": 40.0, "holding_rate_per_year": 0.25}


@pytest.fixture
def kept(session):
    """The lot of a part that is bought, of a level with such figures: ordered at 5, 0.2 a day, 100 each."""
    central = given.warehouse(session, tier="central")
    part = given.part(session)
    run = planned.run(session, constants=COSTS)

    def lot(**figures) -> Lot:
        told = {"daily_mean": 0.2, "year_mean": 0.2, "unit_worth": 100.0, "review_days": 30, **figures}
        level = planned.level(session, part, central, run, **told)
        found = tell_lots(session, [(part.id, central.id)])
        session.delete(level)
        session.flush()
        return found[part.id, central.id]

    lot.part = part
    return lot


@pytest.mark.parametrize(
    ("reason", "quantity", "figures"),
    [
        (LotReason.REVIEW, 18, {"review_days": 90}),
        (LotReason.REVIEW, 36, {"review_days": 90, "season": 2.0}),
        (LotReason.PACK, 50, {"pack_size": 50}),
        (LotReason.ECONOMIC, 15, {}),  # sqrt(2 x 73.05 x 160 / 100) = 15.3
        (LotReason.YEAR, 73, {"unit_worth": 1.0}),  # 152.9 would cost least
        (LotReason.MAXIMUM, 7, {"order_maximum": 12}),
        (LotReason.KEPT, 14, {}),
        (LotReason.REVIEW, 6, {"unit_worth": None}),  # nothing is bought here
        (None, 15, {"year_mean": None, "unit_worth": None}),  # of a run that kept no figures for it
    ],
)
def test_a_lot_tells_what_it_is_as_large_as(kept, reason, quantity, figures):
    lot = kept(reorder_point=5, order_up_to=5 + quantity, **figures)
    assert (lot.quantity, lot.reason) == (quantity, reason)


def test_a_lot_is_told_in_days_of_a_mean_day_of_the_year(kept):
    assert kept(order_up_to=25, daily_mean=0.4).days == pytest.approx(100)
    assert kept(daily_mean=0.0, year_mean=0.0).days is None


def test_what_is_bought_for_the_last_time_is_bought_at_once(session, kept):
    session.add(PartPlan(part_id=kept.part.id, phase=Phase.LAST_TIME_BUY, supported_until_on=date(2035, 1, 1)))
    assert kept(reorder_point=99, order_up_to=100).reason is LotReason.LAST_BUY


def test_a_place_that_keeps_none_has_no_lot(session):
    central, part = given.warehouse(session, tier="central"), given.part(session)
    planned.level(session, part, central, planned.run(session), reorder_point=0, order_up_to=0)
    assert tell_lots(session, [(part.id, central.id)]) == {}


@pytest.mark.parametrize(
    ("order_cost", "bought_for"), [(0, LotReason.PACK), (20, LotReason.ECONOMIC), (200, LotReason.YEAR)]
)
def test_every_lot_of_a_night_is_worked_out_anew_from_what_is_kept(session, order_cost, bought_for):
    session.execute(update(PlanningSetting).values(order_cost=Decimal(order_cost)))
    Town(session).plan()
    levels = session.scalars(select(StockLevel).where(StockLevel.order_up_to > 0)).all()
    lots = tell_lots(session, [(one.part_id, one.warehouse_id) for one in levels])
    reasons = {(one.source_id is None): lots[one.part_id, one.warehouse_id].reason for one in levels}
    assert reasons[True] is bought_for
    assert LotReason.KEPT not in {lot.reason for lot in lots.values()}
    assert {lot.order_cost for lot in lots.values()} == {float(order_cost)}
    assert all((one.unit_worth is None) == (one.source_id is not None) for one in levels)
