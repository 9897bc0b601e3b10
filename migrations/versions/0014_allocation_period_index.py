"""An index on when lots were given out: the proof of first in, first out is asked for a period.

Without it every look at a day read all allocations that ever were.
"""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_allocation_allocated_at", "allocation", ["allocated_at"])


def downgrade() -> None:
    op.drop_index("ix_allocation_allocated_at", "allocation")
