"""`beijian plan evaluate` on files as people have them."""

import csv
import io
import json

import numpy as np
import pytest
from click.testing import CliRunner

from web.cli import cli
from web.connectors.monthly_demand import read_monthly_demand

KEYS = [
    "method", "rmsse", "bias", "mase", "sql90", "sql95", "sql99", "fill", "stock_months", "stock_value", "series",
    "seconds",
]  # fmt: skip
WORDS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
MONTHS = [f"{2023 + place // 12}-{place % 12 + 1:02d}" for place in range(30)]


def evaluate(path, *options):
    return CliRunner().invoke(cli, ["plan", "evaluate", str(path), *options])


def table(heads, rows):
    text = io.StringIO()
    csv.writer(text).writerows([heads, *rows])
    return text.getvalue()


def demand(parts=12):
    return np.random.default_rng(4).poisson(1.2, (parts, len(MONTHS))).tolist()


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "demand.csv"
    path.write_text(table(["part", "price", *MONTHS], [[f"P{n}", n + 1, *row] for n, row in enumerate(demand())]))
    return path


def test_each_method_is_a_json_line_and_the_product_the_last(file):
    answer = evaluate(file)
    assert (answer.exit_code, answer.stderr) == (0, "")
    lines = [json.loads(line) for line in answer.stdout.splitlines()]
    assert [list(line) for line in lines] == [KEYS] * len(lines)
    methods = [line["method"] for line in lines]
    assert methods[-1] == "product"
    assert {"naive", "croston", "sba", "ses", "tsb", "bootstrap"} <= set(methods)
    assert {line["series"] for line in lines} == {12}


def test_the_price_column_makes_the_stock_value_money(file):
    def values(*options):
        lines = [json.loads(line) for line in evaluate(file, *options).stdout.splitlines()]
        return {line["method"]: (line["stock_months"], line["stock_value"]) for line in lines}

    units, money = values(), values("--price-column", "Price")
    assert money["ses"][0] == units["ses"][0]
    assert money["ses"][1] > 2 * units["ses"][1]


@pytest.mark.parametrize(
    ("heads", "encoding"),
    [
        ([f"{month[:4]}年{int(month[5:])}月" for month in MONTHS], "gb18030"),
        ([month.replace("-", "/") for month in MONTHS], "utf-8-sig"),
        ([f"X{month.replace('-', '.')}" for month in MONTHS], "utf-8"),
        ([month.replace("-", "") for month in MONTHS], "utf-8"),
        ([f"{month}-01" for month in MONTHS], "utf-8"),
        ([f"{WORDS[int(month[5:]) - 1]}-{month[2:4]}" for month in MONTHS], "utf-8"),
        ([f"m{place + 1:02d}" for place in range(30)], "utf-8"),
        ([str(place + 1) for place in range(30)], "utf-8"),
    ],
)  # fmt: skip
def test_months_are_known_by_many_heads(tmp_path, heads, encoding):
    path = tmp_path / "demand.csv"
    rows = demand()
    path.write_text(table(["备件", "名称", *heads], [[f"P{n}", "滤网", *row] for n, row in enumerate(rows)]), encoding)
    read = read_monthly_demand(path)
    assert read.months == heads
    assert read.demand.tolist() == rows


def test_months_are_put_in_order_of_time(tmp_path):
    path = tmp_path / "demand.csv"
    path.write_text("part,2024-02,note,2023-12,2024-01\nA,3,x,1,2\n")
    read = read_monthly_demand(path)
    assert read.months == ["2023-12", "2024-01", "2024-02"]
    assert read.demand.tolist() == [[1, 2, 3]]


def test_a_month_without_a_column_is_unknown_and_not_left_out(tmp_path):
    path = tmp_path / "demand.csv"
    path.write_text("part,2023-11,2023-12,2024-03\nA,1,2,3\n")
    read = read_monthly_demand(path)
    assert read.months == ["2023-11", "2023-12", "", "", "2024-03"]
    assert np.isnan(read.demand[0]).tolist() == [False, False, True, True, False]


def test_quarters_are_taken_one_after_the_other(tmp_path):
    path = tmp_path / "demand.csv"
    path.write_text("part,2023-03,2023-06,2023-12\nA,1,2,3\n")
    assert read_monthly_demand(path).demand.tolist() == [[1, 2, 3]]


def test_what_is_odd_about_a_file_is_told_in_one_line(tmp_path):
    path = tmp_path / "demand.csv"
    rows = [[f"P{n}", *row] for n, row in enumerate(demand())]
    rows += [["P0", *rows[0][1:]], ["", *rows[1][1:]], ["new", *[0] * 20, *[1] * 10], ["even", *[3] * 30]]
    rows += [["lost", *[1, 2] * 9, *[""] * 12]]
    heads = [
        *MONTHS[:5],
        *[f"2027-{month:02d}" for month in range(1, 13)],
        *[f"2028-{month:02d}" for month in range(1, 13)],
        "2029-02",
    ]
    path.write_text(table(["part", *heads], rows))
    answer = evaluate(path)
    assert answer.exit_code == 0
    (told,) = answer.stderr.splitlines()
    for said in (
        "1 series not asked",
        "1 series unknown",
        "1 series that never",
        "name: 1 rows",
        "before: 1 rows",
        "column: ",
    ):
        assert said in told


def test_an_empty_field_and_a_short_row_are_unknown_months(tmp_path):
    path = tmp_path / "demand.csv"
    path.write_text("part;2024-01;2024-02;2024-03\nA;;1,500;NA\nB;2\n")
    read = read_monthly_demand(path)
    assert np.isnan(read.demand).tolist() == [[True, False, True], [False, True, True]]
    assert read.demand[0, 1] == 1500


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "empty"),
        ("hello\nworld\n", "No column is headed as a month"),
        ("part,2024-01\n", "no row of demand"),
        ("part,2024-01,2024/1\nA,1,2\n", "same month"),
        ("part,2024-01\nA,-1\n", "Line 2, column 2024-01"),
        ("part,2024-01\nA,inf\n", "Line 2, column 2024-01"),
        ("part,2024-01\nA,many\n", "“many” is not a quantity"),
        ("part,2024-01,2024-02\nA,1,2\n", "There are 2 months; to test 12 of them at least 18"),
    ],
)
def test_a_file_that_cannot_be_judged_is_refused_in_one_sentence(tmp_path, text, told):
    path = tmp_path / "demand.csv"
    path.write_text(text)
    answer = evaluate(path)
    assert answer.exit_code == 1
    assert told in answer.stderr
    assert "Traceback" not in answer.output


def test_a_column_of_prices_that_is_not_there_is_told_with_those_that_are(file):
    answer = evaluate(file, "--price-column", "cost")
    assert answer.exit_code == 1
    assert "part, price, 2023-01" in answer.stderr


def test_a_file_that_is_no_text_is_refused(tmp_path):
    path = tmp_path / "demand.csv"
    path.write_bytes(bytes(range(256)) * 8)
    assert evaluate(path).exit_code == 1
