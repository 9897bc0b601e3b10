"""What service costs in each class, so that every class of parts gets what its policy asks for."""

from collections.abc import Sequence

import pytest
from sqlalchemy import select

from inventory.catalogue.models import Part
from inventory.planning.policies import ABC, TIERS, AbcClass, PartPlan, XyzClass
from inventory.planning.replenishment import StockLevel
from inventory.planning.replenishment.levels import read_class
from tests import given
from tests.given import NOON
from tests.given.planning import asked_monthly, plan, three_tiers
from tests.given.policies import fill_rate, planner, rule
from tests.given.procurement import sold, supplier


def priced(session, count: int, price: str, abc: AbcClass) -> list[Part]:
    """So many parts of a class, all at one price."""
    seller = supplier(session)
    parts = [given.part(session) for _ in range(count)]
    for part in parts:
        sold(session, seller, part, (1, price))
        session.add(PartPlan(part_id=part.id, abc=abc, xyz=XyzClass.Y, classed_at=NOON))
    return parts


def expected_fill(session, parts: Sequence[Part], stations) -> float:
    """The mean fill rate that the levels of some parts expect at the repair centres."""
    ids, places = [one.id for one in parts], [one.id for one in stations]
    levels = session.scalars(
        select(StockLevel).where(StockLevel.part_id.in_(ids), StockLevel.warehouse_id.in_(places))
    ).all()
    return sum(one.expected_fill * one.daily_mean for one in levels) / sum(one.daily_mean for one in levels)


def test_dear_parts_get_what_is_asked_for_them_though_cheap_ones_could_fill_their_share_for_less(session):
    town = three_tiers(session, 2)
    dear, cheap = priced(session, 2, "20000", AbcClass.A), priced(session, 10, "1", AbcClass.C)
    for part in (*dear, *cheap):
        asked_monthly(session, town.stations, part)
    plan(session)
    target = session.scalars(select(StockLevel.target).where(StockLevel.warehouse_id == town.station.id)).first()
    assert target == pytest.approx(0.90)
    assert expected_fill(session, dear, town.stations) >= target
    assert expected_fill(session, cheap, town.stations) >= target


def test_what_tiers_and_classes_of_value_are_asked_for_is_priced_apart(session):
    town = three_tiers(session, 2)
    for part in (*priced(session, 2, "900", AbcClass.A), *priced(session, 2, "1", AbcClass.C)):
        asked_monthly(session, [town.centre, *town.stations], part)
    by = planner(session)
    for tier in ("distribution", "repair"):
        for abc in (AbcClass.A, AbcClass.C):
            rule(session, tier, by=by, abc=abc, service=fill_rate("0.93"))
    run = plan(session)
    classes = [read_class(int(number)) for number in run.constants["service_prices"]]
    alike = sorted((TIERS[one.tier], ABC[one.abc]) for one in classes if one.target == 0.93)
    assert alike == [("distribution", "a"), ("distribution", "c"), ("repair", "a"), ("repair", "c")]
