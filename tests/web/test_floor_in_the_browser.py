"""A task picked, packed, sent and received in a real Chromium, with nothing but what a scanner types and a few taps."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy.orm import Session

from inventory.catalogue import Part
from inventory.network import Bin
from inventory.sourcing import PartRequestLine
from inventory.warehousing import PickTask
from tests import given
from tests.given.network import JINAN
from tests.given.warehousing import released

pytestmark = pytest.mark.browser
HANDHELD = {"width": 390, "height": 844}


@pytest.fixture
def source(plant: Session):
    return given.warehouse(plant, tier="distribution", city=JINAN)


@pytest.fixture
def station(plant: Session, source):
    return given.warehouse(plant, tier="repair", city=JINAN, parent=source)


@pytest.fixture
def task(plant: Session, source, station) -> PickTask:
    """Two pieces of lot L1 to pick from A-01-01."""
    part = given.part(plant, name_zh="排水泵")
    shelf = given.bin(plant, source, code="A-01-01", pick_sequence=10)
    given.stock(plant, source, part, 2, lot="L1", bin=shelf)
    (made,) = released(plant, station, part, 2)
    plant.commit()
    return made


@pytest.fixture
def handheld(context: BrowserContext, address: str, plant: Session):
    """Make the handheld of somebody: a page in which a failing script, or one that the policy stops, fails the test."""
    broken: list[str] = []

    def made(role: str, warehouse, path: str) -> Page:
        secret = given.web_session(plant, given.person(plant, role, warehouse))
        plant.commit()
        context.clear_cookies()
        context.add_cookies([{"name": "beijian", "value": secret, "url": address}])
        page = context.new_page()
        page.set_viewport_size(HANDHELD)
        page.on("pageerror", lambda error: broken.append(str(error)))
        page.on("console", lambda said: broken.append(said.text) if "Content Security" in said.text else None)
        page.goto(f"{address}{path}")
        return page

    yield made
    assert broken == []


def scan(page: Page, text: str) -> None:
    """Type as a scanner does; where it goes is up to the page."""
    expect(page.locator("[data-scan] input")).to_be_focused()
    page.keyboard.type(f"{text}\n", delay=0)


def refused(page: Page, words: str) -> None:
    """The page says no so that nobody overhears it, and is ready for the right scan."""
    expect(page.locator("#messages .alert-danger")).to_contain_text(words)
    expect(page.locator(".scan-failed")).to_be_visible()
    expect(page.locator("[data-scan] input")).to_have_value("")


def status_of(plant: Session, task: PickTask) -> str:
    return str(plant.get_one(PickTask, task.id, populate_existing=True).status)


def test_a_task_goes_from_the_shelf_to_the_station_by_scans(plant: Session, handheld, source, station, task) -> None:
    label = f"(91){plant.get_one(Part, task.part_id).number}(92)L1"
    page = handheld("warehouse_operator", source, "/picking")
    page.get_by_role("button", name=re.compile("开始拣货|Start picking")).click()
    expect(page.locator(".task-bin")).to_contain_text("A-01-01")

    scan(page, "DOCK-01")
    refused(page, "A-01-01")
    scan(page, "a-01-01")
    expect(page.locator(".task-at-bin")).to_be_visible()

    scan(page, "(91)ANOTHER-PART(92)L1")
    refused(page, "ANOTHER-PART")
    assert status_of(plant, task) == "claimed"
    scan(page, label)
    expect(page).to_have_url(re.compile("/picking/done$"))
    assert status_of(plant, task) == "picked"

    page.locator(".empty a").click()
    page.locator("section.panel button").click()
    scan(page, label)
    expect(page.locator("#messages .alert-success")).to_be_visible()
    assert status_of(plant, task) == "packed"
    page.wait_for_timeout(1100)  # the same label within a second would be asked about
    scan(page, label)
    refused(page, "")
    page.get_by_role("button", name=re.compile("封箱|Close the box")).click()
    expect(page.locator("a[href^='/labels/boxes/']")).to_be_visible()
    sscc = page.locator(".sscc").inner_text()
    assert re.fullmatch("[0-9]{18}", sscc)

    page.locator(".actions a[href='/packing']").click()
    page.get_by_role("button", name=re.compile("发运所选箱|Send the ticked boxes")).click()
    expect(page).to_have_url(re.compile("direction=out"))
    assert status_of(plant, task) == "shipped"

    page = handheld("station_manager", station, "/shipments")
    scan(page, f"00{sscc}")
    expect(page.locator("h1")).to_contain_text("SH-")
    scan(page, f"]C100{sscc}")
    expect(page.locator("#messages .alert-success")).to_be_visible()
    assert plant.get_one(PartRequestLine, task.line_id, populate_existing=True).status == "received"


def test_a_scan_counts_wherever_the_last_touch_left_the_focus(plant: Session, handheld, source, station, task) -> None:
    page = handheld("warehouse_operator", source, f"/picking/{task.id}")
    page.locator("summary").first.click()
    page.keyboard.type("a-01-01\n", delay=0)
    expect(page.locator(".task-at-bin")).to_be_visible()


def test_a_lot_that_is_tapped_leaves_the_field_ready_for_the_part(plant: Session, handheld, source, task) -> None:
    part, shelf = plant.get_one(Part, task.part_id), plant.get_one(Bin, task.bin_id)
    given.stock(plant, source, part, 2, lot="L2", bin=shelf)
    plant.commit()
    page = handheld("warehouse_operator", source, f"/picking/{task.id}?bin=A-01-01")
    page.get_by_text("L1", exact=True).last.click()
    scan(page, part.number)
    expect(page).to_have_url(re.compile("/picking/done$"))
    assert status_of(plant, task) == "picked"


@pytest.mark.parametrize("size", [(390, 844), (1366, 768)])
def test_no_screen_of_the_floor_hangs_over_its_edge(handheld, address, source, task, size) -> None:
    page = handheld("station_manager", source, "/picking")
    page.set_viewport_size({"width": size[0], "height": size[1]})
    for path in (
        "/picking",
        f"/picking/{task.id}",
        f"/picking/{task.id}?bin=A-01-01",
        "/packing",
        "/receiving",
        "/receiving/new",
        "/put-away",
        "/checking",
        "/checking/bin?bin=A-01-01",
        "/labels",
        "/shipments",
    ):
        page.goto(f"{address}{path}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
