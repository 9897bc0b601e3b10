"""What a run releases by itself is found in its order, however much it proposed."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Index what waits for no person."""
    op.create_index(
        "ix_proposal_releasable",
        "proposal",
        ["run_id", "source_id", "warehouse_id", "id"],
        postgresql_where=sa.text("status = 'open' AND kind <> 'purchase' AND held IS NULL"),
    )


def downgrade() -> None:
    """Drop the index."""
    op.drop_index("ix_proposal_releasable", "proposal")
