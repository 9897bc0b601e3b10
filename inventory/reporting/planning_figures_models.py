"""What the planners' figures are folded into at the end of a nightly run, so that they are told at once by day.

The rows of reporting itself: worked out from the rows of others, written by `planning_figures_folding.py` only, and
as true as on the day of the fold.
"""

from datetime import date
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Date,
    Double,
    ForeignKey,
    Index,
    Numeric,
    SmallInteger,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from inventory.db import Base, Instant, Quantity, whole, words
from inventory.network.models import Tier


class Standing(StrEnum):
    """How the free stock of a part at a place stands against what it should hold.

    `short`: less than its safety stock, or nothing at all; `within`: up to the order-up-to level; `above`: over it;
    `unplanned`: stock where none is to be held.
    """

    SHORT = "short"
    WITHIN = "within"
    ABOVE = "above"
    UNPLANNED = "unplanned"


class PlaceStanding(Base):
    """A part at a place that holds it or should, as it stood at the last fold.

    `free` is what nobody has reserved; `missing` and `excess` are its distance from the order-up-to level, `surplus`
    the excess of a place that has one, where it passes the margin too. `empty`: nothing is free of what is asked for.
    `idle_since` is the day since which what lies there was not asked for, here or below; stock that came later is idle
    since it came. `flow`, `own`, `asked` and `filled` are as in `PlanningFigure`; of `flow` and `own` the share
    `expected_fill` is expected to be met at once. `policy_id` is the rule that tells its service; None where an
    override does, and where nothing is to be held.

    Units: base units; a day for `daily_mean`, orders a day for `flow` and `own`; the company's currency.
    """

    __tablename__ = "place_standing"
    __table_args__ = (
        whole("on_hand"),
        whole("free"),
        whole("order_up_to"),
        whole("missing"),
        whole("excess"),
        whole("surplus"),
        CheckConstraint("(on_hand > 0) = (idle_since IS NOT NULL)", name="stock_is_idle_since"),
        Index("ix_place_standing_warehouse_id", "warehouse_id", "part_id"),
        Index(
            "ix_place_standing_missing_value",
            "missing_value",
            "part_id",
            "warehouse_id",
            postgresql_where=text("standing = 'short' OR empty"),
        ),
        Index(
            "ix_place_standing_surplus_value",
            "surplus_value",
            "part_id",
            "warehouse_id",
            postgresql_where=text("surplus > 0"),
        ),
        Index(
            "ix_place_standing_on_hand_value",
            "on_hand_value",
            "part_id",
            "warehouse_id",
            postgresql_where=text("on_hand > 0 OR standing = 'within'"),
        ),
        # The last tier's money comes last: without a way of its own its lists would walk past all the others' rows.
        Index(
            "ix_place_standing_tier",
            "tier",
            "on_hand_value",
            "part_id",
            "warehouse_id",
            postgresql_where=text("on_hand > 0 OR standing = 'within'"),
        ),
        Index("ix_place_standing_overridden", "part_id", "warehouse_id", postgresql_where=text("overridden")),
        {"postgresql_with": {"fillfactor": "80"}},
    )

    # No foreign keys: the rows are copied from rows that have them, by the million, and checking would take longer.
    part_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    warehouse_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    division_id: Mapped[int] = mapped_column(BigInteger)
    tier: Mapped[Tier] = mapped_column(words(Tier, "tier"))
    standing: Mapped[Standing] = mapped_column(words(Standing, "standing"))
    empty: Mapped[bool] = mapped_column(Boolean)
    overridden: Mapped[bool] = mapped_column(Boolean)
    on_hand: Mapped[Quantity]
    free: Mapped[Quantity]
    order_up_to: Mapped[Quantity]
    missing: Mapped[Quantity]
    excess: Mapped[Quantity]
    surplus: Mapped[Quantity]
    daily_mean: Mapped[float] = mapped_column(Double)
    on_hand_value: Mapped[Decimal] = mapped_column(Numeric(18, 4))
    missing_value: Mapped[Decimal] = mapped_column(Numeric(18, 4))
    surplus_value: Mapped[Decimal] = mapped_column(Numeric(18, 4))
    idle_since: Mapped[date | None] = mapped_column(Date)
    flow: Mapped[float] = mapped_column(Double, server_default="0")
    own: Mapped[float] = mapped_column(Double, server_default="0")
    expected_fill: Mapped[float] = mapped_column(Double, server_default="0")
    asked: Mapped[int] = mapped_column(BigInteger, server_default="0")
    filled: Mapped[int] = mapped_column(BigInteger, server_default="0")
    policy_id: Mapped[int | None] = mapped_column(BigInteger)


class Meeting:
    """The part-places of a sum, and how much of what they are asked for they meet; as `PlanningFigure` says."""

    places: Mapped[int] = mapped_column(BigInteger)
    own: Mapped[float] = mapped_column(Double)
    own_filled: Mapped[float] = mapped_column(Double)
    asked: Mapped[int] = mapped_column(BigInteger)
    filled: Mapped[int] = mapped_column(BigInteger)


class PlanningFigure(Meeting, Base):
    """The sums over a division's parts at a warehouse: what every figure of the cockpit adds up.

    `places` counts parts that are to be held there, of them so many short, within and above; `dead_...` what nobody
    asked for in so many days, those of longer among those of shorter. `held_places` is where anything lies;
    `short_missing_value` and `empty_missing_value` what is missing at the places so named. `flow` are the orders a day
    that pass through, `flow_filled` those of them expected to be met at once; `own` and `own_filled` the end demand
    among them. `asked` and `filled` are lines of the last days (FILL_DAYS), and those of them met at once in full.
    `asked_value` is what was asked for in a year, here and below. `overridden_...`: the same of places with an override
    in force. Nothing here adds up units: pieces, grams and millimetres have no sum.
    """

    __tablename__ = "planning_figure"

    warehouse_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("warehouse.id"), primary_key=True)
    division_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("division.id"), primary_key=True)
    short: Mapped[int] = mapped_column(BigInteger)
    within: Mapped[int] = mapped_column(BigInteger)
    above: Mapped[int] = mapped_column(BigInteger)
    unplanned: Mapped[int] = mapped_column(BigInteger)
    unplanned_value: Mapped[Decimal] = mapped_column(Numeric(20, 4))
    empty: Mapped[int] = mapped_column(BigInteger)
    unpriced: Mapped[int] = mapped_column(BigInteger)
    on_hand_value: Mapped[Decimal] = mapped_column(Numeric(20, 4))
    held_places: Mapped[int] = mapped_column(BigInteger, server_default="0")
    target_value: Mapped[Decimal] = mapped_column(Numeric(20, 4))
    missing_value: Mapped[Decimal] = mapped_column(Numeric(20, 4))
    short_missing_value: Mapped[Decimal] = mapped_column(Numeric(20, 4), server_default="0")
    empty_missing_value: Mapped[Decimal] = mapped_column(Numeric(20, 4), server_default="0")
    excess_value: Mapped[Decimal] = mapped_column(Numeric(20, 4))
    surplus_places: Mapped[int] = mapped_column(BigInteger)
    surplus_value: Mapped[Decimal] = mapped_column(Numeric(20, 4))
    dead_90_places: Mapped[int] = mapped_column(BigInteger)
    dead_90_value: Mapped[Decimal] = mapped_column(Numeric(20, 4))
    dead_180_places: Mapped[int] = mapped_column(BigInteger)
    dead_180_value: Mapped[Decimal] = mapped_column(Numeric(20, 4))
    dead_365_places: Mapped[int] = mapped_column(BigInteger)
    dead_365_value: Mapped[Decimal] = mapped_column(Numeric(20, 4))
    asked_value: Mapped[Decimal] = mapped_column(Numeric(20, 4))
    flow: Mapped[float] = mapped_column(Double)
    flow_filled: Mapped[float] = mapped_column(Double)
    overridden_places: Mapped[int] = mapped_column(BigInteger)
    overridden_empty: Mapped[int] = mapped_column(BigInteger)
    overridden_on_hand_value: Mapped[Decimal] = mapped_column(Numeric(20, 4))
    overridden_target_value: Mapped[Decimal] = mapped_column(Numeric(20, 4))
    overridden_own: Mapped[float] = mapped_column(Double)
    overridden_own_filled: Mapped[float] = mapped_column(Double)
    overridden_asked: Mapped[int] = mapped_column(BigInteger)
    overridden_filled: Mapped[int] = mapped_column(BigInteger)


class RuleFigure(Meeting, Base):
    """What the places come to whose service a rule tells, at a warehouse; as `PlanningFigure` says."""

    __tablename__ = "rule_figure"

    policy_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("planning_policy.id"), primary_key=True)
    warehouse_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("warehouse.id"), primary_key=True)


class StockMonth(Base):
    """What a warehouse held and should have held in a month: sums over the days that were folded.

    Units: the company's currency times days.
    """

    __tablename__ = "stock_month"
    __table_args__ = (
        CheckConstraint("EXTRACT(day FROM month) = 1", name="month_by_its_first_day"),
        CheckConstraint("days BETWEEN 1 AND 31", name="days_of_a_month"),
    )

    month: Mapped[date] = mapped_column(Date, primary_key=True)
    warehouse_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("warehouse.id"), primary_key=True)
    days: Mapped[int] = mapped_column(SmallInteger)
    last_on: Mapped[date] = mapped_column(Date)
    on_hand_value: Mapped[Decimal] = mapped_column(Numeric(22, 4))
    target_value: Mapped[Decimal] = mapped_column(Numeric(22, 4))


class ForecastMonth(Base):
    """What was expected of a part over the network when a month began, and what was asked for once it was over.

    The first fold of a month writes `expected`, later ones leave it; `asked` is None until the month is over. What was
    worked out afterwards, for months before the first fold, is a `back_cast`.

    Units: base units a month; the company's currency for a unit, as of the last fold that wrote.
    """

    __tablename__ = "forecast_month"
    __table_args__ = (
        CheckConstraint("EXTRACT(day FROM month) = 1", name="month_by_its_first_day"),
        CheckConstraint("expected >= 0", name="expected_not_negative"),
    )

    month: Mapped[date] = mapped_column(Date, primary_key=True)
    part_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("part.id"), primary_key=True)
    expected: Mapped[float] = mapped_column(Double)
    asked: Mapped[int | None] = mapped_column(BigInteger)
    unit_value: Mapped[Decimal] = mapped_column(Numeric(18, 4))
    back_cast: Mapped[bool] = mapped_column(Boolean, server_default="false")


class FiguresFold(Base):
    """The one row that says as of when the figures are, and by which margin they call stock surplus."""

    __tablename__ = "figures_fold"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    as_of_on: Mapped[date] = mapped_column(Date)
    folded_at: Mapped[Instant]
    surplus_margin: Mapped[Decimal] = mapped_column(Numeric(9, 4))
