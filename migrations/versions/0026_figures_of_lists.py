"""A list of part-places adds up to its figure: what is short and what is empty in money, and how many hold anything."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_COLUMNS = {
    "held_places": sa.BigInteger(),
    "short_missing_value": sa.Numeric(20, 4),
    "empty_missing_value": sa.Numeric(20, 4),
}
_BACKFILL = """
    UPDATE planning_figure f
    SET held_places = s.held_places, short_missing_value = s.short, empty_missing_value = s.empty
    FROM (
        SELECT warehouse_id, division_id, count(*) FILTER (WHERE on_hand > 0) AS held_places,
               coalesce(sum(missing_value) FILTER (WHERE standing = 'short'), 0) AS short,
               coalesce(sum(missing_value) FILTER (WHERE empty), 0) AS empty
        FROM place_standing GROUP BY warehouse_id, division_id
    ) s
    WHERE f.warehouse_id = s.warehouse_id AND f.division_id = s.division_id
"""


def upgrade() -> None:
    """Add the sums, as of the last fold; and let the index of money serve the places within their level, too."""
    for name, kind in _COLUMNS.items():
        op.add_column("planning_figure", sa.Column(name, kind, server_default=sa.text("0"), nullable=False))
    op.execute(_BACKFILL)
    _index_money("on_hand > 0 OR standing = 'within'")


def downgrade() -> None:
    """Drop the sums; index the places that hold anything only."""
    _index_money("on_hand > 0")
    for name in reversed(_COLUMNS):
        op.drop_column("planning_figure", name)


def _index_money(which: str) -> None:
    for name, first in (("ix_place_standing_on_hand_value", []), ("ix_place_standing_tier", ["tier"])):
        op.drop_index(name, "place_standing")
        columns = [*first, "on_hand_value", "part_id", "warehouse_id"]
        op.create_index(name, "place_standing", columns, postgresql_where=sa.text(which))
