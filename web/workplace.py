"""Where a person works: one of the warehouses within reach, chosen once and kept in the browser's session.

It narrows lists and fills forms; what somebody may see and do is decided by his reach alone.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from flask import session as browser
from sqlalchemy import BigInteger, ColumnElement, Select, any_, literal, or_, select, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from inventory.actor import Actor, Reach
from inventory.errors import NotFound, Refusal
from inventory.network.models import Warehouse
from web.auth import current_actor
from web.db import reading
from web.languages import current_language

LISTED_MAX = 50
_KEY = "workplace"


class WorkplaceNeeded(Refusal):
    """The screen is about one warehouse, and none is chosen yet."""

    code = "workplace_needed"


@dataclass(frozen=True, slots=True)
class Workplace:
    """The warehouse somebody works at."""

    id: int
    code: str
    name_zh: str
    name_en: str

    @property
    def name(self) -> str:
        """Its name in the language of the request."""
        return self.name_zh if current_language() == "zh" or not self.name_en else self.name_en


def chosen_workplace() -> Workplace | None:
    """The warehouse chosen in this browser, as long as it is within reach; None means all of them."""
    covered = places_of(current_actor())
    if covered is not None and len(covered) == 1 and _KEY not in browser:
        with reading() as session:  # who is bound to a single warehouse has nothing to choose
            _keep(session.get_one(Warehouse, *covered))
    if not browser.get(_KEY):
        return None
    place = Workplace(**browser[_KEY])
    return place if covered is None or place.id in covered else None


def required_workplace() -> Workplace:
    """The warehouse chosen, for a screen that is about one.

    Raises: WorkplaceNeeded, upon which the person is asked to choose.
    """
    place = chosen_workplace()
    if place is None:
        raise WorkplaceNeeded()
    return place


def choose_workplace(session: Session, code: str | None, *, by: Actor) -> None:
    """Keep the choice in the browser; None chooses all.

    Raises: NotFound when there is no such warehouse within reach.
    """
    if not code:
        browser[_KEY] = None
        return
    found = session.scalars(_within(by).where(Warehouse.code == code)).one_or_none()
    if found is None:
        raise NotFound(warehouse=code[:40])
    _keep(found)


def list_workplaces(session: Session, words: str, *, by: Actor) -> Sequence[Warehouse]:
    """The first warehouses within reach whose code or name holds the words, by code."""
    pattern = f"%{_escaped(words.strip())}%"
    matches = or_(
        Warehouse.code.ilike(pattern, escape="\\"),
        Warehouse.name_zh.ilike(pattern, escape="\\"),
        Warehouse.name_en.ilike(pattern, escape="\\"),
        Warehouse.name_pinyin.ilike(pattern, escape="\\"),
    )
    return session.scalars(_within(by).where(matches).order_by(Warehouse.code).limit(LISTED_MAX)).all()


def places_of(by: Actor) -> Reach:
    """Every warehouse within reach of any permission; None for the whole network."""
    places: frozenset[int] = frozenset()
    for covered in by.reach.values():
        if covered is None:
            return None
        places = covered if not places else places | covered
    return places


def _within(by: Actor) -> Select[Warehouse]:
    covered = places_of(by)
    reachable: ColumnElement[bool] = (
        true() if covered is None else Warehouse.id == any_(literal(sorted(covered), ARRAY(BigInteger)))
    )
    return select(Warehouse).where(reachable, Warehouse.active)


def _keep(warehouse: Warehouse) -> None:
    browser[_KEY] = asdict(
        Workplace(id=warehouse.id, code=warehouse.code, name_zh=warehouse.name_zh, name_en=warehouse.name_en)
    )


def _escaped(words: str) -> str:
    """The words with LIKE's own signs taken literally."""
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
