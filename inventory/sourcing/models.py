"""Rows of sourcing: delivery terms, part requests and their lines, promises."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from inventory.db import Base, DocumentId, Id, Instant, Name, Numbered, Quantity, Reason, whole, words


class DeliveryClass(StrEnum):
    """How far a part has to come: off the centre's own shelf, or by the GB/T 2260 codes of both ends."""

    ON_SITE = "on_site"
    SAME_CITY = "same_city"
    SAME_PROVINCE = "same_province"
    OUT_OF_PROVINCE = "out_of_province"


class LineStatus(StrEnum):
    """The least advanced share of a line tells its status; the database computes it from the quantities."""

    BACK_ORDERED = "back_ordered"
    RESERVED = "reserved"
    RELEASED = "released"
    IN_TRANSIT = "in_transit"
    RECEIVED = "received"
    CANCELLED = "cancelled"


class RequestPurpose(StrEnum):
    """What is asked for: a repair, the shelf of the repair centre that asks, or stock moved between warehouses."""

    WORK_ORDER = "work_order"
    SHELF = "shelf"
    TRANSFER = "transfer"


class BreachCause(StrEnum):
    """Why a promise was broken."""

    OUT_OF_STOCK = "out_of_stock"
    PICKED_LATE = "picked_late"
    PICK_EXCEPTION = "pick_exception"
    CARRIER_LATE = "carrier_late"
    TRANSPORT_LOSS = "transport_loss"


class DeliveryTerm(Base):
    """The hours promised for a delivery class, while the term is valid."""

    __tablename__ = "delivery_term"
    __table_args__ = (
        UniqueConstraint("delivery_class", "valid_from"),
        CheckConstraint("valid_to > valid_from", name="validity"),
        CheckConstraint("hours BETWEEN 0 AND 8760", name="hours_range"),
    )

    id: Mapped[Id]
    delivery_class: Mapped[DeliveryClass] = mapped_column(words(DeliveryClass, "delivery_class"))
    hours: Mapped[int] = mapped_column(Integer)
    valid_from: Mapped[Instant]
    valid_to: Mapped[Instant | None]


class PartRequest(Base, Numbered):
    """Demand of a repair centre for parts, for a work order or for the station's stock; or a transfer order.

    `priority` 1 is the most urgent of 1..9; 1 and 2 say that the engineer waits at the customer's. With a `source_id`
    it is a transfer order: stock moved from there to the warehouse, demand of nobody. Both are told apart by `purpose`.
    """

    __tablename__ = "part_request"
    __table_args__ = (
        CheckConstraint("priority BETWEEN 1 AND 9", name="priority_range"),
        CheckConstraint("source_id <> warehouse_id", name="two_warehouses"),
        CheckConstraint("source_id IS NULL OR work_order_id IS NULL", name="transfer_for_nobody"),
        Index("ix_part_request_warehouse_id", "warehouse_id", "id"),
        Index("ix_part_request_source_id", "source_id", "id", postgresql_where=text("source_id IS NOT NULL")),
        # The requests of a day, for the demand history: they are written in the order of time.
        Index("ix_part_request_requested_at", "requested_at", postgresql_using="brin"),
        Index(
            "ix_part_request_work_order_id",
            "work_order_id",
            postgresql_where=text("work_order_id IS NOT NULL"),
        ),
    )
    prefix = "PR"

    id: Mapped[DocumentId]
    warehouse_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("warehouse.id"))
    work_order_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("work_order.id"))
    requested_by_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("person.id"))
    priority: Mapped[int] = mapped_column(SmallInteger, server_default="5")
    needed_by: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    note: Mapped[Name] = mapped_column(server_default="")
    requested_at: Mapped[Instant]
    source_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("warehouse.id"))
    purpose: Mapped[str] = mapped_column(
        String(24),
        Computed(
            "CASE WHEN source_id IS NOT NULL THEN 'transfer' WHEN work_order_id IS NOT NULL THEN 'work_order' "
            "ELSE 'shelf' END",
            persisted=True,
        ),
    )

    @property
    def number(self) -> str:
        """The number people read; a transfer order has a prefix of its own."""
        return super().number if self.source_id is None else TransferOrder(self.id).number


class TransferOrder(Numbered):
    """A part request that moves stock from a given warehouse, under the number by which people know it."""

    prefix = "TO"

    def __init__(self, request_id: int) -> None:
        self.id = request_id


class PartRequestLine(Base):
    """A part and a quantity asked for. Every unit of it is in exactly one of five states, which add up.

    `received` is the share of `issued` that has arrived. A line that is not final has somebody responsible for it and
    an instant by which it is looked at again: no request is ever lost. The line of a transfer order has a `source_id`,
    and never waits: what that warehouse does not have is not moved.
    """

    __tablename__ = "part_request_line"
    __table_args__ = (
        UniqueConstraint("request_id", "position"),
        whole("quantity", at_least=1),
        whole("back_ordered"),
        whole("reserved"),
        whole("released"),
        whole("issued"),
        whole("cancelled"),
        CheckConstraint(
            "quantity = back_ordered + reserved + released + issued + cancelled",
            name="every_unit_accounted_for",
        ),
        CheckConstraint("received BETWEEN 0 AND issued", name="received_within_issued"),
        CheckConstraint(
            "status IN ('received', 'cancelled') OR next_review_at IS NOT NULL", name="open_line_has_a_clock"
        ),
        CheckConstraint("(status = 'received') = (received_at IS NOT NULL)", name="received_at_the_end"),
        CheckConstraint("source_id IS NULL OR back_ordered = 0", name="transfer_never_waits"),
        Index("ix_part_request_line_back_ordered", "part_id", postgresql_where=text("back_ordered > 0")),
        Index(
            "ix_part_request_line_open",
            "promised_at",
            postgresql_where=text("status NOT IN ('received', 'cancelled')"),
        ),
        {"postgresql_with": {"fillfactor": "85"}},
    )

    id: Mapped[Id]
    request_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("part_request.id"))
    position: Mapped[int] = mapped_column(SmallInteger)
    part_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("part.id"))
    quantity: Mapped[Quantity]
    back_ordered: Mapped[Quantity] = mapped_column(server_default="0")
    reserved: Mapped[Quantity] = mapped_column(server_default="0")
    released: Mapped[Quantity] = mapped_column(server_default="0")
    issued: Mapped[Quantity] = mapped_column(server_default="0")
    received: Mapped[Quantity] = mapped_column(server_default="0")
    cancelled: Mapped[Quantity] = mapped_column(server_default="0")
    status: Mapped[str] = mapped_column(
        String(24),
        Computed(
            "CASE WHEN back_ordered > 0 THEN 'back_ordered' WHEN reserved > 0 THEN 'reserved' "
            "WHEN released > 0 THEN 'released' WHEN issued > received THEN 'in_transit' "
            "WHEN received > 0 THEN 'received' ELSE 'cancelled' END",
            persisted=True,
        ),
    )
    preferred_source_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("warehouse.id"))
    responsible_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("person.id"))
    next_review_at: Mapped[Instant | None]
    first_promised_at: Mapped[Instant]
    promised_at: Mapped[Instant]
    received_at: Mapped[Instant | None]
    breach_cause: Mapped[BreachCause | None] = mapped_column(words(BreachCause, "breach_cause"))
    source_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("warehouse.id"))


class Promise(Base):
    """What was promised for a share of a line: which source, which class, which hour. A re-promise is a new row.

    A back-ordered share has no source yet; it is due within the hours of the line's preferred source.
    """

    __tablename__ = "promise"
    __table_args__ = (
        whole("quantity", at_least=1),
        Index("ix_promise_line_id", "line_id", "id"),
    )

    id: Mapped[Id]
    line_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("part_request_line.id"))
    source_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("warehouse.id"))
    part_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("part.id"))
    quantity: Mapped[Quantity]
    delivery_class: Mapped[DeliveryClass] = mapped_column(words(DeliveryClass, "delivery_class"))
    promised_at: Mapped[Instant]
    reason: Mapped[Reason]
    actor_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("person.id"))
    command_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("command.id"))
    made_at: Mapped[Instant]
