"""Transfer orders: requests with a fixed source, set aside there under a purpose of their own, free where they arrive.

Older releases write neither of the new columns: what they ask for has no fixed source, and is kept for its line.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

PURPOSE = (
    "CASE WHEN source_id IS NOT NULL THEN 'transfer' WHEN work_order_id IS NOT NULL THEN 'work_order' ELSE 'shelf' END"
)


def upgrade() -> None:
    op.add_column("part_request", sa.Column("source_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_part_request_source_id"), "part_request", "warehouse", ["source_id"], ["id"])
    op.add_column(
        "part_request",
        sa.Column("purpose", sa.String(length=24), sa.Computed(PURPOSE, persisted=True), nullable=False),
    )
    op.create_check_constraint(op.f("ck_part_request_two_warehouses"), "part_request", "source_id <> warehouse_id")
    op.create_check_constraint(
        op.f("ck_part_request_transfer_for_nobody"), "part_request", "source_id IS NULL OR work_order_id IS NULL"
    )
    op.create_index(
        "ix_part_request_source_id",
        "part_request",
        ["source_id", "id"],
        unique=False,
        postgresql_where=sa.text("source_id IS NOT NULL"),
    )
    op.add_column("part_request_line", sa.Column("source_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_part_request_line_source_id"), "part_request_line", "warehouse", ["source_id"], ["id"]
    )
    op.create_check_constraint(
        op.f("ck_part_request_line_transfer_never_waits"), "part_request_line", "source_id IS NULL OR back_ordered = 0"
    )
    op.add_column(
        "shipment_line", sa.Column("for_stock", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.drop_constraint(op.f("ck_reservation_purpose"), "reservation", type_="check")
    op.create_check_constraint(
        op.f("ck_reservation_purpose"), "reservation", "purpose IN ('supply', 'transfer', 'earmark')"
    )


def downgrade() -> None:
    """What was to move becomes what the shelf of its destination asked for: nothing set aside or under way is lost."""
    op.drop_constraint(op.f("ck_reservation_purpose"), "reservation", type_="check")
    op.execute("UPDATE reservation SET purpose = 'supply' WHERE purpose = 'transfer'")
    op.create_check_constraint(op.f("ck_reservation_purpose"), "reservation", "purpose IN ('supply', 'earmark')")
    op.drop_column("shipment_line", "for_stock")
    op.drop_column("part_request_line", "source_id")
    op.drop_column("part_request", "purpose")
    op.drop_column("part_request", "source_id")
