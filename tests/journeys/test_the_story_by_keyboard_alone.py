"""The whole story in one Chromium, by keyboard alone: scanners type and end with Enter, people walk with the tabulator.

One device after the other, as the story goes from hand to hand: the station manager takes the call down at his desk,
the engineer finds and requests the part on his phone, an operator picks, packs and sends it with a handheld, the
station receives it by its box label, the engineer draws and fits it and reads how all of it came about.
"""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import given
from tests.journeys.town import Town

pytestmark = pytest.mark.browser
DESK, PHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 844}
STEPS_MAX = 120
REACHED = """name => {
  const here = document.activeElement;
  const own = here.matches("a, button, summary") ? here.textContent : "";
  const label = here.labels?.[0]?.textContent;
  return [own, label, here.getAttribute("aria-label")].some(words => words?.replace(/\\s+/g, " ").includes(name));
}"""


class Keyboard:
    """A screen without a mouse: only what the keyboard reaches can be done."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def reaches(self, name: str) -> "Keyboard":
        """Walk with the tabulator to what is called so."""
        for _ in range(STEPS_MAX):
            if self.page.evaluate(REACHED, name):
                return self
            self.page.keyboard.press("Tab")
        raise AssertionError(f"nothing called {name} is reached with the tabulator on {self.page.url}")

    def presses(self, name: str) -> "Keyboard":
        """Walk to a link or a button and press it."""
        self.reaches(name)
        self.page.keyboard.press("Enter")
        return self

    def fills(self, name: str, text: str) -> "Keyboard":
        """Walk to a field and type."""
        self.reaches(name)
        self.page.keyboard.type(text)
        return self

    def scans(self, code: str) -> "Keyboard":
        """Pull the trigger: where it goes is up to the page."""
        expect(self.page.locator("[data-scan] input")).to_be_focused()
        self.page.keyboard.type(f"{code}\n", delay=0)
        return self

    def sees(self, *words: str) -> "Keyboard":
        """Wait until it stands on the page; nothing of the page hangs over its edge."""
        for one in words:
            expect(self.page.locator("main")).to_contain_text(one)
        assert self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), self.page.url
        return self

    def goes_to(self, address: str) -> "Keyboard":
        """Wait until the page that a key led to is there."""
        expect(self.page).to_have_url(re.compile(address))
        return self


@pytest.fixture
def at_work(browser: Browser, address: str, place: Town) -> Iterator[Callable[[str, dict[str, int]], Keyboard]]:
    """Give somebody a device of his own and let him log in; a script that fails, or that the policy stops, is told."""
    broken: list[str] = []

    def given_a_device(role: str, size: dict[str, int]) -> Keyboard:
        context = browser.new_context(locale="zh-CN", viewport=size)
        page = context.new_page()
        page.on("pageerror", lambda error: broken.append(str(error)))
        page.on("console", lambda said: broken.append(said.text) if "Content Security" in said.text else None)
        page.goto(address)
        keys = Keyboard(page).fills("登录名", place.person(role).login).fills("密码", given.PASSWORD)
        page.keyboard.press("Enter")
        return keys.sees("待办事项")

    yield given_a_device
    for context in browser.contexts:
        context.close()
    assert broken == []


def test_from_the_call_to_the_fitted_part_without_a_mouse(
    at_work: Callable[[str, dict[str, int]], Keyboard], place: Town, books_are_right: Callable[[], bool]
) -> None:
    said = place.call

    manager = at_work("station_manager", DESK)
    manager.presses("工单").goes_to("/work-orders$").presses("新建工单").goes_to("/work-orders/new$")
    manager.fills("姓名", said["name"]).fills("电话", said["phone"]).fills("地址", said["address"])
    manager.fills("产品型号", said["model"]).fills("序列号", said["serial"]).fills("故障现象", said["symptom"])
    manager.reaches("工程师").page.keyboard.press("ArrowDown")
    manager.presses("建立工单").goes_to("/work-orders/WO-").sees("已建立。", "王女士", "工程师甲")

    engineer = at_work("engineer", PHONE)
    engineer.presses("我的未完成维修").goes_to("/mine$").presses("洗完不排水").goes_to("/WO-").sees("王女士")
    engineer.presses("申请备件").goes_to("/parts/search").sees(place.pump.number)
    engineer.fills("专用号、名称、拼音或机型", "psb").page.keyboard.press("Enter")
    engineer.goes_to("q=psb").presses(place.pump.number).goes_to("/parts/P").sees("济南配送中心", "同城", "足够")
    engineer.presses("立即申请").goes_to("/promise$").sees("已受理", "已下发库房，正在拣货。")

    operator = at_work("warehouse_operator", PHONE)
    operator.presses("待拣任务").goes_to("/picking$").presses("开始拣货").goes_to("/picking/[0-9]+$")
    operator.scans("DOCK-01").sees("货位不对：扫到 DOCK-01，应去 B-02-03。").scans("B-02-03").sees("扫描备件标签")
    operator.scans(place.label(place.pump, "NEW")).sees("批次不对").scans(place.label(place.pump, "OLD"))
    operator.goes_to("/picking/done$").presses("去装箱").goes_to("/packing$").presses("开新箱").goes_to("/boxes/HU-")
    operator.scans(place.label(place.pump, "OLD")).sees("已装箱")
    operator.presses("封箱").sees("已封箱")
    sscc = re.search(r"\b[0-9]{18}\b", operator.page.locator("main").inner_text())
    assert sscc is not None
    operator.presses("发运").goes_to("/packing$").presses("发运所选箱").goes_to("direction=out").sees("已发运：SH-")

    manager.presses("运单").goes_to("/shipments$").scans(f"00{sscc[0]}").goes_to("/SH-").sees("排水泵", "已发货")
    manager.scans(f"]C100{sscc[0]}").sees("本运单已全部清点完毕。")

    engineer.presses("返回工单").goes_to("/WO-").sees("已到，可领用 1")
    engineer.scans(place.label(place.pump, "OLD")).sees("已领用：1 ×")
    engineer.presses("已装机").sees("已登记装机。").fills("维修内容", "更换排水泵")
    engineer.page.keyboard.press("Enter")
    engineer.sees(
        "维修已完成。", "经过", "申请", "发货", "收货", "领用", "装机", "完成", "库管丙", "站长乙", "更换排水泵"
    )

    assert books_are_right()
