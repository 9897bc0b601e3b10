"""The rules of documents and warehouses as SELECTs: timelines, lines, shipments, custody, transfers, the tiers.

Two sides that must be equal are added up in one pass, as in `ledger_checks.py`.
"""

from inventory.reporting.checks import Check

TIMELINES = (
    Check(
        "I7 status",
        "the status of a document is that of its last event",
        """
        WITH document (kind, id, status) AS (
            SELECT 'request_line', id, status FROM part_request_line
            UNION ALL SELECT 'pick_task', id, status FROM pick_task
            UNION ALL SELECT 'handling_unit', id, status FROM handling_unit
            UNION ALL SELECT 'shipment', id, status FROM shipment
            UNION ALL SELECT 'work_order', id, status FROM work_order
            UNION ALL SELECT 'expected_receipt', id, status FROM expected_receipt
            UNION ALL SELECT 'purchase_order', id, status FROM purchase_order
        ),
        last_event AS (
            SELECT DISTINCT ON (document_id, document_kind) document_kind AS kind, document_id AS id, to_status
            FROM document_event
            WHERE document_kind IN ('request_line', 'pick_task', 'handling_unit', 'shipment', 'work_order',
                                    'expected_receipt', 'purchase_order')
            ORDER BY document_id, document_kind, document_event.id DESC
        )
        SELECT kind, id, document.status, last_event.to_status AS last_event
        FROM document FULL JOIN last_event USING (kind, id)
        WHERE document.status IS DISTINCT FROM last_event.to_status
        """,
    ),
    Check(
        "I7 chain",
        "an event begins at the status where the one before ended, the first at none",
        """
        SELECT id AS event_id, document_kind, document_id, from_status, before FROM (
            SELECT id, document_kind, document_id, from_status,
                   lag(to_status, 1, 'new') OVER (PARTITION BY document_id, document_kind ORDER BY id) AS before
            FROM document_event
        ) AS step WHERE from_status <> before
        """,
    ),
    Check(
        "I7 told",
        "every move and every event names an actor who exists, what happened and why",
        """
        SELECT what, id FROM (
            SELECT 'move' AS what, id, actor_id, reason AS told FROM move
            UNION ALL SELECT 'document_event', id, actor_id, concat(happening, reason) FROM document_event
        ) AS entry WHERE trim(told) = '' OR NOT EXISTS (SELECT FROM person p WHERE p.id = entry.actor_id)
        """,
    ),
    Check(
        "I12 steps",
        "documents take only the steps in the table of permitted steps",
        """
        SELECT e.id AS event_id, e.document_kind, e.from_status, e.to_status FROM document_event e
        WHERE NOT EXISTS (SELECT FROM status_transition t WHERE t.document_kind = e.document_kind
                          AND t.from_status = e.from_status AND t.to_status = e.to_status)
        """,
    ),
)

LINES = (
    Check(
        "I10 sums",
        "every unit asked for is back-ordered, reserved, released, issued or cancelled; what was received was issued",
        """
        SELECT id AS line_id, quantity FROM part_request_line
        WHERE quantity <> back_ordered + reserved + released + issued + cancelled
           OR least(back_ordered, reserved, released, issued, cancelled, received) < 0 OR received > issued
        """,
    ),
    Check(
        "I10 reserved",
        "reserved of a line is what the reservations that are to leave hold without a lot",
        """
        SELECT line_id, sum(kept) AS kept, sum(held) AS held FROM (
            SELECT id AS line_id, reserved AS kept, 0 AS held FROM part_request_line
            UNION ALL SELECT line_id, 0, quantity - allocated FROM reservation WHERE purpose <> 'earmark'
        ) AS side GROUP BY line_id HAVING sum(kept) <> sum(held)
        """,
    ),
    Check(
        "I10 released",
        "released of a line is what the reservations that are to leave hold with a lot",
        """
        SELECT line_id, sum(kept) AS kept, sum(held) AS held FROM (
            SELECT id AS line_id, released AS kept, 0 AS held FROM part_request_line
            UNION ALL SELECT line_id, 0, allocated FROM reservation WHERE purpose <> 'earmark'
        ) AS side GROUP BY line_id HAVING sum(kept) <> sum(held)
        """,
    ),
    Check(
        "I11 clock",
        "a line that is not final has somebody responsible and an instant at which it is looked at again",
        """
        SELECT l.id AS line_id FROM part_request_line l
        WHERE l.status NOT IN ('received', 'cancelled')
          AND (l.next_review_at IS NULL OR NOT EXISTS (SELECT FROM person p WHERE p.id = l.responsible_id))
        """,
    ),
    Check(
        "I11 tasks",
        "what is released of a line is in the hands of pick tasks, picked or still to be picked",
        """
        SELECT line_id, sum(released) AS released, sum(in_tasks) AS in_tasks FROM (
            SELECT id AS line_id, released, 0 AS in_tasks FROM part_request_line
            UNION ALL SELECT line_id, 0, CASE WHEN status IN ('picked', 'packed') THEN picked ELSE quantity END
                      FROM pick_task WHERE status IN ('released', 'claimed', 'picked', 'packed')
        ) AS side GROUP BY line_id HAVING sum(released) <> sum(in_tasks)
        """,
    ),
    Check(
        "I11 wanted",
        "a pick task that is still to be picked wants what is allocated to it",
        """
        SELECT t.id AS task_id, t.quantity AS wanted, a.quantity AS allocated
        FROM pick_task t LEFT JOIN allocation a ON a.id = t.allocation_id
        WHERE t.status IN ('released', 'claimed') AND t.quantity IS DISTINCT FROM a.quantity
        """,
    ),
    Check(
        "I11 shipments",
        "what is issued of a line and not yet received is on a shipment",
        """
        SELECT line_id, sum(awaited) AS awaited, sum(under_way) AS under_way FROM (
            SELECT id AS line_id, issued - received AS awaited, 0 AS under_way FROM part_request_line
            UNION ALL SELECT line_id, 0, quantity - received - damaged - missing FROM shipment_line
        ) AS side GROUP BY line_id HAVING sum(awaited) <> sum(under_way)
        """,
    ),
)

SHIPMENTS = (
    Check(
        "I13 accounted",
        "no more of a shipment line is received, damaged and missing than was sent",
        """
        SELECT id AS shipment_line_id FROM shipment_line
        WHERE received + damaged + missing > quantity OR least(received, damaged, missing) < 0 OR quantity < 1
        """,
    ),
    Check(
        "I13 transit",
        "what the ledger has in transit of a lot is what shipments have not accounted for yet",
        """
        SELECT part_id, lot_id, unit_id, owner_id, sum(quantity) AS too_much FROM (
            SELECT part_id, lot_id, unit_id, to_owner_id AS owner_id, quantity FROM move
            WHERE to_place = 'in_transit'
            UNION ALL SELECT part_id, lot_id, unit_id, from_owner_id, -quantity FROM move
                      WHERE from_place = 'in_transit'
            UNION ALL SELECT part_id, lot_id, unit_id, owner_id, received + damaged + missing - quantity
                      FROM shipment_line
        ) AS side GROUP BY part_id, lot_id, unit_id, owner_id HAVING sum(quantity) <> 0
        """,
    ),
    Check(
        "I13 status",
        "a shipment is received when, and only when, all of it is accounted for",
        """
        SELECT s.id AS shipment_id, s.status FROM shipment s
        WHERE (s.status = 'received') = EXISTS (
            SELECT FROM shipment_line l
            WHERE l.shipment_id = s.id AND l.received + l.damaged + l.missing < l.quantity)
        """,
    ),
    Check(
        "I13 custody",
        "what an engineer drew and neither fitted nor gave back is what the ledger has in his custody",
        """
        SELECT engineer_id, part_id, lot_id, unit_id, owner_id, sum(moved) AS moved, sum(drawn) AS drawn FROM (
            SELECT to_holder_id AS engineer_id, part_id, lot_id, unit_id, to_owner_id AS owner_id, quantity AS moved,
                   0 AS drawn FROM move WHERE to_place = 'custody'
            UNION ALL SELECT from_holder_id, part_id, lot_id, unit_id, from_owner_id, -quantity, 0 FROM move
                      WHERE from_place = 'custody'
            UNION ALL SELECT engineer_id, part_id, lot_id, unit_id, owner_id, 0, quantity - fitted - given_back
                      FROM drawn_part
        ) AS side GROUP BY engineer_id, part_id, lot_id, unit_id, owner_id HAVING sum(moved) <> sum(drawn)
        """,
    ),
    Check(
        "I13 earmarks",
        "no more is set aside for a line than has arrived for it and was not drawn",
        """
        SELECT line_id, sum(arrived) AS arrived, sum(kept) AS kept FROM (
            SELECT id AS line_id, received AS arrived, 0 AS kept FROM part_request_line
            UNION ALL SELECT line_id, 0, quantity FROM reservation WHERE purpose = 'earmark'
            UNION ALL SELECT line_id, 0, quantity FROM drawn_part
        ) AS side GROUP BY line_id HAVING sum(kept) > sum(arrived)
        """,
    ),
)

TRANSFERS = (
    Check(
        "I19 transfers",
        "what a transfer moves comes from its source and nowhere else, never waits, and is kept for nobody on arrival",
        """
        SELECT 'line' AS what, l.id FROM part_request_line l JOIN part_request r ON r.id = l.request_id
        WHERE l.source_id IS DISTINCT FROM r.source_id OR (l.source_id IS NOT NULL AND l.back_ordered > 0)
        UNION ALL SELECT 'reservation', v.id FROM reservation v JOIN part_request_line l ON l.id = v.line_id
        WHERE (v.purpose = 'transfer') <> (l.source_id IS NOT NULL) OR v.warehouse_id <> l.source_id
        UNION ALL SELECT 'shipment_line', s.id
        FROM shipment_line s JOIN shipment h ON h.id = s.shipment_id JOIN part_request_line l ON l.id = s.line_id
        WHERE s.for_stock <> (l.source_id IS NOT NULL) OR h.source_id <> l.source_id
        """,
    ),
)

PURCHASES = (
    Check(
        "I13 purchased",
        "what an order line has received is what its receipts brought, and what the dock has taken in for it",
        """
        SELECT l.id AS line_id, l.received, sum(r.quantity) AS brought, e.received AS taken_in
        FROM purchase_order_line l JOIN purchase_order o ON o.id = l.order_id
        LEFT JOIN purchase_receipt r ON r.line_id = l.id
        LEFT JOIN expected_receipt_line e
             ON e.expected_receipt_id = o.expected_receipt_id AND e.part_id = l.part_id
        GROUP BY l.id, e.received
        HAVING l.received <> coalesce(sum(r.quantity), 0) OR l.received <> coalesce(e.received, 0)
        """,
    ),
    Check(
        "I13 on order",
        "something is outstanding of an order under way, and the dock waits for exactly that",
        """
        SELECT o.id AS order_id, o.status FROM purchase_order o
        JOIN purchase_order_line l ON l.order_id = o.id
        LEFT JOIN expected_receipt_line e
             ON e.expected_receipt_id = o.expected_receipt_id AND e.part_id = l.part_id
        LEFT JOIN expected_receipt x ON x.id = o.expected_receipt_id
        WHERE o.sent_at IS NOT NULL
        GROUP BY o.id, o.status, x.status
        HAVING (o.status IN ('sent', 'confirmed', 'part_received')) <> bool_or(l.expected > l.received)
            OR (o.status IN ('sent', 'confirmed', 'part_received')) <> (x.status = 'open')
            OR bool_or(x.status = 'open' AND greatest(l.expected - l.received, 0)
                       <> greatest(coalesce(e.quantity, 0) - coalesce(e.received, 0), 0))
        """,
    ),
)

PROPOSALS = (
    Check(
        "I20 released",
        "what a proposal became buys for its place, or moves from its source to its place so many of its part, "
        "or of one that its part replaced one for one",
        """
        WITH RECURSIVE replaced (new_id, old_id) AS (
            SELECT new_part_id, old_part_id FROM supersession WHERE ratio = 1
            UNION SELECT replaced.new_id, link.old_part_id
                  FROM replaced JOIN supersession link ON link.new_part_id = replaced.old_id AND link.ratio = 1
        ),
        proposed AS (
            SELECT id, kind, part_id, warehouse_id, source_id, released_quantity, part_request_id, purchase_order_id
            FROM proposal WHERE status = 'released'
        ),
        number (proposal_id, request_id, part_id) AS (
            SELECT id, part_request_id, part_id FROM proposed
            UNION ALL SELECT p.id, p.part_request_id, replaced.old_id
                      FROM proposed p JOIN replaced ON replaced.new_id = p.part_id
        ),
        -- an older number may have been replaced by two: the quantities of an order add up besides
        moved AS (
            SELECT number.proposal_id, sum(l.quantity) AS quantity
            FROM number JOIN part_request_line l ON l.request_id = number.request_id AND l.part_id = number.part_id
            GROUP BY number.proposal_id
        )
        SELECT p.id AS proposal_id, p.kind FROM proposed p
        LEFT JOIN part_request r ON r.id = p.part_request_id
        LEFT JOIN purchase_order o ON o.id = p.purchase_order_id
        LEFT JOIN moved ON moved.proposal_id = p.id
        WHERE CASE
            WHEN p.kind = 'purchase' THEN o.warehouse_id IS DISTINCT FROM p.warehouse_id
            ELSE r.warehouse_id IS DISTINCT FROM p.warehouse_id OR r.source_id IS DISTINCT FROM p.source_id
                 OR p.released_quantity <= moved.quantity IS NOT TRUE END
        UNION ALL SELECT min(p.id), 'all of ' || p.part_request_id FROM proposed p
        WHERE p.part_request_id IS NOT NULL GROUP BY p.part_request_id
        HAVING sum(p.released_quantity) <> (SELECT sum(quantity) FROM part_request_line l
                                            WHERE l.request_id = p.part_request_id)
        """,
    ),
)

NETWORK = (
    Check(
        "I18 parent",
        "a warehouse is replenished from one of a tier above it, and only a central warehouse from none",
        """
        WITH tier (name, steps_down) AS (VALUES ('central', 0), ('distribution', 1), ('repair', 2))
        SELECT w.code AS warehouse, w.tier, p.code AS parent, p.tier AS parent_tier
        FROM warehouse w JOIN tier ON tier.name = w.tier
        LEFT JOIN warehouse p ON p.id = w.parent_id LEFT JOIN tier above ON above.name = p.tier
        WHERE CASE WHEN w.tier = 'central' THEN w.parent_id IS NOT NULL
                   ELSE above.steps_down IS NULL OR above.steps_down >= tier.steps_down END
        """,
    ),
)

DOCUMENT_CHECKS = TIMELINES + LINES + SHIPMENTS + TRANSFERS + PURCHASES + PROPOSALS + NETWORK
