"""A small true history, written row by row as the owner of the tables: what the planted faults are laid into.

Twelve valves of one lot came from a supplier. Five are free in A-01. Four are set aside: one without a lot, three with;
of those, two are to be picked and one is picked. Two travelled to the repair centre: one arrived and was drawn, one is
still under way. One serial-tracked board of another part came in, too, and was put away.
"""

from sqlalchemy import text
from sqlalchemy.orm import Session

_ROWS = """
INSERT INTO region (code, level, name_zh, city_code, province_code, latitude, longitude)
VALUES ('990100', 'prefecture', '测试市', '990100', '990000', 30, 110);
INSERT INTO division (id, code, name_zh) VALUES (9001, 'V-WM', '洗衣机');
INSERT INTO part (id, number, name_zh, division_id)
VALUES (9001, 'V-0001', '进水阀', 9001), (9002, 'V-0002', '电脑板', 9001);
INSERT INTO warehouse (id, code, name_zh, tier, parent_id, region_code, city_code, province_code, latitude, longitude)
VALUES (9001, 'V-C', '中央库', 'central', NULL, '990100', '990100', '990000', 30, 110),
       (9002, 'V-R', '维修中心', 'repair', 9001, '990100', '990100', '990000', 30, 110);
INSERT INTO zone (id, warehouse_id, code, kind) VALUES (9001, 9001, 'A', 'shelf'), (9002, 9002, 'A', 'shelf');
INSERT INTO bin (id, warehouse_id, zone_id, code)
VALUES (9001, 9001, 9001, 'A-01'), (9002, 9001, 9001, 'STAGE-01'), (9003, 9002, 9002, 'A-01'),
       (9004, 9001, 9001, 'DOCK-01');
INSERT INTO person (id, login, name) VALUES (9001, 'v-operator', '操作员'), (9002, 'v-engineer', '工程师');
INSERT INTO stock_owner (id, code, name) VALUES (9001, 'V-OWNER', '货主');
INSERT INTO command (id, key, principal_id, kind, request_hash, answer_status, recorded_at)
VALUES (9001, 'v-1', 9001, 'test', '', 200, '2026-01-01Z');

INSERT INTO customer (id, name, phone) VALUES (9001, '客户', '1');
INSERT INTO product_model (id, code, name_zh, division_id) VALUES (9001, 'V-M', '洗衣机', 9001);
INSERT INTO appliance (id, model_id, serial, customer_id) VALUES (9001, 9001, 'S', 9001);
INSERT INTO work_order (id, warehouse_id, engineer_id, appliance_id, customer_id, symptom, opened_by_id, opened_at)
VALUES (9001, 9002, 9002, 9001, 9001, '不进水', 9001, '2026-01-02Z');
INSERT INTO part_request (id, warehouse_id, requested_by_id, requested_at) VALUES (9001, 9002, 9002, '2026-01-02Z');
INSERT INTO part_request_line (id, request_id, position, part_id, quantity, reserved, released, issued, received,
                               responsible_id, next_review_at, first_promised_at, promised_at)
VALUES (9001, 9001, 1, 9001, 6, 1, 3, 2, 1, 9002, '2026-01-03Z', '2026-01-03Z', '2026-01-03Z');
INSERT INTO expected_receipt (id, warehouse_id, supplier, expected_at, status)
VALUES (9001, 9001, '供应商', '2026-01-05Z', 'open');
INSERT INTO expected_receipt_line (id, expected_receipt_id, part_id, quantity) VALUES (9001, 9001, 9001, 5);
INSERT INTO supplier (id, code, name_zh, currency) VALUES (9001, 'V9001', '供应商', 'CNY');
INSERT INTO supplier_part (id, supplier_id, part_id, lead_time_days) VALUES (9001, 9001, 9001, 20);
INSERT INTO purchase_order (id, supplier_id, warehouse_id, currency, rate, status, created_by_id, created_at, sent_at,
                            expected_receipt_id)
VALUES (9001, 9001, 9001, 'CNY', 1, 'sent', 9001, '2026-01-01Z', '2026-01-02Z', 9001);
INSERT INTO purchase_order_line (id, order_id, position, part_id, supplier_part_id, quantity, price, price_origin,
                                 wanted_on, due_on, expected)
VALUES (9001, 9001, 1, 9001, 9001, 5, 10, 'list', '2026-01-05', '2026-01-05', 5);

INSERT INTO planning_run (id, trigger, as_of_on, seed, version, requested_by_id, requested_at)
VALUES (9001, 'nightly', '2026-01-01', 1, 'test', 9001, '2026-01-01Z');
INSERT INTO proposal (id, run_id, kind, status, part_id, warehouse_id, on_hand, reserved, in_transit, on_order,
                      back_ordered, owed, reorder_point, order_up_to, pack_size, order_minimum, needed, quantity,
                      released_quantity, unit_price, value, lead_days, short_per_week, order_by_on, proposed_at,
                      decided_by_id, decided_at, purchase_order_id)
VALUES (9001, 9001, 'purchase', 'released', 9001, 9001, 0, 0, 0, 0, 0, 0, 3, 5, 1, 1, 5, 5, 5, 10, 50, 20, 1,
        '2026-01-01', '2026-01-01Z', 9001, '2026-01-01Z', 9001);

INSERT INTO lot (id, part_id, number, first_received_at)
VALUES (9001, 9001, 'L1', '2026-01-01Z'), (9002, 9002, 'L2', '2026-01-01Z');
INSERT INTO unit (id, part_id, lot_id, serial) VALUES (9001, 9002, 9002, 'SN1');
INSERT INTO balance (warehouse_id, part_id, owner_id, on_hand, reserved)
VALUES (9001, 9001, 9001, 10, 4), (9001, 9002, 9001, 1, 0), (9002, 9001, 9001, 0, 0);
INSERT INTO lot_balance (id, warehouse_id, bin_id, part_id, lot_id, unit_id, owner_id, condition, first_received_at,
                         on_hand, allocated)
VALUES (9001, 9001, 9001, 9001, 9001, NULL, 9001, 'good', '2026-01-01Z', 9, 2),
       (9002, 9001, 9002, 9001, 9001, NULL, 9001, 'good', '2026-01-01Z', 1, 1),
       (9003, 9002, 9003, 9001, 9001, NULL, 9001, 'good', '2026-01-01Z', 0, 0),
       (9004, 9001, 9004, 9002, 9002, 9001, 9001, 'good', '2026-01-01Z', 0, 0),
       (9005, 9001, 9001, 9002, 9002, 9001, 9001, 'good', '2026-01-01Z', 1, 0);
INSERT INTO reservation (id, purpose, line_id, warehouse_id, part_id, owner_id, quantity, allocated, priority,
                         reserved_at)
VALUES (9001, 'supply', 9001, 9001, 9001, 9001, 4, 3, 5, '2026-01-02Z'),
       (9002, 'earmark', 9001, 9002, 9001, 9001, 0, 0, 5, '2026-01-02Z');
INSERT INTO allocation (id, reservation_id, lot_balance_id, lot_id, quantity, actor_id, command_id, allocated_at)
VALUES (9001, 9001, 9001, 9001, 2, 9001, 9001, '2026-01-02Z'),
       (9002, 9001, 9002, 9001, 1, 9001, 9001, '2026-01-02Z');

INSERT INTO wave (id, warehouse_id, trigger, released_by_id, released_at)
VALUES (9001, 9001, 'lead', 9001, '2026-01-02Z');
INSERT INTO shipment (id, source_id, destination_id, status, shipped_at, due_at)
VALUES (9001, 9001, 9002, 'receiving', '2026-01-02Z', '2026-01-03Z');
INSERT INTO handling_unit (id, sscc, warehouse_id, destination_id, shipment_id, status, opened_at)
VALUES (9001, '000000000000009001', 9001, 9002, 9001, 'shipped', '2026-01-02Z');
INSERT INTO pick_task (id, wave_id, warehouse_id, destination_id, line_id, reservation_id, allocation_id, part_id,
                       lot_id, bin_id, pick_sequence, quantity, picked, status, released_at, due_at)
VALUES (9001, 9001, 9001, 9002, 9001, 9001, 9001, 9001, 9001, 9001, 1, 2, 0, 'released', '2026-01-02Z', '2026-01-03Z'),
       (9002, 9001, 9001, 9002, 9001, 9001, 9002, 9001, 9001, 9001, 1, 1, 1, 'picked', '2026-01-02Z', '2026-01-03Z');
INSERT INTO shipment_line (id, shipment_id, handling_unit_id, line_id, part_id, lot_id, owner_id, priority, quantity,
                           received)
VALUES (9001, 9001, 9001, 9001, 9001, 9001, 9001, 5, 2, 1);
INSERT INTO drawn_part (id, line_id, warehouse_id, engineer_id, part_id, lot_id, owner_id, quantity, drawn_at)
VALUES (9001, 9001, 9002, 9002, 9001, 9001, 9001, 1, '2026-01-02Z');
"""
_MOVES = [
    # id, part, lot, unit, quantity, from (place, warehouse, bin, holder), to (place, warehouse, bin, holder), day
    (9001, 9001, 9001, None, 12, ("supplier", None, None, None), ("bin", 9001, 9001, None), 1),
    (9002, 9001, 9001, None, 1, ("bin", 9001, 9001, None), ("bin", 9001, 9002, None), 2),
    (9003, 9001, 9001, None, 2, ("bin", 9001, 9001, None), ("in_transit", None, None, None), 2),
    (9004, 9001, 9001, None, 1, ("in_transit", None, None, None), ("bin", 9002, 9003, None), 2),
    (9005, 9001, 9001, None, 1, ("bin", 9002, 9003, None), ("custody", None, None, 9002), 2),
    (9006, 9002, 9002, 9001, 1, ("supplier", None, None, None), ("bin", 9001, 9004, None), 1),
    (9007, 9002, 9002, 9001, 1, ("bin", 9001, 9004, None), ("bin", 9001, 9001, None), 2),
]
_EVENTS = [
    ("request_line", 9001, "new", "reserved", "requested", None),
    ("request_line", 9001, "reserved", "reserved", "released", None),
    ("pick_task", 9001, "new", "released", "released", 2),
    ("pick_task", 9002, "new", "released", "released", 1),
    ("pick_task", 9002, "released", "picked", "picked", 1),
    ("handling_unit", 9001, "new", "open", "opened", None),
    ("handling_unit", 9001, "open", "closed", "closed", None),
    ("handling_unit", 9001, "closed", "shipped", "shipped", None),
    ("shipment", 9001, "new", "shipped", "shipped", None),
    ("shipment", 9001, "shipped", "receiving", "received", None),
    ("work_order", 9001, "new", "open", "opened", None),
    ("expected_receipt", 9001, "new", "open", "announced", None),
    ("purchase_order", 9001, "new", "draft", "drafted", None),
    ("purchase_order", 9001, "draft", "approved", "submitted", None),
    ("purchase_order", 9001, "approved", "sent", "sent", None),
]
_MOVE = text("""
    INSERT INTO move (id, part_id, lot_id, unit_id, quantity,
                      from_place, from_warehouse_id, from_bin_id, from_holder_id, from_condition, from_owner_id,
                      to_place, to_warehouse_id, to_bin_id, to_holder_id, to_condition, to_owner_id,
                      document_kind, document_id, reason, actor_id, command_id, recorded_at)
    VALUES (:id, :part, :lot, :unit, :quantity, :f0, :f1, :f2, :f3, 'good', 9001, :t0, :t1, :t2, :t3, 'good', 9001,
            'receipt', 1, 'test', 9001, 9001, make_timestamptz(2026, 1, :day, 0, 0, 0, 'UTC'))
""")
_EVENT = text("""
    INSERT INTO document_event (document_kind, document_id, happening, from_status, to_status, reason, facts, actor_id,
                                command_id, recorded_at)
    VALUES (:kind, :id, :what, :before, :after, '', jsonb_build_object('quantity', CAST(:quantity AS bigint)), 9001,
            9001, '2026-01-02Z')
""")


def lay_history(owner_session: Session) -> None:
    """Write the rows of the story above; the caller's transaction is rolled back."""
    owner_session.connection().exec_driver_sql(_ROWS)
    for id, part, lot, unit, quantity, source, target, day in _MOVES:
        ends = {f"f{i}": value for i, value in enumerate(source)} | {f"t{i}": value for i, value in enumerate(target)}
        owner_session.execute(
            _MOVE, {"id": id, "part": part, "lot": lot, "unit": unit, "quantity": quantity, "day": day, **ends}
        )
    for kind, id, before, after, what, quantity in _EVENTS:
        names = {"kind": kind, "id": id, "before": before, "after": after, "what": what, "quantity": quantity}
        owner_session.execute(_EVENT, names)


_GUARDS = text("""
    SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace AND contype IN ('c', 'f') AND conrelid <> 0
    UNION ALL
    SELECT DISTINCT format('ALTER TABLE %s DISABLE TRIGGER USER', tgrelid::regclass) FROM pg_trigger
    WHERE NOT tgisinternal
    UNION ALL
    SELECT format('ALTER TABLE %s ALTER COLUMN %I DROP NOT NULL', attrelid::regclass, attname)
    FROM pg_attribute WHERE (attrelid::regclass::text, attname) IN (('part_request_line', 'responsible_id'))
""")


def drop_guards(owner_session: Session) -> None:
    """Take away what keeps wrong rows out: checks, foreign keys, triggers. The transaction is rolled back."""
    statements = ["SET CONSTRAINTS ALL IMMEDIATE", *owner_session.execute(_GUARDS).scalars()]
    owner_session.connection().exec_driver_sql(";".join(statements))
