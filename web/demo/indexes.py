"""Foreign keys and plain indexes put aside while millions of rows come in, and built again over all of them at once.

Checking a foreign key row by row costs five microseconds a key, over all rows at once a tenth of it. What is built
again is what the database itself told before, so nothing of it stands here; it happens in the transaction of the load,
so a load that fails leaves them as they were. CHECKs, primary and unique keys and triggers stay in force throughout.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from inventory.copying import Cursor

_FOREIGN_KEYS = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE contype = 'f' AND conrelid::regclass::text = ANY(%s) ORDER BY conrelid::regclass::text, conname
"""
_INDEXES = """
    SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i
    WHERE i.indrelid::regclass::text = ANY(%s) AND NOT i.indisunique ORDER BY i.indexrelid::regclass::text
"""


@contextmanager
def put_aside(cursor: Cursor, tables: Sequence[str]) -> Iterator[None]:
    """Drop foreign keys and indexes that hold nothing unique, and build them again at the end of the block."""
    keys = cursor.execute(_FOREIGN_KEYS, (list(tables),)).fetchall()
    indexes = cursor.execute(_INDEXES, (list(tables),)).fetchall()
    for table, name, _ in keys:
        cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"'.encode())
    for name, _ in indexes:
        cursor.execute(f"DROP INDEX {name}".encode())
    yield
    for _, definition in indexes:
        cursor.execute(str(definition).encode())
    for table, name, definition in keys:
        cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}'.encode())
