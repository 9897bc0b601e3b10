"""Logging in and out in a browser, and what a session's cookie is like."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from inventory.audit import AuditEntry
from inventory.identity import Person
from inventory.identity.models import WebSession
from tests import given
from tests.web.conftest import settings_for
from web import create_app


def log_in(
    client: FlaskClient, login: str, password: str, *, host: str = "http://localhost", **fields: str
) -> TestResponse:
    page = client.get("/login", base_url=host).get_data(as_text=True)
    token = page.partition('name="csrf-token" content="')[2].partition('"')[0]
    form = {"csrf_token": token, "login": login, "password": password, **fields}
    return client.post("/login", data=form, base_url=host, headers={"Referer": f"{host}/login"})


@pytest.fixture
def engineer(plant: Session) -> Person:
    made = given.person(plant, "engineer", given.warehouse(plant))
    plant.commit()
    return made


def test_the_right_password_opens_the_home_page(client: FlaskClient, engineer: Person) -> None:
    answer = log_in(client, engineer.login, given.PASSWORD)
    assert (answer.status_code, answer.location) == (303, "/")
    assert client.get("/").status_code == 200


def test_a_wrong_password_and_an_unknown_name_are_told_alike(client: FlaskClient, engineer: Person) -> None:
    pages = []
    for login in (engineer.login, "nobody-has-this-name"):
        answer = log_in(client, login, "not the password at all")
        assert (answer.status_code, answer.location) == (303, "/login")
        pages.append(client.get("/login").get_data(as_text=True).partition("alert-danger")[2].partition("</div>")[0])
    assert pages[0] == pages[1] != ""
    assert client.get("/").status_code == 303


def test_failures_slow_an_account_down_until_429_and_are_in_the_audit_trail(
    app: Flask, plant: Session, engineer: Person
) -> None:
    browser = app.test_client()
    for _ in range(5):
        log_in(browser, engineer.login, "not the password at all")
    log_in(browser, engineer.login, given.PASSWORD)
    page = browser.get("/login").get_data(as_text=True)
    assert "失败次数过多" in page
    assert browser.get("/").status_code == 303
    refusals = plant.scalars(select(AuditEntry.action).where(AuditEntry.actor_id == engineer.id)).all()
    assert refusals == ["login_refused"] * 5
    plant.execute(text("DELETE FROM login_attempt"))
    plant.commit()


def test_a_person_bound_to_one_warehouse_works_there_from_the_start(client: FlaskClient, plant: Session) -> None:
    place = given.warehouse(plant, code="ONLY-PLACE")
    person = given.person(plant, "warehouse_operator", place)
    plant.commit()
    log_in(client, person.login, given.PASSWORD)
    assert place.name_zh in client.get("/").get_data(as_text=True)


@pytest.mark.parametrize(
    "wanted", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "\t//x"]
)
def test_nobody_is_sent_elsewhere_after_a_log_in(client: FlaskClient, engineer: Person, wanted: str) -> None:
    assert log_in(client, engineer.login, given.PASSWORD, next=wanted).location == "/"


def test_one_is_sent_to_the_page_one_wanted(client: FlaskClient, engineer: Person) -> None:
    assert client.get("/account?x=1").location == "/login?next=/account?x%3D1"
    assert log_in(client, engineer.login, given.PASSWORD, next="/account?x=1").location == "/account?x=1"


def test_a_log_in_begins_a_new_session(client: FlaskClient, plant: Session, engineer: Person) -> None:
    log_in(client, engineer.login, given.PASSWORD)
    first = client.get_cookie("beijian").value
    client.post("/logout", data={"csrf_token": token_of(client)})
    log_in(client, engineer.login, given.PASSWORD)
    assert client.get_cookie("beijian").value != first
    assert len(first) >= 43  # 256 bits


def test_logging_out_ends_the_session_on_the_server(client: FlaskClient, app: Flask, engineer: Person) -> None:
    log_in(client, engineer.login, given.PASSWORD)
    stolen = client.get_cookie("beijian").value
    client.post("/logout", data={"csrf_token": token_of(client)})
    thief = app.test_client()
    thief.set_cookie("beijian", stolen)
    assert thief.get("/account").status_code == 303


def test_a_session_that_was_idle_for_too_long_is_over(browser_of: Callable, plant: Session, engineer: Person) -> None:
    browser = browser_of(engineer)
    plant.execute(
        text("UPDATE web_session SET last_seen_at = now() - interval '4 hours 1 minute' WHERE person_id = :id"),
        {"id": engineer.id},
    )
    plant.commit()
    assert browser.get("/account").status_code == 303


def test_a_session_in_use_is_seen(browser_of: Callable, plant: Session, engineer: Person) -> None:
    browser = browser_of(engineer)
    plant.execute(
        text("UPDATE web_session SET last_seen_at = now() - interval '3 hours' WHERE person_id = :id"),
        {"id": engineer.id},
    )
    plant.commit()
    assert browser.get("/account").status_code == 200
    fresh = text("SELECT last_seen_at > now() - interval '1 minute' FROM web_session WHERE person_id = :id")
    assert plant.scalar(fresh, {"id": engineer.id})


def test_a_session_past_its_absolute_end_is_over(browser_of: Callable, plant: Session, engineer: Person) -> None:
    browser = browser_of(engineer)
    plant.execute(
        text("UPDATE web_session SET expires_at = now() - interval '1 second' WHERE person_id = :id"),
        {"id": engineer.id},
    )
    plant.commit()
    assert browser.get("/account").status_code == 303


def test_one_can_end_another_of_ones_sessions_but_nobody_elses(
    browser_of: Callable, plant: Session, engineer: Person
) -> None:
    browser, other, stranger = browser_of(engineer), browser_of(engineer), browser_of(given.person(plant, "engineer"))
    ids = plant.scalars(select(WebSession.id).order_by(WebSession.id.desc()).limit(3)).all()
    for session_id in ids[:2]:
        browser.post(f"/account/sessions/{session_id}/end")
    assert other.get("/account").status_code == 303
    assert stranger.get("/account").status_code == 200


def test_a_changed_password_ends_every_session(browser_of: Callable, app: Flask, engineer: Person) -> None:
    browser, other = browser_of(engineer), browser_of(engineer)
    new = "seven green kettles boil"
    answer = browser.post("/password", page="/password", present=given.PASSWORD, new=new, again=new)
    assert answer.location == "/login"
    assert other.get("/account").status_code == 303
    assert log_in(app.test_client(), engineer.login, new).location == "/"


@pytest.mark.parametrize(
    ("present", "new", "again"),
    [
        ("not the present one", "seven green kettles boil", "seven green kettles boil"),
        (given.PASSWORD, "seven green kettles boil", "seven green kettles Boil"),
        (given.PASSWORD, "short", "short"),
        (given.PASSWORD, "passwordpassword", "passwordpassword"),
    ],
)
def test_a_change_that_is_refused_leaves_the_password(
    browser_of: Callable, engineer: Person, present: str, new: str, again: str
) -> None:
    browser = browser_of(engineer)
    answer = browser.post("/password", page="/password", present=present, new=new, again=again)
    assert answer.location == "/password"
    assert "alert-danger" in browser.get("/password").get_data(as_text=True)


def test_a_first_password_has_to_be_changed_before_anything_else(
    client: FlaskClient, plant: Session, engineer: Person
) -> None:
    engineer.must_change_password = True
    plant.commit()
    log_in(client, engineer.login, given.PASSWORD)
    assert client.get("/").location == "/password"
    assert client.get("/password").status_code == 200


def test_a_first_password_that_was_not_used_for_a_week_is_dead(
    client: FlaskClient, plant: Session, engineer: Person
) -> None:
    plant.execute(
        text("UPDATE person SET password_expires_at = now() - interval '1 s' WHERE id = :id"), {"id": engineer.id}
    )
    plant.commit()
    log_in(client, engineer.login, given.PASSWORD)
    assert client.get("/account").status_code == 303


def test_a_disabled_account_is_out_at_its_next_request(browser_of: Callable, plant: Session, engineer: Person) -> None:
    browser = browser_of(engineer)
    assert browser.get("/account").status_code == 200
    plant.execute(text("UPDATE person SET disabled_at = now() WHERE id = :id"), {"id": engineer.id})
    plant.commit()
    assert browser.get("/account").status_code == 303


# Cookies.


@pytest.fixture(scope="module")
def tls_app(web_url: str) -> Iterator[Flask]:
    app = create_app(settings_for(web_url, TRANSPORT="tls"))
    yield app
    app.extensions["database"].dispose()


def cookies_of(answer: TestResponse) -> dict[str, str]:
    return {one.partition("=")[0]: one for one in answer.headers.getlist("Set-Cookie")}


def test_behind_tls_cookies_are_bound_to_the_host_and_to_https(tls_app: Flask, engineer: Person) -> None:
    answer = log_in(tls_app.test_client(), engineer.login, given.PASSWORD, host="https://localhost")
    for name in ("__Host-beijian", "__Host-beijian-browser"):
        cookie = cookies_of(answer)[name]
        assert "Secure" in cookie
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "Path=/" in cookie
        assert "Domain" not in cookie


def test_on_a_plain_lan_address_a_handheld_can_log_in(client: FlaskClient, engineer: Person) -> None:
    answer = log_in(client, engineer.login, given.PASSWORD, host="http://192.0.2.7:8000")
    cookie = cookies_of(answer)["beijian"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie


def test_behind_tls_the_proxys_word_on_the_clients_address_counts(
    tls_app: Flask, plant: Session, engineer: Person
) -> None:
    client = tls_app.test_client()
    page = client.get("/login", base_url="https://localhost").get_data(as_text=True)
    token = page.partition('name="csrf-token" content="')[2].partition('"')[0]
    client.post(
        "/login",
        data={"csrf_token": token, "login": engineer.login, "password": given.PASSWORD},
        base_url="https://localhost",
        headers={"X-Forwarded-For": "198.51.100.9", "Referer": "https://localhost/login"},
    )
    assert plant.scalar(select(WebSession.address).where(WebSession.person_id == engineer.id)) == "198.51.100.9"


def token_of(client: FlaskClient) -> str:
    return client.get("/account").get_data(as_text=True).partition('name="csrf-token" content="')[2].partition('"')[0]
