"""Who is asking: a bearer token or a session cookie to an actor with his reach, in one statement.

This runs before every request, so the statements are built once, read only, and bring the warehouses of each role
already expanded to those below. Nothing is cached: an account that is disabled is out at its next request.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, text

from inventory.actor import Actor, Reach
from inventory.db import returning
from inventory.identity.models import Role
from inventory.identity.permissions import ROLE_PERMISSIONS
from inventory.identity.sessions import limits_of


@dataclass(frozen=True, slots=True)
class Access:
    """A credential that was accepted: who acts, and what the edge needs to know about him.

    `at` is when, by the database's clock: what is only read for the request may count as of then.
    """

    actor: Actor
    at: datetime
    credential_id: int
    login: str
    roles: frozenset[Role]
    locale: str | None
    must_change_password: bool
    use_is_due: bool


_ROLES = """
    , binding (role, warehouse_id, below) AS (
        SELECT b.role, b.warehouse_id, b.with_descendants
        FROM role_binding b JOIN credential c ON c.person_id = b.person_id
        UNION
        SELECT binding.role, w.id, true
        FROM binding JOIN warehouse w ON w.parent_id = binding.warehouse_id WHERE binding.below
    ), held AS (
        SELECT role, bool_or(warehouse_id IS NULL) AS everywhere,
               array_agg(warehouse_id) FILTER (WHERE warehouse_id IS NOT NULL) AS warehouse_ids
        FROM binding GROUP BY role
    )
    SELECT c.id, c.person_id, c.permissions, c.used_at, now(), p.login, p.name, p.locale, p.must_change_password,
           held.role, held.everywhere, held.warehouse_ids
    FROM credential c JOIN person p ON p.id = c.person_id LEFT JOIN held ON true
    WHERE p.disabled_at IS NULL
"""
_BEARER = """
    WITH RECURSIVE credential AS (
        SELECT id, person_id, permissions, last_used_at AS used_at FROM api_token
        WHERE token_hash = :secret_hash AND revoked_at IS NULL AND expires_at > now()
    )
"""
_BROWSER = """
    WITH RECURSIVE credential AS (
        SELECT id, person_id, NULL::text[] AS permissions, last_seen_at AS used_at FROM web_session
        WHERE secret_hash = :secret_hash AND ended_at IS NULL AND expires_at > now()
    )
"""
_COLUMNS = "id person_id permissions used_at at login name locale must_change_password role everywhere warehouse_ids"
_BY_TOKEN = returning(_COLUMNS, _BEARER + _ROLES)
_BY_SESSION = returning(_COLUMNS, _BROWSER + _ROLES)
_NOTE_TOKEN_USE = text("""
    UPDATE api_token SET last_used_at = now()
    WHERE id = :id AND (last_used_at IS NULL OR last_used_at < now() - interval '1 hour')
""")
_NOTE_SESSION_USE = text("""
    UPDATE web_session SET last_seen_at = now() WHERE id = :id AND last_seen_at < now() - interval '1 minute'
""")


def hash_secret(secret: str) -> bytes:
    """Return what is stored of a random secret. It has 256 bits, so no slow hash is needed."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def find_access_by_token(connection: Connection, token: str) -> Access | None:
    """Return the access a bearer token gives; None when it is unknown, expired, revoked, or its person disabled."""
    rows = connection.execute(_BY_TOKEN, {"secret_hash": hash_secret(token)}).all()
    return _access(rows, used_every=timedelta(hours=1)) if rows else None


def find_access_by_session(connection: Connection, secret: str) -> Access | None:
    """Return the access a session cookie gives; None when it is over, or idle for longer than its roles may."""
    rows = connection.execute(_BY_SESSION, {"secret_hash": hash_secret(secret)}).all()
    if not rows:
        return None
    access = _access(rows, used_every=timedelta(minutes=1))
    return access if rows[0].at - rows[0].used_at <= limits_of(access.roles).idle else None


def note_token_use(connection: Connection, access: Access) -> None:
    """Write when the token was used, at most once an hour, so that the hot path stays read-only."""
    connection.execute(_NOTE_TOKEN_USE, {"id": access.credential_id})


def note_session_use(connection: Connection, access: Access) -> None:
    """Write when the session was used, at most once a minute."""
    connection.execute(_NOTE_SESSION_USE, {"id": access.credential_id})


def _access(rows: Sequence[Row[Any]], *, used_every: timedelta) -> Access:
    """Fold one row per role into an access. `permissions` of a token limit what the roles give."""
    first = rows[0]
    held = {Role(row.role): None if row.everywhere else frozenset(row.warehouse_ids) for row in rows if row.role}
    return Access(
        actor=Actor(person_id=first.person_id, name=first.name, reach=reach_of(held, limited_to=first.permissions)),
        at=first.at,
        credential_id=first.id,
        login=first.login,
        roles=frozenset(held),
        locale=first.locale,
        must_change_password=first.must_change_password,
        use_is_due=first.used_at is None or first.at - first.used_at > used_every,
    )


def reach_of(held: Mapping[Role, Reach], *, limited_to: Collection[str] | None = None) -> dict[str, Reach]:
    """Return what the roles allow, and where: the union of their warehouses, None being all of them."""
    reach: dict[str, Reach] = {}
    for role, warehouses in held.items():
        for permission in ROLE_PERMISSIONS[role]:
            if limited_to is not None and permission not in limited_to:
                continue
            known = reach.get(permission, warehouses)
            reach[permission] = None if known is None or warehouses is None else known | warehouses
    return reach
