"""Rows of policies: what holds for classes of parts, for single parts, for lanes, and for one part at one place."""

from datetime import date
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from inventory.db import Base, Id, Instant, Quantity, Reason, whole, words
from inventory.network.models import Tier


class Criticality(StrEnum):
    """What a missing part does: the appliance stands still, works badly, or merely looks bad."""

    VITAL = "vital"
    ESSENTIAL = "essential"
    DESIRABLE = "desirable"


class Phase(StrEnum):
    """Where a part is in its life.

    `new`: stays where it was laid in though nobody asked yet; `phase_out`: laid in nowhere anew, and leaves places that
    no longer ask; `last_time_buy`: bought once more for all that is still to come, then never again.
    """

    NEW = "new"
    MATURE = "mature"
    PHASE_OUT = "phase_out"
    LAST_TIME_BUY = "last_time_buy"


class AbcClass(StrEnum):
    """By yearly value of demand: the few parts that make up most of it, the middle, the many that hardly count."""

    A = "a"
    B = "b"
    C = "c"


class XyzClass(StrEnum):
    """By variability of monthly demand over the network: steady, uneven, erratic."""

    X = "x"
    Y = "y"
    Z = "z"


class ServiceMeasure(StrEnum):
    """In what the service of a place is asked for.

    `fill_rate`: share of demand served from the shelf at once; `wait`: mean days that a demand waits;
    `shortage_cost`: what one unit short for one day costs, in the company's own currency.
    """

    FILL_RATE = "fill_rate"
    WAIT = "wait"
    SHORTAGE_COST = "shortage_cost"


TARGET_BOUNDS = (
    "CASE measure WHEN 'fill_rate' THEN target > 0 AND target < 1 WHEN 'wait' THEN target > 0 AND target <= 365 "
    "WHEN 'shortage_cost' THEN target > 0 AND target <= 99999999 ELSE true END"
)


class PlanningSetting(Base):
    """The one row of figures that hold for all planning.

    Units: shares and rates as fractions, coefficients of variation as ratios, `band` as a fraction of a boundary.
    `surplus_margin` is the share of an order-up-to level by which stock may pass it before it is called surplus; what
    is gone within `surplus_days` is left where it lies all the same. `move_cost` is what one transfer of a part from
    shelf to shelf costs, picked, carried and put away, in the company's currency; `order_cost` what a line of a
    purchase order costs, written, followed, received and paid for.
    `class_months` is how far back classes look, `lane_days` and `lane_shipments_min` how lanes learn their lead times.
    `version` counts the changes.
    """

    __tablename__ = "planning_setting"
    __table_args__ = (
        CheckConstraint("id = 1", name="one_row"),
        CheckConstraint("holding_rate_per_year > 0 AND holding_rate_per_year <= 5", name="holding_rate_range"),
        CheckConstraint("a_share > 0 AND a_share < b_share AND b_share < 1", name="abc_shares"),
        CheckConstraint("x_variation > 0 AND x_variation < y_variation", name="xyz_variations"),
        CheckConstraint("band >= 0 AND band < 0.5", name="band_range"),
        CheckConstraint("class_months BETWEEN 3 AND 60", name="class_months_range"),
        CheckConstraint("lane_days BETWEEN 7 AND 1000", name="lane_days_range"),
        CheckConstraint("lane_shipments_min BETWEEN 2 AND 1000", name="lane_shipments_min_range"),
        CheckConstraint("override_days_max BETWEEN 1 AND 3660", name="override_days_max_range"),
        CheckConstraint("surplus_margin BETWEEN 0 AND 10", name="surplus_margin_range"),
        CheckConstraint("surplus_days BETWEEN 1 AND 3660", name="surplus_days_range"),
        CheckConstraint("move_cost BETWEEN 0 AND 99999999999", name="move_cost_range"),
        CheckConstraint("order_cost BETWEEN 0 AND 99999999999", name="order_cost_range"),
    )

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    holding_rate_per_year: Mapped[Decimal] = mapped_column(Numeric(9, 4))
    a_share: Mapped[Decimal] = mapped_column(Numeric(9, 4))
    b_share: Mapped[Decimal] = mapped_column(Numeric(9, 4))
    x_variation: Mapped[Decimal] = mapped_column(Numeric(9, 4))
    y_variation: Mapped[Decimal] = mapped_column(Numeric(9, 4))
    band: Mapped[Decimal] = mapped_column(Numeric(9, 4))
    class_months: Mapped[int] = mapped_column(SmallInteger)
    lane_days: Mapped[int] = mapped_column(SmallInteger)
    lane_shipments_min: Mapped[int] = mapped_column(SmallInteger)
    override_days_max: Mapped[int] = mapped_column(SmallInteger)
    surplus_margin: Mapped[Decimal] = mapped_column(Numeric(9, 4), server_default="0.2")
    surplus_days: Mapped[int] = mapped_column(SmallInteger, server_default="90")
    move_cost: Mapped[Decimal] = mapped_column(Numeric(18, 4), server_default="5")
    order_cost: Mapped[Decimal] = mapped_column(Numeric(18, 4), server_default="0")
    version: Mapped[int] = mapped_column(Integer, server_default="1")


class PartPlan(Base):
    """What planning knows of a part everywhere: set by people, and its classes as last worked out.

    A part without a row is essential, mature, moves one by one and has no class yet.
    """

    __tablename__ = "part_plan"
    __table_args__ = (
        whole("pack_size", at_least=1),
        CheckConstraint("phase <> 'last_time_buy' OR supported_until_on IS NOT NULL", name="last_buy_has_an_end"),
        CheckConstraint("(set_by_id IS NULL) = (set_at IS NULL)", name="set_by_somebody"),
        CheckConstraint("(abc IS NULL) = (classed_at IS NULL)", name="classed_at_an_instant"),
        CheckConstraint("(abc IS NULL) = (xyz IS NULL)", name="classed_both_ways"),
    )

    part_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("part.id"), primary_key=True)
    criticality: Mapped[Criticality] = mapped_column(words(Criticality, "criticality"), server_default="essential")
    phase: Mapped[Phase] = mapped_column(words(Phase, "phase"), server_default="mature")
    supported_until_on: Mapped[date | None] = mapped_column(Date)
    pack_size: Mapped[Quantity] = mapped_column(server_default="1")
    abc: Mapped[AbcClass | None] = mapped_column(words(AbcClass, "abc"))
    xyz: Mapped[XyzClass | None] = mapped_column(words(XyzClass, "xyz"))
    classed_at: Mapped[Instant | None]
    reason: Mapped[Reason] = mapped_column(server_default="")
    set_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("person.id"))
    set_at: Mapped[Instant | None]


class PlanningPolicy(Base):
    """What holds for the parts of a class at the warehouses of a tier; a value left blank is told by a wider rule.

    The rule of a tier that names nothing else states every value. A change ends the row and writes another, so that a
    run of the past can be opened to the rule it went by. `window_months`, `stock_hits`, `drop_hits`: a part that was
    asked for at least `stock_hits` times in the window is laid in, one asked for at most `drop_hits` times leaves.
    `urgent`: refilled at once when the reorder point is crossed, not only at night. What stays within
    `release_value_max` (the company's own currency) and `release_quantity_max` is ordered without a person.
    """

    __tablename__ = "planning_policy"
    __table_args__ = (
        Index(
            "uq_planning_policy_in_force",
            "tier",
            "division_id",
            "criticality",
            "abc",
            "xyz",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
            postgresql_nulls_not_distinct=True,
        ),
        CheckConstraint("(measure IS NULL) = (target IS NULL)", name="measure_has_target"),
        CheckConstraint(TARGET_BOUNDS, name="target_range"),
        CheckConstraint("review_days BETWEEN 1 AND 365", name="review_days_range"),
        CheckConstraint("num_nulls(window_months, stock_hits, drop_hits) IN (0, 3)", name="stocking_rule_whole"),
        CheckConstraint("window_months BETWEEN 1 AND 60", name="window_months_range"),
        CheckConstraint("drop_hits >= 0 AND drop_hits < stock_hits AND stock_hits <= 10000", name="hits_apart"),
        CheckConstraint("(release_value_max IS NULL) = (release_quantity_max IS NULL)", name="release_limits_both"),
        CheckConstraint("release_value_max BETWEEN 0 AND 99999999999", name="release_value_max_range"),
        whole("release_quantity_max"),
        CheckConstraint(
            "num_nonnulls(measure, review_days, window_months, urgent, release_value_max) >= "
            "CASE WHEN num_nonnulls(division_id, criticality, abc, xyz) = 0 THEN 5 ELSE 1 END",
            name="states_enough",
        ),
        CheckConstraint("(ended_at IS NULL) = (ended_by_id IS NULL)", name="ended_by_somebody"),
    )

    id: Mapped[Id]
    tier: Mapped[Tier] = mapped_column(words(Tier, "tier"))
    division_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("division.id"))
    criticality: Mapped[Criticality | None] = mapped_column(words(Criticality, "criticality"))
    abc: Mapped[AbcClass | None] = mapped_column(words(AbcClass, "abc"))
    xyz: Mapped[XyzClass | None] = mapped_column(words(XyzClass, "xyz"))
    measure: Mapped[ServiceMeasure | None] = mapped_column(words(ServiceMeasure, "measure"))
    target: Mapped[Decimal | None] = mapped_column(Numeric(18, 4))
    review_days: Mapped[int | None] = mapped_column(SmallInteger)
    window_months: Mapped[int | None] = mapped_column(SmallInteger)
    stock_hits: Mapped[int | None] = mapped_column(Integer)
    drop_hits: Mapped[int | None] = mapped_column(Integer)
    urgent: Mapped[bool | None] = mapped_column(Boolean)
    release_value_max: Mapped[Decimal | None] = mapped_column(Numeric(18, 4))
    release_quantity_max: Mapped[int | None] = mapped_column(BigInteger)
    reason: Mapped[Reason]
    set_by_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("person.id"))
    set_at: Mapped[Instant]
    ended_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("person.id"))
    ended_at: Mapped[Instant | None]


class TierLeadTime(Base):
    """How long a replenishment takes between two tiers where nothing better is known; from a supplier without `from`.

    Units: days. From the release at the source to the receipt: waiting for stock at the source is no part of it.
    """

    __tablename__ = "tier_lead_time"
    __table_args__ = (
        UniqueConstraint("from_tier", "to_tier", postgresql_nulls_not_distinct=True),
        CheckConstraint("days > 0 AND days <= 1000", name="days_range"),
        CheckConstraint("sd_days >= 0 AND sd_days <= 1000", name="sd_days_range"),
    )

    id: Mapped[Id]
    from_tier: Mapped[Tier | None] = mapped_column(words(Tier, "from_tier"))
    to_tier: Mapped[Tier] = mapped_column(words(Tier, "to_tier"))
    days: Mapped[Decimal] = mapped_column(Numeric(9, 3))
    sd_days: Mapped[Decimal] = mapped_column(Numeric(9, 3))
    set_by_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("person.id"))
    set_at: Mapped[Instant]


class LaneLeadTime(Base):
    """How long a replenishment takes from one warehouse to another: as stated by people, and as its shipments took.

    Units: days. `shipments` is how many were looked at when the learned figures were worked out.
    """

    __tablename__ = "lane_lead_time"
    __table_args__ = (
        CheckConstraint("source_id <> destination_id", name="two_warehouses"),
        CheckConstraint("num_nulls(days, sd_days, set_by_id, set_at) IN (0, 4)", name="stated_whole"),
        CheckConstraint("num_nulls(learned_days, learned_sd_days, learned_at) IN (0, 3)", name="learned_whole"),
        CheckConstraint("days > 0 AND days <= 1000", name="days_range"),
        CheckConstraint("sd_days >= 0 AND sd_days <= 1000", name="sd_days_range"),
        CheckConstraint("learned_days >= 0", name="learned_days_range"),
        CheckConstraint("learned_sd_days >= 0", name="learned_sd_days_range"),
        CheckConstraint("shipments >= 0", name="shipments_range"),
        Index("ix_lane_lead_time_destination_id", "destination_id"),
    )

    source_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("warehouse.id"), primary_key=True)
    destination_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("warehouse.id"), primary_key=True)
    days: Mapped[Decimal | None] = mapped_column(Numeric(9, 3))
    sd_days: Mapped[Decimal | None] = mapped_column(Numeric(9, 3))
    set_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("person.id"))
    set_at: Mapped[Instant | None]
    learned_days: Mapped[Decimal | None] = mapped_column(Numeric(9, 3))
    learned_sd_days: Mapped[Decimal | None] = mapped_column(Numeric(9, 3))
    learned_at: Mapped[Instant | None]
    shipments: Mapped[int] = mapped_column(Integer, server_default="0")


class PlaceOverride(Base):
    """What a person wants otherwise for one part at one warehouse, why, and until which day; blank is as ruled.

    It holds through `expires_on`. A new one for the same place lifts the one before; rows stay as history.
    """

    __tablename__ = "place_override"
    __table_args__ = (
        Index(
            "uq_place_override_open",
            "part_id",
            "warehouse_id",
            unique=True,
            postgresql_where=text("lifted_at IS NULL"),
        ),
        Index("ix_place_override_warehouse_id", "warehouse_id", "part_id"),
        whole("minimum"),
        whole("maximum"),
        whole("safety_stock"),
        CheckConstraint("minimum <= maximum", name="minimum_within_maximum"),
        CheckConstraint(
            "stocked OR coalesce(minimum, 0) + coalesce(safety_stock, 0) = 0", name="nothing_kept_unstocked"
        ),
        CheckConstraint("(measure IS NULL) = (target IS NULL)", name="measure_has_target"),
        CheckConstraint(TARGET_BOUNDS, name="target_range"),
        CheckConstraint("lead_time_days > 0 AND lead_time_days <= 1000", name="lead_time_days_range"),
        CheckConstraint("lead_time_sd_days >= 0 AND lead_time_sd_days <= 1000", name="lead_time_sd_days_range"),
        CheckConstraint(
            "num_nonnulls(stocked, minimum, maximum, safety_stock, measure, lead_time_days, lead_time_sd_days) > 0",
            name="states_something",
        ),
        CheckConstraint("reason <> ''", name="has_a_reason"),
        CheckConstraint("(lifted_at IS NULL) = (lifted_by_id IS NULL)", name="lifted_by_somebody"),
    )

    id: Mapped[Id]
    part_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("part.id"))
    warehouse_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("warehouse.id"))
    stocked: Mapped[bool | None] = mapped_column(Boolean)
    minimum: Mapped[int | None] = mapped_column(BigInteger)
    maximum: Mapped[int | None] = mapped_column(BigInteger)
    safety_stock: Mapped[int | None] = mapped_column(BigInteger)
    measure: Mapped[ServiceMeasure | None] = mapped_column(words(ServiceMeasure, "measure"))
    target: Mapped[Decimal | None] = mapped_column(Numeric(18, 4))
    lead_time_days: Mapped[Decimal | None] = mapped_column(Numeric(9, 3))
    lead_time_sd_days: Mapped[Decimal | None] = mapped_column(Numeric(9, 3))
    reason: Mapped[Reason]
    expires_on: Mapped[date] = mapped_column(Date)
    set_by_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("person.id"))
    set_at: Mapped[Instant]
    lifted_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("person.id"))
    lifted_at: Mapped[Instant | None]
    lift_reason: Mapped[Reason] = mapped_column(server_default="")
