"""The car parts, and small histories to draw."""

import csv
from functools import cache
from pathlib import Path

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

ROOT = Path(__file__).parents[4]
FILE = ROOT / "web" / "demo" / "data" / "carparts_monthly.csv"
ANSWERS = ROOT / "tests" / "data" / "worked_examples" / "carparts_forecasts_origin39.csv"

unhurried = settings(deadline=None, max_examples=20)
quantities = st.one_of(st.just(0.0), st.just(0.0), st.just(np.nan), st.integers(0, 50).map(float), st.floats(0, 900))
histories = st.tuples(st.integers(1, 6), st.integers(3, 30)).flatmap(
    lambda shape: arrays(np.float64, shape, elements=quantities)
)


@cache
def demand():
    """Give the part numbers and their demand, (parts, 51 months), NaN unknown."""
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))[1:]
    return [row[0] for row in rows], np.array([[float(cell or "nan") for cell in row[1:]] for row in rows])


@cache
def answers():
    """Give the histories of 39 months and the published forecasts by column."""
    with ANSWERS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    parts, history = demand()
    places = {part: place for place, part in enumerate(parts)}
    known = history[[places[row["part_id"]] for row in rows], :39]
    return known, {name: np.array([float(row[name]) for row in rows]) for name in rows[0] if name != "part_id"}
