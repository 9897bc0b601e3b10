"""Sessions of browsers: opened at log-in with a random secret, ended on the server's side."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from inventory import audit
from inventory.identity.models import Role, WebSession

SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a session lasts without being used, and at all."""

    idle: timedelta
    absolute: timedelta


# Who works with a handheld keeps it for a shift and cannot type a long password between two scans; an office desk is
# left alone more easily, and an administrator's session is worth most to a thief.
_SHIFT = Limits(idle=timedelta(hours=4), absolute=timedelta(hours=14))
_DESK = Limits(idle=timedelta(hours=1), absolute=timedelta(hours=10))
_ADMINISTRATOR = Limits(idle=timedelta(minutes=30), absolute=timedelta(hours=8))

SESSION_LIMITS: Mapping[Role, Limits] = {
    Role.ENGINEER: _SHIFT,
    Role.STATION_MANAGER: _SHIFT,
    Role.WAREHOUSE_OPERATOR: _SHIFT,
    Role.WAREHOUSE_LEAD: _SHIFT,
    Role.PROCUREMENT: _DESK,
    Role.PLANNER: _DESK,
    Role.ADMINISTRATOR: _ADMINISTRATOR,
    Role.INTEGRATION: _DESK,
}


def limits_of(roles: Collection[Role]) -> Limits:
    """Return the strictest limits among the roles; without a role, those of a desk."""
    held = [SESSION_LIMITS[role] for role in roles] or [_DESK]
    return Limits(idle=min(one.idle for one in held), absolute=min(one.absolute for one in held))


def new_secret() -> str:
    """Return 256 random bits as text that is safe in a cookie, a header and an address."""
    return secrets.token_urlsafe(SECRET_BYTES)


def list_sessions(session: Session, person_id: int, *, at: datetime) -> Sequence[WebSession]:
    """The sessions of a person that are still open, the last used first."""
    query = (
        select(WebSession)
        .where(WebSession.person_id == person_id, WebSession.ended_at.is_(None), WebSession.expires_at > at)
        .order_by(WebSession.last_seen_at.desc(), WebSession.id)
    )
    return session.scalars(query).all()


def end_session(session: Session, session_id: int, *, person_id: int, at: datetime) -> None:
    """End one session of the person; another's, or one that is over, is left as it is."""
    ended = session.execute(
        update(WebSession)
        .where(WebSession.id == session_id, WebSession.person_id == person_id, WebSession.ended_at.is_(None))
        .values(ended_at=at)
        .returning(WebSession.id)
    ).one_or_none()
    if ended is not None:
        audit.note(session, "session_ended", actor_id=person_id, at=at, subject=str(person_id))


def end_all_sessions(session: Session, person_id: int, *, at: datetime) -> None:
    """End every session of the person: after a change of password, or when the account is disabled."""
    session.execute(
        update(WebSession).where(WebSession.person_id == person_id, WebSession.ended_at.is_(None)).values(ended_at=at)
    )
