"""What the API and the screens of work orders share: the rules of opening, and what is done to a work order's parts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy.orm import Session

from inventory import workorders
from inventory.actor import Actor
from inventory.identity import Permission
from inventory.ledger import Condition
from inventory.workorders import History, OpeningRules
from web.settings import Settings


@dataclass(frozen=True, slots=True)
class Draw:
    """Take what came for a line into the engineer's custody."""

    line: int
    quantity: int
    lot: str | None = None
    serial: str | None = None


@dataclass(frozen=True, slots=True)
class Free:
    """What came for a line is not needed any more."""

    line: int
    quantity: int
    reason: str


@dataclass(frozen=True, slots=True)
class Fit:
    """A drawn part is in the customer's appliance."""

    drawn_part: int
    quantity: int


@dataclass(frozen=True, slots=True)
class GiveBack:
    """A drawn part comes back to the repair centre."""

    drawn_part: int
    quantity: int
    condition: Condition
    reason: str


@dataclass(frozen=True, slots=True)
class TakeOut:
    """A part booked as fitted is in the engineer's hands after all."""

    drawn_part: int
    quantity: int
    reason: str


PartsAct = Draw | Free | Fit | TakeOut | GiveBack


def rules_of(settings: Settings) -> OpeningRules:
    """What opening a work order needs of the settings."""
    return OpeningRules(
        phone_key=settings.phone_key.encode(), repeat_within=timedelta(days=settings.repeat_repair_days)
    )


def opening_rules() -> OpeningRules:
    """The same, of the running app."""
    return rules_of(current_app.config["SETTINGS"])


def act_on_parts(session: Session, number: str, act: PartsAct, *, by: Actor, at: datetime) -> None:
    """Do to a work order's parts what was asked; a line or part of another work order answers like a missing one."""
    work_order = workorders.get_work_order(session, number, permission=Permission.DRAW_PARTS, by=by)
    match act:
        case Draw() | Free():
            workorders.require_line_of(session, work_order, act.line)
        case Fit() | TakeOut() | GiveBack():
            workorders.require_drawn_for(session, work_order, act.drawn_part)
    match act:
        case Draw(line, quantity, lot, serial):
            workorders.draw(session, line, quantity, lot=lot, serial=serial, by=by, at=at)
        case Free(line, quantity, reason):
            workorders.free_earmark(session, line, quantity, reason=reason, by=by, at=at)
        case Fit(drawn_part, quantity):
            workorders.fit(session, drawn_part, quantity, by=by, at=at)
        case TakeOut(drawn_part, quantity, reason):
            workorders.take_out(session, drawn_part, quantity, reason=reason, by=by, at=at)
        case GiveBack(drawn_part, quantity, condition, reason):
            workorders.give_back(session, drawn_part, quantity, condition=condition, reason=reason, by=by, at=at)


def told_facts(history: History, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of a happening with names, codes and numbers in place of ids."""
    told = {name: value for name, value in facts.items() if name != "shares" and not name.endswith("_id")}
    for name in ("from_engineer", "engineer"):
        if facts.get(f"{name}_id"):
            told[name] = history.people[facts[f"{name}_id"]]
    if facts.get("shares"):
        told["shares"] = [
            {
                "source": history.warehouses[share["source_id"]].code if share["source_id"] else None,
                "part": history.parts[share["part_id"]],
                "quantity": share["quantity"],
                "delivery_class": share["delivery_class"],
                "promised_at": share["promised_at"],
            }
            for share in facts["shares"]
        ]
    return told
