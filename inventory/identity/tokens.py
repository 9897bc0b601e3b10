"""Tokens of outside systems and scripts: `bj_<prefix>_<secret>`, shown once, stored hashed, limited."""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from inventory import audit
from inventory.actor import Actor
from inventory.errors import NotFound
from inventory.identity.access import hash_secret
from inventory.identity.errors import ScopeUnknown, TokenLifeTooLong
from inventory.identity.models import ApiToken, RoleBinding
from inventory.identity.people import require_manages
from inventory.identity.permissions import ROLE_PERMISSIONS, Permission
from inventory.identity.sessions import new_secret

SECRET_LENGTH_MAX = 200
LIFE_MIN = timedelta(days=1)
LIFE_MAX = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token that was just made: its text is shown here and never again."""

    id: int
    text: str
    expires_at: datetime


def make_token(
    session: Session,
    person_id: int,
    *,
    name: str,
    permissions: Collection[Permission] | None,
    life: timedelta,
    by: Actor,
    at: datetime,
) -> NewToken:
    """Make a token that acts as the person, with at most these permissions (None: all that the person has).

    Raises: NotPermitted or NotFound when `by` may not manage the tokens of that person; ScopeUnknown for a permission
    the person does not hold; TokenLifeTooLong.
    """
    require_manages(session, person_id, by=by, with_permission=Permission.MANAGE_TOKENS)
    if not LIFE_MIN <= life <= LIFE_MAX:
        raise TokenLifeTooLong(days_min=LIFE_MIN.days, days_max=LIFE_MAX.days)
    _require_held(session, person_id, permissions)
    prefix = secrets.token_hex(4)
    token = f"bj_{prefix}_{new_secret()}"
    row = ApiToken(
        prefix=prefix,
        token_hash=hash_secret(token),
        person_id=person_id,
        name=name,
        permissions=None if permissions is None else sorted(permissions),
        created_at=at,
        expires_at=at + life,
    )
    session.add(row)
    session.flush()
    audit.note(session, "token_made", actor_id=by.person_id, at=at, subject=prefix, facts={"person_id": person_id})
    return NewToken(id=row.id, text=token, expires_at=row.expires_at)


def revoke_token(session: Session, prefix: str, *, by: Actor, at: datetime) -> None:
    """End a token at once; one that is over stays so.

    Raises: NotFound when there is no such token within reach.
    """
    token = session.scalars(select(ApiToken).where(ApiToken.prefix == prefix)).one_or_none()
    if token is None:
        raise NotFound(token=prefix[:12])
    require_manages(session, token.person_id, by=by, with_permission=Permission.MANAGE_TOKENS)
    session.execute(
        update(ApiToken).where(ApiToken.id == token.id, ApiToken.revoked_at.is_(None)).values(revoked_at=at)
    )
    audit.note(session, "token_revoked", actor_id=by.person_id, at=at, subject=prefix)


def list_tokens(session: Session, person_id: int) -> Sequence[ApiToken]:
    """The tokens of a person, newest first."""
    query = select(ApiToken).where(ApiToken.person_id == person_id).order_by(ApiToken.id.desc())
    return session.scalars(query).all()


def _require_held(session: Session, person_id: int, permissions: Collection[Permission] | None) -> None:
    roles = session.scalars(select(RoleBinding.role).where(RoleBinding.person_id == person_id)).all()
    held = frozenset[Permission]().union(*(ROLE_PERMISSIONS[role] for role in roles))
    foreign = set(permissions or ()) - held
    if foreign:
        raise ScopeUnknown(permissions=", ".join(sorted(foreign)))
