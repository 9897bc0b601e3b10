"""What sourcing says no to."""

from inventory.errors import Conflict, NotFound, RuleBroken


class PartUnknown(NotFound):
    """No part has this number."""

    code = "part_unknown"


class RequestingWarehouseUnknown(NotFound):
    """No warehouse that the actor may ask for has this code."""

    code = "warehouse_unknown"


class RequestNotFound(NotFound):
    """No part request that the actor may see has this number."""

    code = "part_request_not_found"


class RequestEmpty(RuleBroken):
    """A part request needs at least one line."""

    code = "request_empty"


class RequestTooLong(RuleBroken):
    """A part request takes no more lines than that."""

    code = "request_too_long"


class QuantityOutOfRange(RuleBroken):
    """The quantity of a line is not a whole number within bounds."""

    code = "quantity_out_of_range"


class PriorityOutOfRange(RuleBroken):
    """Priorities go from 1, the most urgent, to 9."""

    code = "priority_out_of_range"


class PartInactive(RuleBroken):
    """The part is no longer supplied and nothing replaces it."""

    code = "part_inactive"


class NothingToCancel(Conflict):
    """All of it was shipped, received or cancelled before."""

    code = "nothing_to_cancel"


class NothingToRelease(Conflict):
    """No reserved line of the warehouse waits to be released."""

    code = "nothing_to_release"


class TransferNotFound(NotFound):
    """No transfer order that the actor may see has this number."""

    code = "transfer_not_found"


class NothingToMove(Conflict):
    """The source has nothing free of what was to be moved."""

    code = "nothing_to_move"
