"""A figure of the cockpit and the list that it leads to say the same: a planner has to trust both."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count

import pytest
from sqlalchemy import select, text

from inventory import sourcing
from inventory.catalogue import Division
from inventory.network import Warehouse
from inventory.planning import policies
from inventory.planning.policies import OverrideWish
from inventory.planning.replenishment import ProposalStatus
from inventory.reporting import PlaceList, fold_figures
from inventory.sourcing import PartRequestWish, WishedLine
from tests import given
from tests.given import demand, replenishment, workorders
from tests.given import policies as planned_by

_divisions = count(1)
NOW = datetime.now(UTC).replace(microsecond=0)
TODAY = NOW.date()
MONEY_OF = {
    "short": "short_missing_value",
    "empty": "empty_missing_value",
    "surplus": "surplus_value",
    "unplanned": "unplanned_value",
    "dead_90": "dead_90_value",
    "dead_180": "dead_180_value",
    "dead_365": "dead_365_value",
    "held": "on_hand_value",
}
COUNT_OF = {
    "surplus": "surplus_places",
    "overridden": "overridden_places",
    "held": "held_places",
    **{f"dead_{days}": f"dead_{days}_places" for days in (90, 180, 365)},
}


@pytest.fixture
def network(plant):
    """A centre and a station with parts that stand in every way there is, one of them of no price."""
    centre = given.warehouse(plant, tier="distribution", parent=given.warehouse(plant, tier="central"))
    places = (centre, given.warehouse(plant, tier="repair", parent=centre))
    division = given.division(plant, f"ADDS-UP-{next(_divisions)}")
    run = replenishment.run(plant, on=TODAY, at=NOW)
    for at, (held, price, planned) in enumerate(
        [(0, "10", {}), (2, "7.5", {}), (8, "3", {}), (13, "5", {}), (40, "2", {}), (0, "9", {"order_up_to": 0}),
         (6, None, {}), (3, "4", None)]
    ):  # fmt: skip
        part = given.part(plant, price=Decimal(price) if price else None, division=division)
        for place in places:
            if planned is not None:
                levels = {"reorder_point": 0, "safety_stock": 0, "daily_mean": 0.0, **planned} if planned else {}
                replenishment.level(plant, part, place, run, source_id=None, **levels)
            if held:
                given.stock(plant, place, part, held, received_at=NOW - timedelta(days=100 * at))
        if at in (1, 4):
            ends = TODAY + timedelta(days=9)
            wish = OverrideWish(part.number, centre.code, reason="a fair", expires_on=ends, minimum=1)
            policies.set_override(plant, wish, by=planned_by.planner(plant), on=TODAY, at=NOW)
    fold_figures(plant, on=TODAY, at=NOW)
    plant.commit()
    return places[0], division.code


@pytest.fixture
def client(plant, api):
    return api(given.person(plant, "planner"))


def listed(client, **wanted) -> list[dict]:
    """All rows of a list, page by page."""
    rows, cursor = [], {}
    while True:
        page = client.get("/reports/planning/places", limit="3", **wanted, **cursor).json
        rows += page["items"]
        if page["next_cursor"] is None:
            return rows
        cursor = {"cursor": page["next_cursor"]}


@pytest.mark.parametrize("which", list(PlaceList))
@pytest.mark.parametrize("narrowed", ["division", "tier", "warehouse"])
def test_a_list_adds_up_to_its_figure(client, network, which, narrowed):
    centre, division = network
    more = {"tier": {"tier": "repair"}, "warehouse": {"warehouse": centre.code}}.get(narrowed, {})
    wanted = {"division": division, **more}
    total = client.get("/reports/planning", **wanted).json["total"]
    rows = listed(client, list=which.value, **wanted)
    assert len(rows) == total[COUNT_OF.get(which.value, which.value)]
    if which.value in MONEY_OF:
        assert sum(Decimal(row["value"]) for row in rows) == Decimal(total[MONEY_OF[which.value]])


def test_no_list_of_that_network_is_empty(client, network):
    """Or the test above would prove nothing of it."""
    assert [one.value for one in PlaceList if not listed(client, list=one.value, division=network[1])] == []


def test_a_list_tells_its_count_and_its_money_above_its_rows(plant, browser_of, network):
    page = browser_of(given.person(plant, "planner", locale="en")).get(
        "/planning/cockpit/places", list="held", division=network[1]
    )
    told = page.get_data(as_text=True)
    assert re.search(r"12 part-places as of [-\d]+, most money first · Money on hand, CNY 392", told)


def addresses(page: str, path: str) -> list[str]:
    """The ways to a screen that a page shows."""
    return [one.replace("&amp;", "&") for one in re.findall(r'href="([^"]+)"', page) if one.startswith(path)]


def test_what_was_released_by_itself_leads_to_those_proposals_of_those_days(plant, browser_of, network):
    centre, code = network
    system = plant.execute(text("SELECT id FROM person WHERE login = 'system'")).scalar_one()
    run = replenishment.run(plant, on=TODAY, at=NOW)
    for by, days_ago in ((system, 1), (system, 3), (given.acting(plant).person_id, 1), (system, 9)):
        moved = held_above(plant, centre, code)
        replenishment.proposal(
            plant, moved, centre, source=plant.get(Warehouse, centre.parent_id), by_run=run, held=None,
            status=ProposalStatus.RELEASED, released_quantity=1, decided_by_id=by,
            decided_at=NOW - timedelta(days=days_ago), part_request_id=ordered(plant, centre, moved),
        )  # fmt: skip
    plant.commit()
    planner = browser_of(given.person(plant, "planner", locale="en"))
    page = planner.get("/planning/cockpit", warehouse=centre.code).get_data(as_text=True)
    assert "2 of 3 that may, in 7 days; 0 wait for somebody" in page
    there = next(one for one in addresses(page, "/replenishment?") if "decided=itself" in one)
    listed_there = planner.client.get(there).get_data(as_text=True)
    counts = re.findall(r'<span class="count">(\d+)</span>', listed_there)
    assert sum(map(int, counts)) == 2


def test_what_waits_for_somebody_and_for_stock_leads_to_those_proposals(plant, browser_of, network):
    centre, code = network
    run = replenishment.run(plant, on=TODAY, at=NOW)
    for told in ({"held": "over_limit"}, {"held": "over_limit"}, {"held": "short_at_source", "quantity": 0}):
        source = plant.get(Warehouse, centre.parent_id)
        replenishment.proposal(plant, held_above(plant, centre, code), centre, source=source, by_run=run, **told)
    plant.commit()
    planner = browser_of(given.person(plant, "planner", locale="en"))
    page = planner.get("/planning/cockpit", warehouse=centre.code).get_data(as_text=True)
    for waits, number in (("word", 2), ("stock", 1)):
        (there,) = [one for one in addresses(page, "/replenishment?") if f"waits={waits}" in one and "=transfer" in one]
        rows = planner.client.get(there).get_data(as_text=True).count('class="row-title"')
        assert rows == number, waits


def held_above(plant, centre, code):
    """A part of the division that the place above the centre holds."""
    division = plant.scalars(select(Division).where(Division.code == code)).one()
    part = given.part(plant, division=division)
    given.stock(plant, plant.get(Warehouse, centre.parent_id), part, 5)
    return part


def ordered(plant, centre, part) -> int:
    """The transfer order that a proposal became."""
    line = sourcing.TransferLine(part.id, 1)
    wish = sourcing.TransferWish(centre.parent_id, centre.id, [line])
    return sourcing.place_transfers(plant, [wish], by=given.acting(plant), at=NOW)[0].request_id


def test_back_orders_lead_to_what_work_orders_wait_for_at_that_place(plant, browser_of, network):
    centre, code = network
    station = plant.scalars(select(Warehouse).where(Warehouse.parent_id == centre.id)).one()
    part = given.part(plant, division=plant.scalars(select(Division).where(Division.code == code)).one())
    order = workorders.repair(plant, station).work_order
    for wish in (
        PartRequestWish(station.code, [WishedLine(part.number, 3)], work_order_id=order.id),
        PartRequestWish(station.code, [WishedLine(part.number, 4)]),
    ):
        sourcing.request_parts(plant, wish, by=given.acting(plant), at=NOW)
    plant.commit()
    planner = browser_of(given.person(plant, "planner", locale="en"))
    page = planner.get("/planning/cockpit", division=code).get_data(as_text=True)
    assert "1 parts · oldest" in page
    (there,) = addresses(page, "/backorders?")
    waiting = planner.client.get(there).get_data(as_text=True)
    assert waiting.count('<td class="row-title"') == 1
    elsewhere = planner.get("/planning/cockpit", division=code, tier="central").get_data(as_text=True)
    (there,) = addresses(elsewhere, "/backorders?")
    assert "No back-order fits." in planner.client.get(there).get_data(as_text=True)


def test_the_forecasts_of_a_month_add_up_to_its_figures(plant, client):
    station = given.warehouse(plant, tier="repair", parent=given.warehouse(plant, tier="distribution"))
    division = given.division(plant, f"ADDS-UP-{next(_divisions)}")
    last_month = (TODAY.replace(day=1) - timedelta(days=1)).replace(day=1)
    plant.execute(text("DELETE FROM forecast_month"))
    run = replenishment.run(plant, on=TODAY, at=NOW)
    parts = [given.part(plant, price=Decimal(price), division=division) for price in ("10", "2.5", "4")]
    for part in parts:
        replenishment.level(plant, part, station, run, source_id=None)
    fold_figures(plant, on=last_month, at=NOW)
    for part, quantity in zip(parts, (5, 9), strict=False):
        demand.asked(plant, station, part, last_month + timedelta(days=3), quantity)
    fold_figures(plant, on=TODAY, at=NOW)
    plant.commit()
    (month,) = client.get("/reports/planning/forecasts", division=division.code).json["items"]
    told = client.get("/reports/planning/forecasts/parts", month=month["month"], division=division.code).json["items"]
    assert len(told) == month["parts"] == 3
    assert sum(Decimal(one["missed_value"]) for one in told) == Decimal(month["missed_value"])
    assert Decimal(month["asked_value"]) == 5 * 10 + 9 * Decimal("2.5")
    assert month["accuracy"] == pytest.approx(1 - float(month["missed_value"]) / float(month["asked_value"]))
