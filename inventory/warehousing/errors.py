"""What the warehouse floor says no to. The facts tell the person with the scanner what to do next."""

from inventory.errors import Conflict, NotFound, RuleBroken


class BinUnknown(NotFound):
    """The warehouse has no bin of that code."""

    code = "bin_unknown"


class PartUnknown(NotFound):
    """Nothing is known by what was scanned as a part."""

    code = "scanned_part_unknown"


class TaskNotOpen(Conflict):
    """The task is in another state than this step needs; its state is among the facts."""

    code = "task_not_open"


class TaskClaimed(Conflict):
    """Somebody else has the task in hand."""

    code = "task_claimed"


class WrongBin(RuleBroken):
    """The scanned bin is not the one to go to."""

    code = "wrong_bin"


class WrongPart(RuleBroken):
    """The scanned part is not the one to take."""

    code = "wrong_part"


class WrongLot(RuleBroken):
    """The scanned lot is not the one to take; who may override first in, first out can take it with a reason."""

    code = "wrong_lot"


class LotNeeded(RuleBroken):
    """The label names no lot and several lie here: scan or choose one of those listed."""

    code = "lot_needed"


class SerialNeeded(RuleBroken):
    """Each piece of this part has a serial number: scan it."""

    code = "serial_needed"


class NotInBin(RuleBroken):
    """Nothing like that lies in the bin, as far as the books know."""

    code = "not_in_bin"


class MoreThanTask(RuleBroken):
    """More than the task asks for."""

    code = "more_than_task"


class PickIncomplete(RuleBroken):
    """Less than the task asks for: say whether the rest is short or damaged."""

    code = "pick_incomplete"


class QuantityTooSmall(RuleBroken):
    """A quantity of at least one is needed here."""

    code = "quantity_too_small"


class ReasonMissing(RuleBroken):
    """This step needs a reason."""

    code = "reason_missing"


class BinUnsuitable(RuleBroken):
    """Stock is put away into shelf or high-bay bins that are in use, and into another than it lies in."""

    code = "bin_unsuitable"


class ExpectedReceiptClosed(Conflict):
    """Everything announced has come, or the rest is no longer expected."""

    code = "expected_receipt_closed"


class PartNotExpected(RuleBroken):
    """The expected receipt does not name the part: receive it without one."""

    code = "part_not_expected"


class OverReceipt(RuleBroken):
    """More has come than was announced: accept it with a reason, or leave it on the lorry."""

    code = "over_receipt"


class NothingReceived(RuleBroken):
    """A receipt has at least one line."""

    code = "nothing_received"


class PartRepeated(RuleBroken):
    """An announcement names each part once."""

    code = "part_repeated"


class OriginMissing(RuleBroken):
    """Goods without an expected receipt need a supplier and a reference, so that they can be traced."""

    code = "origin_missing"


class SerialsMissing(RuleBroken):
    """A part with serial numbers needs one for each piece, each a different one."""

    code = "serials_missing"


class SerialsUnexpected(RuleBroken):
    """The part is not tracked by serial number."""

    code = "serials_unexpected"


class CodeUnusable(RuleBroken):
    """A lot or serial number has one to twenty characters that a GS1 label can carry."""

    code = "code_unusable"


class CountStale(Conflict):
    """The books changed since the counter looked: count again."""

    code = "count_stale"
