"""Supersession in demand history: what was asked of an old number counts for the one that replaces it.

On the day of planning the valid links are followed from old to new, however many steps; the ratios of the steps
multiply. Where an old number has several valid links the one that began last is followed. A link that begins later than
the day, or has ended by then, moves nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.catalogue.models import Supersession


@dataclass(frozen=True, slots=True)
class Link:
    """So many of the new part replace one of the old from a day until the day before another."""

    id: int
    old_part_id: int
    new_part_id: int
    valid_from: date
    valid_to: date | None
    ratio: int


@dataclass(frozen=True, slots=True)
class Successor:
    """The part that an old part's demand counts for, and how many of it for one."""

    part_id: int
    ratio: int


def successors(links: Sequence[Link], *, on: date) -> dict[int, Successor]:
    """For every part that is replaced on a day: by which in the end, and in which ratio.

    Links hold no circle: the catalogue refuses those.
    """
    valid = [link for link in links if link.valid_from <= on and (link.valid_to is None or on < link.valid_to)]
    following = {link.old_part_id: link for link in sorted(valid, key=lambda link: (link.valid_from, link.id))}
    return {old: _last(following, old) for old in following}


def _last(following: dict[int, Link], part_id: int) -> Successor:
    ratio = 1
    while part_id in following:
        ratio *= following[part_id].ratio
        part_id = following[part_id].new_part_id
    return Successor(part_id, ratio)


def read_successors(session: Session, *, on: date) -> dict[int, Successor]:
    """The successors by the links that stand."""
    rows = session.execute(
        select(
            Supersession.id,
            Supersession.old_part_id,
            Supersession.new_part_id,
            Supersession.valid_from,
            Supersession.valid_to,
            Supersession.ratio,
        )
    )
    return successors([Link(*row) for row in rows], on=on)
