"""Who finds whom in the directory, and what is found there."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory import identity
from inventory.actor import Actor
from inventory.errors import NotFound, NotPermitted
from inventory.identity import PeopleFilter, Permission, Person, PlaceUnclear, PlaceUnknown, Role, Standing
from inventory.network.models import Tier, Warehouse
from tests import given
from tests.given import NOON
from tests.given.people import KEEPER


@pytest.fixture
def centre(session: Session) -> Warehouse:
    """A distribution centre with stations below it."""
    return given.warehouse(session, tier=Tier.DISTRIBUTION)


@pytest.fixture
def stations(session: Session, centre: Warehouse) -> list[Warehouse]:
    return [given.warehouse(session, parent=centre) for _ in range(2)]


@pytest.fixture
def acting(session: Session) -> Callable[..., Actor]:
    """Somebody in a role, as a request of his would have him."""

    def act(role: str, *at: Warehouse, deep: bool = False) -> Actor:
        person = given.person(session, role, *at, with_descendants=deep)
        access = identity.find_access_by_session(session.connection(), given.web_session(session, person))
        assert access is not None
        return access.actor

    return act


def found(session: Session, by: Actor, **wanted: object) -> set[int]:
    views = identity.list_people(session, PeopleFilter(**wanted), by=by, limit=1000)  # type: ignore[arg-type]
    return {view.person.id for view in views}


def test_the_directory_shows_exactly_those_one_may_manage(
    session: Session, centre: Warehouse, stations: list[Warehouse], acting: Callable[..., Actor]
) -> None:
    """The condition of the list and the rule of a single account say the same, for every kind of reach and role."""
    for role in Role:
        given.person(session, role, stations[0])
        given.person(session, role, stations[0], stations[1])
        given.person(session, role, centre)
        given.person(session, role, centre, with_descendants=True)
        given.person(session, role)
    given.person(session)
    everybody = session.scalars(select(Person.id).where(Person.login != "system")).all()
    managers = [
        acting("station_manager", stations[0]),
        acting("station_manager", *stations),
        acting("administrator", stations[1]),
        acting("administrator", centre),
        acting("administrator", centre, deep=True),
        acting("administrator"),
    ]
    for by in managers:
        managed = {one for one in everybody if _manages(session, one, by=by)}
        assert found(session, by) & set(everybody) == managed


def _manages(session: Session, person_id: int, *, by: Actor) -> bool:
    try:
        identity.people.require_manages(session, person_id, by=by)  # type: ignore[attr-defined]
    except (NotFound, NotPermitted):
        return False
    return True


def test_the_systems_own_account_is_in_nobodys_hands(session: Session, acting: Callable[..., Actor]) -> None:
    by = acting("administrator")
    system = identity.get_system_actor(session).person_id
    assert system not in found(session, by)
    with pytest.raises(NotFound):
        identity.view_person(session, system, by=by)


def test_who_manages_nobody_has_no_directory(
    session: Session, stations: list[Warehouse], acting: Callable[..., Actor]
) -> None:
    with pytest.raises(NotPermitted):
        found(session, acting("engineer", stations[0]))


@pytest.mark.parametrize("wanted", [{"words": "LI.xin"}, {"words": "李新"}, {"role": Role.ENGINEER, "disabled": False}])
def test_people_are_found_by_log_in_by_name_and_by_role(
    session: Session, stations: list[Warehouse], acting: Callable[..., Actor], wanted: dict[str, object]
) -> None:
    by = acting("administrator", stations[0])
    engineer = given.person(session, "engineer", stations[0], login="li.xin", name="李新")
    given.person(session, "planner", stations[0])
    assert found(session, by, **wanted) == {engineer.id}


def test_a_sign_of_like_is_taken_literally(
    session: Session, stations: list[Warehouse], acting: Callable[..., Actor]
) -> None:
    given.person(session, "engineer", stations[0])
    assert found(session, acting("station_manager", stations[0]), words="%") == set()


def test_people_are_found_by_the_warehouse_their_role_is_held_at(
    session: Session, stations: list[Warehouse], acting: Callable[..., Actor]
) -> None:
    here, there = (given.person(session, "engineer", station) for station in stations)
    by = acting("station_manager", *stations)
    assert found(session, by, place=stations[0].code.lower()) == {here.id}
    assert found(session, by, place=stations[1].code) == {there.id}


def test_closed_accounts_are_asked_for(
    session: Session, stations: list[Warehouse], acting: Callable[..., Actor]
) -> None:
    engineer, by = given.person(session, "engineer", stations[0]), acting("station_manager", stations[0])
    identity.disable_person(session, engineer.id, by=by, at=NOON)
    session.flush()
    assert found(session, by, disabled=False) == set()
    assert found(session, by, disabled=True) == found(session, by) == {engineer.id}


def test_the_standing_of_an_account_follows_its_first_password(
    session: Session, stations: list[Warehouse], acting: Callable[..., Actor]
) -> None:
    engineer, by = given.person(session, "engineer", stations[0]), acting("station_manager", stations[0])
    view = identity.view_person(session, engineer.id, by=by)
    assert view.standing(NOON) is Standing.ACTIVE
    identity.give_first_password(session, KEEPER, engineer.id, by=by, at=NOON)
    assert view.standing(NOON) is Standing.INVITED
    assert view.standing(NOON + timedelta(days=7)) is Standing.INVITATION_OVER


def test_a_warehouse_is_meant_by_its_code_or_by_a_name_that_fits_one(
    session: Session, centre: Warehouse, acting: Callable[..., Actor]
) -> None:
    for name in ("城南一店", "城南二店"):
        given.warehouse(session, parent=centre, name_zh=name)
    foreign = given.warehouse(session, tier=Tier.DISTRIBUTION, name_zh="城南三店")
    by = acting("administrator", centre, deep=True)
    assert identity.get_place(session, centre.code.lower(), by=by) == centre
    assert identity.get_place(session, "南一", by=by).name_zh == "城南一店"
    with pytest.raises(PlaceUnclear):
        identity.get_place(session, "城南", by=by)
    for unknown in (foreign.code, "城南三店", "", "_"):
        with pytest.raises(PlaceUnknown):
            identity.get_place(session, unknown, by=by)


def test_what_one_may_hand_out_is_what_the_forms_offer(
    session: Session, stations: list[Warehouse], acting: Callable[..., Actor]
) -> None:
    manager, administrator = acting("station_manager", stations[0]), acting("administrator")
    assert identity.grantable_roles(manager) == [Role.ENGINEER]
    assert set(identity.grantable_roles(administrator)) == set(Role)
    assert not identity.grants_everywhere(manager)
    assert identity.grants_everywhere(administrator)
    assert identity.list_places(session, by=manager, limit=9) == [stations[0]]


def test_when_somebody_was_last_here_counts_his_tokens_too(
    session: Session, stations: list[Warehouse], acting: Callable[..., Actor]
) -> None:
    by = acting("administrator")
    system = given.person(session, "integration")
    assert identity.view_person(session, system.id, by=by).last_seen_at is None
    token = given.token(session, system)
    access = identity.find_access_by_token(session.connection(), token)
    assert access is not None
    identity.note_token_use(session.connection(), access)
    assert identity.view_person(session, system.id, by=by).last_seen_at is not None
    assert Permission.MANAGE_PEOPLE in by.reach
