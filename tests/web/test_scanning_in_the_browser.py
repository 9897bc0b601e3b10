"""A handheld scanner on a screen, in a real Chromium: it types fast and ends with Enter."""

import re
from collections.abc import Callable, Iterator
from itertools import count

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, Route, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.audit import AuditEntry
from tests import given
from tests.web.conftest import served

pytestmark = pytest.mark.browser
_numbers = count(1)


@pytest.fixture(scope="module")
def address(notes_app: Flask) -> Iterator[str]:
    """The app with notes, served."""
    with served(notes_app) as address:
        yield address


@pytest.fixture
def screen(context: BrowserContext, address: str, plant: Session) -> Iterator[Page]:
    """The scanning screen of a logged-in engineer; a script that the policy stops, or that fails, fails the test."""
    person = given.person(plant, "engineer", given.warehouse(plant))
    secret = given.web_session(plant, person)
    plant.commit()
    context.add_cookies([{"name": "beijian", "value": secret, "url": address}])
    page = context.new_page()
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.on("console", lambda message: broken.append(message.text) if "Content Security" in message.text else None)
    page.goto(f"{address}/notes/form")
    yield page
    assert broken == []


@pytest.fixture
def code() -> Callable[[], str]:
    """Codes that nobody else scans."""
    return lambda: f"SN{next(_numbers):06}"


def scanned(plant: Session, *codes: str) -> list[str]:
    plant.rollback()
    query = select(AuditEntry.subject).where(AuditEntry.subject.in_(codes)).order_by(AuditEntry.id)
    return list(plant.scalars(query))


def scan(page: Page, text: str) -> None:
    page.keyboard.type(f"{text}\n", delay=0)


def test_scans_in_a_burst_are_done_each_once_in_order(screen: Page, plant: Session, code: Callable[[], str]) -> None:
    codes = [code() for _ in range(5)]
    before = int(screen.locator("#notes").inner_text())
    for one in codes:
        scan(screen, one)
    expect(screen.locator("#notes")).to_have_text(str(before + 5))
    assert scanned(plant, *codes) == codes


def test_the_field_is_empty_and_focused_after_a_scan(screen: Page, code: Callable[[], str]) -> None:
    scan(screen, code())
    expect(screen.locator("#messages .alert-success")).to_be_visible()
    expect(screen.locator("[data-scan] input")).to_be_focused()
    expect(screen.locator("[data-scan] input")).to_have_value("")


def test_the_same_code_within_a_second_asks_and_does_not_double(
    screen: Page, plant: Session, code: Callable[[], str]
) -> None:
    one = code()
    scan(screen, one)
    scan(screen, one)
    expect(screen.locator("[data-scan-warning]")).to_be_visible()
    expect(screen.locator("#messages .alert-success")).to_be_visible()
    assert scanned(plant, one) == [one]
    scan(screen, one)
    expect(screen.locator("[data-scan-warning]")).to_be_hidden()
    screen.wait_for_timeout(300)
    assert scanned(plant, one) == [one, one]


def test_a_refused_scan_is_loud_harmless_and_leaves_the_field_ready(
    screen: Page, plant: Session, code: Callable[[], str]
) -> None:
    scan(screen, "taken")
    expect(screen.locator("#messages .alert-danger")).to_be_visible()
    expect(screen.locator(".scan-failed")).to_be_visible()
    expect(screen.locator("[data-scan] input")).to_be_focused()
    one = code()
    scan(screen, one)
    expect(screen.locator(".scan-done")).to_be_visible()
    assert scanned(plant, "taken", one) == [one]


def test_an_answer_that_was_lost_is_asked_for_again_with_the_same_key(
    screen: Page, plant: Session, code: Callable[[], str]
) -> None:
    one = code()
    lost: list[str] = []

    def lose_the_first_answer(route: Route) -> None:
        if not lost:
            lost.append(route.request.url)
            route.fetch(max_redirects=0)  # the server does it ...
            route.abort()  # ... and nobody hears of it
        else:
            route.continue_()

    screen.route(re.compile("/notes/write$"), lose_the_first_answer)
    scan(screen, one)
    expect(screen.locator("#messages .alert-success")).to_be_visible()
    assert len(lost) == 1
    assert scanned(plant, one) == [one]


def test_scans_without_a_network_wait_and_are_done_once_each_in_order_when_it_is_back(
    screen: Page, context: BrowserContext, plant: Session, code: Callable[[], str]
) -> None:
    codes = [code() for _ in range(3)]
    context.set_offline(True)
    for one in codes:
        scan(screen, one)
    expect(screen.locator(".queue summary")).to_contain_text("3", timeout=10_000)
    expect(screen.locator("[data-scan] input")).to_be_focused()
    assert scanned(plant, *codes) == []
    context.set_offline(False)
    expect(screen.locator(".queue")).to_have_count(0, timeout=10_000)
    assert scanned(plant, *codes) == codes


def test_what_waits_outlives_a_reload(
    screen: Page, context: BrowserContext, plant: Session, code: Callable[[], str]
) -> None:
    one = code()
    screen.route(re.compile("/notes/write$"), lambda route: route.abort())
    scan(screen, one)
    expect(screen.locator(".queue")).to_be_visible(timeout=10_000)
    screen.unroute(re.compile("/notes/write$"))
    screen.reload()
    expect(screen.locator(".queue")).to_have_count(0, timeout=10_000)
    screen.wait_for_timeout(300)
    assert scanned(plant, one) == [one]


def test_a_waiting_scan_that_is_refused_later_is_listed_until_it_was_seen(
    screen: Page, context: BrowserContext, plant: Session, code: Callable[[], str]
) -> None:
    one = code()
    context.set_offline(True)
    scan(screen, "taken")
    scan(screen, one)
    expect(screen.locator(".queue summary")).to_contain_text("2", timeout=10_000)
    context.set_offline(False)
    expect(screen.locator(".queue-refused li")).to_contain_text("taken", timeout=10_000)
    assert scanned(plant, "taken", one) == [one]
    screen.locator(".queue-refused button").click()
    expect(screen.locator(".queue")).to_have_count(0)


def test_what_somebody_scanned_is_not_sent_in_anothers_name(
    screen: Page, context: BrowserContext, address: str, plant: Session, code: Callable[[], str]
) -> None:
    one = code()
    screen.route(re.compile("/notes/write$"), lambda route: route.abort())
    scan(screen, one)
    expect(screen.locator(".queue")).to_be_visible(timeout=10_000)
    other = given.web_session(plant, given.person(plant, "engineer", given.warehouse(plant)))
    plant.commit()
    context.add_cookies([{"name": "beijian", "value": other, "url": address}])
    screen.unroute(re.compile("/notes/write$"))
    screen.reload()
    expect(screen.locator(".queue")).to_contain_text("1")
    screen.wait_for_timeout(5000)
    assert scanned(plant, one) == []


def test_without_javascript_the_form_works_all_the_same(
    browser, address: str, plant: Session, code: Callable[[], str]
) -> None:
    secret = given.web_session(plant, given.person(plant, "engineer", given.warehouse(plant)))
    plant.commit()
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies([{"name": "beijian", "value": secret, "url": address}])
    page = context.new_page()
    page.goto(f"{address}/notes/form")
    one = code()
    page.locator("[data-scan] input").fill(one)
    page.locator(".scan-go").click()
    expect(page.locator("#messages .alert-success")).to_be_visible()
    assert scanned(plant, one) == [one]
    context.close()


@pytest.mark.parametrize("size", [(390, 844), (1366, 768)])
def test_nothing_hangs_over_the_edge_of_the_screen(screen: Page, address: str, size: tuple[int, int]) -> None:
    screen.set_viewport_size({"width": size[0], "height": size[1]})
    for path in ("/", "/account", "/workplace", "/password", "/notes/form", "/nowhere"):
        screen.goto(f"{address}{path}")
        assert screen.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
