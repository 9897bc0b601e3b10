"""From a credential to an actor and his reach, in one statement; and the rows that reach covers."""

from datetime import timedelta

import pytest
from hypothesis import given as over
from hypothesis import strategies as some
from sqlalchemy import event, select, text, update
from sqlalchemy.orm import Session

from inventory import identity
from inventory.actor import Actor
from inventory.identity import ROLE_PERMISSIONS, Permission, Role, ScopeUnknown, TokenLifeTooLong, covers
from inventory.identity.models import ApiToken
from inventory.network.models import Tier, Warehouse
from tests import given
from tests.given import NOON


def reach_of(session: Session, person: identity.Person) -> dict[str, frozenset[int] | None]:
    access = identity.find_access_by_token(session.connection(), given.token(session, person))
    assert access is not None
    return dict(access.actor.reach)


def test_a_role_reaches_the_warehouses_it_is_bound_to(session: Session) -> None:
    own = [given.warehouse(session) for _ in range(2)]
    given.warehouse(session)
    reach = reach_of(session, given.person(session, "engineer", *own))
    assert reach == dict.fromkeys(ROLE_PERMISSIONS[Role.ENGINEER], frozenset(one.id for one in own))


def test_a_role_with_descendants_reaches_all_below_and_nothing_else(session: Session) -> None:
    central = given.warehouse(session, tier=Tier.CENTRAL)
    middle = given.warehouse(session, tier=Tier.DISTRIBUTION, parent=central)
    leaf = given.warehouse(session, parent=middle)
    given.warehouse(session, tier=Tier.DISTRIBUTION, parent=central)
    reach = reach_of(session, given.person(session, "planner", middle, with_descendants=True))
    assert reach[Permission.SEE_STOCK] == {middle.id, leaf.id}


def test_a_role_without_descendants_reaches_nothing_below(session: Session) -> None:
    middle = given.warehouse(session, tier=Tier.DISTRIBUTION)
    given.warehouse(session, parent=middle)
    assert reach_of(session, given.person(session, "planner", middle))[Permission.SEE_STOCK] == {middle.id}


def test_a_role_bound_nowhere_in_particular_reaches_everywhere(session: Session) -> None:
    assert reach_of(session, given.person(session, "planner"))[Permission.SEE_STOCK] is None


def test_roles_add_up_each_at_its_own_place(session: Session) -> None:
    station, centre = given.warehouse(session), given.warehouse(session, tier=Tier.DISTRIBUTION)
    person = given.person(session, "engineer", station)
    session.add(identity.RoleBinding(person_id=person.id, role=Role.WAREHOUSE_LEAD, warehouse_id=centre.id))
    session.flush()
    reach = reach_of(session, person)
    assert reach[Permission.REQUEST_PARTS] == {station.id}
    assert reach[Permission.RELEASE_WAVES] == {centre.id}
    assert reach[Permission.SEE_STOCK] == {station.id, centre.id}


def test_who_has_no_role_reaches_nothing(session: Session) -> None:
    assert reach_of(session, given.person(session)) == {}


def test_a_credential_costs_one_statement(session: Session) -> None:
    token = given.token(session, given.person(session, "planner", given.warehouse(session), with_descendants=True))
    statements: list[str] = []
    connection = session.connection()
    listener = lambda _c, _cursor, statement, *_rest: statements.append(statement)  # noqa: E731
    event.listen(connection, "before_cursor_execute", listener)
    identity.find_access_by_token(connection, token)
    event.remove(connection, "before_cursor_execute", listener)
    assert len(statements) == 1


@pytest.mark.parametrize("secret", ["", "bj_0_0", "\ud800", "' OR true --", "x" * 300])
def test_a_secret_nobody_has_gives_no_access(session: Session, secret: str) -> None:
    assert identity.find_access_by_token(session.connection(), secret) is None
    assert identity.find_access_by_session(session.connection(), secret) is None


def test_the_use_of_a_token_is_noted_once_an_hour(session: Session) -> None:
    token = given.token(session, given.person(session, "planner"))
    connection = session.connection()

    def use() -> bool:
        access = identity.find_access_by_token(connection, token)
        assert access is not None
        if access.use_is_due:
            identity.note_token_use(connection, access)
        return access.use_is_due

    assert [use(), use()] == [True, False]
    session.execute(update(ApiToken).values(last_used_at=text("now() - interval '61 minutes'")))
    assert use()


# Tokens.


def test_a_token_is_shown_once_and_kept_as_a_hash(session: Session) -> None:
    system = identity.get_system_actor(session)
    person = given.person(session, "integration")
    made = identity.make_token(
        session, person.id, name="call centre", permissions=None, life=timedelta(days=90), by=system, at=NOON
    )
    row = session.get_one(ApiToken, made.id)
    assert made.text.startswith(f"bj_{row.prefix}_")
    assert row.token_hash == identity.hash_secret(made.text)
    assert (row.expires_at, made.expires_at) == (NOON + timedelta(days=90),) * 2


def test_a_token_cannot_be_made_for_more_than_its_person_holds(session: Session) -> None:
    system, person = identity.get_system_actor(session), given.person(session, "procurement")
    with pytest.raises(ScopeUnknown):
        identity.make_token(
            session, person.id, name="x", permissions=[Permission.PICK], life=timedelta(days=9), by=system, at=NOON
        )


@pytest.mark.parametrize("days", [0, 367])
def test_a_token_neither_dies_at_birth_nor_lives_for_ever(session: Session, days: int) -> None:
    system, person = identity.get_system_actor(session), given.person(session, "procurement")
    with pytest.raises(TokenLifeTooLong):
        identity.make_token(
            session, person.id, name="x", permissions=None, life=timedelta(days=days), by=system, at=NOON
        )


def test_a_revoked_token_gives_no_access(session: Session) -> None:
    system, person = identity.get_system_actor(session), given.person(session, "integration")
    made = identity.make_token(
        session, person.id, name="x", permissions=None, life=timedelta(days=9), by=system, at=NOON
    )
    session.execute(update(ApiToken).values(expires_at=text("now() + interval '1 day'")))
    assert identity.find_access_by_token(session.connection(), made.text)
    identity.revoke_token(session, made.text.split("_")[1], by=system, at=NOON)
    assert identity.find_access_by_token(session.connection(), made.text) is None


# Scope.


def seen(session: Session, by: Actor, *columns: object) -> set[int]:
    return set(session.scalars(select(Warehouse.id).where(covers(by, Permission.SEE_STOCK, *columns))))


def test_rows_outside_the_reach_are_not_there(session: Session) -> None:
    own, foreign = given.warehouse(session), given.warehouse(session)
    visible = seen(session, given.acting(session, "engineer", own), Warehouse.id)
    assert own.id in visible
    assert foreign.id not in visible


def test_a_row_with_two_ends_is_seen_at_either(session: Session) -> None:
    centre = given.warehouse(session, tier=Tier.DISTRIBUTION)
    station = given.warehouse(session, parent=centre)
    visible = seen(session, given.acting(session, "engineer", centre), Warehouse.id, Warehouse.parent_id)
    assert {centre.id, station.id} <= visible


def test_without_the_permission_no_row_is_seen(session: Session) -> None:
    given.warehouse(session)
    assert seen(session, Actor(1, "x", {Permission.PICK: None}), Warehouse.id) == set()


def test_who_reaches_everywhere_sees_every_row(session: Session) -> None:
    one = given.warehouse(session)
    assert one.id in seen(session, given.acting(session, "planner"), Warehouse.id)


# What roles allow.

reaches = some.none() | some.frozensets(some.integers(1, 9), max_size=3)


@over(
    some.dictionaries(some.sampled_from(list(Role)), reaches),
    some.none() | some.sets(some.sampled_from(list(Permission))),
)
def test_reach_is_the_union_of_the_roles_within_the_scope(
    held: dict[Role, frozenset[int] | None], scope: set[Permission] | None
) -> None:
    reach = identity.reach_of(held, limited_to=scope)
    for permission in Permission:
        giving = [places for role, places in held.items() if permission in ROLE_PERMISSIONS[role]]
        if not giving or (scope is not None and permission not in scope):
            assert permission not in reach
        elif None in giving:
            assert reach[permission] is None
        else:
            assert reach[permission] == frozenset().union(*(places for places in giving if places))


def test_every_role_may_do_something_and_every_permission_is_somebodys() -> None:
    assert all(ROLE_PERMISSIONS[role] for role in Role)
    assert frozenset().union(*ROLE_PERMISSIONS.values()) == frozenset(Permission)
