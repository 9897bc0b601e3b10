"""Fill is counted in orders, and nothing adds up units: pieces, grams and millimetres have no sum.

What stands stays as it was folded until the next fold counts it anew.
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_UNITS = ("on_hand", "target", "missing", "excess", "surplus")
_OVERRIDDEN = {"overridden_flow": "overridden_own", "overridden_flow_filled": "overridden_own_filled"}


def upgrade() -> None:
    """Drop the sums of units; keep of places with an override the end demand, as of all places."""
    for name in _UNITS:
        op.drop_column("planning_figure", name)
    for before, after in _OVERRIDDEN.items():
        op.alter_column("planning_figure", before, new_column_name=after)


def downgrade() -> None:
    """Add the sums of units, of nothing until the next fold."""
    for before, after in _OVERRIDDEN.items():
        op.alter_column("planning_figure", after, new_column_name=before)
    for name in _UNITS:
        op.add_column("planning_figure", sa.Column(name, sa.BigInteger(), server_default=sa.text("0"), nullable=False))
        op.alter_column("planning_figure", name, server_default=None)
