"""People and their roles: who may be given what by whom.

A station manager runs the accounts of the engineers of his own station; an administrator those of everybody within his
reach. Nobody grants a role, a place or a depth that goes beyond his own, so nobody rises by granting to himself.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from inventory import audit
from inventory.actor import Actor
from inventory.errors import NotFound
from inventory.identity.errors import GrantAboveOwn, LoginTaken, LoginUnreadable, OwnAccount, PasswordWrong
from inventory.identity.models import Person, Role, RoleBinding
from inventory.identity.passwords import PasswordKeeper, require_good
from inventory.identity.permissions import Permission
from inventory.identity.sessions import end_all_sessions
from inventory.network.models import Warehouse

SYSTEM_LOGIN = "system"
LOGIN = re.compile(r"[a-z0-9][a-z0-9._@-]{1,79}")

GRANTED_WITH: Mapping[Role, tuple[Permission, ...]] = {
    **dict.fromkeys(Role, (Permission.MANAGE_PEOPLE,)),
    Role.ENGINEER: (Permission.MANAGE_PEOPLE, Permission.MANAGE_ENGINEERS),
}


class RoleReason(StrEnum):
    """Why a role is given or taken. A word, not free text: the audit trail holds nothing personal."""

    NEW_HERE = "new_here"
    MOVED = "moved"
    STANDS_IN = "stands_in"
    LEFT = "left"
    MISTAKE = "mistake"


_SUBTREE = text("""
    WITH RECURSIVE below (id) AS (
        SELECT CAST(:id AS bigint)
        UNION
        SELECT w.id FROM warehouse w JOIN below ON w.parent_id = below.id
    )
    SELECT id FROM below
""")


def get_system_actor(session: Session) -> Actor:
    """The system's own account, which may do everything everywhere: jobs and the command line act as it."""
    person = session.execute(select(Person.id, Person.name).where(Person.login == SYSTEM_LOGIN)).one()
    return Actor(person_id=person.id, name=person.name, reach=dict.fromkeys(Permission, None))


def get_person(session: Session, login: str) -> Person:
    """The account with this log-in name.

    Raises: NotFound.
    """
    person = session.scalars(select(Person).where(Person.login == login.strip().lower())).one_or_none()
    if person is None:
        raise NotFound(login=login[:80])
    return person


def create_person(
    session: Session,
    *,
    login: str,
    name: str,
    by: Actor,
    at: datetime,
    locale: str | None = None,
) -> Person:
    """Make an account without a role and without a password: it can do nothing yet.

    Raises: NotPermitted; LoginUnreadable; LoginTaken.
    """
    if not by.may(Permission.MANAGE_ENGINEERS):
        by.require(Permission.MANAGE_PEOPLE)
    login = login.strip().lower()
    if not LOGIN.fullmatch(login):
        raise LoginUnreadable(login=login[:80])
    person = Person(login=login, name=name, locale=locale, created_at=at)
    try:
        with session.begin_nested():
            session.add(person)
    except IntegrityError as error:
        raise LoginTaken(login=login) from error
    audit.note(session, "person_created", actor_id=by.person_id, at=at, subject=login)
    return person


def bind_role(
    session: Session,
    person_id: int,
    role: Role,
    *,
    warehouse_id: int | None,
    with_descendants: bool = False,
    reason: RoleReason | None = None,
    by: Actor,
    at: datetime,
) -> None:
    """Give a role at a warehouse, with or without all below it; without a warehouse: everywhere. Twice is once.

    Who holds a role already has to lie within reach with all of them: else a second role, given from aside, would take
    him out of the hands of those who manage him.
    Raises: GrantAboveOwn when role, place or depth go beyond what `by` may hand out; NotFound for a person outside.
    """
    places = _places(session, warehouse_id, with_descendants=with_descendants)
    if not any(_covers_all(by, permission, places) for permission in GRANTED_WITH[role]):
        raise GrantAboveOwn(role=role)
    if list_bindings(session, person_id):
        require_manages(session, person_id, by=by)
    row = {"person_id": person_id, "role": role, "warehouse_id": warehouse_id, "with_descendants": with_descendants}
    session.execute(
        insert(RoleBinding)
        .values(row)
        .on_conflict_do_update(
            index_elements=["person_id", "role", "warehouse_id"], set_={"with_descendants": with_descendants}
        )
    )
    _note_role(session, "role_bound", person_id, role, warehouse_id, reason=reason, by=by, at=at)


def unbind_role(
    session: Session,
    person_id: int,
    role: Role,
    *,
    warehouse_id: int | None,
    reason: RoleReason | None = None,
    by: Actor,
    at: datetime,
) -> None:
    """Take a role away again; one that is not held stays so.

    Raises: GrantAboveOwn as for granting it; OwnAccount.
    """
    require_another(person_id, by=by)
    held = find_binding(session, person_id, role, warehouse_id)
    if held is None:
        return
    places = _places(session, warehouse_id, with_descendants=held.with_descendants)
    if not any(_covers_all(by, permission, places) for permission in GRANTED_WITH[role]):
        raise GrantAboveOwn(role=role)
    session.execute(delete(RoleBinding).where(RoleBinding.id == held.id))
    _note_role(session, "role_unbound", person_id, role, warehouse_id, reason=reason, by=by, at=at)


def find_binding(session: Session, person_id: int, role: Role, warehouse_id: int | None) -> RoleBinding | None:
    """The binding of this role at this warehouse, None meaning the one that holds everywhere."""
    query = select(RoleBinding).where(
        RoleBinding.person_id == person_id,
        RoleBinding.role == role,
        RoleBinding.warehouse_id.is_not_distinct_from(warehouse_id),
    )
    return session.scalars(query).one_or_none()


def change_password(
    session: Session, keeper: PasswordKeeper, person_id: int, *, present: str, new: str, at: datetime
) -> None:
    """Replace one's own password, knowing the present one; every session of the person ends.

    Raises: PasswordWrong; the refusals of a bad password.
    """
    person = session.get_one(Person, person_id, with_for_update=True)
    if not keeper.is_right(person.password_hash, present):
        raise PasswordWrong()
    require_good(new, context=context_of(session, person))
    person.password_hash = keeper.hash(new)
    person.must_change_password = False
    person.password_expires_at = None
    end_all_sessions(session, person_id, at=at)
    audit.note(session, "password_changed", actor_id=person_id, at=at, subject=person.login)


def disable_person(session: Session, person_id: int, *, by: Actor, at: datetime) -> None:
    """Close an account: sessions end now, tokens stop working, the name stays in the history.

    Raises: NotPermitted or NotFound when the person is not within reach; OwnAccount.
    """
    require_another(person_id, by=by)
    require_manages(session, person_id, by=by)
    person = session.get_one(Person, person_id)
    if person.disabled_at is None:
        person.disabled_at = at
        end_all_sessions(session, person_id, at=at)
        audit.note(session, "person_disabled", actor_id=by.person_id, at=at, subject=person.login)


def enable_person(session: Session, person_id: int, *, by: Actor, at: datetime) -> None:
    """Open a closed account again; it needs a new log-in.

    Raises: NotPermitted or NotFound when the person is not within reach.
    """
    require_manages(session, person_id, by=by)
    person = session.get_one(Person, person_id)
    if person.disabled_at is not None:
        person.disabled_at = None
        audit.note(session, "person_enabled", actor_id=by.person_id, at=at, subject=person.login)


def set_locale(session: Session, person_id: int, locale: str) -> None:
    """Remember the language a person chose for his screens."""
    session.get_one(Person, person_id).locale = locale


def require_another(person_id: int, *, by: Actor) -> None:
    """Refuse what nobody does to himself: it would lock him out, or let a stolen session set his password.

    Raises: OwnAccount.
    """
    if person_id == by.person_id:
        raise OwnAccount()


def require_manages(
    session: Session, person_id: int, *, by: Actor, with_permission: Permission = Permission.MANAGE_PEOPLE
) -> None:
    """Refuse who may not manage this person: every role the person holds has to lie within his reach.

    Who holds no role yet, the system's account among them, is managed by those whose reach is the whole network.
    Raises: NotPermitted without the permission; NotFound when the person lies outside, as for a missing one.
    """
    bindings = list_bindings(session, person_id)
    if with_permission == Permission.MANAGE_PEOPLE and by.may(Permission.MANAGE_ENGINEERS):
        allowed = [_may_grant(session, binding, by=by) for binding in bindings]
    else:
        by.require(with_permission)
        allowed = [_covers_all(by, with_permission, _places_of(session, binding)) for binding in bindings]
    if not all(allowed or [_covers_all(by, with_permission, None)]) or session.get(Person, person_id) is None:
        raise NotFound(person=person_id)


def list_bindings(session: Session, person_id: int) -> Sequence[RoleBinding]:
    """The roles a person holds, in the order they were given."""
    query = select(RoleBinding).where(RoleBinding.person_id == person_id).order_by(RoleBinding.id)
    return session.scalars(query).all()


def context_of(session: Session, person: Person) -> list[str]:
    """The words around an account that no password may be made of: log-in, name, the warehouses it is bound to."""
    warehouses = session.execute(
        select(Warehouse.code, Warehouse.name_zh, Warehouse.name_en)
        .join(RoleBinding, RoleBinding.warehouse_id == Warehouse.id)
        .where(RoleBinding.person_id == person.id)
    )
    return [person.login, *person.name.split(), *(word for row in warehouses for word in row)]


def _may_grant(session: Session, binding: RoleBinding, *, by: Actor) -> bool:
    places = _places_of(session, binding)
    return any(_covers_all(by, permission, places) for permission in GRANTED_WITH[binding.role])


def _places_of(session: Session, binding: RoleBinding) -> frozenset[int] | None:
    return _places(session, binding.warehouse_id, with_descendants=binding.with_descendants)


def _places(session: Session, warehouse_id: int | None, *, with_descendants: bool) -> frozenset[int] | None:
    """The warehouses a binding covers; None for the whole network."""
    if warehouse_id is None:
        return None
    if not with_descendants:
        return frozenset({warehouse_id})
    return frozenset(session.scalars(_SUBTREE, {"id": warehouse_id}))


def _covers_all(by: Actor, permission: Permission, places: frozenset[int] | None) -> bool:
    """Whether the permission reaches every one of the places."""
    if permission not in by.reach:
        return False
    covered = by.reach[permission]
    return covered is None or (places is not None and places <= covered)


def _note_role(
    session: Session,
    action: str,
    person_id: int,
    role: Role,
    warehouse_id: int | None,
    *,
    reason: RoleReason | None,
    by: Actor,
    at: datetime,
) -> None:
    facts = {"role": role.value, "warehouse_id": warehouse_id, **({"reason": reason.value} if reason else {})}
    audit.note(session, action, actor_id=by.person_id, at=at, subject=str(person_id), facts=facts)
