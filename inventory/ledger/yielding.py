"""Yielding: what is set aside to be moved for the sake of stock alone goes to a line that somebody waits for."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from inventory.actor import Actor
from inventory.ledger.displacing import announce_fallen
from inventory.ledger.ends import Choice, Taken
from inventory.ledger.giving_up import OpenReservation, cut_of, give_up, yielding_reservations
from inventory.ledger.locking import lock_balances
from inventory.ledger.reservations import reserve_many


def take_from_transfers(
    session: Session, choices: Sequence[Choice], *, reason: str, by: Actor, at: datetime
) -> list[Taken]:
    """Set aside for lines what is set aside for transfers and has no lots yet, what was ordered last first.

    The one falls and the other stands in one breath, so nobody finds the stock free in between. Where less is left
    than is chosen, a choice is granted as far as it goes. The lines of the transfers are told that it is gone.
    """
    if not choices:
        return []
    keys = sorted({choice.key for choice in choices})
    lock_balances(session, keys)
    transfers = yielding_reservations(session, keys)
    granted, falls = _share_out(choices, transfers)
    if not granted:
        return []
    cuts = [cut_of(one, falls[one.reservation_id]) for one in transfers if falls[one.reservation_id]]
    give_up(session, cuts)
    taken = reserve_many(session, granted, at=at)
    assert len(taken) == len(granted), "what fell under a held balance is there to be set aside"
    announce_fallen(session, cuts, reason=reason, by=by, at=at)
    return taken


def _share_out(choices: Sequence[Choice], transfers: Sequence[OpenReservation]) -> tuple[list[Choice], dict[int, int]]:
    """What of the choices is granted, in their order, and by how much each transfer's reservation falls for it."""
    falls = dict.fromkeys((one.reservation_id for one in transfers), 0)
    granted = []
    for choice in choices:
        wanted = choice.quantity
        for one in transfers:
            if one.key == choice.key:
                fall = min(wanted, one.quantity - one.allocated - falls[one.reservation_id])
                falls[one.reservation_id] += fall
                wanted -= fall
        if wanted < choice.quantity:
            granted.append(replace(choice, quantity=choice.quantity - wanted))
    return granted, falls
