"""Rules by class: seeing, making, changing and ending them. A change ends the rule that stood and writes another."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, and_, func, select, text
from sqlalchemy.orm import Session

from inventory.actor import Actor
from inventory.catalogue.models import Division
from inventory.errors import NotFound, NotPermitted
from inventory.identity import Permission
from inventory.network.models import Tier
from inventory.planning.policies.errors import (
    HitsNotApart,
    PolicyEnded,
    PolicyStands,
    PolicyStatesTooLittle,
    PolicyUnknown,
    TargetOutOfBounds,
    WhyMissing,
    WidestPolicyStays,
)
from inventory.planning.policies.meanwhile import replaced_meanwhile
from inventory.planning.policies.models import AbcClass, Criticality, PlanningPolicy, ServiceMeasure, XyzClass

_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended('planning_policy', 1))")
TARGET_MOST = {
    ServiceMeasure.FILL_RATE: Decimal("0.9999"),
    ServiceMeasure.WAIT: Decimal(365),
    ServiceMeasure.SHORTAGE_COST: Decimal(99_999_999),
}


@dataclass(frozen=True, slots=True)
class Stocking:
    """Laid in from `stock_hits` demands in the window on, dropped at `drop_hits` and below."""

    window_months: int
    stock_hits: int
    drop_hits: int


@dataclass(frozen=True, slots=True)
class ReleaseLimits:
    """What is ordered without a person: up to this value in the company's own currency, and this quantity."""

    value_max: Decimal
    quantity_max: int


@dataclass(frozen=True, slots=True)
class Service:
    """In what service is asked for, and how much of it."""

    measure: ServiceMeasure
    target: Decimal


@dataclass(frozen=True, slots=True)
class PolicyWish:
    """A rule as somebody wants it: for which parts at which tier, and what it says; None leaves it to a wider rule.

    `replaces` is the id of the rule that he saw in force for the same parts; None where he saw none.
    """

    tier: Tier
    reason: str
    division: str | None = None
    criticality: Criticality | None = None
    abc: AbcClass | None = None
    xyz: XyzClass | None = None
    service: Service | None = None
    review_days: int | None = None
    stocking: Stocking | None = None
    urgent: bool | None = None
    release: ReleaseLimits | None = None
    replaces: int | None = None

    @property
    def is_widest(self) -> bool:
        """It names nothing but the tier."""
        return self.division is None and self.criticality is None and self.abc is None and self.xyz is None


def list_policies(session: Session, *, by: Actor, tier: Tier | None = None) -> Sequence[PlanningPolicy]:
    """The rules in force, of one tier or all: the widest first, then in the order in which one wins over the other.

    Raises: NotPermitted.
    """
    by.require(Permission.SEE_POLICIES)
    named = [
        PlanningPolicy.criticality.is_not(None),
        PlanningPolicy.division_id.is_not(None),
        PlanningPolicy.abc.is_not(None),
        PlanningPolicy.xyz.is_not(None),
    ]
    count = func.num_nonnulls(
        PlanningPolicy.criticality, PlanningPolicy.division_id, PlanningPolicy.abc, PlanningPolicy.xyz
    )
    query = select(PlanningPolicy).where(PlanningPolicy.ended_at.is_(None)).order_by(count, *named, PlanningPolicy.id)
    return session.scalars(query if tier is None else query.where(PlanningPolicy.tier == tier)).all()


def get_policy(session: Session, policy_id: int, *, by: Actor) -> PlanningPolicy:
    """A rule, in force or ended.

    Raises: NotPermitted, PolicyUnknown.
    """
    by.require(Permission.SEE_POLICIES)
    found = session.get(PlanningPolicy, policy_id)
    if found is None:
        raise PolicyUnknown(policy=policy_id)
    return found


def list_former_policies(session: Session, policy: PlanningPolicy, *, limit: int = 20) -> Sequence[PlanningPolicy]:
    """What was ruled for the same parts before, latest first."""
    query = select(PlanningPolicy).where(_same_parts(policy), PlanningPolicy.ended_at.is_not(None))
    return session.scalars(query.order_by(PlanningPolicy.id.desc()).limit(limit)).all()


def set_policy(session: Session, wish: PolicyWish, *, by: Actor, at: datetime) -> PlanningPolicy:
    """Put a rule in force; the one that stood for the same parts ends.

    Raises: NotPermitted, NotFound for an unknown division, WhyMissing, PolicyStatesTooLittle, TargetOutOfBounds,
    HitsNotApart; PolicyStands when a rule was there and none was seen; ChangedMeanwhile when it is another one.
    """
    require_network_planner(by)
    _check(wish)
    policy = PlanningPolicy(
        tier=wish.tier,
        division_id=_division_id(session, wish.division),
        criticality=wish.criticality,
        abc=wish.abc,
        xyz=wish.xyz,
        measure=wish.service and wish.service.measure,
        target=wish.service and wish.service.target,
        review_days=wish.review_days,
        window_months=wish.stocking and wish.stocking.window_months,
        stock_hits=wish.stocking and wish.stocking.stock_hits,
        drop_hits=wish.stocking and wish.stocking.drop_hits,
        urgent=wish.urgent,
        release_value_max=wish.release and wish.release.value_max,
        release_quantity_max=wish.release and wish.release.quantity_max,
        reason=wish.reason.strip(),
        set_by_id=by.person_id,
        set_at=at,
    )
    session.execute(_ONE_AT_A_TIME)
    standing = find_standing_policy(session, policy)
    if standing is not None and wish.replaces is None:
        raise PolicyStands(policy=standing.id)
    if wish.replaces != (standing.id if standing else None):
        raise replaced_meanwhile(session, standing)
    if standing is not None:
        _end(standing, by=by, at=at)
        session.flush()
    session.add(policy)
    session.flush()
    return policy


def find_standing_policy(session: Session, policy: PlanningPolicy) -> PlanningPolicy | None:
    """The rule in force for the same parts at the same tier."""
    query = select(PlanningPolicy).where(_same_parts(policy), PlanningPolicy.ended_at.is_(None))
    return session.scalars(query).one_or_none()


def end_policy(session: Session, policy_id: int, *, by: Actor, at: datetime) -> PlanningPolicy:
    """End a rule: its parts go by the wider ones.

    Raises: NotPermitted, PolicyUnknown, PolicyEnded, WidestPolicyStays.
    """
    require_network_planner(by)
    session.execute(_ONE_AT_A_TIME)
    policy = get_policy(session, policy_id, by=by)
    if policy.ended_at is not None:
        raise PolicyEnded(policy=policy_id)
    if policy.division_id is None and not (policy.criticality or policy.abc or policy.xyz):
        raise WidestPolicyStays(tier=policy.tier)
    _end(policy, by=by, at=at)
    return policy


def require_network_planner(by: Actor) -> None:
    """Let only somebody plan for everybody who may set policies in the whole network.

    Raises: NotPermitted.
    """
    by.require(Permission.SET_POLICIES)
    if by.reach[Permission.SET_POLICIES] is not None:
        raise NotPermitted(permission=Permission.SET_POLICIES)


def check_service(service: Service) -> None:
    """Refuse a target that its measure does not know. Raises: TargetOutOfBounds."""
    most = TARGET_MOST[service.measure]
    if not 0 < service.target <= most:
        raise TargetOutOfBounds(measure=service.measure, target=str(service.target), most=str(most))


def _check(wish: PolicyWish) -> None:
    said = (wish.service, wish.review_days, wish.stocking, wish.urgent, wish.release)
    if sum(one is not None for one in said) < (len(said) if wish.is_widest else 1):
        raise PolicyStatesTooLittle(tier=wish.tier)
    if wish.service is not None:
        check_service(wish.service)
    if wish.stocking is not None and not 0 <= wish.stocking.drop_hits < wish.stocking.stock_hits:
        raise HitsNotApart(stock_hits=wish.stocking.stock_hits, drop_hits=wish.stocking.drop_hits)
    if not wish.reason.strip():
        raise WhyMissing()


def _end(policy: PlanningPolicy, *, by: Actor, at: datetime) -> None:
    policy.ended_by_id, policy.ended_at = by.person_id, at


def _same_parts(policy: PlanningPolicy) -> ColumnElement[bool]:
    """The condition that a row is about the same parts at the same tier."""
    return and_(
        PlanningPolicy.tier == policy.tier,
        PlanningPolicy.division_id.is_not_distinct_from(policy.division_id),
        PlanningPolicy.criticality.is_not_distinct_from(policy.criticality),
        PlanningPolicy.abc.is_not_distinct_from(policy.abc),
        PlanningPolicy.xyz.is_not_distinct_from(policy.xyz),
    )


def _division_id(session: Session, code: str | None) -> int | None:
    if code is None:
        return None
    found = session.scalar(select(Division.id).where(Division.code == code))
    if found is None:
        raise NotFound(division=code)
    return found
