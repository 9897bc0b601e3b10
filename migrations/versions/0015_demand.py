"""Demand history."""

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Filled in with the context's first tables."""


def downgrade() -> None:
    """Likewise."""
