"""Log-ins: who enters, who waits, and what is written down."""

from datetime import datetime, timedelta
from time import perf_counter

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from inventory import identity
from inventory.audit import AuditEntry
from inventory.identity import OpenedSession, Person, Role, TooManyAttempts
from inventory.identity.models import LoginAttempt, WebSession
from tests import given
from tests.given import NOON
from tests.given.people import KEEPER

HERE, ELSEWHERE = "192.0.2.1", "198.51.100.1"


@pytest.fixture
def engineer(session: Session) -> Person:
    return given.person(session, "engineer", given.warehouse(session))


def enter(
    session: Session, login: str, password: str = "wrong", *, address: str = HERE, at: datetime = NOON
) -> OpenedSession | None:
    opened = identity.log_in(session, KEEPER, login=login, password=password, address=address, user_agent="test", at=at)
    session.flush()
    return opened


def test_the_right_password_opens_a_session_of_which_only_the_hash_is_kept(session: Session, engineer: Person) -> None:
    opened = enter(session, engineer.login, given.PASSWORD)
    assert opened is not None
    row = session.scalars(select(WebSession).where(WebSession.person_id == engineer.id)).one()
    assert row.secret_hash == identity.hash_secret(opened.secret)
    assert opened.secret.encode() not in row.secret_hash


def test_the_name_may_be_typed_in_capitals_and_with_blanks(session: Session, engineer: Person) -> None:
    assert enter(session, f" {engineer.login.upper()} ", given.PASSWORD)


def test_who_is_disabled_or_has_no_password_does_not_enter(session: Session, engineer: Person) -> None:
    engineer.disabled_at = NOON
    assert enter(session, engineer.login, given.PASSWORD) is None
    assert enter(session, "system", given.PASSWORD) is None


def test_the_strictest_of_several_roles_limits_the_session(session: Session, engineer: Person) -> None:
    session.add(identity.RoleBinding(person_id=engineer.id, role=Role.ADMINISTRATOR))
    session.flush()
    opened = enter(session, engineer.login, given.PASSWORD)
    assert opened is not None
    assert opened.expires_at == NOON + timedelta(hours=8)


def test_the_first_failures_cost_nothing_and_then_each_doubles_the_wait(session: Session, engineer: Person) -> None:
    for _ in range(5):
        assert enter(session, engineer.login) is None
    waits = []
    at = NOON
    for _ in range(4):
        with pytest.raises(TooManyAttempts) as refused:
            enter(session, engineer.login, at=at)
        waits.append(refused.value.facts["retry_after_seconds"])
        at += timedelta(seconds=waits[-1])
        assert enter(session, engineer.login, at=at) is None
    assert waits == [2, 4, 8, 16]


def test_while_one_has_to_wait_even_the_right_password_does_not_enter(session: Session, engineer: Person) -> None:
    for _ in range(5):
        enter(session, engineer.login)
    with pytest.raises(TooManyAttempts):
        enter(session, engineer.login, given.PASSWORD)
    assert enter(session, engineer.login, given.PASSWORD, at=NOON + timedelta(seconds=2))


def test_after_an_hour_failures_are_forgotten(session: Session, engineer: Person) -> None:
    session.add_all(LoginAttempt(login=engineer.login, address=HERE, at=NOON) for _ in range(150))
    with pytest.raises(TooManyAttempts):
        enter(session, engineer.login, at=NOON + timedelta(minutes=59))
    assert enter(session, engineer.login, given.PASSWORD, at=NOON + timedelta(minutes=61))


def test_no_more_than_a_hundred_tries_an_hour_are_heard(session: Session, engineer: Person) -> None:
    heard = 0
    at = NOON
    while at < NOON + timedelta(hours=1):
        try:
            enter(session, engineer.login, at=at)
            heard += 1
        except TooManyAttempts as refused:
            at += timedelta(seconds=refused.facts["retry_after_seconds"])
    assert 20 < heard <= 100


def test_an_address_that_tries_many_names_has_to_wait_too(session: Session) -> None:
    for number in range(21):
        assert enter(session, f"name-{number}") is None
    with pytest.raises(TooManyAttempts):
        enter(session, "another-name")
    assert enter(session, "another-name", address=ELSEWHERE) is None


def test_a_stranger_cannot_lock_out_somebody_where_he_has_been_before(session: Session, engineer: Person) -> None:
    assert enter(session, engineer.login, given.PASSWORD, address=HERE)
    session.add_all(LoginAttempt(login=engineer.login, address=ELSEWHERE, at=NOON) for _ in range(150))
    with pytest.raises(TooManyAttempts):
        enter(session, engineer.login, given.PASSWORD, address="203.0.113.1")
    assert enter(session, engineer.login, given.PASSWORD, address=HERE)


def test_an_unknown_name_takes_as_long_as_a_known_one(session: Session, engineer: Person) -> None:
    keeper = identity.PasswordKeeper(identity.COSTS["standard"])
    engineer.password_hash = keeper.hash(given.PASSWORD)
    session.flush()

    def seconds(login: str, address: str) -> float:
        start = perf_counter()
        identity.log_in(session, keeper, login=login, password="x" * 20, address=address, user_agent="", at=NOON)
        return perf_counter() - start

    known = min(seconds(engineer.login, f"10.0.0.{n}") for n in range(3))
    unknown = min(seconds(f"nobody-{n}", f"10.0.1.{n}") for n in range(3))
    assert 0.5 < unknown / known < 2


def test_log_ins_failures_and_log_outs_are_in_the_audit_trail(session: Session, engineer: Person) -> None:
    enter(session, engineer.login)
    opened = enter(session, engineer.login, given.PASSWORD)
    assert opened is not None
    identity.log_out(session, opened.secret, address=HERE, at=NOON)
    session.flush()
    entries = session.scalars(
        select(AuditEntry).where(AuditEntry.actor_id == engineer.id).order_by(AuditEntry.id)
    ).all()
    assert [one.action for one in entries] == ["login_refused", "login", "logout"]
    assert {one.address for one in entries} == {HERE}
    assert not any(given.PASSWORD in str(vars(one)) for one in entries)


def test_logging_out_twice_is_once(session: Session, engineer: Person) -> None:
    opened = enter(session, engineer.login, given.PASSWORD)
    assert opened is not None
    for minutes in (1, 2):
        identity.log_out(session, opened.secret, address=HERE, at=NOON + timedelta(minutes=minutes))
    ended = session.scalars(select(WebSession.ended_at).where(WebSession.person_id == engineer.id)).one()
    assert ended == NOON + timedelta(minutes=1)
    assert session.scalar(select(func.count()).where(AuditEntry.action == "logout")) == 1
