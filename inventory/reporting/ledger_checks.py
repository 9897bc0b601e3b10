"""The rules of the ledger as SELECTs: conservation, folds, ranges, promises on stock, units, FIFO, history.

Two sides that must be equal are added up in one pass, one of them with the sign turned: a group whose sum is not 0 is a
violation, whichever side lacks the row. That is a full outer join at half the work, and NULLs need no care.

I1, I2 ... are the numbers of the table in docs/operators.md.
"""

from inventory.reporting.checks import CLOCK_TOLERANCE, Check

APPEND_ONLY = ("move", "document_event", "audit_entry", "promise", "tracking_event")
"""Tables whose history the triggers protect; a test compares it with the rows' own list."""

CONSERVATION = (
    Check(
        "I1 ends",
        "a move has two different ends and a whole quantity",
        """
        SELECT id AS move_id FROM move
        WHERE from_place IS NULL OR to_place IS NULL OR quantity NOT BETWEEN 1 AND 999999999
           OR (from_place = 'bin') <> (from_bin_id IS NOT NULL) OR (to_place = 'bin') <> (to_bin_id IS NOT NULL)
           OR (from_place = to_place
               AND (from_bin_id, from_holder_id, from_condition, from_owner_id)
                   IS NOT DISTINCT FROM (to_bin_id, to_holder_id, to_condition, to_owner_id))
        """,
    ),
    Check(
        "I1 conservation",
        "per part and lot, what came into the network is what lies in bins plus what is elsewhere",
        """
        SELECT part_id, lot_id, unit_id, sum(quantity) AS unaccounted FROM (
            SELECT part_id, lot_id, unit_id, on_hand AS quantity FROM lot_balance
            UNION ALL SELECT part_id, lot_id, unit_id, quantity FROM move WHERE to_place <> 'bin'
            UNION ALL SELECT part_id, lot_id, unit_id, -quantity FROM move WHERE from_place <> 'bin'
        ) AS place GROUP BY part_id, lot_id, unit_id HAVING sum(quantity) <> 0
        """,
    ),
    Check(
        "I1 origin",
        "every lot has a move that brought it in: from a supplier, a customer, or found at a count",
        """
        SELECT l.id AS lot_id, l.part_id FROM lot l
        WHERE NOT EXISTS (SELECT FROM move m
                          WHERE m.lot_id = l.id AND m.from_place IN ('supplier', 'customer', 'count_difference'))
        """,
    ),
)

FOLDS = (
    Check(
        "I2 lot balance",
        "on hand of a bin, lot, unit, condition and owner is the fold of the moves into and out of it",
        """
        SELECT bin_id, lot_id, unit_id, condition, owner_id, sum(quantity) AS too_much FROM (
            SELECT bin_id, lot_id, unit_id, condition, owner_id, on_hand AS quantity FROM lot_balance
            UNION ALL SELECT to_bin_id, lot_id, unit_id, to_condition, to_owner_id, -quantity FROM move
                      WHERE to_place = 'bin'
            UNION ALL SELECT from_bin_id, lot_id, unit_id, from_condition, from_owner_id, quantity FROM move
                      WHERE from_place = 'bin'
        ) AS side GROUP BY bin_id, lot_id, unit_id, condition, owner_id HAVING sum(quantity) <> 0
        """,
    ),
    # The bins' stock is proved from the moves above; the warehouse's from the bins', at a third of the work.
    Check(
        "I2 balance",
        "on hand of a warehouse is the good stock of its bins, and so the fold of its moves",
        """
        SELECT warehouse_id, part_id, owner_id, sum(quantity) AS too_much FROM (
            SELECT warehouse_id, part_id, owner_id, on_hand AS quantity FROM balance
            UNION ALL SELECT warehouse_id, part_id, owner_id, -on_hand FROM lot_balance WHERE condition = 'good'
        ) AS side GROUP BY warehouse_id, part_id, owner_id HAVING sum(quantity) <> 0
        """,
    ),
)

RANGES = (
    Check(
        "I3 ranges",
        "stock and what is promised of it lie within 0 and 999,999,999, and the promised within the stock",
        """
        SELECT 'balance' AS what, part_id AS id, on_hand AS quantity, reserved AS part_of_it FROM balance
        WHERE NOT (on_hand BETWEEN 0 AND 999999999 AND reserved BETWEEN 0 AND on_hand)
        UNION ALL SELECT 'lot_balance', id, on_hand, allocated FROM lot_balance
        WHERE NOT (on_hand BETWEEN 0 AND 999999999 AND allocated BETWEEN 0 AND on_hand)
           OR (allocated > 0 AND condition <> 'good')
        UNION ALL SELECT 'reservation', id, quantity, allocated FROM reservation
        WHERE NOT (quantity BETWEEN 0 AND 999999999 AND allocated BETWEEN 0 AND quantity)
        UNION ALL SELECT 'allocation', id, quantity, NULL FROM allocation
        WHERE NOT quantity BETWEEN 0 AND 999999999
        """,
    ),
)

SET_ASIDE = (
    Check(
        "I4 reserved",
        "reserved of a balance is the sum of its open reservations",
        """
        SELECT warehouse_id, part_id, owner_id, sum(kept) AS kept, sum(reserved) AS reserved FROM (
            SELECT warehouse_id, part_id, owner_id, reserved AS kept, 0 AS reserved FROM balance WHERE reserved <> 0
            UNION ALL SELECT warehouse_id, part_id, owner_id, 0, quantity FROM reservation
        ) AS side GROUP BY warehouse_id, part_id, owner_id HAVING sum(kept) <> sum(reserved)
        """,
    ),
    Check(
        "I4 reservation",
        "allocated of a reservation is the sum of its allocations",
        """
        SELECT reservation_id, sum(kept) AS kept, sum(allocated) AS allocated FROM (
            SELECT id AS reservation_id, allocated AS kept, 0 AS allocated FROM reservation
            UNION ALL SELECT reservation_id, 0, quantity FROM allocation
        ) AS side GROUP BY reservation_id HAVING sum(kept) <> sum(allocated)
        """,
    ),
    Check(
        "I4 allocated",
        "allocated of a lot in a bin is the sum of the allocations that lie there",
        """
        SELECT lot_balance_id, sum(kept) AS kept, sum(allocated) AS allocated FROM (
            SELECT id AS lot_balance_id, allocated AS kept, 0 AS allocated FROM lot_balance WHERE allocated <> 0
            UNION ALL SELECT lot_balance_id, 0, quantity FROM allocation WHERE quantity <> 0
        ) AS side GROUP BY lot_balance_id HAVING sum(kept) <> sum(allocated)
        """,
    ),
    Check(
        "I4 lies",
        "an allocation lies on good stock of its own lot, in the warehouse, part and owner of its reservation",
        """
        SELECT a.id AS allocation_id FROM allocation a
        JOIN reservation r ON r.id = a.reservation_id LEFT JOIN lot_balance b ON b.id = a.lot_balance_id
        WHERE a.quantity <> 0
          AND (b.lot_id, b.warehouse_id, b.part_id, b.owner_id, b.condition)
              IS DISTINCT FROM (a.lot_id, r.warehouse_id, r.part_id, r.owner_id, 'good')
        """,
    ),
)

UNITS = (
    Check(
        "I5 one place",
        "a unit lies in no more than one bin, and there where its last move put it",
        """
        SELECT unit_id, sum(lying) AS lying, sum(moved) AS moved FROM (
            SELECT unit_id, bin_id, on_hand AS lying, 0 AS moved FROM lot_balance
            WHERE unit_id IS NOT NULL AND on_hand <> 0
            UNION ALL SELECT unit_id, to_bin_id, 0, 1 FROM (
                SELECT DISTINCT ON (unit_id) unit_id, to_bin_id FROM move WHERE unit_id IS NOT NULL
                ORDER BY unit_id, id DESC) AS last WHERE to_bin_id IS NOT NULL
        ) AS side GROUP BY unit_id, bin_id HAVING sum(lying) <> sum(moved)
        """,
    ),
    Check(
        "I5 chain",
        "a unit's moves form a chain: each begins where the one before ended, the first comes from outside",
        """
        SELECT id AS move_id, unit_id FROM (
            SELECT id, unit_id, from_place, lag(id) OVER chain AS before,
                   (from_place, from_bin_id, from_holder_id, from_condition, from_owner_id)
                   IS NOT DISTINCT FROM
                   (lag(to_place) OVER chain, lag(to_bin_id) OVER chain, lag(to_holder_id) OVER chain,
                    lag(to_condition) OVER chain, lag(to_owner_id) OVER chain) AS continues
            FROM move WHERE unit_id IS NOT NULL WINDOW chain AS (PARTITION BY unit_id ORDER BY id)
        ) AS link
        WHERE NOT continues AND (before IS NOT NULL OR from_place NOT IN ('supplier', 'customer', 'count_difference'))
        """,
    ),
)

FIFO = (
    Check(
        "I6 reason",
        "an allocation that passed over older free stock carries the reason",
        """
        SELECT id AS allocation_id, older_free FROM allocation
        WHERE older_free < 0 OR (older_free > 0 AND coalesce(trim(override_reason), '') = '')
        """,
    ),
    Check(
        "I6 age",
        "the age by which a bin's stock is taken is the first receipt of its lot, and its part is the lot's",
        """
        SELECT b.id AS lot_balance_id FROM lot_balance b LEFT JOIN lot l ON l.id = b.lot_id
        WHERE (l.first_received_at, l.part_id) IS DISTINCT FROM (b.first_received_at, b.part_id)
        """,
    ),
)

HISTORY = (
    Check(
        "I8 triggers",
        "the triggers that refuse UPDATE, DELETE and TRUNCATE stand on every append-only table and are switched on",
        f"""
        SELECT history.name AS table_name, step.name AS step
        FROM unnest(ARRAY{list(APPEND_ONLY)!r}) AS history (name)
        CROSS JOIN (VALUES ('DELETE', 8), ('UPDATE', 16), ('TRUNCATE', 32)) AS step (name, bit)
        WHERE NOT EXISTS (
            SELECT FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
            WHERE t.tgrelid = to_regclass(history.name) AND t.tgenabled IN ('O', 'A') AND t.tgqual IS NULL
              AND t.tgtype & 2 = 2 AND t.tgtype & step.bit = step.bit
              AND p.proname = 'refuse_change' AND p.prosrc LIKE '%RAISE EXCEPTION%')
        """,  # noqa: S608
    ),
    Check(
        "I9 answers",
        "a command that was committed has its answer",
        """
        SELECT id AS command_id, key FROM command
        WHERE answer_status IS NULL AND recorded_at < now() - interval '1 minute'
        """,
    ),
    Check(
        "I9 commands",
        "moves, events, allocations and promises name a command that exists",
        """
        SELECT what, id, command_id FROM (
            SELECT 'move' AS what, id, command_id FROM move
            UNION ALL SELECT 'document_event', id, command_id FROM document_event
            UNION ALL SELECT 'allocation', id, command_id FROM allocation
            UNION ALL SELECT 'promise', id, command_id FROM promise
        ) AS effect WHERE NOT EXISTS (SELECT FROM command c WHERE c.id = effect.command_id)
        """,
    ),
    # Few moves are younger than one of a higher id anywhere; only for those their own warehouse and part are looked at.
    Check(
        "I15 order",
        "within a warehouse and part the instants of moves do not fall behind the order of their ids",
        f"""
        WITH suspect AS (
            SELECT * FROM (SELECT id, part_id, from_warehouse_id, to_warehouse_id, recorded_at,
                                  max(recorded_at) OVER (ORDER BY id) AS latest FROM move) AS ordered
            WHERE recorded_at < latest - interval '{CLOCK_TOLERANCE.total_seconds()} seconds'
        ),
        suspect_end AS (
            SELECT id, part_id, recorded_at, from_warehouse_id AS warehouse_id FROM suspect
            WHERE from_warehouse_id IS NOT NULL
            UNION ALL SELECT id, part_id, recorded_at, to_warehouse_id FROM suspect WHERE to_warehouse_id IS NOT NULL
        )
        SELECT DISTINCT s.id AS move_id FROM suspect_end s
        WHERE EXISTS (SELECT FROM move m WHERE m.to_warehouse_id = s.warehouse_id AND m.part_id = s.part_id
                      AND m.id < s.id
                      AND m.recorded_at > s.recorded_at + interval '{CLOCK_TOLERANCE.total_seconds()} seconds')
           OR EXISTS (SELECT FROM move m WHERE m.from_warehouse_id = s.warehouse_id AND m.part_id = s.part_id
                      AND m.id < s.id
                      AND m.recorded_at > s.recorded_at + interval '{CLOCK_TOLERANCE.total_seconds()} seconds')
        """,  # noqa: S608
    ),
)

LEDGER_CHECKS = CONSERVATION + FOLDS + RANGES + SET_ASIDE + UNITS + FIFO + HISTORY
