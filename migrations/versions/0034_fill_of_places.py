"""What a place is expected to fill and really filled is told place by place; figures say by which margin they were made.

The planning figures get a version, so that of two planners who change them at once the second is asked again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None
_FLOATS = ("flow", "own", "expected_fill")
_LINES = ("asked", "filled")


def upgrade() -> None:
    """Add the columns; the next fold fills those of places. What was folded went by the margin that stands."""
    for name in _FLOATS:
        op.add_column("place_standing", sa.Column(name, sa.Double(), server_default="0", nullable=False))
    for name in _LINES:
        op.add_column("place_standing", sa.Column(name, sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("place_standing", sa.Column("policy_id", sa.BigInteger(), nullable=True))
    op.add_column("figures_fold", sa.Column("surplus_margin", sa.Numeric(precision=9, scale=4), nullable=True))
    op.execute("UPDATE figures_fold SET surplus_margin = (SELECT surplus_margin FROM planning_setting)")
    op.alter_column("figures_fold", "surplus_margin", nullable=False)
    op.add_column("planning_setting", sa.Column("version", sa.Integer(), server_default="1", nullable=False))


def downgrade() -> None:
    """Drop them."""
    op.drop_column("planning_setting", "version")
    op.drop_column("figures_fold", "surplus_margin")
    for name in ("policy_id", *_LINES, *_FLOATS):
        op.drop_column("place_standing", name)
