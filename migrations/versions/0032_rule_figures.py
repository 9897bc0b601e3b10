"""What each rule of service gets is folded with the planners' figures, to be held against what it asks for."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the figures by rule and warehouse; the next fold fills them."""
    op.create_table(
        "rule_figure",
        sa.Column("policy_id", sa.BigInteger(), nullable=False),
        sa.Column("warehouse_id", sa.BigInteger(), nullable=False),
        sa.Column("places", sa.BigInteger(), nullable=False),
        sa.Column("own", sa.Double(), nullable=False),
        sa.Column("own_filled", sa.Double(), nullable=False),
        sa.Column("asked", sa.BigInteger(), nullable=False),
        sa.Column("filled", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["policy_id"], ["planning_policy.id"], name=op.f("fk_rule_figure_policy_id")),
        sa.ForeignKeyConstraint(["warehouse_id"], ["warehouse.id"], name=op.f("fk_rule_figure_warehouse_id")),
        sa.PrimaryKeyConstraint("policy_id", "warehouse_id", name=op.f("pk_rule_figure")),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("rule_figure")
