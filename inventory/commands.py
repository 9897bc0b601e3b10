"""Every write from outside carries a key: one key, one effect, one answer.

The key is claimed, and the answer stored, in the transaction of the effect itself, so that a client which never saw
the answer asks again with the same key and gets the first answer. Moves and document events name the command
that made them. Keys are unique in the network and are kept for at least 30 days.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, SmallInteger, String, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from inventory.db import Base, Id, Instant, returning
from inventory.errors import Conflict, RuleBroken


class CommandKeyReused(RuleBroken):
    """The key was used before, for another request."""

    code = "command_key_reused"


class CommandKeyForeign(Conflict):
    """The key belongs to somebody else."""

    code = "command_key_foreign"


class Command(Base):
    """A write from outside: its key, who sent it, what it asked (as a hash) and what it was answered."""

    __tablename__ = "command"

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(String(120), unique=True)
    principal_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(String(80))
    request_hash: Mapped[bytes] = mapped_column(LargeBinary)
    answer_status: Mapped[int | None] = mapped_column(SmallInteger)
    answer: Mapped[bytes | None] = mapped_column(LargeBinary)
    recorded_at: Mapped[Instant] = mapped_column(server_default=text("now()"))


@dataclass(frozen=True, slots=True)
class Claim:
    """A command at work: its id, the instant it counts as, and the first answer where it was done before."""

    command_id: int
    at: datetime
    answer_status: int | None = None
    answer: bytes | None = None

    @property
    def replayed(self) -> bool:
        """Whether the effect stands already and only the answer is asked for again."""
        return self.answer_status is not None


_CLAIM = returning(
    "id recorded_at",
    """
    INSERT INTO command (key, principal_id, kind, request_hash) VALUES (:key, :principal_id, :kind, :request_hash)
    ON CONFLICT (key) DO NOTHING RETURNING id, recorded_at
    """,
)
_FIND = text("SELECT id, principal_id, request_hash, answer_status, answer, recorded_at FROM command WHERE key = :key")
_ANSWER = text("UPDATE command SET answer_status = :status, answer = :answer WHERE id = :id")


def claim(session: Session, *, key: str, principal_id: int, kind: str, request: bytes) -> Claim:
    """Take the key for this transaction, or find what was answered under it.

    A twin that is still running is waited for; the session's lock_timeout ends the wait.

    Raises: CommandKeyForeign when another principal used the key; CommandKeyReused when the request differs.
    """
    request_hash = hashlib.sha256(kind.encode() + b"\0" + request).digest()
    fresh = session.execute(
        _CLAIM, {"key": key, "principal_id": principal_id, "kind": kind, "request_hash": request_hash}
    ).one_or_none()
    if fresh is not None:
        return Claim(command_id=fresh.id, at=fresh.recorded_at)
    earlier = session.execute(_FIND, {"key": key}).one()
    if earlier.principal_id != principal_id:
        raise CommandKeyForeign()
    if earlier.request_hash != request_hash:
        raise CommandKeyReused()
    assert earlier.answer_status is not None, "a command commits only together with its answer"
    return Claim(earlier.id, earlier.recorded_at, earlier.answer_status, earlier.answer)


def answer(session: Session, command_id: int, *, status: int, body: bytes) -> None:
    """Store what the command is answered, in the transaction of its effect."""
    session.execute(_ANSWER, {"id": command_id, "status": status, "answer": body})
