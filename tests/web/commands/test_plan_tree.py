"""`beijian plan tree`: judging given stocks, choosing the rest, and refusing what is no tree."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from web.cli import cli

HEADER = "node,parent,demand_per_day,transit_days,price,stock\n"
DEPOT = HEADER + "depot,,,5,1,5\n" + "".join(f"b{number},depot,0.2,1,1,1\n" for number in range(1, 6))
EMPTY = DEPOT.replace(",1,5\n", ",1,\n").replace(",1,1\n", ",1,\n")


@pytest.fixture
def plan(tmp_path: Path) -> Any:
    def run(content: str | bytes, *options: str) -> Result:
        file = tmp_path / "tree.csv"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return CliRunner().invoke(cli, ["plan", "tree", str(file), *options])

    return run


def lines_of(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_given_stocks_are_judged_node_by_node_and_together(plan: Any) -> None:
    *nodes, totals = lines_of(plan(DEPOT))
    assert [node["node"] for node in nodes] == ["depot", "b1", "b2", "b3", "b4", "b5"]
    assert set(nodes[0]) == {"node", "stock", "ebo_exact", "ebo_vari", "ebo_metric", "fill"}
    assert totals["ebo_exact"] == pytest.approx(0.386377, abs=1e-6)
    assert totals["ebo_vari"] == pytest.approx(0.386078, abs=1e-6)
    assert totals["ebo_metric"] == pytest.approx(0.312178, abs=1e-6)
    assert totals["fill"] == pytest.approx(nodes[1]["fill"])
    assert (totals["stock"], totals["value"]) == (10, 10.0)


def test_stocks_left_blank_are_chosen_for_the_fill(plan: Any) -> None:
    *nodes, totals = lines_of(plan(EMPTY, "--fill", "0.95"))
    assert [node["stock"] for node in nodes] == [6, 2, 2, 2, 2, 2]
    assert totals["fill"] >= 0.95
    assert totals["value"] == 16.0


def test_a_file_without_stock_and_price_columns_is_chosen_for_in_units(plan: Any) -> None:
    content = "node,parent,demand_per_day,transit_days\ndepot,,,5\n" + "b,depot,0.2,1\n"
    *_, totals = lines_of(plan(content))
    assert totals["value"] == totals["stock"]
    assert totals["fill"] >= 0.95


def test_some_stocks_given_stay_as_they_are(plan: Any) -> None:
    *nodes, totals = lines_of(plan(EMPTY.replace("depot,,,5,1,", "depot,,,5,1,3")))
    assert nodes[0]["stock"] == 3
    assert totals["fill"] >= 0.95


def test_children_may_stand_before_parents_and_trees_side_by_side(plan: Any) -> None:
    content = HEADER + "b,depot,0.2,1,2,1\nother,,0.3,4,7,2\ndepot,,0.1,5,2,3\n"
    *nodes, totals = lines_of(plan(content))
    assert [node["node"] for node in nodes] == ["b", "other", "depot"]
    assert totals["value"] == 2 * 1 + 7 * 2 + 2 * 3


def test_what_passes_through_is_read_as_such_where_every_node_above_states_the_sum(plan: Any) -> None:
    through = plan(DEPOT.replace("depot,,,5", "depot,,1.0,5"))
    assert "passes through" in through.stderr
    assert lines_of(through) == lines_of(plan(DEPOT))


def test_a_blank_price_is_the_parents(plan: Any) -> None:
    content = HEADER + "depot,,,5,9.5,1\nb,depot,0.2,1,,1\n"
    assert lines_of(plan(content))[-1]["value"] == 19.0


def test_names_of_columns_in_capitals_with_a_mark_in_front_and_chinese_nodes(plan: Any) -> None:
    content = "Node;Parent;Demand per day;Transit days;Price;Stock;note\n总库;;;5;1;2;x\n网点;总库;0.2;1;1;1;\n"
    for encoded in (content.encode("utf-8-sig"), content.encode("gb18030"), content.replace("\n", "\r\n").encode()):
        assert [line["node"] for line in lines_of(plan(encoded))][:2] == ["总库", "网点"]


def test_nothing_asked_is_served_with_nothing(plan: Any) -> None:
    assert (
        lines_of(plan(HEADER + "a,,0,5,1,\n"))[-1] | {"fill": 1.0, "value": 0.0}
        == lines_of(plan(HEADER + "a,,0,5,1,\n"))[-1]
    )


@pytest.mark.parametrize(
    ("content", "because"),
    [
        ("", "empty"),
        (HEADER, "no node"),
        ("node,parent,transit_days\na,,1\n", "demand_per_day is missing"),
        (HEADER + "a,b,1,1,1,1\nb,a,1,1,1,1\n", "above itself"),
        (HEADER + "a,a,1,1,1,1\n", "a is above itself"),
        (HEADER + "a,,1,1,1,1\nc,a,1,1,1,1\nx,y,1,1,1,1\n", "line 4: parent y"),
        (HEADER + "a,,1,1,1,1\na,,1,1,1,1\n", "line 3: node a is there twice"),
        (HEADER + "a,,-1,1,1,1\n", "line 2: demand_per_day is -1"),
        (HEADER + "a,,1,nan,1,1\n", "line 2: transit_days is nan"),
        (HEADER + "a,,1,1,many,1\n", "line 2: price is many"),
        (HEADER + "a,,1,1,1,1.5\n", "line 2: stock is 1.5"),
        (HEADER + ",,1,1,1,1\n", "line 2: the node has no name"),
        (HEADER + "a,,1,1,1,1,7\n", "line 2 has more cells"),
        (HEADER + "a,,1e9,1e3,1,\n", "on their way"),
        (b"\x00\x01\xff\xfe", "not text"),
    ],
)
def test_what_is_no_tree_is_refused_in_one_sentence(plan: Any, content: str | bytes, because: str) -> None:
    result = plan(content)
    assert result.exit_code == 1
    assert because in result.stderr
    assert "Traceback" not in result.output


def test_a_fill_that_the_given_stocks_keep_out_of_reach_is_refused(plan: Any) -> None:
    result = plan(HEADER + "depot,,,5,1,\na,depot,0.5,1,1,0\nb,depot,0.5,1,1,\n")
    assert result.exit_code == 1
    assert "do not allow" in result.stderr


@pytest.mark.parametrize("fill", ["0", "1", "95", "much"])
def test_a_fill_that_is_no_share_is_refused(plan: Any, fill: str) -> None:
    assert plan(EMPTY, "--fill", fill).exit_code == 2


def test_more_stock_than_anybody_could_ask_for_is_judged_at_once(plan: Any) -> None:
    content = HEADER + "depot,,,5,10,{}\nb,depot,1,1,12,2\n"
    ample, endless = (lines_of(plan(content.format(stock))) for stock in (200, 999_999_999))
    for column in ("ebo_exact", "ebo_vari", "ebo_metric", "fill"):
        assert [node[column] for node in endless] == pytest.approx([node[column] for node in ample], abs=1e-12)


def test_a_chain_of_a_thousand_places_is_stocked_at_its_end(plan: Any) -> None:
    chain = "".join(f"n{n},{f'n{n - 1}' if n else ''},{0.5 if n == 999 else 0},1,10,\n" for n in range(1_000))
    *nodes, totals = lines_of(plan(HEADER + chain))
    assert totals["fill"] >= 0.95
    assert nodes[-1]["stock"] == totals["stock"] < 550
