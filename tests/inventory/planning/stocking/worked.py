"""The worked examples of one site, and demands to draw, for the tests of the single-site arrays."""

import csv
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

EXAMPLES = Path(__file__).parents[3] / "data" / "worked_examples" / "single_site.csv"


def examples(prefix: str) -> list[tuple[str, dict[str, Any], dict[str, float]]]:
    """The worked examples whose id begins so: id, parameters, answers by the name of the quantity."""
    found: dict[str, tuple[str, dict[str, Any], dict[str, float]]] = {}
    with EXAMPLES.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["id"].startswith(prefix):
                one = found.setdefault(row["id"], (row["id"], json.loads(row["parameters_json"]), {}))
                one[2][row["quantity"]] = float(row["value"])
    assert found
    return list(found.values())


def column(*values: float) -> np.ndarray[Any, np.dtype[np.float64]]:
    """A column of figures."""
    return np.array(values, dtype=np.float64)


def probabilities(mean: float, variance: float, upto: int) -> list[float]:
    """P(X = 0), P(X = 1) ... of a Poisson or negative binomial, each by its formula: no recursion."""
    if mean == 0:
        return [1.0] + [0.0] * upto
    if variance <= mean * (1 + 1e-9):
        return [math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)) for k in range(upto + 1)]
    size, share = mean * mean / (variance - mean), mean / variance
    fixed = size * math.log(share) - math.lgamma(size)
    return [
        math.exp(fixed + math.lgamma(k + size) - math.lgamma(k + 1) + k * math.log1p(-share)) for k in range(upto + 1)
    ]


def summed(mean: float, variance: float, stock: int) -> tuple[float, float]:
    """E[(X - stock)+] and P(X <= stock), summed exactly over the levels up to the stock."""
    chances = probabilities(mean, variance, max(stock, 0))
    if stock < 0:
        return mean - stock, 0.0
    left = math.fsum((stock - k) * chance for k, chance in enumerate(chances))
    return mean - stock + left, math.fsum(chances)


unhurried = settings(deadline=None, max_examples=60)
"""The time of one example says nothing on a machine that others use."""

means = st.floats(0.01, 80.0)
spreads = st.one_of(st.just(1.0), st.floats(1.05, 12.0))
targets = st.floats(0.05, 0.995)
