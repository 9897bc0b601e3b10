"""The recursions compiled, where numba is installed: a loop over series, each run through in registers.

Every walk here does the operations of its twin in `recursions.py` in the same order and float type, with selections in
place of branches, so both give the same bits and a plan does not depend on what is installed. numba is an optional
set (requirements/planning.txt); without it `WALKS` is empty and numpy serves. Whoever imports this page imports numba,
which takes 90 MB: `methods.py` does so at the first forecast, so that programs that never forecast do without.

Shapes: rows is (series, periods), oldest period first; every walk gives (series, periods), column t known after t.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from inventory.planning.forecasting.arrays import Rows

njit: Callable[..., Any] | None
try:
    from numba import njit
except ImportError:  # the optional set is not installed
    njit = None


def compiled(kernel: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a kernel at its first call, kept on disk; leave it as it is where numba is not installed."""
    if njit is None:
        return kernel
    made: Callable[..., Any] = njit(kernel, cache=True, nogil=True)
    return made


def _smooth(rows: Rows, alpha: Any, one: Any, zero: Any) -> Rows:
    """Walk simple exponential smoothing; twin of recursions.smooth."""
    means = np.empty_like(rows)
    for i in range(rows.shape[0]):
        level, gain = zero, one
        for t in range(rows.shape[1]):
            x = rows[i, t]
            known = x == x
            level += gain * (x - level) if known else zero
            gain = alpha if known else gain
            means[i, t] = level
    return means


def _croston(rows: Rows, alpha: Any, one: Any, zero: Any) -> Rows:
    """Walk Croston's method; twin of recursions.croston."""
    means = np.empty_like(rows)
    for i in range(rows.shape[0]):
        size, gap, waited, gain = zero, zero, one, one
        for t in range(rows.shape[1]):
            x = rows[i, t]
            known = x == x
            demanded = x > zero
            size += gain * (x - size) if demanded else zero
            gap += gain * (waited - gap) if demanded else zero
            gain = alpha if demanded else gain
            waited += one if known else zero
            waited = one if demanded else waited
            means[i, t] = size / (gap if gap > one else one)
    return means


def _tsb(rows: Rows, alpha: Any, beta: Any, one: Any, zero: Any) -> Rows:
    """Walk Teunter, Syntetos and Babai's method; twin of recursions.tsb."""
    means = np.empty_like(rows)
    for i in range(rows.shape[0]):
        size, size_gain, chance, chance_gain = zero, one, zero, one
        for t in range(rows.shape[1]):
            x = rows[i, t]
            known = x == x
            demanded = x > zero
            size += size_gain * (x - size) if demanded else zero
            size_gain = alpha if demanded else size_gain
            chance += chance_gain * ((one if demanded else zero) - chance) if known else zero
            chance_gain = beta if known else chance_gain
            means[i, t] = size * chance
    return means


def _tsb_grid(rows: Rows, alphas: Rows, betas: Rows, one: Any, zero: Any) -> Rows:
    """Walk TSB with the pair of constants that erred least so far, per series; twin of recursions.tsb_grid."""
    means = np.empty_like(rows)
    sizes, chances = np.empty_like(alphas), np.empty_like(betas)
    errors = np.empty((alphas.size, betas.size), rows.dtype)
    for i in range(rows.shape[0]):
        sizes[:], chances[:], errors[:] = zero, zero, zero
        had, begun = False, False
        for t in range(rows.shape[1]):
            x = rows[i, t]
            known = x == x
            demanded = x > zero
            for a in range(alphas.size):
                for b in range(betas.size):
                    miss = x - sizes[a] * chances[b]
                    errors[a, b] += miss * miss if known and begun else zero
            for a in range(alphas.size):
                gain = alphas[a] if had else one
                sizes[a] += gain * (x - sizes[a]) if demanded else zero
            for b in range(betas.size):
                gain = betas[b] if begun else one
                chances[b] += gain * ((one if demanded else zero) - chances[b]) if known else zero
            had |= demanded
            begun |= known
            best, least = zero, zero
            for a in range(alphas.size):
                for b in range(betas.size):
                    if (a == 0 and b == 0) or errors[a, b] < least:
                        least = errors[a, b]
                        best = sizes[a] * chances[b]
            means[i, t] = best
    return means


def _average(rows: Rows, window: int, one: Any, zero: Any) -> Rows:
    """Walk the mean of the known periods among the last `window`; twin of recursions.average."""
    means = np.empty_like(rows)
    for i in range(rows.shape[0]):
        total, count = zero, zero
        for t in range(rows.shape[1]):
            x = rows[i, t]
            went, gone = zero, zero
            if t >= window:
                past = rows[i, t - window]
                went = past if past == past else zero
                gone = one if past == past else zero
            total += (x if x == x else zero) - went
            count += (one if x == x else zero) - gone
            total = total if total > zero else zero
            means[i, t] = total / (count if count > zero else one)
    return means


def _in_type(rows: Rows, constant: float | int | tuple[float, ...]) -> Any:
    """Give a smoothing constant (or several) in the float type of the rows; a whole number stays one."""
    if isinstance(constant, int):
        return constant
    return np.asarray(constant, rows.dtype) if isinstance(constant, tuple) else rows.dtype.type(constant)


def _walking(kernel: Callable[..., Rows]) -> Callable[..., Rows]:
    """Compile a kernel and give it constants of the rows' own type."""
    fast = compiled(kernel)

    def walk(rows: Rows, **constants: float | int | tuple[float, ...]) -> Rows:
        typed = {name: _in_type(rows, constant) for name, constant in constants.items()}
        return np.asarray(fast(np.ascontiguousarray(rows), *typed.values(), rows.dtype.type(1), rows.dtype.type(0)))

    return walk


WALKS: dict[str, Callable[..., Rows]] = (
    {}
    if njit is None
    else {
        "smooth": _walking(_smooth),
        "croston": _walking(_croston),
        "tsb": _walking(_tsb),
        "tsb_grid": _walking(_tsb_grid),
        "average": _walking(_average),
    }
)
