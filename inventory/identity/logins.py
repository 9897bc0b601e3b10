"""Logging in: slowed down by what failed before, with the same answer and the same time for a name nobody has."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from inventory import audit
from inventory.identity.access import hash_secret
from inventory.identity.errors import TooManyAttempts
from inventory.identity.models import LoginAttempt, Role, WebSession
from inventory.identity.passwords import PasswordKeeper
from inventory.identity.sessions import limits_of, new_secret

ATTEMPTS_PER_HOUR_MAX = 100
FREE_ATTEMPTS_OF_A_LOGIN = 4
FREE_ATTEMPTS_OF_AN_ADDRESS = 20  # behind one address stands a whole station
DELAY_SECONDS_MAX = 120
KNOWN_FOR = timedelta(days=30)

_QUEUE_UP = text("SELECT pg_advisory_xact_lock(hashtextextended('login ' || :login, 0))")
_COUNT = text("""
    WITH known AS (
        SELECT EXISTS (
            SELECT FROM web_session s JOIN person p ON p.id = s.person_id
            WHERE p.login = :login AND s.address = :address AND s.created_at > :known_since
        ) AS here
    )
    SELECT count(*) FILTER (WHERE login = :login AND (NOT known.here OR address = :address)) AS of_login,
           max(at) FILTER (WHERE login = :login AND (NOT known.here OR address = :address)) AS last_of_login,
           count(*) FILTER (WHERE address = :address) AS of_address,
           max(at) FILTER (WHERE address = :address) AS last_of_address
    FROM known, login_attempt
    WHERE at > :since AND (login = :login OR address = :address)
""")
_PERSON = text("""
    SELECT p.id, p.password_hash, p.must_change_password, p.password_expires_at, p.disabled_at,
           array_remove(array_agg(b.role), NULL) AS roles
    FROM person p LEFT JOIN role_binding b ON b.person_id = p.id
    WHERE p.login = :login GROUP BY p.id
""")


@dataclass(frozen=True, slots=True)
class OpenedSession:
    """A session that was opened: the secret for the cookie, shown only here, and when it ends at the latest."""

    secret: str
    person_id: int
    expires_at: datetime


def log_in(
    session: Session,
    keeper: PasswordKeeper,
    *,
    login: str,
    password: str,
    address: str,
    user_agent: str,
    at: datetime,
) -> OpenedSession | None:
    """Open a session for who knows the password; None when nobody may enter with these, which is written down.

    The caller commits either way: a failure that is not kept slows nobody down.
    Raises: TooManyAttempts when the account or the address has to wait; the password is not even looked at.
    """
    login = login.strip().lower()[:80]
    session.execute(_QUEUE_UP, {"login": login})  # guesses sent at once are counted one after the other
    _require_patience(session, login=login, address=address, at=at)
    person = session.execute(_PERSON, {"login": login}).one_or_none()
    right = keeper.is_right(person.password_hash if person else None, password)
    expired = person is not None and person.password_expires_at is not None and person.password_expires_at <= at
    if person is None or not right or expired or person.disabled_at is not None:
        session.add(LoginAttempt(login=login, address=address, at=at))
        audit.note(session, "login_refused", actor_id=person.id if person else None, at=at, address=address)
        return None
    audit.note(session, "login", actor_id=person.id, at=at, address=address)
    limits = limits_of({Role(role) for role in person.roles})
    secret = new_secret()
    session.add(
        WebSession(
            secret_hash=hash_secret(secret),
            person_id=person.id,
            user_agent=user_agent[:200],
            address=address,
            created_at=at,
            last_seen_at=at,
            expires_at=at + limits.absolute,
        )
    )
    return OpenedSession(secret=secret, person_id=person.id, expires_at=at + limits.absolute)


def log_out(session: Session, secret: str, *, address: str, at: datetime) -> None:
    """End the session of this secret; one that is over already stays so."""
    ended = session.execute(
        text(
            "UPDATE web_session SET ended_at = :at WHERE secret_hash = :hash AND ended_at IS NULL RETURNING person_id"
        ),
        {"hash": hash_secret(secret), "at": at},
    ).scalar_one_or_none()
    if ended is not None:
        audit.note(session, "logout", actor_id=ended, at=at, address=address)


def _require_patience(session: Session, *, login: str, address: str, at: datetime) -> None:
    """Refuse a try that comes too soon after those that failed within the hour.

    A person whose address is known from a log-in of his is only kept waiting by failures from there.
    """
    failed = session.execute(
        _COUNT,
        {"login": login, "address": address, "since": at - timedelta(hours=1), "known_since": at - KNOWN_FOR},
    ).one()
    wait = max(
        _wait(failed.of_login, failed.last_of_login, free=FREE_ATTEMPTS_OF_A_LOGIN, at=at),
        _wait(failed.of_address, failed.last_of_address, free=FREE_ATTEMPTS_OF_AN_ADDRESS, at=at),
    )
    if wait > 0:
        raise TooManyAttempts(retry_after_seconds=wait)


def _wait(failures: int, last: datetime | None, *, free: int, at: datetime) -> int:
    """Return how many seconds are still to wait: doubling with every failure beyond the free ones."""
    if last is None or failures <= free:
        return 0
    if failures >= ATTEMPTS_PER_HOUR_MAX:
        return int(timedelta(hours=1).total_seconds())
    delay: int = min(2 ** min(failures - free, 10), DELAY_SECONDS_MAX)
    return max(0, round(delay - (at - last).total_seconds()))
