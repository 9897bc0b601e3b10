"""Things to test with: divisions, parts, links from old part numbers to new ones, product models."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from itertools import count

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory import catalogue
from inventory.catalogue.models import BaseUnit, Division, ModelPart, Part, ProductModel, Supersession
from inventory.pinyin import pinyin

LONG_AGO = date(2000, 1, 1)
_numbers = count(1)


def division(session: Session, code: str = "FRIDGE", *, name_zh: str = "冰箱事业部", name_en: str = "") -> Division:
    """A product division; once there it is found again by its code."""
    known = session.scalar(select(Division).where(Division.code == code))
    if known is not None:
        return known
    made = Division(code=code, name_zh=name_zh, name_en=name_en)
    session.add(made)
    session.flush()
    return made


def part(
    session: Session,
    number: str | None = None,
    *,
    name_zh: str = "压缩机",
    name_en: str = "",
    division: Division | None = None,
    gtin: str | None = None,
    base_unit: BaseUnit | str = BaseUnit.PIECE,
    serial_tracked: bool = False,
    weight_g: int | None = None,
    price: Decimal | None = None,
    active: bool = True,
) -> Part:
    """A part with a number of its own."""
    made = Part(
        number=number or f"P{next(_numbers):07}",
        name_zh=name_zh,
        name_en=name_en,
        name_pinyin=pinyin(name_zh).full,
        pinyin_initials=pinyin(name_zh).initials,
        division_id=(division or _any_division(session)).id,
        gtin=gtin,
        base_unit=BaseUnit(base_unit),
        serial_tracked=serial_tracked,
        weight_g=weight_g,
        price=price,
        currency=None if price is None else "CNY",
        active=active,
    )
    session.add(made)
    session.flush()
    return made


def supersession(
    session: Session,
    old: Part,
    new: Part,
    *,
    valid_from: date = LONG_AGO,
    valid_to: date | None = None,
    ratio: int = 1,
    interchangeable: bool = False,
    consume_old_first: bool = True,
) -> Supersession:
    """The new part replaces the old one; which part may serve which is worked out anew."""
    made = Supersession(
        old_part_id=old.id,
        new_part_id=new.id,
        valid_from=valid_from,
        valid_to=valid_to,
        ratio=ratio,
        interchangeable=interchangeable,
        consume_old_first=consume_old_first,
    )
    session.add(made)
    session.flush()
    catalogue.keep_usable_parts(session)
    return made


def model(
    session: Session,
    code: str | None = None,
    *,
    name_zh: str = "对开门冰箱",
    parts: Iterable[Part] = (),
    division: Division | None = None,
) -> ProductModel:
    """A product model with one each of the parts on its bill of material."""
    made = ProductModel(
        code=code or f"BCD-{next(_numbers):05}",
        name_zh=name_zh,
        name_pinyin=pinyin(name_zh).full,
        pinyin_initials=pinyin(name_zh).initials,
        division_id=(division or _any_division(session)).id,
    )
    session.add(made)
    session.flush()
    session.add_all(ModelPart(model_id=made.id, part_id=one.id, quantity=1) for one in parts)
    session.flush()
    return made


def _any_division(session: Session) -> Division:
    return division(session)
