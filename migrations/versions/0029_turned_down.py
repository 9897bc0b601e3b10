"""What somebody turned down rests, and what is proposed after it tells of it."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep with a proposal the one before it that was turned down, and how many units repairs wait for."""
    op.add_column("proposal", sa.Column("waited_for", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("proposal", sa.Column("turned_down_id", sa.BigInteger()))
    op.create_foreign_key(op.f("fk_proposal_turned_down_id"), "proposal", "proposal", ["turned_down_id"], ["id"])
    op.create_index("uq_proposal_turned_down_id", "proposal", ["turned_down_id"], unique=True)
    rejected = sa.text("status = 'rejected'")
    op.create_index("ix_proposal_rejected", "proposal", ["part_id"], postgresql_where=rejected)


def downgrade() -> None:
    """Forget both."""
    op.drop_index("ix_proposal_rejected", "proposal")
    op.drop_index("uq_proposal_turned_down_id", "proposal")
    op.drop_constraint(op.f("fk_proposal_turned_down_id"), "proposal", type_="foreignkey")
    op.drop_column("proposal", "turned_down_id")
    op.drop_column("proposal", "waited_for")
