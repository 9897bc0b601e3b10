"""Plant one fault at a time in a copy of the tree and see that the suite catches it.

    .venv/bin/python tests/planted_faults.py [--only NAME ...] [--list]

Ends with 1 when a fault survives. A fault is a patch of one place in one file: text that occurs exactly once there
(`tests/test_planted_faults.py` holds that against today's tree), what stands there instead, what that breaks, and
the tests that have to notice.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

TREE = Path(__file__).parents[1]
SECONDS_MAX = 300
NO_TEST_FAILED, TESTS_FAILED = 0, 1


@dataclass(frozen=True)
class Fault:
    """One patch, and the tests that are to fail with it."""

    name: str
    file: str
    old: str
    new: str
    breaks: str
    tests: tuple[str, ...]

    def planted_in(self, text: str) -> str:
        """The file's text with the fault in it.

        Raises: ValueError when the place is not there, or there twice.
        """
        if text.count(self.old) != 1:
            raise ValueError(f"{self.name}: the old text occurs {text.count(self.old)} times in {self.file}")
        return text.replace(self.old, self.new)


FAULTS = (
    # Promises of stock
    Fault(
        "reserve-without-check",
        "inventory/ledger/reservations.py",
        "WHERE counted.upto <= held.on_hand - held.reserved",
        "WHERE counted.upto > 0",
        "more is promised than there is; only the CHECK of the table is left",
        ("tests/inventory/ledger/test_reserving.py",),
    ),
    Fault(
        "reserve-without-lock",
        "inventory/ledger/reservations.py",
        "        ORDER BY b.warehouse_id, b.part_id, b.owner_id\n        FOR UPDATE OF b\n",
        "        ORDER BY b.warehouse_id, b.part_id, b.owner_id\n",
        "two who ask at once are promised the same stock",
        ("tests/invariants/test_ledger_races.py",),
    ),
    Fault(
        "check-dropped",
        "migrations/versions/0007_ledger.py",
        'sa.CheckConstraint("reserved BETWEEN 0 AND on_hand",',
        'sa.CheckConstraint("reserved >= 0",',
        "the table takes a promise of more than lies there",
        ("tests/inventory/ledger/test_guards.py", "tests/frame/test_migrating.py"),
    ),
    Fault(
        "unreserve-keeps-balance",
        "inventory/ledger/giving_up.py",
        "UPDATE balance b SET reserved = b.reserved - fall.quantity",
        "UPDATE balance b SET reserved = b.reserved - 0 * fall.quantity",
        "what is given back is never available again",
        ("tests/inventory/ledger/test_unreserving.py",),
    ),
    Fault(
        "displaces-highest-first",
        "inventory/ledger/giving_up.py",
        "r.purpose = 'earmark', r.priority DESC,",
        "r.purpose = 'earmark', r.priority,",
        "lost stock is taken from the most urgent line",
        ("tests/inventory/ledger/test_taking_out.py",),
    ),
    Fault(
        "earmark-ignored",
        "inventory/ledger/posting.py",
        """    session.execute(
        _EARMARK, {**_earmark_columns(arrivals), "actor_id": by.person_id, "command_id": by.command_id, "at": at}
    )
""",
        "    _announce_gains(session, postings, by=by, at=at)\n",
        "what came for a line is given to whoever asks first",
        ("tests/inventory/ledger/test_arriving.py",),
    ),
    # First in, first out
    Fault(
        "newest-first",
        "inventory/ledger/allocating.py",
        "ORDER BY first_received_at, lot_id, id) AS upto",
        "ORDER BY first_received_at DESC, lot_id DESC, id DESC) AS upto",
        "the newest lots leave first",
        ("tests/inventory/ledger/test_allocating.py",),
    ),
    Fault(
        "override-without-reason",
        "inventory/ledger/exchanging.py",
        "if older_free > 0 and not reason:",
        "if older_free < 0:",
        "older stock is passed over and nobody says why",
        ("tests/inventory/ledger/test_exchanging_lots.py",),
    ),
    # Moves
    Fault(
        "put-skipped",
        "inventory/ledger/posting.py",
        "DO UPDATE SET on_hand = lot_balance.on_hand + excluded.on_hand\n",
        "DO UPDATE SET on_hand = lot_balance.on_hand\n",
        "stock that joins a position is moved and lies nowhere",
        ("tests/inventory/ledger/test_posting.py", "tests/invariants/test_ledger_histories.py"),
    ),
    Fault(
        "moves-changeable",
        "migrations/versions/0011_append_only.py",
        'APPEND_ONLY = ("move", "document_event",',
        'APPEND_ONLY = ("document_event",',
        "history can be rewritten by the owner of the tables",
        ("tests/inventory/ledger/test_guards.py",),
    ),
    Fault(
        "receipt-counted-twice",
        "inventory/transport/receiving.py",
        'posting = _posting(shipment, share.line, share.received, good, "received")',
        'posting = _posting(shipment, share.line, 2 * share.received, good, "received")',
        "twice as much arrives as was sent",
        ("tests/inventory/transport/test_arrivals.py",),
    ),
    Fault(
        "delivery-counted-twice",
        "inventory/warehousing/receiving.py",
        "        line.received += quantity\n",
        "        line.received += 2 * quantity\n",
        "an announced delivery is taken for complete at its half",
        ("tests/inventory/warehousing/test_goods_in.py",),
    ),
    # Requests
    Fault(
        "nobody-fills-backorders",
        "inventory/subscriptions.py",
        "    subscribe(ledger.StockAvailable, sourcing.fill_backorders)\n",
        "",
        "who waits for a part does not get it when it comes",
        ("tests/inventory/sourcing/test_following.py",),
    ),
    Fault(
        "patient-backorders-first",
        "inventory/sourcing/resourcing.py",
        "OVER (ORDER BY r.priority, r.needed_by NULLS LAST,",
        "OVER (ORDER BY r.priority DESC, r.needed_by NULLS LAST,",
        "what comes in goes to the least urgent line",
        ("tests/inventory/sourcing/test_following.py",),
    ),
    Fault(
        "cancel-leaves-task",
        "inventory/subscriptions.py",
        "    subscribe(ledger.AllocationsFreed, warehousing.allocations_were_freed)\n",
        "",
        "the floor picks for a request that was withdrawn",
        ("tests/inventory/sourcing/test_following.py",),
    ),
    Fault(
        "kept-by-the-new-promise",
        "inventory/reporting/promises.py",
        "kept = PartRequestLine.received_at <= PartRequestLine.first_promised_at",
        "kept = PartRequestLine.received_at <= PartRequestLine.promised_at",
        "a promise that was broken and renewed counts as kept in the report",
        ("tests/inventory/reporting/test_promises.py",),
    ),
    Fault(
        "kept-by-the-new-promise-api",
        "web/api/requests.py",
        "line.received_at <= line.first_promised_at",
        "line.received_at <= line.promised_at",
        "a promise that was broken and renewed is told as kept",
        ("tests/web/test_requests_api.py",),
    ),
    Fault(
        "wave-anywhere",
        "inventory/sourcing/waves.py",
        "    by.require(Permission.RELEASE_WAVES, warehouse_id)\n",
        "    by.require(Permission.RELEASE_WAVES)\n",
        "the lead of one warehouse sends the people of another to pick",
        ("tests/inventory/sourcing/test_following.py",),
    ),
    # Transfers
    Fault(
        "transfer-never-yields",
        "inventory/sourcing/placing.py",
        "    choices = rank(needs, candidates)\n    taken = ledger.take_from_transfers(",
        "    choices = rank(needs, candidates)[:0]\n    taken = ledger.take_from_transfers(",
        "a repair waits beside stock that is only to fill another shelf",
        ("tests/inventory/sourcing/test_transferring.py",),
    ),
    Fault(
        "transfer-kept-on-arrival",
        "inventory/transport/receiving.py",
        "            if share.line.for_stock:\n",
        "            if share.line.for_stock and share.damaged:\n",
        "what refills a shelf lies in the dock, kept for nobody for ever",
        ("tests/inventory/sourcing/test_transferring.py",),
    ),
    Fault(
        "transfer-is-a-request",
        "inventory/sourcing/queries.py",
        "        PartRequest.source_id.is_(None),\n        or_(",
        "        PartRequest.id > 0,\n        or_(",
        "stock on the move stands among what people asked for, with promises that nobody made",
        ("tests/inventory/sourcing/test_transferring.py",),
    ),
    # What was asked for
    Fault(
        "refills-are-demand",
        "inventory/planning/demand/folding.py",
        "          AND request.work_order_id IS NOT NULL\n        GROUP BY line.id, request.id",
        "        GROUP BY line.id, request.id",
        "what fills a shelf is planned for as if a customer had asked, and asks for more to fill the shelf",
        ("tests/inventory/planning/demand/test_folding.py",),
    ),
    Fault(
        "given-up-too-late-is-no-demand",
        "inventory/planning/demand/folding.py",
        "<= line.first_promised_at\n                    THEN line.cancelled",
        "IS NOT NULL\n                    THEN line.cancelled",
        "a need that we met too late is forgotten, and is met too late again",
        ("tests/inventory/planning/demand/test_folding.py",),
    ),
    Fault(
        "ratio-forgotten",
        "inventory/planning/demand/rolling_over.py",
        "        ratio *= following[part_id].ratio\n",
        "",
        "of a part that takes two for one half as many are laid in as needed",
        ("tests/inventory/planning/demand/test_matrix.py",),
    ),
    Fault(
        "today-is-history",
        "inventory/planning/demand/reading.py",
        "FROM demand_day WHERE asked_on < '{until}' {chosen}",
        "FROM demand_day WHERE asked_on <= '{until}' {chosen}",
        "a day that is not over is read as a slow one",
        ("tests/inventory/planning/demand/test_matrix.py",),
    ),
    # Policies
    Fault(
        "widest-rule-wins",
        "inventory/planning/policies/book.py",
        "sorted(enumerate(rules), key=lambda one: one[1].rank)",
        "sorted(enumerate(rules), key=lambda one: one[1].rank, reverse=True)",
        "what was ruled for vital parts counts for none",
        ("tests/inventory/planning/policies/test_resolving.py",),
    ),
    Fault(
        "override-for-ever",
        "inventory/planning/policies/reading.py",
        "    WHERE lifted_at IS NULL AND expires_on >= %(on)s\n",
        "    WHERE lifted_at IS NULL AND %(on)s IS NOT NULL\n",
        "what was to hold for a summer holds for good",
        ("tests/inventory/planning/policies/test_resolving.py",),
    ),
    # What is ordered
    Fault(
        "coming-stock-ordered-again",
        "inventory/planning/replenishment/positions.py",
        "return self.on_hand + self.in_transit + self.on_order - self.reserved - self.back_ordered",
        "return self.on_hand + self.in_transit - self.reserved - self.back_ordered",
        "every night orders again what the night before ordered",
        ("tests/inventory/planning/replenishment/test_run.py",),
    ),
    Fault(
        "arrived-stock-counts-for-nothing",
        "inventory/planning/replenishment/positions.py",
        'reserved=found["reserved"] - found["arrived"],',
        'reserved=found["reserved"],',
        "what lies in the dock for the shelf is ordered once more",
        ("tests/inventory/planning/replenishment/test_positions.py",),
    ),
    Fault(
        "maximum-passed",
        "inventory/planning/stocking/ordering.py",
        "np.where(wanted, np.minimum(whole, room), 0)",
        "np.where(wanted, whole, 0)",
        "more is ordered than the shelf or the planner allows",
        ("tests/inventory/planning/stocking/test_ordering.py",),
    ),
    Fault(
        "shelves-before-repairs",
        "inventory/planning/stocking/fair_share.py",
        "shelf = np.repeat([0, 1], ",
        "shelf = np.repeat([1, 0], ",
        "short stock fills shelves while customers wait",
        ("tests/inventory/planning/stocking/test_fair_share.py",),
    ),
    Fault(
        "share-by-turn",
        "inventory/planning/stocking/fair_share.py",
        "np.lexsort((owner, before, -worth, rank",
        "np.lexsort((before, owner, rank",
        "who stands first in the list gets all that is short",
        ("tests/inventory/planning/stocking/test_fair_share.py",),
    ),
    Fault(
        "dear-but-few-goes-by-itself",
        "inventory/planning/replenishment/proposing.py",
        "over = (worth > policies.release_value_max[rows]) | (quantity > policies.release_quantity_max[rows])",
        "over = (worth > policies.release_value_max[rows]) & (quantity > policies.release_quantity_max[rows])",
        "one costly part passes the limit because it is only one",
        ("tests/inventory/planning/replenishment/test_run.py",),
    ),
    Fault(
        "held-is-released",
        "inventory/planning/replenishment/running.py",
        "AND kind <> 'purchase' AND held IS NULL AND",
        "AND kind <> 'purchase' AND",
        "what waits for a person is ordered behind his back",
        ("tests/inventory/planning/replenishment/test_run.py",),
    ),
    Fault(
        "edit-ignored",
        "inventory/planning/replenishment/deciding.py",
        "            quantity=one.wanted,\n",
        "            quantity=one.quantity,\n",
        "the buyer writes ten and a hundred are bought",
        ("tests/inventory/planning/replenishment/test_deciding.py",),
    ),
    Fault(
        "decided-twice",
        "inventory/planning/replenishment/deciding.py",
        "        if one.status not in UNDECIDED:\n",
        "        if one.status is ProposalStatus.REJECTED:\n",
        "two who approve the same proposal order it twice",
        ("tests/inventory/planning/replenishment/test_deciding.py",),
    ),
    Fault(
        "withdrawn-needs-stay",
        "inventory/planning/replenishment/writing.py",
        "    WHERE p.status = 'open' AND p.part_id = ANY(CAST(:parts AS bigint[]))\n",
        "    WHERE p.status = 'open' AND p.part_id <> ALL(CAST(:parts AS bigint[]))\n",
        "what is needed no more stays to be approved",
        ("tests/inventory/planning/replenishment/test_run.py",),
    ),
    # What is moved
    Fault(
        "giver-below-its-need",
        "inventory/planning/replenishment/rebalancing.py",
        "self.spare = self._whole(np.where(gives, self.free - self.keeps, 0))",
        "self.spare = self._whole(np.where(gives, self.free, 0))",
        "a place gives away what it needs itself",
        (
            "tests/inventory/planning/replenishment/test_settling.py",
            "tests/inventory/planning/replenishment/test_rebalancing.py",
        ),
    ),
    Fault(
        "move-beside-an-order",
        "inventory/planning/replenishment/settling.py",
        "    if (moves_held < 0).any():\n",
        "    if not len(moves):\n",
        "what an equal sends by itself is drawn and bought once more",
        ("tests/inventory/planning/replenishment/test_rebalancing.py",),
    ),
    Fault(
        "edited-move-counts-as-coming",
        "inventory/planning/replenishment/rebalancing.py",
        "held = np.where(someones, HELD.index(Held.EDITED), -1)",
        "held = np.where(someones, -1, -1)",
        "what somebody edited and forgot is taken for ordered, every night",
        ("tests/inventory/planning/replenishment/test_edited_moves.py",),
    ),
    Fault(
        "edited-move-released",
        "inventory/planning/replenishment/deciding.py",
        "    proposal.held = proposal.held or Held.EDITED\n",
        "",
        "what somebody is still about is ordered behind his back",
        ("tests/inventory/planning/replenishment/test_edited_moves.py",),
    ),
    Fault(
        "refill-orders-for-the-night",
        "inventory/planning/replenishment/urgent.py",
        "np.where(about[rows], run.id, proposed_by[rows])",
        "run.id + 0 * rows",
        "a refill of one place orders for others what the night has not decided to",
        ("tests/inventory/planning/replenishment/test_urgent.py",),
    ),
    Fault(
        "nothing-missed-at-the-top",
        "inventory/planning/replenishment/planning.py",
        "    price = trees.forest.as_served(price)\n",
        "",
        "central warehouses never help each other, for nobody asks there",
        ("tests/inventory/planning/replenishment/test_rebalancing.py",),
    ),
    Fault(
        "order-given-up-unnoted",
        "migrations/versions/0025_waking.py",
        "NEW.expected < OLD.expected OR ",
        "",
        "an urgent place waits for the night when its supplier sends less",
        ("tests/inventory/planning/replenishment/test_waking.py",),
    ),
    Fault(
        "waiting-for-the-old-number",
        "inventory/planning/replenishment/positions.py",
        "(new, old) in usable and {old, new} & about",
        "(old, new) in usable and {old, new} & about",
        "who waits for a replaced part is not served by the one that replaces it",
        ("tests/inventory/planning/replenishment/test_repairs_waiting.py",),
    ),
    # Buying
    Fault(
        "own-order-approved",
        "inventory/procurement/approving.py",
        "if by.person_id in _writers(session, order):",
        "if by.person_id == order.created_by_id:",
        "who wrote an order's lines into another's draft approves it himself",
        ("tests/inventory/procurement/test_orders.py",),
    ),
    Fault(
        "limit-in-foreign-money",
        "inventory/procurement/approving.py",
        "    amount = amount_of(session, order) * order.rate\n    earlier",
        "    amount = amount_of(session, order)\n    earlier",
        "ten thousand dollars pass where ten thousand yuan may",
        ("tests/inventory/procurement/test_orders.py",),
    ),
    Fault(
        "contract-for-ever",
        "inventory/procurement/offers.py",
        "WHERE :on BETWEEN held.valid_from AND held.valid_to\n",
        "WHERE :on >= held.valid_from\n",
        "orders go out at a price that nobody keeps to any more",
        ("tests/inventory/procurement/test_offers.py",),
    ),
    # Commands
    Fault(
        "key-before-effect",
        "web/db.py",
        "        if claimed.answer_status is not None:\n",
        "    with sessions.begin() as session:\n        if claimed.answer_status is not None:\n",
        "the key is stored in a transaction of its own: what fails after it can never be sent again",
        ("tests/web/test_command_keys.py",),
    ),
    Fault(
        "answer-after-effect",
        "web/db.py",
        "claimed.at)\n        commands.answer(session,",
        "claimed.at)\n    with sessions.begin() as session:\n        commands.answer(session,",
        "a worker that dies between effect and answer leaves a key that answers nothing",
        ("tests/web/test_command_keys.py",),
    ),
    Fault(
        "hash-ignored",
        "inventory/commands.py",
        "if earlier.request_hash != request_hash:",
        "if not earlier.request_hash:",
        "another request under a used key is answered with the first one's answer and lost",
        ("tests/web/test_command_keys.py",),
    ),
    Fault(
        "deadlock-not-repeated",
        "web/db.py",
        "if attempt == ATTEMPTS_MAX or not is_rivalry(error):",
        "if attempt or not is_rivalry(error):",
        "who loses a deadlock is refused though a second attempt would do",
        ("tests/web/test_command_keys.py",),
    ),
    # The edge
    Fault(
        "scope-dropped",
        "inventory/identity/scope.py",
        "    if covered is None:\n",
        "    if covered is None or covered:\n",
        "lists show rows of every warehouse",
        ("tests/web/test_access_over_http.py", "tests/inventory/sourcing/test_following.py"),
    ),
    Fault(
        "route-undeclared",
        "web/api/waves.py",
        "@requires(Permission.RELEASE_WAVES)\n",
        "",
        "a route that writes lets everybody in",
        ("tests/web/test_start.py",),
    ),
    Fault(
        "screens-without-csrf",
        "web/pages/__init__.py",
        "        app.register_blueprint(module.blueprint)\n",
        '        app.register_blueprint(module.blueprint)\n        app.extensions["csrf"].exempt(module.blueprint)\n',
        "a strange page sends forms in the name of whoever looks at it",
        ("tests/web/test_forms_and_headers.py",),
    ),
    Fault(
        "name-twice-accepted",
        "web/wire.py",
        "    if len(named) != len(pairs):\n",
        "    if len(named) > len(pairs):\n",
        "of two quantities in one body the second counts, unseen",
        ("tests/web/test_wire.py",),
    ),
    Fault(
        "half-an-import",
        "inventory/staging.py",
        "    if findings.problems:\n",
        "    if findings.problems and not findings.new:\n",
        "of a file with a bad row the good rows are taken",
        ("tests/inventory/catalogue/test_catalogue_imports.py",),
    ),
    Fault(
        "urgent-refills-beside-the-night",
        "inventory/planning/replenishment/holding.py",
        "SELECT pg_advisory_xact_lock(hashtextextended('needs worked out', 0))",
        "SELECT 1",
        "a refill and a piece of the night see one need and order it twice",
        ("tests/web/test_urgent_refills.py",),
    ),
    Fault(
        "decided-while-worked-out",
        "inventory/planning/replenishment/holding.py",
        "ORDER BY id FOR UPDATE",
        "ORDER BY id",
        "what somebody is approving is proposed and ordered once more",
        ("tests/web/test_urgent_refills.py",),
    ),
    Fault(
        "copy-errors-raw",
        "inventory/copying.py",
        "    except psycopg.Error as error:\n",
        "    except ZeroDivisionError as error:\n",
        "a full disk under a planning run or an import is told as a bug",
        ("tests/inventory/test_copying.py",),
    ),
    Fault(
        "notes-forgotten-first",
        "web/planning/refilling.py",
        '    with transaction(sessions, "refill_urgent") as work:\n',
        "    with sessions.begin() as session:\n        replenishment.forget_noted(session, noted.ids)\n"
        '    with transaction(sessions, "refill_urgent") as work:\n',
        "a process that dies takes the urgent places with it that it had looked up",
        ("tests/web/test_urgent_refills.py",),
    ),
    Fault(
        "fallen-stock-unnoted",
        "migrations/versions/0021_urgent.py",
        "NEW.on_hand - NEW.reserved < OLD.on_hand - OLD.reserved",
        "NEW.on_hand < OLD.on_hand",
        "a reservation that reaches the reorder point of an urgent place waits for the night",
        ("tests/inventory/planning/replenishment/test_urgent.py",),
    ),
    Fault(
        "lead-times-never-stray",
        "inventory/planning/stocking/forest.py",
        "self.flow**2 * self.transit_variance",
        "0.0 * self.transit_variance",
        "a lane that cannot be relied on gets no more stock than one that can",
        ("tests/inventory/planning/stocking/test_forest.py",),
    ),
    Fault(
        "repairs-teach-lanes",
        "inventory/planning/policies/lead_times.py",
        " AND asked.source_id IS NOT NULL",
        "",
        "what a repair waited for and was hurried along shortens the lead time of replenishments",
        ("tests/inventory/planning/policies/test_lead_times.py",),
    ),
    Fault(
        "broken-promises-paid-for-by-nobody",
        "inventory/planning/replenishment/constants.py",
        "return broken * np.where(",
        "return np.where(",
        "what a rehearsal of the year says of service changes no level",
        ("tests/inventory/planning/calibration/test_rehearsing.py",),
    ),
    Fault(
        "dear-parts-pooled-with-cheap-ones",
        "inventory/planning/replenishment/service_classes.py",
        "TIER_PLACE + policies.abc[rows]",
        "TIER_PLACE",
        "the share asked for is met by screws, and dear parts are hardly stocked",
        ("tests/inventory/planning/calibration/test_service.py",),
    ),
)


@contextmanager
def copied_tree() -> Iterator[Path]:
    """The files of the tree that git knows, and the same environment."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=TREE, capture_output=True, text=True, check=True).stdout
    with tempfile.TemporaryDirectory(prefix="beijian-planted-") as folder:
        copy = Path(folder)
        for name in filter(None, listed.split("\0")):
            if (TREE / name).is_file():
                (copy / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(TREE / name, copy / name)
        (copy / ".venv").symlink_to(TREE / ".venv")
        yield copy


def caught_by(fault: Fault, copy: Path) -> list[str]:
    """Plant the fault, run its tests until one fails, take the fault out again; the tests that failed.

    Raises: RuntimeError when the tests could not be run at all.
    """
    file = copy / fault.file
    sound = file.read_text(encoding="utf-8")
    file.write_text(fault.planted_in(sound), encoding="utf-8")
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-x", "--tb=no", "-p", "no:cacheprovider", *fault.tests],
            cwd=copy,
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS_MAX,
        )
    finally:
        file.write_text(sound, encoding="utf-8")
    if done.returncode not in (NO_TEST_FAILED, TESTS_FAILED):
        raise RuntimeError(f"{fault.name}: the tests did not run:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return re.findall(r"^(?:FAILED|ERROR) (.+?)(?: - |$)", done.stdout, re.MULTILINE)


def main(arguments: Sequence[str] | None = None) -> int:
    """Plant what was asked for; 1 when a fault survived."""
    parser = argparse.ArgumentParser(description="Plant faults in a copy of the tree; each has to be caught.")
    parser.add_argument("--only", nargs="+", metavar="NAME", choices=[fault.name for fault in FAULTS])
    parser.add_argument("--list", action="store_true", help="tell the faults and plant none")
    asked = parser.parse_args(arguments)
    chosen = [fault for fault in FAULTS if not asked.only or fault.name in asked.only]
    if asked.list:
        for fault in chosen:
            print(f"{fault.name:28} {fault.breaks}")
        return 0
    survived = 0
    with copied_tree() as copy:
        for fault in chosen:
            started = time.monotonic()
            caught = caught_by(fault, copy)
            survived += not caught
            told = caught[0] if caught else "SURVIVED"
            print(f"{fault.name:28} {time.monotonic() - started:5.1f} s  {told}", flush=True)
    print(f"{len(chosen) - survived} of {len(chosen)} caught")
    return 1 if survived else 0


if __name__ == "__main__":
    sys.exit(main())
