"""Rows of the ledger: lots, units, moves, and the folds of the moves."""

from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from inventory.db import Base, Big, Id, Instant, Quantity, Reason, whole, words


class Place(StrEnum):
    """Where an end of a move is. Only `bin` is inside a warehouse; `custody` names the engineer who holds it."""

    BIN = "bin"
    SUPPLIER = "supplier"
    CUSTOMER = "customer"
    IN_TRANSIT = "in_transit"
    CUSTODY = "custody"
    FITTED = "fitted"
    SCRAP = "scrap"
    LOST = "lost"
    COUNT_DIFFERENCE = "count_difference"


class Condition(StrEnum):
    """The condition of stock. Only good stock can be reserved."""

    GOOD = "good"
    QUARANTINE = "quarantine"
    DEFECTIVE = "defective"


class Purpose(StrEnum):
    """What a reservation is for: supplying a line from here, moving stock elsewhere, or keeping what has arrived.

    What is to move for the sake of stock alone falls first, and yields to repairs until it has lots.
    """

    SUPPLY = "supply"
    TRANSFER = "transfer"
    EARMARK = "earmark"


class Lot(Base):
    """One receipt of one part into the network. It keeps its first receipt through every transfer; FIFO follows it."""

    __tablename__ = "lot"
    __table_args__ = (
        UniqueConstraint("part_id", "number"),
        UniqueConstraint("id", "part_id"),
        Index("ix_lot_first_received_at", "part_id", "first_received_at", "id"),
    )

    id: Mapped[Id]
    part_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("part.id"))
    number: Mapped[str] = mapped_column(String(20))
    first_received_at: Mapped[Instant]


class Unit(Base):
    """A single piece with a serial number of its own."""

    __tablename__ = "unit"
    __table_args__ = (
        UniqueConstraint("part_id", "serial"),
        ForeignKeyConstraint(["lot_id", "part_id"], ["lot.id", "lot.part_id"]),
    )

    id: Mapped[Id]
    part_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("part.id"))
    lot_id: Mapped[int] = mapped_column(BigInteger)
    serial: Mapped[str] = mapped_column(String(20))


class Move(Base):
    """Stock that went from one end to another. Append-only: a mistake is reversed by another move.

    An end is a place with a condition and an owner; a bin names its warehouse, custody its holder.
    """

    __tablename__ = "move"
    __table_args__ = (
        whole("quantity", at_least=1),
        CheckConstraint("unit_id IS NULL OR quantity = 1", name="unit_is_one"),
        CheckConstraint(
            "(from_place, from_bin_id, from_holder_id, from_condition, from_owner_id) IS DISTINCT FROM "
            "(to_place, to_bin_id, to_holder_id, to_condition, to_owner_id)",
            name="two_ends",
        ),
        CheckConstraint(
            "(from_place = 'bin') = (from_bin_id IS NOT NULL) AND (from_bin_id IS NULL) = (from_warehouse_id IS NULL) "
            "AND (to_place = 'bin') = (to_bin_id IS NOT NULL) AND (to_bin_id IS NULL) = (to_warehouse_id IS NULL)",
            name="bin_ends",
        ),
        CheckConstraint(
            "(from_place = 'custody') = (from_holder_id IS NOT NULL) "
            "AND (to_place = 'custody') = (to_holder_id IS NOT NULL)",
            name="custody_ends",
        ),
        ForeignKeyConstraint(["from_bin_id", "from_warehouse_id"], ["bin.id", "bin.warehouse_id"]),
        ForeignKeyConstraint(["to_bin_id", "to_warehouse_id"], ["bin.id", "bin.warehouse_id"]),
        ForeignKeyConstraint(["lot_id", "part_id"], ["lot.id", "lot.part_id"]),
        Index("ix_move_from_warehouse_id", "from_warehouse_id", "part_id", "id"),
        Index("ix_move_to_warehouse_id", "to_warehouse_id", "part_id", "id"),
        Index("ix_move_lot_id", "lot_id", "id"),
        Index(
            "uq_move_reverses_id",
            "reverses_id",
            unique=True,
            postgresql_where=text("reverses_id IS NOT NULL"),
        ),
        Index("ix_move_unit_id", "unit_id", "id", postgresql_where=text("unit_id IS NOT NULL")),
    )

    id: Mapped[Id]
    part_id: Mapped[Big]
    lot_id: Mapped[Big]
    unit_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("unit.id"))
    quantity: Mapped[Quantity]
    from_place: Mapped[Place] = mapped_column(words(Place, "from_place"))
    from_warehouse_id: Mapped[int | None] = mapped_column(BigInteger)
    from_bin_id: Mapped[int | None] = mapped_column(BigInteger)
    from_holder_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("person.id"))
    from_condition: Mapped[Condition] = mapped_column(words(Condition, "from_condition"))
    from_owner_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("stock_owner.id"))
    to_place: Mapped[Place] = mapped_column(words(Place, "to_place"))
    to_warehouse_id: Mapped[int | None] = mapped_column(BigInteger)
    to_bin_id: Mapped[int | None] = mapped_column(BigInteger)
    to_holder_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("person.id"))
    to_condition: Mapped[Condition] = mapped_column(words(Condition, "to_condition"))
    to_owner_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("stock_owner.id"))
    document_kind: Mapped[str] = mapped_column(String(24))
    document_id: Mapped[Big]
    reason: Mapped[Reason]
    reverses_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("move.id"))
    actor_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("person.id"))
    command_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("command.id"))
    recorded_at: Mapped[Instant]


class Balance(Base):
    """What a warehouse has of a part, good stock only, and how much of it is set aside. A fold of the moves.

    This is the row to lock: whoever changes stock of a part in a warehouse takes it first.
    """

    __tablename__ = "balance"
    __table_args__ = (
        whole("on_hand"),
        CheckConstraint("reserved BETWEEN 0 AND on_hand", name="reserved_within_on_hand"),
        Index("ix_balance_part_id", "part_id", "warehouse_id"),
        {"postgresql_with": {"fillfactor": "85"}},
    )

    warehouse_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("warehouse.id"), primary_key=True)
    part_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("part.id"), primary_key=True)
    owner_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("stock_owner.id"), primary_key=True)
    on_hand: Mapped[Quantity] = mapped_column(server_default="0")
    reserved: Mapped[Quantity] = mapped_column(server_default="0")


class LotBalance(Base):
    """What a bin has of a lot in one condition, and how much of it is given to tasks. A fold of the moves.

    `first_received_at` repeats the lot's, so that one index serves FIFO; a lot never changes it.
    """

    __tablename__ = "lot_balance"
    __table_args__ = (
        whole("on_hand"),
        CheckConstraint("allocated BETWEEN 0 AND on_hand", name="allocated_within_on_hand"),
        CheckConstraint("condition = 'good' OR allocated = 0", name="only_good_is_allocated"),
        CheckConstraint("unit_id IS NULL OR on_hand <= 1", name="unit_is_one"),
        UniqueConstraint("bin_id", "lot_id", "condition", "owner_id", "unit_id", postgresql_nulls_not_distinct=True),
        ForeignKeyConstraint(["bin_id", "warehouse_id"], ["bin.id", "bin.warehouse_id"]),
        ForeignKeyConstraint(["lot_id", "part_id"], ["lot.id", "lot.part_id"]),
        Index("ix_lot_balance_fifo", "warehouse_id", "part_id", "first_received_at", "lot_id", "id"),
        Index("ix_lot_balance_lot_id", "lot_id"),
        {"postgresql_with": {"fillfactor": "85"}},
    )

    id: Mapped[Id]
    warehouse_id: Mapped[Big]
    bin_id: Mapped[Big]
    part_id: Mapped[Big]
    lot_id: Mapped[Big]
    unit_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("unit.id"))
    owner_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("stock_owner.id"))
    condition: Mapped[Condition] = mapped_column(words(Condition, "condition"))
    first_received_at: Mapped[Instant]
    on_hand: Mapped[Quantity] = mapped_column(server_default="0")
    allocated: Mapped[Quantity] = mapped_column(server_default="0")


class Reservation(Base):
    """A quantity of a part set aside in one warehouse for one document line; it names no lot.

    `quantity` is what is still set aside, `allocated` the share of it that lots were named for; both fall to 0 when
    the stock has left or was given up. The row stays as history.
    """

    __tablename__ = "reservation"
    __table_args__ = (
        whole("quantity"),
        CheckConstraint("allocated BETWEEN 0 AND quantity", name="allocated_within_quantity"),
        ForeignKeyConstraint(
            ["warehouse_id", "part_id", "owner_id"],
            ["balance.warehouse_id", "balance.part_id", "balance.owner_id"],
        ),
        Index("ix_reservation_line_id", "line_id"),
        Index(
            "ix_reservation_open",
            "warehouse_id",
            "part_id",
            "owner_id",
            postgresql_where=text("quantity > 0"),
        ),
        {"postgresql_with": {"fillfactor": "85"}},
    )

    id: Mapped[Id]
    purpose: Mapped[Purpose] = mapped_column(words(Purpose, "purpose"))
    line_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("part_request_line.id", deferrable=True, initially="DEFERRED")
    )
    warehouse_id: Mapped[Big]
    part_id: Mapped[Big]
    owner_id: Mapped[Big]
    quantity: Mapped[Quantity]
    allocated: Mapped[Quantity] = mapped_column(server_default="0")
    priority: Mapped[int] = mapped_column(SmallInteger)
    reserved_at: Mapped[Instant]


class Allocation(Base):
    """A quantity of one lot in one bin given to a reservation: decided oldest first, or overridden with a reason.

    `older_free` is how much older eligible stock was passed over when it was decided; more than 0 needs a reason.
    The row moves with the stock (from shelf to staging); when the stock leaves or is given up it falls to 0 and lies
    nowhere any more.
    """

    __tablename__ = "allocation"
    __table_args__ = (
        whole("quantity"),
        CheckConstraint("older_free = 0 OR override_reason IS NOT NULL", name="fifo_or_reason"),
        CheckConstraint("(quantity = 0) = (lot_balance_id IS NULL)", name="lies_somewhere"),
        Index("ix_allocation_reservation_id", "reservation_id"),
        Index("ix_allocation_allocated_at", "allocated_at"),
        # The foreign key asks here when an emptied position is forgotten; "quantity > 0" says the same, but not to it.
        Index("ix_allocation_lot_balance_id", "lot_balance_id", postgresql_where=text("lot_balance_id IS NOT NULL")),
        {"postgresql_with": {"fillfactor": "85"}},
    )

    id: Mapped[Id]
    reservation_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("reservation.id"))
    lot_balance_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("lot_balance.id"))
    lot_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("lot.id"))
    quantity: Mapped[Quantity]
    older_free: Mapped[Quantity] = mapped_column(server_default="0")
    override_reason: Mapped[str | None] = mapped_column(String(200))
    actor_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("person.id"))
    command_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("command.id"))
    allocated_at: Mapped[Instant]
