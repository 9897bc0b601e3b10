"""An order that brings less wakes the urgent refills, and so does whoever waits for a replaced part."""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

HELD = ("over_limit", "short_at_source", "no_supplier", "purchase", "phase", "below_minimum")
# These happen seldom beside what is noted already (0021), so that looking in one statement does not matter.
NOTE = """
    CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        changed {table} := {row};
    BEGIN
        INSERT INTO urgent_note (part_id) {parts};
        RETURN NULL;
    END $$
"""
# Of a place that gets less: the part itself, and those that what lies there of it may count for.
LOWERED = """
        SELECT part_id FROM stock_level WHERE urgent AND warehouse_id = ({place})
        AND part_id = ANY(ARRAY(SELECT changed.part_id UNION
                                SELECT asked_part_id FROM usable_part WHERE usable_part_id = changed.part_id))"""
BOUGHT_FOR = "SELECT warehouse_id FROM purchase_order WHERE id = changed.order_id"
ASKED_FOR = "SELECT warehouse_id FROM part_request WHERE id = changed.request_id AND purpose = 'shelf'"
# Parts that may serve what waits, where their nearest place above is urgent.
SERVING = """
        WITH RECURSIVE upward AS (
            SELECT id, parent_id, 0 AS steps FROM warehouse
            WHERE id = coalesce(changed.preferred_source_id,
                                (SELECT warehouse_id FROM part_request WHERE id = changed.request_id))
            UNION ALL
            SELECT above.id, above.parent_id, steps + 1 FROM warehouse AS above
            JOIN upward ON above.id = upward.parent_id
        ),
        nearest AS (
            SELECT DISTINCT ON (level.part_id) level.part_id, level.urgent
            FROM usable_part AS used
            JOIN stock_level AS level ON level.part_id = used.usable_part_id
            JOIN upward ON upward.id = level.warehouse_id
            WHERE used.asked_part_id = changed.part_id
            ORDER BY level.part_id, steps
        )
        SELECT part_id FROM nearest WHERE urgent"""
BUYING = ("purchase_order_line", LOWERED.format(place=BOUGHT_FOR))
# The events: what each trigger is called, the table and the parts that it notes, the change it listens to, and when.
EVENTS = (
    (
        "purchase_brings_less",
        *BUYING,
        "UPDATE OF expected, rejected",
        "NEW.expected < OLD.expected OR NEW.rejected > OLD.rejected",
    ),
    ("purchase_taken_off", *BUYING, "DELETE", "true"),
    (
        "shelf_request_called_off",
        "part_request_line",
        LOWERED.format(place=ASKED_FOR),
        "UPDATE OF cancelled",
        "NEW.source_id IS NULL AND NEW.cancelled > OLD.cancelled",
    ),
    ("replaced_part_began_to_wait", "part_request_line", SERVING, "INSERT", "NEW.back_ordered > 0"),
    (
        "replaced_part_waits_for_more",
        "part_request_line",
        SERVING,
        "UPDATE OF back_ordered",
        "NEW.back_ordered > OLD.back_ordered",
    ),
)


def upgrade() -> None:
    """Let a proposal that somebody edited wait for him, and note what else lowers an urgent place."""
    _may_be_held_as(*HELD, "edited")
    op.execute("UPDATE proposal SET held = 'edited' WHERE status = 'open' AND edited_quantity > 0 AND held IS NULL")
    op.create_check_constraint(
        op.f("ck_proposal_edited_waits"), "proposal", "status <> 'open' OR edited_quantity IS NULL OR held IS NOT NULL"
    )
    for name, table, parts, change, condition in EVENTS:
        row = "OLD" if change == "DELETE" else "NEW"
        op.execute(NOTE.format(name=name, table=table, row=row, parts=parts))
        op.execute(
            f"CREATE TRIGGER {name} AFTER {change} ON {table} FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION {name}()"
        )


def downgrade() -> None:
    """Take the triggers and the reason to wait away."""
    for name, table, *_ in reversed(EVENTS):
        op.execute(f"DROP TRIGGER {name} ON {table}")
        op.execute(f"DROP FUNCTION {name}()")
    op.drop_constraint(op.f("ck_proposal_edited_waits"), "proposal", type_="check")
    op.execute("UPDATE proposal SET held = NULL WHERE held = 'edited'")
    _may_be_held_as(*HELD)


def _may_be_held_as(*reasons: str) -> None:
    told = ", ".join(f"'{one}'" for one in reasons)
    op.drop_constraint(op.f("ck_proposal_held"), "proposal", type_="check")
    op.create_check_constraint(op.f("ck_proposal_held"), "proposal", f"held IN ({told})")
