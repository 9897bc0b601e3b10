"""Replenishment runs, stock levels and proposals."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "planning_run",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, start=100001), nullable=False),
        sa.Column(
            "trigger",
            sa.Enum(
                "nightly", "urgent", "manual", name="trigger", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column("as_of_on", sa.Date(), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("parts", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("parts_done", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("constants", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("figures", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("requested_by_id", sa.BigInteger(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("finished_at >= started_at", name=op.f("ck_planning_run_ends_after_it_starts")),
        sa.CheckConstraint("parts_done BETWEEN 0 AND parts", name=op.f("ck_planning_run_parts_done_of_parts")),
        sa.ForeignKeyConstraint(["requested_by_id"], ["person.id"], name=op.f("fk_planning_run_requested_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_planning_run")),
    )
    op.create_index("ix_planning_run_requested_at", "planning_run", ["requested_at"], unique=False)
    op.create_index(
        "uq_planning_run_unfinished",
        "planning_run",
        ["trigger"],
        unique=True,
        postgresql_where=sa.text("finished_at IS NULL"),
    )
    op.create_table(
        "stock_level",
        sa.Column("part_id", sa.BigInteger(), nullable=False),
        sa.Column("warehouse_id", sa.BigInteger(), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("source_id", sa.BigInteger(), nullable=True),
        sa.Column("stocked", sa.Boolean(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("method", sa.String(length=24), nullable=False),
        sa.Column("daily_mean", sa.Double(), nullable=False),
        sa.Column("lead_days", sa.Double(), nullable=False),
        sa.Column("review_days", sa.SmallInteger(), nullable=False),
        sa.Column("lead_mean", sa.Double(), nullable=False),
        sa.Column("lead_variance", sa.Double(), nullable=False),
        sa.Column("measure", sa.String(length=24), nullable=False),
        sa.Column("target", sa.Double(), nullable=False),
        sa.Column("expected_fill", sa.Double(), nullable=False),
        sa.Column("safety_stock", sa.BigInteger(), nullable=False),
        sa.Column("reorder_point", sa.BigInteger(), nullable=False),
        sa.Column("order_up_to", sa.BigInteger(), nullable=False),
        sa.Column("single_order_up_to", sa.BigInteger(), nullable=False),
        sa.Column("pack_size", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("order_minimum", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("order_maximum", sa.BigInteger(), nullable=True),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "daily_mean >= 0 AND lead_mean >= 0 AND lead_variance >= 0", name=op.f("ck_stock_level_demand_not_negative")
        ),
        sa.CheckConstraint("order_minimum BETWEEN 1 AND 999999999", name=op.f("ck_stock_level_order_minimum_range")),
        sa.CheckConstraint("order_up_to BETWEEN 0 AND 999999999", name=op.f("ck_stock_level_order_up_to_range")),
        sa.CheckConstraint("pack_size BETWEEN 1 AND 999999999", name=op.f("ck_stock_level_pack_size_range")),
        sa.CheckConstraint("reorder_point <= order_up_to", name=op.f("ck_stock_level_levels_ordered")),
        sa.CheckConstraint("reorder_point BETWEEN 0 AND 999999999", name=op.f("ck_stock_level_reorder_point_range")),
        sa.CheckConstraint("safety_stock BETWEEN 0 AND 999999999", name=op.f("ck_stock_level_safety_stock_range")),
        sa.CheckConstraint(
            "single_order_up_to BETWEEN 0 AND 999999999", name=op.f("ck_stock_level_single_order_up_to_range")
        ),
        sa.ForeignKeyConstraint(["part_id"], ["part.id"], name=op.f("fk_stock_level_part_id")),
        sa.ForeignKeyConstraint(["run_id"], ["planning_run.id"], name=op.f("fk_stock_level_run_id")),
        sa.ForeignKeyConstraint(["source_id"], ["warehouse.id"], name=op.f("fk_stock_level_source_id")),
        sa.ForeignKeyConstraint(["warehouse_id"], ["warehouse.id"], name=op.f("fk_stock_level_warehouse_id")),
        sa.PrimaryKeyConstraint("part_id", "warehouse_id", name=op.f("pk_stock_level")),
        postgresql_with={"fillfactor": "80"},
    )
    op.create_index(
        "ix_stock_level_urgent",
        "stock_level",
        ["part_id", "warehouse_id"],
        unique=False,
        postgresql_where=sa.text("urgent"),
    )
    op.create_index("ix_stock_level_warehouse_id", "stock_level", ["warehouse_id", "part_id"], unique=False)
    op.create_table(
        "proposal",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, start=100001), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "transfer",
                "purchase",
                "rebalancing",
                "excess_return",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "open",
                "released",
                "rejected",
                "withdrawn",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "held",
            sa.Enum(
                "over_limit",
                "short_at_source",
                "no_supplier",
                "purchase",
                "phase",
                name="held",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("part_id", sa.BigInteger(), nullable=False),
        sa.Column("warehouse_id", sa.BigInteger(), nullable=False),
        sa.Column("source_id", sa.BigInteger(), nullable=True),
        sa.Column("supplier_part_id", sa.BigInteger(), nullable=True),
        sa.Column("on_hand", sa.BigInteger(), nullable=False),
        sa.Column("reserved", sa.BigInteger(), nullable=False),
        sa.Column("in_transit", sa.BigInteger(), nullable=False),
        sa.Column("on_order", sa.BigInteger(), nullable=False),
        sa.Column("back_ordered", sa.BigInteger(), nullable=False),
        sa.Column("owed", sa.BigInteger(), nullable=False),
        sa.Column("reorder_point", sa.BigInteger(), nullable=False),
        sa.Column("order_up_to", sa.BigInteger(), nullable=False),
        sa.Column("pack_size", sa.BigInteger(), nullable=False),
        sa.Column("order_minimum", sa.BigInteger(), nullable=False),
        sa.Column("order_maximum", sa.BigInteger(), nullable=True),
        sa.Column("needed", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("edited_quantity", sa.BigInteger(), nullable=True),
        sa.Column("edited_by_id", sa.BigInteger(), nullable=True),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_quantity", sa.BigInteger(), nullable=True),
        sa.Column("unit_price", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("value", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("lead_days", sa.Double(), nullable=False),
        sa.Column("short_per_week", sa.Double(), nullable=False),
        sa.Column("order_by_on", sa.Date(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_reason", sa.String(length=200), server_default="", nullable=False),
        sa.Column("part_request_id", sa.BigInteger(), nullable=True),
        sa.Column("purchase_order_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'purchase') = (source_id IS NULL)", name=op.f("ck_proposal_purchase_has_no_source")
        ),
        sa.CheckConstraint("(status = 'open') = (decided_at IS NULL)", name=op.f("ck_proposal_decided_at_the_end")),
        sa.CheckConstraint(
            "(status = 'released') = (part_request_id IS NOT NULL OR purchase_order_id IS NOT NULL)",
            name=op.f("ck_proposal_released_into_an_order"),
        ),
        sa.CheckConstraint(
            "(status = 'released') = (released_quantity IS NOT NULL)", name=op.f("ck_proposal_released_so_much")
        ),
        sa.CheckConstraint(
            "status <> 'rejected' OR decision_reason <> ''", name=op.f("ck_proposal_rejected_with_a_reason")
        ),
        sa.CheckConstraint("edited_quantity BETWEEN 1 AND 999999999", name=op.f("ck_proposal_edited_quantity_range")),
        sa.CheckConstraint("needed BETWEEN 0 AND 999999999", name=op.f("ck_proposal_needed_range")),
        sa.CheckConstraint(
            "num_nulls(edited_quantity, edited_by_id, edited_at) IN (0, 3)", name=op.f("ck_proposal_edited_by_somebody")
        ),
        sa.CheckConstraint("quantity BETWEEN 0 AND 999999999", name=op.f("ck_proposal_quantity_range")),
        sa.CheckConstraint(
            "released_quantity BETWEEN 1 AND 999999999", name=op.f("ck_proposal_released_quantity_range")
        ),
        sa.CheckConstraint("source_id <> warehouse_id", name=op.f("ck_proposal_two_warehouses")),
        sa.CheckConstraint("value >= 0", name=op.f("ck_proposal_value_not_negative")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["person.id"], name=op.f("fk_proposal_decided_by_id")),
        sa.ForeignKeyConstraint(["edited_by_id"], ["person.id"], name=op.f("fk_proposal_edited_by_id")),
        sa.ForeignKeyConstraint(["part_id"], ["part.id"], name=op.f("fk_proposal_part_id")),
        sa.ForeignKeyConstraint(["part_request_id"], ["part_request.id"], name=op.f("fk_proposal_part_request_id")),
        sa.ForeignKeyConstraint(
            ["purchase_order_id"], ["purchase_order.id"], name=op.f("fk_proposal_purchase_order_id")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["planning_run.id"], name=op.f("fk_proposal_run_id")),
        sa.ForeignKeyConstraint(["source_id"], ["warehouse.id"], name=op.f("fk_proposal_source_id")),
        sa.ForeignKeyConstraint(["supplier_part_id"], ["supplier_part.id"], name=op.f("fk_proposal_supplier_part_id")),
        sa.ForeignKeyConstraint(["warehouse_id"], ["warehouse.id"], name=op.f("fk_proposal_warehouse_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
    )
    for name, column in (("ix_proposal_risk", "short_per_week"), ("ix_proposal_value", "value")):
        op.create_index(
            name, "proposal", ["kind", column, "id"], unique=False, postgresql_where=sa.text("status = 'open'")
        )
    op.create_index(
        "ix_proposal_released",
        "proposal",
        ["decided_at"],
        unique=False,
        postgresql_where=sa.text("status = 'released'"),
    )
    op.create_index("ix_proposal_run_id", "proposal", ["run_id"], unique=False)
    op.create_index("ix_proposal_warehouse_id", "proposal", ["warehouse_id", "status"], unique=False)
    op.create_index(
        "uq_proposal_open",
        "proposal",
        ["part_id", "warehouse_id", "kind"],
        unique=True,
        postgresql_where=sa.text("status = 'open'"),
    )


def downgrade() -> None:
    op.drop_table("proposal")
    op.drop_table("stock_level")
    op.drop_table("planning_run")
