"""What policies say no to."""

from inventory.errors import Conflict, NotFound, RuleBroken


class ChangedMeanwhile(Conflict):
    """What somebody wants to change is no longer as he saw it. Facts: what stands now, who set it, when."""

    code = "changed_meanwhile"


class PolicyUnknown(NotFound):
    """No rule of that id was ever made."""

    code = "policy_unknown"


class PolicyStands(Conflict):
    """A new rule is for parts for which one is in force: that one can be changed. Facts: the rule that stands."""

    code = "policy_stands"


class PolicyEnded(Conflict):
    """The rule is no longer in force: somebody changed or ended it."""

    code = "policy_ended"


class PolicyStatesTooLittle(RuleBroken):
    """A rule says at least one thing; the widest rule of a tier says everything."""

    code = "policy_states_too_little"


class WidestPolicyStays(RuleBroken):
    """The widest rule of a tier can be changed, not ended: every place needs a policy."""

    code = "widest_policy_stays"


class TargetOutOfBounds(RuleBroken):
    """A fill rate lies between 0 and 1, a wait between 0 and 365 days, a cost of shortage above 0."""

    code = "target_out_of_bounds"


class SettingOutOfBounds(RuleBroken):
    """A figure that holds for all planning is not between its bounds, or has more decimals than are kept."""

    code = "setting_out_of_bounds"


class BoundariesCrossed(RuleBroken):
    """The boundary of the better class comes before that of the next."""

    code = "boundaries_crossed"


class HitsNotApart(RuleBroken):
    """A part would be laid in and dropped by turns: what drops it must be fewer demands than what lays it in."""

    code = "hits_not_apart"


class WhyMissing(RuleBroken):
    """Who changes what the planner goes by says why."""

    code = "why_missing"


class OverrideEmpty(RuleBroken):
    """An override that says nothing."""

    code = "override_empty"


class OverrideUnknown(NotFound):
    """There is no such override, or it is at a warehouse one may not see."""

    code = "override_unknown"


class OverrideLifted(Conflict):
    """The override was lifted or replaced already."""

    code = "override_lifted"


class ExpiryOutOfBounds(RuleBroken):
    """An override ends today at the earliest, and within the days that are allowed."""

    code = "expiry_out_of_bounds"


class MinimumAboveMaximum(RuleBroken):
    """The least to be kept is more than the most."""

    code = "minimum_above_maximum"


class KeptButNotStocked(RuleBroken):
    """A part that is not to lie here can have no minimum and no safety stock here."""

    code = "kept_but_not_stocked"


class LeadTimeOutOfBounds(RuleBroken):
    """A lead time is more than 0 and at most 1,000 days, its spread from 0 to 1,000."""

    code = "lead_time_out_of_bounds"


class LastBuyNeedsEnd(RuleBroken):
    """A last-time buy is for all demand until a day, which has to be named."""

    code = "last_buy_needs_end"


class LastBuyOver(RuleBroken):
    """The last day that a last-time buy has to serve is over. Facts: the day."""

    code = "last_buy_over"


class SameWarehouseLane(RuleBroken):
    """A lane leads from one warehouse to another."""

    code = "same_warehouse_lane"


class LaneLeadsUp(RuleBroken):
    """A place is refilled from above or by an equal, not from a tier below its own. Facts: source, warehouse."""

    code = "lane_leads_up"
