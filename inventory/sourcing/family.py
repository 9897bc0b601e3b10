"""The numbers that hang together with a part by supersession, as people see them, and which are sent in its place."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from inventory import catalogue

AnyRow = Row[*tuple[Any, ...]]


class Kinship(StrEnum):
    """How a number stands to the one asked about: it replaces it, was replaced by it, or replaces the same."""

    NEWER = "newer"
    OLDER = "older"
    BESIDE = "beside"


@dataclass(frozen=True, slots=True)
class Relative:
    """A number of the same family, on the terms of the last link of the way to it; `steps` counts the links.

    `serves`: it is sent in place of the part without asking, on the day. `ratio`: so many new ones for one old.
    """

    part_id: int
    number: str
    name_zh: str
    name_en: str
    active: bool
    kinship: Kinship
    steps: int
    ratio: int
    interchangeable: bool
    consume_old_first: bool
    valid_from: date
    valid_to: date | None
    serves: bool


# The links between all numbers of the families of some parts, those of the past left out.
_LINKS = text("""
    WITH RECURSIVE family (part_id) AS (
        SELECT unnest(CAST(:part_ids AS bigint[]))
        UNION
        SELECT CASE WHEN link.old_part_id = family.part_id THEN link.new_part_id ELSE link.old_part_id END
        FROM family JOIN supersession link ON family.part_id IN (link.old_part_id, link.new_part_id)
        WHERE link.valid_to IS NULL OR link.valid_to > :on
    )
    SELECT link.old_part_id, link.new_part_id, link.valid_from, link.valid_to, link.ratio, link.interchangeable,
           link.consume_old_first
    FROM supersession link
    WHERE link.old_part_id IN (SELECT part_id FROM family) AND (link.valid_to IS NULL OR link.valid_to > :on)
    ORDER BY link.valid_from, link.id
""")


def list_relatives(session: Session, part_ids: Sequence[int], *, on: date) -> dict[int, list[Relative]]:
    """Of each part the numbers that replace it, the nearest first, those it replaces, and others sent in its place."""
    links = session.execute(_LINKS, {"part_ids": list(part_ids), "on": on}).all()
    members = {part_id for link in links for part_id in (link.old_part_id, link.new_part_id)}
    if not members:
        return {}
    parts = {part.id: part for part in catalogue.list_parts(session, members)}
    serving = {(one.asked_part_id, one.usable_part_id) for one in catalogue.substitutes(session, part_ids, on=on)}
    found: dict[int, list[Relative]] = {}
    for part_id in part_ids:
        relatives = _walk(links, part_id, Kinship.NEWER)
        relatives |= _walk(links, part_id, Kinship.OLDER)
        beside = _walk(links, part_id, Kinship.BESIDE)
        relatives |= {one: way for one, way in beside.items() if one not in relatives and (part_id, one) in serving}
        found[part_id] = [
            _relative(parts[one], *way, serves=(part_id, one) in serving) for one, way in relatives.items()
        ]
    return found


def _walk(links: Sequence[AnyRow], start: int, kinship: Kinship) -> dict[int, tuple[Kinship, int, AnyRow]]:
    """Every number reached from the start, with the steps to it and the last link of the way."""
    ways: Mapping[int, list[tuple[int, AnyRow]]] = defaultdict(list)
    for link in links:
        if kinship is not Kinship.OLDER:
            ways[link.old_part_id].append((link.new_part_id, link))
        if kinship is not Kinship.NEWER:
            ways[link.new_part_id].append((link.old_part_id, link))
    reached: dict[int, tuple[Kinship, int, AnyRow]] = {}
    border, steps = [start], 0
    while border:
        steps += 1
        onwards = [way for part_id in border for way in ways.get(part_id, ())]
        border = []
        for part_id, link in onwards:
            if part_id != start and part_id not in reached:
                reached[part_id] = kinship, steps, link
                border.append(part_id)
    return reached


def _relative(part: catalogue.Part, kinship: Kinship, steps: int, link: AnyRow, *, serves: bool) -> Relative:
    return Relative(
        part_id=part.id,
        number=part.number,
        name_zh=part.name_zh,
        name_en=part.name_en,
        active=part.active,
        kinship=kinship,
        steps=steps,
        ratio=link.ratio,
        interchangeable=link.interchangeable,
        consume_old_first=link.consume_old_first,
        valid_from=link.valid_from,
        valid_to=link.valid_to,
        serves=serves,
    )
