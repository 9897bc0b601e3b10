"""What a check of the books is: a rule that must hold, and the SELECT that finds the rows which break it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

SAMPLE_ROWS = 5
"""How many of the rows that break a rule are shown."""

CLOCK_TOLERANCE = timedelta(minutes=1)
"""How far instants may fall behind the order of ids. An instant is its transaction's start, an id is drawn under the
lock: they lie as far apart as a transaction is long, and an import is the longest."""


@dataclass(frozen=True, slots=True)
class Finding:
    """How many rows break a rule, and the first few of them."""

    name: str
    rule: str
    violations: int
    sample: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Check:
    """A rule of the books by its number in the table of invariants; `violations` selects the rows that break it."""

    name: str
    rule: str
    violations: str

    def run(self, session: Session) -> Finding:
        """Count the rows that break the rule, in one SELECT."""
        counted = text(
            f"WITH violation AS MATERIALIZED ({self.violations}) "  # noqa: S608
            "SELECT (SELECT count(*) FROM violation) AS violations, "
            f"ARRAY(SELECT to_jsonb(violation) FROM violation LIMIT {SAMPLE_ROWS}) AS sample"
        )
        row = session.execute(counted).one()
        return Finding(self.name, self.rule, row.violations, tuple(row.sample))
