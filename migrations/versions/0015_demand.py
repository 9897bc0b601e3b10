"""Demand history: what was asked for by day, how far it is folded, what planners marked, which appliances are in use.

A block-range index on when a request was made finds the requests of a day: they are written in the order of time, so
that it costs next to nothing where every request is accepted.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "demand_day",
        sa.Column("part_id", sa.BigInteger(), nullable=False),
        sa.Column("warehouse_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("source_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "origin",
            sa.Enum("asked", "imported", name="origin", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("quantity BETWEEN 0 AND 999999999", name=op.f("ck_demand_day_quantity_range")),
        sa.ForeignKeyConstraint(["part_id"], ["part.id"], name=op.f("fk_demand_day_part_id")),
        sa.ForeignKeyConstraint(["source_id"], ["warehouse.id"], name=op.f("fk_demand_day_source_id")),
        sa.ForeignKeyConstraint(["warehouse_id"], ["warehouse.id"], name=op.f("fk_demand_day_warehouse_id")),
        sa.PrimaryKeyConstraint(
            "part_id", "warehouse_id", "asked_on", "source_id", "origin", name=op.f("pk_demand_day")
        ),
    )
    op.create_index("ix_demand_day_asked_on", "demand_day", ["asked_on"], unique=False)
    op.create_table(
        "demand_beginning",
        sa.Column("warehouse_id", sa.BigInteger(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["warehouse_id"], ["warehouse.id"], name=op.f("fk_demand_beginning_warehouse_id")),
        sa.PrimaryKeyConstraint("warehouse_id", name=op.f("pk_demand_beginning")),
    )
    op.create_table(
        "demand_fold",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("folded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demand_fold")),
    )
    op.create_table(
        "demand_mark",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("part_id", sa.BigInteger(), nullable=False),
        sa.Column("warehouse_id", sa.BigInteger(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("outlier", "one_off", name="kind", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("counts_as", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("marked_by_id", sa.BigInteger(), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_by_id", sa.BigInteger(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("EXTRACT(day FROM month) = 1", name=op.f("ck_demand_mark_month_by_its_first_day")),
        sa.CheckConstraint(
            "(undone_at IS NULL) = (undone_by_id IS NULL)", name=op.f("ck_demand_mark_undone_by_somebody")
        ),
        sa.CheckConstraint("counts_as BETWEEN 0 AND 999999999", name=op.f("ck_demand_mark_counts_as_range")),
        sa.ForeignKeyConstraint(["marked_by_id"], ["person.id"], name=op.f("fk_demand_mark_marked_by_id")),
        sa.ForeignKeyConstraint(["part_id"], ["part.id"], name=op.f("fk_demand_mark_part_id")),
        sa.ForeignKeyConstraint(["undone_by_id"], ["person.id"], name=op.f("fk_demand_mark_undone_by_id")),
        sa.ForeignKeyConstraint(["warehouse_id"], ["warehouse.id"], name=op.f("fk_demand_mark_warehouse_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demand_mark")),
    )
    op.create_index(
        "uq_demand_mark_standing",
        "demand_mark",
        ["part_id", "warehouse_id", "month"],
        unique=True,
        postgresql_where=sa.text("undone_at IS NULL"),
    )
    op.create_table(
        "installed_base",
        sa.Column("model_id", sa.BigInteger(), nullable=False),
        sa.Column("warehouse_id", sa.BigInteger(), nullable=False),
        sa.Column("counted_on", sa.Date(), nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("units BETWEEN 0 AND 999999999", name=op.f("ck_installed_base_units_range")),
        sa.ForeignKeyConstraint(["model_id"], ["product_model.id"], name=op.f("fk_installed_base_model_id")),
        sa.ForeignKeyConstraint(["warehouse_id"], ["warehouse.id"], name=op.f("fk_installed_base_warehouse_id")),
        sa.PrimaryKeyConstraint("model_id", "warehouse_id", "counted_on", name=op.f("pk_installed_base")),
    )
    op.create_index(
        "ix_part_request_requested_at", "part_request", ["requested_at"], unique=False, postgresql_using="brin"
    )


def downgrade() -> None:
    op.drop_index("ix_part_request_requested_at", table_name="part_request")
    op.drop_table("installed_base")
    op.drop_table("demand_mark")
    op.drop_table("demand_fold")
    op.drop_table("demand_beginning")
    op.drop_table("demand_day")
