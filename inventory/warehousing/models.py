"""Rows of the warehouse floor: expected receipts and receipts, waves and pick tasks, stock checks."""

from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from inventory.db import Base, DocumentId, Id, Instant, Name, Numbered, Quantity, Reason, whole, words
from inventory.ledger.models import Condition


class ExpectedReceiptStatus(StrEnum):
    """An expected receipt is open until everything came or it is closed short."""

    OPEN = "open"
    CLOSED = "closed"


class Trigger(StrEnum):
    """What released a wave to the floor."""

    URGENT = "urgent"
    JOB = "job"
    LEAD = "lead"


class TaskStatus(StrEnum):
    """The life of a pick task. `failed`: nothing of it could be picked; `cancelled`: no longer wanted."""

    RELEASED = "released"
    CLAIMED = "claimed"
    PICKED = "picked"
    PACKED = "packed"
    SHIPPED = "shipped"
    FAILED = "failed"
    CANCELLED = "cancelled"


class CheckKind(StrEnum):
    """Why somebody looked: to count, because something is damaged, to set stock apart, or to let it back in."""

    COUNT = "count"
    DAMAGE = "damage"
    QUARANTINE = "quarantine"
    RELEASE = "release"


class ExpectedReceipt(Base, Numbered):
    """Goods announced to a warehouse, usually by a supplier."""

    __tablename__ = "expected_receipt"
    __table_args__ = (Index("ix_expected_receipt_warehouse_id", "warehouse_id", "status", "expected_at"),)
    prefix = "ER"

    id: Mapped[DocumentId]
    warehouse_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("warehouse.id"))
    supplier: Mapped[Name]
    reference: Mapped[Name] = mapped_column(server_default="")
    expected_at: Mapped[Instant]
    status: Mapped[ExpectedReceiptStatus] = mapped_column(words(ExpectedReceiptStatus, "status"))


class ExpectedReceiptLine(Base):
    """A part announced, and how much of it has come so far; `tolerance` more may come without a reason."""

    __tablename__ = "expected_receipt_line"
    __table_args__ = (
        UniqueConstraint("expected_receipt_id", "part_id"),
        whole("quantity", at_least=1),
        whole("received"),
        whole("tolerance"),
    )

    id: Mapped[Id]
    expected_receipt_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("expected_receipt.id"))
    part_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("part.id"))
    quantity: Mapped[Quantity]
    received: Mapped[Quantity] = mapped_column(server_default="0")
    tolerance: Mapped[Quantity] = mapped_column(server_default="0")


class Receipt(Base, Numbered):
    """Goods that came in at a dock: against an expected receipt or without one."""

    __tablename__ = "receipt"
    __table_args__ = (Index("ix_receipt_warehouse_id", "warehouse_id", "id"),)
    prefix = "RC"

    id: Mapped[DocumentId]
    warehouse_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("warehouse.id"))
    expected_receipt_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("expected_receipt.id"))
    supplier: Mapped[Name] = mapped_column(server_default="")
    reference: Mapped[Name] = mapped_column(server_default="")
    received_by_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("person.id"))
    received_at: Mapped[Instant]


class ReceiptLine(Base):
    """A part received into a lot; damaged goods come in as defective."""

    __tablename__ = "receipt_line"
    __table_args__ = (Index("ix_receipt_line_receipt_id", "receipt_id"), whole("quantity", at_least=1))

    id: Mapped[Id]
    receipt_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("receipt.id"))
    part_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("part.id"))
    lot_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("lot.id"))
    quantity: Mapped[Quantity]
    condition: Mapped[Condition] = mapped_column(words(Condition, "condition"))


class Wave(Base, Numbered):
    """Lines released to the floor of a warehouse together."""

    __tablename__ = "wave"
    __table_args__ = (Index("ix_wave_warehouse_id", "warehouse_id", "released_at"),)
    prefix = "WV"

    id: Mapped[DocumentId]
    warehouse_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("warehouse.id"))
    trigger: Mapped[Trigger] = mapped_column(words(Trigger, "trigger"))
    released_by_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("person.id"))
    released_at: Mapped[Instant]


class PickTask(Base):
    """Take this quantity of this lot from this bin: one allocation of the ledger, as work for a person.

    While it is wanted its quantity is its allocation's: what is missing, damaged or no longer wanted makes it smaller.
    `picked` is nothing before the pick and all of it after. A task that ends failed or cancelled keeps its last
    quantity; if it was picked, that lies free in staging.
    """

    __tablename__ = "pick_task"
    __table_args__ = (
        whole("quantity", at_least=1),
        CheckConstraint("picked IN (0, quantity)", name="picked_all_or_nothing"),
        CheckConstraint(
            "CASE WHEN status IN ('released', 'claimed') THEN picked = 0 "
            "WHEN status IN ('picked', 'packed', 'shipped') THEN picked = quantity ELSE true END",
            name="picked_tells_the_status",
        ),
        CheckConstraint("(status = 'claimed') <= (claimed_by_id IS NOT NULL)", name="claimed_by_somebody"),
        Index("ix_pick_task_warehouse_id", "warehouse_id", "status", "pick_sequence", "id"),
        Index("ix_pick_task_line_id", "line_id"),
        Index("ix_pick_task_wave_id", "wave_id"),
        Index("ix_pick_task_handling_unit_id", "handling_unit_id"),
    )

    id: Mapped[DocumentId]
    wave_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("wave.id"))
    warehouse_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("warehouse.id"))
    destination_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("warehouse.id"))
    line_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("part_request_line.id"))
    reservation_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("reservation.id"))
    allocation_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("allocation.id"), unique=True)
    part_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("part.id"))
    lot_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("lot.id"))
    unit_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("unit.id"))
    bin_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("bin.id"))
    pick_sequence: Mapped[int] = mapped_column(Integer)
    quantity: Mapped[Quantity]
    picked: Mapped[Quantity] = mapped_column(server_default="0")
    status: Mapped[TaskStatus] = mapped_column(words(TaskStatus, "status"), server_default="released")
    claimed_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("person.id"))
    claimed_at: Mapped[Instant | None]
    picked_at: Mapped[Instant | None]
    handling_unit_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("handling_unit.id"))
    released_at: Mapped[Instant]
    due_at: Mapped[Instant]


class StockCheck(Base, Numbered):
    """What somebody found in a bin of good stock of a lot; what differs from the books was posted at once."""

    __tablename__ = "stock_check"
    __table_args__ = (
        whole("expected"),
        whole("found"),
        Index("ix_stock_check_warehouse_id", "warehouse_id", "id"),
    )
    prefix = "SC"

    id: Mapped[DocumentId]
    kind: Mapped[CheckKind] = mapped_column(words(CheckKind, "kind"))
    warehouse_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("warehouse.id"))
    bin_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("bin.id"))
    part_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("part.id"))
    lot_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("lot.id"))
    unit_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("unit.id"))
    expected: Mapped[Quantity]
    found: Mapped[Quantity]
    reason: Mapped[Reason]
    checked_by_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("person.id"))
    checked_at: Mapped[Instant]
