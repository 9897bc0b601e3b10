"""The timetable: which use case runs how often. A transaction an item, so that one bad row does not cost the rest."""

import logging
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from sqlalchemy.exc import DBAPIError

from inventory import ledger, procurement, sourcing, subscriptions
from inventory.db import database_now
from inventory.errors import Refusal
from inventory.planning import demand, policies
from inventory.slots import forget_slots
from inventory.warehousing import Trigger
from web import planning
from web.db import transaction
from web.jobs import Job, Sessions, Watch

log = logging.getLogger(__name__)

POSITIONS_AT_ONCE = 5_000
SLOTS_KEPT = timedelta(days=90)
NIGHT_BEGINS = timedelta(hours=2)


def release_waves(sessions: Sessions) -> None:
    """Release what is reserved and not urgent, a wave a warehouse."""
    with sessions() as session:
        waiting = sourcing.list_waiting_warehouses(session)
    for warehouse_id in waiting:
        try:
            with transaction(sessions, "release_wave") as work:
                sourcing.release_waiting(work.session, warehouse_id, Trigger.JOB, by=work.by, at=work.at)
        except (DBAPIError, Refusal) as error:  # a rival, or books that do not add up; the other warehouses go on
            log.warning("wave of warehouse %s was not released: %s", warehouse_id, error)


def review_backorders(sessions: Sessions) -> None:
    """Look once more at all that waits for stock, should an arrival ever have passed it by; some at a time."""
    after = None
    while True:
        with transaction(sessions, "review_backorders") as work:
            after = sourcing.review_backorders(work.session, after=after, by=work.by, at=work.at)
        if after is None:
            return


def fold_demand(sessions: Sessions, *, zone: ZoneInfo) -> None:
    """Fold what was asked for into days of demand, a day a transaction; broken off, it begins again."""
    with sessions() as session:
        fold = demand.begin_fold(session, zone)
    for day in fold.days:
        with sessions.begin() as session:
            demand.fold_day(session, day, zone)
    with sessions.begin() as session:
        demand.end_fold(session, fold, at=database_now(session))


def keep_house(sessions: Sessions) -> None:
    """Forget lot positions that were emptied, a batch a transaction, and the slots of jobs of long ago."""
    while True:
        with sessions.begin() as session:
            if ledger.forget_emptied_positions(session, most=POSITIONS_AT_ONCE) < POSITIONS_AT_ONCE:
                forget_slots(session, before=database_now(session) - SLOTS_KEPT)
                return


def learn_lead_times(sessions: Sessions) -> None:
    """Work out from the shipments of late what each lane takes, and from receipts what each supplier does."""
    with transaction(sessions, "learn_lead_times") as work:
        policies.learn_lead_times(work.session, at=work.at)
        procurement.learn_lead_times(work.session, at=work.at)


def reclass_parts(sessions: Sessions, *, zone: ZoneInfo) -> None:
    """Class parts anew by what the network asked for; a week changes no class that a day would not."""
    with transaction(sessions, "reclass_parts") as work:
        policies.reclass_parts(work.session, on=work.at.astimezone(zone).date(), at=work.at)


def plan_replenishment(sessions: Sessions, *, zone: ZoneInfo, do: planning.Do) -> None:
    """The night's run: yesterday's demand folded first, the planners' figures folded last."""
    fold_demand(sessions, zone=zone)
    with sessions() as session:
        on = database_now(session).astimezone(zone).date()
    planning.plan_tonight(sessions, on=on, do=do)


def start_of_night(zone: ZoneInfo) -> timedelta:
    """How long after midnight UTC it is two o'clock at night in a zone."""
    offset = datetime(2026, 1, 1, tzinfo=zone).utcoffset() or timedelta(0)
    return (NIGHT_BEGINS - offset) % timedelta(days=1)


def timetable(zone: ZoneInfo, *, planners: int = 1) -> tuple[Job | Watch, ...]:
    """Everything that happens by the clock, with the contexts connected; days begin and end in a time zone.

    A replenishment run takes so many processes as there are `planners`.
    """
    subscriptions.connect()
    aside = planning.Resting(partial(planning.do_aside, processes=planners))
    return (
        Job("release_waves", every=timedelta(minutes=3), run=release_waves),
        Job("review_backorders", every=timedelta(minutes=10), run=review_backorders),
        Job("learn_lead_times", every=timedelta(days=1), run=learn_lead_times),
        Job("fold_demand", every=timedelta(days=1), run=partial(fold_demand, zone=zone)),
        Job("reclass_parts", every=timedelta(days=7), run=partial(reclass_parts, zone=zone)),
        Watch("refill_urgent", every=timedelta(seconds=2), run=partial(planning.refill_urgent, zone=zone)),
        Watch("do_open_runs", every=timedelta(seconds=5), run=partial(planning.do_open_runs, do=aside)),
        Job(
            "plan_replenishment",
            every=timedelta(days=1),
            run=partial(plan_replenishment, zone=zone, do=aside),
            after=start_of_night(zone),
        ),
        Job("keep_house", every=timedelta(days=1), run=keep_house),
    )
