"""The forecasting recursions in numpy: a loop over time, all series of a block across.

Each walk takes a block (periods, series), oldest period first, and gives a block of the same shape: row t is the mean
demand per period, forecast once period t is known. NaN is a period before the series began, or one that nobody knows:
it changes nothing. Before its first known period a series' forecast is 0. The arithmetic keeps the block's float
type; the compiled twins in `kernels.py` give the same bits.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

Block = npt.NDArray[np.floating[Any]]
Flags = npt.NDArray[np.bool_]


def smooth(block: Block, *, alpha: float) -> Block:
    """Walk simple exponential smoothing (SES), begun at the first known period.

    Shapes: block is (periods, series), the result likewise.
    Units: base units per period; alpha in (0, 1].
    Source: Brown (1959), Statistical Forecasting for Inventory Control.
    """
    means = np.empty_like(block)
    level, gain = _zeros(block), _ones(block)
    for t, x in enumerate(block):
        known = x == x
        level += np.where(known, gain * (x - level), 0)
        gain = np.where(known, _of(block, alpha), gain)
        means[t] = level
    return means


def croston(block: Block, *, alpha: float) -> Block:
    """Walk Croston's method: smoothed size of a demand over smoothed gap between demands, begun at the first demand.

    Shapes: block is (periods, series), the result likewise.
    Units: base units per period; alpha in (0, 1].
    Source: Croston (1972), Operational Research Quarterly 23(3), 289-303.
    """
    means = np.empty_like(block)
    asked, known, demanded = _read(block)
    size, gap, waited, gain = _zeros(block), _zeros(block), _ones(block), _ones(block)
    change, counts = _zeros(block), _zeros(block)
    for t in range(len(block)):
        counts[:] = demanded[t]
        np.subtract(asked[t], size, out=change)
        size += _scaled(change, gain, counts)
        np.subtract(waited, gap, out=change)
        gap += _scaled(change, gain, counts)
        np.copyto(gain, _of(block, alpha), where=demanded[t])
        waited += known[t]
        np.copyto(waited, _of(block, 1), where=demanded[t])
        np.maximum(gap, _of(block, 1), out=change)
        np.divide(size, change, out=means[t])
    return means


def tsb(block: Block, *, alpha: float, beta: float) -> Block:
    """Walk TSB: smoothed size of a demand times smoothed chance of one, so that a part that dies out falls to zero.

    Shapes: block is (periods, series), the result likewise.
    Units: base units per period; alpha (size) and beta (chance) in (0, 1].
    Source: Teunter, Syntetos and Babai (2011), European Journal of Operational Research 214(3), 606-615.
    """
    means = np.empty_like(block)
    asked, known, demanded = _read(block)
    size, size_gain, chance, chance_gain = _zeros(block), _ones(block), _zeros(block), _ones(block)
    change, counts = _zeros(block), _zeros(block)
    for t in range(len(block)):
        counts[:] = demanded[t]
        np.subtract(asked[t], size, out=change)
        size += _scaled(change, size_gain, counts)
        np.copyto(size_gain, _of(block, alpha), where=demanded[t])
        np.subtract(counts, chance, out=change)
        counts[:] = known[t]
        chance += _scaled(change, chance_gain, counts)
        np.copyto(chance_gain, _of(block, beta), where=known[t])
        np.multiply(size, chance, out=means[t])
    return means


def tsb_grid(block: Block, *, alphas: tuple[float, ...], betas: tuple[float, ...]) -> Block:
    """Walk TSB with, in every series and period, the pair of constants whose squared errors so far add up to least.

    Shapes: block is (periods, series), the result likewise.
    Units: base units per period; alphas and betas in (0, 1], the first pair wins a tie.
    Source: Teunter, Syntetos and Babai (2011); choice by in-sample error as in planning.md's yardstick.
    """
    means = np.empty_like(block)
    pairs = [(a, b) for a in range(len(alphas)) for b in range(len(betas))]
    sizes = [_zeros(block) for _ in alphas]
    chances = [_zeros(block) for _ in betas]
    errors = [_zeros(block) for _ in pairs]
    had = np.zeros(block.shape[1], bool)
    begun = np.zeros(block.shape[1], bool)
    for t, x in enumerate(block):
        known, demanded = x == x, x > 0
        judged = known & begun
        for (a, b), error in zip(pairs, errors, strict=True):
            miss = x - sizes[a] * chances[b]
            error += np.where(judged, miss * miss, 0)
        for alpha, size in zip(alphas, sizes, strict=True):
            gain = np.where(had, _of(block, alpha), _of(block, 1))
            size += np.where(demanded, gain * (x - size), 0)
        for beta, chance in zip(betas, chances, strict=True):
            gain = np.where(begun, _of(block, beta), _of(block, 1))
            chance += np.where(known, gain * (demanded - chance), 0)
        had |= demanded
        begun |= known
        least, best = errors[0].copy(), sizes[0] * chances[0]
        for (a, b), error in zip(pairs[1:], errors[1:], strict=True):
            better = error < least
            least = np.where(better, error, least)
            best = np.where(better, sizes[a] * chances[b], best)
        means[t] = best
    return means


def average(block: Block, *, window: int) -> Block:
    """Walk the moving average: the mean of the known periods among the last `window`.

    Shapes: block is (periods, series), the result likewise.
    Units: base units per period; window in periods, at least 1.
    """
    means = np.empty_like(block)
    total, count = _zeros(block), _zeros(block)
    nothing = np.full(block.shape[1], np.nan, block.dtype)
    for t, x in enumerate(block):
        gone = block[t - window] if t >= window else nothing
        total += np.where(x == x, x, 0) - np.where(gone == gone, gone, 0)
        count += (x == x).astype(block.dtype) - (gone == gone)
        np.maximum(total, 0, out=total)
        means[t] = total / np.where(count > 0, count, 1)
    return means


def _read(block: Block) -> tuple[Block, Flags, Flags]:
    """Give what was asked (0 where unknown), which periods are known and which had demand."""
    known = block == block
    asked = np.where(known, block, _of(block, 0))
    return asked, known, asked > 0


def _scaled(change: Block, gain: Block, counts: Block) -> Block:
    """Scale a change in place by its gain, to nothing where it does not count: cheaper than choosing."""
    change *= gain
    change *= counts
    return change


def _zeros(block: Block) -> Block:
    return np.zeros(block.shape[1], block.dtype)


def _ones(block: Block) -> Block:
    return np.ones(block.shape[1], block.dtype)


def _of(block: Block, value: float) -> Any:
    return block.dtype.type(value)
