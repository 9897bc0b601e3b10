"""An index on where allocated stock lies that also serves the check when an emptied lot position is forgotten.

The foreign key asks for `lot_balance_id = $1` and says nothing of the quantity: with `quantity > 0` as its condition the
index could not be used, and every position that was forgotten read the whole table.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

NAME, TABLE, COLUMNS = "ix_allocation_lot_balance_id", "allocation", ["lot_balance_id"]


def upgrade() -> None:
    op.drop_index(NAME, TABLE)
    op.create_index(NAME, TABLE, COLUMNS, postgresql_where=sa.text("lot_balance_id IS NOT NULL"))


def downgrade() -> None:
    op.drop_index(NAME, TABLE)
    op.create_index(NAME, TABLE, COLUMNS, postgresql_where=sa.text("quantity > 0"))
