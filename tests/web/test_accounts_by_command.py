"""Accounts and tokens from the command line."""

from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from inventory import identity
from tests import given
from web.cli import cli

Beijian = Callable[..., Result]


@pytest.fixture
def beijian(web_url: str, monkeypatch: pytest.MonkeyPatch) -> Beijian:
    """Run `beijian ...` against the app's database."""
    for name, value in {"DATABASE_URL": web_url, "SECRET_KEY": "k" * 40, "PASSWORD_COST": "low"}.items():
        monkeypatch.setenv(name, value)
    return lambda *words: CliRunner().invoke(cli, list(words))


def test_the_first_administrator_is_made_here_and_changes_the_password_at_once(
    beijian: Beijian, plant: Session, client: FlaskClient
) -> None:
    login, password = beijian("user", "create", "first.admin", "王一").stdout.split()
    assert beijian("user", "bind", login, "administrator", "--everywhere").exit_code == 0
    page = client.get("/login").get_data(as_text=True)
    token = page.partition('name="csrf-token" content="')[2].partition('"')[0]
    client.post("/login", data={"csrf_token": token, "login": login, "password": password})
    assert client.get("/").location == "/password"


def test_a_role_needs_a_place_that_is_said(beijian: Beijian) -> None:
    beijian("user", "create", "no.place", "王二")
    for words in (["no.place", "engineer"], ["no.place", "engineer", "QD-1", "--everywhere"]):
        answer = beijian("user", "bind", *words)
        assert answer.exit_code == 2
        assert "--everywhere" in answer.stderr


def test_a_role_is_given_and_taken(beijian: Beijian, plant: Session) -> None:
    place = given.warehouse(plant)
    plant.commit()
    beijian("user", "create", "wang.san", "王三")
    beijian("user", "bind", "wang.san", "engineer", place.code)
    person = identity.get_person(plant, "wang.san")
    assert [(one.role, one.warehouse_id) for one in identity.list_bindings(plant, person.id)] == [
        ("engineer", place.id)
    ]
    beijian("user", "unbind", "wang.san", "engineer", place.code)
    plant.rollback()
    assert identity.list_bindings(plant, person.id) == []


def test_a_refusal_is_a_sentence_and_an_exit_code(beijian: Beijian) -> None:
    beijian("user", "create", "wang.si", "王四")
    answer = beijian("user", "create", "wang.si", "王四")
    assert answer.exit_code == 1
    assert "wang.si is taken" in answer.stderr
    assert beijian("user", "disable", "nobody.at.all").exit_code == 1


def test_a_token_works_until_it_is_revoked(beijian: Beijian, plant: Session) -> None:
    beijian("user", "create", "call.centre", "呼叫中心")
    beijian("user", "bind", "call.centre", "integration", "--everywhere")
    token = beijian("token", "create", "call.centre", "test", "--permission", "open_work_orders").stdout.strip()
    access = identity.find_access_by_token(plant.connection(), token)
    assert access is not None
    assert list(access.actor.reach) == ["open_work_orders"]
    prefix = token.split("_")[1]
    assert prefix in beijian("token", "list", "call.centre").stdout
    beijian("token", "revoke", prefix)
    assert identity.find_access_by_token(plant.connection(), token) is None


def test_a_disabled_account_does_not_enter_until_it_is_enabled(beijian: Beijian, plant: Session) -> None:
    person = given.person(plant, "engineer")
    token = given.token(plant, person)
    plant.commit()
    beijian("user", "disable", person.login)
    assert identity.find_access_by_token(plant.connection(), token) is None
    beijian("user", "enable", person.login)
    assert identity.find_access_by_token(plant.connection(), token) is not None
