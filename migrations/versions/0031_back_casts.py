"""Forecasts of months that were over before the first was kept are told as worked out afterwards."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Mark them; what stands was kept when its month began."""
    op.add_column(
        "forecast_month", sa.Column("back_cast", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )


def downgrade() -> None:
    """Leave out what was worked out afterwards: nothing would tell it apart."""
    op.execute("DELETE FROM forecast_month WHERE back_cast")
    op.drop_column("forecast_month", "back_cast")
