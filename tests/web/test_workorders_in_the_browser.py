"""A repair in a real Chromium: an engineer's phone, a scanner that types, and the keyboard alone."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.catalogue import Part
from inventory.identity import Person
from inventory.workorders import DrawnPart, WorkOrder
from tests import given
from tests.given.network import JINAN
from tests.given.workorders import Repair, arrived, asked_for, repair

pytestmark = pytest.mark.browser
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1366, "height": 768}


@pytest.fixture
def job(plant: Session) -> Repair:
    """A repair with a part that came, one on its way and one that nobody has."""
    now = datetime.now(UTC)
    made = repair(plant, opened_at=now - timedelta(hours=5), symptom="冷藏室不制冷，压缩机不启动")
    plant.get_one(Person, made.engineer.person_id).locale = "zh"
    part = given.part(plant, name_zh="压缩机 NTZ1116P 制冷剂 R600a 带启动器与保护器的总成")
    arrived(plant, made, part, 1, at=now - timedelta(hours=4))
    coming = given.part(plant)
    given.stock(plant, given.warehouse(plant, tier="distribution", city=JINAN), coming, 1)
    asked_for(plant, made, coming, at=now - timedelta(hours=30))
    asked_for(plant, made, given.part(plant), at=now)
    plant.commit()
    return made


@pytest.fixture
def screen(context: BrowserContext, address: str, plant: Session, job: Repair) -> Iterator[Page]:
    """The engineer's browser; a script that the policy stops, or that fails, fails the test."""
    secret = given.web_session(plant, plant.get_one(Person, job.engineer.person_id))
    plant.commit()
    context.add_cookies([{"name": "beijian", "value": secret, "url": address}])
    page = context.new_page()
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.on("console", lambda message: broken.append(message.text) if "Content Security" in message.text else None)
    page.set_viewport_size(PHONE)
    yield page
    assert broken == []


def part_of(plant: Session, job: Repair) -> Part:
    view = select(Part).where(Part.name_zh.startswith("压缩机 NTZ1116P"))
    return plant.scalars(view.order_by(Part.id.desc()).limit(1)).one()


def press(page: Page, name: str) -> None:
    """Walk with the tabulator to what is called so, and press it."""
    for _ in range(80):
        page.keyboard.press("Tab")
        told = page.evaluate("document.activeElement.textContent.trim().replace(/\\s+/g, ' ')")
        if told.startswith(name) and page.evaluate("document.activeElement.matches('a, button, summary')"):
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"nothing called {name} is reached with the tabulator")


def test_an_engineer_does_a_repair_with_scanner_and_keyboard_alone(
    screen: Page, address: str, plant: Session, job: Repair
) -> None:
    screen.goto(f"{address}/work-orders/mine")
    press(screen, "冷藏室不制冷")
    expect(screen).to_have_url(f"{address}/work-orders/{job.work_order.number}")

    screen.locator("#scan-code").wait_for()
    screen.keyboard.type(f"(91){part_of(plant, job).number}\n", delay=0)
    expect(screen.locator("#messages")).to_contain_text("已领用：1 ×")

    screen.locator("h1").click()
    press(screen, "已装机")
    expect(screen.locator("#messages")).to_contain_text("已登记装机")

    press(screen, "完成维修")
    screen.keyboard.press("Tab")
    screen.locator("#field-remark").fill("更换压缩机")
    screen.keyboard.press("Enter")
    expect(screen.locator("#messages")).to_contain_text("维修已完成")

    plant.rollback()
    drawn = plant.scalars(select(DrawnPart).where(DrawnPart.work_order_id == job.work_order.id)).one()
    assert (drawn.quantity, drawn.fitted) == (1, 1)
    assert plant.get_one(WorkOrder, job.work_order.id, populate_existing=True).closed_at is not None


def test_a_wrong_scan_is_loud_and_leaves_the_field_ready(screen: Page, address: str, job: Repair) -> None:
    screen.goto(f"{address}/work-orders/{job.work_order.number}")

    screen.keyboard.type("SOMETHING-ELSE\n", delay=0)

    expect(screen.locator("#messages .alert-danger")).to_contain_text("SOMETHING-ELSE")
    expect(screen.locator("#scan-code")).to_have_value("")
    expect(screen.locator("#scan-code")).to_be_focused()


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_screen_is_wider_than_its_window(
    screen: Page, address: str, plant: Session, job: Repair, size: dict[str, int], language: str
) -> None:
    plant.get_one(Person, job.engineer.person_id).locale = language
    plant.commit()
    screen.set_viewport_size(size)
    for path in ("/work-orders/mine", "/work-orders", f"/work-orders/{job.work_order.number}"):
        screen.goto(address + path)
        for summary in screen.locator("main summary").all():
            summary.click()
        wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert screen.evaluate(wide) == 0, path


def test_everything_to_touch_is_large_enough_for_a_finger(screen: Page, address: str, job: Repair) -> None:
    screen.goto(f"{address}/work-orders/{job.work_order.number}")

    small = screen.evaluate(
        "[...document.querySelectorAll('main button, main summary, main input:not([type=hidden]):not([type=radio])')]"
        ".filter(one => one.offsetParent && one.getBoundingClientRect().height < 36).map(one => one.outerHTML)"
    )
    assert small == []
