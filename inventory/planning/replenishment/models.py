"""Rows of replenishment: runs, what each place should hold, and what is proposed to bring it there."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Computed,
    Date,
    Double,
    ForeignKey,
    Index,
    Numeric,
    SmallInteger,
    String,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from inventory.db import Base, DocumentId, Instant, Numbered, Quantity, Reason, whole, words


class RunTrigger(StrEnum):
    """What started a run: the clock at night, stock that fell to its reorder point, or a person."""

    NIGHTLY = "nightly"
    URGENT = "urgent"
    MANUAL = "manual"


class ProposalKind(StrEnum):
    """What brings the stock: the place above, a supplier, an equal with too much; or takes it: back up."""

    TRANSFER = "transfer"
    PURCHASE = "purchase"
    REBALANCING = "rebalancing"
    EXCESS_RETURN = "excess_return"


class ProposalStatus(StrEnum):
    """A proposal is open until it becomes an order, is turned down, or the need is gone; ahead until it is due."""

    OPEN = "open"
    AHEAD = "ahead"
    RELEASED = "released"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


UNDECIDED = (ProposalStatus.OPEN, ProposalStatus.AHEAD)
"""Somebody may still decide about it: it is due, or may be ordered along before it is."""


class Held(StrEnum):
    """Why an open proposal waits for a person."""

    OVER_LIMIT = "over_limit"  # more money or pieces than may go by themselves
    SHORT_AT_SOURCE = "short_at_source"  # the place above has nothing to give now
    NO_SUPPLIER = "no_supplier"  # nobody is known who sells it
    PURCHASE = "purchase"  # buying is always somebody's decision
    PHASE = "phase"  # the part is on its way out
    BELOW_MINIMUM = "below_minimum"  # all that its supplier is asked for is worth less than he takes orders for
    EDITED = "edited"  # somebody wrote another quantity on it, and has not decided yet


class PlanningRun(Base, Numbered):
    """A run: for which day, by which version and seed, how far it is, and what came of it; enough to repeat it.

    `constants` is what the step over all parts fixed, `figures` counts, money and the seconds of each step. A run
    that was asked for and not begun has no `started_at`; one whose process died has no `finished_at` and is begun anew.
    The urgent refills of a day are one run, which ends with the last of them.
    """

    __tablename__ = "planning_run"
    __table_args__ = (
        CheckConstraint("finished_at >= started_at", name="ends_after_it_starts"),
        CheckConstraint("parts_done BETWEEN 0 AND parts", name="parts_done_of_parts"),
        Index("ix_planning_run_requested_at", "requested_at"),
        Index("uq_planning_run_urgent", "as_of_on", unique=True, postgresql_where=text("trigger = 'urgent'")),
        Index("uq_planning_run_unfinished", "trigger", unique=True, postgresql_where=text("finished_at IS NULL")),
    )
    prefix = "RR"

    id: Mapped[DocumentId]
    trigger: Mapped[RunTrigger] = mapped_column(words(RunTrigger, "trigger"))
    as_of_on: Mapped[date] = mapped_column(Date)
    seed: Mapped[int] = mapped_column(BigInteger)
    version: Mapped[str] = mapped_column(String(40))
    parts: Mapped[int] = mapped_column(BigInteger, server_default="0")
    parts_done: Mapped[int] = mapped_column(BigInteger, server_default="0")
    constants: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    figures: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    requested_by_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("person.id"))
    requested_at: Mapped[Instant]
    started_at: Mapped[Instant | None]
    finished_at: Mapped[Instant | None]


class StockLevel(Base):
    """What a place should hold of a part, and the figures that say so.

    `source_id` is the place it draws from; without one it is bought. Demand is end demand that this place has to
    cover over its lead time and review; `demand_size` is how many units one who asks wants, in the mean. `daily_mean`
    is of this month, `season` what a day until a delivery can come asks for beside it; `year_mean` is that of a mean
    day of a year, and `unit_worth` what a unit of what is bought was taken to cost: they say how large a lot is.
    `single_order_up_to` is what the place by itself would hold for the same target: the compared rule.

    Units: quantities in base units; days; demand a day; the company's currency.
    """

    __tablename__ = "stock_level"
    __table_args__ = (
        whole("safety_stock"),
        whole("reorder_point"),
        whole("order_up_to"),
        whole("single_order_up_to"),
        whole("pack_size", at_least=1),
        whole("order_minimum", at_least=1),
        CheckConstraint("reorder_point <= order_up_to", name="levels_ordered"),
        CheckConstraint("daily_mean >= 0 AND lead_mean >= 0 AND lead_variance >= 0", name="demand_not_negative"),
        CheckConstraint("demand_size >= 1", name="demand_of_a_unit_at_least"),
        CheckConstraint("season > 0", name="season_above_nothing"),
        Index("ix_stock_level_warehouse_id", "warehouse_id", "part_id"),
        Index("ix_stock_level_urgent", "part_id", "warehouse_id", postgresql_where=text("urgent")),
        {"postgresql_with": {"fillfactor": "80"}},
    )

    part_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("part.id"), primary_key=True)
    warehouse_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("warehouse.id"), primary_key=True)
    run_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("planning_run.id"))
    source_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("warehouse.id"))
    stocked: Mapped[bool] = mapped_column(Boolean)
    urgent: Mapped[bool] = mapped_column(Boolean)
    method: Mapped[str] = mapped_column(String(24))
    daily_mean: Mapped[float] = mapped_column(Double)
    season: Mapped[float] = mapped_column(Double, server_default="1")
    year_mean: Mapped[float | None] = mapped_column(Double)
    unit_worth: Mapped[float | None] = mapped_column(Double)
    lead_days: Mapped[float] = mapped_column(Double)
    review_days: Mapped[int] = mapped_column(SmallInteger)
    lead_mean: Mapped[float] = mapped_column(Double)
    lead_variance: Mapped[float] = mapped_column(Double)
    demand_size: Mapped[float] = mapped_column(Double, server_default="1")
    measure: Mapped[str] = mapped_column(String(24))
    target: Mapped[float] = mapped_column(Double)
    expected_fill: Mapped[float] = mapped_column(Double)
    safety_stock: Mapped[Quantity]
    reorder_point: Mapped[Quantity]
    order_up_to: Mapped[Quantity]
    single_order_up_to: Mapped[Quantity]
    pack_size: Mapped[Quantity] = mapped_column(server_default="1")
    order_minimum: Mapped[Quantity] = mapped_column(server_default="1")
    order_maximum: Mapped[int | None] = mapped_column(BigInteger)
    computed_at: Mapped[Instant]


class Proposal(Base, Numbered):
    """What should be brought to (or taken from) a place, with the figures that the quantity is worked out from.

    `needed` follows from position less `owed` and the levels; `quantity` is what was proposed after sharing what is
    short, `edited_quantity` what a person made of it, `released_quantity` what was ordered in the end. Position =
    on hand + in transit + on order - reserved - back-ordered; `owed` is what the places below need from here.

    What is moved between equals or back up tells too what its source has free (beyond what it gives to those below),
    what of it the source keeps, and the benefit: what the move saves less what it costs, in the company's currency.
    `short_per_week` are the promises at risk: customers' orders that wait, or begin to, when it comes a week later.
    Of whom it is bought is the supplier asked first, unless a person chose another one, whose packs, price and lead
    time are the proposal's then. `waited_for` are the units that repairs wait for, here or further down;
    `turned_down_id` is the proposal for the same that somebody turned down before.
    `order_by_on` is the last day on which waiting keeps the target, gone by where ordering is overdue. What is bought
    and falls due soon stands ahead of its day: nothing is needed yet, and `quantity` is what will be ordered then.
    `place_id` is the place that a proposal is about: of an excess return the one that gives, else the one that gets.
    """

    __tablename__ = "proposal"
    __table_args__ = (
        whole("needed"),
        whole("quantity"),
        whole("edited_quantity", at_least=1),
        whole("released_quantity", at_least=1),
        CheckConstraint(
            "num_nulls(edited_by_id, edited_at) = "
            "CASE WHEN num_nulls(edited_quantity, chosen_supplier_part_id) = 2 THEN 2 ELSE 0 END",
            name="edited_by_somebody",
        ),
        CheckConstraint("status <> 'open' OR edited_quantity IS NULL OR held IS NOT NULL", name="edited_waits"),
        CheckConstraint("(status = 'released') = (released_quantity IS NOT NULL)", name="released_so_much"),
        CheckConstraint("(kind = 'purchase') = (source_id IS NULL)", name="purchase_has_no_source"),
        CheckConstraint("source_id <> warehouse_id", name="two_warehouses"),
        CheckConstraint("(status IN ('open', 'ahead')) = (decided_at IS NULL)", name="decided_at_the_end"),
        CheckConstraint(
            "(status = 'released') = (part_request_id IS NOT NULL OR purchase_order_id IS NOT NULL)",
            name="released_into_an_order",
        ),
        CheckConstraint("status <> 'rejected' OR decision_reason <> ''", name="rejected_with_a_reason"),
        CheckConstraint("value >= 0", name="value_not_negative"),
        CheckConstraint(
            "num_nulls(source_free, source_keeps, benefit) = "
            "CASE WHEN kind IN ('rebalancing', 'excess_return') THEN 0 ELSE 3 END",
            name="moved_for_a_benefit",
        ),
        CheckConstraint("quantity <= source_free - source_keeps", name="source_keeps_enough"),
        Index(
            "uq_proposal_open",
            "part_id",
            "place_id",
            "kind",
            unique=True,
            postgresql_where=text("status IN ('open', 'ahead')"),
        ),
        Index("ix_proposal_warehouse_id", "warehouse_id", "status"),
        Index("ix_proposal_run_id", "run_id"),
        Index("ix_proposal_risk", "kind", "short_per_week", "id", postgresql_where=text("status = 'open'")),
        Index("ix_proposal_value", "kind", "value", "id", postgresql_where=text("status = 'open'")),
        Index("ix_proposal_day", "kind", "order_by_on", "id", postgresql_where=text("status IN ('open', 'ahead')")),
        Index("uq_proposal_turned_down_id", "turned_down_id", unique=True),
        Index("ix_proposal_rejected", "part_id", postgresql_where=text("status = 'rejected'")),
        Index("ix_proposal_released", "decided_at", postgresql_where=text("status = 'released'")),
        Index(
            "ix_proposal_releasable",
            "run_id",
            "source_id",
            "warehouse_id",
            "id",
            postgresql_where=text("status = 'open' AND kind <> 'purchase' AND held IS NULL"),
        ),
    )
    prefix = "RP"

    id: Mapped[DocumentId]
    run_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("planning_run.id"))
    kind: Mapped[ProposalKind] = mapped_column(words(ProposalKind, "kind"))
    status: Mapped[ProposalStatus] = mapped_column(words(ProposalStatus, "status"))
    held: Mapped[Held | None] = mapped_column(words(Held, "held"))
    part_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("part.id"))
    warehouse_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("warehouse.id"))
    source_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("warehouse.id"))
    place_id: Mapped[int] = mapped_column(
        BigInteger,
        Computed("CASE WHEN kind = 'excess_return' THEN source_id ELSE warehouse_id END", persisted=True),
        nullable=True,
    )
    supplier_part_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("supplier_part.id"))
    chosen_supplier_part_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("supplier_part.id"))
    on_hand: Mapped[int] = mapped_column(BigInteger)
    reserved: Mapped[int] = mapped_column(BigInteger)
    in_transit: Mapped[int] = mapped_column(BigInteger)
    on_order: Mapped[int] = mapped_column(BigInteger)
    back_ordered: Mapped[int] = mapped_column(BigInteger)
    owed: Mapped[int] = mapped_column(BigInteger)
    waited_for: Mapped[int] = mapped_column(BigInteger, server_default="0")
    reorder_point: Mapped[int] = mapped_column(BigInteger)
    order_up_to: Mapped[int] = mapped_column(BigInteger)
    pack_size: Mapped[int] = mapped_column(BigInteger)
    order_minimum: Mapped[int] = mapped_column(BigInteger)
    order_maximum: Mapped[int | None] = mapped_column(BigInteger)
    needed: Mapped[Quantity]
    quantity: Mapped[Quantity]
    edited_quantity: Mapped[int | None] = mapped_column(BigInteger)
    edited_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("person.id"))
    edited_at: Mapped[Instant | None]
    released_quantity: Mapped[int | None] = mapped_column(BigInteger)
    unit_price: Mapped[Decimal] = mapped_column(Numeric(18, 4))
    value: Mapped[Decimal] = mapped_column(Numeric(18, 4))
    lead_days: Mapped[float] = mapped_column(Double)
    short_per_week: Mapped[float] = mapped_column(Double)
    order_by_on: Mapped[date] = mapped_column(Date)
    source_free: Mapped[int | None] = mapped_column(BigInteger)
    source_keeps: Mapped[int | None] = mapped_column(BigInteger)
    benefit: Mapped[Decimal | None] = mapped_column(Numeric(18, 4))
    turned_down_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("proposal.id"))
    proposed_at: Mapped[Instant]
    decided_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("person.id"))
    decided_at: Mapped[Instant | None]
    decision_reason: Mapped[Reason] = mapped_column(server_default="")
    part_request_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("part_request.id"))
    purchase_order_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("purchase_order.id"))

    @property
    def wanted(self) -> int:
        """How much an order would be for now."""
        return self.quantity if self.edited_quantity is None else self.edited_quantity

    @property
    def position(self) -> int:
        """What is there and coming, less what is promised."""
        return self.on_hand + self.in_transit + self.on_order - self.reserved - self.back_ordered

    @property
    def left(self) -> int:
        """What is left of the position once those below got what they are owed: levels are compared with it."""
        return self.position - self.owed
