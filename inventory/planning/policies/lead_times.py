"""Lead times of lanes: stated by people, learned from what shipments took, told by the pair of tiers where neither is.

A shipment with stock that was ordered moved took from the release of its first such pick task to the receipt of its
last piece: that is what a replenishment takes when the source has the stock. Waiting for stock is no part of it, the
levels count that themselves. What repairs wait for travels faster and teaches nothing about replenishments.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from sqlalchemy import ColumnElement, select, text
from sqlalchemy.orm import Session, aliased

from inventory import identity
from inventory.actor import Actor
from inventory.identity import Permission
from inventory.network.models import Tier, Warehouse
from inventory.planning.policies.errors import LaneLeadsUp, SameWarehouseLane
from inventory.planning.policies.models import LaneLeadTime, TierLeadTime
from inventory.planning.policies.overriding import check_lead_time, place_within
from inventory.planning.policies.rules import require_network_planner

_TIERS: Final = list(Tier)
# A lane whose shipments have become too old to tell forgets what it learned.
_LEARN = text("""
    WITH taken AS (
        SELECT shipment.source_id, shipment.destination_id,
               extract(epoch FROM shipment.received_at - coalesce(min(task.released_at), shipment.shipped_at)) / 86400
                   AS days
        FROM shipment
        JOIN shipment_line AS sent ON sent.shipment_id = shipment.id
        JOIN part_request_line AS asked ON asked.id = sent.line_id AND asked.source_id IS NOT NULL
        LEFT JOIN pick_task AS task ON task.handling_unit_id = sent.handling_unit_id AND task.line_id = sent.line_id
        WHERE shipment.received_at > :at - make_interval(days => (SELECT lane_days FROM planning_setting))
        GROUP BY shipment.id
    ), learned AS (
        SELECT source_id, destination_id, count(*) AS shipments, avg(greatest(days, 0)) AS days,
               coalesce(stddev_samp(greatest(days, 0)), 0) AS sd_days
        FROM taken GROUP BY source_id, destination_id
    ), forgotten AS (
        UPDATE lane_lead_time AS lane
        SET shipments = 0, learned_days = NULL, learned_sd_days = NULL, learned_at = NULL
        WHERE lane.shipments > 0 AND NOT EXISTS (
            SELECT FROM learned
            WHERE learned.source_id = lane.source_id AND learned.destination_id = lane.destination_id)
    )
    INSERT INTO lane_lead_time (source_id, destination_id, shipments, learned_days, learned_sd_days, learned_at)
    SELECT source_id, destination_id, shipments, days, sd_days, :at FROM learned
    ORDER BY source_id, destination_id
    ON CONFLICT (source_id, destination_id) DO UPDATE SET
        shipments = excluded.shipments, learned_days = excluded.learned_days,
        learned_sd_days = excluded.learned_sd_days, learned_at = excluded.learned_at
""")


@dataclass(frozen=True, slots=True)
class ListedLane:
    """What is known of a lane, with its ends."""

    lane: LaneLeadTime
    source: Warehouse
    destination: Warehouse


def learn_lead_times(session: Session, *, at: datetime) -> int:
    """Work out anew what every lane's transfers of late took, mean and spread; give the number of lanes."""
    return session.connection().execute(_LEARN, {"at": at}).rowcount


def state_lane(
    session: Session, source: str, destination: str, days: Decimal, sd_days: Decimal, *, by: Actor, at: datetime
) -> LaneLeadTime:
    """State how long a lane takes; what its shipments teach goes before it as soon as they are enough.

    Units: days. Raises: NotPermitted, NotFound, SameWarehouseLane, LaneLeadsUp, LeadTimeOutOfBounds.
    """
    check_lead_time(days, sd_days)
    to = place_within(session, destination, by=by)
    origin = place_within(session, source, Permission.SEE_POLICIES, by=by)
    if origin.id == to.id:
        raise SameWarehouseLane(warehouse=source)
    if _TIERS.index(origin.tier) > _TIERS.index(to.tier):
        raise LaneLeadsUp(source=source, warehouse=destination)
    lane = session.get(LaneLeadTime, (origin.id, to.id), with_for_update=True)
    if lane is None:
        lane = LaneLeadTime(source_id=origin.id, destination_id=to.id)
        session.add(lane)
    lane.days, lane.sd_days, lane.set_by_id, lane.set_at = days, sd_days, by.person_id, at
    session.flush()
    return lane


def state_tiers(
    session: Session,
    source: Tier | None,
    destination: Tier,
    days: Decimal,
    sd_days: Decimal,
    *,
    by: Actor,
    at: datetime,
) -> TierLeadTime:
    """State how long a replenishment takes from tier to tier, or from suppliers, where nothing better is known.

    Units: days. Raises: NotPermitted, LeadTimeOutOfBounds.
    """
    require_network_planner(by)
    check_lead_time(days, sd_days)
    query = select(TierLeadTime).where(
        TierLeadTime.from_tier.is_not_distinct_from(source), TierLeadTime.to_tier == destination
    )
    stated = session.scalars(query.with_for_update()).one()
    stated.days, stated.sd_days, stated.set_by_id, stated.set_at = days, sd_days, by.person_id, at
    return stated


def list_tier_lead_times(session: Session, *, by: Actor) -> Sequence[TierLeadTime]:
    """Every pair of tiers, in the order of the tiers, suppliers first. Raises: NotPermitted."""
    by.require(Permission.SEE_POLICIES)
    rows = session.scalars(select(TierLeadTime)).all()
    return sorted(
        rows, key=lambda row: (-1 if row.from_tier is None else _TIERS.index(row.from_tier), _TIERS.index(row.to_tier))
    )


def list_lanes(
    session: Session,
    *,
    by: Actor,
    warehouse_id: int | None = None,
    after: tuple[str, str] | None = None,
    limit: int = 50,
) -> Sequence[ListedLane]:
    """Lanes with figures of their own that end within reach, by destination and source; `after` the codes last seen.

    Raises: NotPermitted.
    """
    by.require(Permission.SEE_POLICIES)
    source, destination = aliased(Warehouse), aliased(Warehouse)
    conditions: list[ColumnElement[bool]] = [
        identity.covers(by, Permission.SEE_POLICIES, LaneLeadTime.destination_id),
        (LaneLeadTime.shipments > 0) | LaneLeadTime.days.is_not(None),
    ]
    if warehouse_id is not None:
        conditions.append(LaneLeadTime.destination_id == warehouse_id)
    if after is not None:
        conditions.append((destination.code > after[0]) | ((destination.code == after[0]) & (source.code > after[1])))
    query = (
        select(LaneLeadTime, source, destination)
        .join(source, source.id == LaneLeadTime.source_id)
        .join(destination, destination.id == LaneLeadTime.destination_id)
        .where(*conditions)
        .order_by(destination.code, source.code)
        .limit(limit)
    )
    return [ListedLane(*row) for row in session.execute(query)]
