"""Taking somebody on: an account, its first role and a first password in one step; and what is done to it later."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from inventory import audit
from inventory.actor import Actor
from inventory.identity.errors import PasswordGuessable
from inventory.identity.models import Person, Role
from inventory.identity.passwords import PasswordKeeper, new_password, require_good
from inventory.identity.people import (
    RoleReason,
    bind_role,
    context_of,
    create_person,
    require_another,
    require_manages,
)
from inventory.identity.sessions import end_all_sessions

FIRST_PASSWORD_LIFE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class PersonWish:
    """Somebody to be taken on, and the role he begins with: at a warehouse, at all below it too, or everywhere."""

    login: str
    name: str
    role: Role
    warehouse_id: int | None
    with_descendants: bool = False


@dataclass(frozen=True, slots=True)
class Employed:
    """An account that was just made. The password is told here and never again; an outside system has none."""

    person: Person
    first_password: str | None


def employ(session: Session, keeper: PasswordKeeper, wish: PersonWish, *, by: Actor, at: datetime) -> Employed:
    """Make an account with its first role and a first password.

    An outside system gets no password: nobody logs in as it, it comes with a token.
    Raises: NotPermitted; LoginUnreadable; LoginTaken; GrantAboveOwn.
    """
    person = create_person(session, login=wish.login, name=wish.name, by=by, at=at)
    bind_role(
        session,
        person.id,
        wish.role,
        warehouse_id=wish.warehouse_id,
        with_descendants=wish.with_descendants,
        reason=RoleReason.NEW_HERE,
        by=by,
        at=at,
    )
    if wish.role is Role.INTEGRATION:
        return Employed(person, None)
    return Employed(person, give_first_password(session, keeper, person.id, by=by, at=at))


def give_first_password(session: Session, keeper: PasswordKeeper, person_id: int, *, by: Actor, at: datetime) -> str:
    """Give a random first password and return it, this once: it works for a week, and is changed at the first log-in.

    Raises: NotPermitted or NotFound when the person is not within reach; OwnAccount.
    """
    require_another(person_id, by=by)
    require_manages(session, person_id, by=by)
    person = session.get_one(Person, person_id)
    password = _draw(context_of(session, person))
    person.password_hash = keeper.hash(password)
    person.must_change_password = True
    person.password_expires_at = at + FIRST_PASSWORD_LIFE
    end_all_sessions(session, person_id, at=at)
    audit.note(session, "password_set", actor_id=by.person_id, at=at, subject=person.login)
    return password


def end_sessions_of(session: Session, person_id: int, *, by: Actor, at: datetime) -> None:
    """Log somebody out wherever he is logged in, as when a handheld was lost.

    Raises: NotPermitted or NotFound when the person is not within reach.
    """
    require_manages(session, person_id, by=by)
    end_all_sessions(session, person_id, at=at)
    audit.note(session, "sessions_ended", actor_id=by.person_id, at=at, subject=str(person_id))


def _draw(context: list[str]) -> str:
    """A random password that does not happen to hold a short word of the account, which would be refused."""
    while True:
        password = new_password()
        try:
            require_good(password, context=context)
        except PasswordGuessable:
            continue
        return password
