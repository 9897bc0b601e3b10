"""Shapes of the API: what comes in and what goes out, written by hand and kept apart, a module per context.

`Input` refuses unknown fields and hands the route a frozen dataclass (`shape`); `Output` lists what is shown. Fields
with the bounds of the business: `Whole` for quantities, `Text` for words, `Instant` for moments, `Money` for amounts.
"""

import re
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Any, ClassVar

from marshmallow import RAISE, Schema, ValidationError, fields, post_load, validate

from inventory.db import QUANTITY_MAX
from web.paging import CURSOR_LENGTH_MAX, LIMIT_DEFAULT, LIMIT_MAX

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
_MONEY = r"^-?[0-9]{1,14}(\.[0-9]{1,4})?$"


class Whole(fields.Integer):
    """A JSON whole number; by default a quantity from 1 to 999,999,999. Neither "7" nor 7.0 nor true is one."""

    def __init__(self, *, least: int = 1, most: int = QUANTITY_MAX, **kwargs: Any) -> None:
        super().__init__(strict=True, validate=validate.Range(min=least, max=most), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if type(value) is not int:
            raise self.make_error("invalid")
        return super()._deserialize(value, attr, data, **kwargs)


class QueryWhole(fields.Integer):
    """A whole number in an address, where everything is text: plain digits only."""

    def __init__(self, *, least: int = 0, most: int = QUANTITY_MAX, **kwargs: Any) -> None:
        super().__init__(validate=validate.Range(min=least, max=most), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, str) or not re.fullmatch(r"[0-9]{1,19}", value, re.ASCII):
            raise self.make_error("invalid")
        return super()._deserialize(value, attr, data, **kwargs)


class Text(fields.String):
    """A line of text without control characters or marks that turn the writing direction; blanks around it go."""

    def __init__(self, *, least: int = 1, most: int = 200, **kwargs: Any) -> None:
        super().__init__(validate=validate.Length(min=least, max=most), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        if _CONTROL.search(text):
            raise ValidationError("Control characters are not allowed.")
        return text.strip()


class Code(Text):
    """A code or number of ours, as typed: a part number, a warehouse code, a document number."""

    def __init__(self, *, most: int = 40, **kwargs: Any) -> None:
        super().__init__(most=most, **kwargs)


class Instant(fields.DateTime):
    """A moment in ISO 8601 with its offset; goes out in UTC."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="iso", **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        instant = super()._deserialize(value, attr, data, **kwargs)
        if instant.tzinfo is None:
            raise ValidationError("An offset is needed, such as Z or +08:00.")
        if not 1970 <= instant.year <= 9000:
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
        return instant

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else value.astimezone(UTC).isoformat().replace("+00:00", "Z")


class Money(fields.Decimal):
    """An amount as text, never a JSON number: with at most four decimals as it comes in, with four as it goes out."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(as_string=True, **kwargs)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return None if value is None else f"{value:.4f}"

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, str) or not re.fullmatch(_MONEY, value, re.ASCII):
            raise self.make_error("invalid")
        return Decimal(value)


class Input(Schema):
    """What comes in. With a `shape` the route is handed that dataclass instead of a dict."""

    shape: ClassVar[type | None] = None

    class Meta:
        unknown = RAISE

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Any:
        """Make the dataclass."""
        return data if self.shape is None else self.shape(**data)


class Output(Schema):
    """What goes out: only the fields listed."""


class PageQuery(Input):
    """Which page of a list; lists with filters descend from this."""

    cursor = fields.String(load_default=None, validate=validate.Length(max=CURSOR_LENGTH_MAX))
    limit = QueryWhole(least=1, most=LIMIT_MAX, load_default=LIMIT_DEFAULT)


class PageOutput(Output):
    """A page of a list. Use `page_of(ItemOutput)`."""

    next_cursor = fields.String(allow_none=True, metadata={"description": "null on the last page"})


@cache
def page_of(item: type[Output]) -> type[PageOutput]:
    """Return the schema of a page of such items."""
    name = item.__name__.removesuffix("Output") + "PageOutput"
    made: type[PageOutput] = type(name, (PageOutput,), {"items": fields.List(fields.Nested(item), required=True)})
    return made


class ProblemOutput(Output):
    """An error, RFC 9457."""

    type = fields.String(metadata={"description": "The kind of problem, as an address"})
    title = fields.String()
    status = fields.Integer()
    code = fields.String(metadata={"description": "Stable; decide by this"})
    detail = fields.String(metadata={"description": "What happened and what to do next, in the language asked for"})
    facts = fields.Dict(metadata={"description": "The things concerned"})
    errors = fields.Dict(metadata={"description": "Fields that were refused, each with its reasons"})
