"""Transfer orders."""

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Filled in with the context's first tables."""


def downgrade() -> None:
    """Likewise."""
