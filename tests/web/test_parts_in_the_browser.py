"""Asking for a part on a phone in a real Chromium, by keyboard alone."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy.orm import Session

from tests import given
from tests.web.asking import Corner, corner

pytestmark = pytest.mark.browser


@pytest.fixture
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A phone that speaks Chinese."""
    return {**browser_context_args, "locale": "zh-CN", "viewport": {"width": 390, "height": 844}}


@pytest.fixture
def place(plant: Session) -> Corner:
    return corner(plant)


@pytest.fixture
def phone(context: BrowserContext, address: str, plant: Session, place: Corner) -> Iterator[Page]:
    """An engineer's phone at work; what the policy stops or a script that fails, fails the test."""
    secret = given.web_session(plant, place.engineer)
    plant.commit()
    context.add_cookies([{"name": "beijian", "value": secret, "url": address}])
    page = context.new_page()
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.on("console", lambda message: broken.append(message.text) if "Content Security" in message.text else None)
    page.goto(f"{address}/workplace")
    page.get_by_role("button", name=place.station.code).click()
    yield page
    assert broken == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing runs off the screen"


def test_a_part_is_found_counted_and_asked_for_by_keyboard_alone(
    phone: Page, address: str, plant: Session, place: Corner
) -> None:
    part = given.part(plant, name_zh="键盘测试阀")
    given.stock(plant, place.city, part, 2)
    plant.commit()
    phone.goto(f"{address}/parts")
    phone.keyboard.type(part.number)
    phone.keyboard.press("Enter")
    phone.get_by_role("link", name=part.number).focus()
    phone.keyboard.press("Enter")
    expect(phone.locator("#candidates")).to_contain_text("足够")
    phone.get_by_role("button", name="加一").focus()
    for _ in range(2):
        phone.keyboard.press("Enter")
    expect(phone.locator("#candidates")).to_contain_text("不足 3")
    phone.get_by_role("textbox", name="数量").focus()
    phone.keyboard.press("ArrowDown")
    expect(phone.locator("#candidates")).not_to_contain_text("不足")
    phone.keyboard.type("7")  # typed and not left: the sources are those of what stands in the field
    expect(phone.locator("#candidates")).to_contain_text("不足 27")
    phone.keyboard.press("Backspace")
    expect(phone.locator("#candidates")).not_to_contain_text("不足")
    phone.get_by_role("button", name="加一").focus()
    phone.keyboard.press("Enter")
    expect(phone.locator("#candidates")).to_contain_text("不足 3")
    phone.get_by_role("button", name="立即申请").focus()
    phone.keyboard.press("Enter")
    expect(phone).to_have_url(re.compile("/promise$"))
    expect(phone.locator(".answer")).to_contain_text("PR-")
    expect(phone.locator(".promise-line")).to_contain_text("同城")
