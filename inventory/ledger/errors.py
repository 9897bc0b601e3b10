"""What the ledger says no to."""

from inventory.errors import Conflict, NotFound, RuleBroken


class InsufficientStock(Conflict):
    """There is not that much free stock where it was to be taken from."""

    code = "insufficient_stock"


class AllocationSpent(Conflict):
    """The allocated stock has left, was given up or was changed meanwhile."""

    code = "allocation_spent"


class ReservationSpent(Conflict):
    """Less is set aside than was to be given up."""

    code = "reservation_spent"


class LotNotFree(Conflict):
    """The other lot has not enough free stock in that bin."""

    code = "lot_not_free"


class OlderStockPassedOver(RuleBroken):
    """Older stock is free; taking a newer lot needs a reason."""

    code = "older_stock_passed_over"


class MoveNotFound(NotFound):
    """No such move."""

    code = "move_not_found"


class MoveAlreadyReversed(Conflict):
    """The move was reversed before."""

    code = "move_already_reversed"


class LotNotFound(NotFound):
    """No such lot."""

    code = "lot_not_found"


class SerialElsewhere(Conflict):
    """The serial number is known, and that piece is somewhere else."""

    code = "serial_elsewhere"


class StockOverflow(RuleBroken):
    """A balance would hold more than a quantity may be."""

    code = "stock_overflow"
