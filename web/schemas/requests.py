"""Shapes of part requests: the wish and its answer, requests as they stand, withdrawn."""

from dataclasses import dataclass
from typing import Any

from marshmallow import fields, post_load, validate

from inventory.sourcing import LineStatus, PartRequestWish, WishedLine
from web.schemas import Code, Input, Instant, Output, PageQuery, Text, Whole

LINES_OF_CANCEL_MAX = 200


@dataclass(frozen=True, slots=True)
class AskedRequest:
    """A wish as it came in, and the number of the work order it is for."""

    wish: PartRequestWish
    work_order: str | None


class WishedLineInput(Input):
    """A part and how many base units of it."""

    shape = WishedLine
    part = Code(required=True)
    quantity = Whole(required=True)


class PartRequestInput(Input):
    """What a repair centre asks for."""

    warehouse = Code(required=True)
    work_order = Code(load_default=None, allow_none=True)
    lines = fields.List(fields.Nested(WishedLineInput), required=True)
    needed_by = Instant(load_default=None, allow_none=True)
    priority = Whole(
        least=1, most=9, load_default=5, metadata={"description": "1 is the most urgent; 1 and 2: the engineer waits"}
    )
    note = Text(least=0, most=200, load_default="")

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> AskedRequest:
        """Make the wish; the work order is looked up by the use case."""
        work_order = data.pop("work_order")
        return AskedRequest(PartRequestWish(**data), work_order)


class PromisedShareOutput(Output):
    """What one source promises; without a source it is back-ordered."""

    source = fields.String(allow_none=True)
    part = fields.String(metadata={"description": "the number really supplied"})
    quantity = fields.Integer()
    delivery_class = fields.String()
    promised_at = Instant()


class AcceptedLineOutput(Output):
    """A line as it was accepted."""

    position = fields.Integer()
    part = fields.String()
    quantity = fields.Integer()
    back_ordered = fields.Integer()
    promised_at = Instant()
    shares = fields.List(fields.Nested(PromisedShareOutput))


class AcceptedRequestOutput(Output):
    """The answer to a part request: sourced, set aside and promised."""

    number = fields.String()
    warehouse = fields.String()
    work_order = fields.String(allow_none=True)
    accepted_at = Instant()
    lines = fields.List(fields.Nested(AcceptedLineOutput))


class PartRequestQuery(PageQuery):
    """Which part requests; `status` open leaves out what is wholly received or cancelled."""

    status = fields.String(load_default=None, validate=validate.OneOf(["open", *LineStatus]))
    warehouse = Code(load_default=None)
    source = Code(load_default=None)
    work_order = Code(load_default=None)
    part = Code(load_default=None)


class UnitsOutput(Output):
    """A line of a request or of a transfer order, and the states its units are in."""

    position = fields.Integer()
    part = fields.String()
    name_zh = fields.String()
    name_en = fields.String()
    base_unit = fields.String()
    quantity = fields.Integer()
    reserved = fields.Integer()
    released = fields.Integer()
    in_transit = fields.Integer()
    received = fields.Integer()
    cancelled = fields.Integer()
    status = fields.String()
    received_at = Instant(allow_none=True)


class LineOutput(UnitsOutput):
    """A line that may wait for stock, and what was promised for it."""

    back_ordered = fields.Integer()
    first_promised_at = Instant()
    promised_at = Instant()
    next_review_at = Instant(allow_none=True)
    kept = fields.Boolean(allow_none=True, metadata={"description": "null until all of it is received"})
    breach_cause = fields.String(allow_none=True)


class PartRequestOutput(Output):
    """A part request with its lines."""

    number = fields.String()
    warehouse = fields.String()
    work_order = fields.String(allow_none=True)
    requested_by = fields.String()
    requested_at = Instant()
    priority = fields.Integer()
    needed_by = Instant(allow_none=True)
    note = fields.String()
    status = fields.String()
    lines = fields.List(fields.Nested(LineOutput))


class ShareOutput(Output):
    """Where some units of a line are at this moment."""

    state = fields.String()
    quantity = fields.Integer()
    source = fields.String()
    part = fields.String()
    delivery_class = fields.String(allow_none=True)
    promised_at = Instant(allow_none=True)
    shipment = fields.String(allow_none=True)
    due_at = Instant(allow_none=True)
    arrived_at = Instant(allow_none=True)


class PromiseOutput(PromisedShareOutput):
    """A promise as it was made; a re-promise is a new one with its reason."""

    reason = fields.String()
    made_at = Instant()


class LineDetailOutput(LineOutput):
    """A line with its shares as they are and its promises as they were made."""

    responsible = fields.String()
    shares = fields.List(fields.Nested(ShareOutput))
    promises = fields.List(fields.Nested(PromiseOutput))


class HandledOutput(Output):
    """Stock of one lot that somebody had in hand, where it lay, and the box it went into."""

    part = fields.String()
    lot = fields.String()
    quantity = fields.Integer(
        allow_none=True, metadata={"description": "null where several lots came together and only their sum is known"}
    )
    serial = fields.String(allow_none=True)
    bin = fields.String(allow_none=True)
    handling_unit = fields.String(allow_none=True)
    sscc = fields.String(allow_none=True)
    instead_of_lot = fields.String(allow_none=True)


class JourneyOutput(Output):
    """The shipment a step tells of."""

    number = fields.String()
    carrier_zh = fields.String(allow_none=True)
    carrier_en = fields.String(allow_none=True)
    reference = fields.String(metadata={"description": "the carrier's own number"})
    due_at = Instant()


class HappeningOutput(Output):
    """A step of the request's story: who, when, what, where, why, and with which stock."""

    position = fields.Integer(
        allow_none=True, metadata={"description": "of the line; null for what a shipment of several lines goes through"}
    )
    about = fields.String(metadata={"description": "the kind of document that tells it"})
    happening = fields.String()
    warehouse = fields.String(allow_none=True)
    from_status = fields.String()
    to_status = fields.String()
    reason = fields.String()
    facts = fields.Dict()
    stock = fields.List(fields.Nested(HandledOutput))
    shipment = fields.Nested(JourneyOutput, allow_none=True)
    who = fields.String()
    recorded_at = Instant()


class PartRequestDetailOutput(PartRequestOutput):
    """All of a part request."""

    lines = fields.List(fields.Nested(LineDetailOutput))
    timeline = fields.List(fields.Nested(HappeningOutput))


class CancelInput(Input):
    """Why a request is withdrawn, and which of its lines; without lines all of it."""

    reason = Text(required=True, most=200)
    lines = fields.List(
        Whole(least=1, most=32767),
        load_default=None,
        allow_none=True,
        validate=validate.Length(min=1, max=LINES_OF_CANCEL_MAX),
        metadata={"description": "positions"},
    )


class CancelledOutput(Output):
    """How many units were withdrawn; what was shipped before still comes."""

    number = fields.String()
    cancelled = fields.Integer()
