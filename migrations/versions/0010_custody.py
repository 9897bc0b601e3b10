"""Parts in engineers' custody."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "drawn_part",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("line_id", sa.BigInteger(), nullable=False),
        sa.Column("work_order_id", sa.BigInteger(), nullable=True),
        sa.Column("warehouse_id", sa.BigInteger(), nullable=False),
        sa.Column("engineer_id", sa.BigInteger(), nullable=False),
        sa.Column("part_id", sa.BigInteger(), nullable=False),
        sa.Column("lot_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("fitted", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("given_back", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("fitted + given_back <= quantity", name=op.f("ck_drawn_part_used_within_drawn")),
        sa.CheckConstraint("fitted BETWEEN 0 AND 999999999", name=op.f("ck_drawn_part_fitted_range")),
        sa.CheckConstraint("given_back BETWEEN 0 AND 999999999", name=op.f("ck_drawn_part_given_back_range")),
        sa.CheckConstraint("quantity BETWEEN 1 AND 999999999", name=op.f("ck_drawn_part_quantity_range")),
        sa.ForeignKeyConstraint(["engineer_id"], ["person.id"], name=op.f("fk_drawn_part_engineer_id")),
        sa.ForeignKeyConstraint(["line_id"], ["part_request_line.id"], name=op.f("fk_drawn_part_line_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_drawn_part_lot_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["stock_owner.id"], name=op.f("fk_drawn_part_owner_id")),
        sa.ForeignKeyConstraint(["part_id"], ["part.id"], name=op.f("fk_drawn_part_part_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_drawn_part_unit_id")),
        sa.ForeignKeyConstraint(["warehouse_id"], ["warehouse.id"], name=op.f("fk_drawn_part_warehouse_id")),
        sa.ForeignKeyConstraint(["work_order_id"], ["work_order.id"], name=op.f("fk_drawn_part_work_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drawn_part")),
    )
    op.create_index(
        "ix_drawn_part_engineer_id",
        "drawn_part",
        ["engineer_id"],
        unique=False,
        postgresql_where=sa.text("fitted + given_back < quantity"),
    )
    op.create_index("ix_drawn_part_line_id", "drawn_part", ["line_id"], unique=False)


def downgrade() -> None:
    op.drop_table("drawn_part")
