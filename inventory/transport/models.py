"""Rows of transport: carriers, handling units, shipments and their tracking."""

from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from inventory.db import Base, Code, DocumentId, Id, Instant, Name, Numbered, Quantity, whole, words


class HandlingUnitStatus(StrEnum):
    """A box is open while it is packed, closed when it is sealed and labelled, then travels."""

    OPEN = "open"
    CLOSED = "closed"
    SHIPPED = "shipped"
    RECEIVED = "received"
    CANCELLED = "cancelled"


class ShipmentStatus(StrEnum):
    """A shipment is under way until every piece of it is accounted for at its destination."""

    SHIPPED = "shipped"
    RECEIVING = "receiving"
    RECEIVED = "received"


class TrackingKind(StrEnum):
    """What a carrier or a warehouse tells about a shipment on its way."""

    DEPARTED = "departed"
    ARRIVED = "arrived"
    DELAYED = "delayed"
    OUT_FOR_DELIVERY = "out_for_delivery"
    DELIVERED = "delivered"


class Carrier(Base):
    """Who drives."""

    __tablename__ = "carrier"

    id: Mapped[Id]
    code: Mapped[Code] = mapped_column(unique=True)
    name_zh: Mapped[Name]
    name_en: Mapped[Name] = mapped_column(server_default="")
    active: Mapped[bool] = mapped_column(Boolean, server_default=text("true"))


class HandlingUnit(Base, Numbered):
    """A box or pallet that travels as one. It gets its SSCC when it is first closed and labelled, and keeps it."""

    __tablename__ = "handling_unit"
    __table_args__ = (
        CheckConstraint("sscc ~ '^[0-9]{18}$'", name="sscc_digits"),
        CheckConstraint("status IN ('open', 'cancelled') OR sscc IS NOT NULL", name="labelled_when_closed"),
        CheckConstraint(
            "(status IN ('shipped', 'received')) = (shipment_id IS NOT NULL)", name="shipped_in_a_shipment"
        ),
        Index("ix_handling_unit_warehouse_id", "warehouse_id", "status"),
        Index("ix_handling_unit_shipment_id", "shipment_id"),
    )
    prefix = "HU"

    id: Mapped[DocumentId]
    sscc: Mapped[str | None] = mapped_column(String(18), unique=True)
    warehouse_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("warehouse.id"))
    destination_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("warehouse.id"))
    shipment_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("shipment.id"))
    status: Mapped[HandlingUnitStatus] = mapped_column(words(HandlingUnitStatus, "status"))
    opened_at: Mapped[Instant]
    closed_at: Mapped[Instant | None]


class Shipment(Base, Numbered):
    """Handling units that left a warehouse for another together."""

    __tablename__ = "shipment"
    __table_args__ = (
        CheckConstraint("source_id <> destination_id", name="two_warehouses"),
        CheckConstraint("(status = 'received') = (received_at IS NOT NULL)", name="received_at_the_end"),
        Index("ix_shipment_destination_id", "destination_id", "status"),
        Index("ix_shipment_source_id", "source_id", "status"),
    )
    prefix = "SH"

    id: Mapped[DocumentId]
    source_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("warehouse.id"))
    destination_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("warehouse.id"))
    carrier_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("carrier.id"))
    carrier_reference: Mapped[Name] = mapped_column(server_default="")
    status: Mapped[ShipmentStatus] = mapped_column(words(ShipmentStatus, "status"))
    shipped_at: Mapped[Instant]
    due_at: Mapped[Instant]
    received_at: Mapped[Instant | None]


class ShipmentLine(Base):
    """A quantity of a lot under way for a request line. Sent = received + damaged + missing + still in transit.

    `priority` is that of the reservation it left under; what arrives is set aside again under the same, unless it is
    moved `for_stock`: then it is free.
    """

    __tablename__ = "shipment_line"
    __table_args__ = (
        whole("quantity", at_least=1),
        whole("received"),
        whole("damaged"),
        whole("missing"),
        CheckConstraint("received + damaged + missing <= quantity", name="accounted_within_sent"),
        CheckConstraint("priority BETWEEN 1 AND 9", name="priority_range"),
        UniqueConstraint("handling_unit_id", "line_id", "lot_id", "unit_id", postgresql_nulls_not_distinct=True),
        Index("ix_shipment_line_shipment_id", "shipment_id"),
        Index("ix_shipment_line_line_id", "line_id"),
    )

    id: Mapped[Id]
    shipment_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("shipment.id"))
    handling_unit_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("handling_unit.id"))
    line_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("part_request_line.id"))
    part_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("part.id"))
    lot_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("lot.id"))
    unit_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("unit.id"))
    owner_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("stock_owner.id"))
    priority: Mapped[int] = mapped_column(SmallInteger)
    quantity: Mapped[Quantity]
    received: Mapped[Quantity] = mapped_column(server_default="0")
    damaged: Mapped[Quantity] = mapped_column(server_default="0")
    missing: Mapped[Quantity] = mapped_column(server_default="0")
    for_stock: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))


class TrackingEvent(Base):
    """Something a shipment went through on its way. `occurred_at` is the carrier's own time, kept apart as data."""

    __tablename__ = "tracking_event"
    __table_args__ = (Index("ix_tracking_event_shipment_id", "shipment_id", "id"),)

    id: Mapped[Id]
    shipment_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("shipment.id"))
    kind: Mapped[TrackingKind] = mapped_column(words(TrackingKind, "kind"))
    place: Mapped[Name] = mapped_column(server_default="")
    note: Mapped[Name] = mapped_column(server_default="")
    occurred_at: Mapped[Instant]
    recorded_at: Mapped[Instant]
    actor_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("person.id"))
