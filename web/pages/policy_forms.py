"""What the forms of rules, overrides and lead times share."""

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


def tier_named(text: str | None) -> Tier:
    """The tier that an address or a form names; without one it is that of the stations."""
    return Tier(text) if text in set(Tier) else Tier.REPAIR


def rules_all(by: Actor) -> bool:
    """Whether somebody may set rules for the whole network."""
    return by.may(Permission.SET_POLICIES) and by.reach[Permission.SET_POLICIES] is None
