"""The sheet of the reorder report writes formulas as they are: none of them needs what the library would rewrite."""

from io import BytesIO

import pytest
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from web.reorder_workbook import PlainFormulas, formula_of_column

CELLS = dict.fromkeys(
    (
        *("on_hand", "in_transit", "on_order", "reserved", "back_ordered", "owed", "position", "reorder_point"),
        *("order_up_to", "pack_size", "minimum", "maximum", "edited", "proposed", "to_order", "price"),
    ),
    "A2",
)


@pytest.mark.parametrize("column", ["position", "needed", "to_order", "money"])
def test_a_formula_stands_in_the_file_as_the_library_would_write_it(column: str) -> None:
    formula = formula_of_column(column, CELLS)
    assert formula is not None
    with xlsxwriter.Workbook(BytesIO(), {"in_memory": True, "use_future_functions": True}) as book:
        usual, plain = book.add_worksheet(), book.add_worksheet("plain", PlainFormulas)
        assert isinstance(usual, Worksheet)
        for sheet in (usual, plain):
            sheet.write_formula(0, 0, formula, None, 1)
        assert usual.table[0][0].formula == plain.table[0][0].formula
