"""Shapes of warehouses: which there are, and where each stands in the network."""

from marshmallow import fields, validate

from inventory.network import Tier
from web.schemas import Code, Output, PageQuery


class WarehouseQuery(PageQuery):
    """Which warehouses: all within reach, of a tier, in a region, with codes that begin so."""

    tier = fields.Enum(Tier, by_value=True, load_default=None)
    region = fields.String(
        load_default=None,
        validate=validate.Regexp(r"^[0-9]{6}\Z"),
        metadata={"description": "GB/T 2260 code of a county, a city or a province; all that lies in it"},
    )
    code = Code(load_default=None, metadata={"description": "the code, or what it begins with"})


class WarehouseOutput(Output):
    """A stocking point of the network. Its code is what other calls name it by."""

    code = fields.String()
    name_zh = fields.String()
    name_en = fields.String()
    tier = fields.Enum(Tier, by_value=True)
    parent = fields.String(
        allow_none=True,
        metadata={"description": "code of the warehouse it is replenished from; a central one has none"},
    )
    region = fields.String(metadata={"description": "GB/T 2260 code of where it lies"})
    city = fields.String(metadata={"description": "the city it counts as for delivery, by code"})
    province = fields.String(metadata={"description": "its province, by code"})
    address = fields.String()
    gln = fields.String(allow_none=True)
    active = fields.Boolean(metadata={"description": "false: it takes no new requests and serves none"})
