"""What planning knows of a part everywhere: criticality, phase and pack set by people, ABC and XYZ worked out."""

from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import text
from sqlalchemy.orm import Session

from inventory import catalogue
from inventory.actor import Actor
from inventory.days_over import is_over
from inventory.planning.policies.book import ABC, XYZ, Ids, PolicyBook, rows_of
from inventory.planning.policies.classing import Codes, Reals, abc, variation, xyz
from inventory.planning.policies.errors import LastBuyNeedsEnd, LastBuyOver, WhyMissing
from inventory.planning.policies.meanwhile import changed_meanwhile
from inventory.planning.policies.models import Criticality, PartPlan, Phase
from inventory.planning.policies.rules import require_network_planner

_WRITE_CLASSES = text("""
    INSERT INTO part_plan (part_id, abc, xyz, classed_at)
    SELECT part_id, abc, xyz, :at
    FROM unnest(CAST(:parts AS bigint[]), CAST(:abc AS text[]), CAST(:xyz AS text[])) AS classed (part_id, abc, xyz)
    ORDER BY part_id
    ON CONFLICT (part_id) DO UPDATE SET abc = excluded.abc, xyz = excluded.xyz, classed_at = excluded.classed_at
    WHERE (part_plan.abc, part_plan.xyz) IS DISTINCT FROM (excluded.abc, excluded.xyz)
""")


@dataclass(frozen=True, slots=True)
class PartPlanWish:
    """How a part is to be planned everywhere, and why; the day is the last one a last-time buy is for.

    `seen_at` is when somebody had set what was seen before; None where nobody had.
    """

    part: str
    criticality: Criticality
    phase: Phase
    pack_size: int
    reason: str
    supported_until_on: date | None = None
    seen_at: datetime | None = None


def find_part_plan(session: Session, part_id: int) -> PartPlan:
    """What is planned for a part; what holds without a row where there is none."""
    standing = session.get(PartPlan, part_id)
    return standing or PartPlan(
        part_id=part_id, criticality=Criticality.ESSENTIAL, phase=Phase.MATURE, pack_size=1, reason=""
    )


def plan_part(session: Session, wish: PartPlanWish, *, by: Actor, at: datetime) -> PartPlan:
    """Set criticality, phase and pack of a part for the whole network; its classes stay.

    Raises: NotPermitted, NotFound, WhyMissing, LastBuyNeedsEnd, LastBuyOver; ChangedMeanwhile when somebody set it
    after that.
    """
    require_network_planner(by)
    part = catalogue.get_part(session, wish.part)
    if not wish.reason.strip():
        raise WhyMissing()
    if wish.phase is Phase.LAST_TIME_BUY and wish.supported_until_on is None:
        raise LastBuyNeedsEnd(part=wish.part)
    if wish.phase is Phase.LAST_TIME_BUY and wish.supported_until_on and is_over(wish.supported_until_on, at=at):
        raise LastBuyOver(day=wish.supported_until_on.isoformat())
    plan = session.get(PartPlan, part.id, with_for_update=True, populate_existing=True) or PartPlan(part_id=part.id)
    if plan.set_at != wish.seen_at:
        standing = plan.set_at.isoformat() if plan.set_at else None
        raise changed_meanwhile(session, standing, by_id=plan.set_by_id, at=plan.set_at)
    plan.criticality, plan.phase, plan.pack_size = wish.criticality, wish.phase, wish.pack_size
    plan.supported_until_on = wish.supported_until_on if wish.phase is Phase.LAST_TIME_BUY else None
    plan.reason, plan.set_by_id, plan.set_at = wish.reason.strip(), by.person_id, at
    session.add(plan)
    session.flush()
    return plan


def class_parts(book: PolicyBook, part_ids: Ids, history: NDArray[np.floating], price: Reals) -> tuple[Codes, Codes]:
    """Class parts by the value and the variability of what the network asked for, from where each class stood.

    Shapes: part_ids and price (parts,), history (parts, months); out ABC and XYZ codes (parts,).
    Units: pieces per month, NaN before a series began; price in one currency, NaN unknown.
    Raises: KeyError for a part that the book does not hold.
    """
    settings, row = book.settings, rows_of(book.parts.ids, part_ids)
    months = history[:, -settings.class_months :]
    by_value = abc(
        np.nansum(months, axis=1) * price,
        a_share=settings.a_share,
        b_share=settings.b_share,
        band=settings.band,
        before=book.parts.abc[row],
    )
    by_variation = xyz(
        variation(months),
        x_variation=settings.x_variation,
        y_variation=settings.y_variation,
        band=settings.band,
        before=book.parts.xyz[row],
    )
    return by_value, by_variation


def write_classes(session: Session, part_ids: Ids, by_value: Codes, by_variation: Codes, *, at: datetime) -> int:
    """Keep the classes of parts; give how many changed.

    Shapes: all (parts,), codes as `class_parts` gives them.
    """
    written = session.connection().execute(
        _WRITE_CLASSES,
        {
            "parts": part_ids.tolist(),
            "abc": [ABC[code].value for code in by_value.tolist()],
            "xyz": [XYZ[code].value for code in by_variation.tolist()],
            "at": at,
        },
    )
    return written.rowcount
