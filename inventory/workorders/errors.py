"""What work orders say no to."""

from inventory.errors import Conflict, NotFound, NotPermitted, RuleBroken


class ReferenceUsed(Conflict):
    """This repair centre was given the call centre's reference before; `number` is the work order of that time."""

    code = "reference_used"


class NotARepairCentre(RuleBroken):
    """Work orders go to repair centres; other warehouses have no engineers."""

    code = "not_a_repair_centre"


class ModelUnknown(NotFound):
    """No product model has this code."""

    code = "model_unknown"


class NotAnEngineerHere(RuleBroken):
    """The person named does not hold the engineer's role at this repair centre."""

    code = "not_an_engineer_here"


class PhoneUnreadable(RuleBroken):
    """A telephone number has 5 to 20 digits; a leading + and the usual separators are all it may hold besides."""

    code = "phone_unreadable"


class PurchasedInFuture(RuleBroken):
    """Nothing can have been bought after the call."""

    code = "purchased_in_future"


class WorkOrderNotOpen(Conflict):
    """The work order is completed or cancelled."""

    code = "work_order_not_open"


class WorkOrderNotCompleted(Conflict):
    """Only a completed work order is reopened."""

    code = "work_order_not_completed"


class NotYourWorkOrder(NotPermitted):
    """An engineer acts on his own work orders; the others are his station manager's affair."""

    code = "not_your_work_order"


class PartsInCustody(Conflict):
    """The engineer still holds parts for the work order: they are to be fitted or given back first."""

    code = "parts_in_custody"


class PartsFitted(Conflict):
    """Parts were fitted: there was a repair, it is completed and not called off."""

    code = "parts_fitted"


class PartsOnTheMove(Conflict):
    """Parts for the work order arrived or were set aside at this very moment: look again, then repeat."""

    code = "parts_on_the_move"


class WorkOrderMismatch(RuleBroken):
    """Parts for a work order are asked for by its own repair centre."""

    code = "work_order_mismatch"


class LineWithoutWorkOrder(RuleBroken):
    """The line was asked for the station's stock: it is put on the shelf, not drawn."""

    code = "line_without_work_order"


class LineOfWorkOrder(RuleBroken):
    """The line was asked for a work order: what is not needed is freed there."""

    code = "line_of_work_order"


class NotThatMuchEarmarked(Conflict):
    """Less than that lies at the station for the line."""

    code = "not_that_much_earmarked"


class NotForThisWorkOrder(RuleBroken):
    """Nothing of the part scanned lies at the repair centre for this work order."""

    code = "not_for_this_work_order"


class LotNotEarmarked(RuleBroken):
    """The lot or serial scanned is not what lies there for the line; `lots` names what does."""

    code = "lot_not_earmarked"


class NotThatMuchFitted(Conflict):
    """Less than that of the drawn part is booked as fitted."""

    code = "not_that_much_fitted"


class NotThatMuchInCustody(Conflict):
    """The engineer holds less than that of the drawn part."""

    code = "not_that_much_in_custody"
