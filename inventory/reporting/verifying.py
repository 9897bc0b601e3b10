"""`beijian verify`: every rule of the ledger and of the documents, re-proved from the rows.

All checks read one snapshot, so that work going on at the same time is no violation: the caller's transaction is
REPEATABLE READ and may be read-only.
"""

from collections.abc import Iterator

from sqlalchemy import text
from sqlalchemy.orm import Session

from inventory.reporting.checks import Check, Finding
from inventory.reporting.document_checks import DOCUMENT_CHECKS
from inventory.reporting.fifo_replay import replay_fifo
from inventory.reporting.ledger_checks import LEDGER_CHECKS

CHECKS: tuple[Check, ...] = LEDGER_CHECKS + DOCUMENT_CHECKS
"""All that one SELECT can tell; the replay of FIFO comes besides."""

# The folds of millions of moves: room to hash them, and the time it takes.
_ROOM = text("SELECT set_config('work_mem', '256MB', true), set_config('statement_timeout', '0', true)")


def verify(session: Session) -> Iterator[Finding]:
    """Run every check: the ledger's, the documents', and the replay of first in, first out."""
    session.execute(_ROOM)
    for check in CHECKS:
        yield check.run(session)
    yield replay_fifo(session)
