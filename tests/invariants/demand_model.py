"""The network as one list of promises: what is free where, who waits, and what is set aside for whom.

One act after the other, for one part. Lots, bins, tasks and boxes are left out: whatever happens to them, this is what
must come of it for the lines and for the stock that anybody may still ask for.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field


@dataclass
class Line:
    """A line of a request or transfer order: every unit of it is in one of these. `station` is where it goes."""

    id: int
    station: int
    priority: int
    waiting: int = 0
    on_the_way: int = 0
    received: int = 0
    cancelled: int = 0
    transfer: bool = False


@dataclass
class Promise:
    """Stock set aside in a warehouse for a line: a supply from there, or an earmark of what has come.

    `yielding` is what a transfer has set aside and not released: it goes to who would have to wait.
    """

    line: int
    warehouse: int
    earmark: bool
    priority: int
    quantity: int
    yielding: int = 0


@dataclass
class Demand:
    """All there is of one part. `sources` are the warehouses a station is served from, soonest first, itself first."""

    sources: dict[int, Sequence[int]]
    free: Counter[int] = field(default_factory=Counter)
    lines: dict[int, Line] = field(default_factory=dict)
    promises: list[Promise] = field(default_factory=list)

    def set_aside(self, line: int, *, earmark: bool) -> Counter[int]:
        """How much is set aside for a line, by warehouse."""
        found: Counter[int] = Counter()
        for one in self.promises:
            if (one.line, one.earmark) == (line, earmark):
                found[one.warehouse] += one.quantity
        return +found

    def ask(self, line: Line, quantity: int) -> None:
        """A request: set aside what there is, soonest source first; the rest waits."""
        self.lines[line.id] = line
        line.waiting = quantity
        self._serve([line], self.sources[line.station])
        self._take_from_transfers([line])

    def move(self, line: Line, source: int, quantity: int) -> None:
        """A transfer order: as much as its source has free is set aside there."""
        self.lines[line.id] = line
        self.free[source] -= quantity
        self.promises.append(Promise(line.id, source, False, line.priority, quantity, yielding=quantity))

    def release(self, warehouse: int) -> None:
        """A wave: what is set aside for transfers there is moved, whoever asks for it."""
        for promise in self.promises:
            if promise.warehouse == warehouse:
                promise.yielding = 0

    def gain(self, gains: dict[int, int]) -> None:
        """Good stock became free: who waits longest and most urgently gets it."""
        self.free.update(gains)
        self._serve(self._queue(), gains)

    def lose(self, warehouse: int, quantity: int) -> None:
        """Good stock is gone: free stock first, then promises fall, transfers, supplies, earmarks, last in first."""
        missing = max(0, quantity - self.free[warehouse])
        self.free[warehouse] -= quantity - missing
        fallen = []
        order = sorted(
            enumerate(self.promises),
            key=lambda one: (not self.lines[one[1].line].transfer, one[1].earmark, -one[1].priority, -one[0]),
        )
        for _, promise in order:
            if promise.warehouse == warehouse and promise.quantity and missing:
                fall = min(missing, promise.quantity)
                missing -= fall
                self._fall(promise, fall)
                promise.yielding = max(0, promise.yielding - fall)
                fallen.append(promise.line)
        assert missing == 0, "more was lost than there was"
        self._source_anew(fallen)

    def fail(self, promise: Promise, quantity: int) -> None:
        """What was to be picked is not there."""
        self._fall(promise, quantity)
        self._source_anew([promise.line])

    def cancel(self, line: int) -> None:
        """What has not been shipped is not wanted any more."""
        gains: Counter[int] = Counter()
        for promise in self.promises:
            if promise.line == line and not promise.earmark:
                gains[promise.warehouse] += promise.quantity
                self.lines[line].cancelled += promise.quantity
                promise.quantity = promise.yielding = 0
        self.lines[line].cancelled += self.lines[line].waiting
        self.lines[line].waiting = 0
        self.gain(+gains)

    def ship(self, promise: Promise, quantity: int) -> None:
        """Packed stock leaves."""
        promise.quantity -= quantity
        self.lines[promise.line].on_the_way += quantity

    def receive(self, accounts: dict[int, tuple[int, int, int]]) -> None:
        """What came for lines is set aside for them, what was moved is free; (good, lost, priority) of each line."""
        gains: Counter[int] = Counter()
        for line_id, (good, lost, priority) in accounts.items():
            line = self.lines[line_id]
            line.on_the_way -= good + lost
            line.received += good
            if line.transfer:
                gains[line.station] += good
            elif good:
                self.promises.append(Promise(line.id, line.station, True, priority, good))
        self.gain(+gains)
        for line_id, (_, lost, _) in accounts.items():
            self._do_without(self.lines[line_id], lost)
        self._source_anew([line for line, (_, lost, _) in accounts.items() if lost])

    def free_earmark(self, line: int, quantity: int) -> None:
        """What came is not needed: the last that came first."""
        left = quantity
        for promise in reversed(self.promises):
            if promise.line == line and promise.earmark:
                cut = min(left, promise.quantity)
                promise.quantity -= cut
                left -= cut
        self.gain({self.lines[line].station: quantity})

    def _queue(self) -> list[Line]:
        """Who waits, most deserving first; lines are known in the order in which they were asked for."""
        return sorted((one for one in self.lines.values() if one.waiting), key=lambda one: one.priority)

    def _serve(self, lines: Iterable[Line], offered: Collection[int]) -> None:
        for line in lines:
            for warehouse in self.sources[line.station]:
                taken = min(line.waiting, self.free[warehouse]) if warehouse in offered else 0
                if taken:
                    own = warehouse == line.station
                    self.free[warehouse] -= taken
                    line.waiting -= taken
                    line.received += taken if own else 0
                    self.promises.append(Promise(line.id, warehouse, own, line.priority, taken))

    def _take_from_transfers(self, lines: Iterable[Line]) -> None:
        """Who would have to wait takes what is set aside for transfers, what was ordered last first."""
        for line in lines:
            for warehouse in self.sources[line.station]:
                taken = 0
                for promise in reversed(self.promises):
                    if promise.warehouse == warehouse and promise.yielding:
                        fall = min(line.waiting - taken, promise.yielding)
                        promise.yielding -= fall
                        self._fall(promise, fall)
                        taken += fall
                if taken:
                    own = warehouse == line.station
                    line.waiting -= taken
                    line.received += taken if own else 0
                    self.promises.append(Promise(line.id, warehouse, own, line.priority, taken))

    def _fall(self, promise: Promise, quantity: int) -> None:
        promise.quantity -= quantity
        self.lines[promise.line].received -= quantity if promise.earmark else 0
        self._do_without(self.lines[promise.line], quantity)

    def _do_without(self, line: Line, quantity: int) -> None:
        if line.transfer:
            line.cancelled += quantity
        else:
            line.waiting += quantity

    def _source_anew(self, fallen: Iterable[int]) -> None:
        everywhere = {warehouse for sources in self.sources.values() for warehouse in sources}
        lines = [one for one in self._queue() if one.id in set(fallen)]
        self._serve(lines, everywhere)
        self._take_from_transfers(lines)
