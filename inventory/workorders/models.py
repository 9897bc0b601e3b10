"""Rows of work orders: customers, the appliances they own, work orders, and the parts in engineers' custody."""

from datetime import date
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from inventory.db import Base, DocumentId, Id, Instant, Name, Numbered, Quantity, whole, words


class WorkOrderStatus(StrEnum):
    """A work order is open until the repair is done or called off."""

    OPEN = "open"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class Customer(Base):
    """Who called. The only table with personal text: erasing a customer overwrites one row and nothing else.

    `phone_hash` is a keyed hash of the digits, so that a caller is found without reading anybody's number. Two people
    who call from one phone are two customers; a number that passed to somebody else leads to nobody's address.
    """

    __tablename__ = "customer"
    __table_args__ = (UniqueConstraint("phone_hash", "name"),)

    id: Mapped[Id]
    name: Mapped[Name]
    phone: Mapped[str] = mapped_column(String(40))
    phone_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    address: Mapped[str] = mapped_column(String(400), server_default="")
    erased_at: Mapped[Instant | None]


class Appliance(Base):
    """A product in a customer's home: one serial number of a model."""

    __tablename__ = "appliance"
    __table_args__ = (UniqueConstraint("model_id", "serial"),)

    id: Mapped[Id]
    model_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("product_model.id"))
    serial: Mapped[str] = mapped_column(String(40))
    customer_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("customer.id"))
    purchased_on: Mapped[date | None] = mapped_column(Date)


class WorkOrder(Base, Numbered):
    """A repair for an engineer of a repair centre; `repeats_id` names the one before for the same appliance.

    `reference` is the call centre's own number; a repair centre is given each of them once.
    """

    __tablename__ = "work_order"
    __table_args__ = (
        CheckConstraint("(status = 'open') = (closed_at IS NULL)", name="closed_when_not_open"),
        Index("ix_work_order_warehouse_id", "warehouse_id", "status", "id"),
        Index("ix_work_order_engineer_id", "engineer_id", "status"),
        Index("ix_work_order_appliance_id", "appliance_id"),
        Index(
            "uq_work_order_reference",
            "warehouse_id",
            "reference",
            unique=True,
            postgresql_where=text("reference <> ''"),
        ),
    )
    prefix = "WO"

    id: Mapped[DocumentId]
    warehouse_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("warehouse.id"))
    engineer_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("person.id"))
    appliance_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("appliance.id"))
    customer_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("customer.id"))
    symptom: Mapped[str] = mapped_column(String(400))
    reference: Mapped[Name] = mapped_column(server_default="")
    repeats_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("work_order.id"))
    status: Mapped[WorkOrderStatus] = mapped_column(words(WorkOrderStatus, "status"), server_default="open")
    opened_by_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("person.id"))
    opened_at: Mapped[Instant]
    closed_at: Mapped[Instant | None]


class DrawnPart(Base):
    """Parts an engineer drew from the shelf for a request line: in custody until fitted or given back."""

    __tablename__ = "drawn_part"
    __table_args__ = (
        whole("quantity", at_least=1),
        whole("fitted"),
        whole("given_back"),
        CheckConstraint("fitted + given_back <= quantity", name="used_within_drawn"),
        Index("ix_drawn_part_line_id", "line_id"),
        Index(
            "ix_drawn_part_engineer_id",
            "engineer_id",
            postgresql_where=text("fitted + given_back < quantity"),
        ),
    )

    id: Mapped[Id]
    line_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("part_request_line.id"))
    work_order_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("work_order.id"))
    warehouse_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("warehouse.id"))
    engineer_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("person.id"))
    part_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("part.id"))
    lot_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("lot.id"))
    unit_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("unit.id"))
    owner_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("stock_owner.id"))
    quantity: Mapped[Quantity]
    fitted: Mapped[Quantity] = mapped_column(server_default="0")
    given_back: Mapped[Quantity] = mapped_column(server_default="0")
    drawn_at: Mapped[Instant]

    @property
    def in_custody(self) -> int:
        """What the engineer still holds."""
        return self.quantity - self.fitted - self.given_back
