"""Judge or choose the stocks of a tree of places: CSV in, JSON lines out, no database."""

import json
from pathlib import Path

import click
import numpy as np

from inventory.planning.stocking import choosing, exact, metric
from inventory.planning.stocking.forest import Wholes
from inventory.planning.stocking.system import STOCK_MAX, Bounds
from web.connectors.trees import Tree, TreeFileRefused, read_tree


@click.command("tree")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--fill",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=0.95,
    show_default=True,
    help="Share of all end demand to be met at once, where stocks are to be chosen.",
)
def command(file: Path, fill: float) -> None:
    """Judge the stocks in FILE or, where its stock column is empty, choose them for the least value.

    FILE is CSV with the columns node, parent, demand_per_day, transit_days, price, stock. A node without a parent is
    supplied from outside; there may be several. demand_per_day is the node's own end demand; where every node above
    others states just the sum of the nodes below it, that is read as what passes through it. transit_days is the time
    from the parent (from the supplier at the top). A price left blank is the parent's, 1 where none is named above.

    One JSON line a node: expected back-orders by the exact model, VARI-METRIC and METRIC, and the share of units met
    at once. The last line has the totals: units and value (price x stock) of the stock, back-orders of end demand,
    and the share of all end demand met at once.
    """
    try:
        tree = read_tree(file.read_bytes())
        stock = _chosen(tree, fill)
        exactly = exact.evaluate(tree.forest, stock)
    except TreeFileRefused as refusal:
        raise click.ClickException(f"{file}: {refusal}") from refusal
    except choosing.TargetOutOfReach as refusal:
        raise click.ClickException(f"{file}: the stocks given do not allow a fill of {fill}") from refusal
    except ValueError as refusal:
        raise click.ClickException(f"{file}: {refusal}") from refusal
    if tree.through:
        click.echo("demand_per_day above other nodes is the sum of theirs: read as what passes through", err=True)
    _tell(tree, stock, exactly, fill)


def _chosen(tree: Tree, fill: float) -> Wholes:
    """The stocks given; where some are not, the least value that reaches the fill with those given."""
    given = tree.stock >= 0
    if given.all():
        return tree.stock
    low = np.where(given, tree.stock, 0)
    return choosing.choose(tree.forest, fill, Bounds(low, np.where(given, low, STOCK_MAX)))


def _tell(tree: Tree, stock: Wholes, exactly: exact.ExactStock, asked: float) -> None:
    forest = tree.forest
    by_two, by_one = metric.vari_metric(forest, stock), metric.metric(forest, stock)
    for node, row in zip(tree.nodes, tree.rows.tolist(), strict=True):
        line = {
            "node": node,
            "stock": int(stock[row]),
            "ebo_exact": float(exactly.back_orders[row]),
            "ebo_vari": float(by_two.mean[row]),
            "ebo_metric": float(by_one.mean[row]),
            "fill": float(exactly.fill[row]),
        }
        click.echo(json.dumps(line, ensure_ascii=False))
    demand = float(forest.rate.sum())
    totals = {
        "node": "total",
        "stock": int(stock.sum()),
        "ebo_exact": float(exactly.back_orders @ forest.own_share),
        "ebo_vari": float(by_two.mean @ forest.own_share),
        "ebo_metric": float(by_one.mean @ forest.own_share),
        "fill": float(exactly.fill @ forest.rate) / demand if demand else 1.0,
        "fill_asked": asked if (tree.stock < 0).any() else None,
        "value": float(forest.price @ stock),
        "value_on_hand": float(forest.price @ exactly.on_hand),
        "nodes": len(forest),
    }
    click.echo(json.dumps(totals, ensure_ascii=False))
