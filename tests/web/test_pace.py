"""How often somebody may ask: a token, a browser, an address, each for itself, reading and writing apart."""

import secrets
import threading
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.orm import Session

from inventory.identity import Person
from tests import given
from tests.web.conftest import ApiClient, Browser, api_of, logged_in, settings_for
from web import create_app
from web.pace import KEYS_KEPT, Pace

A_KEY, ANOTHER = 1, 2


# The rule itself, on a clock of ours.


def test_a_minute_of_requests_may_come_at_once_and_not_one_more() -> None:
    pace = Pace(60_000)
    assert [pace.wait(A_KEY, now=5.0) for _ in range(60_000)] == [0.0] * 60_000
    assert pace.wait(A_KEY, now=5.0) == pytest.approx(0.001, rel=0.01)


def test_who_waits_as_long_as_told_is_let_in_and_who_does_not_is_not() -> None:
    pace = Pace(3)
    for _ in range(3):
        assert pace.wait(A_KEY, now=100.0) == 0.0
    assert pace.wait(A_KEY, now=100.0) == pytest.approx(20.0)
    assert pace.wait(A_KEY, now=119.0) == pytest.approx(1.0)
    assert pace.wait(A_KEY, now=120.0) == 0.0
    assert pace.wait(A_KEY, now=120.0) == pytest.approx(20.0)


def test_a_steady_client_within_the_limit_is_never_refused() -> None:
    pace = Pace(7)
    assert {pace.wait(A_KEY, now=n * 60 / 7) for n in range(10_000)} == {0.0}


def test_one_key_does_not_slow_another_down() -> None:
    pace = Pace(1)
    assert (pace.wait(A_KEY, now=0.0), pace.wait(ANOTHER, now=0.0)) == (0.0, 0.0)
    assert pace.wait(A_KEY, now=0.0) > 0.0


def test_nought_sets_no_limit() -> None:
    pace = Pace(0)
    assert {pace.wait(A_KEY, now=0.0) for _ in range(1000)} == {0.0}


def test_keys_that_came_once_are_forgotten() -> None:
    pace = Pace(60_000)
    for n in range(20 * KEYS_KEPT):
        pace.wait(n, now=n * 0.01)
    assert len(pace._used_up_to) <= KEYS_KEPT + 1


def test_threads_that_ask_at_once_are_not_let_in_beyond_the_limit() -> None:
    pace = Pace(500)
    let_in: list[float] = []
    ready = threading.Barrier(8)

    def ask() -> None:
        ready.wait()
        let_in.extend(wait for _ in range(200) if not (wait := pace.wait(A_KEY, now=1.0)))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(let_in) == 500


# Over HTTP.


@pytest.fixture
def slow_app(web_url: str) -> Iterator[Flask]:
    """An app that lets everybody ask three times a minute, and write twice."""
    limits = {"TOKEN_READS": "3", "TOKEN_WRITES": "2", "BROWSER_READS": "3", "BROWSER_WRITES": "2"}
    app = create_app(settings_for(web_url, **{f"{name}_PER_MINUTE": most for name, most in limits.items()}))
    yield app
    app.extensions["database"].dispose()


@pytest.fixture
def operator(plant: Session) -> Person:
    return given.person(plant, "warehouse_operator", given.warehouse(plant))


@pytest.fixture
def token(slow_app: Flask, plant: Session, operator: Person) -> ApiClient:
    return api_of(slow_app, plant, operator, None)


@pytest.fixture
def browser(slow_app: Flask, plant: Session, operator: Person) -> Browser:
    return logged_in(slow_app, plant, operator)


def test_a_token_that_asks_too_often_gets_429_and_when_to_come_again(token: ApiClient) -> None:
    assert [token.get("/parts", q="x").status_code for _ in range(3)] == [200, 200, 200]
    refused = token.get("/parts", q="x")
    assert (refused.status_code, refused.content_type) == (429, "application/problem+json")
    assert (refused.json["code"], refused.json["facts"]) == ("too_many_requests", {"retry_after_seconds": 20})
    assert refused.headers["Retry-After"] == "20"


def test_the_next_step_is_named_in_both_languages(slow_app: Flask) -> None:
    told = {}
    for language in ("zh", "en"):
        headers = {"Authorization": f"Bearer of-{language}", "Accept-Language": language}
        answers = [slow_app.test_client().get("/api/v1/parts", headers=headers) for _ in range(4)]
        told[language] = answers[-1].json["detail"]
    assert "请等待 20 秒后重新发送" in told["zh"]
    assert "Wait 20 seconds, then send this again" in told["en"]


def test_writing_is_counted_apart_and_what_is_refused_is_not_done(token: ApiClient) -> None:
    for _ in range(4):
        token.get("/parts", q="x")
    assert [token.post("/scans", {}).status_code for _ in range(3)] == [422, 422, 429]


def test_another_token_is_not_slowed_down(slow_app: Flask, plant: Session, operator: Person, token: ApiClient) -> None:
    for _ in range(4):
        token.get("/parts", q="x")
    assert api_of(slow_app, plant, operator, None).get("/parts", q="x").status_code == 200


def test_a_browser_that_asks_too_often_is_told_on_a_page_that_asks_nothing_of_the_database(
    slow_app: Flask, browser: Browser
) -> None:
    for _ in range(3):
        browser.get("/account")
    asked = []
    event.listen(slow_app.extensions["database"].engine, "before_cursor_execute", lambda *_: asked.append(1))
    refused = browser.get("/account")
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["Retry-After"]) <= 20  # less by what the requests took
    assert refused.headers["X-Refusal"] == "too_many_requests"
    assert refused.headers["Retry-After"] in refused.get_data(as_text=True)
    assert asked == []


def test_a_form_sent_too_often_is_not_sent_on_to_a_page(browser: Browser) -> None:
    fields = {"data": {"code": "x"}, "headers": {"Referer": "http://localhost/account"}}
    for _ in range(2):
        browser.client.post("/workplace", **fields)
    refused = browser.client.post("/workplace", **fields)
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["Retry-After"]) <= 30


def test_strangers_are_counted_by_their_address(web_url: str) -> None:
    app = create_app(settings_for(web_url, ADDRESS_REQUESTS_PER_MINUTE="2"))

    def ask(address: str, path: str = "/api/v1/parts") -> int:
        headers = {"Authorization": f"Bearer bj_{secrets.token_hex(8)}"}
        with app.test_client().get(path, headers=headers, environ_base={"REMOTE_ADDR": address}) as answer:
            return answer.status_code

    assert [ask("192.0.2.1") for _ in range(3)] == [401, 401, 429]
    assert ask("192.0.2.2") == 401
    assert ask("192.0.2.1", "/api/v1/health") == 200
    assert ask("192.0.2.1", "/static/app.css") == 200
    app.extensions["database"].dispose()


def test_by_default_a_call_centre_on_one_token_is_let_in(app: Flask, api: Callable, operator: Person) -> None:
    paces = app.extensions["paces"].by_kind
    busy = [paces[True, reads].wait(A_KEY, now=second / 400) for second in range(4000) for reads in (True, False)]
    assert set(busy) == {0.0}
    assert api(operator).get("/parts", q="x").status_code == 200
