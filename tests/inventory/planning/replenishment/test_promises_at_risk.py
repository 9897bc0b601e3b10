"""The report's order by risk, from what was asked for to the proposal: counted in promises, at night and between."""

import numpy as np
from sqlalchemy import select, update

from inventory.identity import get_system_actor
from inventory.planning.replenishment import Proposal, StockLevel
from inventory.planning.replenishment.urgent import propose_urgent
from tests import given
from tests.given import NOON
from tests.given.demand import asked
from tests.given.planning import MONTHS, ON, asked_monthly, plan, three_tiers

GRAMS = 1_000


def asked_now_and_then(session, stations, part, quantity):
    """One order a month in the mean at each repair centre, each for so much."""
    draw = np.random.default_rng(7)
    for station in stations:
        for on, orders in zip(MONTHS, draw.poisson(1.0, len(MONTHS)).tolist(), strict=True):
            if orders:
                asked(session, station, part, on, orders * quantity)


def sizes(session, part):
    query = select(StockLevel.demand_size).where(StockLevel.part_id == part.id).order_by(StockLevel.warehouse_id)
    return session.scalars(query).all()


def risks(session, part):
    query = select(Proposal.warehouse_id, Proposal.short_per_week).where(
        Proposal.part_id == part.id, Proposal.status == "open"
    )
    return {row.warehouse_id: row.short_per_week for row in session.execute(query)}


def test_a_part_counted_in_grams_does_not_stand_above_one_asked_for_more_often(session):
    network = three_tiers(session, 4)
    solder, compressor = given.part(session, base_unit="g"), given.part(session)
    asked_now_and_then(session, network.stations[:1], solder, GRAMS)
    asked_now_and_then(session, network.stations, compressor, 1)
    plan(session)
    assert min(sizes(session, solder)) > 10 * max(sizes(session, compressor)) >= 10
    at = network.central.id
    assert 0 < risks(session, solder)[at] < risks(session, compressor)[at]


def test_an_urgent_refill_puts_as_many_promises_at_risk_as_the_night_did(session):
    network, part = three_tiers(session, 2), given.part(session, base_unit="g")
    asked_monthly(session, network.stations, part, GRAMS)
    plan(session)
    session.execute(update(StockLevel).values(urgent=True))
    night = risks(session, part)
    propose_urgent(session, [part.id], on=ON, by=get_system_actor(session), at=NOON)
    session.expire_all()
    assert risks(session, part) == night
    assert min(night.values()) > 0
