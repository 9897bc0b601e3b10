"""What the planners of the demo want: criticality and phases of parts, a rule of their own, overrides of some places.

Rows by the thousand are written at once, as a file of part plans would; rules and overrides come through the use cases.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from inventory.actor import Actor
from inventory.identity import Person, Role, reach_of
from inventory.network import Tier, Warehouse
from inventory.planning import policies
from inventory.planning.policies import Criticality, OverrideWish, PolicyWish, Service, ServiceMeasure, SettingsWish
from web.demo.shown import list_shown_stations

VITAL = ("compressor", "control board", "motor", "drain pump", "inlet valve", "starter relay", "magnetron", "power")
DESIRABLE = ("manual", "trim strip", "shelf", "drawer", "rack", "tray", "handle", "lamp", "foot")

# A number that was replaced is phased out; one that came within the last year is new.
_PLAN_PARTS = text("""
    WITH told AS (
        SELECT part.id,
               CASE WHEN part.name_en ILIKE ANY (CAST(:vital AS text[])) THEN 'vital'
                    WHEN part.name_en ILIKE ANY (CAST(:desirable AS text[])) THEN 'desirable'
                    ELSE 'essential' END AS criticality,
               CASE WHEN old.part_id IS NOT NULL THEN 'phase_out'
                    WHEN new.part_id IS NOT NULL THEN 'new' ELSE 'mature' END AS phase,
               CASE WHEN part.name_en ILIKE '%screw%' THEN 10 ELSE 1 END AS pack_size
        FROM part
        LEFT JOIN (SELECT DISTINCT old_part_id AS part_id FROM supersession WHERE valid_from <= :on) AS old
               ON old.part_id = part.id
        LEFT JOIN (SELECT DISTINCT new_part_id AS part_id FROM supersession WHERE valid_from > :year_ago) AS new
               ON new.part_id = part.id
    )
    INSERT INTO part_plan (part_id, criticality, phase, pack_size, reason, set_by_id, set_at)
    SELECT id, criticality, phase, pack_size, :reason, :by, :at FROM told
    WHERE criticality <> 'essential' OR phase <> 'mature' OR pack_size > 1
    ORDER BY id
""")
# Parts that lie at a place, the most of them first.
_LYING = text("""
    SELECT part.number FROM balance JOIN part ON part.id = balance.part_id
    WHERE balance.warehouse_id = :warehouse ORDER BY balance.on_hand DESC, part.number LIMIT :count
""")


@dataclass(frozen=True, slots=True)
class Wanted:
    """An override of the demo: why, for how many days from today on, and what it says."""

    reason: str
    days: int
    said: dict[str, Any]


AT_CENTRES = (
    Wanted("展会备货，会后恢复", 9, {"minimum": 12}),
    Wanted("夏季高峰前提高满足率", 120, {"service": Service(ServiceMeasure.FILL_RATE, Decimal("0.995"))}),
    Wanted("货架改造，暂时限量", 45, {"maximum": 20}),
    Wanted("干线改道，在途时间变长", 30, {"lead_time_days": Decimal("4.5"), "lead_time_sd_days": Decimal("1.5")}),
)
ORDER_COST = Decimal(30)
"""Money, to write, follow, receive and pay a line of a purchase order."""
LANES = (("2.5", "0.5"), ("3", "1"), ("4", "1.5"), ("5", "2"), ("3", "0.8"))
"""Days, and by how many they stray, from the place above to each shown distribution centre."""
AT_STATIONS = (
    Wanted("大客户维保合同，必须现货", 180, {"stocked": True, "minimum": 2, "safety_stock": 1}),
    Wanted("网点无防静电条件", 365, {"stocked": False}),
)


def plan_demo(session: Session, *, at: datetime, zone: ZoneInfo) -> None:
    """Plan the parts, tell what an order costs, set a rule, override some places, state some lanes, class parts.

    It comes after the network, its stock and its demand are there. The caller commits.
    """
    on = at.astimezone(zone).date()
    planner = _planner(session)
    session.execute(
        _PLAN_PARTS,
        {
            "vital": [f"%{word}%" for word in VITAL],
            "desirable": [f"%{word}%" for word in DESIRABLE],
            "on": on,
            "year_ago": on - timedelta(days=365),
            "reason": "首次分类",
            "by": planner.person_id,
            "at": at,
        },
    )
    standing = policies.show_settings(session, by=planner)
    figures = {**standing.figures, "order_cost": ORDER_COST}
    wish = SettingsWish(figures, "每行采购的人工与收货费用", standing.version)
    policies.change_settings(session, wish, by=planner, at=at)
    _rule_hot_season(session, by=planner, at=at)
    _override_places(session, by=planner, at=at, zone=zone)
    _state_lanes(session, by=planner, at=at)
    policies.reclass_parts(session, on=on, at=at)


def _planner(session: Session) -> Actor:
    person = session.scalars(select(Person).where(Person.login == "planner")).one()
    return Actor(person.id, person.name, reach_of({Role.PLANNER: None}))


def _rule_hot_season(session: Session, *, by: Actor, at: datetime) -> None:
    """Air conditioners: what makes them work badly counts as much as what stops them."""
    for tier in (Tier.DISTRIBUTION, Tier.REPAIR):
        wish = PolicyWish(
            tier=tier,
            reason="空调旺季",
            division="AC",
            criticality=Criticality.ESSENTIAL,
            service=Service(ServiceMeasure.FILL_RATE, Decimal("0.97")),
            urgent=True,
        )
        policies.set_policy(session, wish, by=by, at=at)


def _override_places(session: Session, *, by: Actor, at: datetime, zone: ZoneInfo) -> None:
    """Some parts at the shown centres and their stations; the last one was lifted again."""
    on = at.astimezone(zone).date()
    shown = list_shown_stations(session)
    centres, stations = list({one.centre.id: one.centre for one in shown}.values()), [one.warehouse for one in shown]
    made = []
    for places, wanted in ((centres, AT_CENTRES), (stations, AT_STATIONS)):
        for turn, (place, one) in enumerate(zip(places, wanted, strict=False)):
            numbers = session.scalars(_LYING, {"warehouse": place.id, "count": turn + 1}).all()
            wish = OverrideWish(
                numbers[-1], place.code, reason=one.reason, expires_on=on + timedelta(days=one.days), **one.said
            )
            made.append(policies.set_override(session, wish, by=by, on=on, at=at))
    policies.lift_override(session, made[2].id, "改造提前完成", by=by, at=at)


def _state_lanes(session: Session, *, by: Actor, at: datetime) -> None:
    """How long goods take to the shown centres, until enough transfers have taught it."""
    centres = {one.centre.id: one.centre for one in list_shown_stations(session)}.values()
    for centre, (days, sd_days) in zip(centres, LANES, strict=False):
        above = session.get_one(Warehouse, centre.parent_id)
        policies.state_lane(session, above.code, centre.code, Decimal(days), Decimal(sd_days), by=by, at=at)
