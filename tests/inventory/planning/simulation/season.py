"""A season in the real database: nights of planning, and all that warehouses, buyers and repair centres do by day.

Transfers and repairs' parts are released, picked, packed, shipped and received, purchases approved by others, sent and
received, and what came for the shelf is put away; all by the use cases that the screens call.

Three parts are like others; of one of them a planner wants more at one place until a day. One is bought for the last
time, one is fitted in appliances and was seldom asked for, and one replaces an older number, under which it still lies
here and there and is asked for. Orders cost something.
"""

from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import numpy as np
from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from inventory import procurement, sourcing, transport, warehousing, workorders
from inventory.catalogue.models import Part
from inventory.network.models import Tier, Warehouse
from inventory.planning import policies, replenishment
from inventory.planning.demand import InstalledBase
from inventory.planning.policies import Criticality, OverrideWish, PartPlanWish, Phase, PlanningSetting
from inventory.planning.replenishment import PlanningRun, Proposal, ProposalKind, ProposalStatus
from inventory.procurement import PurchaseOrder
from inventory.sourcing import PartRequestWish, WishedLine
from inventory.transport import BoxScan
from inventory.warehousing import PutAwayScan, ReceivedGoods, Trigger
from inventory.warehousing.models import PickTask, TaskStatus
from tests import given
from tests.given.demand import asked, folded
from tests.given.network import BEIJING, JINAN, QINGDAO
from tests.given.planning import three_tiers
from tests.given.policies import planner
from tests.given.procurement import approved, came, sold, supplier
from tests.given.replenishment import level, run
from tests.given.transport import closed, shipped
from tests.given.warehousing import picked
from tests.given.workorders import repair
from web import planning

BEGINS = date(2099, 3, 25)
MONTHS = 20
PARTS = 3
NUMBERS = PARTS + 4
"""Of parts, the one that is replaced among them."""
SUPPLIER_DAYS = 5
ORDER_COST = 3
WANTED, WANTED_DAYS = 9, 6
"""At the second repair centre of the first part at least so many, for so many days more."""
IN_USE = 3_000
"""Appliances around each repair centre."""
FAR_TOO_MUCH = 60
"""Of the dearest part at one repair centre: some of it is worth taking back up."""
LANES = {
    (None, Tier.CENTRAL): SUPPLIER_DAYS,
    (Tier.CENTRAL, Tier.DISTRIBUTION): 3,
    (Tier.CENTRAL, Tier.REPAIR): 4,
    (Tier.DISTRIBUTION, Tier.REPAIR): 1,
    (Tier.REPAIR, Tier.DISTRIBUTION): 2,
    (Tier.REPAIR, Tier.CENTRAL): 3,
    (Tier.DISTRIBUTION, Tier.CENTRAL): 2,
    (Tier.REPAIR, Tier.REPAIR): 2,
}
"""Days from tier to tier, always."""
YANTAI = "370600"
CITIES = (BEIJING, JINAN, QINGDAO, JINAN, YANTAI)


def instant(on: date, hour: int) -> datetime:
    return datetime.combine(on, time(hour), tzinfo=UTC)


class Season:
    """A central warehouse, a distribution centre, three repair centres, and some parts that they ask for."""

    def __init__(self, sessions: sessionmaker[Session]) -> None:
        self.sessions = sessions
        self.sent: dict[date, list[tuple[int, int, str]]] = defaultdict(list)
        self.bought: dict[date, list[int]] = defaultdict(list)
        with sessions.begin() as session:
            self._build(session)

    def _build(self, session: Session) -> None:
        network = three_tiers(session, 3, cities=CITIES)
        central, centre, stations = network.central, network.centre, network.stations
        self.central, self.upper = central.id, [central.id, centre.id]
        self.stations, self.codes = [one.id for one in stations], {one.id: one.code for one in stations}
        self.tier = {one.id: Tier(one.tier) for one in network.places}
        for one in network.places:
            for _ in range(2 * NUMBERS):
                given.bin(session, one)
        by, seller = planner(session), supplier(session)
        session.execute(update(PlanningSetting).values(order_cost=ORDER_COST))
        for (source, tier), days in LANES.items():
            policies.state_tiers(session, source, tier, Decimal(days), Decimal(0), by=by, at=instant(BEGINS, 0))
        draw = np.random.default_rng(5)
        parts = [given.part(session) for _ in range(PARTS)]
        self.parts = {one.id: one.number for one in parts}
        for turn, part in enumerate(parts):
            sold(session, seller, part, (1, str(8 * 3**turn)), moq=4, pack_size=2, lead_time_days=SUPPLIER_DAYS)
            given.stock(session, warehouse=central, part=part, quantity=6)
            given.stock(session, warehouse=centre, part=part, quantity=5 - 2 * turn)
            for station in stations:
                given.stock(session, warehouse=station, part=part, quantity=2)
                for month in range(MONTHS):
                    on = date(2097 + (month + 6) // 12, (month + 6) % 12 + 1, 10)
                    asked(session, station, part, on, int(draw.poisson(2 + turn)))
        given.stock(session, warehouse=stations[0], part=parts[-1], quantity=FAR_TOO_MUCH)
        self.first, self.second = parts[0].id, stations[1].id
        wish = OverrideWish(
            parts[0].number,
            stations[1].code,
            reason="an exhibition",
            expires_on=BEGINS + timedelta(days=WANTED_DAYS - 1),
            minimum=WANTED,
        )
        policies.set_override(session, wish, by=by, on=BEGINS, at=instant(BEGINS, 0))
        self._not_stocked(session, parts[0], centre, by=by)
        self.leaving, self.fitted, self.new = (
            self._sold(session, seller) for _ in ("bought for the last time", "fitted", "the one that replaces another")
        )
        self._leaves(session, self.leaving, stations, by=by)
        self._is_fitted(session, self.fitted, stations)
        self._replaces(session, self.new, centre, stations)
        self.works = {}
        for station in stations:
            made = repair(session, station, opened_at=instant(BEGINS, 0))
            self.works[station.id] = (made.work_order.number, made.engineer)

    def _sold(self, session: Session, seller) -> Part:
        part = given.part(session)
        sold(session, seller, part, (1, "30"), lead_time_days=SUPPLIER_DAYS)
        self.parts[part.id] = part.number
        return part

    def _not_stocked(self, session: Session, part: Part, place: Warehouse, *, by) -> None:
        """So that the central warehouse has direct demand, and stock of its own."""
        wish = OverrideWish(
            part.number, place.code, reason="no room", expires_on=BEGINS + timedelta(days=90), stocked=False
        )
        policies.set_override(session, wish, by=by, on=BEGINS, at=instant(BEGINS, 0))

    def _leaves(self, session: Session, part: Part, stations: list[Warehouse], *, by) -> None:
        """Asked for every month, stocked since long, and to be bought once more for all of two hundred days."""
        earlier = run(session, on=BEGINS - timedelta(days=1))
        for tier in ("central", "repair"):
            for place in session.scalars(select(Warehouse).where(Warehouse.tier == tier)):
                level(session, part, place, earlier)
        until = BEGINS + timedelta(days=200)
        wish = PartPlanWish(part.number, Criticality.ESSENTIAL, Phase.LAST_TIME_BUY, 1, "its maker closes", until)
        policies.plan_part(session, wish, by=by, at=instant(BEGINS, 0))
        for station in stations:
            given.stock(session, warehouse=station, part=part, quantity=3)
            for month in range(1, 13):
                asked(session, station, part, date(2098, month, 11), 2)

    def _is_fitted(self, session: Session, part: Part, stations: list[Warehouse]) -> None:
        """In use all around, and asked for in three months by all repair centres but the last."""
        model = given.model(session, parts=[part])
        for station in stations:
            counted = {"model_id": model.id, "warehouse_id": station.id, "counted_on": date(2098, 1, 1)}
            session.add(InstalledBase(**counted, units=IN_USE))
        for station in stations[:-1]:
            for month in (6, 9, 12):
                asked(session, station, part, date(2098, month, 12), 5)

    def _replaces(self, session: Session, part: Part, centre: Warehouse, stations: list[Warehouse]) -> None:
        """Asked for by the number that it replaces, which lies at two places; of itself there is none."""
        old = given.part(session)
        given.supersession(session, old, part, interchangeable=True)
        self.parts[part.id] = old.number
        for place, quantity in ((centre, 9), (stations[0], 2)):
            given.stock(session, warehouse=place, part=old, quantity=quantity)
        for station in stations:
            for month in range(1, 13):
                asked(session, station, old, date(2098, month, 13), 2)

    def night(self, on: date) -> tuple[list[tuple[int, ...]], list[tuple[int, ...]]]:
        """Plan, and tell what was proposed (part, place, source, needed and proposed quantity) and moved by itself."""
        planning.plan_now(self.sessions, on=on)
        with self.sessions() as session:
            run = session.scalars(select(PlanningRun).order_by(PlanningRun.id.desc()).limit(1)).one()
            ordinary = Proposal.kind.in_([ProposalKind.TRANSFER, ProposalKind.PURCHASE])
            of_run = select(Proposal).where(Proposal.run_id == run.id)
            proposed = session.scalars(of_run.where(ordinary, Proposal.needed > 0)).all()
            moved = session.scalars(of_run.where(~ordinary, Proposal.status == ProposalStatus.RELEASED)).all()
            return (
                sorted(
                    (one.part_id, one.warehouse_id, one.source_id or 0, one.needed, one.quantity) for one in proposed
                ),
                sorted((one.part_id, one.warehouse_id, one.source_id, one.released_quantity) for one in moved),
            )

    def buy(self, on: date) -> None:
        """Approve what the run would buy, and send the orders to their supplier."""
        with self.sessions.begin() as session:
            wanted = session.scalars(
                select(Proposal.id)
                .where(Proposal.status == ProposalStatus.OPEN, Proposal.kind == ProposalKind.PURCHASE)
                .order_by(Proposal.id)
            ).all()
            if not wanted:
                return
            made = replenishment.approve_proposals(session, wanted, by=given.acting(session), at=instant(on, 3))
            for order in made.orders:
                approved(session, order, at=instant(on, 3))
                procurement.send_order(session, order.id, by=given.acting(session), at=instant(on, 3))
                self.bought[on + timedelta(days=SUPPLIER_DAYS)].append(order.id)

    def send(self, on: date) -> None:
        """Release, pick, pack and ship what waits anywhere: a box for each pair of warehouses."""
        with self.sessions.begin() as session:
            by, at = given.acting(session), instant(on, 4)
            for warehouse_id in self.tier:
                sourcing.release_waiting(session, warehouse_id, Trigger.JOB, by=by, at=at)
                tasks = session.scalars(
                    select(PickTask)
                    .where(PickTask.warehouse_id == warehouse_id, PickTask.status == TaskStatus.RELEASED)
                    .order_by(PickTask.id)
                ).all()
                boxes = defaultdict(list)
                for task in tasks:
                    boxes[task.destination_id].append(task)
                for destination_id, packed in boxes.items():
                    box = closed(session, picked(session, packed, by=by, at=at), by=by, at=at)
                    shipment = shipped(session, [box], by=by, at=at)
                    comes = on + timedelta(days=LANES[self.tier[warehouse_id], self.tier[destination_id]])
                    self.sent[comes].append((destination_id, shipment.id, box.sscc))

    def receive(self, on: date) -> None:
        """Take in what is due, the repair centres first, and put away what came for the shelf."""
        with self.sessions.begin() as session:
            by, at = given.acting(session), instant(on, 8)
            for _, shipment_id, sscc in sorted(self.sent.pop(on, []), reverse=True):
                transport.receive_shipment(session, shipment_id, [BoxScan(sscc)], by=by, at=at)
            for order_id in self.bought.pop(on, []):
                lines = procurement.get_order(session, order_id, by=by).lines
                goods = [ReceivedGoods(one.line.part_id, one.line.quantity) for one in lines]
                came(session, session.get_one(PurchaseOrder, order_id), goods, by=by, at=at)
            for warehouse_id in (*self.upper, *self.stations):
                self._put_away(session, warehouse_id, by=by, at=at)

    def _put_away(self, session: Session, warehouse_id: int, *, by, at) -> None:
        for one in warehousing.list_to_put_away(session, warehouse_id, by=by):
            assert one.suggested_bin is not None
            scan = PutAwayScan(one.bin_code, one.part_number, one.quantity, one.suggested_bin, lot=one.lot_number)
            warehousing.put_away(session, warehouse_id, scan, by=by, at=at)

    def ask(self, on: date, wanted: dict[tuple[int, int], int]) -> None:
        """Let the repair centres ask for parts (warehouse and part: units), and fold the day into the history."""
        with self.sessions.begin() as session:
            for (station_id, part_id), units in sorted(wanted.items()):
                work_order, engineer = self.works[station_id]
                wish = PartRequestWish(self.codes[station_id], [WishedLine(self.parts[part_id], units)])
                by = given.under_new_command(session, engineer)
                workorders.request_parts_for(session, work_order, wish, by=by, at=instant(on, 10))
            folded(session, at=instant(on, 15))
