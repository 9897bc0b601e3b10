"""Lead times: learned from shipments, stated by people."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from inventory import sourcing, subscriptions, transport
from inventory.catalogue import Part
from inventory.errors import NotFound, NotPermitted
from inventory.network import Tier
from inventory.planning import policies
from inventory.planning.policies import LaneLeadsUp, LaneLeadTime, LeadTimeOutOfBounds, SameWarehouseLane
from inventory.transport import Shipment
from inventory.warehousing import PickTask, Trigger
from tests import given
from tests.given import NOON
from tests.given.policies import planner
from tests.given.transport import closed, shipped, under_way
from tests.given.warehousing import picked

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def connected() -> None:
    subscriptions.connect()


@pytest.fixture
def ends(session):
    centre = given.warehouse(session, tier="distribution")
    return centre, given.warehouse(session, tier="repair", parent=centre)


def moved(session, ends, *, shipped_at=NOON) -> tuple[Part, Shipment]:
    """A piece of a new part on its way from the first to the second as a transfer, released at noon."""
    part, by = given.part(session), given.acting(session)
    given.stock(session, ends[0], part, 1)
    wish = sourcing.TransferWish(ends[0].id, ends[1].id, [sourcing.TransferLine(part.id, 1)])
    (order,) = sourcing.place_transfers(session, [wish], by=by, at=NOON)
    sourcing.release_waiting(session, ends[0].id, Trigger.JOB, by=by, at=NOON)
    tasks = session.scalars(select(PickTask).where(PickTask.line_id == order.lines[0].line_id)).all()
    boxes = [closed(session, picked(session, tasks, by=by, at=NOON), by=by, at=NOON)]
    return part, shipped(session, boxes, by=by, at=shipped_at)


def received(session, part: Part, shipment: Shipment, days: float) -> None:
    """The shipment with a piece of the part is received so many days after noon."""
    scans = [transport.PieceScan(part.number, received=1)]
    transport.receive_shipment(session, shipment.id, scans, by=given.acting(session), at=NOON + days * DAY)


def taken(session, ends, days: float) -> None:
    """A transfer from the first to the second that was received so many days after it was released."""
    received(session, *moved(session, ends), days)


def lane(session, ends) -> LaneLeadTime | None:
    session.expire_all()
    return session.get(LaneLeadTime, (ends[0].id, ends[1].id))


def test_mean_and_spread_come_from_what_shipments_took(session, ends):
    for days in (1, 2, 3):
        taken(session, ends, days)
    assert policies.learn_lead_times(session, at=NOON + 4 * DAY) == 1
    learned = lane(session, ends)
    assert (learned.shipments, learned.learned_days, learned.learned_sd_days) == (3, 2, 1)
    assert learned.days is None


def test_time_runs_from_the_release_and_not_from_the_road(session, ends):
    received(session, *moved(session, ends, shipped_at=NOON + 2 * DAY), 3)
    policies.learn_lead_times(session, at=NOON + 4 * DAY)
    assert lane(session, ends).learned_days == 3


def test_what_is_still_on_its_way_teaches_nothing(session, ends):
    moved(session, ends)
    assert policies.learn_lead_times(session, at=NOON + 4 * DAY) == 0


def test_what_a_repair_waited_for_teaches_nothing(session, ends):
    part = given.part(session)
    given.stock(session, ends[0], part, 1)
    received(session, part, under_way(session, ends[1], part), 1)
    assert policies.learn_lead_times(session, at=NOON + 4 * DAY) == 0
    taken(session, ends, 5)
    policies.learn_lead_times(session, at=NOON + 6 * DAY)
    assert (lane(session, ends).shipments, lane(session, ends).learned_days) == (1, 5)


def test_shipments_of_long_ago_are_forgotten_and_what_was_stated_stays(session, ends):
    taken(session, ends, 1)
    by = planner(session)
    policies.state_lane(session, ends[0].code, ends[1].code, Decimal(5), Decimal(2), by=by, at=NOON)
    policies.learn_lead_times(session, at=NOON + 2 * DAY)
    assert lane(session, ends).shipments == 1
    policies.learn_lead_times(session, at=NOON + 400 * DAY)
    known = lane(session, ends)
    assert (known.shipments, known.learned_days, known.days) == (0, None, 5)


def test_learning_twice_says_the_same(session, ends):
    taken(session, ends, 1)
    for _ in range(2):
        policies.learn_lead_times(session, at=NOON + 2 * DAY)
    assert lane(session, ends).shipments == 1


def test_a_lane_is_stated_by_who_plans_its_end_and_may_see_its_beginning(session, ends):
    centre, station = ends
    policies.state_lane(session, centre.code, station.code, Decimal(5), Decimal(2), by=planner(session), at=NOON)
    with pytest.raises(NotFound):
        policies.state_lane(
            session, centre.code, station.code, Decimal(5), Decimal(2), by=planner(session, centre), at=NOON
        )
    listed = policies.list_lanes(session, by=planner(session, station))
    assert [(one.source, one.destination) for one in listed] == [ends]
    assert policies.list_lanes(session, by=planner(session, centre)) == []
    assert policies.list_lanes(session, by=planner(session), after=(station.code, centre.code)) == []


def test_no_lane_leads_to_where_it_began_and_none_takes_no_time(session, ends):
    by, code = planner(session), ends[0].code
    with pytest.raises(SameWarehouseLane):
        policies.state_lane(session, code, code, Decimal(5), Decimal(2), by=by, at=NOON)
    with pytest.raises(LeadTimeOutOfBounds):
        policies.state_lane(session, code, ends[1].code, Decimal(0), Decimal(2), by=by, at=NOON)


def test_a_lane_leads_down_or_to_an_equal_but_not_up(session, ends):
    by, (centre, station) = planner(session), ends
    equal = given.warehouse(session, tier="repair", parent=centre)
    with pytest.raises(LaneLeadsUp) as refused:
        policies.state_lane(session, station.code, centre.code, Decimal(5), Decimal(2), by=by, at=NOON)
    assert refused.value.facts == {"source": station.code, "warehouse": centre.code}
    stated = policies.state_lane(session, equal.code, station.code, Decimal(5), Decimal(2), by=by, at=NOON)
    assert stated.days == Decimal(5)


def test_pairs_of_tiers_are_stated_by_who_plans_the_network(session):
    by = planner(session)
    policies.state_tiers(session, None, Tier.CENTRAL, Decimal(30), Decimal(5), by=by, at=NOON)
    listed = policies.list_tier_lead_times(session, by=by)
    assert len(listed) == 12
    assert (listed[0].from_tier, listed[0].to_tier, listed[0].days) == (None, Tier.CENTRAL, 30)
    local = planner(session, given.warehouse(session))
    with pytest.raises(NotPermitted):
        policies.state_tiers(session, None, Tier.CENTRAL, Decimal(30), Decimal(5), by=local, at=NOON)
