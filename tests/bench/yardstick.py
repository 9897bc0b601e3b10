"""The yardstick: the writes of accepted part requests made once more as raw SQL by pgbench, in one round trip each.

What each request led to is read back: which part from which warehouse, whether it went to the floor at once, what was
promised and answered. The same is then written in a copy of the database by prepared statements that do no more than
that: they take the balance row, the oldest lot, and append the rows. The order of the requests is shuffled, every one
is made exactly once, and afterwards each table has as many rows as in the measured database.
"""

import json
import re
import shutil
import subprocess
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text

from tests.bench.world import Databases
from web.cluster import APP_ROLE, OWNER_ROLE, embedded_binaries

COUNTED_ROWS_MAX = 300_000
"""Tables with more rows than that are not written by accepting a request, and not counted."""
SECONDS_MAX = 120

KINDS = ("on_site", "urgent", "reserved", "back_ordered")
"""What becomes of a request for one unit: kept on the own shelf, on the floor at once, left to a wave, nowhere."""

_WISHES = text("""
    SELECT l.id,
           CASE WHEN v.id IS NULL THEN 'back_ordered' WHEN v.purpose = 'earmark' THEN 'on_site'
                WHEN v.allocated > 0 THEN 'urgent' ELSE 'reserved' END AS kind,
           r.warehouse_id, r.requested_by_id, r.priority, l.part_id, l.preferred_source_id, l.breach_cause,
           v.warehouse_id AS source_id, coalesce(v.part_id, l.part_id) AS supplied_id, v.owner_id, p.delivery_class,
           p.promised_at - r.requested_at AS hours, p.reason, e.facts, c.kind AS command_kind, c.request_hash,
           c.answer_status, c.answer
    FROM part_request_line l
    JOIN part_request r ON r.id = l.request_id
    JOIN promise p ON p.line_id = l.id
    JOIN command c ON c.id = p.command_id
    JOIN document_event e ON e.document_id = l.id AND e.document_kind = 'request_line'
    LEFT JOIN reservation v ON v.line_id = l.id
    WHERE l.id > :since ORDER BY l.id
""")
_MAKE_WISHES = """
    DROP TABLE IF EXISTS bench_wish;
    CREATE TABLE bench_wish (n bigint PRIMARY KEY, kind text, warehouse_id bigint, requested_by_id bigint,
        priority smallint, part_id bigint, preferred_source_id bigint, breach_cause text, source_id bigint,
        supplied_id bigint, owner_id bigint, delivery_class text, hours interval, reason text, facts jsonb,
        command_kind text, request_hash bytea, answer_status smallint, answer bytea);
    GRANT SELECT ON bench_wish TO beijian_app;
"""
_COLUMNS = (
    *("n", "kind", "warehouse_id", "requested_by_id", "priority", "part_id", "preferred_source_id", "breach_cause"),
    *("source_id", "supplied_id", "owner_id", "delivery_class", "hours", "reason", "facts"),
    *("command_kind", "request_hash", "answer_status", "answer"),
)

# One statement of a kind is made of these parts; `{...}` are the states of the line's one unit.
_ACCEPT = """
WITH wish AS MATERIALIZED (SELECT * FROM bench_wish WHERE n = :n),
done AS (
    INSERT INTO command (key, principal_id, kind, request_hash, answer_status, answer)
    SELECT 'raw-' || :run || '-' || n, requested_by_id, command_kind, request_hash, answer_status, answer FROM wish
    RETURNING id, recorded_at
),
request AS (
    INSERT INTO part_request (warehouse_id, requested_by_id, priority, note, requested_at)
    SELECT warehouse_id, requested_by_id, priority, '', recorded_at FROM wish, done RETURNING id
),
line AS (
    INSERT INTO part_request_line (request_id, position, part_id, quantity, back_ordered, reserved, released, issued,
                                   received, preferred_source_id, responsible_id, next_review_at, first_promised_at,
                                   promised_at, received_at, breach_cause)
    SELECT request.id, 1, part_id, 1, {back_ordered}, {reserved}, {released}, {on_site}, {on_site},
           preferred_source_id, requested_by_id, recorded_at + hours, recorded_at + hours, recorded_at + hours,
           CASE WHEN {on_site} = 1 THEN recorded_at END, breach_cause
    FROM wish, done, request RETURNING id, status
),
promised AS (
    INSERT INTO promise (line_id, source_id, part_id, quantity, delivery_class, promised_at, reason, actor_id,
                         command_id, made_at)
    SELECT line.id, source_id, supplied_id, 1, delivery_class, recorded_at + hours, reason, requested_by_id, done.id,
           recorded_at
    FROM wish, done, line
),
told AS (
    INSERT INTO document_event (document_kind, document_id, happening, from_status, to_status, reason, facts,
                                actor_id, command_id, recorded_at)
    SELECT 'request_line', line.id, 'requested', 'new', line.status, '', facts, requested_by_id, done.id, recorded_at
    FROM wish, done, line
)"""
_RESERVE = """,
balanced AS (
    UPDATE balance b SET reserved = b.reserved + 1 FROM wish
    WHERE b.warehouse_id = source_id AND b.part_id = supplied_id AND b.owner_id = wish.owner_id
      AND b.on_hand > b.reserved
    RETURNING b.warehouse_id, b.part_id, b.owner_id
),
reserved AS (
    INSERT INTO reservation (purpose, line_id, warehouse_id, part_id, owner_id, quantity, allocated, priority,
                             reserved_at)
    SELECT '{purpose}', line.id, b.warehouse_id, b.part_id, b.owner_id, 1, {allocated}, priority, recorded_at
    FROM balanced b, wish, done, line RETURNING id
)"""
_ALLOCATE = """,
lot AS MATERIALIZED (
    SELECT b.id, b.lot_id, b.unit_id, b.bin_id, b.warehouse_id, b.part_id
    FROM lot_balance b JOIN balanced USING (warehouse_id, part_id, owner_id)
    WHERE b.condition = 'good' AND b.on_hand > b.allocated
    ORDER BY b.first_received_at, b.lot_id, b.id LIMIT 1 FOR UPDATE OF b
),
lot_taken AS (UPDATE lot_balance b SET allocated = b.allocated + 1 FROM lot WHERE b.id = lot.id),
given AS (
    INSERT INTO allocation (reservation_id, lot_balance_id, lot_id, quantity, actor_id, command_id, allocated_at)
    SELECT reserved.id, lot.id, lot.lot_id, 1, requested_by_id, done.id, recorded_at FROM reserved, lot, wish, done
    RETURNING id
)"""
_HAND_OVER = """,
opened AS (
    INSERT INTO wave (warehouse_id, trigger, released_by_id, released_at)
    SELECT source_id, 'urgent', requested_by_id, recorded_at FROM wish, done RETURNING id
),
task AS (
    INSERT INTO pick_task (wave_id, warehouse_id, destination_id, line_id, reservation_id, allocation_id, part_id,
                           lot_id, unit_id, bin_id, pick_sequence, quantity, status, released_at, due_at)
    SELECT opened.id, lot.warehouse_id, wish.warehouse_id, line.id, reserved.id, given.id, lot.part_id, lot.lot_id,
           lot.unit_id, lot.bin_id, bin.pick_sequence, 1, 'released', recorded_at, recorded_at + hours
    FROM opened, wish, done, line, reserved, given, lot JOIN bin ON bin.id = lot.bin_id
    RETURNING id, wave_id
)
INSERT INTO document_event (document_kind, document_id, happening, from_status, to_status, reason, facts, actor_id,
                            command_id, recorded_at)
SELECT 'pick_task', task.id, 'released', 'new', 'released', '',
       jsonb_build_object('wave_id', wave_id, 'trigger', 'urgent', 'quantity', 1), requested_by_id, done.id, recorded_at
FROM task, wish, done;"""
_END = "\nSELECT id FROM line;"


def _statement(kind: str) -> str:
    """The writes of one kind of request, in one statement."""
    states = dict.fromkeys(("back_ordered", "reserved", "released", "on_site"), 0)
    states["released" if kind == "urgent" else kind] = 1
    statement = _ACCEPT.format(**states)
    if kind != "back_ordered":
        on_site = kind == "on_site"
        statement += _RESERVE.format(
            purpose="earmark" if on_site else "supply", allocated=0 if kind == "reserved" else 1
        )
    if kind in ("on_site", "urgent"):
        statement += _ALLOCATE
    return statement + (_HAND_OVER if kind == "urgent" else _END)


def script() -> str:
    """The pgbench script: each client counts its own turns, a turn is a request, its place tells its kind.

    Requests are numbered kind by kind; `permute` shuffles them.
    """
    branches = [
        f"\\{'if' if index == 0 else 'elif'} :n < :upto_{kind}\n{_statement(kind)}\n"
        for index, kind in enumerate(KINDS)
    ]
    turns = "\\set turn :turn + 1\n\\set n permute(:client_id + :turn * :clients, :total)\n"
    return turns + "".join(branches) + "\\endif\n"


def find_pgbench() -> Path | None:
    """The program, from the server's own folder, the path, or where Debian puts it."""
    places = [embedded_binaries() / "pgbench", *sorted(Path("/usr/lib/postgresql").glob("*/bin/pgbench"), reverse=True)]
    on_path = shutil.which("pgbench")
    return next((place for place in [*places, *([Path(on_path)] if on_path else [])] if place.exists()), None)


class Unequal(Exception):
    """pgbench left other rows than the requests did: the yardstick would measure something else."""


@dataclass(frozen=True)
class Yardstick:
    """pgbench and the two databases: the measured one tells what to write, the copy takes it."""

    databases: Databases
    program: Path
    folder: Path

    def last_line(self) -> int:
        """The newest request line of the measured database: what comes after it is to be written again."""
        with self.databases.opened(APP_ROLE, self.databases.measured) as engine, engine.connect() as connection:
            return int(connection.scalar(text("SELECT coalesce(max(id), 0) FROM part_request_line")) or 0)

    def replay(self, since: int, *, clients: int) -> float:
        """Write all requests after that line once more, by so many clients; tell how many a second.

        Raises: Unequal when not every table has as many rows as in the measured database afterwards.
        """
        kinds = self._copy_wishes(since)
        upto, names = 0, {"turn": -1, "clients": clients, "total": kinds.total(), "run": since}
        for kind in KINDS:
            upto += kinds[kind]
            names[f"upto_{kind}"] = upto
        (self.folder / "accept.sql").write_text(script())
        done = subprocess.run(
            [
                *(self.program, "-n", "-M", "prepared", "-c", str(clients), "-j", str(min(clients, 2))),
                *("-t", str(kinds.total() // clients), "-f", self.folder / "accept.sql"),
                *(option for name, value in names.items() for option in ("-D", f"{name}={value}")),
                self.databases.address(APP_ROLE, self.databases.copied).replace("postgresql+psycopg", "postgresql"),
            ],
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS_MAX,
        )
        rate = re.search(r"^tps = ([0-9.]+)", done.stdout, re.MULTILINE)
        if done.returncode or rate is None:
            raise Unequal(f"pgbench failed:\n{done.stderr[-2000:]}")
        self._require_equal_rows()
        return float(rate[1])

    def _copy_wishes(self, since: int) -> Counter[str]:
        """Bring what was requested into the copy, numbered kind by kind; tell how many of each kind there are."""
        with self.databases.opened(APP_ROLE, self.databases.measured) as engine, engine.connect() as connection:
            wishes = sorted(connection.execute(_WISHES, {"since": since}), key=lambda wish: KINDS.index(wish.kind))
        with self.databases.opened(OWNER_ROLE, self.databases.copied) as engine:
            raw = engine.raw_connection()
            cursor = raw.cursor()
            cursor.execute(_MAKE_WISHES)
            with cursor.copy(f"COPY bench_wish ({', '.join(_COLUMNS)}) FROM STDIN") as copy:
                for n, wish in enumerate(wishes):
                    facts = json.dumps(wish.facts)
                    copy.write_row([n, *(facts if name == "facts" else getattr(wish, name) for name in _COLUMNS[1:])])
            cursor.execute("ANALYZE bench_wish")
            raw.commit()
            raw.close()
        return Counter(wish.kind for wish in wishes)

    def _require_equal_rows(self) -> None:
        measured, copied = (self._rows(name) for name in (self.databases.measured, self.databases.copied))
        if measured != copied:
            differing = {name: (measured[name], copied[name]) for name in measured if measured[name] != copied[name]}
            raise Unequal(f"rows of (requests, pgbench): {differing}")

    def _rows(self, database: str) -> dict[str, int]:
        """How many rows each table has, the giant ones apart."""
        with self.databases.opened(OWNER_ROLE, database) as engine, engine.connect() as connection:
            tables = connection.scalars(
                text(
                    "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace "
                    "AND relname <> 'bench_wish' AND reltuples < :most ORDER BY relname"
                ),
                {"most": COUNTED_ROWS_MAX},
            ).all()
            counts = " UNION ALL ".join(f"SELECT '{name}' AS name, count(*) AS rows FROM {name}" for name in tables)
            return {row.name: row.rows for row in connection.execute(text(counts))}

    def taken(self, database: str) -> tuple[int, int]:
        """What is set aside and what was given lots in all, which has to be the same in both databases."""
        with self.databases.opened(OWNER_ROLE, database) as engine, engine.connect() as connection:
            row = connection.execute(
                text("SELECT (SELECT sum(reserved) FROM balance), (SELECT sum(allocated) FROM lot_balance)")
            ).one()
        return int(row[0] or 0), int(row[1] or 0)

    def require_equal_stock(self) -> None:
        """Check that pgbench took as much stock as the requests did.

        Raises: Unequal.
        """
        measured, copied = (self.taken(name) for name in (self.databases.measured, self.databases.copied))
        if measured != copied:
            raise Unequal(f"reserved and allocated, by requests and by pgbench: {measured}, {copied}")
