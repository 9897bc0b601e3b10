"""The figures that hold for all planning: changed with a reason, within bounds, by who plans for everybody."""

from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from inventory.errors import NotPermitted
from inventory.planning import policies
from inventory.planning.policies import (
    BOUNDS,
    BoundariesCrossed,
    ChangedMeanwhile,
    SettingOutOfBounds,
    SettingsWish,
    WhyMissing,
)
from tests import given
from tests.given import NOON
from tests.given.policies import planner


def wish(session: Session, reason: str = "stock is dear", **changed: str) -> SettingsWish:
    """The figures as they stand, but for those named."""
    standing = policies.show_settings(session, by=planner(session))
    figures = {**standing.figures, **{name: Decimal(value) for name, value in changed.items()}}
    return SettingsWish(figures, reason, standing.version)


def test_planning_goes_by_the_changed_figures(session: Session) -> None:
    policies.change_settings(
        session, wish(session, surplus_margin="0.5", surplus_days="30", move_cost="12.5"), by=planner(session), at=NOON
    )
    session.flush()
    told = policies.get_settings(session)
    assert (told.surplus_margin, told.surplus_days, told.move_cost) == (0.5, 30, 12.5)


def test_only_what_was_changed_is_kept_with_who_why_and_when(session: Session) -> None:
    by = planner(session)
    policies.change_settings(session, wish(session, surplus_days="30", move_cost="12.5"), by=by, at=NOON)
    (change,) = policies.list_settings_changes(session, by=by)
    assert change.changed == {
        "surplus_days": (Decimal(90), Decimal(30)),
        "move_cost": (Decimal("5.0000"), Decimal("12.5")),
    }
    assert (change.reason, change.changed_by_id, change.changed_at) == ("stock is dear", by.person_id, NOON)


def test_what_is_not_changed_leaves_no_trace(session: Session) -> None:
    policies.change_settings(session, wish(session), by=planner(session), at=NOON)
    assert policies.list_settings_changes(session, by=planner(session)) == []


@pytest.mark.parametrize("name", BOUNDS)
def test_what_is_beyond_its_bounds_or_too_fine_is_refused(session: Session, name: str) -> None:
    bounds, by = BOUNDS[name], planner(session)
    step = Decimal(1).scaleb(-bounds.decimals)
    for beyond in (bounds.least - step, bounds.most + step, bounds.least + step / 10):
        with pytest.raises(SettingOutOfBounds):
            policies.change_settings(session, wish(session, **{name: str(beyond)}), by=by, at=NOON)


@pytest.mark.parametrize("name", sorted({*BOUNDS} - {"a_share", "b_share", "x_variation", "y_variation"}))
@pytest.mark.parametrize("end", ["least", "most"])
def test_the_bounds_themselves_are_taken(session: Session, name: str, end: str) -> None:
    told = wish(session, **{name: str(getattr(BOUNDS[name], end))})
    policies.change_settings(session, told, by=planner(session), at=NOON)
    session.flush()


@pytest.mark.parametrize(("lower", "upper"), [("a_share", "b_share"), ("x_variation", "y_variation")])
def test_boundaries_of_classes_do_not_meet(session: Session, lower: str, upper: str) -> None:
    with pytest.raises(BoundariesCrossed):
        policies.change_settings(session, wish(session, **{lower: "0.7", upper: "0.7"}), by=planner(session), at=NOON)


def test_a_change_says_why(session: Session) -> None:
    with pytest.raises(WhyMissing):
        policies.change_settings(session, wish(session, " ", surplus_days="30"), by=planner(session), at=NOON)


def test_who_plans_for_some_warehouses_changes_nothing_for_all(session: Session) -> None:
    by = planner(session, given.warehouse(session))
    with pytest.raises(NotPermitted):
        policies.change_settings(session, wish(session, surplus_days="30"), by=by, at=NOON)


def test_of_two_who_change_the_figures_at_once_the_second_is_told_what_stands(session: Session) -> None:
    first, second = planner(session), planner(session)
    mine, yours = wish(session, surplus_days="30", move_cost="7"), wish(session, surplus_margin="0.5")
    policies.change_settings(session, mine, by=first, at=NOON)
    with pytest.raises(ChangedMeanwhile) as refused:
        policies.change_settings(session, yours, by=second, at=NOON)
    standing = policies.show_settings(session, by=second)
    assert refused.value.facts == {"standing": standing.version, "by": first.name, "at": NOON.isoformat()}
    assert standing.figures["surplus_margin"] == Decimal("0.2")
    assert policies.list_changes_since(session, yours.version, by=second) == {
        "surplus_days": (Decimal(90), Decimal(30)),
        "move_cost": (Decimal(5), Decimal(7)),
    }


def test_what_was_changed_and_changed_back_is_no_change_since(session: Session) -> None:
    by, seen = planner(session), policies.show_settings(session, by=planner(session)).version
    for days in ("30", "90"):
        policies.change_settings(session, wish(session, surplus_days=days), by=by, at=NOON)
    assert policies.show_settings(session, by=by).version == seen + 2
    assert policies.list_changes_since(session, seen, by=by) == {}


def test_keeping_the_figures_as_they_are_surprises_nobody(session: Session) -> None:
    seen = wish(session, surplus_days="30")
    policies.change_settings(session, wish(session), by=planner(session), at=NOON)
    policies.change_settings(session, seen, by=planner(session), at=NOON)
    assert policies.show_settings(session, by=planner(session)).figures["surplus_days"] == 30
