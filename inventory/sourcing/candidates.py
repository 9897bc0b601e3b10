"""Which warehouses could serve, and by when: read in one statement, without a lock on any stock row.

Candidates for a destination are its own shelf, all warehouses of the upper tiers, and the repair centres of its city;
of the part asked for and of every part that may replace it by supersession. What is asked for to fill a shelf does not
come off that shelf.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Row, TextClause, text
from sqlalchemy.orm import Session

from inventory.db import returning
from inventory.ledger import StockKey
from inventory.sourcing.models import DeliveryClass
from inventory.sourcing.promises import DELIVERY_CLASS, TERMS_IN_FORCE, due
from inventory.sourcing.ranking import Candidate, Need, distance_km

_TERM = f"term AS MATERIALIZED ({TERMS_IN_FORCE})"
# Continues a WITH that has `term`, `destination` (warehouses) and `need (n, destination_id, part_id, for_shelf)`: which
# parts would do for each need, and which warehouses may send something to each destination. PostgreSQL plans it anew at
# each call, which takes longer than running it, unless the plan for any parameters looks as cheap: so nothing in it is
# read once a line that could be read once a statement.
_REACHABLE = f"""
    wanted AS MATERIALIZED (
        SELECT n, destination_id, part_id, for_shelf, preference, part.number AS part_number
        FROM (
            SELECT n, destination_id, part_id, for_shelf, 0 AS preference FROM need
            UNION ALL
            SELECT need.n, need.destination_id, usable.usable_part_id, need.for_shelf, usable.preference
            FROM need JOIN usable_part usable ON usable.asked_part_id = need.part_id
            WHERE usable.valid_from <= CAST(:at AS date)
              AND (usable.valid_to IS NULL OR usable.valid_to > CAST(:at AS date))
        ) serving JOIN part ON part.id = serving.part_id
    ),
    reachable AS MATERIALIZED (
        SELECT source.*, term.hours FROM (
            SELECT destination.id AS destination_id, source.id AS source_id, source.code AS source_code,
                   source.name_zh AS source_name_zh, source.name_en AS source_name_en, source.tier AS source_tier,
                   source.latitude AS source_latitude, source.longitude AS source_longitude,
                   source.tier = 'repair' AND source.id <> destination.id AS neighbour,
                   {DELIVERY_CLASS} AS delivery_class
            FROM destination
            JOIN LATERAL (
                SELECT * FROM warehouse upper WHERE upper.tier <> 'repair' AND upper.active
                UNION ALL
                SELECT * FROM warehouse near
                WHERE near.tier = 'repair' AND near.active AND near.city_code = destination.city_code
            ) source ON true
        ) source JOIN term USING (delivery_class)
    )
"""  # noqa: S608
# Every candidate with free stock of a need.
_SUPPLY = f"""
    {_REACHABLE},
    supply AS (
        SELECT n, preference, wanted.part_id, part_number, owner_id, source_id, source_code, source_name_zh,
               source_name_en, source_tier, source_latitude, source_longitude, delivery_class, hours, neighbour,
               on_hand - reserved AS available
        FROM wanted
        JOIN reachable USING (destination_id)
        JOIN balance ON balance.warehouse_id = source_id AND balance.part_id = wanted.part_id
             AND owner_id = (SELECT id FROM stock_owner WHERE is_default)
        WHERE on_hand > reserved AND NOT (for_shelf AND delivery_class = 'on_site')
    )
"""  # noqa: S608
_NEED = """
    need AS MATERIALIZED (
        SELECT * FROM unnest(CAST(:ns AS bigint[]), CAST(:destinations AS bigint[]), CAST(:parts AS bigint[]),
                             CAST(:for_shelf AS boolean[]))
             AS need (n, destination_id, part_id, for_shelf)
    ),
    destination AS MATERIALIZED (SELECT * FROM warehouse WHERE id = ANY(CAST(:destinations AS bigint[])))
"""
_FOR_NEEDS = text(f"""
    WITH {_TERM}, {_NEED}, {_SUPPLY}
    SELECT supply.*, destination.latitude AS latitude, destination.longitude AS longitude
    FROM supply JOIN need ON need.n = supply.n JOIN destination ON destination.id = need.destination_id
""")  # noqa: S608
# What is set aside for transfers and has no lots yet, where it could serve a need.
_FROM_TRANSFERS = text(f"""
    WITH {_TERM}, {_NEED}, {_REACHABLE},
    yielding AS (
        SELECT n, wanted.preference, wanted.part_id, wanted.part_number, v.owner_id, source_id, source_code,
               source_latitude, source_longitude, delivery_class, hours, neighbour,
               CAST(sum(v.quantity - v.allocated) AS bigint) AS available
        FROM wanted
        JOIN reachable USING (destination_id)
        JOIN reservation v ON v.warehouse_id = source_id AND v.part_id = wanted.part_id AND v.quantity > 0
             AND v.owner_id = (SELECT id FROM stock_owner WHERE is_default)
             AND v.purpose = 'transfer' AND v.quantity > v.allocated
        GROUP BY n, wanted.preference, wanted.part_id, wanted.part_number, v.owner_id, source_id, source_code,
                 source_latitude, source_longitude, delivery_class, hours, neighbour
    )
    SELECT yielding.*, destination.latitude AS latitude, destination.longitude AS longitude
    FROM yielding JOIN need ON need.n = yielding.n JOIN destination ON destination.id = need.destination_id
""")  # noqa: S608
# The normal source of a destination would promise that hour, stock or not: it dates back-orders and carries the demand.
# Of the candidates only those are told that the wish may get to: with `sooner` units before them, no line goes further.
_FOR_WISH = returning(
    """
    n number line_id request_id destination_id latitude longitude preferred_id preferred_class preferred_hours
    asked_part_id part_active part_id part_number owner_id preference source_id source_code neighbour source_latitude
    source_longitude delivery_class hours available
    """,
    f"""
    WITH {_TERM},
    destination AS MATERIALIZED (
        SELECT destination.id, destination.city_code, destination.province_code, destination.latitude,
               destination.longitude, source.id AS preferred_id, term.delivery_class AS preferred_class,
               term.hours AS preferred_hours
        FROM warehouse destination
        JOIN warehouse source ON source.id = coalesce(destination.parent_id, destination.id)
        LEFT JOIN term ON term.delivery_class = {DELIVERY_CLASS}
        WHERE destination.code = :warehouse AND destination.active
    ),
    asked AS MATERIALIZED (
        SELECT n, asked.number, part.id AS asked_part_id, part.active AS part_active,
               nextval('part_request_line_id_seq') AS line_id
        FROM unnest(CAST(:numbers AS text[])) WITH ORDINALITY AS asked (number, n)
        LEFT JOIN part ON part.number = asked.number
    ),
    request AS MATERIALIZED (SELECT nextval('part_request_id_seq') AS id),
    need AS (
        SELECT n, id AS destination_id, asked_part_id AS part_id, CAST(:for_shelf AS boolean) AS for_shelf
        FROM asked CROSS JOIN destination WHERE asked_part_id IS NOT NULL
    ),
    {_SUPPLY},
    counted AS (
        SELECT supply.*, sum(available) OVER (PARTITION BY n ORDER BY hours, neighbour, preference
                                              RANGE UNBOUNDED PRECEDING EXCLUDE GROUP) AS sooner
        FROM supply
    )
    SELECT asked.n, number, line_id, request.id AS request_id, destination.id AS destination_id, latitude, longitude,
           preferred_id, preferred_class, preferred_hours, asked_part_id, part_active, part_id, part_number,
           owner_id, preference, source_id, source_code, neighbour, source_latitude, source_longitude, delivery_class,
           hours, available
    FROM asked CROSS JOIN request
    LEFT JOIN destination ON true
    LEFT JOIN counted ON counted.n = asked.n AND coalesce(counted.sooner, 0) < :units
    ORDER BY asked.n
    """,  # noqa: S608
)
_FOR_PART = text(f"""
    WITH {_TERM},
    destination AS MATERIALIZED (SELECT * FROM warehouse WHERE id = :warehouse_id),
    need AS (SELECT 1 AS n, CAST(:warehouse_id AS bigint) AS destination_id, CAST(:part_id AS bigint) AS part_id,
                    false AS for_shelf),
    {_SUPPLY}
    SELECT supply.*, part.name_zh AS part_name_zh, part.name_en AS part_name_en,
           destination.latitude, destination.longitude
    FROM supply JOIN part ON part.id = supply.part_id CROSS JOIN destination
""")  # noqa: S608


@dataclass(frozen=True, slots=True)
class AskedLine:
    """A line of a request as it was resolved; its id is drawn already, so that stock can be set aside for it.

    `part_id` is None when no part has the number. `preferred_*` tell the destination's normal source.
    """

    line_id: int
    number: str
    part_id: int | None
    part_active: bool


@dataclass(frozen=True, slots=True)
class ResolvedWish:
    """What a wish's codes and numbers stand for, with the candidates for its lines.

    Units: preferred_hours are clock hours.
    """

    request_id: int
    destination_id: int | None
    preferred_id: int | None
    preferred_class: DeliveryClass | None
    preferred_hours: int
    lines: list[AskedLine]
    candidates: list[Candidate]


class Source(NamedTuple):
    """A warehouse that could supply a part to a destination, as it is shown to people.

    Units: available in base units; hours are clock hours; distance in kilometres.
    """

    warehouse_id: int
    code: str
    name_zh: str
    name_en: str
    tier: str
    part_id: int
    part_number: str
    part_name_zh: str
    part_name_en: str
    delivery_class: DeliveryClass
    hours: int
    promised_at: datetime
    distance_km: float
    available: int


def list_candidates(session: Session, needs: Sequence[Need], *, at: datetime) -> list[Candidate]:
    """Every warehouse with free stock for the needs; in no particular order, ranking orders them."""
    return _candidates(session, _FOR_NEEDS, needs, at=at)


def list_yielding(session: Session, needs: Sequence[Need], *, at: datetime) -> list[Candidate]:
    """Every warehouse where the needs could have what is set aside for transfers; what fills a shelf takes none."""
    return _candidates(session, _FROM_TRANSFERS, [need for need in needs if not need.for_shelf], at=at)


def _candidates(session: Session, statement: TextClause, needs: Sequence[Need], *, at: datetime) -> list[Candidate]:
    if not needs:
        return []
    rows = session.execute(
        statement,
        {
            "ns": [need.line_id for need in needs],
            "destinations": [need.destination_id for need in needs],
            "parts": [need.part_id for need in needs],
            "for_shelf": [need.for_shelf for need in needs],
            "at": at,
        },
    )
    return [_candidate(row, row.n) for row in rows]


def resolve_wish(
    session: Session, warehouse: str, numbers: Sequence[str], *, units: int, for_shelf: bool, at: datetime
) -> ResolvedWish:
    """Resolve a wish and read the candidates for all of its lines, in one statement.

    `units` is what the lines ask for in all: candidates that no line would get to are left out.
    """
    names = {"warehouse": warehouse, "numbers": list(numbers), "units": units, "for_shelf": for_shelf, "at": at}
    rows = session.execute(_FOR_WISH, names).all()
    lines = {row.n: AskedLine(row.line_id, row.number, row.asked_part_id, bool(row.part_active)) for row in rows}
    first = rows[0]
    return ResolvedWish(
        request_id=first.request_id,
        destination_id=first.destination_id,
        preferred_id=first.preferred_id,
        preferred_class=DeliveryClass(first.preferred_class) if first.preferred_class else None,
        preferred_hours=first.preferred_hours or 0,
        lines=list(lines.values()),
        candidates=[_candidate(row, row.line_id) for row in rows if row.source_id is not None],
    )


def list_sources(session: Session, part_id: int, *, warehouse_id: int, at: datetime) -> list[Source]:
    """Who could supply a part to a warehouse, and by when: in the order in which sourcing would choose."""
    rows = session.execute(_FOR_PART, {"part_id": part_id, "warehouse_id": warehouse_id, "at": at})
    ranked = sorted(((_candidate(row, 0), row) for row in rows), key=lambda pair: _shown_order(pair[0]))
    return [_source(candidate, row, at=at) for candidate, row in ranked]


def _shown_order(one: Candidate) -> tuple[int, bool, int, float, int, StockKey]:
    return one.hours, one.neighbour, one.preference, one.distance_km, -one.available, one.key


def _candidate(row: Row[*tuple[Any, ...]], line_id: int) -> Candidate:
    delivery_class = DeliveryClass(row.delivery_class)
    return Candidate(
        line_id=line_id,
        key=StockKey(row.source_id, row.part_id, row.owner_id),
        source_code=row.source_code,
        part_number=row.part_number,
        delivery_class=delivery_class,
        hours=row.hours,
        neighbour=row.neighbour,
        preference=row.preference,
        distance_km=distance_km(row.latitude, row.longitude, row.source_latitude, row.source_longitude),
        available=row.available,
    )


def _source(candidate: Candidate, row: Row[*tuple[Any, ...]], *, at: datetime) -> Source:
    return Source(
        warehouse_id=candidate.key.warehouse_id,
        code=candidate.source_code,
        name_zh=row.source_name_zh,
        name_en=row.source_name_en,
        tier=row.source_tier,
        part_id=candidate.key.part_id,
        part_number=candidate.part_number,
        part_name_zh=row.part_name_zh,
        part_name_en=row.part_name_en,
        delivery_class=candidate.delivery_class,
        hours=candidate.hours,
        promised_at=due(at, candidate.hours),
        distance_km=candidate.distance_km,
        available=candidate.available,
    )
