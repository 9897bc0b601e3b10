"""A buyer sees who sells what a proposal wants, and buys of another one: on the screen and over the API."""

import pytest

from inventory.planning.replenishment import Proposal
from tests import given
from tests.given import procurement as bought
from tests.given import replenishment as planned
from tests.web.test_replenishment import text_of


@pytest.fixture
def proposed(plant):
    """A part of two suppliers, the second dearer and in packs of ten; proposed of the first."""
    central, part = given.warehouse(plant, tier="central"), given.part(plant)
    first, second = bought.supplier(plant), bought.supplier(plant)
    of = bought.sold(plant, first, part, (1, "10"))
    bought.sold(plant, second, part, (1, "14"), (50, "12"), moq=20, pack_size=10, priority=2, lead_time_days=4)
    made = planned.proposal(plant, part, central, of=of)
    plant.commit()
    return central, second, made


@pytest.fixture
def buyer(plant, proposed):
    return given.person(plant, "procurement", proposed[0], locale="en")


def test_a_buyer_chooses_another_supplier_on_the_proposal(browser_of, plant, buyer, proposed):
    _, second, made = proposed
    browser = browser_of(buyer)
    page = f"/replenishment/proposals/{made.number}"
    told = text_of(browser.get(page))
    for words in (
        "Who sells it",
        "asked first",
        "14.00 CNY",
        "4.0 days",
        "at least 20",
        "packs of 10",
        "from 50 on 12.00",
    ):
        assert words in told
    assert browser.post(f"{page}/supplier", supplier=second.code).status_code == 303
    told = text_of(browser.get(page))
    assert "chosen by somebody" in told
    assert "another supplier chosen" in told
    plant.rollback()
    assert plant.get_one(Proposal, made.id, populate_existing=True).quantity == 20


def test_a_supplier_who_does_not_sell_it_is_refused_on_the_same_page(browser_of, plant, buyer, proposed):
    stranger = bought.supplier(plant)
    plant.commit()
    answer = browser_of(buyer).post(f"/replenishment/proposals/{proposed[2].number}/supplier", supplier=stranger.code)
    assert answer.status_code == 422
    assert f"{stranger.code} does not sell the part" in text_of(answer)


def test_the_api_tells_the_offers_and_takes_another_supplier(api, buyer, proposed):
    _, second, made = proposed
    client = api(buyer)
    offers = client.get(f"/proposals/{made.number}").json["offers"]
    assert [(one["chosen"], one["quantity"], one["price"], one["value"]) for one in offers] == [
        (True, 12, "10.0000", "120.0000"),
        (False, 20, "14.0000", "280.0000"),
    ]
    told = client.post(f"/proposals/{made.number}/supplier", {"supplier": second.code}).json
    assert (told["supplier"], told["supplier_chosen"], told["quantity"]) == (second.code, True, 20)
    refused = client.post(f"/proposals/{made.number}/supplier", {"supplier": "NOBODY"})
    assert (refused.status_code, refused.json["code"]) == (422, "proposal_not_sold_by")


def test_who_may_not_see_purchases_is_told_no_offer(api, plant, proposed):
    lead = given.person(plant, "warehouse_lead", proposed[0], locale="en")
    assert api(lead).get(f"/proposals/{proposed[2].number}").json["offers"] == []
