"""Candidates of a wish: no more than its lines may get to, and never fewer; read by a plan that is kept."""

from sqlalchemy import text

from inventory import sourcing
from inventory.sourcing import PartRequestWish, WishedLine
from inventory.sourcing.candidates import resolve_wish
from tests import given
from tests.given import NOON
from tests.given.network import BEIJING, JINAN, QINGDAO


def shelves(session, part, *stocked):
    """A repair centre, and an upper warehouse in each city with so many of the part."""
    station = given.warehouse(session, tier="repair", city=QINGDAO)
    sources = []
    for city, quantity in stocked:
        sources.append(given.warehouse(session, tier="distribution", city=city))
        given.stock(session, sources[-1], part, quantity)
    return station, sources


def test_candidates_that_no_line_would_get_to_are_left_out(session):
    part = given.part(session)
    station, (city, province, _) = shelves(session, part, (QINGDAO, 2), (JINAN, 1), (BEIJING, 5))

    def told(units):
        resolved = resolve_wish(session, station.code, [part.number], units=units, for_shelf=False, at=NOON)
        return sorted(one.key.warehouse_id for one in resolved.candidates)

    assert told(units=2) == [city.id]
    assert told(units=3) == sorted([city.id, province.id])
    assert len(told(units=4)) == 3


def test_lines_of_one_part_that_empty_a_source_together_get_to_the_next_ones(session):
    part = given.part(session)
    station, (city, province, far) = shelves(session, part, (QINGDAO, 2), (JINAN, 1), (BEIJING, 5))
    wish = PartRequestWish(station.code, [WishedLine(part.number, 2), WishedLine(part.number, 2)])

    accepted = sourcing.request_parts(session, wish, by=given.acting(session), at=NOON)

    shares = [[(share.source_id, share.quantity) for share in line.shares] for line in accepted.lines]
    assert shares == [[(city.id, 2)], [(province.id, 1), (far.id, 1)]]


def test_the_statement_is_planned_once_and_not_at_every_request(session):
    part = given.part(session)
    station, _ = shelves(session, part, (QINGDAO, 1))
    for _ in range(15):  # psycopg prepares after five, PostgreSQL compares plans for five more
        resolve_wish(session, station.code, [part.number], units=1, for_shelf=False, at=NOON)

    reused = session.scalar(
        text("SELECT generic_plans FROM pg_prepared_statements WHERE statement LIKE '%part_request_line_id_seq%'")
    )
    assert reused > 0
