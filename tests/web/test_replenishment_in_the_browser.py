"""The reorder report in a real Chromium, by keyboard alone: a quantity is kept once, and never ordered past."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy.orm import Session

from inventory.network import Warehouse
from inventory.planning.replenishment import Proposal
from tests import given
from tests.given import procurement as bought
from tests.given import replenishment as planned

pytestmark = pytest.mark.browser


@pytest.fixture
def proposal(plant: Session) -> Proposal:
    central = given.warehouse(plant, tier="central")
    part = given.part(plant, name_en="Fan")
    of = bought.sold(plant, bought.supplier(plant), part, moq=6, pack_size=6)
    return planned.proposal(plant, part, central, of=of, by_run=planned.run(plant), on_hand=1, short_per_week=2.0)


@pytest.fixture
def page(context: BrowserContext, address: str, plant: Session, proposal: Proposal) -> Iterator[Page]:
    """The report of a buyer, where nothing but the proposal stands."""
    buyer = given.person(plant, "procurement", plant.get_one(Warehouse, proposal.warehouse_id), locale="en")
    secret = given.web_session(plant, buyer)
    plant.commit()
    context.add_cookies([{"name": "beijian", "value": secret, "url": address}])
    page = context.new_page()
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.goto(f"{address}/replenishment")
    yield page
    assert broken == []


def test_enter_keeps_a_quantity_once(page: Page, proposal: Proposal) -> None:
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    box = page.get_by_label(f"Quantity of {proposal.number}")
    box.focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("24")
    page.keyboard.press("Enter")
    expect(page.locator("#messages")).to_contain_text(f"{proposal.number} is for 24 now.")
    assert len(sent) == 1
    page.keyboard.press("Tab")
    page.get_by_label(f"Quantity of {proposal.number}").fill("30")
    page.keyboard.press("Enter")
    expect(page.locator("#messages")).to_contain_text("is for 30 now.")


def test_a_refused_quantity_is_marked_and_can_be_mended(page: Page, proposal: Proposal) -> None:
    box = page.get_by_label(f"Quantity of {proposal.number}")
    box.fill("7")
    page.keyboard.press("Enter")
    expect(page.locator("#messages")).to_contain_text("in whole packs of 6")
    expect(box).to_have_attribute("aria-invalid", "true")
    expect(box).to_be_focused()
    box.fill("18")
    page.keyboard.press("Enter")
    expect(page.locator("#messages")).to_contain_text("is for 18 now.")


def test_nothing_is_ordered_past_a_quantity_that_is_not_kept(page: Page, proposal: Proposal) -> None:
    box = page.get_by_label(f"Quantity of {proposal.number}")
    box.fill("7")
    page.keyboard.press("Enter")
    expect(box).to_have_attribute("aria-invalid", "true")
    page.get_by_label(f"Choose {proposal.number}").check()
    page.get_by_role("button", name=re.compile("Approve 1")).click()
    expect(page).to_have_url(re.compile("/replenishment$"))
    expect(box).to_be_focused()
    box.fill("12")
    page.keyboard.press("Enter")
    expect(page.locator("#messages")).to_contain_text("is for 12 now.")
    page.get_by_role("button", name=re.compile("Approve 1")).click()
    expect(page.locator("h1")).to_have_text("Orders made")


def test_on_a_phone_a_line_is_a_card_that_unfolds(page: Page, proposal: Proposal) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    line = page.locator(f"#{proposal.number}")
    box = line.bounding_box()
    assert box is not None
    assert box["height"] < 230
    for told in (f"Quantity of {proposal.number}", f"Choose {proposal.number}"):
        expect(page.get_by_label(told)).to_be_visible()
    expect(line.locator(".by-day")).to_be_visible()
    expect(line.locator(".why")).to_contain_text("1 there or coming")
    for folded in (".ways", ".wait", ".money"):
        expect(line.locator(folded)).to_be_hidden()
    line.get_by_text("More").click()
    for folded in (".ways", ".wait", ".money"):
        expect(line.locator(folded)).to_be_visible()
    page.set_viewport_size({"width": 1366, "height": 768})
    expect(line.get_by_text("More")).to_be_hidden()
    expect(line.locator(".money")).to_be_visible()
