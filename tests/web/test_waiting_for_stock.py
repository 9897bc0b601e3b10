"""What only waits for stock stands apart from what somebody can decide about, with what frees it."""

from datetime import UTC, datetime, timedelta

import pytest

from tests import given
from tests.given import procurement as bought
from tests.given import replenishment as planned
from tests.given.demand import ZONE
from tests.web.test_replenishment import text_of

TODAY = datetime.now(ZONE).date()


class Network:
    """A centre whose central warehouse has nothing of four parts; of a fifth it has, above the limit."""

    def __init__(self, session):
        self.central = given.warehouse(session, tier="central")
        self.centre = given.warehouse(session, tier="distribution", parent=self.central)
        self.station = given.warehouse(session, tier="repair", parent=self.centre)
        self.run, self.supplier = planned.run(session), bought.supplier(session)
        self.parts = [given.part(session) for _ in range(4)]
        self.stuck = [self.short(session, part, self.centre, self.central) for part in self.parts[:3]]
        self.far = self.short(session, self.parts[0], self.station, self.centre)
        self.decidable = planned.proposal(
            session, self.parts[3], self.centre, source=self.central, by_run=self.run, held="over_limit"
        )
        self.order_of(session, self.parts[0])
        of = bought.sold(session, self.supplier, self.parts[1], (1, "10"))
        self.to_buy = planned.proposal(session, self.parts[1], self.central, of=of, by_run=self.run, lead_days=20.0)

    def short(self, session, part, place, source):
        return planned.proposal(
            session, part, place, source=source, by_run=self.run, held="short_at_source", quantity=0
        )

    def order_of(self, session, part):
        bought.sold(session, self.supplier, part, (1, "10"))
        self.order = bought.draft(session, self.central, self.supplier, (part, 5))


@pytest.fixture
def network(plant):
    made = Network(plant)
    plant.commit()
    return made


@pytest.fixture
def planner(plant, network):
    return given.person(plant, "planner", network.central, network.centre, network.station, locale="en")


def test_the_list_of_transfers_and_its_count_hold_only_what_can_be_decided(browser_of, planner, network):
    page = browser_of(planner).get("/replenishment", kind="transfer")
    told = text_of(page)
    assert "Transfers 1 " in told
    assert "Waits for stock 4" in told
    assert network.decidable.number in page.get_data(as_text=True)
    assert network.stuck[0].number not in page.get_data(as_text=True)


def test_what_waits_for_stock_tells_what_frees_it_from_place_to_place(browser_of, planner, network):
    page = browser_of(planner).get("/replenishment", kind="transfer", waits="stock")
    html = page.get_data(as_text=True)
    assert network.decidable.number not in html
    rows = {one.number: html.split(f'id="{one.number}"')[1].split("</tr>")[0] for one in (*network.stuck, network.far)}
    ordered, proposed, nothing, far = rows.values()
    assert network.order.number in ordered
    assert network.order.number in far  # its source is short, but the one above it has ordered
    assert network.to_buy.number in proposed
    assert f"{TODAY + timedelta(days=20)} if it is approved today" in proposed
    assert "nothing is on order above" in nothing


def test_the_api_tells_apart_what_waits_for_stock(api, planner, network):
    client = api(planner)

    def numbers(**wish):
        return {one["number"] for one in client.get("/proposals", kind="transfer", **wish).json["items"]}

    stuck = {one.number for one in (*network.stuck, network.far)}
    assert numbers(waits="stock") == stuck
    assert numbers(waits="word") == {network.decidable.number}
    assert numbers() == stuck | {network.decidable.number}
    assert client.get("/proposals", waits="rain").status_code == 422


def test_a_proposal_tells_who_turned_down_the_one_before_it_and_why(browser_of, api, plant, network, planner):
    at = datetime.now(UTC) - timedelta(days=9)
    before = planned.proposal(
        plant,
        network.parts[2],
        network.central,
        by_run=network.run,
        status="rejected",
        decided_at=at,
        decided_by_id=planner.id,
        decision_reason="too many already",
        held=None,
    )
    again = planned.proposal(plant, network.parts[2], network.central, by_run=network.run, turned_down_id=before.id)
    plant.commit()
    browser = browser_of(planner)
    for address in ("/replenishment", f"/replenishment/proposals/{again.number}"):
        told = text_of(browser.get(address))
        assert f"turned down by {planner.name} on" in told
        assert "too many already" in told
    told = api(planner).get(f"/proposals/{again.number}").json["turned_down"]
    assert (told["number"], told["by"], told["reason"]) == (before.number, planner.name, "too many already")
