"""Stocking: how much stock a demand needs. Arrays in, arrays out: no database, no other context.

One place by itself
    lead_time_demand  mean and variance of what is asked for while an order is on its way
    loss              what a stock leaves undone: back-orders, stock left, fill rate, ready rate
    base_stock        the smallest stock that keeps a target

A demand is a mean and a variance: Poisson while the variance does not exceed the mean, negative binomial above; too
large to be counted, it is normal, or counted in lumps where a normal would reach below zero (`counting`). Rows never
look at each other, so that the answer is the same in one piece and in many.
"""

from inventory.planning.stocking.base_stock import (
    for_cycle_fill_rate,
    for_fill_rate,
    for_no_stockout,
    for_ready_rate,
    for_shortage_cost,
    for_wait,
)
from inventory.planning.stocking.loss import (
    cycle_fill_rate,
    expected_back_orders,
    expected_on_hand,
    fill_rate,
    no_stockout,
    ready_rate,
)

__all__ = [
    "cycle_fill_rate",
    "expected_back_orders",
    "expected_on_hand",
    "fill_rate",
    "for_cycle_fill_rate",
    "for_fill_rate",
    "for_no_stockout",
    "for_ready_rate",
    "for_shortage_cost",
    "for_wait",
    "no_stockout",
    "ready_rate",
]
