"""Shapes of the warehouse floor: tasks, scans, receipts, put-aways, stock checks."""

from marshmallow import fields, validate

from inventory.ledger import Condition
from inventory.warehousing import CheckKind, PickFailure, TaskStatus
from web.schemas import Code, Input, Instant, Output, PageQuery, QueryWhole, Text, Whole

SCAN_LENGTH_MAX = 400


class ScanText(fields.String):
    """What a scanner sent, as it came: control characters belong to it and are judged by the reader of codes."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(validate=validate.Length(min=1, max=SCAN_LENGTH_MAX), **kwargs)  # type: ignore[arg-type]


class TaskQuery(PageQuery):
    """Which tasks: those to pick, unless a status is named."""

    status = fields.Enum(TaskStatus, by_value=True, load_default=None)
    mine = QueryWhole(most=1, load_default=0)


class TaskOutput(Output):
    """A pick task."""

    id = fields.Integer()
    status = fields.Enum(TaskStatus, by_value=True)
    trigger = fields.String()
    bin = fields.String(attribute="bin_code")
    pick_sequence = fields.Integer()
    part = fields.String(attribute="part_number")
    name_zh = fields.String(attribute="part_name_zh")
    name_en = fields.String(attribute="part_name_en")
    lot = fields.String(attribute="lot_number")
    serial = fields.String(allow_none=True)
    quantity = fields.Integer()
    destination = fields.String(attribute="destination_code")
    due_at = Instant()
    claimed_by = fields.String(allow_none=True)
    picked_at = Instant(allow_none=True)


class PickInput(Input):
    """What was scanned at the bin, and how much was taken; the rest as short or damaged, with a reason."""

    bin = ScanText(required=True)
    part = ScanText(required=True)
    lot = Code(load_default=None, most=20)
    serial = Code(load_default=None, most=20)
    quantity = Whole(required=True)
    rest = fields.Enum(PickFailure, by_value=True, load_default=None)
    rest_reason = Text(load_default="", least=0)
    override_reason = Text(load_default="", least=0)


class ExceptionInput(Input):
    """So much of a task is missing or damaged."""

    kind = fields.Enum(PickFailure, by_value=True, required=True)
    quantity = Whole(required=True)
    reason = Text(required=True)


class ScanInput(Input):
    """A code, where it was scanned, and for which task where there is one."""

    code = ScanText(required=True)
    warehouse = Code(required=True)
    task = Whole(load_default=None, most=2**53)


class ScanOutput(Output):
    """What a code is, and what to do next."""

    kind = fields.String(
        metadata={"description": "part, bin, handling_unit, task, document, person, tote, lot, unknown"}
    )
    subject = fields.Dict(metadata={"description": "The thing, as far as the scanner's owner may know it"})
    next_action = fields.String(metadata={"description": "Stable word of the next right step"})


class ExpectedLineInput(Input):
    """A part and how much of it is to come."""

    part = Code(required=True)
    quantity = Whole(required=True)


class ExpectedReceiptInput(Input):
    """What a supplier will bring to a warehouse."""

    warehouse = Code(required=True)
    supplier = Text(required=True)
    reference = Text(load_default="", least=0)
    expected_at = Instant(required=True)
    lines = fields.List(fields.Nested(ExpectedLineInput), required=True, validate=validate.Length(min=1, max=500))


class ExpectedReceiptOutput(Output):
    """An announced receipt."""

    number = fields.String()
    supplier = fields.String()
    reference = fields.String()
    expected_at = Instant()
    status = fields.String()
    lines = fields.List(fields.Dict())


class ReceivedGoodsInput(Input):
    """A part as it came; without a lot number one is made."""

    part = ScanText(required=True)
    quantity = Whole(required=True)
    lot = Code(load_default=None, most=20)
    serials = fields.List(Code(most=20), load_default=list, validate=validate.Length(max=1000))
    condition = fields.Enum(Condition, by_value=True, load_default=Condition.GOOD)


class ReceiptInput(Input):
    """Goods that came to a warehouse, announced or not."""

    warehouse = Code(required=True)
    expected_receipt = Code(load_default=None)
    supplier = Text(load_default="", least=0)
    reference = Text(load_default="", least=0)
    over_receipt_reason = Text(load_default="", least=0)
    lines = fields.List(fields.Nested(ReceivedGoodsInput), required=True, validate=validate.Length(min=1, max=500))


class ReceiptOutput(Output):
    """A receipt and the lots it made."""

    number = fields.String()
    received_at = Instant()
    lines = fields.List(fields.Dict())


class PutAwayInput(Input):
    """From a bin, a part, into a bin."""

    warehouse = Code(required=True)
    from_bin = ScanText(required=True)
    part = ScanText(required=True)
    lot = Code(load_default=None, most=20)
    serial = Code(load_default=None, most=20)
    quantity = Whole(required=True)
    to_bin = ScanText(required=True)


class PutAwayOutput(Output):
    """What was put away."""

    part = fields.String(attribute="part_number")
    lot = fields.String(attribute="lot_number")
    serial = fields.String(allow_none=True)
    quantity = fields.Integer()
    from_bin = fields.String()
    to_bin = fields.String()


class ToPutAwayOutput(Output):
    """What waits to be put away, and where it might go."""

    bin = fields.String(attribute="bin_code")
    part = fields.String(attribute="part_number")
    name_zh = fields.String(attribute="part_name_zh")
    lot = fields.String(attribute="lot_number")
    serial = fields.String(allow_none=True)
    quantity = fields.Integer()
    suggested_bin = fields.String(allow_none=True)


class ToPutAwayListOutput(Output):
    """By bin and part."""

    items = fields.List(fields.Nested(ToPutAwayOutput))


class StockCheckInput(Input):
    """What somebody found in a bin: for a count `quantity` is what lies there, else how much it concerns.

    `seen` is what the books said when the counter looked; when they changed since, the count is refused.
    """

    warehouse = Code(required=True)
    kind = fields.Enum(CheckKind, by_value=True, required=True)
    bin = ScanText(required=True)
    part = ScanText(required=True)
    lot = Code(load_default=None, most=20)
    serial = Code(load_default=None, most=20)
    quantity = Whole(required=True, least=0)
    seen = Whole(least=0, load_default=None)
    reason = Text(required=True)


class StockCheckOutput(Output):
    """A posted check."""

    number = fields.String()
    kind = fields.String()
    expected = fields.Integer()
    found = fields.Integer()
    reason = fields.String()
    displaced = fields.List(fields.String(), metadata={"description": "Part requests that lost this stock"})
