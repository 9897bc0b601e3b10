"""Shapes of parts: found, told with their family, and where they are."""

from marshmallow import fields

from web.schemas import Code, Input, Instant, Output, PageQuery, QueryWhole, Text


class PartQuery(PageQuery):
    """What is looked for: words, the parts of a product model, or words among those."""

    q = Text(least=0, most=80, load_default="")
    model = Code(load_default=None)


class AvailabilityQuery(Input):
    """For which warehouse, and how many."""

    warehouse = Code(required=True, data_key="for")
    quantity = QueryWhole(least=1, load_default=1)


class SupersessionOutput(Output):
    """A number that replaces another or was replaced by it; `steps` counts the links between them."""

    number = fields.String()
    name_zh = fields.String()
    name_en = fields.String()
    steps = fields.Integer()
    ratio = fields.Integer(metadata={"description": "so many new ones replace one old"})
    interchangeable = fields.Boolean()
    consume_old_first = fields.Boolean()
    valid_from = fields.Date()
    valid_to = fields.Date(allow_none=True)


class FoundPartOutput(Output):
    """A part that was found."""

    number = fields.String()
    name_zh = fields.String()
    name_en = fields.String()
    division_zh = fields.String()
    division_en = fields.String()
    gtin = fields.String(allow_none=True)
    base_unit = fields.String()
    active = fields.Boolean()
    fits = fields.Integer(allow_none=True, metadata={"description": "how many of it the model has, where one is named"})
    superseded_by = fields.List(fields.Nested(SupersessionOutput))
    replaces = fields.List(fields.Nested(SupersessionOutput))


class RelativeOutput(SupersessionOutput):
    """A number of the same family."""

    kinship = fields.String(metadata={"description": "newer, older or beside: replaced by the same number"})
    active = fields.Boolean()
    serves = fields.Boolean(metadata={"description": "sent in its place without asking"})


class PartOutput(Output):
    """A part with its family and the models it fits."""

    number = fields.String()
    name_zh = fields.String()
    name_en = fields.String()
    division_zh = fields.String()
    division_en = fields.String()
    gtin = fields.String(allow_none=True)
    base_unit = fields.String()
    serial_tracked = fields.Boolean()
    weight_g = fields.Integer(allow_none=True)
    active = fields.Boolean()
    models = fields.List(fields.String(), metadata={"description": "codes of the product models it fits"})
    family = fields.List(fields.Nested(RelativeOutput))


class CandidateOutput(Output):
    """A warehouse that has some, and by when it could be there."""

    source = fields.String()
    source_zh = fields.String()
    source_en = fields.String()
    tier = fields.String()
    part = fields.String(metadata={"description": "the number really sent: asked, newer or older"})
    delivery_class = fields.String()
    hours = fields.Integer()
    promised_at = Instant()
    distance_km = fields.Float()
    enough = fields.Boolean()
    available = fields.Integer(allow_none=True, metadata={"description": "null where the stock is not yours to see"})


class AvailabilityOutput(Output):
    """Who could supply a part to a warehouse, in the order in which sourcing would choose."""

    part = fields.String()
    warehouse = fields.String(data_key="for")
    quantity = fields.Integer()
    candidates = fields.List(fields.Nested(CandidateOutput))
