"""Shapes of lines at risk and of back-orders."""

from marshmallow import fields

from web.schemas import Code, Instant, Output, PageQuery
from web.schemas.requests import ShareOutput


class BackorderQuery(PageQuery):
    """Which back-orders: of one part, asked for by one warehouse, or those one is responsible for."""

    part = Code(load_default=None)
    warehouse = Code(load_default=None)
    mine = fields.Boolean(load_default=False)


class BackorderOutput(Output):
    """A line that waits for stock, with who is responsible and when it is looked at again."""

    request = fields.String()
    position = fields.Integer()
    part = fields.String()
    name_zh = fields.String()
    name_en = fields.String()
    warehouse = fields.String()
    back_ordered = fields.Integer()
    quantity = fields.Integer()
    priority = fields.Integer()
    needed_by = Instant(allow_none=True)
    requested_at = Instant()
    age_hours = fields.Float(metadata={"description": "since the first request"})
    first_promised_at = Instant()
    next_review_at = Instant(allow_none=True)
    responsible = fields.String()


class AtRiskQuery(PageQuery):
    """Which lines: supplied by a warehouse, asked for by one, or those one is responsible for."""

    source = Code(load_default=None)
    warehouse = Code(load_default=None, data_key="for")
    mine = fields.Boolean(load_default=False)


class AtRiskOutput(Output):
    """A line that is late or about to be."""

    request = fields.String()
    position = fields.Integer()
    part = fields.String()
    name_zh = fields.String()
    name_en = fields.String()
    warehouse = fields.String(data_key="for")
    status = fields.String()
    late = fields.Boolean()
    first_promised_at = Instant()
    promised_at = Instant()
    cause = fields.String(allow_none=True)
    next_step = fields.String(metadata={"description": "what has to happen next"})
    next_review_at = Instant(allow_none=True)
    responsible = fields.String()
    shares = fields.List(fields.Nested(ShareOutput))
