"""Trees of stocking places from CSV: node, parent, demand_per_day, transit_days, price, stock."""

import csv
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from inventory.planning.stocking.forest import Floats, Forest, Rows, Wholes

NEEDED = ("node", "parent", "demand_per_day", "transit_days")
OPTIONAL = ("price", "stock")
STOCK_GIVEN_MAX = 999_999_999


class TreeFileRefused(ValueError):
    """The file is not a tree of stocking places; the text says where and why."""


@dataclass(frozen=True)
class Tree:
    """What a file describes. rows is where each node of the file, in its order, stands in the forest."""

    nodes: Sequence[str]
    rows: Rows
    forest: Forest
    stock: Wholes
    """In the forest's order, -1 where the file leaves it blank."""
    through: bool
    """Whether the demand of nodes above others was stated as what passes through them."""


def read_tree(content: bytes) -> Tree:
    """Read a file into a forest, parents before children.

    Raises: TreeFileRefused when columns are missing, a number is none or negative, a node is there twice, a parent is
    not there, or a node is above itself.
    """
    lines = list(_lines(content))
    if not lines:
        raise TreeFileRefused("there is no node in it")
    nodes = [line["node"] for _, line in lines]
    place = _places(lines, nodes)
    parent = [_parent(number, line, place) for number, line in lines]
    order, tree = _parents_first(parent, nodes)
    rows = np.empty(len(order), dtype=np.int64)
    rows[order] = np.arange(len(order))
    above = np.array(parent)[order]
    rate = np.array([_number(number, line, "demand_per_day", 0.0) for number, line in lines])[order]
    transit = np.array([_number(number, line, "transit_days", 0.0) for number, line in lines])[order]
    upward = np.where(above >= 0, rows[above], -1).astype(np.int32)
    price = _prices([_number(number, line, "price", math.nan) for number, line in lines], order, upward)
    stock = np.array([_stock(number, line) for number, line in lines])[order]
    forest = Forest(upward, tree, rate, np.ones(len(rate)), transit, price)
    through = _states_what_passes(forest)
    if through:
        own = np.where(forest.is_leaf, rate, 0.0)
        forest = Forest(upward, tree, own, np.ones(len(rate)), transit, price)
    return Tree(nodes, rows, forest, stock, through)


def _lines(content: bytes) -> list[tuple[int, Mapping[str, str]]]:
    text = _text(content)
    header = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=header.count))
    try:
        filled = [(reader.line_num, line) for line in reader if any(cell.strip() for cell in line)]
    except csv.Error as problem:
        raise TreeFileRefused(f"it is not CSV: {problem}") from problem
    if not filled:
        raise TreeFileRefused("it is empty")
    names = ["_".join(name.strip().lower().split()) for name in filled[0][1]]
    if missing := [name for name in NEEDED if name not in names]:
        raise TreeFileRefused(f"the column {missing[0]} is missing; it needs {', '.join(NEEDED + OPTIONAL)}")
    if twice := [name for name in NEEDED + OPTIONAL if names.count(name) > 1]:
        raise TreeFileRefused(f"the column {twice[0]} is there twice")
    for number, line in filled[1:]:
        if len(line) > len(names) and any(cell.strip() for cell in line[len(names) :]):
            raise TreeFileRefused(f"line {number} has more cells than the header has names")
    return [
        (number, {name: cell.strip() for name, cell in zip(names, line, strict=False)}) for number, line in filled[1:]
    ]


def _text(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise TreeFileRefused("it is not text in UTF-8 or GB18030")


def _places(lines: Sequence[tuple[int, Mapping[str, str]]], nodes: Sequence[str]) -> Mapping[str, int]:
    place: dict[str, int] = {}
    for index, ((number, _), node) in enumerate(zip(lines, nodes, strict=True)):
        if not node:
            raise TreeFileRefused(f"line {number}: the node has no name")
        if node in place:
            raise TreeFileRefused(f"line {number}: node {node} is there twice")
        place[node] = index
    return place


def _parent(number: int, line: Mapping[str, str], place: Mapping[str, int]) -> int:
    parent = line.get("parent", "")
    if not parent:
        return -1
    if parent not in place:
        raise TreeFileRefused(f"line {number}: parent {parent} is no node of the file")
    return place[parent]


def _parents_first(parent: Sequence[int], nodes: Sequence[str]) -> tuple[Rows, npt.NDArray[np.int32]]:
    """The nodes tree by tree, each after its parent, and the number of each one's tree."""
    children: list[list[int]] = [[] for _ in parent]
    for index, above in enumerate(parent):
        if above >= 0:
            children[above].append(index)
    order: list[int] = []
    tree: list[int] = []
    for number, root in enumerate(index for index, above in enumerate(parent) if above < 0):
        waiting = [root]
        while waiting:
            order.append(index := waiting.pop())
            tree.append(number)
            waiting.extend(reversed(children[index]))
    if len(order) < len(parent):
        lost = min(set(range(len(parent))) - set(order))
        raise TreeFileRefused(f"node {_on_a_cycle(lost, parent, nodes)} is above itself")
    return np.array(order, dtype=np.int64), np.array(tree, dtype=np.int32)


def _on_a_cycle(index: int, parent: Sequence[int], nodes: Sequence[str]) -> str:
    for _ in parent:
        index = parent[index]
    return nodes[index]


def _number(number: int, line: Mapping[str, str], column: str, blank: float) -> float:
    cell = line.get(column, "")
    if not cell:
        return blank
    try:
        value = float(cell)
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value >= 0):
        raise TreeFileRefused(f"line {number}: {column} is {cell}, not a number of zero or more")
    return value


def _stock(number: int, line: Mapping[str, str]) -> int:
    value = _number(number, line, "stock", -1.0)
    if value != int(value) or value > STOCK_GIVEN_MAX:
        raise TreeFileRefused(f"line {number}: stock is {line['stock']}, not a whole number up to {STOCK_GIVEN_MAX}")
    return int(value)


def _prices(stated: Sequence[float], order: Rows, parent: npt.NDArray[np.int32]) -> Floats:
    price = np.array(stated, dtype=np.float64)[order]
    for row in np.flatnonzero(np.isnan(price)).tolist():
        price[row] = price[parent[row]] if parent[row] >= 0 else 1.0
    return price


def _states_what_passes(forest: Forest) -> bool:
    """Whether every node above others states the sum of what its children state, where a node has two that ask."""
    inner = np.flatnonzero(~forest.is_leaf)
    held = forest.parent >= 0
    below = np.bincount(forest.parent[held], weights=forest.rate[held], minlength=len(forest))
    asking = np.bincount(forest.parent[held], weights=forest.rate[held] > 0, minlength=len(forest))
    return bool(
        len(inner)
        and (forest.rate[inner] > 0).any()
        and (asking[inner] > 1).any()
        and np.allclose(forest.rate[inner], below[inner], rtol=1e-9, atol=1e-12)
    )
