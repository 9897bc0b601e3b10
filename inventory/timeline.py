"""What happened to a document: who, when, what and why. Append-only; shown as its timeline.

A happening that changes a status names the status before and after; the pair must stand in `status_transition`
(a foreign key), so a step that the business does not know cannot be written at all. Happenings that leave
the status alone carry the same status twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from psycopg.types.json import Jsonb
from sqlalchemy import BigInteger, ForeignKey, ForeignKeyConstraint, Index, String, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from inventory.actor import Actor
from inventory.db import Base, Id, Instant, Reason, words


class DocumentKind(StrEnum):
    """The documents that have a life of their own."""

    REQUEST_LINE = "request_line"
    PICK_TASK = "pick_task"
    HANDLING_UNIT = "handling_unit"
    SHIPMENT = "shipment"
    WORK_ORDER = "work_order"
    PURCHASE_ORDER = "purchase_order"
    EXPECTED_RECEIPT = "expected_receipt"
    RECEIPT = "receipt"
    STOCK_CHECK = "stock_check"
    IMPORT = "import"


class StatusTransition(Base):
    """A step that a kind of document may take; `new` is the status before there was a document."""

    __tablename__ = "status_transition"

    document_kind: Mapped[DocumentKind] = mapped_column(words(DocumentKind, "kind"), primary_key=True)
    from_status: Mapped[str] = mapped_column(String(24), primary_key=True)
    to_status: Mapped[str] = mapped_column(String(24), primary_key=True)


class DocumentEvent(Base):
    """Something that happened to a document, with the actor, the reason and the command behind it."""

    __tablename__ = "document_event"
    __table_args__ = (
        ForeignKeyConstraint(
            ["document_kind", "from_status", "to_status"],
            [
                "status_transition.document_kind",
                "status_transition.from_status",
                "status_transition.to_status",
            ],
        ),
        Index("ix_document_event_document", "document_id", "document_kind", "id"),
        # Imports are few among millions, and the last of them are asked for.
        Index("ix_document_event_imports", "id", postgresql_where=text("document_kind = 'import'")),
    )

    id: Mapped[Id]
    document_kind: Mapped[str] = mapped_column(String(24))
    document_id: Mapped[int] = mapped_column(BigInteger)
    happening: Mapped[str] = mapped_column(String(40))
    from_status: Mapped[str] = mapped_column(String(24))
    to_status: Mapped[str] = mapped_column(String(24))
    reason: Mapped[Reason]
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    actor_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("person.id"))
    command_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("command.id"))
    recorded_at: Mapped[Instant]


@dataclass(frozen=True, slots=True)
class Happening:
    """One entry to be written: the document, what happened, the status before and after, and why."""

    kind: DocumentKind
    document_id: int
    what: str
    from_status: str
    to_status: str
    reason: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


_RECORD = text("""
    INSERT INTO document_event (document_kind, document_id, happening, from_status, to_status, reason, facts,
                                actor_id, command_id, recorded_at)
    SELECT kind, id, what, from_status, to_status, reason, facts, :actor_id, :command_id, :at
    FROM unnest(CAST(:kinds AS text[]), CAST(:ids AS bigint[]), CAST(:whats AS text[]), CAST(:froms AS text[]),
                CAST(:tos AS text[]), CAST(:reasons AS text[]), CAST(:facts AS jsonb[]))
         AS happening (kind, id, what, from_status, to_status, reason, facts)
""")


def record(session: Session, happenings: Sequence[Happening], *, by: Actor, at: datetime) -> None:
    """Write what happened, in one statement and in the order given."""
    if not happenings:
        return
    session.execute(
        _RECORD,
        {
            "kinds": [str(one.kind) for one in happenings],
            "ids": [one.document_id for one in happenings],
            "whats": [one.what for one in happenings],
            "froms": [one.from_status for one in happenings],
            "tos": [one.to_status for one in happenings],
            "reasons": [one.reason for one in happenings],
            "facts": [Jsonb(one.facts) for one in happenings],
            "actor_id": by.person_id,
            "command_id": by.command_id,
            "at": at,
        },
    )


def list_events(session: Session, kind: DocumentKind, document_ids: Sequence[int]) -> Sequence[DocumentEvent]:
    """The timeline of the documents, oldest first."""
    query = (
        select(DocumentEvent)
        .where(DocumentEvent.document_kind == kind, DocumentEvent.document_id.in_(document_ids))
        .order_by(DocumentEvent.id)
    )
    return session.scalars(query).all()
