"""Shapes of transfer orders: the wish and its answer, orders as they stand."""

from marshmallow import fields, validate

from inventory.sourcing import LineStatus, WishedTransfer
from web.schemas import Code, Input, Instant, Output, PageQuery, Text
from web.schemas.requests import HappeningOutput, UnitsOutput, WishedLineInput


class TransferInput(Input):
    """What is to be moved from one warehouse to another, and why."""

    shape = WishedTransfer
    source = Code(required=True)
    destination = Code(required=True)
    lines = fields.List(fields.Nested(WishedLineInput), required=True)
    note = Text(least=0, most=200, load_default="")


class OrderedLineOutput(Output):
    """A line as it was ordered: what the source did not have is not moved."""

    part = fields.String()
    wished = fields.Integer()
    quantity = fields.Integer(metadata={"description": "what is set aside; 0 where the source had none"})


class OrderedTransferOutput(Output):
    """The answer to a wish."""

    number = fields.String()
    source = fields.String()
    destination = fields.String()
    lines = fields.List(fields.Nested(OrderedLineOutput))


class TransferQuery(PageQuery):
    """Which transfer orders; `status` open leaves out what is wholly received or cancelled."""

    status = fields.String(load_default=None, validate=validate.OneOf(["open", *LineStatus]))
    warehouse = Code(load_default=None, metadata={"description": "either end"})
    source = Code(load_default=None)
    destination = Code(load_default=None)
    part = Code(load_default=None)


class TransferLineOutput(UnitsOutput):
    """A line of a transfer order, and when it is expected."""

    due_at = Instant()


class TransferOutput(Output):
    """A transfer order with its lines."""

    number = fields.String()
    source = fields.String()
    destination = fields.String()
    ordered_by = fields.String()
    ordered_at = Instant()
    note = fields.String()
    status = fields.String()
    lines = fields.List(fields.Nested(TransferLineOutput))


class TransferDetailOutput(TransferOutput):
    """All of a transfer order."""

    timeline = fields.List(fields.Nested(HappeningOutput))
