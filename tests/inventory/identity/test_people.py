"""Who may give whom which role, and run whose account."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory import identity
from inventory.actor import Actor
from inventory.audit import AuditEntry
from inventory.errors import NotFound, NotPermitted
from inventory.identity import GrantAboveOwn, LoginTaken, LoginUnreadable, Permission, Person, Role
from inventory.network.models import Tier, Warehouse
from tests import given
from tests.given import NOON
from tests.given.people import KEEPER

NEW = "seven green kettles boil"


@pytest.fixture
def centre(session: Session) -> Warehouse:
    """A distribution centre with stations below it."""
    return given.warehouse(session, tier=Tier.DISTRIBUTION)


@pytest.fixture
def stations(session: Session, centre: Warehouse) -> list[Warehouse]:
    return [given.warehouse(session, parent=centre) for _ in range(2)]


@pytest.fixture
def newcomer(session: Session) -> Person:
    return given.person(session)


def acting_as(session: Session, person: Person) -> Actor:
    """The actor as a request of this person would have it."""
    access = identity.find_access_by_session(session.connection(), given.web_session(session, person))
    assert access is not None
    return access.actor


def administrator(session: Session, *at: Warehouse) -> Actor:
    return acting_as(session, given.person(session, "administrator", *at, with_descendants=True))


def manager(session: Session, *at: Warehouse) -> Actor:
    return acting_as(session, given.person(session, "station_manager", *at))


def bind(session: Session, person: Person, role: Role, at: Warehouse | None, *, by: Actor, deep: bool = False) -> None:
    identity.bind_role(
        session, person.id, role, warehouse_id=at.id if at else None, with_descendants=deep, by=by, at=NOON
    )
    session.flush()


def test_a_station_manager_makes_an_engineer_of_his_own_station(
    session: Session, newcomer: Person, stations: list[Warehouse]
) -> None:
    bind(session, newcomer, Role.ENGINEER, stations[0], by=manager(session, stations[0]))
    assert acting_as(session, newcomer).may(Permission.REQUEST_PARTS, stations[0].id)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ENGINEER])
def test_a_station_manager_makes_nobody_else(
    session: Session, newcomer: Person, stations: list[Warehouse], role: Role
) -> None:
    with pytest.raises(GrantAboveOwn):
        bind(session, newcomer, role, stations[0], by=manager(session, stations[0]))


def test_a_station_manager_grants_nothing_at_another_station(
    session: Session, newcomer: Person, stations: list[Warehouse]
) -> None:
    with pytest.raises(GrantAboveOwn):
        bind(session, newcomer, Role.ENGINEER, stations[1], by=manager(session, stations[0]))


def test_an_administrator_grants_within_his_part_of_the_network_only(
    session: Session, newcomer: Person, centre: Warehouse, stations: list[Warehouse]
) -> None:
    by = administrator(session, centre)
    bind(session, newcomer, Role.ADMINISTRATOR, centre, by=by, deep=True)
    bind(session, newcomer, Role.WAREHOUSE_LEAD, stations[1], by=by)
    with pytest.raises(GrantAboveOwn):
        bind(session, newcomer, Role.ENGINEER, given.warehouse(session), by=by)


def test_only_who_reaches_everywhere_grants_everywhere(session: Session, newcomer: Person, centre: Warehouse) -> None:
    with pytest.raises(GrantAboveOwn):
        bind(session, newcomer, Role.PLANNER, None, by=administrator(session, centre))
    bind(session, newcomer, Role.PLANNER, None, by=administrator(session))


def test_nobody_grants_deeper_than_he_reaches(session: Session, newcomer: Person, centre: Warehouse) -> None:
    given.warehouse(session, parent=centre)
    by = acting_as(session, given.person(session, "administrator", centre))
    with pytest.raises(GrantAboveOwn):
        bind(session, newcomer, Role.ENGINEER, centre, by=by, deep=True)


def test_nobody_raises_himself(session: Session, stations: list[Warehouse]) -> None:
    person = given.person(session, "station_manager", stations[0])
    for role, place in ((Role.ADMINISTRATOR, stations[0]), (Role.STATION_MANAGER, stations[1])):
        with pytest.raises(GrantAboveOwn):
            bind(session, person, role, place, by=acting_as(session, person))


def test_a_role_granted_twice_is_held_once(session: Session, newcomer: Person, stations: list[Warehouse]) -> None:
    by = manager(session, stations[0])
    for _ in range(2):
        bind(session, newcomer, Role.ENGINEER, stations[0], by=by)
    assert len(identity.list_bindings(session, newcomer.id)) == 1


def test_a_role_that_is_taken_away_allows_nothing(
    session: Session, newcomer: Person, stations: list[Warehouse]
) -> None:
    by = manager(session, stations[0])
    bind(session, newcomer, Role.ENGINEER, stations[0], by=by)
    identity.unbind_role(session, newcomer.id, Role.ENGINEER, warehouse_id=stations[0].id, by=by, at=NOON)
    assert acting_as(session, newcomer).reach == {}


def test_a_role_from_above_cannot_be_taken_away(session: Session, stations: list[Warehouse]) -> None:
    lead = given.person(session, "warehouse_lead", stations[0])
    with pytest.raises(GrantAboveOwn):
        identity.unbind_role(
            session, lead.id, Role.WAREHOUSE_LEAD, warehouse_id=stations[0].id,
            by=manager(session, stations[0]), at=NOON,
        )  # fmt: skip


def test_a_new_account_is_named_once(session: Session, centre: Warehouse) -> None:
    by = administrator(session)
    person = identity.create_person(session, login=" Zhang.San ", name="张三", by=by, at=NOON)
    assert person.login == "zhang.san"
    with pytest.raises(LoginTaken):
        identity.create_person(session, login="zhang.san", name="张三", by=by, at=NOON)
    assert session.get(Person, person.id) is person


@pytest.mark.parametrize("login", ["", "a", "张三", "zhang san", "-zhang", "zhang\0san", "x" * 81, "zh/ang"])
def test_a_name_that_cannot_be_typed_is_refused(session: Session, login: str) -> None:
    with pytest.raises(LoginUnreadable):
        identity.create_person(session, login=login, name="张三", by=administrator(session), at=NOON)


def test_who_manages_nobody_makes_no_account(session: Session, stations: list[Warehouse]) -> None:
    by = acting_as(session, given.person(session, "engineer", stations[0]))
    with pytest.raises(NotPermitted):
        identity.create_person(session, login="zhang.san", name="张三", by=by, at=NOON)


def test_a_first_password_works_once_and_for_a_week(session: Session, stations: list[Warehouse]) -> None:
    engineer = given.person(session, "engineer", stations[0])
    identity.give_first_password(session, KEEPER, engineer.id, by=manager(session, stations[0]), at=NOON)
    assert engineer.must_change_password
    assert engineer.password_expires_at is not None
    assert (engineer.password_expires_at - NOON).days == 7


@pytest.mark.parametrize("act", ["password", "disable", "enable", "token"])
def test_an_account_beyond_ones_reach_looks_like_a_missing_one(
    session: Session, stations: list[Warehouse], act: str
) -> None:
    """A station manager, on the engineer of another station, on a lead of his own, and on the system's account."""
    by = manager(session, stations[0])
    system = session.scalars(select(Person.id).where(Person.login == "system")).one()
    targets = [
        given.person(session, "engineer", stations[1]).id,
        given.person(session, "warehouse_lead", stations[0]).id,
        system,
        10**12,
    ]
    for target in targets:
        with pytest.raises((NotFound, NotPermitted)):
            run(session, act, target, by=by)


def run(session: Session, act: str, target: int, *, by: Actor) -> None:
    if act == "password":
        identity.give_first_password(session, KEEPER, target, by=by, at=NOON)
    elif act == "disable":
        identity.disable_person(session, target, by=by, at=NOON)
    elif act == "enable":
        identity.enable_person(session, target, by=by, at=NOON)
    else:
        identity.revoke_token(session, "no-such", by=by, at=NOON)


def test_disabling_ends_sessions_at_once_and_enabling_brings_none_back(
    session: Session, stations: list[Warehouse]
) -> None:
    engineer = given.person(session, "engineer", stations[0])
    secret, token = given.web_session(session, engineer), given.token(session, engineer)
    by = manager(session, stations[0])
    identity.disable_person(session, engineer.id, by=by, at=NOON)
    session.flush()
    assert identity.find_access_by_session(session.connection(), secret) is None
    assert identity.find_access_by_token(session.connection(), token) is None
    identity.enable_person(session, engineer.id, by=by, at=NOON)
    session.flush()
    assert identity.find_access_by_session(session.connection(), secret) is None


def test_what_is_done_to_accounts_is_in_the_audit_trail(
    session: Session, newcomer: Person, stations: list[Warehouse]
) -> None:
    by = manager(session, stations[0])
    bind(session, newcomer, Role.ENGINEER, stations[0], by=by)
    identity.disable_person(session, newcomer.id, by=by, at=NOON)
    session.flush()
    trail = session.scalars(
        select(AuditEntry.action).where(AuditEntry.actor_id == by.person_id).order_by(AuditEntry.id)
    ).all()
    assert trail == ["role_bound", "person_disabled"]


def test_the_system_may_do_everything_everywhere(session: Session) -> None:
    system = identity.get_system_actor(session)
    assert all(system.may(permission, 1) for permission in Permission)
