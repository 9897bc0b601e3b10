"""A buyer may choose another supplier on a proposal; it is an edit, kept with who made it and when."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

BY_SOMEBODY = "ck_proposal_edited_by_somebody"
NOTHING_EDITED = "num_nulls(edited_quantity, chosen_supplier_part_id) = 2"


def upgrade() -> None:
    """Keep the chosen supplier part, which no run takes back."""
    op.add_column("proposal", sa.Column("chosen_supplier_part_id", sa.BigInteger()))
    op.create_foreign_key(
        op.f("fk_proposal_chosen_supplier_part_id"), "proposal", "supplier_part", ["chosen_supplier_part_id"], ["id"]
    )
    op.drop_constraint(op.f(BY_SOMEBODY), "proposal", type_="check")
    told = f"num_nulls(edited_by_id, edited_at) = CASE WHEN {NOTHING_EDITED} THEN 2 ELSE 0 END"
    op.create_check_constraint(op.f(BY_SOMEBODY), "proposal", told)


def downgrade() -> None:
    """Leave the supplier to the runs."""
    op.drop_constraint(op.f(BY_SOMEBODY), "proposal", type_="check")
    op.execute("UPDATE proposal SET edited_by_id = NULL, edited_at = NULL WHERE edited_quantity IS NULL")
    told = "num_nulls(edited_quantity, edited_by_id, edited_at) IN (0, 3)"
    op.create_check_constraint(op.f(BY_SOMEBODY), "proposal", told)
    op.drop_constraint(op.f("fk_proposal_chosen_supplier_part_id"), "proposal", type_="foreignkey")
    op.drop_column("proposal", "chosen_supplier_part_id")
