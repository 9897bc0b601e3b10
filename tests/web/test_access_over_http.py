"""Who gets in: tokens for the API, cookies for screens, permissions for routes, scope for rows."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from inventory.audit import AuditEntry
from inventory.identity import Permission, Person
from tests import given


@pytest.fixture
def engineer(plant: Session) -> Person:
    return given.person(plant, "engineer", given.warehouse(plant))


@pytest.mark.parametrize(
    "header", [None, "Bearer", "Bearer ", "Bearer bj_x_y", "Basic eDp5", "Bearer " + "x" * 5000, "bj_x"]
)
def test_without_a_valid_token_the_api_answers_401(notes_app: Flask, header: str | None) -> None:
    headers = {"Authorization": header} if header else {}
    answer = notes_app.test_client().get("/api/v1/notes/warehouses", headers=headers)
    assert (answer.status_code, answer.json["code"]) == (401, "not_signed_in")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_the_api_takes_no_cookie(notes_browser: Callable, engineer: Person) -> None:
    assert notes_browser(engineer).get("/api/v1/notes/warehouses").status_code == 401


def test_a_screen_takes_no_token(notes_app: Flask, plant: Session, engineer: Person) -> None:
    token = given.token(plant, engineer)
    plant.commit()
    answer = notes_app.test_client().get("/account", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 303


@pytest.mark.parametrize("ending", ["expires_at = now() - interval '1 s'", "revoked_at = now()"])
def test_a_token_that_is_over_answers_401(notes_api: Callable, plant: Session, engineer: Person, ending: str) -> None:
    api = notes_api(engineer)
    plant.execute(text(f"UPDATE api_token SET {ending} WHERE person_id = :id"), {"id": engineer.id})
    plant.commit()
    assert api.get("/notes/warehouses").status_code == 401


def test_a_disabled_persons_token_answers_401(notes_api: Callable, plant: Session, engineer: Person) -> None:
    api = notes_api(engineer)
    plant.execute(text("UPDATE person SET disabled_at = now() WHERE id = :id"), {"id": engineer.id})
    plant.commit()
    assert api.get("/notes/warehouses").status_code == 401


def test_a_role_without_the_permission_answers_403_and_is_in_the_audit_trail(
    notes_api: Callable, plant: Session
) -> None:
    planner = given.person(plant, "planner")
    answer = notes_api(planner).post("/notes", {"subject": "x"})
    assert (answer.status_code, answer.json["code"]) == (403, "not_permitted")
    entry = plant.scalars(select(AuditEntry).where(AuditEntry.actor_id == planner.id)).one()
    assert (entry.action, entry.facts["permission"]) == ("refused", "request_parts")


def test_a_token_is_limited_to_its_scope(notes_api: Callable, plant: Session, engineer: Person) -> None:
    api = notes_api(engineer, [Permission.SEE_STOCK])
    assert api.get("/notes/warehouses").status_code == 200
    assert api.post("/notes", {"subject": "x"}).status_code == 403


def test_a_token_gives_nothing_that_its_person_does_not_hold(notes_api: Callable, plant: Session) -> None:
    operator = given.person(plant, "warehouse_operator", given.warehouse(plant))
    assert notes_api(operator, [Permission.REQUEST_PARTS]).post("/notes", {"subject": "x"}).status_code == 403


def test_a_list_shows_only_what_lies_within_reach(notes_api: Callable, plant: Session) -> None:
    own, foreign = given.warehouse(plant), given.warehouse(plant)
    api = notes_api(given.person(plant, "engineer", own))
    codes = [row["code"] for row in api.get("/notes/warehouses").json["items"]]
    assert codes == [own.code]
    assert foreign.code not in codes


def test_a_screen_that_needs_more_answers_403(notes_browser: Callable, plant: Session) -> None:
    answer = notes_browser(given.person(plant, "planner")).get("/notes/form")
    assert answer.status_code == 403
    assert "申请备件" in answer.get_data(as_text=True)


def test_a_screen_about_one_warehouse_asks_which(notes_browser: Callable, plant: Session) -> None:
    places = [given.warehouse(plant) for _ in range(2)]
    browser = notes_browser(given.person(plant, "warehouse_lead", *places))
    assert browser.get("/notes/here").location == "/workplace?next=/notes/here"
    answer = browser.post("/workplace", page="/workplace", code=places[1].code, next="/notes/here")
    assert answer.location == "/notes/here"
    assert browser.get("/notes/here").get_data(as_text=True) == places[1].code


def test_a_foreign_warehouse_cannot_be_chosen(notes_browser: Callable, plant: Session) -> None:
    own, foreign = given.warehouse(plant), given.warehouse(plant)
    browser = notes_browser(given.person(plant, "warehouse_lead", own))
    browser.post("/workplace", page="/workplace", code=foreign.code)
    page = browser.get("/workplace").get_data(as_text=True)
    assert "alert-danger" in page
    assert foreign.name_zh not in page


def test_a_workplace_that_is_taken_away_is_not_the_workplace_any_more(notes_browser: Callable, plant: Session) -> None:
    own, other = given.warehouse(plant), given.warehouse(plant)
    person = given.person(plant, "warehouse_lead", own, other)
    browser = notes_browser(person)
    browser.post("/workplace", page="/workplace", code=own.code)
    assert browser.get("/notes/here").status_code == 200
    plant.execute(text("DELETE FROM role_binding WHERE warehouse_id = :id"), {"id": own.id})
    plant.commit()
    assert browser.get("/notes/here").status_code == 303


def test_the_scope_of_a_workplace_search_takes_wildcards_literally(notes_browser: Callable, plant: Session) -> None:
    own = given.warehouse(plant, code="A_B-1")
    browser = notes_browser(given.person(plant, "warehouse_lead", own, given.warehouse(plant, code="AXB-1")))
    page = browser.get("/workplace", q="A_B").get_data(as_text=True)
    assert "A_B-1" in page
    assert "AXB-1" not in page


def test_the_navigation_shows_what_is_permitted_only(app: Flask, browser_of: Callable, plant: Session) -> None:
    entries = app.extensions["navigation"]
    page = browser_of(given.person(plant, "warehouse_operator", given.warehouse(plant))).get("/").get_data(as_text=True)
    from inventory.identity import ROLE_PERMISSIONS, Role

    held = ROLE_PERMISSIONS[Role.WAREHOUSE_OPERATOR]
    with app.test_request_context():
        for entry in entries:
            shown = f'href="{app.url_for(entry.endpoint)}"' in page.partition("<nav")[2].partition("</nav>")[0]
            assert shown == (entry.permission in held), entry.endpoint


def test_opening_every_page_without_a_log_in_leads_to_the_log_in(app: Flask, client: FlaskClient) -> None:
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if "GET" in rule.methods and not rule.arguments and rule.endpoint not in PUBLIC and view:
            answer = client.get(rule.rule)
            assert answer.status_code == (401 if rule.rule.startswith("/api/") else 303), rule.rule


PUBLIC = {
    "session.show_log_in",
    "home.show_icon",
    "state.show_health",
    "state.show_readiness",
    "state.show_metrics",
    "api-docs.openapi_json",
    "api-docs.openapi_swagger_ui",
}
