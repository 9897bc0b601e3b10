"""Guaranteed service on trees: where safety stock lies when every stage promises its customers a time and keeps it.

It suits the supplier's side and fast movers; slow spares are planned by VARI-METRIC.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from inventory.planning.stocking.forest import Floats, Wholes

NEVER = np.inf


@dataclass(frozen=True)
class Stages:
    """The stages of a supply chain whose arcs, directions forgotten, form a forest.

    Shapes: every column is (n,); arcs is (m, 2), rows of the supplying and the supplied stage.
    Units: whole days; time is the stage's own processing time, inbound the time in which an outside supplier serves
    it, outbound_max the longest time it may promise its customers (-1: any); holding_cost is money a unit a period;
    deviation is the standard deviation of the demand over one day that passes through, bound the number of standard
    deviations covered.
    """

    time: Wholes
    inbound: Wholes
    outbound_max: Wholes
    holding_cost: Floats
    deviation: Floats
    bound: Floats
    arcs: npt.NDArray[np.int64]


@dataclass(frozen=True)
class Promises:
    """The times promised to customers, in days (n,), the safety stock each stage needs for it (n,), and its cost."""

    outbound: Wholes
    safety_stock: Floats
    cost: float


def deviations(own: Floats, arcs: npt.NDArray[np.int64]) -> Floats:
    """The standard deviation of what passes through each stage: its own demand and that of all it supplies.

    Shapes: own and the answer are (n,); arcs is (m, 2), one unit of the supplier for each unit supplied.
    Units: independent demands, so variances add.
    """
    variance, supplied, waiting = own.astype(np.float64) ** 2, _neighbours(len(own), arcs[:, ::-1]), _degree(own, arcs)
    ready = [stage for stage in range(len(own)) if waiting[stage] == 0]
    while ready:
        for supplier in supplied[stage := ready.pop()]:
            variance[supplier] += variance[stage]
            waiting[supplier] -= 1
            if waiting[supplier] == 0:
                ready.append(supplier)
    return np.sqrt(variance)


def _degree(own: Floats, arcs: npt.NDArray[np.int64]) -> list[int]:
    counted: list[int] = np.bincount(arcs[:, 0], minlength=len(own)).tolist()
    return counted


def _neighbours(stages: int, arcs: npt.NDArray[np.int64]) -> list[list[int]]:
    found: list[list[int]] = [[] for _ in range(stages)]
    for one, other in arcs.tolist():
        found[one].append(other)
    return found


def optimise(stages: Stages) -> Promises:
    """The promised times of least safety-stock cost.

    A stage waits for the slowest of its suppliers, works, and promises; for the days that its promise does not cover
    it holds stock: cost = holding_cost x bound x deviation x sqrt(inbound + time - outbound). Stages are taken from
    the leaves of the forest inwards; towards the one neighbour that is left, each keeps its least cost as a function of
    the promise on that arc.

    Raises: ValueError when the arcs form a cycle, or no promises fit.
    Source: Graves and Willems (2000), M&SOM 2(1), 68-83; corrected recursion of Lesnaia (2004).
    """
    return _Chain(stages).promised()


class _Chain:
    """One chain while its promises are worked out."""

    def __init__(self, stages: Stages) -> None:
        self.stages = stages
        self.suppliers = _neighbours(len(stages.time), stages.arcs[:, ::-1])
        self.customers = _neighbours(len(stages.time), stages.arcs)
        self.days = int(stages.time.sum() + stages.inbound.max(initial=0)) + 1
        self.order, self.toward = self._inwards()
        self.told: dict[int, Floats] = {}

    def _inwards(self) -> tuple[list[int], list[int]]:
        """The stages in an order in which each has one neighbour at most still to come, and that neighbour or -1."""
        around = [set(one) | set(other) for one, other in zip(self.suppliers, self.customers, strict=True)]
        order, toward = [], [-1] * len(around)
        ready = [stage for stage, near in enumerate(around) if len(near) <= 1]
        done: set[int] = set()
        while ready:
            stage = ready.pop()
            if stage in done:
                continue
            done.add(stage)
            order.append(stage)
            for near in around[stage]:
                toward[stage] = near
                around[near].discard(stage)
                if len(around[near]) <= 1:
                    ready.append(near)
            around[stage] = set()
        if len(order) < len(toward):
            raise ValueError("the arcs of the chain form a cycle")
        return order, toward

    def promised(self) -> Promises:
        for stage in self.order:
            table = self._table(stage)
            self.told[stage] = self._told(stage, table)
        outbound, inbound = self._traced()
        stages = self.stages
        net = np.maximum(inbound + stages.time - outbound, 0)
        stock = stages.bound * stages.deviation * np.sqrt(net)
        return Promises(outbound, stock, float(stages.holding_cost @ stock))

    def _table(self, stage: int) -> Floats:
        """Least cost of the stage and of all that is settled behind it, by inbound time (row) and promise (column).

        An inbound time is at least every supplier's promise: waiting longer than the slowest is allowed and dearer.
        """
        stages, days = self.stages, np.arange(self.days)
        net = days[:, None] + stages.time[stage] - days[None, :]
        unit = stages.holding_cost[stage] * stages.bound[stage] * stages.deviation[stage]
        table = np.where(net >= 0, unit * np.sqrt(np.maximum(net, 0)), NEVER)
        table[: int(stages.inbound[stage])] = NEVER
        if stages.outbound_max[stage] >= 0:
            table[:, int(stages.outbound_max[stage]) + 1 :] = NEVER
        for supplier in self.suppliers[stage]:
            if self.toward[supplier] == stage and supplier in self.told:
                table = table + self.told[supplier][:, None]
        for customer in self.customers[stage]:
            if self.toward[customer] == stage and customer in self.told:
                table = table + self.told[customer][None, :]
        return table

    def _told(self, stage: int, table: Floats) -> Floats:
        """What the stage tells the neighbour to come: its least cost by the time on the arc between them.

        A supplier tells the least cost when its promise is at most so long; a customer the least cost when what it is
        promised is so long, that is when its inbound time is at least that.
        """
        if self.toward[stage] in self.customers[stage]:
            by_promise: Floats = np.minimum.accumulate(table.min(axis=0))
            return by_promise
        by_inbound: Floats = np.minimum.accumulate(table.min(axis=1)[::-1])[::-1]
        return by_inbound

    def _traced(self) -> tuple[Wholes, Wholes]:
        """The promises behind the least cost, from the last stage taken back to the leaves."""
        outbound = np.zeros(len(self.order), dtype=np.int64)
        inbound = np.zeros(len(self.order), dtype=np.int64)
        for stage in reversed(self.order):
            table = self._table(stage)
            near = self.toward[stage]
            if near >= 0 and near in self.customers[stage]:
                table[:, int(inbound[near]) + 1 :] = NEVER
            elif near >= 0:
                table[: int(outbound[near])] = NEVER
            best = int(np.argmin(table))
            if not np.isfinite(table.flat[best]):
                raise ValueError("no promised times fit the chain")
            inbound[stage], outbound[stage] = divmod(best, self.days)
        return outbound, inbound
