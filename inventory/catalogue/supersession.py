"""Links from old part numbers to new ones, and what they make usable. One engine for every context.

`usable_part` is a fold of the links with ratio 1, worked out by `families.py` and kept here, in the transaction that
changes a link. Whoever changes links takes one advisory lock first: circles are refused over all links at once.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from inventory.catalogue import families
from inventory.catalogue.models import Supersession

LINKS_LOCK = 0x6265696A02
"""Advisory lock: one transaction at a time changes supersession links."""


@dataclass(frozen=True, slots=True)
class Substitute:
    """A part that may serve demand for the asked one; below 0 before it, above 0 after it."""

    asked_part_id: int
    usable_part_id: int
    preference: int


def lock_links(session: Session) -> None:
    """Let nobody else change links until the end of the transaction."""
    session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LINKS_LOCK})


_WANTED = """
    SELECT * FROM unnest(CAST(:asked AS bigint[]), CAST(:usable AS bigint[]), CAST(:from_days AS date[]),
                         CAST(:to_days AS date[]), CAST(:preferences AS smallint[]))
        AS wanted (asked_part_id, usable_part_id, valid_from, valid_to, preference)
"""
_DROP_UNWANTED = text(f"""
    DELETE FROM usable_part AS kept WHERE NOT EXISTS (
        SELECT FROM ({_WANTED}) AS wanted
        WHERE (wanted.asked_part_id, wanted.usable_part_id, wanted.valid_from)
            = (kept.asked_part_id, kept.usable_part_id, kept.valid_from))
""")  # noqa: S608 -- constants of this module
_KEEP_WANTED = text(f"""
    INSERT INTO usable_part (asked_part_id, usable_part_id, valid_from, valid_to, preference) {_WANTED}
    ON CONFLICT (asked_part_id, usable_part_id, valid_from)
    DO UPDATE SET valid_to = excluded.valid_to, preference = excluded.preference
    WHERE (usable_part.valid_to, usable_part.preference) IS DISTINCT FROM (excluded.valid_to, excluded.preference)
""")


def keep_usable_parts(session: Session) -> None:
    """Make `usable_part` what the links say, touching only rows that differ."""
    wanted = families.usable_parts(_one_for_one_links(session))
    rows = {
        "asked": [one.asked_part_id for one in wanted],
        "usable": [one.usable_part_id for one in wanted],
        "from_days": [one.valid_from for one in wanted],
        "to_days": [one.valid_to for one in wanted],
        "preferences": [one.preference for one in wanted],
    }
    session.execute(_DROP_UNWANTED, rows)
    session.execute(_KEEP_WANTED, rows)


def _one_for_one_links(session: Session) -> list[families.Link]:
    rows = session.execute(
        select(
            Supersession.old_part_id,
            Supersession.new_part_id,
            Supersession.valid_from,
            Supersession.valid_to,
            Supersession.interchangeable,
            Supersession.consume_old_first,
        ).where(Supersession.ratio == 1)
    )
    return [families.Link(*row) for row in rows]


_SUBSTITUTES = text("""
    SELECT asked_part_id, usable_part_id, preference FROM usable_part
    WHERE asked_part_id = ANY(CAST(:part_ids AS bigint[]))
      AND valid_from <= :on AND (valid_to IS NULL OR valid_to > :on)
    ORDER BY asked_part_id, preference, usable_part_id
""")


def substitutes(session: Session, part_ids: Iterable[int], *, on: date) -> list[Substitute]:
    """What may serve demand for the parts on a day, besides themselves, in the order in which it should."""
    rows = session.execute(_SUBSTITUTES, {"part_ids": list(part_ids), "on": on})
    return [Substitute(*row) for row in rows]
