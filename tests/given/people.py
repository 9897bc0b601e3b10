"""People to test with: in a role at warehouses, with a password, a token or an open session."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from itertools import count

from sqlalchemy.orm import Session

from inventory.identity import LOW, PasswordKeeper, Permission, Person, Role, RoleBinding, hash_secret
from inventory.identity.models import ApiToken, WebSession
from inventory.identity.sessions import new_secret
from inventory.network.models import Warehouse

PASSWORD = "a quiet lamp hums at dusk"
KEEPER = PasswordKeeper(LOW)
_HASH = KEEPER.hash(PASSWORD)
_numbers = count(1)


def person(
    session: Session,
    role: Role | str | None = None,
    *at: Warehouse,
    with_descendants: bool = False,
    login: str | None = None,
    name: str = "王小明",
    locale: str | None = None,
) -> Person:
    """Somebody with the password PASSWORD, in a role at these warehouses; without a warehouse: everywhere."""
    made = Person(login=login or f"person-{next(_numbers)}", name=name, locale=locale, password_hash=_HASH)
    session.add(made)
    session.flush()
    if role is not None:
        for warehouse_id in [one.id for one in at] or [None]:
            session.add(
                RoleBinding(
                    person_id=made.id,
                    role=Role(role),
                    warehouse_id=warehouse_id,
                    with_descendants=with_descendants,
                )
            )
        session.flush()
    return made


def token(
    session: Session, person: Person, permissions: Collection[Permission] | None = None, *, days: int = 30
) -> str:
    """A bearer token of this person, limited to these permissions."""
    at, secret = datetime.now(UTC), f"bj_{next(_numbers):08d}_{new_secret()}"
    session.add(
        ApiToken(
            prefix=secret.split("_")[1],
            token_hash=hash_secret(secret),
            person_id=person.id,
            name="test",
            permissions=None if permissions is None else sorted(permissions),
            created_at=at,
            expires_at=at + timedelta(days=days),
        )
    )
    session.flush()
    return secret


def web_session(session: Session, person: Person) -> str:
    """The secret of an open browser session of this person: the value of the session cookie."""
    at, secret = datetime.now(UTC), new_secret()
    session.add(
        WebSession(
            secret_hash=hash_secret(secret),
            person_id=person.id,
            created_at=at,
            last_seen_at=at,
            expires_at=at + timedelta(hours=8),
        )
    )
    session.flush()
    return secret
