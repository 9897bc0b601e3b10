"""The audit trail of access: log-ins, refusals, scope misses, exports, role changes, token use. Append-only.

It holds no personal text beyond the person's id and the network address, and no secret.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from inventory.db import Base, Id, Instant


class AuditEntry(Base):
    """Who did what to what, when and from where."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_recorded_at", "recorded_at"),)

    id: Mapped[Id]
    actor_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("person.id"))
    action: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(200), server_default="")
    address: Mapped[str] = mapped_column(String(60), server_default="")
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    recorded_at: Mapped[Instant]


def note(
    session: Session,
    action: str,
    *,
    actor_id: int | None,
    at: datetime,
    subject: str = "",
    address: str = "",
    facts: dict[str, Any] | None = None,
) -> None:
    """Add an entry to the trail."""
    session.add(
        AuditEntry(
            actor_id=actor_id,
            action=action,
            subject=subject[:200],
            address=address[:60],
            facts=facts or {},
            recorded_at=at,
        )
    )
