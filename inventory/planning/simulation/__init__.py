"""Simulation: what a policy would have come to, or will, before anybody trusts it.

    scene = read_scene(session, start=..., until=..., on=...)           from the database, once
    planner = Nightly(scene)                                            or Fixed(levels, ...): arrays, no database
    for day in simulate(planner, scene.asked, days=180, routing=upwards): measured.add(day)

Words. A *scene* is what a simulation begins with. A *planner* says what places should hold. *Routes* say from where
each place is served. A *day* begins with the night's run, then comes what is due, then what is asked for.

Promises.
- Constants, forecasts, levels, needs and shares are worked out by the functions that the nightly run calls. For the
  same demand it proposes the same orders, day by day (tests/inventory/planning/simulation/test_parity.py).
- Nothing is known on a night that was not known then: history ends with the month before.
- The same scene and seed give the same figures to the byte.

Decisions.
- Whole arrays of part-places, a loop over days only. Measured on one core: a day of 26,000 part-places takes 11 ms, of
  260,000 84 ms; working out levels, once a month, takes what it takes the run.
- A request is served from the own shelf, else from the place above, and so on up. What needs no person is moved between
  equals and back up, as in a real run. What a person would have to decide about needs goes at once (the share that
  would have waited is told); what he would have to decide about moves stays.
- Left out: shelves of neighbours and of other branches, delivery hours, urgent orders between two nights, classes
  worked out anew, minimum order values, what comes short or later than the spread of lead times, parts given back.
- What nobody is known to sell is bought all the same, in the lead time that its place states.
- Policies, prices and sellers are today's, also where last year's demand is replayed: they are what is tried.
"""

from inventory.planning.simulation.asking import Asks, Demand, Drawn, Replayed, replayed
from inventory.planning.simulation.measuring import Figures, Groups, Measured
from inventory.planning.simulation.planners import Fixed, Nightly
from inventory.planning.simulation.reading import read_positions, read_scene
from inventory.planning.simulation.scene import Scene, aiming_at, reviewed_every
from inventory.planning.simulation.serving import Lines, Routes, Served, from_own_shelf, serve, upwards
from inventory.planning.simulation.shelves import Shelves, as_they_stand, holding
from inventory.planning.simulation.simulating import Day, Orders, Planner, lead_days, simulate
from inventory.planning.simulation.trying import Trial, draw_from, try_out

__all__ = [
    "Asks",
    "Day",
    "Demand",
    "Drawn",
    "Figures",
    "Fixed",
    "Groups",
    "Lines",
    "Measured",
    "Nightly",
    "Orders",
    "Planner",
    "Replayed",
    "Routes",
    "Scene",
    "Served",
    "Shelves",
    "Trial",
    "aiming_at",
    "as_they_stand",
    "draw_from",
    "from_own_shelf",
    "holding",
    "lead_days",
    "read_positions",
    "read_scene",
    "replayed",
    "reviewed_every",
    "serve",
    "simulate",
    "try_out",
    "upwards",
]
