"""The work under way when the demo is loaded: calls, requests, picks, boxes on the road, parts in engineers' hands.

About ten requests stand at every step, some at risk and some late, around the five shown distribution centres; a third
of them comes for the repair centre's own shelf, the others for work orders, of which about fifty are open. A request is
an errand with a list of acts, each at its hour; the acts of all errands are carried out in the order of time, through
the use cases, so that what stands at the end is what the product itself would have made of these hours.

An act's hour is a share of the promise: by 0.2 of it the part is picked, by 0.35 it has left, by 0.8 it is there. Who
is slow takes more of it, and is late.
"""

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import Any

import numpy as np
from sqlalchemy import Row, select, text
from sqlalchemy.orm import Session

from inventory import transport
from inventory.identity import Role
from inventory.network import Tier, Warehouse
from inventory.sourcing import WishedLine
from inventory.workorders import OpeningRules
from web.demo import acting
from web.demo.acting import Call, Errand, Stage
from web.demo.people import full_name
from web.demo.shown import list_shown_stations
from web.demo.vocabulary import CARRIERS, DIVISIONS, SUPPLIERS, SYMPTOMS

Act = Callable[[Stage, Errand, datetime], None]

ON_THE_WAY: tuple[tuple[float, Act], ...] = (
    (0.0, acting.request),
    (0.08, acting.release),
    (0.15, acting.claim),
    (0.2, acting.pick),
    (0.28, acting.pack),
    (0.35, acting.ship),
    (0.8, acting.receive),
    (0.88, acting.draw),
    (0.96, acting.fit),
    (1.0, acting.complete),
)
"""The acts of an errand, each at its share of the promised hours."""

REACHED = {act: share for share, act in ON_THE_WAY}
EACH, DONE, WRONG, TRACKED = 10, 6, 3, 4
CITY_HOURS, ROAD_HOURS = 6, 24
IN_TIME, LATE = (0.7, 1.0), (1.35, 1.6)
AT_RISK, OVERDUE = (0.86, 0.97), (1.05, 1.5)
STUCK_AFTER = 0.3  # of the time so far: what is late or at risk got to its step by then, and has waited since
CALL_BEFORE = timedelta(minutes=25)
DONE_WITHIN_HOURS = 80
UNDISTURBED = timedelta(minutes=65)  # no wave is released in the last hour, so that some lines still wait for one


@dataclass(frozen=True, slots=True)
class Want:
    """A part that a model needs, and the family of that model."""

    model: str
    family: str
    part: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Station:
    """A repair centre with work under way, and what can be wanted there."""

    warehouse: Warehouse
    in_city: bool  # of its distribution centre
    elsewhere: list[Want]  # its distribution centre has it, it has not
    on_shelf: list[Want]  # it has it


@dataclass(slots=True)
class Plot:
    """All that is to happen, in the order of time."""

    stage: Stage
    now: datetime
    rng: np.random.Generator
    stations: list[Station]
    nowhere: list[Want]
    tracked: list[Want]  # parts with serial numbers, of which nothing has come yet
    acts: list[tuple[datetime, int, Callable[[datetime], None]]] = field(default_factory=list)
    turns: Iterator[int] = field(default_factory=count)
    serials: Iterator[int] = field(default_factory=lambda: count(260_001))

    def add(self, errand: Errand, acts: Sequence[tuple[datetime, Act]]) -> None:
        """Let the acts of an errand happen at their hours."""
        if errand.call is not None:
            self.happen(acts[0][0] - CALL_BEFORE, partial(acting.take_call, self.stage, errand))
        for at, act in acts:
            self.happen(at, partial(act, self.stage, errand))

    def happen(self, at: datetime, act: Callable[[datetime], None]) -> None:
        """Let something happen at an hour; of two at the same one, the first told happens first."""
        heapq.heappush(self.acts, (at, next(self.turns), act))

    def play(self) -> None:
        """Carry out everything."""
        while self.acts:
            at, _, act = heapq.heappop(self.acts)
            act(at)


def live(session: Session, rules: OpeningRules, *, company_prefix: str, seed: int, at: datetime) -> None:
    """Let the last hours before `at` happen. The contexts are connected by the caller, who commits."""
    rng = np.random.default_rng(seed + 1)
    carriers = {
        code: transport.add_carrier(session, code, name_zh=name_zh, name_en=name_en).id
        for code, name_zh, name_en in CARRIERS
    }
    stage = Stage(session, rules, company_prefix, carriers)
    plot = Plot(stage, at, rng, _stations(session), _nowhere(session, tracked=False), _nowhere(session, tracked=True))
    _plan(plot)
    _expect_goods(plot)
    _track_pieces(plot)
    plot.play()


def _plan(plot: Plot) -> None:
    """Ten errands that have come as far as each step, and some that took another turn."""
    for turn in range(EACH):
        urgent = turn % 5 < 3
        _stuck_in(plot, acting.request, turn, in_city=False)
        _back_order(plot, turn)
        for last in (acting.release, acting.claim, acting.pick, acting.pack, acting.ship):
            if last is acting.claim and turn >= EACH // 2:
                continue
            _stuck_in(plot, last, turn, in_city=urgent)
        for last in (acting.receive, acting.draw, acting.fit):
            _stuck_in(plot, last, turn, in_city=urgent, called=last is not acting.receive)
    for turn in range(DONE):
        _run_through(plot, turn, in_city=turn % 2 == 0)
    for turn in range(WRONG):
        _go_wrong(plot, turn)


def _stuck_in(plot: Plot, last: Act, turn: int, *, in_city: bool, called: bool = False) -> None:
    """An errand that has come to this act by now: of ten two are at risk and two late."""
    hours = CITY_HOURS if in_city else ROAD_HOURS
    reached, late, at_risk = REACHED[last], turn in (0, 5), turn in (1, 6)
    arrived = reached >= REACHED[acting.receive]
    pace = plot.rng.uniform(*(LATE if late else IN_TIME))
    elapsed = reached * pace + plot.rng.uniform(0.01, 0.05)
    if (late or at_risk) and not arrived and reached:
        elapsed = plot.rng.uniform(*(OVERDUE if late else AT_RISK))
        pace = STUCK_AFTER * elapsed / reached
    began = plot.now - timedelta(hours=hours * elapsed)
    if last is not acting.request and not in_city:
        began -= UNDISTURBED
    errand = _errand(plot, turn, in_city=in_city, called=called or turn % 5 < 2)
    acts = [(began + timedelta(hours=hours * pace * share), act) for share, act in ON_THE_WAY if share <= reached]
    if late and last is acting.ship:
        acts.append((plot.now - timedelta(minutes=30), acting.delay))
    plot.add(errand, acts)


def _back_order(plot: Plot, turn: int) -> None:
    """What nobody has: half of it since hours, half of it for longer than the promise."""
    want = plot.nowhere[turn % len(plot.nowhere)]
    station = plot.stations[int(plot.rng.integers(len(plot.stations)))]
    hours = plot.rng.uniform(26, 50) if turn % 2 else plot.rng.uniform(0.5, 5)
    errand = _errand_of(plot, station, [want], turn, called=turn % 2 == 0)
    plot.add(errand, [(plot.now - timedelta(hours=hours), acting.request)])


def _run_through(plot: Plot, turn: int, *, in_city: bool) -> None:
    """An errand of the last days that is done; one in five came late, one in five was given back."""
    hours = CITY_HOURS if in_city else ROAD_HOURS
    pace = plot.rng.uniform(*(LATE if turn % 5 == 4 else IN_TIME))
    began = plot.now - timedelta(hours=plot.rng.uniform(hours * pace + 1, DONE_WITHIN_HOURS))
    errand = _errand(plot, turn, in_city=in_city, called=True)
    acts = [(began + timedelta(hours=hours * pace * share), act) for share, act in ON_THE_WAY]
    if turn % 5 == 2:
        acts = [(at, acting.give_back if act is acting.fit else act) for at, act in acts]
    plot.add(errand, acts)


def _go_wrong(plot: Plot, turn: int) -> None:
    """A piece that was not in its bin and came from elsewhere; a customer who called off; a part off the own shelf."""
    began = plot.now - timedelta(hours=plot.rng.uniform(7, 20))
    missing = _errand(plot, turn, in_city=True, called=True)
    hour = timedelta(hours=1)
    plot.add(
        missing,
        [
            (began, acting.request),
            (began + hour, acting.pick_in_vain),
            (began + 2 * hour, acting.pick),
            (began + 3 * hour, acting.pack),
            (began + 4 * hour, acting.ship),
        ],
    )
    called_off = _errand(plot, turn, in_city=True, called=True)
    plot.add(called_off, [(began, acting.request), (began + hour, acting.call_off)])
    station = next(one for one in plot.stations[turn:] if one.on_shelf)
    own = _errand_of(plot, station, [station.on_shelf.pop()], turn, called=True)
    plot.add(own, [(began, acting.request), *([(began + hour, acting.draw)] if turn else [])])


def _expect_goods(plot: Plot) -> None:
    """Every central warehouse waits for goods; at two of them some have come, and half of those lie at the dock yet."""
    centrals = plot.stage.session.scalars(
        select(Warehouse).where(Warehouse.tier == Tier.CENTRAL).order_by(Warehouse.id)
    ).all()
    for turn, warehouse in enumerate(centrals):
        parts = plot.stage.session.execute(_SCARCE, {"warehouse_id": warehouse.id, "most": 6}).all()
        delivery = acting.Delivery(
            warehouse_id=warehouse.id,
            supplier=SUPPLIERS[turn],
            expected_at=plot.now + timedelta(hours=12 * (turn - 1)),
            lines=[(row.id, row.number, 20 * row.quantity) for row in parts],
        )
        plot.happen(plot.now - timedelta(hours=30), partial(acting.announce, plot.stage, delivery))
        if turn < 2:
            plot.happen(plot.now - timedelta(hours=5), partial(acting.take_in, plot.stage, delivery))
            plot.happen(plot.now - timedelta(hours=4), partial(acting.put_away, plot.stage, delivery))


def _track_pieces(plot: Plot) -> None:
    """Pieces with serial numbers came to the first centre, and are on their way to a station of its city."""
    station, centre = plot.stations[0], plot.stations[0].warehouse.parent_id
    assert centre is not None, "a repair centre has a parent"
    hour = timedelta(hours=1)
    for turn, want in enumerate(plot.tracked[:TRACKED]):
        serials = [f"{want.part[-6:]}{turn}{piece:03}" for piece in range(1, 7)]
        pieces = acting.Pieces(centre, SUPPLIERS[turn], want.part, serials)
        plot.happen(plot.now - timedelta(hours=30), partial(acting.bring_pieces, plot.stage, pieces))
        errand = _errand_of(plot, station, [want], turn, called=True)
        acts = [acting.request, acting.pick, acting.pack, acting.ship, acting.receive, acting.draw][: 6 - turn]
        began = plot.now - timedelta(hours=len(acts))
        plot.add(errand, [(began + hour * n, act) for n, act in enumerate(acts)])


def _errand(plot: Plot, turn: int, *, in_city: bool, called: bool) -> Errand:
    """An errand of a station that wants what its distribution centre has; every third wants two parts."""
    fitting = [one for one in plot.stations if one.in_city == in_city and len(one.elsewhere) > 2]
    # Every other errand is around the first centre, where the people with log-ins are.
    station = fitting[turn % 2] if turn % 2 == 0 else fitting[int(plot.rng.integers(len(fitting)))]
    wants = [station.elsewhere.pop()]
    if turn % 3 == 0:
        wants.append(station.elsewhere.pop())
    return _errand_of(plot, station, wants, turn, called=called)


def _errand_of(plot: Plot, station: Station, wants: Sequence[Want], turn: int, *, called: bool) -> Errand:
    engineers = plot.stage.everybody(station.warehouse.id, Role.ENGINEER)
    engineer, login = engineers[turn % len(engineers)]
    return Errand(
        station=station.warehouse,
        engineer=engineer,
        engineer_login=login,
        wants=[WishedLine(want.part, want.quantity) for want in wants],
        priority=(2 if turn % 4 == 0 else 4) if called and station.in_city else 5,
        call=_call(plot, station, wants[0]) if called else None,
    )


def _call(plot: Plot, station: Station, want: Want) -> Call:
    rng, serial = plot.rng, next(plot.serials)
    symptoms = SYMPTOMS[want.family]
    return Call(
        customer=full_name(rng).split()[0],
        phone=f"128 0000 {serial % 10_000:04}",  # no mobile number in China begins with 128
        address=f"{station.warehouse.name_zh.split('第')[0].removesuffix('维修中心')}{rng.integers(1, 300)}号楼",
        model=want.model,
        serial=f"{want.model.replace('/', '').replace('-', '')[:6]}{serial}",
        symptom=symptoms[int(rng.integers(len(symptoms)))],
        purchased_days_ago=int(rng.integers(20, 2400)),
    )


# Parts without supersession, so that what is asked for is what comes.
_WANTS = """
    SELECT DISTINCT ON (md5(concat(p.id, ':', s.id)), p.id)
           s.id AS station_id, m.code AS model, d.code AS division, p.number AS part, mp.quantity
    FROM warehouse s
    JOIN balance b ON b.warehouse_id = {holder} AND b.on_hand - b.reserved >= 3 * {least}
    JOIN part p ON p.id = b.part_id JOIN model_part mp ON mp.part_id = p.id
    JOIN product_model m ON m.id = mp.model_id JOIN division d ON d.id = m.division_id
    WHERE s.id = :station_id AND b.on_hand - b.reserved >= 3 * mp.quantity
      AND NOT EXISTS (SELECT FROM usable_part u WHERE u.asked_part_id = p.id)
      AND {unless}
    ORDER BY md5(concat(p.id, ':', s.id)), p.id, m.id
    LIMIT :most
"""
_HELD_BY_A_NEIGHBOUR = """
    EXISTS (SELECT FROM balance o JOIN warehouse n ON n.id = o.warehouse_id
            WHERE o.part_id = p.id AND o.on_hand > 0 AND n.tier = 'repair' AND n.city_code = s.city_code)
"""
_ELSEWHERE = text(_WANTS.format(holder="s.parent_id", least=1, unless=f"NOT {_HELD_BY_A_NEIGHBOUR}"))
_ON_SHELF = text(_WANTS.format(holder="s.id", least=1, unless="true"))
_NOWHERE = text("""
    SELECT DISTINCT ON (p.id) m.code AS model, d.code AS division, p.number AS part, mp.quantity
    FROM part p JOIN model_part mp ON mp.part_id = p.id
    JOIN product_model m ON m.id = mp.model_id JOIN division d ON d.id = m.division_id
    WHERE NOT EXISTS (SELECT FROM balance b WHERE b.part_id = p.id AND b.on_hand > 0)
      AND p.serial_tracked = :tracked
      AND NOT EXISTS (SELECT FROM usable_part u WHERE u.asked_part_id = p.id)
    ORDER BY p.id, m.id LIMIT :most
""")
# What there is least of, among what is there: its home bin is known.
_SCARCE = text("""
    SELECT p.id, p.number, min(mp.quantity) AS quantity
    FROM balance b JOIN part p ON p.id = b.part_id JOIN model_part mp ON mp.part_id = p.id
    WHERE b.warehouse_id = :warehouse_id AND b.on_hand > 0
    GROUP BY p.id, b.on_hand ORDER BY b.on_hand / min(mp.quantity), p.id LIMIT :most
""")
FAMILIES = {division.code: division.family for division in DIVISIONS}


def _stations(session: Session) -> list[Station]:
    """The shown repair centres with what can be wanted there."""
    stations = []
    for one in list_shown_stations(session):
        names = {"station_id": one.warehouse.id}
        elsewhere = [_want(row) for row in session.execute(_ELSEWHERE, {**names, "most": 40})]
        on_shelf = [_want(row) for row in session.execute(_ON_SHELF, {**names, "most": 4})]
        stations.append(Station(one.warehouse, one.in_city, elsewhere, on_shelf))
    return stations


def _nowhere(session: Session, *, tracked: bool) -> list[Want]:
    """Parts of which there is nothing, tracked by serial number or not."""
    return [_want(row) for row in session.execute(_NOWHERE, {"tracked": tracked, "most": EACH})]


def _want(row: Row[Any]) -> Want:
    return Want(row.model, FAMILIES[row.division], row.part, row.quantity)
