"""Finding parts by what people know of them: a number or its beginning, a GTIN, a piece of the name in Chinese, in
English or in pinyin (in full or the initials), the model they belong to; or several of these, apart by spaces.

One statement over all parts. Every row is compared by `strpos`, which knows no wildcards, so nothing need be escaped;
at 60,000 parts that takes 30 ms, and no extension is needed. The links of superseded numbers come along.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from inventory.catalogue.families import FAMILY_PARTS_MAX
from inventory.catalogue.models import BaseUnit
from inventory.catalogue.parts import GTIN_LENGTHS

WORDS_MAX = 4
TEXT_LENGTH_MAX = 80
MODELS_MAX = 50
LIMIT_MAX = 100


@dataclass(frozen=True, slots=True)
class SupersessionHint:
    """A part before or after another in the line of supersession, and on what terms.

    `steps` counts the links between them; the terms are those of the last link of the way.
    """

    part_id: int
    number: str
    name_zh: str
    name_en: str
    ratio: int
    interchangeable: bool
    consume_old_first: bool
    valid_from: date
    valid_to: date | None
    steps: int


@dataclass(frozen=True, slots=True)
class PartHit:
    """A part that was found; `rank` and `number` are the place to read on from."""

    part_id: int
    number: str
    name_zh: str
    name_en: str
    division_zh: str
    division_en: str
    gtin: str | None
    base_unit: BaseUnit
    active: bool
    rank: int
    superseded_by: tuple[SupersessionHint, ...]
    replaces: tuple[SupersessionHint, ...]

    @property
    def place(self) -> tuple[int, str]:
        """Where the next page begins when this is the last hit of a page."""
        return self.rank, self.number


_MATCH = """
    (strpos(lower(part.number), :{word}) > 0 OR strpos(lower(part.name_zh), :{word}) > 0
     OR strpos(part.name_pinyin, :{word}) > 0 OR strpos(part.pinyin_initials, :{word}) > 0
     OR strpos(lower(part.name_en), :{word}) > 0
     OR part.id IN (
        SELECT model_part.part_id FROM model_part WHERE model_part.model_id = ANY(ARRAY(
            SELECT id FROM product_model
            WHERE strpos(lower(code), :{word}) > 0 OR strpos(lower(name_zh), :{word}) > 0
               OR strpos(lower(name_en), :{word}) > 0 OR strpos(name_pinyin, :{word}) > 0 OR pinyin_initials = :{word}
            ORDER BY code LIMIT :models_max))))
"""
_PAGE = """
    found AS (
        SELECT part.id, part.number, 2 * CASE
                   WHEN lower(part.number) = :whole OR part.gtin = :gtin THEN 0
                   WHEN starts_with(lower(part.number), :whole) THEN 1
                   WHEN starts_with(lower(part.name_zh), :whole) OR starts_with(lower(part.name_en), :whole)
                     OR starts_with(part.pinyin_initials, :whole) OR starts_with(part.name_pinyin, :whole) THEN 2
                   ELSE 3 END + CASE WHEN part.active THEN 0 ELSE 1 END AS rank
        FROM part WHERE part.gtin = :gtin OR {matches}
    ),
    page AS MATERIALIZED (
        SELECT id, number, rank FROM found
        WHERE CAST(:after_rank AS integer) IS NULL OR (rank, number) > (:after_rank, :after_number)
        ORDER BY rank, number LIMIT :limit
    )
"""
_WAY = """
    {way} (hit_id, id, link_id, steps) AS (
        SELECT page.id, link.{there}, link.id, 1 FROM page JOIN supersession AS link ON link.{here} = page.id
        WHERE link.valid_to IS NULL OR link.valid_to > :on
        UNION ALL
        SELECT way.hit_id, link.{there}, link.id, way.steps + 1
        FROM {way} AS way JOIN supersession AS link ON link.{here} = way.id
        WHERE (link.valid_to IS NULL OR link.valid_to > :on) AND way.steps < :steps_max
    ),
    {way}_hint AS (
        SELECT hit_id, jsonb_agg(jsonb_build_object('part_id', other.id, 'number', other.number,
                   'name_zh', other.name_zh, 'name_en', other.name_en, 'ratio', link.ratio,
                   'interchangeable', link.interchangeable, 'consume_old_first', link.consume_old_first,
                   'valid_from', link.valid_from, 'valid_to', link.valid_to, 'steps', nearest.steps)
                   ORDER BY nearest.steps, other.number) AS hints
        FROM (SELECT DISTINCT ON (hit_id, id) hit_id, id, link_id, steps FROM {way} ORDER BY hit_id, id, steps)
             AS nearest
        JOIN supersession AS link ON link.id = nearest.link_id
        JOIN part AS other ON other.id = nearest.id
        GROUP BY hit_id
    )
"""
_SEARCH = """
    WITH RECURSIVE {page}, {later}, {earlier}
    SELECT part.id AS part_id, part.number, part.name_zh, part.name_en, division.name_zh AS division_zh,
           division.name_en AS division_en, part.gtin, part.base_unit, part.active, page.rank,
           later_hint.hints AS superseded_by, earlier_hint.hints AS replaces
    FROM page
    JOIN part ON part.id = page.id
    JOIN division ON division.id = part.division_id
    LEFT JOIN later_hint ON later_hint.hit_id = page.id
    LEFT JOIN earlier_hint ON earlier_hint.hit_id = page.id
    ORDER BY page.rank, page.number
"""


def _statement(words: int) -> TextClause:
    """The search for so many words: its text never changes, so that it is parsed and prepared once."""
    matches = " AND ".join(_MATCH.format(word=f"word{index}") for index in range(words))
    return text(
        _SEARCH.format(
            page=_PAGE.format(matches=matches),
            later=_WAY.format(way="later", here="old_part_id", there="new_part_id"),
            earlier=_WAY.format(way="earlier", here="new_part_id", there="old_part_id"),
        )
    )


_STATEMENTS = {words: _statement(words) for words in range(1, WORDS_MAX + 1)}


def search_parts(
    session: Session, asked: str, *, on: date, limit: int = 20, after: tuple[int, str] | None = None
) -> list[PartHit]:
    """Find parts that match every word: the exact number first, then its beginning, the name's beginning, the rest.

    A word matches a part by its own number and names or by a model it fits. Parts no longer in use come last
    within their rank. Nothing asked finds nothing.
    """
    whole = " ".join(asked.lower().split())[:TEXT_LENGTH_MAX]
    words = whole.split()[:WORDS_MAX]
    if not words or "\0" in whole:
        return []
    after_rank, after_number = after or (None, None)
    rows = session.execute(
        _STATEMENTS[len(words)],
        {
            **{f"word{index}": word for index, word in enumerate(words)},
            "whole": whole,
            "gtin": whole.zfill(14) if whole.isascii() and whole.isdigit() and len(whole) in GTIN_LENGTHS else None,
            "models_max": MODELS_MAX,
            "steps_max": FAMILY_PARTS_MAX,
            "on": on,
            "after_rank": after_rank,
            "after_number": after_number,
            "limit": min(limit, LIMIT_MAX),
        },
    )
    return [_hit(row._mapping) for row in rows]


def _hit(row: Mapping[Any, Any]) -> PartHit:
    hints = {"superseded_by": _hints(row["superseded_by"]), "replaces": _hints(row["replaces"])}
    return PartHit(**{**row, **hints, "base_unit": BaseUnit(row["base_unit"])})


def _hints(found: Sequence[dict[str, Any]] | None) -> tuple[SupersessionHint, ...]:
    return tuple(
        SupersessionHint(
            **{
                **hint,
                "valid_from": date.fromisoformat(hint["valid_from"]),
                "valid_to": date.fromisoformat(hint["valid_to"]) if hint["valid_to"] else None,
            }
        )
        for hint in found or ()
    )
