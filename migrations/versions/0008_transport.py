"""Carriers, shipments, handling units, tracking."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "carrier",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name_zh", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), server_default="", nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carrier")),
        sa.UniqueConstraint("code", name=op.f("uq_carrier_code")),
    )
    op.create_table(
        "shipment",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, start=100001), nullable=False),
        sa.Column("source_id", sa.BigInteger(), nullable=False),
        sa.Column("destination_id", sa.BigInteger(), nullable=False),
        sa.Column("carrier_id", sa.BigInteger(), nullable=True),
        sa.Column("carrier_reference", sa.String(length=200), server_default="", nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "shipped",
                "receiving",
                "received",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("shipped_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(status = 'received') = (received_at IS NOT NULL)", name=op.f("ck_shipment_received_at_the_end")
        ),
        sa.CheckConstraint("source_id <> destination_id", name=op.f("ck_shipment_two_warehouses")),
        sa.ForeignKeyConstraint(["carrier_id"], ["carrier.id"], name=op.f("fk_shipment_carrier_id")),
        sa.ForeignKeyConstraint(["destination_id"], ["warehouse.id"], name=op.f("fk_shipment_destination_id")),
        sa.ForeignKeyConstraint(["source_id"], ["warehouse.id"], name=op.f("fk_shipment_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipment")),
    )
    op.create_index("ix_shipment_destination_id", "shipment", ["destination_id", "status"], unique=False)
    op.create_index("ix_shipment_source_id", "shipment", ["source_id", "status"], unique=False)
    op.create_table(
        "handling_unit",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, start=100001), nullable=False),
        sa.Column("sscc", sa.String(length=18), nullable=True),
        sa.Column("warehouse_id", sa.BigInteger(), nullable=False),
        sa.Column("destination_id", sa.BigInteger(), nullable=False),
        sa.Column("shipment_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "open",
                "closed",
                "shipped",
                "received",
                "cancelled",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("sscc ~ '^[0-9]{18}$'", name=op.f("ck_handling_unit_sscc_digits")),
        sa.CheckConstraint(
            "status IN ('open', 'cancelled') OR sscc IS NOT NULL", name=op.f("ck_handling_unit_labelled_when_closed")
        ),
        sa.CheckConstraint(
            "(status IN ('shipped', 'received')) = (shipment_id IS NOT NULL)",
            name=op.f("ck_handling_unit_shipped_in_a_shipment"),
        ),
        sa.ForeignKeyConstraint(["destination_id"], ["warehouse.id"], name=op.f("fk_handling_unit_destination_id")),
        sa.ForeignKeyConstraint(["shipment_id"], ["shipment.id"], name=op.f("fk_handling_unit_shipment_id")),
        sa.ForeignKeyConstraint(["warehouse_id"], ["warehouse.id"], name=op.f("fk_handling_unit_warehouse_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handling_unit")),
        sa.UniqueConstraint("sscc", name=op.f("uq_handling_unit_sscc")),
    )
    op.create_index("ix_handling_unit_shipment_id", "handling_unit", ["shipment_id"], unique=False)
    op.create_index("ix_handling_unit_warehouse_id", "handling_unit", ["warehouse_id", "status"], unique=False)
    op.create_table(
        "shipment_line",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("shipment_id", sa.BigInteger(), nullable=False),
        sa.Column("handling_unit_id", sa.BigInteger(), nullable=False),
        sa.Column("line_id", sa.BigInteger(), nullable=False),
        sa.Column("part_id", sa.BigInteger(), nullable=False),
        sa.Column("lot_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("damaged", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("missing", sa.BigInteger(), server_default="0", nullable=False),
        sa.CheckConstraint("damaged BETWEEN 0 AND 999999999", name=op.f("ck_shipment_line_damaged_range")),
        sa.CheckConstraint("missing BETWEEN 0 AND 999999999", name=op.f("ck_shipment_line_missing_range")),
        sa.CheckConstraint("priority BETWEEN 1 AND 9", name=op.f("ck_shipment_line_priority_range")),
        sa.CheckConstraint("quantity BETWEEN 1 AND 999999999", name=op.f("ck_shipment_line_quantity_range")),
        sa.CheckConstraint(
            "received + damaged + missing <= quantity", name=op.f("ck_shipment_line_accounted_within_sent")
        ),
        sa.CheckConstraint("received BETWEEN 0 AND 999999999", name=op.f("ck_shipment_line_received_range")),
        sa.ForeignKeyConstraint(
            ["handling_unit_id"], ["handling_unit.id"], name=op.f("fk_shipment_line_handling_unit_id")
        ),
        sa.ForeignKeyConstraint(["line_id"], ["part_request_line.id"], name=op.f("fk_shipment_line_line_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_shipment_line_lot_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["stock_owner.id"], name=op.f("fk_shipment_line_owner_id")),
        sa.ForeignKeyConstraint(["part_id"], ["part.id"], name=op.f("fk_shipment_line_part_id")),
        sa.ForeignKeyConstraint(["shipment_id"], ["shipment.id"], name=op.f("fk_shipment_line_shipment_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_shipment_line_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipment_line")),
        sa.UniqueConstraint(
            "handling_unit_id",
            "line_id",
            "lot_id",
            "unit_id",
            name=op.f("uq_shipment_line_handling_unit_id_line_id_lot_id_unit_id"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index("ix_shipment_line_line_id", "shipment_line", ["line_id"], unique=False)
    op.create_index("ix_shipment_line_shipment_id", "shipment_line", ["shipment_id"], unique=False)
    op.create_table(
        "tracking_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("shipment_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "departed",
                "arrived",
                "delayed",
                "out_for_delivery",
                "delivered",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("place", sa.String(length=200), server_default="", nullable=False),
        sa.Column("note", sa.String(length=200), server_default="", nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_tracking_event_actor_id")),
        sa.ForeignKeyConstraint(["shipment_id"], ["shipment.id"], name=op.f("fk_tracking_event_shipment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tracking_event")),
    )
    op.create_index("ix_tracking_event_shipment_id", "tracking_event", ["shipment_id", "id"], unique=False)


def downgrade() -> None:
    op.drop_table("tracking_event")
    op.drop_table("shipment_line")
    op.drop_table("handling_unit")
    op.drop_table("shipment")
    op.drop_table("carrier")
