"""Replenishment runs, stock levels and proposals."""

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Filled in with the context's first tables."""


def downgrade() -> None:
    """Likewise."""
