"""What the API and the screens of parts share: finding them by words and by product model, and telling one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory import catalogue, sourcing
from inventory.catalogue import BaseUnit, BillLine, Division, Part, PartHit, SupersessionHint
from inventory.sourcing import Kinship, Relative
from web.paging import Page, pack_cursor, unpack_cursor

Hint = SupersessionHint | Relative


@dataclass(frozen=True, slots=True)
class FoundPart:
    """A part in a list; `fits` says how many of it the model has, where the list is about one."""

    part_id: int
    number: str
    name_zh: str
    name_en: str
    division_zh: str
    division_en: str
    gtin: str | None
    base_unit: BaseUnit
    active: bool
    fits: int | None
    superseded_by: Sequence[Hint]
    replaces: Sequence[Hint]


def find_parts(
    session: Session, words: str, *, model: str | None, on: date, cursor: str | None, limit: int
) -> Page[FoundPart]:
    """A page of parts that match every word; of a model's bill of material where one is named.

    Raises: NotFound when there is no such model; CursorUnreadable.
    """
    if model is not None:
        return _of_model(session, words, model=model, on=on, cursor=cursor, limit=limit)
    after = unpack_cursor(cursor, [int, str]) if cursor else None
    hits = catalogue.search_parts(session, words, on=on, limit=limit + 1, after=after)
    shown = [_from_hit(hit) for hit in hits[:limit]]
    return Page(shown, pack_cursor(hits[limit - 1].place) if len(hits) > limit else None)


def division_of(session: Session, part: Part) -> Division:
    """The product division that owns a part."""
    return session.get_one(Division, part.division_id)


def _of_model(session: Session, words: str, *, model: str, on: date, cursor: str | None, limit: int) -> Page[FoundPart]:
    """The model's bill of material is a few dozen lines: it is read whole and narrowed here."""
    (after,) = unpack_cursor(cursor, [str]) if cursor else ("",)
    bill = catalogue.parts_of_model(session, catalogue.get_model(session, model).id)
    matching = [line for line in bill if line.part.number > after and _matches(line.part, words)]
    lines = matching[:limit]
    relatives = sourcing.list_relatives(session, [line.part.id for line in lines], on=on)
    divisions = {one.id: one for one in session.scalars(select(Division))}
    shown = [_from_bill(line, divisions[line.part.division_id], relatives.get(line.part.id, ())) for line in lines]
    return Page(shown, pack_cursor([shown[-1].number]) if len(matching) > limit else None)


def _matches(part: Part, words: str) -> bool:
    texts = (part.number.lower(), part.name_zh.lower(), part.name_en.lower(), part.name_pinyin, part.pinyin_initials)
    return all(any(word in one for one in (*texts, part.gtin or "")) for word in words.lower().split())


def _from_hit(hit: PartHit) -> FoundPart:
    return FoundPart(
        part_id=hit.part_id,
        number=hit.number,
        name_zh=hit.name_zh,
        name_en=hit.name_en,
        division_zh=hit.division_zh,
        division_en=hit.division_en,
        gtin=hit.gtin,
        base_unit=hit.base_unit,
        active=hit.active,
        fits=None,
        superseded_by=hit.superseded_by,
        replaces=hit.replaces,
    )


def _from_bill(line: BillLine, division: Division, relatives: Sequence[Relative]) -> FoundPart:
    return FoundPart(
        part_id=line.part.id,
        number=line.part.number,
        name_zh=line.part.name_zh,
        name_en=line.part.name_en,
        division_zh=division.name_zh,
        division_en=division.name_en,
        gtin=line.part.gtin,
        base_unit=line.part.base_unit,
        active=line.part.active,
        fits=line.quantity,
        superseded_by=[one for one in relatives if one.kinship is Kinship.NEWER],
        replaces=[one for one in relatives if one.kinship is Kinship.OLDER],
    )
