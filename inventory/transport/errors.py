"""What transport says no to. The facts tell the person with the scanner what to do next."""

from inventory.errors import Conflict, RuleBroken


class SameWarehouse(RuleBroken):
    """A handling unit goes to another warehouse than it is packed in."""

    code = "same_warehouse"


class HandlingUnitNotOpen(Conflict):
    """The handling unit is in another state than this step needs; its state is among the facts."""

    code = "handling_unit_not_open"


class HandlingUnitNotClosed(Conflict):
    """Only closed and labelled handling units are shipped, and closed ones reopened."""

    code = "handling_unit_not_closed"


class HandlingUnitEmpty(RuleBroken):
    """There is nothing in the handling unit."""

    code = "handling_unit_empty"


class HandlingUnitNotEmpty(Conflict):
    """Something is still in the handling unit: take it out first."""

    code = "handling_unit_not_empty"


class HoldsCancelled(Conflict):
    """Something in the handling unit is no longer wanted: take the tasks named out of it, then go on."""

    code = "holds_cancelled"


class TaskNotPicked(Conflict):
    """Only what was picked is packed; the task's state is among the facts."""

    code = "task_not_picked"


class TaskNotInHandlingUnit(Conflict):
    """The task does not lie in a handling unit."""

    code = "task_not_in_handling_unit"


class WrongDestination(RuleBroken):
    """The task goes to another warehouse than the handling unit."""

    code = "wrong_destination"


class NothingToPack(RuleBroken):
    """Nothing picked of this part goes where the handling unit goes."""

    code = "nothing_to_pack"


class NothingToShip(RuleBroken):
    """A shipment needs at least one handling unit."""

    code = "nothing_to_ship"


class NotInShipment(RuleBroken):
    """The shipment holds no such thing: receive it as goods without a shipment, or look for its own shipment."""

    code = "not_in_shipment"


class AlreadyReceived(Conflict):
    """All of it was accounted for before."""

    code = "already_received"


class OverReceived(RuleBroken):
    """More than is still to come: receive the surplus as goods without a shipment."""

    code = "over_received"


class NothingScanned(RuleBroken):
    """Nothing was scanned, or a quantity of nothing."""

    code = "nothing_scanned"


class CarrierExists(Conflict):
    """There is a carrier with this code already."""

    code = "carrier_exists"
