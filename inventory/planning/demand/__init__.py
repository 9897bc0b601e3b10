"""Demand: what was asked for, by part, warehouse and day, and as the matrices that forecasts take.

Words. *Demand* is the need of work orders as it was asked for, not what was shipped. It has two ends: the warehouse
that *needed* the part and its first-choice *source*. A *mark* says what a month counts as instead (an outlier, a
one-off), why, and who says so. The *installed base* is how many appliances of a model are in use around a warehouse.

Promises.
- Replenishment is never demand: neither transfers nor what a station asks for its own shelf.
- What was cancelled as not needed is taken off, what was cancelled because it came too late is kept; parts that came
  and were not used are taken off.
- Folding twice, or again after it broke off, says the same. Imported history is never touched by it.
- Reading some of the parts gives the very series that reading all of them gives.

Decisions.
- One row holds both ends, so both views are sums over the same rows and cannot disagree. Needs are forecast; direct
  demand of a source follows from them and from who stocks the part below it (matrix).
- Too late means: cancelled after the first promise had passed. The clock decides it, not the words of a reason.
- A day is folded as a whole: a running sum per line would need a row per line for ever, or drift unseen.
- Marks and supersession change what is read, never what is kept: undone, everything is as it was.
- Where an old number has several successors on a day, the link that began last is followed.
"""

from inventory.planning.demand.errors import MarkUndone, MonthMarked, MonthNotOver
from inventory.planning.demand.folding import Fold, begin_fold, end_fold, fold_day
from inventory.planning.demand.importing import DEMAND, check_demand, import_demand
from inventory.planning.demand.importing_installed_base import (
    INSTALLED_BASE,
    check_installed_base,
    import_installed_base,
)
from inventory.planning.demand.marking import MarkWish, StandingMark, list_marks, mark_month, undo_mark
from inventory.planning.demand.matrix import (
    DemandMatrix,
    FittedUnits,
    History,
    View,
    lay_in_months,
    read_history,
    read_installed_base,
    read_matrix,
)
from inventory.planning.demand.models import (
    DemandBeginning,
    DemandDay,
    DemandFold,
    DemandMark,
    InstalledBase,
    MarkKind,
    Origin,
)
from inventory.planning.demand.queries import (
    DemandMonth,
    DemandPlace,
    last_months,
    list_demand_months,
    list_demand_places,
)
from inventory.planning.demand.reading import Asked
from inventory.planning.demand.rolling_over import Link, Successor, read_successors, successors

__all__ = [
    "DEMAND",
    "INSTALLED_BASE",
    "Asked",
    "DemandBeginning",
    "DemandDay",
    "DemandFold",
    "DemandMark",
    "DemandMatrix",
    "DemandMonth",
    "DemandPlace",
    "FittedUnits",
    "Fold",
    "History",
    "InstalledBase",
    "Link",
    "MarkKind",
    "MarkUndone",
    "MarkWish",
    "MonthMarked",
    "MonthNotOver",
    "Origin",
    "StandingMark",
    "Successor",
    "View",
    "begin_fold",
    "check_demand",
    "check_installed_base",
    "end_fold",
    "fold_day",
    "import_demand",
    "import_installed_base",
    "last_months",
    "lay_in_months",
    "list_demand_months",
    "list_demand_places",
    "list_marks",
    "mark_month",
    "read_history",
    "read_installed_base",
    "read_matrix",
    "read_successors",
    "successors",
    "undo_mark",
]
