"""The rows every installation starts with: permitted steps, delivery terms, the maker as owner, the system account."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

LINE_OPEN = ("back_ordered", "reserved", "released", "in_transit")
STEPS: dict[str, list[tuple[str, str]]] = {
    "request_line": [("new", to) for to in (*LINE_OPEN[:3], "received")]
    + [(before, after) for before in LINE_OPEN for after in (*LINE_OPEN, "received", "cancelled")]
    # What arrived and was found lost or damaged on the shelf before it was drawn is sourced anew.
    + [("received", after) for after in (*LINE_OPEN, "received")]
    + [("cancelled", "cancelled")],
    "pick_task": [
        ("new", "released"),
        ("released", "released"),
        ("released", "claimed"),
        ("released", "picked"),
        ("released", "failed"),
        ("released", "cancelled"),
        ("claimed", "claimed"),
        ("claimed", "released"),
        ("claimed", "picked"),
        ("claimed", "failed"),
        ("claimed", "cancelled"),
        ("picked", "picked"),
        ("picked", "packed"),
        ("picked", "failed"),
        ("picked", "cancelled"),
        ("packed", "packed"),
        ("packed", "picked"),
        ("packed", "shipped"),
        ("packed", "cancelled"),
        ("cancelled", "cancelled"),
    ],
    "handling_unit": [
        ("new", "open"),
        ("open", "open"),
        ("open", "closed"),
        ("open", "cancelled"),
        ("closed", "open"),
        ("closed", "closed"),
        ("closed", "shipped"),
        ("shipped", "received"),
        ("received", "received"),
    ],
    "shipment": [
        ("new", "shipped"),
        ("shipped", "shipped"),
        ("shipped", "receiving"),
        ("shipped", "received"),
        ("receiving", "receiving"),
        ("receiving", "received"),
        ("received", "received"),
    ],
    "work_order": [
        ("new", "open"),
        ("open", "open"),
        ("open", "completed"),
        ("open", "cancelled"),
        ("completed", "open"),
        ("completed", "completed"),
        ("cancelled", "cancelled"),
    ],
    "expected_receipt": [("new", "open"), ("open", "open"), ("open", "closed"), ("closed", "closed")],
    "receipt": [("new", "received"), ("received", "received")],
    "stock_check": [("new", "posted")],
    "import": [("new", "imported")],
}
TERMS = (("on_site", 0), ("same_city", 6), ("same_province", 24), ("out_of_province", 36))


def upgrade() -> None:
    connection = op.get_bind()
    connection.execute(
        sa.text(
            "INSERT INTO status_transition (document_kind, from_status, to_status) "
            "VALUES (:kind, :before, :after) ON CONFLICT DO NOTHING"
        ),
        [{"kind": kind, "before": before, "after": after} for kind, steps in STEPS.items() for before, after in steps],
    )
    connection.execute(
        sa.text(
            "INSERT INTO delivery_term (delivery_class, hours, valid_from) "
            "VALUES (:delivery_class, :hours, '2000-01-01 00:00Z') ON CONFLICT DO NOTHING"
        ),
        [{"delivery_class": delivery_class, "hours": hours} for delivery_class, hours in TERMS],
    )
    op.execute(
        "INSERT INTO stock_owner (code, name, is_default) VALUES ('MAKER', '制造商 Maker', true) ON CONFLICT DO NOTHING"
    )
    op.execute("INSERT INTO person (login, name) VALUES ('system', '系统 System') ON CONFLICT DO NOTHING")


def downgrade() -> None:
    """Nothing: documents may refer to these rows by now; they fall with their tables, going up skips what stands."""
