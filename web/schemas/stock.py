"""Shapes of stock, lots, moves and the proof of FIFO."""

from marshmallow import fields, validate

from web.schemas import Code, Instant, Money, Output, PageQuery, Whole


class StockQuery(PageQuery):
    """Which stock, and as of when: now without `at`."""

    q = fields.String(load_default="", validate=validate.Length(max=80))
    at = Instant(load_default=None)


class PartFilter(PageQuery):
    """Of one part, or of all."""

    part = Code(load_default=None)


class LotsQuery(PartFilter):
    """Of one part, and as of when: now without `at`."""

    at = Instant(load_default=None)


class PeriodQuery(PageQuery):
    """A period: from an instant, up to and without another."""

    since = Instant(required=True)
    until = Instant(required=True)


class WarehousePeriodQuery(PeriodQuery):
    """A period of one warehouse."""

    warehouse = Code(required=True)


class StockLineOutput(Output):
    """What a warehouse has of a part."""

    part = fields.String(attribute="number")
    name_zh = fields.String()
    name_en = fields.String()
    good = Whole(least=0)
    quarantine = Whole(least=0)
    defective = Whole(least=0)
    available = fields.Integer(allow_none=True, metadata={"description": "good and not set aside; null in the past"})


class PositionOutput(Output):
    """What lies in a bin."""

    bin = fields.String()
    part = fields.String()
    lot = fields.String()
    serial = fields.String(allow_none=True)
    condition = fields.String()
    first_received_at = Instant()
    on_hand = Whole(least=0)
    allocated = fields.Integer(allow_none=True, metadata={"description": "given to work; null in the past"})


class PositionsOutput(Output):
    """What lies where, the oldest lot of a part first."""

    items = fields.List(fields.Nested(PositionOutput), required=True)


class MoveEndOutput(Output):
    """One end of a move."""

    place = fields.String()
    warehouse = fields.String(allow_none=True)
    bin = fields.String(allow_none=True)
    holder = fields.String(allow_none=True, metadata={"description": "the engineer in whose custody it was or is"})
    condition = fields.String()


class MoveOutput(Output):
    """Stock that went from one end to another."""

    id = fields.Integer()
    part = fields.String()
    lot = fields.String()
    serial = fields.String(allow_none=True)
    quantity = fields.Integer()
    source = fields.Nested(MoveEndOutput, data_key="from")
    target = fields.Nested(MoveEndOutput, data_key="to")
    document_kind = fields.String()
    document = fields.String(
        allow_none=True, metadata={"description": "its number; of a pick task, that of the part request it serves"}
    )
    reason = fields.String()
    actor = fields.String()
    reverses = fields.Integer(allow_none=True)
    recorded_at = Instant()


class LotLifeOutput(Output):
    """A lot: where it lies now, and every move of it, oldest first."""

    part = fields.String()
    lot = fields.String()
    first_received_at = Instant()
    positions = fields.List(fields.Dict())
    ends = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        allow_none=True,
        metadata={"description": "how much is at each place now; null for who does not see the whole network"},
    )
    moves = fields.List(fields.Nested(MoveOutput))


class FifoRowOutput(Output):
    """A lot that was given to work, and the older stock that was passed over."""

    part = fields.String()
    lot = fields.String()
    first_received_at = Instant()
    allocated_at = Instant()
    older_free = fields.Integer()
    override_reason = fields.String(allow_none=True)


class FifoProofOutput(Output):
    """The proof of first in, first out for a warehouse and a period."""

    warehouse = fields.String()
    allocations = fields.Integer()
    oldest_taken = fields.Integer()
    overridden = fields.Integer()
    unexplained = fields.Integer()
    items = fields.List(fields.Nested(FifoRowOutput))


class KeptPromisesOutput(Output):
    """Lines received in a period against their first promise."""

    delivery_class = fields.String()
    source = fields.String(attribute="source_code", allow_none=True)
    lines = fields.Integer()
    kept = fields.Integer()
    hours_median = fields.Float()
    causes = fields.Dict(keys=fields.String(), values=fields.Integer())


class KeptPromisesListOutput(Output):
    """By class and source, most lines first."""

    items = fields.List(fields.Nested(KeptPromisesOutput))


class WarehouseStockOutput(Output):
    """The good stock of a warehouse and its value in one currency; `unpriced` parts are not in the value."""

    warehouse = fields.String(attribute="code")
    name_zh = fields.String()
    name_en = fields.String()
    tier = fields.String()
    currency = fields.String(allow_none=True)
    parts = fields.Integer()
    on_hand = fields.Integer()
    reserved = fields.Integer()
    value = Money()
    unpriced = fields.Integer()


class StockReportOutput(Output):
    """By warehouse."""

    items = fields.List(fields.Nested(WarehouseStockOutput))
