"""Delivery terms, part requests and their lines, promises."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "delivery_term",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "delivery_class",
            sa.Enum(
                "on_site",
                "same_city",
                "same_province",
                "out_of_province",
                name="delivery_class",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_to", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("hours BETWEEN 0 AND 8760", name=op.f("ck_delivery_term_hours_range")),
        sa.CheckConstraint("valid_to > valid_from", name=op.f("ck_delivery_term_validity")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_term")),
        sa.UniqueConstraint("delivery_class", "valid_from", name=op.f("uq_delivery_term_delivery_class_valid_from")),
    )
    op.create_table(
        "part_request",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, start=100001), nullable=False),
        sa.Column("warehouse_id", sa.BigInteger(), nullable=False),
        sa.Column("work_order_id", sa.BigInteger(), nullable=True),
        sa.Column("requested_by_id", sa.BigInteger(), nullable=False),
        sa.Column("priority", sa.SmallInteger(), server_default="5", nullable=False),
        sa.Column("needed_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.String(length=200), server_default="", nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("priority BETWEEN 1 AND 9", name=op.f("ck_part_request_priority_range")),
        sa.ForeignKeyConstraint(["requested_by_id"], ["person.id"], name=op.f("fk_part_request_requested_by_id")),
        sa.ForeignKeyConstraint(["warehouse_id"], ["warehouse.id"], name=op.f("fk_part_request_warehouse_id")),
        sa.ForeignKeyConstraint(["work_order_id"], ["work_order.id"], name=op.f("fk_part_request_work_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_part_request")),
    )
    op.create_index("ix_part_request_warehouse_id", "part_request", ["warehouse_id", "id"], unique=False)
    op.create_index(
        "ix_part_request_work_order_id",
        "part_request",
        ["work_order_id"],
        unique=False,
        postgresql_where=sa.text("work_order_id IS NOT NULL"),
    )
    op.create_table(
        "part_request_line",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("request_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("part_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("back_ordered", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("reserved", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("released", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("issued", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("received", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("cancelled", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column(
            "status",
            sa.String(length=24),
            sa.Computed(
                "CASE WHEN back_ordered > 0 THEN 'back_ordered' WHEN reserved > 0 THEN 'reserved' WHEN released > 0 THEN 'released' WHEN issued > received THEN 'in_transit' WHEN received > 0 THEN 'received' ELSE 'cancelled' END",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.Column("preferred_source_id", sa.BigInteger(), nullable=True),
        sa.Column("responsible_id", sa.BigInteger(), nullable=False),
        sa.Column("next_review_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_promised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("promised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "breach_cause",
            sa.Enum(
                "out_of_stock",
                "picked_late",
                "pick_exception",
                "carrier_late",
                "transport_loss",
                name="breach_cause",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.CheckConstraint(
            "(status = 'received') = (received_at IS NOT NULL)",
            name=op.f("ck_part_request_line_received_at_the_end"),
        ),
        sa.CheckConstraint(
            "status IN ('received', 'cancelled') OR next_review_at IS NOT NULL",
            name=op.f("ck_part_request_line_open_line_has_a_clock"),
        ),
        sa.CheckConstraint(
            "back_ordered BETWEEN 0 AND 999999999", name=op.f("ck_part_request_line_back_ordered_range")
        ),
        sa.CheckConstraint("cancelled BETWEEN 0 AND 999999999", name=op.f("ck_part_request_line_cancelled_range")),
        sa.CheckConstraint("issued BETWEEN 0 AND 999999999", name=op.f("ck_part_request_line_issued_range")),
        sa.CheckConstraint(
            "quantity = back_ordered + reserved + released + issued + cancelled",
            name=op.f("ck_part_request_line_every_unit_accounted_for"),
        ),
        sa.CheckConstraint("quantity BETWEEN 1 AND 999999999", name=op.f("ck_part_request_line_quantity_range")),
        sa.CheckConstraint("received BETWEEN 0 AND issued", name=op.f("ck_part_request_line_received_within_issued")),
        sa.CheckConstraint("released BETWEEN 0 AND 999999999", name=op.f("ck_part_request_line_released_range")),
        sa.CheckConstraint("reserved BETWEEN 0 AND 999999999", name=op.f("ck_part_request_line_reserved_range")),
        sa.ForeignKeyConstraint(["part_id"], ["part.id"], name=op.f("fk_part_request_line_part_id")),
        sa.ForeignKeyConstraint(
            ["preferred_source_id"], ["warehouse.id"], name=op.f("fk_part_request_line_preferred_source_id")
        ),
        sa.ForeignKeyConstraint(["request_id"], ["part_request.id"], name=op.f("fk_part_request_line_request_id")),
        sa.ForeignKeyConstraint(["responsible_id"], ["person.id"], name=op.f("fk_part_request_line_responsible_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_part_request_line")),
        sa.UniqueConstraint("request_id", "position", name=op.f("uq_part_request_line_request_id_position")),
        postgresql_with={"fillfactor": "85"},
    )
    op.create_index(
        "ix_part_request_line_back_ordered",
        "part_request_line",
        ["part_id"],
        unique=False,
        postgresql_where=sa.text("back_ordered > 0"),
    )
    op.create_index(
        "ix_part_request_line_open",
        "part_request_line",
        ["promised_at"],
        unique=False,
        postgresql_where=sa.text("status NOT IN ('received', 'cancelled')"),
    )
    op.create_table(
        "promise",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("line_id", sa.BigInteger(), nullable=False),
        sa.Column("source_id", sa.BigInteger(), nullable=True),
        sa.Column("part_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column(
            "delivery_class",
            sa.Enum(
                "on_site",
                "same_city",
                "same_province",
                "out_of_province",
                name="delivery_class",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("promised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=False),
        sa.Column("command_id", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("quantity BETWEEN 1 AND 999999999", name=op.f("ck_promise_quantity_range")),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_promise_actor_id")),
        sa.ForeignKeyConstraint(["command_id"], ["command.id"], name=op.f("fk_promise_command_id")),
        sa.ForeignKeyConstraint(["line_id"], ["part_request_line.id"], name=op.f("fk_promise_line_id")),
        sa.ForeignKeyConstraint(["part_id"], ["part.id"], name=op.f("fk_promise_part_id")),
        sa.ForeignKeyConstraint(["source_id"], ["warehouse.id"], name=op.f("fk_promise_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promise")),
    )
    op.create_index("ix_promise_line_id", "promise", ["line_id", "id"], unique=False)


def downgrade() -> None:
    op.drop_table("promise")
    op.drop_table("part_request_line")
    op.drop_table("part_request")
    op.drop_table("delivery_term")
