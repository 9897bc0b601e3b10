"""Simulation: what a policy would have come to, or will, before anybody trusts it.

    scene = read_scene(session, start=..., until=..., on=...)           from the database, once
    figures = try_out(scene, scene.asked, Trial(days=180, ...))         arrays, no database

Words. A *scene* is what a simulation begins with. How its days pass is told in `days`.

Promises.
- Constants, forecasts, levels, needs and shares are worked out by the functions that the nightly run calls. For the
  same demand it proposes the same orders, day by day (tests/inventory/planning/simulation/test_season.py).
- Nothing is known on a night that was not known then: history ends with the month before.
- The same scene and seed give the same figures to the byte.

Decisions.
- Levels are worked out once a month and take what they take the run, constants included; other nights look at needs.
- What needs no person is moved between equals and back up, as in a real run. What a person would have to decide about
  needs goes at once (the share that would have waited is told); what he would have to decide about moves stays.
- Left out beside what `days` leaves out: classes worked out anew, minimum order values, parts given back.
- What nobody is known to sell is bought all the same, in the lead time that its place states.
- Policies, prices and sellers are today's, also where last year's demand is replayed: they are what is tried.
"""

from inventory.planning.simulation.measuring import Figures, Groups, Measured
from inventory.planning.simulation.planners import Nightly
from inventory.planning.simulation.reading import read_positions, read_scene
from inventory.planning.simulation.scene import Scene, aiming_at, reviewed_every
from inventory.planning.simulation.trying import Trial, draw_from, try_out

__all__ = [
    "Figures",
    "Groups",
    "Measured",
    "Nightly",
    "Scene",
    "Trial",
    "aiming_at",
    "draw_from",
    "read_positions",
    "read_scene",
    "reviewed_every",
    "try_out",
]
