"""Reading across contexts: the ledger with names, promises kept, the planners' figures, the proofs of `beijian verify`.

Nothing of others is ever written here. What would take too long to add up when somebody looks is folded at the end of
a nightly run into rows of reporting's own (`fold_figures`), and told with the day it is of.
"""

from inventory.reporting.movements import (
    LotLife,
    PastPosition,
    life_of_lot,
    list_on_hand_after,
    list_positions_as_of,
    movements,
)
from inventory.reporting.planning_figures import (
    FigureFilter,
    Figures,
    FiguresOf,
    FoldedFigures,
    read_figures,
)
from inventory.reporting.planning_figures_back_cast import (
    PARTS_MOST,
    keep_back_cast,
    months_to_back_cast,
    parts_to_back_cast,
)
from inventory.reporting.planning_figures_fills import (
    FillFilter,
    FillKey,
    FillList,
    FillSums,
    ListedFill,
    list_fills,
    sum_fills,
)
from inventory.reporting.planning_figures_folding import (
    begin_fold,
    end_fold,
    fold_figures,
    fold_parts,
    pieces_to_fold,
)
from inventory.reporting.planning_figures_lists import ListedPlace, PlaceKey, PlaceList, list_places
from inventory.reporting.planning_figures_live import (
    EXPIRING_DAYS,
    RELEASE_DAYS,
    BackOrdered,
    OverridesInForce,
    Released,
    ReleasedByKind,
    count_back_orders,
    count_overrides_in_force,
    count_released,
)
from inventory.reporting.planning_figures_models import Standing
from inventory.reporting.planning_figures_months import (
    ForecastOfMonth,
    ForecastOfPart,
    StockOfMonth,
    list_forecast_months,
    list_forecast_parts,
    list_stock_months,
    sees_forecasts,
)
from inventory.reporting.planning_figures_reading import Ground
from inventory.reporting.planning_figures_rules import RuleFigures, read_rule_figures
from inventory.reporting.planning_figures_served import FILL_DAYS, Served, count_served
from inventory.reporting.planning_figures_standing import Sums
from inventory.reporting.promises import KeptPromises, list_kept_promises
from inventory.reporting.stock_value import WarehouseStock, list_stock_value

__all__ = [
    "EXPIRING_DAYS",
    "FILL_DAYS",
    "PARTS_MOST",
    "RELEASE_DAYS",
    "BackOrdered",
    "FigureFilter",
    "Figures",
    "FiguresOf",
    "FillFilter",
    "FillKey",
    "FillList",
    "FillSums",
    "FoldedFigures",
    "ForecastOfMonth",
    "ForecastOfPart",
    "Ground",
    "KeptPromises",
    "ListedFill",
    "ListedPlace",
    "LotLife",
    "OverridesInForce",
    "PastPosition",
    "PlaceKey",
    "PlaceList",
    "Released",
    "ReleasedByKind",
    "RuleFigures",
    "Served",
    "Standing",
    "StockOfMonth",
    "Sums",
    "WarehouseStock",
    "begin_fold",
    "count_back_orders",
    "count_overrides_in_force",
    "count_released",
    "count_served",
    "end_fold",
    "fold_figures",
    "fold_parts",
    "keep_back_cast",
    "life_of_lot",
    "list_fills",
    "list_forecast_months",
    "list_forecast_parts",
    "list_kept_promises",
    "list_on_hand_after",
    "list_places",
    "list_positions_as_of",
    "list_stock_months",
    "list_stock_value",
    "months_to_back_cast",
    "movements",
    "parts_to_back_cast",
    "pieces_to_fold",
    "read_figures",
    "read_rule_figures",
    "sees_forecasts",
    "sum_fills",
]
