"""Taking somebody on, and what nobody does to himself or to those of others."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory import identity
from inventory.actor import Actor
from inventory.audit import AuditEntry
from inventory.errors import NotFound
from inventory.identity import GrantAboveOwn, OwnAccount, Person, PersonWish, Role, RoleReason
from inventory.network.models import Warehouse
from tests import given
from tests.given import NOON
from tests.given.people import KEEPER


@pytest.fixture
def station(session: Session) -> Warehouse:
    return given.warehouse(session)


def acting_as(session: Session, person: Person) -> Actor:
    access = identity.find_access_by_session(session.connection(), given.web_session(session, person))
    assert access is not None
    return access.actor


def manager(session: Session, *at: Warehouse) -> Actor:
    return acting_as(session, given.person(session, "station_manager", *at))


def trail_of(session: Session, actor_id: int) -> list[str]:
    return list(session.scalars(select(AuditEntry.action).where(AuditEntry.actor_id == actor_id)))


def test_a_manager_employs_an_engineer_who_can_log_in_for_a_week(session: Session, station: Warehouse) -> None:
    wish = PersonWish("Li.Xin", "李新", Role.ENGINEER, station.id)
    employed = identity.employ(session, KEEPER, wish, by=manager(session, station), at=NOON)
    assert employed.first_password is not None
    assert KEEPER.is_right(employed.person.password_hash, employed.first_password)
    assert employed.person.must_change_password
    assert employed.person.password_expires_at == NOON + timedelta(days=7)
    assert [one.role for one in identity.list_bindings(session, employed.person.id)] == [Role.ENGINEER]


def test_an_outside_system_gets_no_password(session: Session) -> None:
    by = acting_as(session, given.person(session, "administrator"))
    wish = PersonWish("call.centre", "呼叫中心", Role.INTEGRATION, None)
    employed = identity.employ(session, KEEPER, wish, by=by, at=NOON)
    assert (employed.first_password, employed.person.password_hash) == (None, None)


def test_nobody_is_employed_above_ones_own(session: Session, station: Warehouse) -> None:
    wish = PersonWish("li.xin", "李新", Role.WAREHOUSE_LEAD, station.id)
    with pytest.raises(GrantAboveOwn):
        identity.employ(session, KEEPER, wish, by=manager(session, station), at=NOON)


def test_a_first_password_never_holds_a_word_of_the_account(session: Session, station: Warehouse) -> None:
    """A name of two letters falls into one of thirty random passwords; drawn until it does not."""
    by = manager(session, station)
    engineer = given.person(session, "engineer", station, name="a e i o ab cd ef gh")
    for _ in range(40):
        password = identity.give_first_password(session, KEEPER, engineer.id, by=by, at=NOON)
        assert not {"ab", "cd", "ef", "gh"} & {password.casefold()[i : i + 2] for i in range(len(password))}


def test_a_manager_of_another_station_cannot_reach_for_an_engineer_by_giving_him_a_role(
    session: Session, station: Warehouse
) -> None:
    engineer, other = given.person(session, "engineer", station), given.warehouse(session)
    with pytest.raises(NotFound):
        identity.bind_role(
            session, engineer.id, Role.ENGINEER, warehouse_id=other.id, by=manager(session, other), at=NOON
        )
    assert len(identity.list_bindings(session, engineer.id)) == 1


def test_nobody_does_to_his_own_account_what_would_lock_him_out(session: Session) -> None:
    person = given.person(session, "administrator")
    by = acting_as(session, person)
    with pytest.raises(OwnAccount):
        identity.disable_person(session, person.id, by=by, at=NOON)
    with pytest.raises(OwnAccount):
        identity.give_first_password(session, KEEPER, person.id, by=by, at=NOON)
    with pytest.raises(OwnAccount):
        identity.unbind_role(session, person.id, Role.ADMINISTRATOR, warehouse_id=None, by=by, at=NOON)


def test_logging_somebody_out_ends_every_session_and_is_kept(session: Session, station: Warehouse) -> None:
    engineer, by = given.person(session, "engineer", station), manager(session, station)
    secret = given.web_session(session, engineer)
    identity.end_sessions_of(session, engineer.id, by=by, at=NOON)
    session.flush()
    assert identity.find_access_by_session(session.connection(), secret) is None
    assert (
        "sessions_ended" in session.scalars(select(AuditEntry.action).where(AuditEntry.actor_id == by.person_id)).all()
    )


def test_ending_a_session_of_ones_own_is_kept(session: Session, station: Warehouse) -> None:
    engineer = given.person(session, "engineer", station)
    given.web_session(session, engineer)
    (opened,) = identity.list_sessions(session, engineer.id, at=NOON)
    identity.end_session(session, opened.id, person_id=engineer.id, at=NOON)
    identity.end_session(session, opened.id, person_id=engineer.id, at=NOON)
    session.flush()
    assert session.scalars(select(AuditEntry.action).where(AuditEntry.actor_id == engineer.id)).all() == [
        "session_ended"
    ]


def test_why_a_role_was_given_is_kept(session: Session, station: Warehouse) -> None:
    by, newcomer = manager(session, station), given.person(session)
    identity.bind_role(
        session, newcomer.id, Role.ENGINEER, warehouse_id=station.id, reason=RoleReason.STANDS_IN, by=by, at=NOON
    )
    session.flush()
    (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.actor_id == by.person_id))
    assert entry.facts == {"role": "engineer", "warehouse_id": station.id, "reason": "stands_in"}
