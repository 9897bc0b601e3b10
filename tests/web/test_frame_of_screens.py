"""What every screen stands in: the menu, the home page's order, clocks and lengths of time, devices by their names."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests import given
from web.pages.session import device_of
from web.showing import clock_of, tell_due, tell_duration, tell_until

HERE = re.compile(r'<a href="([^"]*)" aria-current="page">')


@pytest.fixture
def engineer(browser_of: Callable, plant: Session):
    return browser_of(given.person(plant, "engineer", given.warehouse(plant)))


def menu_of(page: str) -> str:
    return page.partition('<nav class="sidebar')[2].partition("</nav>")[0]


@pytest.mark.parametrize("address", ["/", "/work-orders/mine", "/work-orders", "/parts", "/at-risk"])
def test_a_page_lies_behind_one_entry_of_the_menu(engineer, address: str) -> None:
    assert HERE.findall(menu_of(engineer.get(address).text)) == [address]


def test_a_page_below_a_list_lies_behind_the_lists_entry(engineer) -> None:
    assert HERE.findall(menu_of(engineer.get("/work-orders/new").text)) == ["/work-orders"]


def test_an_address_that_leads_nowhere_keeps_the_menu_of_who_is_logged_in(engineer, client: FlaskClient) -> None:
    lost = engineer.get("/nowhere")
    assert lost.status_code == 404
    assert 'href="/work-orders/mine"' in menu_of(lost.text)
    assert menu_of(client.get("/nowhere").text) == ""


def test_an_address_that_leads_nowhere_shows_nothing_before_the_first_password_is_changed(
    browser_of: Callable, plant: Session
) -> None:
    person = given.person(plant, "engineer", given.warehouse(plant))
    browser = browser_of(person)
    plant.execute(text("UPDATE person SET must_change_password = true WHERE id = :id"), {"id": person.id})
    plant.commit()
    lost = browser.get("/nowhere")
    assert lost.status_code == 404
    assert person.name not in lost.text


def test_what_does_not_wait_stands_below_without_a_count(engineer) -> None:
    page = engineer.get("/").text
    assert 'class="card-link' not in page
    assert 'href="/at-risk"' in page.partition('class="quiet"')[2]


@pytest.mark.parametrize(
    ("passed", "promised", "gone", "hour", "tone"),
    [(1, 6, 17, 100, "fine"), (5, 6, 83, 100, "risk"), (9, 6, 100, 67, "late"), (1, 0, 100, 0, "late")],
)
def test_a_promise_is_drawn_from_its_beginning_to_its_hour_or_to_now(
    passed: int, promised: int, gone: int, hour: int, tone: str
) -> None:
    begun = datetime.now(UTC) - timedelta(hours=passed)
    drawn = clock_of(begun, begun + timedelta(hours=promised))
    assert (drawn.gone, drawn.hour, drawn.tone) == (gone, hour, tone)


def test_a_clock_that_has_not_begun_is_empty() -> None:
    begun = datetime.now(UTC) + timedelta(hours=1)
    assert clock_of(begun, begun + timedelta(hours=6)).gone == 0


@pytest.mark.parametrize(
    ("minutes", "told"),
    [(5, "5 min"), (60, "1 h"), (200, "3 h 20 min"), (1440, "1 d"), (3065, "2 d 3 h"), (1445, "1 d")],
)
def test_a_length_of_time_leaves_out_a_zero(app: Flask, minutes: int, told: str) -> None:
    with app.test_request_context(), force_locale("en"):
        assert tell_duration(timedelta(minutes=minutes)) == told


def test_a_source_that_takes_six_hours_is_not_told_as_a_minute_less(app: Flask) -> None:
    with app.test_request_context(), force_locale("en"):
        assert tell_until(datetime.now(UTC) + timedelta(hours=6)) == "in 6 h"


def test_a_clock_within_its_last_minute_is_due_now(app: Flask) -> None:
    with app.test_request_context(), force_locale("en"):
        assert tell_due(datetime.now(UTC) - timedelta(seconds=20)) == "due now"
        assert tell_due(datetime.now(UTC) - timedelta(seconds=80)) == "1 min late"


@pytest.mark.parametrize(
    ("user_agent", "told"),
    [
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36", "Chrome · Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Safari/604.1", "Safari · iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/126.0 Safari/537.36 Edg/126.0", "Edge · Windows"),
        ("Mozilla/5.0 (Linux; Android 13) Chrome/116.0 MicroMessenger/8.0", "WeChat · Android"),
        ("curl/8.5.0", ""),
    ],
)
def test_a_device_is_called_what_people_call_it(user_agent: str, told: str) -> None:
    assert device_of(user_agent) == told


def test_the_account_names_the_device_and_marks_the_present_one(engineer) -> None:
    page = engineer.get("/account").text
    assert "未知设备" in page
    assert page.count("本机") == 1
