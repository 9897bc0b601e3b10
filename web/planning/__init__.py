"""Replenishment runs from outside the domain: one at a time, a transaction a piece, in one process or several.

    do_open_runs(sessions)                  what the clock does every few seconds: runs that were asked for
    plan_tonight(sessions, on=...)          the nightly run
    plan_now(sessions, on=...)              a run from the command line, in this process
    refill_urgent(sessions, zone=...)       what the clock does every other second: urgent places below their level

A run has one process that goes through its steps, and any number that do its pieces; whoever dies on the way leaves a
run that is not finished, and the next look begins it anew. Each step, and each piece, is told in the log.
"""

from web.planning.night import Plan, do_run, release_all
from web.planning.refilling import refill_urgent
from web.planning.turns import (
    NICENESS,
    Do,
    PlannerEnded,
    PlannerRests,
    Resting,
    do_aside,
    do_open_runs,
    plan_now,
    plan_tonight,
    sole_planner,
)

__all__ = [
    "NICENESS",
    "Do",
    "Plan",
    "PlannerEnded",
    "PlannerRests",
    "Resting",
    "do_aside",
    "do_open_runs",
    "do_run",
    "plan_now",
    "plan_tonight",
    "refill_urgent",
    "release_all",
    "sole_planner",
]
