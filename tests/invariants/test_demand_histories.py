"""Whole histories, from the request to the fitted part, held against a model that does one thing after the other.

Every act is a command under a key, as at the edge; now and then an old one is sent again and must change nothing.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from itertools import permutations
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Connection, Engine, Row, select, text
from sqlalchemy.orm import Session, sessionmaker

from inventory import events, sourcing, subscriptions, transport, warehousing, workorders
from inventory.catalogue.models import Part
from inventory.commands import CommandKeyReused
from inventory.errors import Refusal
from inventory.ledger import Condition
from inventory.network.models import Bin, Warehouse
from inventory.sourcing import PartRequestWish, TransferLine, TransferWish, WishedLine
from inventory.transport import HandlingUnit, HandlingUnitStatus, PieceScan
from inventory.transport.receiving import list_sent_lines
from inventory.warehousing import (
    CheckScan,
    PickFailure,
    PickTask,
    PutAwayScan,
    ReceiptWish,
    ReceivedGoods,
    Shortfall,
    TaskStatus,
    Trigger,
)
from inventory.workorders import DrawnPart
from tests import given
from tests.given.network import JINAN, QINGDAO
from tests.given.transport import COMPANY_PREFIX
from tests.given.warehousing import scan_of
from tests.given.workorders import repair
from tests.invariants.demand import require_true_books
from tests.invariants.demand_model import Demand, Line, Promise
from web.db import Answer, carry_out

Turn = tuple[int, int, int, int]
any_one = st.integers(0, 999)
some = st.integers(1, 4)
turns = st.lists(st.tuples(any_one, any_one, some, any_one), min_size=2, max_size=6)
priorities = st.sampled_from([1, 5, 5, 9])
mostly_first = st.sampled_from([0, 0, 0, 1])
UseCase = Callable[..., Any]
FINDINGS = ("damage", "quarantine", "count", "more", "sound", "sound")
READ_ANEW = {"populate_existing": True}

_LINES = text("""
    SELECT id, back_ordered, reserved + released AS set_aside, issued - received AS on_the_way, received, cancelled
    FROM part_request_line WHERE part_id = :part
""")
_FREE = text("SELECT warehouse_id, on_hand - reserved AS free FROM balance WHERE part_id = :part")
_PROMISES = text("""
    SELECT id, line_id, warehouse_id, purpose = 'earmark' AS earmark, quantity FROM reservation WHERE part_id = :part
    ORDER BY id
""")
_POSITIONS = text("""
    SELECT b.warehouse_id, b.part_id, b.condition, b.on_hand, b.on_hand - b.allocated AS free, bin.code AS bin_code,
           l.number AS lot_number, u.serial, z.kind
    FROM lot_balance b JOIN bin ON bin.id = b.bin_id JOIN zone z ON z.id = bin.zone_id JOIN lot l ON l.id = b.lot_id
    LEFT JOIN unit u ON u.id = b.unit_id
    WHERE b.part_id = ANY(:parts) AND b.on_hand > 0 ORDER BY b.id
""")
_NEEDLESS = text("""
    SELECT l.id FROM part_request_line l JOIN reservation v ON v.part_id = l.part_id
    WHERE l.part_id = ANY(:parts) AND l.back_ordered > 0 AND v.purpose = 'transfer' AND v.quantity > v.allocated
""")
_UNEXPLAINED = text("""
    SELECT a.id FROM allocation a JOIN lot l ON l.id = a.lot_id
    WHERE l.part_id = ANY(:parts) AND a.older_free > 0 AND a.override_reason IS NULL
""")


Job = Callable[["DemandHistory", int, int, int], None]
JOBS: list[tuple[Callable[["DemandHistory"], Any], Job]] = []


def job(is_ready: Callable[["DemandHistory"], Any]) -> Callable[[Job], Job]:
    """A step that somebody takes when there is something for it."""

    def enlist(act: Job) -> Job:
        JOBS.append((is_ready, act))
        return act

    return enlist


class DemandHistory(RuleBasedStateMachine):
    """A hub out of town, a centre and two stations in one city, a plain part and one whose pieces have serials."""

    def __init__(self, connection: Connection) -> None:
        super().__init__()
        self.sessions = sessionmaker(connection, join_transaction_mode="create_savepoint", expire_on_commit=False)
        # Reads between the commands, without a savepoint of its own that theirs would run into.
        self.session = session = Session(connection, join_transaction_mode="rollback_only", expire_on_commit=False)
        self.hub = given.warehouse(session, tier="central", city=JINAN)
        self.centre = given.warehouse(session, tier="distribution", city=QINGDAO, parent=self.hub)
        self.stations = [given.warehouse(session, city=QINGDAO, parent=self.centre) for _ in range(2)]
        self.warehouses = [self.hub, self.centre, *self.stations]
        self.shelves = {one.id: given.bin(session, one) for one in self.warehouses}
        self.parts = [given.part(session), given.part(session, serial_tracked=True)]
        self.repairs = {one.id: repair(session, one).work_order.number for one in self.stations}
        self.by = given.acting(session)
        first, second = (one.id for one in self.stations)
        sources = {
            first: [first, self.centre.id, second, self.hub.id],
            second: [second, self.centre.id, first, self.hub.id],
        }
        self.demand = {part.id: Demand(sources) for part in self.parts}
        self.promise_of: dict[int, Promise] = {}
        self.serials = 0
        self.sent: list[tuple[str, str, bytes, Answer]] = []
        session.commit()

    # Goods come in.

    @initialize(at_hub=st.tuples(some, some), at_centre=st.tuples(some, some), at_station=st.integers(0, 2))
    def goods_at_the_start(self, at_hub: tuple[int, int], at_centre: tuple[int, int], at_station: int) -> None:
        places = [self.hub] * 2 + [self.centre] * 2 + [self.stations[0]]
        for part in self.parts:
            for where, quantity in zip(places, (*at_hub, *at_centre, at_station), strict=True):
                if quantity:
                    self._receive_goods(where, part, quantity)

    def goods_come(self, warehouse: int, part: int, quantity: int) -> None:
        self._receive_goods(self._pick(self.warehouses, warehouse), self.parts[part], quantity)

    def _receive_goods(self, warehouse: Warehouse, part: Part, quantity: int) -> None:
        serials = tuple(f"S{self.serials + n}" for n in range(quantity)) if part.serial_tracked else ()
        self.serials += len(serials)
        wish = ReceiptWish(
            warehouse.id, [ReceivedGoods(part.id, quantity, serials=serials)], supplier="海信配件", reference="DN-1"
        )
        self._do("receive", lambda session, **who: warehousing.receive(session, wish, **who).id)
        self.demand[part.id].gain({warehouse.id: quantity})

    @job(lambda self: self._positions(condition="good"))
    def put_away(self, thing: int, quantity: int, how: int) -> None:
        position = thing
        here = self._pick(self._positions(condition="good"), position)
        shelf = self.shelves[here.warehouse_id].code
        if here.kind == "shelf" or here.free == 0:
            return
        scan = PutAwayScan(
            here.bin_code, self._number(here.part_id), here.free, shelf, lot=here.lot_number, serial=here.serial
        )
        self._do(
            "put_away", lambda session, **who: warehousing.put_away(session, here.warehouse_id, scan, **who).quantity
        )

    # Parts are asked for and withdrawn.

    @initialize(wishes=st.lists(st.tuples(mostly_first, mostly_first, some, priorities), min_size=2, max_size=4))
    def the_first_requests(self, wishes: list[tuple[int, int, int, int]]) -> None:
        for wish in wishes:
            self.ask(*wish)
            self.the_books_are_those_of_the_model()

    @rule(station=mostly_first, part=mostly_first, quantity=some, priority=priorities)
    def ask(self, station: int, part: int, quantity: int, priority: int) -> None:
        where, what = self.stations[station], self.parts[part]
        wish = PartRequestWish(where.code, [WishedLine(what.number, quantity)], priority=priority)
        number = self.repairs[where.id]
        line_id = self._do(
            "ask",
            lambda session, **who: workorders.request_parts_for(session, number, wish, **who).lines[0].line_id,
        )
        self.demand[what.id].ask(Line(line_id, where.id, priority), quantity)

    def cancel(self, line: int) -> None:
        part_id, chosen = self._pick(self._lines(), line)
        demand = self.demand[part_id]
        open_units = chosen.waiting + sum(demand.set_aside(chosen.id, earmark=False).values())
        withdrawn = self._do(
            "cancel",
            lambda session, **who: sourcing.withdraw(session, [chosen.id], reason="not needed", **who),
            refused="" if open_units else "nothing_to_cancel",
        )
        if open_units:
            assert withdrawn == open_units
            demand.cancel(chosen.id)

    def move(self, way: int, part: int, quantity: int) -> None:
        source, destination = self._pick(list(permutations(self.warehouses, 2)), way)
        what = self.parts[part]
        wish = TransferWish(source.id, destination.id, [TransferLine(what.id, quantity)])
        line = self._do("move", lambda session, **who: sourcing.place_transfers(session, [wish], **who)[0].lines[0])
        demand = self.demand[what.id]
        assert line.quantity == min(quantity, demand.free[source.id]), "what the source has free is ordered"
        if line.line_id is not None:
            demand.move(Line(line.line_id, destination.id, 9, transfer=True), source.id, line.quantity)

    def review(self) -> None:
        self._do("review", lambda session, **who: sourcing.review_backorders(session, **who))

    @rule(
        what=st.sampled_from(["goods", "move", "move", "cancel", *FINDINGS]),
        thing=any_one,
        part=mostly_first,
        quantity=some,
    )
    def plans_change(self, what: str, thing: int, part: int, quantity: int) -> None:
        if what == "goods":
            self.goods_come(thing, part, quantity)
        elif what == "move":
            self.move(thing, part, quantity)
        elif what == "cancel":
            self.cancel(thing)
        else:
            self.somebody_looks(thing, quantity, what)

    @rule(what=st.sampled_from(["wave", "wave", "review", "again", "another"]), thing=any_one)
    def the_office_works(self, what: str, thing: int) -> None:
        if what == "wave":
            self.release_a_wave(thing)
        elif what == "review":
            self.review()
        elif what == "again":
            self.send_an_old_command_again(thing)
        else:
            self.send_another_command_under_an_old_key(thing)

    # Work on the floor, on the road and at the station: what is there to be done is done, by whose turn it is.

    @rule(turns=turns)
    def people_work(self, turns: list[Turn]) -> None:
        for turn, thing, quantity, how in turns:
            ready = [act for is_ready, act in JOBS if is_ready(self)]
            if ready:
                self._pick(ready, turn)(self, thing, quantity, how)
                self.the_books_are_those_of_the_model()

    @rule(turns=turns)
    def people_work_on(self, turns: list[Turn]) -> None:
        self.people_work(turns)

    @rule(turns=turns)
    def the_next_shift_works(self, turns: list[Turn]) -> None:
        self.people_work(turns)

    # The floor.

    def release_a_wave(self, warehouse: int) -> None:
        where = self._pick(self.warehouses, warehouse).id
        self._do("wave", lambda session, **who: sourcing.release_waiting(session, where, Trigger.JOB, **who))
        for demand in self.demand.values():
            demand.release(where)

    @job(lambda self: self._tasks(TaskStatus.RELEASED))
    def pick(self, thing: int, quantity: int, how: int) -> None:
        task, less, kind = thing, int(how % 4 == 0), self._pick(list(PickFailure), how)
        chosen = self._pick(self._tasks(TaskStatus.RELEASED), task)
        scan = scan_of(self.session, chosen)
        missing = min(less, chosen.quantity - 1)
        if missing:
            scan = scan_of(self.session, chosen, quantity=chosen.quantity - missing, rest=Shortfall(kind, "not there"))
        self._do("pick", lambda session, **who: warehousing.confirm_pick(session, chosen.id, scan, **who).quantity)
        if missing:
            self.demand[chosen.part_id].fail(self.promise_of[chosen.reservation_id], missing)

    @job(lambda self: self._tasks(TaskStatus.RELEASED, TaskStatus.PICKED))
    def fail_to_pick(self, thing: int, quantity: int, how: int) -> None:
        task, kind = thing, self._pick(list(PickFailure), how)
        chosen = self._pick(self._tasks(TaskStatus.RELEASED, TaskStatus.PICKED), task)
        quantity = min(quantity, chosen.quantity)
        self._do(
            "exception",
            lambda session, **who: (
                warehousing.report_exception(
                    session, chosen.id, kind=kind, quantity=quantity, reason="not there", **who
                ).id
            ),
        )
        self.demand[chosen.part_id].fail(self.promise_of[chosen.reservation_id], quantity)

    @job(lambda self: self._overrides())
    def override_the_lot(self, thing: int, quantity: int, how: int) -> None:
        choice = thing
        chosen, other = self._pick(self._overrides(), choice)
        scan = scan_of(self.session, chosen, lot=other.lot_number, serial=other.serial, override_reason="blocked aisle")
        self._do("override", lambda session, **who: warehousing.confirm_pick(session, chosen.id, scan, **who).quantity)

    @job(lambda self: self._tasks(TaskStatus.PICKED))
    def pack(self, thing: int, quantity: int, how: int) -> None:
        task = thing
        first = self._pick(self._tasks(TaskStatus.PICKED), task)
        route = (first.warehouse_id, first.destination_id)
        together = [one.id for one in self._tasks(TaskStatus.PICKED) if (one.warehouse_id, one.destination_id) == route]

        def act(session: Session, **who: Any) -> int:
            box = transport.open_handling_unit(session, warehouse_id=route[0], destination_id=route[1], **who)
            transport.pack_tasks(session, box.id, together, **who)
            transport.close_handling_unit(session, box.id, company_prefix=COMPANY_PREFIX, **who)
            return box.id

        self._do("pack", act)

    @job(lambda self: self._tasks(TaskStatus.PACKED))
    def ship(self, thing: int, quantity: int, how: int) -> None:
        task = thing
        box_id = self._pick(self._tasks(TaskStatus.PACKED), task).handling_unit_id
        inside = self._tasks(TaskStatus.PACKED, TaskStatus.CANCELLED, box_id=box_id)
        cancelled = any(one.status is TaskStatus.CANCELLED for one in inside)

        def act(session: Session, **who: Any) -> int:
            if session.get_one(HandlingUnit, box_id).status is HandlingUnitStatus.OPEN:
                transport.close_handling_unit(session, box_id, company_prefix=COMPANY_PREFIX, **who)
            return transport.ship(session, [box_id], **who)[0].id

        self._do("ship", act, refused="holds_cancelled" if cancelled else "")
        if not cancelled:
            for one in inside:
                self.demand[one.part_id].ship(self.promise_of[one.reservation_id], one.quantity)

    @job(lambda self: self._cancelled_in_boxes())
    def take_out_of_the_box(self, thing: int, quantity: int, how: int) -> None:
        task = thing
        chosen = self._pick(self._cancelled_in_boxes(), task)
        self._do("unpack", lambda session, **who: str(transport.unpack_task(session, chosen.id, **who).status))

    @job(lambda self: self._tasks(TaskStatus.PACKED))
    def unpack(self, thing: int, quantity: int, how: int) -> None:
        task = thing
        chosen = self._pick(self._tasks(TaskStatus.PACKED), task)
        self._do("unpack", lambda session, **who: str(transport.unpack_task(session, chosen.id, **who).status))

    # The road and the station.

    @job(lambda self: self._under_way())
    def receive(self, thing: int, quantity: int, how: int) -> None:
        line, word = thing, self._pick(["received"] * 4 + ["damaged", "missing"], how)
        shipment_id, sent = self._pick(self._under_way(), line)
        told = {word: min(quantity, sent.open)}
        scan = PieceScan(sent.part_number, lot=sent.lot_number, serial=sent.serial, **told)
        before = {one.id: one for one in list_sent_lines(self.session, shipment_id)}
        self._do(
            "receive shipment",
            lambda session, **who: transport.receive_shipment(session, shipment_id, [scan], **who).id,
        )
        accounts: dict[int, tuple[int, int, int]] = {}
        for after in list_sent_lines(self.session, shipment_id):
            was = before[after.id]
            good = after.received - was.received
            lost = after.damaged + after.missing - was.damaged - was.missing
            if good or lost:
                earlier = accounts.get(after.line_id, (0, 0, 0))
                accounts[after.line_id] = (earlier[0] + good, earlier[1] + lost, after.priority)
        self.demand[sent.part_id].receive(dict(sorted(accounts.items())))

    @job(lambda self: self._earmarked())
    def draw(self, thing: int, quantity: int, how: int) -> None:
        line = thing
        part_id, line_id, there = self._pick(self._earmarked(), line)
        quantity = min(quantity, there)
        drawn = self._do(
            "draw",
            lambda session, **who: sum(one.quantity for one in workorders.draw(session, line_id, quantity, **who)),
            refused=("lot_needed", "serial_needed"),
        )
        if drawn is not None:
            self._read_earmarks(part_id, line_id, there - drawn)

    @job(lambda self: self._earmarked())
    def free_earmark(self, thing: int, quantity: int, how: int) -> None:
        line = thing
        part_id, line_id, there = self._pick(self._earmarked(), line)
        quantity = min(quantity, there)
        self._do(
            "free",
            lambda session, **who: workorders.free_earmark(session, line_id, quantity, reason="not needed", **who),
        )
        self.demand[part_id].free_earmark(line_id, quantity)

    @job(lambda self: self._in_custody())
    def fit(self, thing: int, quantity: int, how: int) -> None:
        drawn = thing
        chosen = self._pick(self._in_custody(), drawn)
        quantity = min(quantity, chosen.in_custody)
        self._do("fit", lambda session, **who: workorders.fit(session, chosen.id, quantity, **who).fitted)

    @job(lambda self: self._in_custody())
    def give_back(self, thing: int, quantity: int, how: int) -> None:
        drawn, good = thing, how % 3 > 0
        chosen = self._pick(self._in_custody(), drawn)
        quantity = min(quantity, chosen.in_custody)
        condition = Condition.GOOD if good else Condition.DEFECTIVE
        self._do(
            "give back",
            lambda session, **who: (
                workorders.give_back(
                    session, chosen.id, quantity, condition=condition, reason="left over", **who
                ).given_back
            ),
        )
        if good:
            self.demand[chosen.part_id].gain({chosen.warehouse_id: quantity})

    # What is found on the shelf.

    def somebody_looks(self, position: int, quantity: int, what: str) -> None:
        if not self._positions(condition="good"):
            return
        if what == "more":
            self.find_more(position, quantity)
        elif what != "sound":
            self.lose(position, quantity, what)
        elif self._positions(condition="quarantine"):
            self.release_from_quarantine(position, quantity)

    def lose(self, position: int, quantity: int, how: str) -> None:
        here = self._pick(self._positions(condition="good"), position)
        # At a station an earmark falls with its very part, of which the model does not know: only free lots are lost.
        # The same holds of a transfer with lots: it would yield again what it lost them for.
        there = here.free if here.warehouse_id in self.repairs or self._moved(here) else here.on_hand
        quantity = min(quantity, there)
        if quantity == 0:
            return
        scan = CheckScan(here.bin_code, self._number(here.part_id), "dropped", lot=here.lot_number, serial=here.serial)
        acts: dict[str, UseCase] = {
            "damage": lambda session, **who: (
                warehousing.report_damage(session, here.warehouse_id, scan, quantity=quantity, **who).id
            ),
            "quarantine": lambda session, **who: (
                warehousing.quarantine(session, here.warehouse_id, scan, quantity=quantity, **who).id
            ),
            "count": lambda session, **who: (
                warehousing.check_bin(session, here.warehouse_id, scan, found=here.on_hand - quantity, **who).id
            ),
        }
        self._do(how, acts[how])
        self.demand[here.part_id].lose(here.warehouse_id, quantity)

    def find_more(self, position: int, quantity: int) -> None:
        here = self._pick(self._positions(condition="good"), position)
        if here.serial is None:
            scan = CheckScan(here.bin_code, self._number(here.part_id), "counted", lot=here.lot_number)
            found = here.on_hand + quantity
            self._do(
                "count",
                lambda session, **who: warehousing.check_bin(session, here.warehouse_id, scan, found=found, **who).id,
            )
            self.demand[here.part_id].gain({here.warehouse_id: quantity})

    def release_from_quarantine(self, position: int, quantity: int) -> None:
        here = self._pick(self._positions(condition="quarantine"), position)
        quantity = min(quantity, here.on_hand)
        scan = CheckScan(here.bin_code, self._number(here.part_id), "sound", lot=here.lot_number, serial=here.serial)
        self._do(
            "release",
            lambda session, **who: (
                warehousing.release_from_quarantine(session, here.warehouse_id, scan, quantity=quantity, **who).id
            ),
        )
        self.demand[here.part_id].gain({here.warehouse_id: quantity})

    # Commands that come again.

    def send_an_old_command_again(self, command: int) -> None:
        key, kind, body, answer = self._pick(self.sent, command)
        assert self._carry_out(key, kind, body, _must_not_run) == answer

    def send_another_command_under_an_old_key(self, command: int) -> None:
        key, kind, body, _ = self._pick(self.sent, command)
        with pytest.raises(CommandKeyReused):
            self._carry_out(key, kind, body + b"!", _must_not_run)

    # What must hold after every step, and at the end.

    @invariant()
    def the_books_are_those_of_the_model(self) -> None:
        for part_id, demand in self.demand.items():
            self._learn_promises(part_id, demand)
            self._compare(part_id, demand)
        assert not self._rows(_NEEDLESS, parts=[part.id for part in self.parts]), "waits beside what is to be moved"
        assert not self._rows(_UNEXPLAINED, parts=[part.id for part in self.parts]), "first in, first out"

    def teardown(self) -> None:
        require_true_books(self.session)

    def _compare(self, part_id: int, demand: Demand) -> None:
        free = {row.warehouse_id: row.free for row in self._rows(_FREE, part=part_id) if row.free}
        assert free == dict(+demand.free), "what is free"
        told = {row.id: tuple(row)[1:] for row in self._rows(_LINES, part=part_id)}
        assert told == {
            line.id: (
                line.waiting,
                sum(demand.set_aside(line.id, earmark=False).values()),
                line.on_the_way,
                line.received,
                line.cancelled,
            )
            for line in demand.lines.values()
        }, "how the lines stand"
        kept: dict[tuple[int, bool], Counter[int]] = defaultdict(Counter)
        for row in self._rows(_PROMISES, part=part_id):
            kept[row.line_id, row.earmark][row.warehouse_id] += row.quantity
        for line in demand.lines:
            for earmark in (False, True):
                assert +kept[line, earmark] == demand.set_aside(line, earmark=earmark), "what is set aside for whom"

    def _learn_promises(self, part_id: int, demand: Demand) -> None:
        """Give the model's new promises the ids of the rows that must have been written for them, in their order."""
        known = {id(one) for one in self.promise_of.values()}
        new = [one for one in demand.promises if id(one) not in known]
        old = [one for one in demand.promises if id(one) in known]
        for row in self._rows(_PROMISES, part=part_id):
            if row.id not in self.promise_of:
                fits = [one for one in new if (one.line, one.warehouse, one.earmark) == tuple(row)[1:4]]
                assert fits, f"set aside, but not by the model: {row}"
                self.promise_of[row.id] = fits[0]
                new.remove(fits[0])
                old.append(fits[0])
        assert not new, f"not set aside: {new}"
        demand.promises = old

    def _read_earmarks(self, part_id: int, line_id: int, left: int) -> None:
        """A draw takes lots, of which the model knows nothing: it learns which earmarks they were of."""
        rows = self._rows(_PROMISES, part=part_id)
        for row in rows:
            if row.line_id == line_id and row.earmark:
                self.promise_of[row.id].quantity = row.quantity
        assert sum(self.demand[part_id].set_aside(line_id, earmark=True).values()) == left

    # How it is played.

    def _do(self, kind: str, act: UseCase, *, refused: str | Sequence[str] = "") -> Any:
        """Carry out a command and return what it came to; None when it was refused as it may be."""
        outcome: list[Any] = []

        def use_case(session: Session, by: Any, at: Any) -> Answer:
            outcome.append(act(session, by=by, at=at))
            return Answer(200, str(outcome[0]).encode())

        key, body = uuid4().hex, uuid4().bytes
        try:
            answer = self._carry_out(key, kind, body, use_case)
        except Refusal as refusal:
            allowed = (refused,) if isinstance(refused, str) else refused
            if refusal.code not in allowed:
                raise
            return None
        assert not isinstance(refused, str) or not refused, f"not refused: {refused}"
        self.sent.append((key, kind, body, answer))
        return outcome[0]

    def _carry_out(self, key: str, kind: str, body: bytes, use_case: Any) -> Answer:
        return carry_out(self.sessions, use_case, by=self.by, key=key, kind=kind, request=body)

    def _pick(self, things: Sequence[Any], number: int) -> Any:
        return things[number % len(things)]

    def _rows(self, query: Any, **names: Any) -> Sequence[Row[Any]]:
        return self.session.execute(query, names).all()

    def _number(self, part_id: int) -> str:
        return next(part.number for part in self.parts if part.id == part_id)

    def _positions(self, *, condition: str) -> list[Row[Any]]:
        rows = self._rows(_POSITIONS, parts=[part.id for part in self.parts])
        return [row for row in rows if row.condition == condition]

    def _lines(self) -> list[tuple[int, Line]]:
        return [(part_id, line) for part_id, demand in self.demand.items() for line in demand.lines.values()]

    def _tasks(self, *statuses: TaskStatus, box_id: int | None = None) -> Sequence[PickTask]:
        query = select(PickTask).where(
            PickTask.part_id.in_([part.id for part in self.parts]), PickTask.status.in_(statuses)
        )
        if box_id is not None:
            query = query.where(PickTask.handling_unit_id == box_id)
        return self.session.scalars(query.order_by(PickTask.id), execution_options=READ_ANEW).all()

    def _cancelled_in_boxes(self) -> list[PickTask]:
        return [one for one in self._tasks(TaskStatus.CANCELLED) if one.handling_unit_id is not None]

    def _overrides(self) -> list[tuple[PickTask, Row[Any]]]:
        """Tasks that could be picked from another free lot in their bin."""
        bins = {one.id: one.code for one in self.session.scalars(select(Bin).where(Bin.id.in_(self._bins())))}
        return [
            (task, other)
            for task in self._tasks(TaskStatus.RELEASED)
            for other in self._positions(condition="good")
            if (other.warehouse_id, other.part_id, other.bin_code)
            == (task.warehouse_id, task.part_id, bins[task.bin_id])
            and other.free >= task.quantity
            and other.lot_number != scan_of(self.session, task).lot
        ]

    def _bins(self) -> list[int]:
        return [task.bin_id for task in self._tasks(TaskStatus.RELEASED)]

    def _under_way(self) -> list[tuple[int, Any]]:
        shipments = select(transport.Shipment.id).where(
            transport.Shipment.destination_id.in_([one.id for one in self.warehouses]),
            transport.Shipment.status != transport.ShipmentStatus.RECEIVED,
        )
        return [
            (shipment_id, sent)
            for shipment_id in self.session.scalars(shipments.order_by(transport.Shipment.id))
            for sent in list_sent_lines(self.session, shipment_id)
            if sent.open
        ]

    def _moved(self, here: Row[Any]) -> bool:
        """Whether something of the part is set aside in the warehouse for a transfer."""
        demand = self.demand[here.part_id]
        return any(
            one.quantity and one.warehouse == here.warehouse_id and demand.lines[one.line].transfer
            for one in demand.promises
        )

    def _earmarked(self) -> list[tuple[int, int, int]]:
        return [
            (part_id, line.id, there)
            for part_id, line in self._lines()
            if (there := sum(self.demand[part_id].set_aside(line.id, earmark=True).values()))
        ]

    def _in_custody(self) -> list[DrawnPart]:
        query = select(DrawnPart).where(DrawnPart.part_id.in_([part.id for part in self.parts])).order_by(DrawnPart.id)
        return [one for one in self.session.scalars(query, execution_options=READ_ANEW) if one.in_custody]


def _must_not_run(*_: Any) -> Answer:
    raise AssertionError("a command that was carried out runs again")


def test_every_history_of_the_network_is_that_of_the_model(
    engine: Engine, sizes: settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "_listeners", defaultdict(list))
    subscriptions.connect()

    class OneHistory(DemandHistory):
        def __init__(self) -> None:
            self.connection = engine.connect()
            self.outer = self.connection.begin()
            super().__init__(self.connection)

        def teardown(self) -> None:
            try:
                super().teardown()
            finally:
                self.session.close()
                self.outer.rollback()
                self.connection.close()

    # A step of these is many acts.
    fewer = settings(sizes, max_examples=sizes.max_examples // 2, stateful_step_count=sizes.stateful_step_count // 2)
    run_state_machine_as_test(OneHistory, settings=fewer)
