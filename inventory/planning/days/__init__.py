"""Days that pass over part-places: a night's look, what comes, who is served and who waits. Arrays, no database.

    planner = Fixed({0: levels}, ...)               or whatever says what places should hold, as simulation.Nightly does
    for day in simulate(planner, demand, days=180, routing=upwards): ...

Words. A *planner* says what places should hold. *Routes* say from where each place is served. A *day* begins with the
night's run, then comes what is due, then what is asked for.

Promises.
- Needs and shares are worked out by the functions that the nightly run calls.
- The same seed gives the same days to the byte.

Decisions.
- Whole arrays of part-places, a loop over days only. Measured on one core: a day of 26,000 part-places takes 11 ms, of
  260,000 84 ms.
- A request is served from the own shelf, else from the place above, and so on up; or, as levels are worked out, from
  the place alone that is meant to serve it.
- Left out: shelves of neighbours and of other branches, delivery hours, urgent orders between two nights, what comes
  short or later than the spread of lead times.
"""

from inventory.planning.days.asking import Asks, Demand, Drawn, Replayed, replayed
from inventory.planning.days.fixed import Fixed
from inventory.planning.days.passing import Day, Orders, Planner, lead_days, simulate
from inventory.planning.days.serving import Lines, Routes, Served, from_own_shelf, serve, upwards
from inventory.planning.days.shelves import Shelves, as_they_stand, holding

__all__ = [
    "Asks",
    "Day",
    "Demand",
    "Drawn",
    "Fixed",
    "Lines",
    "Orders",
    "Planner",
    "Replayed",
    "Routes",
    "Served",
    "Shelves",
    "as_they_stand",
    "from_own_shelf",
    "holding",
    "lead_days",
    "replayed",
    "serve",
    "simulate",
    "upwards",
]
