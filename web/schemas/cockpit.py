"""Shapes of the planners' figures and of the lists behind them."""

from marshmallow import fields, validate

from inventory.network import Tier
from inventory.reporting import FillList, PlaceList
from web.schemas import Code, Input, Instant, Money, Output, PageOutput, PageQuery, QueryWhole
from web.schemas.demand import Month
from web.wire import BIGINT_MAX

MONTHS_DEFAULT, MONTHS_MAX = 12, 60
_SHARE = "a share, 1 is all of it; null of nothing"
_TIERS = validate.OneOf([one.value for one in Tier])


def _share(of: str = "") -> fields.Float:
    return fields.Float(allow_none=True, metadata={"description": f"{of}: {_SHARE}" if of else _SHARE})


class FiguresQuery(Input):
    """Which part of what is within reach."""

    tier = fields.String(load_default=None, validate=_TIERS)
    division = Code(load_default=None)
    warehouse = Code(load_default=None)


class PlacesQuery(PageQuery):
    """Which list, of which part of what is within reach."""

    list = fields.String(required=True, validate=validate.OneOf([one.value for one in PlaceList]))
    tier = fields.String(load_default=None, validate=_TIERS)
    division = Code(load_default=None)
    warehouse = Code(load_default=None)


class FillsQuery(PageQuery):
    """Which list of fill, of which part of what is within reach."""

    list = fields.String(required=True, validate=validate.OneOf([one.value for one in FillList]))
    tier = fields.String(load_default=None, validate=_TIERS)
    division = Code(load_default=None)
    warehouse = Code(load_default=None)
    rule = QueryWhole(
        least=1, most=BIGINT_MAX, load_default=None, metadata={"description": "the id of a rule of service"}
    )
    overridden = fields.String(load_default=None, validate=validate.OneOf(["yes", "no"]))


class ForecastMonthsQuery(Input):
    """Of which division, and how far back."""

    division = Code(load_default=None)
    months = QueryWhole(least=1, most=MONTHS_MAX, load_default=MONTHS_DEFAULT)


class ForecastPartsQuery(PageQuery):
    """Which month, of which division."""

    month = Month(required=True)
    division = Code(load_default=None)


class FiguresOutput(Output):
    """Sums over part-places, as of the last fold; money in the company's currency."""

    places = fields.Integer(metadata={"description": "part-places where the part is to be held"})
    short = fields.Integer(metadata={"description": "of them: less free than the safety stock, or nothing"})
    within = fields.Integer()
    above = fields.Integer(metadata={"description": "of them: more free than the order-up-to level"})
    unplanned = fields.Integer(metadata={"description": "part-places with stock where none is to be held"})
    unplanned_value = Money()
    empty = fields.Integer(metadata={"description": "nothing free of what is asked for"})
    unpriced = fields.Integer(metadata={"description": "stock of parts without a price"})
    on_hand_value = Money()
    held_places = fields.Integer(metadata={"description": "part-places where anything lies"})
    target_value = Money(metadata={"description": "order-up-to levels"})
    missing_value = Money(metadata={"description": "from what is free up to the level"})
    short_missing_value = Money(metadata={"description": "of it: where it is short"})
    empty_missing_value = Money(metadata={"description": "of it: where nothing is free of what is asked for"})
    excess_value = Money(metadata={"description": "what is free above the level"})
    surplus_places = fields.Integer()
    surplus_value = Money(metadata={"description": "what is free above the level and the margin, where one is planned"})
    dead_90_places = fields.Integer()
    dead_90_value = Money()
    dead_180_places = fields.Integer()
    dead_180_value = Money()
    dead_365_places = fields.Integer()
    dead_365_value = Money()
    end_fill = _share("orders of end demand that are expected to be met at once")
    projected_fill = _share("the same with orders of places below")
    asked = fields.Integer(metadata={"description": "lines asked for in the last 30 days"})
    filled = fields.Integer(metadata={"description": "of them: met at once in full"})
    realised_fill = _share("of these lines")
    turns = fields.Float(allow_none=True)
    overridden_places = fields.Integer()
    overridden_end_fill = _share()
    overridden_realised_fill = _share()
    overridden_stock = _share()


class TierFiguresOutput(Output):
    """The figures of a tier."""

    tier = fields.String()
    figures = fields.Nested(FiguresOutput)


class DivisionFiguresOutput(Output):
    """The figures of a division."""

    division = fields.String(attribute="division_code")
    name_zh = fields.String()
    name_en = fields.String()
    figures = fields.Nested(FiguresOutput)


class BackOrderedOutput(Output):
    """What work orders wait for now."""

    lines = fields.Integer()
    parts = fields.Integer(metadata={"description": "different ones"})
    oldest_at = Instant(allow_none=True)


class OverridesInForceOutput(Output):
    """Overrides that hold today, and those of them that are about to run out."""

    in_force = fields.Integer()
    expiring = fields.Integer()


class ReleasedOutput(Output):
    """Proposals that may go by themselves: released in the last days, and what waits now."""

    by_itself = fields.Integer()
    by_people = fields.Integer()
    waiting = fields.Integer(metadata={"description": "for somebody's decision"})
    without_stock = fields.Integer(metadata={"description": "the source has nothing to give; in no share"})
    share = _share("of what went or could have, by itself")


class ReleasedOfKindOutput(ReleasedOutput):
    """The same of a kind."""

    kind = fields.String()


class ReleasedProposalsOutput(ReleasedOutput):
    """The same of all kinds, and of each; buying is always somebody's decision, so purchases are none of them."""

    by_kind = fields.List(fields.Nested(ReleasedOfKindOutput))


class StockMonthOutput(Output):
    """A month's mean stock and target."""

    month = Month()
    on_hand_value = Money()
    target_value = Money()


class PlanningFiguresOutput(Output):
    """The planners' figures within reach; `as_of_on` is null, and sums are, as long as no run has ended."""

    as_of_on = fields.Date(allow_none=True)
    folded_at = Instant(allow_none=True)
    currency = fields.String()
    surplus_margin = fields.Decimal(as_string=True, allow_none=True)
    total = fields.Nested(FiguresOutput, allow_none=True)
    by_tier = fields.List(fields.Nested(TierFiguresOutput))
    by_division = fields.List(fields.Nested(DivisionFiguresOutput))
    months = fields.List(fields.Nested(StockMonthOutput))
    back_ordered = fields.Nested(BackOrderedOutput)
    overrides = fields.Nested(OverridesInForceOutput)
    released = fields.Nested(ReleasedProposalsOutput)


class PlaceStandingOutput(Output):
    """A part at a place, as of the last fold; `coming` is as of now."""

    part = fields.String(attribute="number")
    name_zh = fields.String()
    name_en = fields.String()
    division = fields.String(attribute="division_code")
    warehouse = fields.String(attribute="warehouse_code")
    tier = fields.String()
    standing = fields.String()
    on_hand = fields.Integer()
    free = fields.Integer()
    order_up_to = fields.Integer()
    missing = fields.Integer()
    excess = fields.Integer()
    surplus = fields.Integer()
    coming = fields.Integer()
    demand_per_day = fields.Float(attribute="daily_mean")
    idle_since = fields.Date(allow_none=True)
    value = Money(metadata={"description": "the money by which the list is ordered"})


class FillsOutput(Output):
    """What part-places are asked for and meet at once, as of the last fold."""

    orders_per_day = fields.Float(attribute="orders", metadata={"description": "end demand; in `passing` all demand"})
    orders_filled_per_day = fields.Float(
        attribute="orders_filled", metadata={"description": "of them: expected to be met at once"}
    )
    expected_fill = _share("orders expected to be met at once")
    asked = fields.Integer(metadata={"description": "lines asked for in the last 30 days"})
    filled = fields.Integer(metadata={"description": "of them: met at once in full"})
    realised_fill = _share("of these lines")


class FillSumsOutput(FillsOutput):
    """What a list adds up to."""

    places = fields.Integer()


class PlaceFillOutput(FillsOutput):
    """A part at a place; `rule` is the one that tells its service, null where an override does."""

    part = fields.String(attribute="number")
    name_zh = fields.String()
    name_en = fields.String()
    division = fields.String(attribute="division_code")
    warehouse = fields.String(attribute="warehouse_code")
    tier = fields.String()
    overridden = fields.Boolean()
    rule = fields.Integer(attribute="policy_id", allow_none=True)


class PlaceFillsOutput(PageOutput):
    """A page of a list of fill, and what the whole list adds up to."""

    items = fields.List(fields.Nested(PlaceFillOutput), required=True)
    total = fields.Nested(FillSumsOutput)


class ForecastMonthOutput(Output):
    """How a month's forecasts did, weighted by money."""

    month = Month()
    parts = fields.Integer()
    expected_value = Money(attribute="expected")
    asked_value = Money(attribute="asked")
    missed_value = Money(attribute="missed")
    accuracy = _share()
    bias = _share()
    back_cast = fields.Boolean(metadata={"description": "worked out afterwards, on what was known when it began"})


class ForecastMonthsOutput(Output):
    """Months that are over, oldest first; none for who sees a part of the network only."""

    items = fields.List(fields.Nested(ForecastMonthOutput))


class ForecastPartOutput(Output):
    """A part's forecast for a month, and what was asked for."""

    part = fields.String(attribute="number")
    name_zh = fields.String()
    name_en = fields.String()
    expected = fields.Float()
    asked = fields.Integer()
    missed_value = Money()
