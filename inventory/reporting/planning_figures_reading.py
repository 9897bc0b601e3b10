"""What the fold reads of some parts: levels, stock, when it came, what was asked for, what stands from the last one.

Rows of replaced numbers are read along with those that they count for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory import procurement
from inventory.catalogue.models import Division
from inventory.network.models import Tier, Warehouse
from inventory.planning import demand
from inventory.planning.columns import read_columns
from inventory.planning.policies import PlanningSetting, PolicyBook, read_policy_book
from inventory.planning.policies.book import GROUPS
from inventory.planning.replenishment.positions import read_stands_for
from inventory.reporting.planning_figures_models import Standing

Ids = NDArray[np.int64]
Reals = NDArray[np.float64]
Flags = NDArray[np.bool_]
Columns = Mapping[str, NDArray[Any]]

MONEY: Final = 10_000
"""Money is worked with in whole ten-thousandths, so that sums are exact."""
UNIT_VALUE_MAX: Final = 10**13
YEAR_DAYS: Final = 365
EPOCH: Final = date(1970, 1, 1)
NO_DAY: Final = -(2**31)
NO_RULE: Final = -1
TIERS: Final = tuple(Tier)
STANDINGS: Final = tuple(Standing)


@dataclass(frozen=True, slots=True)
class Followed:
    """Replaced numbers and those that they count for.

    Shapes: all (numbers,), `old` ascending. `stock` says whether stock of the old one may serve instead of the new one.
    """

    old: Ids
    new: Ids
    ratio: Ids
    stock: Flags


@dataclass(frozen=True, slots=True)
class Ground:
    """What the fold of every part goes by.

    Shapes: warehouse_ids, tier and parent (warehouses,), ids ascending; `tier` a place in TIERS, `parent` a row, -1 at
    a root; division_ids (divisions,), ascending; part_ids (parts,), all that is looked at, ascending; rule_ids (rules,)
    those that tell anybody's service, ascending.
    Units: `rates` by currency, of the company's own; `margin` a fraction.
    """

    on: date
    margin: Decimal
    rates: Mapping[str, Decimal]
    warehouse_ids: Ids
    tier: NDArray[np.int8]
    parent: Ids
    division_ids: Ids
    part_ids: Ids
    followed: Followed
    book: PolicyBook
    rule_ids: Ids


def read_ground(session: Session, *, on: date) -> Ground:
    """Read what the fold of a day goes by."""
    warehouses = session.execute(select(Warehouse.id, Warehouse.tier, Warehouse.parent_id).order_by(Warehouse.id)).all()
    ids = np.array([row.id for row in warehouses], dtype=np.int64)
    rows = {row.id: at for at, row in enumerate(warehouses)}
    followed, book = _read_followed(session, on=on), read_policy_book(session, on=on)
    return Ground(
        on=on,
        margin=session.get_one(PlanningSetting, 1).surplus_margin,
        rates=procurement.rates_on(session, on),
        warehouse_ids=ids,
        tier=np.array([TIERS.index(row.tier) for row in warehouses], dtype=np.int8),
        parent=np.array([rows.get(row.parent_id, -1) for row in warehouses], dtype=np.int64),
        division_ids=np.array(session.scalars(select(Division.id).order_by(Division.id)).all(), dtype=np.int64),
        part_ids=np.union1d(_read_parts(session), followed.new),
        followed=followed,
        book=book,
        rule_ids=np.unique(book.rules.rule[GROUPS.index("service")]),
    )


def _read_parts(session: Session) -> Ids:
    """Whatever is to be held, lies, was ever asked for, or stood in the last fold."""
    statement = (
        "SELECT id FROM part WHERE EXISTS (SELECT FROM demand_day d WHERE d.part_id = part.id)"
        " OR EXISTS (SELECT FROM stock_level l WHERE l.part_id = part.id)"
        " OR EXISTS (SELECT FROM balance b WHERE b.part_id = part.id AND b.on_hand > 0)"
        " OR EXISTS (SELECT FROM place_standing s WHERE s.part_id = part.id)"
    )
    return read_columns(session, statement, None, id="bigint")["id"]


def _read_followed(session: Session, *, on: date) -> Followed:
    replaced = demand.read_successors(session, on=on)
    stands_for = read_stands_for(session, replaced, on=on)
    old = sorted(replaced)
    return Followed(
        np.array(old, dtype=np.int64),
        np.array([replaced[one].part_id for one in old], dtype=np.int64),
        np.array([replaced[one].ratio for one in old], dtype=np.int64),
        np.array([one in stands_for for one in old], dtype=np.bool_),
    )


@dataclass(frozen=True, slots=True)
class PartRows:
    """The rows of some parts, as they are kept: replaced numbers among them, in no order.

    Units: days since 1970; `unit_value` in ten-thousandths of the company's currency.
    """

    values: Columns
    levels: Columns
    stock: Columns
    lots: Columns
    asked: Columns
    overridden: Columns
    standing: Columns


_VALUES = """
    SELECT p.id, p.division_id,
           least(coalesce(round(p.price * r.rate * {money}), 0), {most}) AS unit_value
    FROM part p LEFT JOIN unnest(CAST(%(currencies)s AS text[]), CAST(%(rates)s AS numeric[])) AS r(currency, rate)
        ON r.currency = p.currency
    WHERE p.id = ANY(CAST(%(parts)s AS bigint[])) ORDER BY p.id
"""
_LEVELS = """
    SELECT part_id, warehouse_id, coalesce(source_id, -1) AS source_id, order_up_to, safety_stock, daily_mean,
           demand_size, expected_fill
    FROM stock_level WHERE stocked AND part_id = ANY(CAST(%(parts)s AS bigint[])) ORDER BY part_id, warehouse_id
"""
_STOCK = """
    SELECT part_id, warehouse_id, on_hand, on_hand - reserved AS free FROM balance
    WHERE on_hand > 0 AND part_id = ANY(CAST(%(looked_at)s AS bigint[]))
      AND owner_id = (SELECT id FROM stock_owner WHERE is_default)
"""
_LOTS = """
    SELECT b.part_id, b.warehouse_id, CAST(b.first_received_at AS date) - date '1970-01-01' AS since
    FROM lot l JOIN lot_balance b ON b.lot_id = l.id
    WHERE b.on_hand > 0 AND b.condition = 'good' AND l.part_id = ANY(CAST(%(looked_at)s AS bigint[]))
      AND b.owner_id = (SELECT id FROM stock_owner WHERE is_default)
"""
_ASKED = """
    SELECT part_id, warehouse_id, sum(quantity) AS quantity, max(asked_on) - date '1970-01-01' AS last_on
    FROM demand_day
    WHERE asked_on > %(year_ago)s AND asked_on <= %(on)s AND quantity > 0
      AND part_id = ANY(CAST(%(looked_at)s AS bigint[]))
    GROUP BY part_id, warehouse_id
"""
_OVERRIDDEN = """
    SELECT part_id, warehouse_id FROM place_override
    WHERE lifted_at IS NULL AND expires_on >= %(on)s AND part_id = ANY(CAST(%(parts)s AS bigint[]))
"""
WHOLE: Final = ("division_id", "on_hand", "free", "order_up_to", "missing", "excess", "surplus")
VALUED: Final = ("on_hand_value", "missing_value", "surplus_value")
MEASURED: Final = ("daily_mean", "flow", "own", "expected_fill")
FLAGGED: Final = ("empty", "overridden")


def _code(column: str, words: Sequence[str]) -> str:
    branches = " ".join(f"WHEN '{word}' THEN {place}" for place, word in enumerate(words))
    return f"CASE {column} {branches} END AS {column}"


_STANDING = f"""
    SELECT part_id, warehouse_id, {", ".join(WHOLE)}, {", ".join(f"{one} * {MONEY} AS {one}" for one in VALUED)},
           {", ".join(f"CAST({one} AS int) AS {one}" for one in FLAGGED)}, {_code("tier", TIERS)},
           {_code("standing", STANDINGS)}, {", ".join(MEASURED)},
           coalesce(idle_since - date '1970-01-01', {NO_DAY}) AS idle_since, coalesce(policy_id, {NO_RULE}) AS policy_id
    FROM place_standing WHERE part_id = ANY(CAST(%(parts)s AS bigint[])) ORDER BY part_id, warehouse_id
"""  # noqa: S608


def read_rows(session: Session, ground: Ground, part_ids: Ids) -> PartRows:
    """Read what is kept of some parts.

    Shapes: part_ids (parts,), ascending.
    """
    followed = ground.followed
    parameters = {
        "on": ground.on,
        "year_ago": ground.on - timedelta(days=YEAR_DAYS),
        "currencies": list(ground.rates),
        "rates": [str(rate) for rate in ground.rates.values()],
        "parts": part_ids.tolist(),
        "looked_at": np.union1d(part_ids, followed.old[np.isin(followed.new, part_ids)]).tolist(),
    }

    def read(statement: str, **columns: str) -> Columns:
        return read_columns(session, statement, parameters, **columns)

    place = {"part_id": "bigint", "warehouse_id": "bigint"}
    whole = dict.fromkeys((*WHOLE, *VALUED), "bigint")
    small = dict.fromkeys((*FLAGGED, "tier", "standing"), "smallint")
    measured = dict.fromkeys(MEASURED, "double precision")
    return PartRows(
        values=read(
            _VALUES.format(money=MONEY, most=UNIT_VALUE_MAX), id="bigint", division_id="bigint", unit_value="bigint"
        ),
        levels=read(
            _LEVELS, **place, source_id="bigint", order_up_to="bigint", safety_stock="bigint",
            daily_mean="double precision", demand_size="double precision", expected_fill="double precision",
        ),
        stock=read(_STOCK, **place, on_hand="bigint", free="bigint"),
        lots=read(_LOTS, **place, since="integer"),
        asked=read(_ASKED, **place, quantity="bigint", last_on="integer"),
        overridden=read(_OVERRIDDEN, **place),
        standing=read(_STANDING, **place, **whole, **small, **measured, idle_since="integer", policy_id="bigint"),
    )  # fmt: skip
