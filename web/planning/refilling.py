"""Urgent places, refilled between two nights."""

import logging
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from inventory.errors import Refusal
from inventory.planning import replenishment
from inventory.planning.replenishment import Noted
from web.crew import PATIENT
from web.db import transaction
from web.jobs import Sessions

BRISK = text("SELECT set_config('lock_timeout', '5s', true)")
"""What a refill asks for once it has its turn: the pieces of a night wait for it, so it waits for nobody long."""
RIVALS_AND_REFUSALS = (DBAPIError, Refusal)
"""What may befall one part and spare the others: a row that somebody holds too long, a rule that speaks against it."""

log = logging.getLogger(__name__)


def refill_urgent(sessions: Sessions, *, zone: ZoneInfo) -> None:
    """Refill the urgent places whose position was lowered, orders within limits included.

    Where that fails for some parts together it is done part by part, so that one does not keep the others waiting; what
    fails alone is left to the next look.
    """
    last = 0
    while (noted := _noted_after(sessions, last)).ids:
        last = noted.ids[-1]
        try:
            _refill(sessions, noted, zone=zone)
        except RIVALS_AND_REFUSALS:
            for one in noted.by_part():
                try:
                    _refill(sessions, one, zone=zone)
                except RIVALS_AND_REFUSALS as error:
                    log.warning("part %s is not refilled now: %s", one.part_ids[0], error)


def _noted_after(sessions: Sessions, last: int) -> Noted:
    with sessions() as session:
        return replenishment.list_noted(session, after=last)


def _refill(sessions: Sessions, noted: Noted, *, zone: ZoneInfo) -> None:
    """Do what follows from notes and forget them, in one transaction: whoever dies on the way leaves them."""
    with transaction(sessions, "refill_urgent") as work:
        work.session.execute(PATIENT)
        replenishment.take_turn(work.session)
        work.session.execute(BRISK)
        on = work.at.astimezone(zone).date()
        replenishment.refill(work.session, noted.part_ids, on=on, by=work.by, at=work.at)
        replenishment.forget_noted(work.session, noted.ids)
