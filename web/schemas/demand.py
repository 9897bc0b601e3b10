"""Shapes of a part's demand and of the marks in it."""

from datetime import date
from typing import Any

from marshmallow import fields, validate

from inventory.planning.demand import MarkKind, View
from inventory.sheets import Unreadable, read_month_or_day
from web.schemas import Code, Input, Instant, Output, QueryWhole, Text, Whole

MONTHS_DEFAULT, MONTHS_MAX = 36, 120


class Month(fields.Date):
    """A month, such as 2026-03; goes out the same."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, str) or len(value) != 7:
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
        try:
            return date.fromisoformat(read_month_or_day(value))
        except Unreadable as unreadable:
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE) from unreadable

    def _serialize(self, value: date | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else f"{value:%Y-%m}"


class DemandQuery(Input):
    """Where, at which end, and how far back."""

    warehouse = Code(load_default=None)
    view = fields.String(load_default=View.NEED.value, validate=validate.OneOf([one.value for one in View]))
    months = QueryWhole(least=1, most=MONTHS_MAX, load_default=MONTHS_DEFAULT)


class DemandMarkInput(Input):
    """A month of a part at a warehouse, and what it is to count as."""

    warehouse = Code(required=True)
    month = Month(required=True)
    kind = fields.String(required=True, validate=validate.OneOf([one.value for one in MarkKind]))
    counts_as = Whole(least=0, required=True)
    reason = Text(required=True)


class DemandMonthOutput(Output):
    """A month of demand, in the part's base unit."""

    month = Month()
    asked = Whole(least=0, metadata={"description": "asked for here, by work orders"})
    imported = Whole(least=0, metadata={"description": "told by a file"})
    rolled_over = Whole(least=0, metadata={"description": "asked of numbers that this one replaces, in their ratio"})
    counts = Whole(least=0, metadata={"description": "what planning reads, after marks"})


class DemandMarkOutput(Output):
    """A mark, standing or undone."""

    id = fields.Integer()
    warehouse = fields.String()
    month = Month()
    kind = fields.String()
    counts_as = Whole(least=0)
    reason = fields.String()
    marked_by = fields.String()
    marked_at = Instant()
    undone_by = fields.String(allow_none=True)
    undone_at = Instant(allow_none=True)


class DemandOutput(Output):
    """A part's demand within reach, oldest month first, the present one last."""

    part = fields.String()
    warehouse = fields.String(allow_none=True)
    view = fields.String()
    months = fields.List(fields.Nested(DemandMonthOutput))
    marks = fields.List(fields.Nested(DemandMarkOutput))


class MarkedOutput(Output):
    """The mark that was made or undone."""

    id = fields.Integer()
    part = fields.String()
    warehouse = fields.String()
    month = Month()
    kind = fields.String()
    counts_as = Whole(least=0)
    reason = fields.String()
    undone_at = Instant(allow_none=True)
