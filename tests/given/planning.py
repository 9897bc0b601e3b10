"""A network in three tiers, what it asked for month by month, and a whole planning run over it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from inventory.catalogue.models import Part
from inventory.identity import get_system_actor
from inventory.network.models import Region, Warehouse
from inventory.planning import calibration, replenishment
from inventory.planning.policies import read_policy_book
from inventory.planning.replenishment import PlanningRun, RunTrigger
from inventory.planning.replenishment.arrays import Ids
from tests.given.demand import asked
from tests.given.ledger import NOON
from tests.given.network import QINGDAO, warehouse

Pieces = Callable[[Ids], Iterable[Ids]]
ON = date(2026, 3, 2)
MONTHS = [date(2024 + month // 12, month % 12 + 1, 10) for month in range(2, 26)]
"""A day in each of the two years of months before `ON`."""


@dataclass(frozen=True)
class ThreeTiers:
    """A central warehouse, a distribution centre under it, repair centres under that."""

    central: Warehouse
    centre: Warehouse
    stations: list[Warehouse]

    @property
    def station(self) -> Warehouse:
        return self.stations[0]

    @property
    def places(self) -> list[Warehouse]:
        """All of them, from the top down."""
        return [self.central, self.centre, *self.stations]


def three_tiers(
    session: Session, stations: int = 1, *, cities: Iterable[Region | str] = (), codes: Iterable[str] = ()
) -> ThreeTiers:
    """Three tiers of warehouses with so many repair centres; `cities` and `codes` are told from the top down."""
    cities, codes = iter(cities), iter(codes)

    def place(tier: str, parent: Warehouse | None) -> Warehouse:
        return warehouse(session, tier=tier, parent=parent, city=next(cities, QINGDAO), code=next(codes, None))

    central = place("central", None)
    centre = place("distribution", central)
    return ThreeTiers(central, centre, [place("repair", centre) for _ in range(stations)])


def asked_monthly(
    session: Session, stations: Iterable[Warehouse], part: Part, quantity: int = 2, *, months: Iterable[date] = MONTHS
) -> None:
    """So much asked for by each of the repair centres in every one of the months."""
    for on in months:
        for station in stations:
            asked(session, station, part, on, quantity)


def plan(
    session: Session, *, on: date = ON, trigger: RunTrigger = RunTrigger.MANUAL, pieces: Pieces = lambda ids: [ids]
) -> PlanningRun:
    """A whole run in the session's transaction, in one piece unless cut otherwise, without releasing anything."""
    book, by = read_policy_book(session, on=on), get_system_actor(session)
    ids = replenishment.list_parts(session)
    run = replenishment.request_run(session, trigger, on=on, by=by, at=NOON)
    constants = calibration.fix_constants(session, ids, book, on=on)
    replenishment.start(session, run, ids, at=NOON)
    replenishment.note_constants(session, run.id, constants, book.settings)
    tally = replenishment.Tally()
    for piece in pieces(ids):
        tally.add(replenishment.plan_piece(session, run.id, piece, book, constants, on=on, at=NOON))
    replenishment.finish(session, run.id, tally, at=NOON)
    session.expire_all()
    return run
