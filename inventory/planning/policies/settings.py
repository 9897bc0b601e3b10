"""The figures that hold for all planning: seeing them, changing them, and who changed what and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory import audit
from inventory.actor import Actor
from inventory.audit import AuditEntry
from inventory.identity import Permission
from inventory.planning.policies.errors import BoundariesCrossed, SettingOutOfBounds, WhyMissing
from inventory.planning.policies.meanwhile import changed_meanwhile
from inventory.planning.policies.models import PlanningSetting
from inventory.planning.policies.rules import require_network_planner

CHANGED = "planning_settings_changed"


@dataclass(frozen=True, slots=True)
class Bounds:
    """Between which values a figure lies, both allowed, and how many decimals it has."""

    least: Decimal
    most: Decimal
    decimals: int = 4


def _whole(least: int, most: int) -> Bounds:
    return Bounds(Decimal(least), Decimal(most), 0)


_SHARE = Bounds(Decimal("0.0001"), Decimal("0.9999"))
_VARIATION = Bounds(Decimal("0.0001"), Decimal(100))
BOUNDS: Mapping[str, Bounds] = {
    "holding_rate_per_year": Bounds(Decimal("0.0001"), Decimal(5)),
    "surplus_margin": Bounds(Decimal(0), Decimal(10)),
    "surplus_days": _whole(1, 3660),
    "move_cost": Bounds(Decimal(0), Decimal(99_999_999_999)),
    "order_cost": Bounds(Decimal(0), Decimal(99_999_999_999)),
    "class_months": _whole(3, 60),
    "a_share": _SHARE,
    "b_share": _SHARE,
    "x_variation": _VARIATION,
    "y_variation": _VARIATION,
    "band": Bounds(Decimal(0), Decimal("0.4999")),
    "lane_days": _whole(7, 1000),
    "lane_shipments_min": _whole(2, 1000),
    "override_days_max": _whole(1, 3660),
}
_APART = (("a_share", "b_share"), ("x_variation", "y_variation"))


@dataclass(frozen=True, slots=True)
class SettingsWish:
    """What every figure is to be, by the names of `BOUNDS`, and why. Units as in `PlanningSetting`.

    `version` is that of the figures which were seen before.
    """

    figures: Mapping[str, Decimal]
    reason: str
    version: int


@dataclass(frozen=True, slots=True)
class StandingSettings:
    """Every figure as it stands, by the names of `BOUNDS`; `version` counts the changes."""

    figures: Mapping[str, Decimal]
    version: int


@dataclass(frozen=True, slots=True)
class SettingsChange:
    """Figures that somebody changed, each with what it was and what it became."""

    changed: Mapping[str, tuple[Decimal, Decimal]]
    reason: str
    changed_by_id: int | None
    changed_at: datetime


def show_settings(session: Session, *, by: Actor) -> StandingSettings:
    """Every figure as it stands. Raises: NotPermitted."""
    by.require(Permission.SEE_POLICIES)
    return _standing(session.get_one(PlanningSetting, 1))


def change_settings(session: Session, wish: SettingsWish, *, by: Actor, at: datetime) -> StandingSettings:
    """Let planning go by these figures from the next run on; what was changed is kept with who, when and why.

    Raises: NotPermitted; WhyMissing; SettingOutOfBounds; BoundariesCrossed; ChangedMeanwhile when they are no longer
    those that were seen.
    """
    require_network_planner(by)
    _check(wish)
    row = session.get_one(PlanningSetting, 1, with_for_update=True, populate_existing=True)
    if wish.version != row.version:
        latest = list_settings_changes(session, by=by, limit=1)
        by_id, since = (latest[0].changed_by_id, latest[0].changed_at) if latest else (None, None)
        raise changed_meanwhile(session, row.version, by_id=by_id, at=since)
    before = _standing(row).figures
    changed = {name: value for name, value in wish.figures.items() if value != before[name]}
    for name, value in changed.items():
        setattr(row, name, value if BOUNDS[name].decimals else int(value))
    if changed:
        row.version += 1
        told = {name: [str(before[name]), str(value)] for name, value in changed.items()}
        facts = {"reason": wish.reason.strip()[:200], "changed": told}
        audit.note(session, CHANGED, actor_id=by.person_id, at=at, subject="planning", facts=facts)
    return _standing(row)


def list_changes_since(session: Session, version: int, *, by: Actor) -> Mapping[str, tuple[Decimal, Decimal]]:
    """The figures that were changed since a version, each with what it was then and what it is now.

    Raises: NotPermitted.
    """
    standing = show_settings(session, by=by)
    since = list_settings_changes(session, by=by, limit=max(standing.version - version, 0))
    was = {name: before for change in since for name, (before, _) in change.changed.items()}
    return {name: (before, standing.figures[name]) for name, before in was.items() if before != standing.figures[name]}


def list_settings_changes(session: Session, *, by: Actor, limit: int = 10) -> Sequence[SettingsChange]:
    """Who changed what and why, latest first. Raises: NotPermitted."""
    by.require(Permission.SEE_POLICIES)
    query = select(AuditEntry).where(AuditEntry.action == CHANGED).order_by(AuditEntry.id.desc()).limit(limit)
    return [_change(one) for one in session.scalars(query)]


def _standing(row: PlanningSetting) -> StandingSettings:
    return StandingSettings({name: Decimal(getattr(row, name)) for name in BOUNDS}, row.version)


def _check(wish: SettingsWish) -> None:
    if not wish.reason.strip():
        raise WhyMissing()
    for name, bounds in BOUNDS.items():
        value = wish.figures[name]
        if not bounds.least <= value <= bounds.most or value != round(value, bounds.decimals):
            raise SettingOutOfBounds(figure=f"setting.{name}", least=str(bounds.least), most=str(bounds.most))
    for lower, upper in _APART:
        if wish.figures[lower] >= wish.figures[upper]:
            raise BoundariesCrossed(lower=f"setting.{lower}", upper=f"setting.{upper}")


def _change(entry: AuditEntry) -> SettingsChange:
    facts: dict[str, Any] = entry.facts
    changed = {name: (Decimal(before), Decimal(after)) for name, (before, after) in facts["changed"].items()}
    return SettingsChange(changed, facts["reason"], entry.actor_id, entry.recorded_at)
