"""How many units one who asks wants stands beside a level, so that promises at risk are counted in orders.

Levels that stand say one until the next run writes them; what is proposed counts orders from then on.
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the mean size of a demand."""
    op.add_column("stock_level", sa.Column("demand_size", sa.Double(), server_default="1", nullable=False))
    op.create_check_constraint(op.f("ck_stock_level_demand_of_a_unit_at_least"), "stock_level", "demand_size >= 1")


def downgrade() -> None:
    """Drop it."""
    op.drop_constraint(op.f("ck_stock_level_demand_of_a_unit_at_least"), "stock_level", type_="check")
    op.drop_column("stock_level", "demand_size")
