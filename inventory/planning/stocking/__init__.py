"""Stocking: how much stock a demand needs. Arrays in, arrays out: no database, no other context.

One place by itself
    lead_time_demand  mean and variance of what is asked for while an order is on its way
    loss              what a stock leaves undone: back-orders, stock left, fill rate, ready rate
    base_stock        the smallest stock that keeps a target
    lot_sizing        how many at a time: economic lots, newsvendor, Wagner-Whitin
    reorder_points    when to order a lot: (r, Q) as an even mix of base stocks
    lot_points        when to order a lot in place of a base stock, with nobody below served worse
    ordering          how many to order: the one formula of proposals, workbook and simulation
    drawing           demand drawn by chance
Many places together
    forest            the places of all parts as columns; metric: METRIC and VARI-METRIC; exact: the oracle
    system            every part at every place at one price of service; service_price: the price that a target needs
    choosing          a given tree's stocks for a target, judged exactly; starts, deep_trees: where it sets out from;
                      steps: what is tried; judging: what it comes to; knapsack: the last tier to the unit
    guaranteed_service  safety stock where every stage keeps a promised time
    fair_share        what a source has, shared among those that draw from it
    rebalancing       what one has too much of, to its equals who miss it

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
from inventory.planning.stocking.drawing import draw_demand
from inventory.planning.stocking.fair_share import fair_share
from inventory.planning.stocking.forest import Forest
from inventory.planning.stocking.lead_time_demand import LeadTimeDemand, over
from inventory.planning.stocking.loss import (
    cycle_fill_rate,
    expected_back_orders,
    expected_on_hand,
    fill_rate,
    no_stockout,
    ready_rate,
)
from inventory.planning.stocking.lot_sizing import (
    economic_lot,
    economic_lot_with_back_orders,
    newsvendor_normal,
    wagner_whitin,
    whole_lot,
)
from inventory.planning.stocking.metric import BackOrders, vari_metric
from inventory.planning.stocking.ordering import NO_MAXIMUM, blocked_by_maximum, order_formula, order_quantity
from inventory.planning.stocking.rebalancing import Transfers, rebalance
from inventory.planning.stocking.reorder_points import (
    Costs,
    back_orders_in_lots,
    best_reorder_rule,
    normal_reorder_rule,
    reorder_point,
    safety_stock_rule,
)
from inventory.planning.stocking.service_price import Service, missed_by_class, prices
from inventory.planning.stocking.system import Bounds, Measure, optimise, unbounded

__all__ = [
    "NO_MAXIMUM",
    "BackOrders",
    "Bounds",
    "Costs",
    "Forest",
    "LeadTimeDemand",
    "Measure",
    "Service",
    "Transfers",
    "back_orders_in_lots",
    "best_reorder_rule",
    "blocked_by_maximum",
    "cycle_fill_rate",
    "draw_demand",
    "economic_lot",
    "economic_lot_with_back_orders",
    "expected_back_orders",
    "expected_on_hand",
    "fair_share",
    "fill_rate",
    "for_cycle_fill_rate",
    "for_fill_rate",
    "for_no_stockout",
    "for_ready_rate",
    "for_shortage_cost",
    "for_wait",
    "missed_by_class",
    "newsvendor_normal",
    "no_stockout",
    "normal_reorder_rule",
    "optimise",
    "order_formula",
    "order_quantity",
    "over",
    "prices",
    "ready_rate",
    "rebalance",
    "reorder_point",
    "safety_stock_rule",
    "unbounded",
    "vari_metric",
    "wagner_whitin",
    "whole_lot",
]
