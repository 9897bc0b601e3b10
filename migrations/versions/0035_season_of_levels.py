"""How much more a day until a delivery asks for than one of this month, beside each level; one without a season."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the figure."""
    op.add_column("stock_level", sa.Column("season", sa.Double(), server_default="1", nullable=False))
    op.create_check_constraint(op.f("ck_stock_level_season_above_nothing"), "stock_level", "season > 0")


def downgrade() -> None:
    """Drop it."""
    op.drop_constraint(op.f("ck_stock_level_season_above_nothing"), "stock_level", type_="check")
    op.drop_column("stock_level", "season")
