"""Rows of demand history: what was asked for by day, how far it is folded, what planners marked, what is in use."""

from datetime import date
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from inventory.db import Base, Id, Instant, Quantity, Reason, whole, words


class Origin(StrEnum):
    """Where a day's demand is known from: asked for here, or told by a file."""

    ASKED = "asked"
    IMPORTED = "imported"


class MarkKind(StrEnum):
    """Why a month does not count as it was: a freak figure, or a need that does not come again."""

    OUTLIER = "outlier"
    ONE_OFF = "one_off"


class DemandDay(Base):
    """What was asked of a part on a day: by which warehouse it was needed, and which would normally have served it.

    `source_id` is the warehouse itself where nothing in the network stands above it. A row of quantity 0 came by file
    and says that the day is known.
    """

    __tablename__ = "demand_day"
    __table_args__ = (whole("quantity"), Index("ix_demand_day_asked_on", "asked_on"))

    part_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("part.id"), primary_key=True)
    warehouse_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("warehouse.id"), primary_key=True)
    asked_on: Mapped[date] = mapped_column(Date, primary_key=True)
    source_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("warehouse.id"), primary_key=True)
    origin: Mapped[Origin] = mapped_column(words(Origin, "origin"), primary_key=True)
    quantity: Mapped[Quantity]


class DemandBeginning(Base):
    """Since which day it is known what a warehouse needs; it never moves to a later one."""

    __tablename__ = "demand_beginning"

    warehouse_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("warehouse.id"), primary_key=True)
    first_on: Mapped[date] = mapped_column(Date)


class DemandFold(Base):
    """A folding of request lines into days, and the last event that there was when it began."""

    __tablename__ = "demand_fold"

    id: Mapped[Id]
    event_id: Mapped[int] = mapped_column(BigInteger)
    folded_at: Mapped[Instant]


class DemandMark(Base):
    """What a month of a part at a warehouse counts as for planning, why, and who says so; undone, it is kept."""

    __tablename__ = "demand_mark"
    __table_args__ = (
        whole("counts_as"),
        CheckConstraint("EXTRACT(day FROM month) = 1", name="month_by_its_first_day"),
        CheckConstraint("(undone_at IS NULL) = (undone_by_id IS NULL)", name="undone_by_somebody"),
        Index(
            "uq_demand_mark_standing",
            "part_id",
            "warehouse_id",
            "month",
            unique=True,
            postgresql_where=text("undone_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    part_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("part.id"))
    warehouse_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("warehouse.id"))
    month: Mapped[date] = mapped_column(Date)
    kind: Mapped[MarkKind] = mapped_column(words(MarkKind, "kind"))
    counts_as: Mapped[Quantity]
    reason: Mapped[Reason]
    marked_by_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("person.id"))
    marked_at: Mapped[Instant]
    undone_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("person.id"))
    undone_at: Mapped[Instant | None]


class InstalledBase(Base):
    """How many appliances of a model are in use in the area of a repair centre, as counted on a day."""

    __tablename__ = "installed_base"
    __table_args__ = (whole("units"),)

    model_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("product_model.id"), primary_key=True)
    warehouse_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("warehouse.id"), primary_key=True)
    counted_on: Mapped[date] = mapped_column(Date, primary_key=True)
    units: Mapped[Quantity]
