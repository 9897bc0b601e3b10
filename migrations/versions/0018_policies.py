"""Planning policies."""

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Filled in with the context's first tables."""


def downgrade() -> None:
    """Likewise."""
