"""The directory: the people somebody may manage, searched and filtered, each with the roles held and where."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    all_,
    and_,
    any_,
    exists,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session, aliased

from inventory.actor import Actor
from inventory.errors import NotFound
from inventory.identity.errors import PlaceUnclear, PlaceUnknown
from inventory.identity.models import ApiToken, Person, Role, RoleBinding, WebSession
from inventory.identity.people import GRANTED_WITH, SYSTEM_LOGIN
from inventory.identity.permissions import Permission
from inventory.network.models import Warehouse

MANAGING = (Permission.MANAGE_PEOPLE, Permission.MANAGE_ENGINEERS)
PLACES_NAMED_MAX = 3


class Standing(StrEnum):
    """Whether somebody can log in."""

    ACTIVE = "active"
    INVITED = "invited"  # has a first password and has not replaced it yet
    INVITATION_OVER = "invitation_over"  # did not use it within its week
    NO_PASSWORD = "no_password"  # an outside system, or one who came without  # noqa: S105 (a word)
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class PeopleFilter:
    """What a list of people is narrowed to. `place` is a warehouse's code or part of its name."""

    words: str = ""
    place: str = ""
    role: Role | None = None
    disabled: bool | None = None


@dataclass(frozen=True, slots=True)
class HeldRole:
    """A role somebody holds; without a warehouse: everywhere."""

    id: int
    role: Role
    warehouse: Warehouse | None
    with_descendants: bool


@dataclass(frozen=True, slots=True)
class PersonView:
    """Somebody with his roles, and when he, or a token of his, was last here."""

    person: Person
    roles: Sequence[HeldRole]
    last_seen_at: datetime | None

    def standing(self, at: datetime) -> Standing:
        """Whether he can log in at that instant."""
        if self.person.disabled_at is not None:
            return Standing.DISABLED
        if self.person.password_hash is None:
            return Standing.NO_PASSWORD
        if not self.person.must_change_password:
            return Standing.ACTIVE
        over = self.person.password_expires_at is not None and self.person.password_expires_at <= at
        return Standing.INVITATION_OVER if over else Standing.INVITED


def list_people(
    session: Session, wanted: PeopleFilter, *, by: Actor, limit: int, after: str | None = None
) -> Sequence[PersonView]:
    """The people within reach that fit, by log-in name, those after one name.

    Raises: NotPermitted.
    """
    by.require_any(MANAGING)
    query = select(Person).where(_managed(by), _fits(wanted)).order_by(Person.login).limit(limit)
    if after is not None:
        query = query.where(Person.login > after)
    return _views(session, session.scalars(query).all())


def view_person(session: Session, person_id: int, *, by: Actor) -> PersonView:
    """Somebody within reach.

    Raises: NotPermitted; NotFound, for one outside as for a missing one.
    """
    by.require_any(MANAGING)
    found = session.scalars(select(Person).where(Person.id == person_id, _managed(by))).all()
    if not found:
        raise NotFound()
    (view,) = _views(session, found)
    return view


def grantable_roles(by: Actor) -> Sequence[Role]:
    """The roles somebody may hand out somewhere."""
    return [role for role in Role if any(by.may(permission) for permission in GRANTED_WITH[role])]


def grants_everywhere(by: Actor) -> bool:
    """Whether somebody may hand out roles that hold in the whole network."""
    return any(permission in by.reach and by.reach[permission] is None for permission in MANAGING)


def get_place(session: Session, words: str, *, by: Actor) -> Warehouse:
    """The warehouse meant by a code, or by a part of its name that fits one only, among those one manages.

    Raises: PlaceUnknown; PlaceUnclear naming the codes of a few.
    """
    within = or_(*(_covers(by, permission) for permission in MANAGING))
    query = select(Warehouse).where(within, Warehouse.active).order_by(Warehouse.code)
    exact = session.scalars(query.where(func.lower(Warehouse.code) == words.lower())).all()
    found = exact or session.scalars(query.where(_is_called(words)).limit(PLACES_NAMED_MAX + 1)).all()
    if not words or not found:
        raise PlaceUnknown(place=words[:40])
    if len(found) > 1:
        raise PlaceUnclear(place=words[:40], codes=[one.code for one in found[:PLACES_NAMED_MAX]])
    return found[0]


def list_places(session: Session, *, by: Actor, limit: int) -> Sequence[Warehouse]:
    """The first warehouses at which one manages people, by code."""
    within = or_(*(_covers(by, permission) for permission in MANAGING))
    return session.scalars(
        select(Warehouse).where(within, Warehouse.active).order_by(Warehouse.code).limit(limit)
    ).all()


def _fits(wanted: PeopleFilter) -> ColumnElement[bool]:
    fits: list[ColumnElement[bool]] = [true()]
    if wanted.words:
        fits.append(
            or_(
                Person.login.icontains(wanted.words, autoescape=True),
                Person.name.icontains(wanted.words, autoescape=True),
            )
        )
    if wanted.disabled is not None:
        fits.append(Person.disabled_at.is_not(None) if wanted.disabled else Person.disabled_at.is_(None))
    if wanted.role is not None or wanted.place:
        held = select(RoleBinding.id).where(RoleBinding.person_id == Person.id)
        if wanted.role is not None:
            held = held.where(RoleBinding.role == wanted.role)
        if wanted.place:
            called = or_(func.lower(Warehouse.code) == wanted.place.lower(), _is_called(wanted.place))
            held = held.join(Warehouse, Warehouse.id == RoleBinding.warehouse_id).where(called)
        fits.append(held.exists())
    return and_(*fits)


def _is_called(words: str) -> ColumnElement[bool]:
    names = (Warehouse.name_zh, Warehouse.name_en, Warehouse.name_pinyin)
    return or_(*(name.icontains(words, autoescape=True) for name in names))


def _managed(by: Actor) -> ColumnElement[bool]:
    """The condition that every role of a person is one the actor may hand out: `require_manages`, for lists.

    The system's own account is nobody's to manage on a screen.
    """
    held = exists().where(RoleBinding.person_id == Person.id)
    beyond = held.where(not_(or_(*(_may_grant(by, permission) for permission in MANAGING))))
    whole = Permission.MANAGE_PEOPLE in by.reach and by.reach[Permission.MANAGE_PEOPLE] is None
    return and_(Person.login != SYSTEM_LOGIN, true() if whole else held, not_(beyond))


def _may_grant(by: Actor, permission: Permission) -> ColumnElement[bool]:
    """The condition that a binding is covered, in role, place and depth, by what the permission lets one hand out."""
    if permission not in by.reach:
        return false()
    roles = [role for role, granted_with in GRANTED_WITH.items() if permission in granted_with]
    covered = by.reach[permission]
    if covered is None:
        return RoleBinding.role.in_(roles)
    ids = literal(sorted(covered), ARRAY(BigInteger))
    place = func.coalesce(RoleBinding.warehouse_id, 0)  # everywhere is at no warehouse of a list
    deep = or_(not_(RoleBinding.with_descendants), place.not_in(_above_what_is_not_in(ids)))
    return and_(RoleBinding.role.in_(roles), place == any_(ids), deep)


def _above_what_is_not_in(ids: ColumnElement[Any]) -> ColumnElement[int]:
    """The warehouses that have some below them which are not in the list."""
    first = select(Warehouse.parent_id.label("id")).where(Warehouse.id != all_(ids), Warehouse.parent_id.is_not(None))
    above = first.cte(recursive=True)
    upper = aliased(Warehouse)
    above = above.union(select(upper.parent_id).where(upper.id == above.c.id, upper.parent_id.is_not(None)))
    return select(above.c.id).scalar_subquery()


def _covers(by: Actor, permission: Permission) -> ColumnElement[bool]:
    if permission not in by.reach:
        return false()
    covered = by.reach[permission]
    return true() if covered is None else Warehouse.id == any_(literal(sorted(covered), ARRAY(BigInteger)))


def _views(session: Session, people: Sequence[Person]) -> Sequence[PersonView]:
    ids = [person.id for person in people]
    rows = session.execute(
        select(RoleBinding, Warehouse)
        .outerjoin(Warehouse, Warehouse.id == RoleBinding.warehouse_id)
        .where(RoleBinding.person_id.in_(ids))
        .order_by(RoleBinding.person_id, RoleBinding.id)
    ).all()
    roles: dict[int, list[HeldRole]] = {person_id: [] for person_id in ids}
    for binding, warehouse in rows:
        roles[binding.person_id].append(HeldRole(binding.id, binding.role, warehouse, binding.with_descendants))
    seen = _last_seen(session, ids)
    return [PersonView(person, roles[person.id], seen.get(person.id)) for person in people]


def _last_seen(session: Session, ids: Sequence[int]) -> Mapping[int, datetime]:
    """When each was last here: a browser of his, or one of his tokens."""
    browsers = select(WebSession.person_id.label("id"), WebSession.last_seen_at.label("at")).where(
        WebSession.person_id.in_(ids)
    )
    tokens = select(ApiToken.person_id, ApiToken.last_used_at).where(ApiToken.person_id.in_(ids))
    seen = browsers.union_all(tokens).subquery()
    found = session.execute(select(seen.c.id, func.max(seen.c.at)).group_by(seen.c.id))
    return {person_id: at for person_id, at in found if at is not None}
