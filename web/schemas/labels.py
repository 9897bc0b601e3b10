"""Shapes of what is printed: which labels, how many, for which printer."""

from marshmallow import fields, validate

from barcode import DPIS, LABELS_MAX
from web.labels import DPI_DEFAULT
from web.schemas import Code, Input, QueryWhole


class PrintQuery(Input):
    """The printer's resolution."""

    dpi = QueryWhole(most=max(DPIS), load_default=DPI_DEFAULT)


class ReceiptLabelsQuery(PrintQuery):
    """A label for each piece, or one for each lot with its quantity."""

    each = fields.String(load_default="piece", validate=validate.OneOf(["piece", "lot"]))


class PartLabelsQuery(PrintQuery):
    """A part, and what its labels tell beside it."""

    warehouse = Code(required=True)
    part = Code(required=True)
    lot = Code(load_default=None, most=20)
    serial = Code(load_default=None, most=20)
    quantity = QueryWhole(least=1, load_default=None)
    count = QueryWhole(least=1, most=LABELS_MAX, load_default=1)


class BinLabelsQuery(PrintQuery):
    """A zone of a warehouse, or some of its bins."""

    warehouse = Code(required=True)
    zone = Code(load_default=None)
    bin = fields.List(Code(), load_default=list, validate=validate.Length(max=LABELS_MAX))


class PickListQuery(Input):
    """A warehouse, and one of its waves where not everything is wanted."""

    warehouse = Code(required=True)
    wave = Code(load_default=None)
