"""What will have to be bought soon stands beside what has to be bought today: it becomes that in place when it is due."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

STATUSES = ("open", "released", "rejected", "withdrawn")
UNDECIDED = "status IN ('open', 'ahead')"


def upgrade() -> None:
    """Let a proposal stand ahead of its day: one for each part, place and kind, open or ahead."""
    _may_be(*STATUSES, "ahead")
    _decided_at_the_end(f"({UNDECIDED})")
    _index(UNDECIDED)


def downgrade() -> None:
    """Let only what is due stand."""
    op.execute("DELETE FROM proposal WHERE status = 'ahead'")
    _index("status = 'open'")
    _decided_at_the_end("(status = 'open')")
    _may_be(*STATUSES)


def _may_be(*statuses: str) -> None:
    told = ", ".join(f"'{one}'" for one in statuses)
    op.drop_constraint(op.f("ck_proposal_status"), "proposal", type_="check")
    op.create_check_constraint(op.f("ck_proposal_status"), "proposal", f"status IN ({told})")


def _decided_at_the_end(undecided: str) -> None:
    name = op.f("ck_proposal_decided_at_the_end")
    op.drop_constraint(name, "proposal", type_="check")
    op.create_check_constraint(name, "proposal", f"{undecided} = (decided_at IS NULL)")


def _index(which: str) -> None:
    for name, columns, unique in (
        ("uq_proposal_open", ["part_id", "place_id", "kind"], True),
        ("ix_proposal_day", ["kind", "order_by_on", "id"], False),
    ):
        op.drop_index(name, "proposal")
        op.create_index(name, "proposal", columns, unique=unique, postgresql_where=sa.text(which))
