"""What procurement says no to. The facts tell the buyer what to do next."""

from inventory.errors import Conflict, NotFound, NotPermitted, RuleBroken


class SupplierUnknown(NotFound):
    """There is no supplier of that code."""

    code = "supplier_unknown"


class SupplierExists(Conflict):
    """There is a supplier of that code already."""

    code = "supplier_exists"


class CurrencyUnknown(RuleBroken):
    """The currency is none that is kept."""

    code = "currency_unknown"


class RateMissing(RuleBroken):
    """No exchange rate of the currency holds on that day: write one down first."""

    code = "rate_missing"


class RateOutOfRange(RuleBroken):
    """A rate is more than nothing and less than a million, with eight decimals at most."""

    code = "rate_out_of_range"


class OwnCurrencyRated(RuleBroken):
    """The company's own currency is what the others are counted in: it has no rate."""

    code = "own_currency_rated"


class NobodySells(RuleBroken):
    """No supplier in use sells the part, or not the supplier who was named."""

    code = "nobody_sells"


class PriceMissing(RuleBroken):
    """Neither a contract nor a price list has a price for that quantity on that day: agree one for the order."""

    code = "price_missing"


class BelowMinimumQuantity(RuleBroken):
    """The supplier sells no less than the minimum order quantity of the part."""

    code = "below_minimum_quantity"


class PackBroken(RuleBroken):
    """The supplier sells whole packs of the part."""

    code = "pack_broken"


class NothingOrdered(RuleBroken):
    """An order has at least one line."""

    code = "nothing_ordered"


class OrderedTwice(RuleBroken):
    """An order names each part once."""

    code = "ordered_twice"


class CurrenciesMixed(RuleBroken):
    """An order is in one currency: put parts in another one on an order of their own."""

    code = "currencies_mixed"


class OrderStands(Conflict):
    """The order is in another state than this step needs; its state is among the facts."""

    code = "order_stands"


class OrderTooSmall(RuleBroken):
    """The order is worth less than the supplier accepts: add to it, or say why it goes out all the same."""

    code = "order_too_small"


class OwnOrder(NotPermitted):
    """Whoever wrote any of an order does not approve it."""

    code = "own_order"


class ApprovedBefore(Conflict):
    """The same person has approved the order already; another one is needed."""

    code = "approved_before"


class AboveLimit(NotPermitted):
    """The order is worth more than this person may approve."""

    code = "above_limit"


class PurchaseReasonMissing(RuleBroken):
    """This step needs a reason."""

    code = "purchase_reason_missing"


class PartNotOrdered(RuleBroken):
    """The order does not name the part."""

    code = "part_not_ordered"


class ConfirmedTooMuch(RuleBroken):
    """The supplier confirms more than was ordered: change the order, or have him confirm less."""

    code = "confirmed_too_much"


class DayOver(RuleBroken):
    """A day to come is named that is over: when goods are wanted or due, when to ask again, until when prices hold."""

    code = "day_over"


class AnnouncedTooMuch(RuleBroken):
    """More is said to have left the supplier, in all, than he confirmed and is tolerated beyond it."""

    code = "announced_too_much"


class NothingAnnounced(RuleBroken):
    """A shipment that is on its way brings something of at least one line."""

    code = "nothing_announced"


class ContractInvalid(RuleBroken):
    """A contract ends on the day it begins or later, and has at least one price."""

    code = "contract_invalid"


class PricedTwice(RuleBroken):
    """A part has one price for each quantity from which it holds."""

    code = "priced_twice"


class LimitOfOneself(NotPermitted):
    """Nobody sets the limit up to which he himself approves."""

    code = "limit_of_oneself"


class StepsIncomplete(RuleBroken):
    """The steps of approval begin at nothing and name each amount once."""

    code = "steps_incomplete"
