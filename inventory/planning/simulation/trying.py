"""A trial from end to end: the days of a scene, and what those that count came to. Pure."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from inventory.planning import demand
from inventory.planning.days.asking import Demand, Drawn, YearRound
from inventory.planning.days.passing import simulate
from inventory.planning.days.serving import Routes
from inventory.planning.days.shelves import as_they_stand
from inventory.planning.policies import MEASURES, PlacePolicies, ServiceMeasure
from inventory.planning.replenishment.arrays import Flags, Reals, Rows
from inventory.planning.replenishment.constants import Constants
from inventory.planning.replenishment.failing import lay_beside, learn_failing
from inventory.planning.replenishment.levels import Before
from inventory.planning.replenishment.outlook import choose_methods
from inventory.planning.replenishment.planning import HISTORY_MONTHS, ask
from inventory.planning.replenishment.positions import Positions
from inventory.planning.replenishment.seasons import learn_seasons, seasons_of
from inventory.planning.simulation.measuring import Figures, Measured
from inventory.planning.simulation.planners import Nightly
from inventory.planning.simulation.scene import Scene


@dataclass(frozen=True, slots=True)
class Trial:
    """How a scene is tried.

    Units: `days` simulated, of which the first `warm_up` do not count; `replanned` nights from levels to levels, None
    for once a month.
    """

    days: int
    warm_up: int
    replanned: int | None
    seed: int
    routing: Callable[[Rows, Flags], Routes]


def draw_from(scene: Scene, *, seed: int) -> Drawn:
    """Demand drawn from what is forecast for the first day, whatever the policies are."""
    matrix = demand.lay_in_months(
        scene.history, on=scene.start, months=HISTORY_MONTHS, part_ids=scene.part_ids.tolist()
    )
    nothing = Before.nothing(len(scene.layout))
    learned = learn_seasons(matrix, scene.book, np.ones(len(matrix.part_ids)))
    seasons = seasons_of(matrix, scene.part_ids, scene.book, learned)
    choice = choose_methods(seasons.taken_off(matrix))
    failing = learn_failing(matrix, scene.fitted, scene.book, choice, np.ones(len(scene.fitted)))
    usual_price = scene.sellers.usual_price(np.ones(len(scene.part_ids)))
    unpriced = Constants({}, choice, usual_price, failing, learned)
    fitted = lay_beside(matrix, scene.fitted, scene.book)
    asked = ask(scene.layout, matrix, nothing, scene.book, unpriced, fitted, on=scene.start).asked
    year_round = None if seasons.none else YearRound(scene.start, seasons.of(scene.layout.part_ids))
    return Drawn(asked.daily_mean, asked.daily_variance, seed, year_round)


def try_out(
    scene: Scene,
    asked: Demand,
    trial: Trial,
    *,
    positions: Positions | None = None,
    passed: Callable[[int], None] = lambda _day: None,
) -> list[Figures]:
    """Let the days of a trial pass and tell what they came to. `passed` is told of each day as it is over.

    Without positions it begins with every place full up to its level.

    Shapes: positions (n,), like the scene's layout.
    """
    planner = Nightly(scene, every=trial.replanned)
    shelves = None if positions is None else as_they_stand(positions, planner.wanted.lead_time_days)
    measured = Measured(scene.groups(), planner.offers, _fill_asked(planner.wanted))
    days = simulate(planner, asked, days=trial.days, seed=trial.seed, shelves=shelves, routing=trial.routing)
    for day in days:
        if day.day >= trial.warm_up:
            measured.add(day)
        passed(day.day)
    return list(measured.figures())


def _fill_asked(wanted: PlacePolicies) -> Reals:
    """The fill rate asked of each place, NaN where something else is asked. Shapes: (n,)."""
    by_fill = wanted.measure == MEASURES.index(ServiceMeasure.FILL_RATE)
    return np.where(by_fill, wanted.target, np.nan)
