"""Screens of accounts: who sees whom, secrets that are shown once, forms that are refused."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from inventory import identity
from inventory.audit import AuditEntry
from inventory.identity import Person
from inventory.network import Warehouse
from tests import given
from tests.given.people import KEEPER
from tests.web.conftest import ApiClient, Browser
from tests.web.hostile.wrong import CURSORS, FILTERS
from web.command import new_command_key


@pytest.fixture
def station(plant: Session) -> Warehouse:
    made = given.warehouse(plant, tier="repair")
    plant.commit()
    return made


@pytest.fixture
def admin(plant: Session, browser_of: Callable[[Person], Browser]) -> Browser:
    return browser_of(given.person(plant, "administrator"))


@pytest.fixture
def manager(plant: Session, browser_of: Callable[[Person], Browser], station: Warehouse) -> Browser:
    return browser_of(given.person(plant, "station_manager", station))


def wish(station: Warehouse, login: str, **more: str) -> dict[str, str]:
    """The form of a new engineer of the station."""
    return {"login": login, "name": "李新", "role": "engineer", "depth": "here", "warehouse": station.code, **more}


def person_of(plant: Session, login: str) -> Person:
    plant.rollback()
    return plant.scalars(select(Person).where(Person.login == login)).one()


def secret_of(page: str) -> str:
    return page.partition('class="secret"')[2].partition(">")[2].partition("<")[0]


def test_a_form_sent_twice_makes_one_account_and_shows_the_password_once(
    plant: Session, admin: Browser, station: Warehouse
) -> None:
    login, key = f"once.{station.id}", new_command_key()
    first = admin.post("/people", page="/people/new", key=key, **wish(station, login))
    password = secret_of(first.text)
    again = admin.post("/people", page="/people/new", key=key, **wish(station, login))
    assert (first.status_code, again.status_code) == (200, 303)
    person = person_of(plant, login)
    assert KEEPER.is_right(person.password_hash, password)
    assert again.location == f"/people/{person.id}"
    assert password not in admin.get(again.location).text


def test_no_secret_lies_in_the_answer_that_is_kept(plant: Session, admin: Browser, station: Warehouse) -> None:
    system = given.person(plant, "integration")
    plant.commit()
    shown = [
        secret_of(admin.post("/people", page="/people/new", **wish(station, f"kept.{station.id}")).text),
        secret_of(admin.post(f"/people/{system.id}/tokens", name="x", days="30", permission="see_stock").text),
    ]
    answers = plant.execute(text("SELECT convert_from(answer, 'UTF8') FROM command WHERE kind ~ '^(people|tokens)[.]'"))
    kept = "".join(answers.scalars())
    assert all(shown)
    assert [secret for secret in shown if secret in kept] == []


def test_a_token_made_here_opens_what_was_ticked_and_nothing_else_until_revoked(
    plant: Session, app: Flask, admin: Browser
) -> None:
    system = given.person(plant, "integration")
    plant.commit()
    page = admin.post(f"/people/{system.id}/tokens", name="calls", days="30", permission="see_work_orders").text
    client, prefix = ApiClient(app.test_client(), secret_of(page)), secret_of(page).split("_")[1]
    assert (client.get("/work-orders").status_code, client.get("/part-requests").status_code) == (200, 403)
    assert admin.post(f"/people/{system.id}/tokens/{prefix}/revoke").status_code == 303
    assert client.get("/work-orders").status_code == 401


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "x", "days": "30"},
        {"name": "", "days": "30", "permission": "see_stock"},
        {"name": "x", "days": "100000", "permission": "see_stock"},
        {"name": "x", "days": "NaN", "permission": "see_stock"},
        {"name": "x", "days": "30", "permission": "pick"},
        {"name": "x", "days": "30", "permission": "%00"},
    ],
)
def test_a_token_without_a_name_a_scope_it_can_have_and_an_end_is_refused(
    plant: Session, admin: Browser, fields: dict[str, str]
) -> None:
    system = given.person(plant, "integration")
    plant.commit()
    assert admin.post(f"/people/{system.id}/tokens", **fields).status_code == 422
    assert identity.list_tokens(plant, system.id) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"login": "x"},
        {"login": "系统"},
        {"login": "system"},
        {"name": "   "},
        {"role": "king"},
        {"depth": "deepest"},
        {"warehouse": ""},
        {"warehouse": "%"},
        {"warehouse": "\\"},
        {"warehouse": "x" * 5000},
    ],
)
def test_a_new_account_that_is_refused_keeps_what_was_typed_and_makes_nothing(
    plant: Session, admin: Browser, station: Warehouse, wrong: dict[str, str]
) -> None:
    before = plant.scalar(text("SELECT count(*) FROM person"))
    answer = admin.post("/people", page="/people/new", **{**wish(station, "typed.name"), **wrong})
    plant.rollback()
    assert answer.status_code in (409, 422)
    assert 'value="李新"' in answer.text or "name" in wrong
    assert plant.scalar(text("SELECT count(*) FROM person")) - before <= 1  # the browser's own


def test_a_name_that_fits_several_warehouses_is_refused_with_their_codes(
    plant: Session, admin: Browser, station: Warehouse
) -> None:
    twins = [given.warehouse(plant, name_zh=f"双生网点{station.id}", name_en="") for _ in range(2)]
    plant.commit()
    answer = admin.post("/people", page="/people/new", **wish(station, "twin.one", warehouse=twins[0].name_zh))
    assert answer.status_code == 422
    assert all(one.code in answer.text for one in twins)


def test_a_manager_takes_on_an_engineer_of_his_own_and_nobody_else(
    plant: Session, manager: Browser, station: Warehouse
) -> None:
    foreign = given.warehouse(plant, tier="repair")
    plant.commit()
    taken = manager.post("/people", page="/people/new", **wish(station, f"own.{station.id}"))
    risen = manager.post("/people", page="/people/new", **wish(station, f"up.{station.id}", role="administrator"))
    away = manager.post("/people", page="/people/new", **wish(foreign, f"away.{station.id}"))
    wide = manager.post("/people", page="/people/new", **wish(station, f"wide.{station.id}", depth="everywhere"))
    asked_for = [f"{name}.{station.id}" for name in ("own", "up", "away", "wide")]
    made = plant.scalars(select(Person.login).where(Person.login.in_(asked_for))).all()
    assert taken.status_code == 200
    assert made == [f"own.{station.id}"]
    assert 200 not in {risen.status_code, away.status_code, wide.status_code}


@pytest.mark.parametrize("path", ["roles", "roles/1/take", "password", "disable", "enable", "sessions/end"])
def test_nothing_is_done_to_a_person_beyond_reach(
    plant: Session, manager: Browser, station: Warehouse, path: str
) -> None:
    lead = given.person(plant, "warehouse_lead", station)
    plant.commit()
    fields = {"role": "engineer", "depth": "here", "warehouse": station.code, "reason": "moved"}
    foreign, absent = (manager.post(f"/people/{one}/{path}", **fields) for one in (lead.id, 987654321))
    assert (foreign.status_code, foreign.location) == (absent.status_code, absent.location)
    plant.rollback()
    assert plant.scalar(select(AuditEntry.id).where(AuditEntry.subject.in_([str(lead.id), lead.login]))) is None


def test_a_manager_sees_no_tokens_and_makes_none(plant: Session, manager: Browser, station: Warehouse) -> None:
    engineer = given.person(plant, "engineer", station)
    given.token(plant, engineer)
    plant.commit()
    assert "bj_" not in manager.get(f"/people/{engineer.id}").text
    manager.post(f"/people/{engineer.id}/tokens", name="x", days="30", permission="see_stock")
    plant.rollback()
    assert len(identity.list_tokens(plant, engineer.id)) == 1


def test_a_role_is_given_and_taken_with_its_reason_in_the_trail(
    plant: Session, admin: Browser, station: Warehouse
) -> None:
    engineer = given.person(plant, "engineer", station)
    plant.commit()
    role = {"role": "warehouse_operator", "depth": "here", "warehouse": station.code}
    assert admin.post(f"/people/{engineer.id}/roles", **role, reason="").status_code == 422
    assert admin.post(f"/people/{engineer.id}/roles", **role, reason="stands_in").status_code == 303
    given_role = identity.list_bindings(plant, engineer.id)[-1]
    assert admin.post(f"/people/{engineer.id}/roles/{given_role.id}/take", reason="left").status_code == 303
    trail = plant.scalars(
        select(AuditEntry).where(AuditEntry.subject == str(engineer.id)).order_by(AuditEntry.id)
    ).all()
    assert [(one.action, one.facts["reason"]) for one in trail] == [
        ("role_bound", "stands_in"),
        ("role_unbound", "left"),
    ]


def test_who_takes_the_last_role_within_his_reach_is_led_to_the_list(
    plant: Session, manager: Browser, station: Warehouse
) -> None:
    engineer = given.person(plant, "engineer", station)
    plant.commit()
    (binding,) = identity.list_bindings(plant, engineer.id)
    answer = manager.post(f"/people/{engineer.id}/roles/{binding.id}/take", reason="left")
    assert (answer.status_code, answer.location) == (303, "/people")


def test_nobody_closes_his_own_account_or_resets_his_own_password(
    plant: Session, browser_of: Callable[[Person], Browser]
) -> None:
    person = given.person(plant, "administrator")
    browser = browser_of(person)
    (binding,) = identity.list_bindings(plant, person.id)
    for path in ("password", "disable", f"roles/{binding.id}/take"):
        browser.post(f"/people/{person.id}/{path}", reason="left")
    assert browser.get(f"/people/{person.id}").status_code == 200
    assert person_of(plant, person.login).must_change_password is False


def test_logging_somebody_out_ends_his_sessions_and_is_in_the_trail(
    plant: Session, admin: Browser, browser_of: Callable[[Person], Browser], station: Warehouse
) -> None:
    engineer = given.person(plant, "engineer", station)
    his = browser_of(engineer)
    assert his.get("/account").status_code == 200
    admin.post(f"/people/{engineer.id}/sessions/end")
    assert his.get("/account").status_code == 303
    plant.rollback()
    entry = plant.scalars(select(AuditEntry).where(AuditEntry.action == "sessions_ended").order_by(AuditEntry.id)).all()
    assert entry[-1].subject == str(engineer.id)


@pytest.mark.parametrize("role", ["engineer", "warehouse_lead", "planner", "procurement", "integration"])
def test_the_accounts_are_closed_to_who_manages_nobody(
    plant: Session, browser_of: Callable[[Person], Browser], role: str
) -> None:
    browser = browser_of(given.person(plant, role, given.warehouse(plant)))
    assert {browser.get(path).status_code for path in ("/people", "/people/new", "/people/1")} == {403}


def test_the_list_is_paged_by_log_in_name(plant: Session, admin: Browser, station: Warehouse) -> None:
    for number in range(55):
        given.person(plant, "engineer", station, login=f"paged.{station.id}.{number:02}")
    plant.commit()
    first = admin.get("/people", q=f"paged.{station.id}.").text
    cursor = first.partition("cursor=")[2].partition('"')[0].partition("&")[0]
    second = admin.get("/people", q=f"paged.{station.id}.", cursor=cursor).text
    assert f"paged.{station.id}.49<" in first
    assert f"paged.{station.id}.50<" not in first
    assert all(f"paged.{station.id}.{number}<" in second for number in range(50, 55))


def test_no_filter_breaks_the_list_for_who_may_see_it(admin: Browser) -> None:
    names = ("q", "warehouse", "role", "status", "cursor")
    values = [*FILTERS, *CURSORS[-6:]]
    answers = {(name, value): admin.client.get(f"/people?{name}={value}") for name in names for value in values}
    assert {asked: answer.status_code for asked, answer in answers.items() if answer.status_code >= 429} == {}


@pytest.mark.parametrize("hostile", ["\udc00", "\0", "9" * 4000, "' OR 1=1 --", "<script>alert(1)</script>", "\u202e"])
def test_no_text_breaks_a_form(plant: Session, admin: Browser, station: Warehouse, hostile: str) -> None:
    engineer = given.person(plant, "engineer", station)
    plant.commit()
    sent = hostile.encode("utf-8", "surrogatepass")
    for field in ("login", "name", "role", "depth", "warehouse"):
        answer = admin.post("/people", page="/people/new", **{**wish(station, f"h{engineer.id}{field}"), field: sent})
        assert answer.status_code < 500
        assert "<script>alert" not in answer.text
    for field in ("role", "depth", "warehouse", "reason"):
        role = {"role": "engineer", "depth": "here", "warehouse": station.code, "reason": "moved", field: sent}
        assert admin.post(f"/people/{engineer.id}/roles", **role).status_code < 500
