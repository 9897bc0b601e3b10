"""Forged forms, and what every response tells the browser."""

import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests import given
from tests.web.conftest import settings_for
from web import create_app


def test_every_form_without_a_token_answers_400(app: Flask, browser_of: Callable, plant: Session) -> None:
    client = browser_of(given.person(plant, "administrator")).client
    tried = 0
    for rule in app.url_map.iter_rules():
        if "POST" in rule.methods and not rule.rule.startswith("/api/"):
            address = re.sub(r"<int:[^>]*>", "1", rule.rule)
            address = re.sub(r"<[^>]*>", "x", address)
            assert client.post(address, data={"command_key": "a-key-of-mine"}).status_code == 400, rule.rule
            tried += 1
    assert tried >= 6


def test_a_token_of_another_browser_is_refused(browser_of: Callable, plant: Session) -> None:
    mine, other = (browser_of(given.person(plant, "engineer")) for _ in range(2))
    answer = mine.client.post("/language", data={"csrf_token": other.csrf_token("/account"), "language": "en"})
    assert answer.status_code == 400


def test_every_screen_has_the_headers_of_a_careful_site(client: FlaskClient) -> None:
    headers = client.get("/login").headers
    policy = headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert {"object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"} <= set(policy.split("; "))
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert "Strict-Transport-Security" not in headers


def test_scripts_are_known_by_a_nonce_that_is_new_each_time(client: FlaskClient) -> None:
    nonces = set()
    for _ in range(2):
        answer = client.get("/login")
        (nonce,) = set(re.findall(r'nonce="([^"]+)"', answer.get_data(as_text=True)))
        assert f"'nonce-{nonce}'" in answer.headers["Content-Security-Policy"]
        nonces.add(nonce)
    assert len(nonces) == 2


def test_no_screen_has_an_inline_style_or_handler(client: FlaskClient, browser_of: Callable, plant: Session) -> None:
    browser = browser_of(given.person(plant, "administrator"))
    for path in ("/login", "/", "/account", "/workplace", "/password", "/nowhere"):
        page = browser.get(path).get_data(as_text=True)
        assert not re.search(r'\s(style|on\w+)="', page), path
        assert "://" not in re.sub(r"http://www\.w3\.org/\S+", "", page), path


def test_the_api_answers_no_html_and_lets_nothing_run(client: FlaskClient) -> None:
    headers = client.get("/api/v1/health").headers
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert headers["Content-Type"] == "application/json"


@pytest.fixture(scope="module")
def closed_app(web_url: str) -> Iterator[Flask]:
    app = create_app(settings_for(web_url, TRANSPORT="tls", API_DOCS="closed"))
    yield app
    app.extensions["database"].dispose()


def test_behind_tls_the_browser_is_told_to_stay_there(closed_app: Flask) -> None:
    headers = closed_app.test_client().get("/login", base_url="https://localhost").headers
    assert "max-age=31536000" in headers["Strict-Transport-Security"]


@pytest.mark.parametrize("path", ["/api/v1/docs", "/api/v1/docs/assets/swagger-ui.css", "/api/v1/metrics"])
def test_docs_page_and_metrics_do_not_exist_when_closed(closed_app: Flask, path: str) -> None:
    assert closed_app.test_client().get(path).status_code == 404


def test_the_docs_page_is_served_from_here(client: FlaskClient) -> None:
    page = client.get("/api/v1/docs").get_data(as_text=True)
    assert re.findall(r'(?:src|href)="(?!/api/v1/docs/assets/)([^"]+)"', page) == []
    with client.get("/api/v1/docs/assets/swagger-ui-bundle.js") as asset:
        assert asset.status_code == 200


def test_metrics_tell_when_they_are_open(notes_app: Flask) -> None:
    client = notes_app.test_client()
    client.get("/api/v1/health")
    assert 'endpoint="state.show_health"' in client.get("/api/v1/metrics").get_data(as_text=True)


@pytest.mark.parametrize("method", ["TRACE", "PUT", "DELETE"])
def test_other_methods_are_refused(client: FlaskClient, method: str) -> None:
    assert client.open("/login", method=method).status_code in (400, 405)
    assert client.open("/api/v1/health", method=method).status_code == 405
