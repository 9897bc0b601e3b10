"""What the planners want: how good service is to be where, how often is looked, what may go without a person.

Words. A **policy** or rule says for a class of parts at a tier what service is asked for (fill rate, wait or cost of
shortage), how often is reviewed, when a part is laid in and dropped, whether it is urgent, and what is released without
a person. Classes: division, **criticality**, **ABC** by value, **XYZ** by variability. A **part plan** is what holds
for a part everywhere: criticality, life-cycle **phase**, pack. A **lane** leads from warehouse to warehouse and
has a **lead time**. An **override** is what a person wants otherwise for one part at one warehouse, until a day.

Promises.
- Every place has a policy: the widest rule of each tier states every value and cannot be ended.
- The rule that names most tells; of as many, criticality goes before division, ABC and XYZ. So no two rules ever
  contend for a value, and `rule_of` names the one that told.
- Rules and overrides are never edited: a change ends the row and writes another, so what held then can be opened later.
- An override in force goes before all rules, value by value; after its last day it holds no more, without a job.
- What a screen explains and what the nightly run gets comes from the same `resolve`.

Decisions.
- A rule may state a few values and leave the rest to wider ones. Otherwise one change of review days would have to be
  made in every rule of a tier. Values that make sense together only (measure and target) are stated together.
- All rules are worked out once for each cell of tier x division x criticality x ABC x XYZ (some 12,000); the policy of
  a place is then one look into a table. 3,000,000 places with 100,000 overrides: 0.9 s of one core, 270 MB.
- A class is left only when its boundary is passed by a band, and a part is laid in and dropped at different numbers of
  demands: classes and levels that swing cost more than they gain.
- A lead time runs from release to receipt. Waiting for stock at the source is no part of it: the levels count that.
  Learned beats stated once a lane has enough shipments of late.
- Money is in the company's own currency (procurement's base), so that limits and costs can be compared.
- Whoever changes a rule, an override, a part's plan or the planning figures says which he saw: where another stands by
  then he is refused and told of it.
- An override needs a last day, at most `override_days_max` off: what nobody looks at again is no plan.
"""

from inventory.planning.policies.book import (
    ABC,
    CRITICALITIES,
    GROUPS,
    MEASURES,
    TIERS,
    XYZ,
    Lanes,
    Overrides,
    Parts,
    Places,
    PolicyBook,
    Rule,
    RuleTable,
    Settings,
    tabulate,
)
from inventory.planning.policies.classing import PHASES, UNCLASSED, abc, decide_stocked, variation, xyz
from inventory.planning.policies.errors import (
    BoundariesCrossed,
    ChangedMeanwhile,
    ExpiryOutOfBounds,
    HitsNotApart,
    KeptButNotStocked,
    LaneLeadsUp,
    LastBuyNeedsEnd,
    LastBuyOver,
    LeadTimeOutOfBounds,
    MinimumAboveMaximum,
    OverrideEmpty,
    OverrideLifted,
    OverrideUnknown,
    PolicyEnded,
    PolicyStands,
    PolicyStatesTooLittle,
    PolicyUnknown,
    SameWarehouseLane,
    SettingOutOfBounds,
    TargetOutOfBounds,
    WhyMissing,
    WidestPolicyStays,
)
from inventory.planning.policies.explaining import EffectivePolicy, explain_place
from inventory.planning.policies.importing import POLICIES, check_policies, import_policies
from inventory.planning.policies.lead_times import (
    ListedLane,
    learn_lead_times,
    list_lanes,
    list_tier_lead_times,
    state_lane,
    state_tiers,
)
from inventory.planning.policies.models import (
    AbcClass,
    Criticality,
    LaneLeadTime,
    PartPlan,
    Phase,
    PlaceOverride,
    PlanningPolicy,
    PlanningSetting,
    ServiceMeasure,
    TierLeadTime,
    XyzClass,
)
from inventory.planning.policies.overriding import (
    ListedOverride,
    OverrideFilter,
    OverrideWish,
    count_overrides,
    find_override,
    lift_override,
    list_overrides,
    list_overrides_of_place,
    set_override,
)
from inventory.planning.policies.part_plans import (
    PartPlanWish,
    class_parts,
    find_part_plan,
    plan_part,
    write_classes,
)
from inventory.planning.policies.reading import get_settings, read_policy_book
from inventory.planning.policies.reclassing import reclass_parts
from inventory.planning.policies.resolving import LeadTimeOrigin, PlacePolicies, lead_times_between, resolve
from inventory.planning.policies.rules import (
    PolicyWish,
    ReleaseLimits,
    Service,
    Stocking,
    end_policy,
    find_standing_policy,
    get_policy,
    list_former_policies,
    list_policies,
    set_policy,
)
from inventory.planning.policies.settings import (
    BOUNDS,
    Bounds,
    SettingsChange,
    SettingsWish,
    StandingSettings,
    change_settings,
    list_changes_since,
    list_settings_changes,
    show_settings,
)

__all__ = [
    "ABC",
    "BOUNDS",
    "CRITICALITIES",
    "GROUPS",
    "MEASURES",
    "PHASES",
    "POLICIES",
    "TIERS",
    "UNCLASSED",
    "XYZ",
    "AbcClass",
    "BoundariesCrossed",
    "Bounds",
    "ChangedMeanwhile",
    "Criticality",
    "EffectivePolicy",
    "ExpiryOutOfBounds",
    "HitsNotApart",
    "KeptButNotStocked",
    "LaneLeadTime",
    "LaneLeadsUp",
    "Lanes",
    "LastBuyNeedsEnd",
    "LastBuyOver",
    "LeadTimeOrigin",
    "LeadTimeOutOfBounds",
    "ListedLane",
    "ListedOverride",
    "MinimumAboveMaximum",
    "OverrideEmpty",
    "OverrideFilter",
    "OverrideLifted",
    "OverrideUnknown",
    "OverrideWish",
    "Overrides",
    "PartPlan",
    "PartPlanWish",
    "Parts",
    "Phase",
    "PlaceOverride",
    "PlacePolicies",
    "Places",
    "PlanningPolicy",
    "PlanningSetting",
    "PolicyBook",
    "PolicyEnded",
    "PolicyStands",
    "PolicyStatesTooLittle",
    "PolicyUnknown",
    "PolicyWish",
    "ReleaseLimits",
    "Rule",
    "RuleTable",
    "SameWarehouseLane",
    "Service",
    "ServiceMeasure",
    "SettingOutOfBounds",
    "Settings",
    "SettingsChange",
    "SettingsWish",
    "StandingSettings",
    "Stocking",
    "TargetOutOfBounds",
    "TierLeadTime",
    "WhyMissing",
    "WidestPolicyStays",
    "XyzClass",
    "abc",
    "change_settings",
    "check_policies",
    "class_parts",
    "count_overrides",
    "decide_stocked",
    "end_policy",
    "explain_place",
    "find_override",
    "find_part_plan",
    "find_standing_policy",
    "get_policy",
    "get_settings",
    "import_policies",
    "lead_times_between",
    "learn_lead_times",
    "lift_override",
    "list_changes_since",
    "list_former_policies",
    "list_lanes",
    "list_overrides",
    "list_overrides_of_place",
    "list_policies",
    "list_settings_changes",
    "list_tier_lead_times",
    "plan_part",
    "read_policy_book",
    "reclass_parts",
    "resolve",
    "set_override",
    "set_policy",
    "show_settings",
    "state_lane",
    "state_tiers",
    "tabulate",
    "variation",
    "write_classes",
    "xyz",
]
