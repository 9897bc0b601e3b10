"""Receipts, waves, pick tasks, stock checks."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "expected_receipt",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, start=100001), nullable=False),
        sa.Column("warehouse_id", sa.BigInteger(), nullable=False),
        sa.Column("supplier", sa.String(length=200), nullable=False),
        sa.Column("reference", sa.String(length=200), server_default="", nullable=False),
        sa.Column("expected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "status",
            sa.Enum("open", "closed", name="status", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["warehouse_id"], ["warehouse.id"], name=op.f("fk_expected_receipt_warehouse_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expected_receipt")),
    )
    op.create_index(
        "ix_expected_receipt_warehouse_id",
        "expected_receipt",
        ["warehouse_id", "status", "expected_at"],
        unique=False,
    )
    op.create_table(
        "expected_receipt_line",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("expected_receipt_id", sa.BigInteger(), nullable=False),
        sa.Column("part_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), server_default="0", nullable=False),
        sa.CheckConstraint("quantity BETWEEN 1 AND 999999999", name=op.f("ck_expected_receipt_line_quantity_range")),
        sa.CheckConstraint("received BETWEEN 0 AND 999999999", name=op.f("ck_expected_receipt_line_received_range")),
        sa.ForeignKeyConstraint(
            ["expected_receipt_id"],
            ["expected_receipt.id"],
            name=op.f("fk_expected_receipt_line_expected_receipt_id"),
        ),
        sa.ForeignKeyConstraint(["part_id"], ["part.id"], name=op.f("fk_expected_receipt_line_part_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expected_receipt_line")),
        sa.UniqueConstraint(
            "expected_receipt_id",
            "part_id",
            name=op.f("uq_expected_receipt_line_expected_receipt_id_part_id"),
        ),
    )
    op.create_table(
        "receipt",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, start=100001), nullable=False),
        sa.Column("warehouse_id", sa.BigInteger(), nullable=False),
        sa.Column("expected_receipt_id", sa.BigInteger(), nullable=True),
        sa.Column("supplier", sa.String(length=200), server_default="", nullable=False),
        sa.Column("reference", sa.String(length=200), server_default="", nullable=False),
        sa.Column("received_by_id", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["expected_receipt_id"], ["expected_receipt.id"], name=op.f("fk_receipt_expected_receipt_id")
        ),
        sa.ForeignKeyConstraint(["received_by_id"], ["person.id"], name=op.f("fk_receipt_received_by_id")),
        sa.ForeignKeyConstraint(["warehouse_id"], ["warehouse.id"], name=op.f("fk_receipt_warehouse_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt")),
    )
    op.create_index("ix_receipt_warehouse_id", "receipt", ["warehouse_id", "id"], unique=False)
    op.create_table(
        "receipt_line",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("receipt_id", sa.BigInteger(), nullable=False),
        sa.Column("part_id", sa.BigInteger(), nullable=False),
        sa.Column("lot_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column(
            "condition",
            sa.Enum(
                "good",
                "quarantine",
                "defective",
                name="condition",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.CheckConstraint("quantity BETWEEN 1 AND 999999999", name=op.f("ck_receipt_line_quantity_range")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_receipt_line_lot_id")),
        sa.ForeignKeyConstraint(["part_id"], ["part.id"], name=op.f("fk_receipt_line_part_id")),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipt.id"], name=op.f("fk_receipt_line_receipt_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt_line")),
    )
    op.create_index("ix_receipt_line_receipt_id", "receipt_line", ["receipt_id"], unique=False)
    op.create_table(
        "wave",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, start=100001), nullable=False),
        sa.Column("warehouse_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "trigger",
            sa.Enum("urgent", "job", "lead", name="trigger", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("released_by_id", sa.BigInteger(), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["released_by_id"], ["person.id"], name=op.f("fk_wave_released_by_id")),
        sa.ForeignKeyConstraint(["warehouse_id"], ["warehouse.id"], name=op.f("fk_wave_warehouse_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wave")),
    )
    op.create_index("ix_wave_warehouse_id", "wave", ["warehouse_id", "released_at"], unique=False)
    op.create_table(
        "pick_task",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, start=100001), nullable=False),
        sa.Column("wave_id", sa.BigInteger(), nullable=False),
        sa.Column("warehouse_id", sa.BigInteger(), nullable=False),
        sa.Column("destination_id", sa.BigInteger(), nullable=False),
        sa.Column("line_id", sa.BigInteger(), nullable=False),
        sa.Column("reservation_id", sa.BigInteger(), nullable=False),
        sa.Column("allocation_id", sa.BigInteger(), nullable=False),
        sa.Column("part_id", sa.BigInteger(), nullable=False),
        sa.Column("lot_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("bin_id", sa.BigInteger(), nullable=False),
        sa.Column("pick_sequence", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("picked", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "released",
                "claimed",
                "picked",
                "packed",
                "shipped",
                "failed",
                "cancelled",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            server_default="released",
            nullable=False,
        ),
        sa.Column("claimed_by_id", sa.BigInteger(), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("picked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handling_unit_id", sa.BigInteger(), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(status = 'claimed') <= (claimed_by_id IS NOT NULL)",
            name=op.f("ck_pick_task_claimed_by_somebody"),
        ),
        sa.CheckConstraint("picked IN (0, quantity)", name=op.f("ck_pick_task_picked_all_or_nothing")),
        sa.CheckConstraint(
            "CASE WHEN status IN ('released', 'claimed') THEN picked = 0 "
            "WHEN status IN ('picked', 'packed', 'shipped') THEN picked = quantity ELSE true END",
            name=op.f("ck_pick_task_picked_tells_the_status"),
        ),
        sa.CheckConstraint("quantity BETWEEN 1 AND 999999999", name=op.f("ck_pick_task_quantity_range")),
        sa.ForeignKeyConstraint(["allocation_id"], ["allocation.id"], name=op.f("fk_pick_task_allocation_id")),
        sa.ForeignKeyConstraint(["bin_id"], ["bin.id"], name=op.f("fk_pick_task_bin_id")),
        sa.ForeignKeyConstraint(["claimed_by_id"], ["person.id"], name=op.f("fk_pick_task_claimed_by_id")),
        sa.ForeignKeyConstraint(["destination_id"], ["warehouse.id"], name=op.f("fk_pick_task_destination_id")),
        sa.ForeignKeyConstraint(["handling_unit_id"], ["handling_unit.id"], name=op.f("fk_pick_task_handling_unit_id")),
        sa.ForeignKeyConstraint(["line_id"], ["part_request_line.id"], name=op.f("fk_pick_task_line_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_pick_task_lot_id")),
        sa.ForeignKeyConstraint(["part_id"], ["part.id"], name=op.f("fk_pick_task_part_id")),
        sa.ForeignKeyConstraint(["reservation_id"], ["reservation.id"], name=op.f("fk_pick_task_reservation_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_pick_task_unit_id")),
        sa.ForeignKeyConstraint(["warehouse_id"], ["warehouse.id"], name=op.f("fk_pick_task_warehouse_id")),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_pick_task_wave_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pick_task")),
        sa.UniqueConstraint("allocation_id", name=op.f("uq_pick_task_allocation_id")),
    )
    op.create_index("ix_pick_task_handling_unit_id", "pick_task", ["handling_unit_id"], unique=False)
    op.create_index("ix_pick_task_line_id", "pick_task", ["line_id"], unique=False)
    op.create_index(
        "ix_pick_task_warehouse_id",
        "pick_task",
        ["warehouse_id", "status", "pick_sequence", "id"],
        unique=False,
    )
    op.create_index("ix_pick_task_wave_id", "pick_task", ["wave_id"], unique=False)
    op.create_table(
        "stock_check",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, start=100001), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "count",
                "damage",
                "quarantine",
                "release",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("warehouse_id", sa.BigInteger(), nullable=False),
        sa.Column("bin_id", sa.BigInteger(), nullable=False),
        sa.Column("part_id", sa.BigInteger(), nullable=False),
        sa.Column("lot_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("expected", sa.BigInteger(), nullable=False),
        sa.Column("found", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("checked_by_id", sa.BigInteger(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("expected BETWEEN 0 AND 999999999", name=op.f("ck_stock_check_expected_range")),
        sa.CheckConstraint("found BETWEEN 0 AND 999999999", name=op.f("ck_stock_check_found_range")),
        sa.ForeignKeyConstraint(["bin_id"], ["bin.id"], name=op.f("fk_stock_check_bin_id")),
        sa.ForeignKeyConstraint(["checked_by_id"], ["person.id"], name=op.f("fk_stock_check_checked_by_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_stock_check_lot_id")),
        sa.ForeignKeyConstraint(["part_id"], ["part.id"], name=op.f("fk_stock_check_part_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_stock_check_unit_id")),
        sa.ForeignKeyConstraint(["warehouse_id"], ["warehouse.id"], name=op.f("fk_stock_check_warehouse_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_check")),
    )
    op.create_index("ix_stock_check_warehouse_id", "stock_check", ["warehouse_id", "id"], unique=False)


def downgrade() -> None:
    op.drop_table("stock_check")
    op.drop_table("pick_task")
    op.drop_table("wave")
    op.drop_table("receipt_line")
    op.drop_table("receipt")
    op.drop_table("expected_receipt_line")
    op.drop_table("expected_receipt")
