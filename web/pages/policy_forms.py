"""What the forms of rules, overrides and lead times share."""

import re
from datetime import datetime

from flask import request

from inventory.actor import Actor
from inventory.identity import Permission
from inventory.network import Tier
from inventory.planning.policies import Service, ServiceMeasure
from web.forms import FigureUnreadable, chosen, typed_figure


def read_service() -> Service | None:
    """Measure and target; people write a fill rate in percent."""
    measure, target = chosen(ServiceMeasure, "measure"), typed_figure("target")
    if measure is None and target is None:
        return None
    if measure is None or target is None:
        raise FigureUnreadable(text="")
    return Service(measure, target / 100 if measure is ServiceMeasure.FILL_RATE else target)


_WHOLE = re.compile(r"[0-9]{1,9}", re.ASCII)
_ID = re.compile(r"[0-9]{1,18}", re.ASCII)


def typed_version() -> int | None:
    """The version of what was seen when a form was opened; None where the form tells none."""
    found = _WHOLE.fullmatch(request.form.get("version", ""))
    return int(found[0]) if found else None


def typed_id(name: str) -> int | None:
    """The id of the row that was seen when a form was opened; None where there was none."""
    found = _ID.fullmatch(request.form.get(name, ""))
    return int(found[0]) if found else None


def typed_seen_at() -> datetime | None:
    """When what was seen had been set; None where nobody had."""
    try:
        return datetime.fromisoformat(request.form.get("seen_at", ""))
    except ValueError:
        return None


def tier_named(text: str | None) -> Tier:
    """The tier that an address or a form names; without one it is that of the stations."""
    return Tier(text) if text in set(Tier) else Tier.REPAIR


def rules_all(by: Actor) -> bool:
    """Whether somebody may set rules for the whole network."""
    return by.may(Permission.SET_POLICIES) and by.reach[Permission.SET_POLICIES] is None
