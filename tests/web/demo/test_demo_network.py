"""The small demo as it is loaded: its books are true, its past is another country, its people work and can log in."""

import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from inventory import identity, ledger, sourcing, subscriptions
from inventory.db import database_now
from inventory.identity import LOW, PasswordKeeper, Role
from inventory.planning import demand as demand_history
from inventory.reporting.verifying import verify
from inventory.workorders import OpeningRules
from tests.conftest import Server, opened
from web.cluster import APP_ROLE, OWNER_ROLE
from web.demo.buying import buy
from web.demo.living import live
from web.demo.loading import NetworkNotEmpty, Wish, load
from web.demo.people import make_passwords, open_log_ins
from web.demo.scales import SMALL

pytestmark = pytest.mark.slow
SEED = 11
WISH = Wish(SMALL, SEED, "9524000", 0)
RULES = OpeningRules(phone_key=b"k" * 32, repeat_within=timedelta(days=90))
STEPS = ("back_ordered", "reserved", "released", "in_transit", "received")


@pytest.fixture(scope="module")
def log_ins(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("var") / "logins.txt"


@pytest.fixture(scope="module")
def demo(server: Server, worker_id: str, log_ins: Path) -> Iterator[Engine]:
    """A database with the small demo, loaded as the command loads it; the program's role."""
    subscriptions.connect()
    with server.copy(f"{worker_id}_demo") as database:
        with (
            opened(server.address(database, OWNER_ROLE)) as owner,
            ThreadPoolExecutor(1) as pool,
            Session(owner) as session,
            session.begin(),
        ):
            at = database_now(session)
            load(session, WISH, at=at)
            live(session, RULES, company_prefix="9524000", seed=SEED, at=at)
            buy(session, at=at)
            open_log_ins(session, make_passwords(PasswordKeeper(LOW), pool), log_ins, at=at)
        with opened(server.address(database, APP_ROLE)) as engine:
            yield engine


@pytest.fixture
def books(demo: Engine) -> Iterator[Session]:
    with Session(demo) as session:
        yield session


def counted(session: Session, query: str) -> int:
    return int(session.execute(text(query)).scalar_one())


def counted_by(session: Session, query: str) -> dict[str, int]:
    """A count for each word of a query that selects both."""
    return dict(session.execute(text(query)).all())


def log_in_rows(log_ins: Path) -> list[list[str]]:
    """Role, log-in, secret and more of each line that holds a log-in."""
    return [words for line in log_ins.read_text().splitlines() if (words := line.split()) and words[0] in set(Role)]


def test_every_rule_of_the_books_holds(books: Session) -> None:
    assert [finding for finding in verify(books) if finding.violations] == []


def test_the_network_is_as_large_as_it_should_be(books: Session) -> None:
    tiers = counted_by(books, "SELECT tier, count(*) FROM warehouse GROUP BY tier")
    assert (tiers["central"], tiers["distribution"]) == (6, 36)
    assert tiers["repair"] >= 120
    assert counted(books, "SELECT count(*) FROM part") >= 600
    assert counted(books, "SELECT count(*) FROM division") == 29
    assert counted(books, "SELECT count(*) FROM region") == 3211


def test_every_lot_came_from_a_supplier_within_the_last_year(books: Session) -> None:
    first = books.execute(
        text("""
            SELECT count(*) FILTER (WHERE from_place <> 'supplier') AS not_from_supplier,
                   min(recorded_at) AS oldest, max(recorded_at) AS newest
            FROM (SELECT DISTINCT ON (lot_id) from_place, recorded_at FROM move ORDER BY lot_id, id) AS first_move
        """)
    ).one()
    now = database_now(books)
    assert first.not_from_supplier == 0
    assert timedelta(days=300) < now - first.oldest < timedelta(days=372)


def test_every_part_has_three_years_of_demand_that_the_planner_reads(books: Session) -> None:
    matrix = demand_history.read_matrix(books, on=database_now(books).date(), months=34)
    network_wide = np.nan_to_num(matrix.quantity).sum(axis=0)
    assert len(np.unique(matrix.part_ids)) > 0.95 * counted(books, "SELECT count(*) FROM part")
    assert (network_wide > 0).all()
    assert not np.isnan(matrix.quantity[:, -24:]).any()


def test_no_bin_ever_held_less_than_nothing(books: Session) -> None:
    """The moves in their order: what left a bin had come to it before."""
    lowest = books.execute(
        text("""
            SELECT min(held) FROM (
                SELECT sum(quantity) OVER (PARTITION BY bin_id, lot_id, condition ORDER BY id, quantity DESC) AS held
                FROM (SELECT id, to_bin_id AS bin_id, lot_id, to_condition AS condition, quantity FROM move
                      WHERE to_bin_id IS NOT NULL
                      UNION ALL SELECT id, from_bin_id, lot_id, from_condition, -quantity FROM move
                      WHERE from_bin_id IS NOT NULL) AS side) AS history
        """)
    ).scalar_one()
    assert lowest >= 0


def test_stock_as_of_the_past_is_other_stock(books: Session) -> None:
    warehouse_id = counted(books, "SELECT id FROM warehouse WHERE code = 'D05'")
    now = database_now(books)
    held = [
        sum(line.good for line in ledger.list_stock(books, warehouse_id, at=now - timedelta(days=days), limit=9999))
        for days in (400, 300, 150, 0)
    ]
    assert held[0] == 0
    assert len(set(held)) == 4
    assert held[-1] == counted(books, f"SELECT sum(on_hand) FROM balance WHERE warehouse_id = {warehouse_id}")


def test_about_ten_requests_stand_at_each_step(books: Session) -> None:
    requests = counted_by(books, "SELECT status, count(DISTINCT request_id) FROM part_request_line GROUP BY status")
    tasks = counted_by(
        books,
        """
        SELECT t.status, count(DISTINCT l.request_id)
        FROM pick_task t JOIN part_request_line l ON l.id = t.line_id GROUP BY t.status
        """,
    )
    assert all(requests[step] >= 9 for step in STEPS), requests
    assert tasks["released"] + tasks["claimed"] >= 9, tasks
    assert all(tasks[step] >= 9 for step in ("picked", "packed")), tasks
    assert counted(books, "SELECT count(DISTINCT line_id) FROM drawn_part WHERE fitted + given_back < quantity") >= 9
    assert counted(books, "SELECT count(DISTINCT line_id) FROM drawn_part WHERE fitted > 0") >= 9
    earmarked = "SELECT count(DISTINCT line_id) FROM reservation WHERE purpose = 'earmark' AND quantity > 0"
    assert counted(books, earmarked) >= 9


def test_about_fifty_work_orders_are_open_and_some_are_done(books: Session) -> None:
    assert 45 <= counted(books, "SELECT count(*) FROM work_order WHERE status = 'open'") <= 65
    assert counted(books, "SELECT count(*) FROM work_order WHERE status = 'completed'") > 0
    assert counted(books, "SELECT count(*) FROM work_order WHERE status = 'cancelled'") > 0


def test_some_lines_are_at_risk_and_some_late(books: Session) -> None:
    open_lines = "SELECT count(*) FROM part_request_line WHERE status NOT IN ('received', 'cancelled')"
    assert counted(books, f"{open_lines} AND promised_at < now()") >= 10
    assert counted(books, f"{open_lines} AND promised_at BETWEEN now() AND now() + interval '2 hours'") >= 5
    assert counted(books, "SELECT count(*) FROM part_request_line WHERE breach_cause IS NOT NULL") >= 3


def test_every_class_of_delivery_occurs(books: Session) -> None:
    classes = set(books.execute(text("SELECT DISTINCT delivery_class FROM promise")).scalars())
    assert {"on_site", "same_city", "same_province"} <= classes


def test_what_happened_happened_in_the_past_and_in_the_name_of_people(books: Session) -> None:
    assert counted(books, "SELECT count(*) FROM document_event WHERE recorded_at > now()") == 0
    assert counted(books, "SELECT count(*) FROM move WHERE recorded_at > now()") == 0
    actors = counted(
        books,
        "SELECT count(DISTINCT actor_id) FROM document_event WHERE document_kind <> 'receipt' OR recorded_at > now() - "
        "interval '4 days'",
    )
    assert actors > 20


def test_the_log_ins_stand_in_a_file_of_its_owners_and_are_right(books: Session, log_ins: Path) -> None:
    assert stat.S_IMODE(log_ins.stat().st_mode) == 0o600
    rows = log_in_rows(log_ins)
    assert {row[0] for row in rows} == set(Role)
    keeper, at = PasswordKeeper(LOW), database_now(books)
    for role, login, password, *_ in rows:
        if role != Role.INTEGRATION:
            names = {"login": login, "password": password, "address": "::1", "user_agent": ""}
            assert identity.log_in(books, keeper, **names, at=at) is not None
    assert len({row[2] for row in rows}) == len(rows)
    books.rollback()


def test_nobody_else_has_a_password(books: Session, log_ins: Path) -> None:
    written = [row for row in log_in_rows(log_ins) if row[0] != Role.INTEGRATION]
    assert counted(books, "SELECT count(*) FROM person WHERE password_hash IS NOT NULL") == len(written)


def test_a_demo_is_refused_where_there_are_warehouses(demo: Engine, server: Server) -> None:
    owner = demo.url.set(username=OWNER_ROLE)
    with opened(owner.render_as_string(hide_password=False)) as engine, Session(engine) as session:
        with pytest.raises(NetworkNotEmpty):
            load(session, WISH, at=database_now(session))
        session.rollback()


def test_every_part_has_one_to_three_suppliers_with_prices(books: Session) -> None:
    offered = """
        SELECT CAST(suppliers AS text), count(*) FROM (
            SELECT p.id, count(DISTINCT sold.id) FILTER (WHERE l.price > 0) AS suppliers
            FROM part p LEFT JOIN supplier_part sold ON sold.part_id = p.id
            LEFT JOIN list_price l ON l.supplier_part_id = sold.id GROUP BY p.id
        ) AS part GROUP BY suppliers
    """
    found = counted_by(books, offered)
    assert set(found) == {"1", "2", "3"}
    broken = "SELECT count(*) FROM supplier_part WHERE moq % pack_size <> 0"
    assert counted(books, broken) == 0


def test_purchase_orders_stand_at_every_step(books: Session) -> None:
    found = counted_by(books, "SELECT status, count(*) FROM purchase_order GROUP BY status")
    steps = {"draft", "awaiting_approval", "approved", "sent", "confirmed", "part_received", "received", "cancelled"}
    assert set(found) == steps


def test_work_goes_on_where_the_demo_ends(books: Session) -> None:
    """Ids of the loader do not collide with those of the program, and stock is found and set aside."""
    row = books.execute(
        text("""
            SELECT s.code, p.number FROM warehouse s JOIN balance b ON b.warehouse_id = s.parent_id AND b.on_hand > 5
            JOIN part p ON p.id = b.part_id WHERE s.tier = 'repair' ORDER BY s.id, p.id LIMIT 1
        """)
    ).one()
    with books.begin_nested():
        system = identity.get_system_actor(books)
        command = books.execute(
            text("INSERT INTO command (key, principal_id, kind, request_hash) VALUES ('t', :id, 't', '') RETURNING id"),
            {"id": system.person_id},
        ).scalar_one()
        wish = sourcing.PartRequestWish(row.code, [sourcing.WishedLine(row.number, 1)])
        accepted = sourcing.request_parts(books, wish, by=system.under(command), at=database_now(books))
        assert accepted.lines[0].back_ordered == 0
        [lot] = ledger.open_lots(books, [ledger.LotOpening(1, None, database_now(books))])
        assert lot == counted(books, "SELECT max(id) FROM lot")
    books.rollback()


def test_pieces_with_serial_numbers_lie_at_a_distribution_centre_and_travel(books: Session) -> None:
    lying = "SELECT count(*) FROM lot_balance WHERE unit_id IS NOT NULL AND on_hand = 1"
    assert counted(books, lying) >= 10
    assert counted(books, "SELECT count(*) FROM shipment_line WHERE unit_id IS NOT NULL") >= 2
    assert counted(books, "SELECT count(*) FROM drawn_part WHERE unit_id IS NOT NULL") >= 1


def test_what_is_tracked_by_serial_number_has_no_stock_without(books: Session) -> None:
    loose = """
        SELECT count(*) FROM lot_balance b JOIN part p ON p.id = b.part_id
        WHERE p.serial_tracked <> (b.unit_id IS NOT NULL) AND b.on_hand > 0
    """
    assert counted(books, loose) == 0
