"""The ledger: lots, units, moves and their folds, reservations, allocations."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lot",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("part_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("first_received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["part_id"], ["part.id"], name=op.f("fk_lot_part_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot")),
        sa.UniqueConstraint("id", "part_id", name=op.f("uq_lot_id_part_id")),
        sa.UniqueConstraint("part_id", "number", name=op.f("uq_lot_part_id_number")),
    )
    op.create_index("ix_lot_first_received_at", "lot", ["part_id", "first_received_at", "id"], unique=False)
    op.create_table(
        "unit",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("part_id", sa.BigInteger(), nullable=False),
        sa.Column("lot_id", sa.BigInteger(), nullable=False),
        sa.Column("serial", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["lot_id", "part_id"], ["lot.id", "lot.part_id"], name=op.f("fk_unit_lot_id_part_id")),
        sa.ForeignKeyConstraint(["part_id"], ["part.id"], name=op.f("fk_unit_part_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        sa.UniqueConstraint("part_id", "serial", name=op.f("uq_unit_part_id_serial")),
    )
    op.create_table(
        "move",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("part_id", sa.BigInteger(), nullable=False),
        sa.Column("lot_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column(
            "from_place",
            sa.Enum(
                "bin",
                "supplier",
                "customer",
                "in_transit",
                "custody",
                "fitted",
                "scrap",
                "lost",
                "count_difference",
                name="from_place",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("from_warehouse_id", sa.BigInteger(), nullable=True),
        sa.Column("from_bin_id", sa.BigInteger(), nullable=True),
        sa.Column("from_holder_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "from_condition",
            sa.Enum(
                "good",
                "quarantine",
                "defective",
                name="from_condition",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("from_owner_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "to_place",
            sa.Enum(
                "bin",
                "supplier",
                "customer",
                "in_transit",
                "custody",
                "fitted",
                "scrap",
                "lost",
                "count_difference",
                name="to_place",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("to_warehouse_id", sa.BigInteger(), nullable=True),
        sa.Column("to_bin_id", sa.BigInteger(), nullable=True),
        sa.Column("to_holder_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "to_condition",
            sa.Enum(
                "good",
                "quarantine",
                "defective",
                name="to_condition",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("to_owner_id", sa.BigInteger(), nullable=False),
        sa.Column("document_kind", sa.String(length=24), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("reverses_id", sa.BigInteger(), nullable=True),
        sa.Column("actor_id", sa.BigInteger(), nullable=False),
        sa.Column("command_id", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(from_place = 'bin') = (from_bin_id IS NOT NULL) AND (from_bin_id IS NULL) = (from_warehouse_id IS NULL) AND (to_place = 'bin') = (to_bin_id IS NOT NULL) AND (to_bin_id IS NULL) = (to_warehouse_id IS NULL)",
            name=op.f("ck_move_bin_ends"),
        ),
        sa.CheckConstraint(
            "(from_place = 'custody') = (from_holder_id IS NOT NULL) AND (to_place = 'custody') = (to_holder_id IS NOT NULL)",
            name=op.f("ck_move_custody_ends"),
        ),
        sa.CheckConstraint(
            "(from_place, from_bin_id, from_holder_id, from_condition, from_owner_id) IS DISTINCT FROM (to_place, to_bin_id, to_holder_id, to_condition, to_owner_id)",
            name=op.f("ck_move_two_ends"),
        ),
        sa.CheckConstraint("quantity BETWEEN 1 AND 999999999", name=op.f("ck_move_quantity_range")),
        sa.CheckConstraint("unit_id IS NULL OR quantity = 1", name=op.f("ck_move_unit_is_one")),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_move_actor_id")),
        sa.ForeignKeyConstraint(["command_id"], ["command.id"], name=op.f("fk_move_command_id")),
        sa.ForeignKeyConstraint(
            ["from_bin_id", "from_warehouse_id"],
            ["bin.id", "bin.warehouse_id"],
            name=op.f("fk_move_from_bin_id_from_warehouse_id"),
        ),
        sa.ForeignKeyConstraint(["from_holder_id"], ["person.id"], name=op.f("fk_move_from_holder_id")),
        sa.ForeignKeyConstraint(["from_owner_id"], ["stock_owner.id"], name=op.f("fk_move_from_owner_id")),
        sa.ForeignKeyConstraint(["lot_id", "part_id"], ["lot.id", "lot.part_id"], name=op.f("fk_move_lot_id_part_id")),
        sa.ForeignKeyConstraint(["reverses_id"], ["move.id"], name=op.f("fk_move_reverses_id")),
        sa.ForeignKeyConstraint(
            ["to_bin_id", "to_warehouse_id"],
            ["bin.id", "bin.warehouse_id"],
            name=op.f("fk_move_to_bin_id_to_warehouse_id"),
        ),
        sa.ForeignKeyConstraint(["to_holder_id"], ["person.id"], name=op.f("fk_move_to_holder_id")),
        sa.ForeignKeyConstraint(["to_owner_id"], ["stock_owner.id"], name=op.f("fk_move_to_owner_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_move_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_move")),
    )
    op.create_index("ix_move_from_warehouse_id", "move", ["from_warehouse_id", "part_id", "id"], unique=False)
    op.create_index("ix_move_lot_id", "move", ["lot_id", "id"], unique=False)
    op.create_index("ix_move_to_warehouse_id", "move", ["to_warehouse_id", "part_id", "id"], unique=False)
    op.create_index(
        "ix_move_unit_id",
        "move",
        ["unit_id", "id"],
        unique=False,
        postgresql_where=sa.text("unit_id IS NOT NULL"),
    )
    op.create_index(
        "uq_move_reverses_id",
        "move",
        ["reverses_id"],
        unique=True,
        postgresql_where=sa.text("reverses_id IS NOT NULL"),
    )
    op.create_table(
        "balance",
        sa.Column("warehouse_id", sa.BigInteger(), nullable=False),
        sa.Column("part_id", sa.BigInteger(), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.Column("on_hand", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("reserved", sa.BigInteger(), server_default="0", nullable=False),
        sa.CheckConstraint("on_hand BETWEEN 0 AND 999999999", name=op.f("ck_balance_on_hand_range")),
        sa.CheckConstraint("reserved BETWEEN 0 AND on_hand", name=op.f("ck_balance_reserved_within_on_hand")),
        sa.ForeignKeyConstraint(["owner_id"], ["stock_owner.id"], name=op.f("fk_balance_owner_id")),
        sa.ForeignKeyConstraint(["part_id"], ["part.id"], name=op.f("fk_balance_part_id")),
        sa.ForeignKeyConstraint(["warehouse_id"], ["warehouse.id"], name=op.f("fk_balance_warehouse_id")),
        sa.PrimaryKeyConstraint("warehouse_id", "part_id", "owner_id", name=op.f("pk_balance")),
        postgresql_with={"fillfactor": "85"},
    )
    op.create_index("ix_balance_part_id", "balance", ["part_id", "warehouse_id"], unique=False)
    op.create_table(
        "lot_balance",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("warehouse_id", sa.BigInteger(), nullable=False),
        sa.Column("bin_id", sa.BigInteger(), nullable=False),
        sa.Column("part_id", sa.BigInteger(), nullable=False),
        sa.Column("lot_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
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
        sa.Column("first_received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("on_hand", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("allocated", sa.BigInteger(), server_default="0", nullable=False),
        sa.CheckConstraint("condition = 'good' OR allocated = 0", name=op.f("ck_lot_balance_only_good_is_allocated")),
        sa.CheckConstraint("allocated BETWEEN 0 AND on_hand", name=op.f("ck_lot_balance_allocated_within_on_hand")),
        sa.CheckConstraint("on_hand BETWEEN 0 AND 999999999", name=op.f("ck_lot_balance_on_hand_range")),
        sa.CheckConstraint("unit_id IS NULL OR on_hand <= 1", name=op.f("ck_lot_balance_unit_is_one")),
        sa.ForeignKeyConstraint(
            ["bin_id", "warehouse_id"],
            ["bin.id", "bin.warehouse_id"],
            name=op.f("fk_lot_balance_bin_id_warehouse_id"),
        ),
        sa.ForeignKeyConstraint(
            ["lot_id", "part_id"], ["lot.id", "lot.part_id"], name=op.f("fk_lot_balance_lot_id_part_id")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["stock_owner.id"], name=op.f("fk_lot_balance_owner_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_lot_balance_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot_balance")),
        sa.UniqueConstraint(
            "bin_id",
            "lot_id",
            "condition",
            "owner_id",
            "unit_id",
            name=op.f("uq_lot_balance_bin_id_lot_id_condition_owner_id_unit_id"),
            postgresql_nulls_not_distinct=True,
        ),
        postgresql_with={"fillfactor": "85"},
    )
    op.create_index(
        "ix_lot_balance_fifo",
        "lot_balance",
        ["warehouse_id", "part_id", "first_received_at", "lot_id", "id"],
        unique=False,
    )
    op.create_index("ix_lot_balance_lot_id", "lot_balance", ["lot_id"], unique=False)
    op.create_table(
        "reservation",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum("supply", "earmark", name="purpose", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("line_id", sa.BigInteger(), nullable=False),
        sa.Column("warehouse_id", sa.BigInteger(), nullable=False),
        sa.Column("part_id", sa.BigInteger(), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("allocated", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("reserved_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("allocated BETWEEN 0 AND quantity", name=op.f("ck_reservation_allocated_within_quantity")),
        sa.CheckConstraint("quantity BETWEEN 0 AND 999999999", name=op.f("ck_reservation_quantity_range")),
        sa.ForeignKeyConstraint(
            ["line_id"],
            ["part_request_line.id"],
            name=op.f("fk_reservation_line_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["warehouse_id", "part_id", "owner_id"],
            ["balance.warehouse_id", "balance.part_id", "balance.owner_id"],
            name=op.f("fk_reservation_warehouse_id_part_id_owner_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reservation")),
        postgresql_with={"fillfactor": "85"},
    )
    op.create_index("ix_reservation_line_id", "reservation", ["line_id"], unique=False)
    op.create_index(
        "ix_reservation_open",
        "reservation",
        ["warehouse_id", "part_id", "owner_id"],
        unique=False,
        postgresql_where=sa.text("quantity > 0"),
    )
    op.create_table(
        "allocation",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("reservation_id", sa.BigInteger(), nullable=False),
        sa.Column("lot_balance_id", sa.BigInteger(), nullable=True),
        sa.Column("lot_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("older_free", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("override_reason", sa.String(length=200), nullable=True),
        sa.Column("actor_id", sa.BigInteger(), nullable=False),
        sa.Column("command_id", sa.BigInteger(), nullable=False),
        sa.Column("allocated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(quantity = 0) = (lot_balance_id IS NULL)", name=op.f("ck_allocation_lies_somewhere")),
        sa.CheckConstraint("older_free = 0 OR override_reason IS NOT NULL", name=op.f("ck_allocation_fifo_or_reason")),
        sa.CheckConstraint("quantity BETWEEN 0 AND 999999999", name=op.f("ck_allocation_quantity_range")),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_allocation_actor_id")),
        sa.ForeignKeyConstraint(["command_id"], ["command.id"], name=op.f("fk_allocation_command_id")),
        sa.ForeignKeyConstraint(["lot_balance_id"], ["lot_balance.id"], name=op.f("fk_allocation_lot_balance_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_allocation_lot_id")),
        sa.ForeignKeyConstraint(["reservation_id"], ["reservation.id"], name=op.f("fk_allocation_reservation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocation")),
        postgresql_with={"fillfactor": "85"},
    )
    op.create_index(
        "ix_allocation_lot_balance_id",
        "allocation",
        ["lot_balance_id"],
        unique=False,
        postgresql_where=sa.text("quantity > 0"),
    )
    op.create_index("ix_allocation_reservation_id", "allocation", ["reservation_id"], unique=False)


def downgrade() -> None:
    op.drop_table("allocation")
    op.drop_table("reservation")
    op.drop_table("lot_balance")
    op.drop_table("balance")
    op.drop_table("move")
    op.drop_table("unit")
    op.drop_table("lot")
