"""Guaranteed service: the published instances, and every possible promise of small chains."""

from itertools import product
from typing import Any

import numpy as np
import pytest

from inventory.planning.stocking.guaranteed_service import Stages, deviations, optimise
from tests.inventory.planning.stocking.trees import groups_of


def stages_of(rows: list[dict[str, str]]) -> Stages:
    names = [row["node"] for row in rows]

    def column(name: str, blank: float, kind: Any) -> Any:
        return np.array([kind(row[name]) if row[name] else blank for row in rows], dtype=kind)

    arcs = [(names.index(above), here) for here, row in enumerate(rows) for above in row["predecessors"].split()]
    return Stages(
        time=column("processing_time", 0, int),
        inbound=column("external_inbound_cst", 0, int),
        outbound_max=column("max_outbound_cst", -1, int),
        holding_cost=column("holding_cost", 0, float),
        deviation=deviations(column("external_demand_sd", 0, float), np.array(arcs)),
        bound=column("z", 0, float),
        arcs=np.array(arcs),
    )


@pytest.mark.parametrize(("instance", "rows"), groups_of("gsm_trees.csv", "instance"))
def test_the_published_instances_have_their_published_optimum(instance: str, rows: list[dict[str, str]]) -> None:
    found = optimise(stages_of(rows))
    assert found.cost == pytest.approx(float(rows[0]["optimal_total_cost"]), abs=1e-6)
    assert found.outbound.tolist() == [int(row["optimal_outbound_cst"]) for row in rows]


@pytest.mark.parametrize("seed", range(6))
def test_no_other_promises_are_cheaper(seed: int) -> None:
    draw = np.random.default_rng(seed)
    arcs = np.array([[0, 1], [2, 1], [1, 3], [1, 4]])
    own = np.array([0.0, 0.0, 0.0, *draw.uniform(1, 3, 2)])
    stages = Stages(
        time=draw.integers(0, 3, 5),
        inbound=np.array([draw.integers(0, 2), 0, 0, 0, 0]),
        outbound_max=np.array([-1, -1, -1, 0, draw.integers(0, 2)]),
        holding_cost=draw.uniform(0.5, 4, 5),
        deviation=deviations(own, arcs),
        bound=np.full(5, 1.6),
        arcs=arcs,
    )
    least = np.inf
    for outbound in product(range(8), repeat=5):
        promised = np.array(outbound)
        if ((stages.outbound_max >= 0) & (promised > stages.outbound_max)).any():
            continue
        inbound = stages.inbound.copy()
        np.maximum.at(inbound, arcs[:, 1], promised[arcs[:, 0]])
        net = inbound + stages.time - promised
        if (net >= 0).all():
            least = min(least, float(stages.holding_cost @ (stages.bound * stages.deviation * np.sqrt(net))))
    assert optimise(stages).cost == pytest.approx(least)


def test_a_cycle_is_refused() -> None:
    ones = np.ones(3)
    whole = np.ones(3, dtype=np.int64)
    stages = Stages(whole, whole * 0, whole * -1, ones, ones, ones, np.array([[0, 1], [1, 2], [2, 0]]))
    with pytest.raises(ValueError, match="cycle"):
        optimise(stages)
