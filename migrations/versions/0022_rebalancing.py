"""What is brought from shelf to shelf and taken back up."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

HELD = ("over_limit", "short_at_source", "no_supplier", "purchase", "phase")
PLACE = "CASE WHEN kind = 'excess_return' THEN source_id ELSE warehouse_id END"
MOVED = "kind IN ('rebalancing', 'excess_return')"


def upgrade() -> None:
    _may_be_held_as(*HELD, "below_minimum")
    op.add_column("planning_setting", sa.Column("surplus_days", sa.SmallInteger(), server_default="90", nullable=False))
    op.create_check_constraint(
        op.f("ck_planning_setting_surplus_days_range"), "planning_setting", "surplus_days BETWEEN 1 AND 3660"
    )
    op.add_column(
        "planning_setting",
        sa.Column("move_cost", sa.Numeric(precision=18, scale=4), server_default="5", nullable=False),
    )
    op.create_check_constraint(
        op.f("ck_planning_setting_move_cost_range"), "planning_setting", "move_cost BETWEEN 0 AND 99999999999"
    )
    op.add_column("proposal", sa.Column("source_free", sa.BigInteger(), nullable=True))
    op.add_column("proposal", sa.Column("source_keeps", sa.BigInteger(), nullable=True))
    op.add_column("proposal", sa.Column("benefit", sa.Numeric(precision=18, scale=4), nullable=True))
    op.execute(f"UPDATE proposal SET source_free = quantity, source_keeps = 0, benefit = 0 WHERE {MOVED}")
    op.create_check_constraint(
        op.f("ck_proposal_moved_for_a_benefit"),
        "proposal",
        f"num_nulls(source_free, source_keeps, benefit) = CASE WHEN {MOVED} THEN 0 ELSE 3 END",
    )
    op.create_check_constraint(
        op.f("ck_proposal_source_keeps_enough"), "proposal", "quantity <= source_free - source_keeps"
    )
    op.add_column("proposal", sa.Column("place_id", sa.BigInteger(), sa.Computed(PLACE, persisted=True)))
    op.drop_index("uq_proposal_open", "proposal")
    _one_open_by("part_id", "place_id", "kind")
    op.create_index(
        "ix_proposal_day",
        "proposal",
        ["kind", "order_by_on", "id"],
        unique=False,
        postgresql_where=sa.text("status = 'open'"),
    )


def downgrade() -> None:
    op.execute(f"DELETE FROM proposal WHERE status = 'open' AND {MOVED}")  # the next run proposes them anew
    op.execute("UPDATE proposal SET held = 'purchase' WHERE held = 'below_minimum'")
    op.drop_index("ix_proposal_day", "proposal")
    op.drop_index("uq_proposal_open", "proposal")
    _one_open_by("part_id", "warehouse_id", "kind")
    op.drop_constraint(op.f("ck_proposal_source_keeps_enough"), "proposal", type_="check")
    op.drop_constraint(op.f("ck_proposal_moved_for_a_benefit"), "proposal", type_="check")
    for column in ("place_id", "benefit", "source_keeps", "source_free"):
        op.drop_column("proposal", column)
    for column in ("move_cost", "surplus_days"):
        op.drop_constraint(op.f(f"ck_planning_setting_{column}_range"), "planning_setting", type_="check")
        op.drop_column("planning_setting", column)
    _may_be_held_as(*HELD)


def _may_be_held_as(*reasons: str) -> None:
    told = ", ".join(f"'{one}'" for one in reasons)
    op.drop_constraint(op.f("ck_proposal_held"), "proposal", type_="check")
    op.create_check_constraint(op.f("ck_proposal_held"), "proposal", f"held IN ({told})")


def _one_open_by(*columns: str) -> None:
    op.create_index(
        "uq_proposal_open", "proposal", list(columns), unique=True, postgresql_where=sa.text("status = 'open'")
    )
