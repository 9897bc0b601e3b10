"""What is told when something is refused or fails, in which language, and what is not told."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from inventory.errors import Conflict, NotFound, NotPermitted, RuleBroken
from inventory.identity import Person, TooManyAttempts
from tests import given
from web.errors import message_of, status_of


@pytest.fixture
def engineer(plant: Session) -> Person:
    return given.person(plant, "engineer", given.warehouse(plant))


class Peculiar(RuleBroken):
    """A refusal that no catalogue knows."""

    code = "peculiar"


@pytest.mark.parametrize(
    ("refusal", "status"),
    [
        (NotFound(), 404),
        (NotPermitted(), 403),
        (Conflict(), 409),
        (RuleBroken(), 422),
        (Peculiar(), 422),
        (TooManyAttempts(retry_after_seconds=3), 429),
    ],
)
def test_the_nearest_family_gives_the_status(refusal: NotFound, status: int) -> None:
    assert status_of(refusal) == status


def test_a_refusal_is_a_problem_with_a_stable_code_and_facts(notes_api: Callable, engineer: Person) -> None:
    answer = notes_api(engineer).post("/notes", {"subject": "taken"})
    assert answer.content_type == "application/problem+json"
    assert answer.status_code == answer.json["status"] == 409
    assert (answer.json["code"], answer.json["facts"]) == ("note_taken", {"subject": "taken"})
    assert answer.json["detail"]


@pytest.mark.parametrize(
    ("accept", "words"),
    [("zh-CN,zh;q=0.9", "请先登录"), ("en-GB", "Log in first"), ("fr", "请先登录"), ("", "请先登录")],
)
def test_a_problem_is_told_in_the_language_asked_for(
    client: FlaskClient, notes_app: Flask, accept: str, words: str
) -> None:
    answer = notes_app.test_client().get("/api/v1/notes/warehouses", headers={"Accept-Language": accept})
    assert words in answer.json["detail"]


def test_a_bug_is_a_500_with_an_id_in_the_log_and_tells_nothing(
    notes_api: Callable, engineer: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = notes_api(engineer).post("/notes", {"subject": "bug"})
    assert (answer.status_code, answer.json["code"]) == (500, "internal_error")
    assert "secret" not in answer.get_data(as_text=True)
    assert "Error" not in answer.get_data(as_text=True)
    log = capsys.readouterr().err
    assert answer.json["facts"]["error_id"] in log
    assert "a bug with a secret" in log


def test_a_message_without_its_facts_still_reads(notes_app: Flask) -> None:
    with notes_app.test_request_context("/", headers={"Accept-Language": "en"}):
        assert message_of("not_permitted", {"permission": "request_parts"}, status=403).startswith(
            "You are not permitted: request parts."
        )
        assert "You are not permitted" in message_of("not_permitted", {}, status=403)
        assert message_of("peculiar", {}, status=422) == message_of("http_422", {}, status=422)


def test_what_was_not_found_is_named_where_it_was_typed(notes_app: Flask) -> None:
    with notes_app.test_request_context("/", headers={"Accept-Language": "en"}):
        assert message_of("not_found", {"part": "0017"}, status=404).startswith("0017: there is no such thing")
        assert message_of("not_found", {}, status=404).startswith("There is no such thing")
        assert message_of("not_found", {"line": 3}, status=404).startswith("There is no such thing")


def test_an_unknown_address_answers_404_in_the_form_of_its_side(client: FlaskClient) -> None:
    assert client.get("/api/v1/nowhere").content_type == "application/problem+json"
    page = client.get("/nowhere")
    assert (page.status_code, page.mimetype) == (404, "text/html")
    assert 'href="/"' in page.get_data(as_text=True)


def test_a_database_that_is_away_answers_503_and_health_still_answers(web_url: str) -> None:
    from tests.web.conftest import settings_for
    from web import create_app

    app = create_app(settings_for(web_url.replace("beijian_test", "beijian_gone")))
    client = app.test_client()
    client.set_cookie("beijian", "x" * 43)
    page = client.get("/account")
    assert (page.status_code, page.headers["Retry-After"]) == (503, "2")
    api = client.get("/api/v1/ready")
    assert (api.status_code, api.json["reason"]) == (503, "database_unreachable")
    assert client.get("/api/v1/health").status_code == 200
    app.extensions["database"].dispose()


def test_a_screen_that_breaks_tells_only_an_id(
    notes_browser: Callable, engineer: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = notes_browser(engineer).get("/notes/broken")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 500
    assert "secret" not in page
    assert 'href="/"' in page
    assert any(f'"error_id": "{word}"' in capsys.readouterr().err for word in re.findall(r"\b[0-9a-f]{12}\b", page))


def test_readiness_is_told_when_the_tables_are_there(client: FlaskClient) -> None:
    assert client.get("/api/v1/ready").json == {"status": "ok"}


def test_the_choice_of_a_language_stays_with_the_person(browser_of: Callable, plant: Session) -> None:
    person = given.person(plant, "engineer", given.warehouse(plant))
    assert "My account" not in browser_of(person).get("/account").get_data(as_text=True)
    browser_of(person).post("/language", language="en")
    page = browser_of(person).get("/account").get_data(as_text=True)
    assert "My account" in page
    assert '<html lang="en">' in page
