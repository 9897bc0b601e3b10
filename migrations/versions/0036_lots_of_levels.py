"""What a mean day of a year asks for, and what a unit that is bought was taken to cost, beside each level.

A lot is as large as they say. Levels that stand have neither until the next night.
"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the figures."""
    op.add_column("stock_level", sa.Column("year_mean", sa.Double(), nullable=True))
    op.add_column("stock_level", sa.Column("unit_worth", sa.Double(), nullable=True))


def downgrade() -> None:
    """Drop them."""
    op.drop_column("stock_level", "unit_worth")
    op.drop_column("stock_level", "year_mean")
