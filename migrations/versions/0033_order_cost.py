"""What a line of a purchase order costs; with it what is bought comes in economic lots. As installed, nothing."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the figure."""
    op.add_column(
        "planning_setting",
        sa.Column("order_cost", sa.Numeric(precision=18, scale=4), server_default="0", nullable=False),
    )
    op.create_check_constraint(
        op.f("ck_planning_setting_order_cost_range"), "planning_setting", "order_cost BETWEEN 0 AND 99999999999"
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_constraint(op.f("ck_planning_setting_order_cost_range"), "planning_setting", type_="check")
    op.drop_column("planning_setting", "order_cost")
