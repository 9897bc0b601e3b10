"""What the network refuses."""

from inventory.errors import Conflict, RuleBroken


class WarehouseExists(Conflict):
    """There is a warehouse with this code already."""

    code = "warehouse_exists"


class ParentNotAbove(RuleBroken):
    """A warehouse is replenished from one of a tier above its own; a central warehouse from none."""

    code = "parent_not_above"
