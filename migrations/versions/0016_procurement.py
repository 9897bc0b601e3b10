"""Suppliers, their parts and prices, purchase orders."""

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Filled in with the context's first tables."""


def downgrade() -> None:
    """Likewise."""
