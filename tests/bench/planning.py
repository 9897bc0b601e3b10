"""`python -m tests.bench.planning [PAIRS]`: the figures of planning over so many part-places, a line of JSON each.

A night is `beijian plan run` with two processes on a PostgreSQL of its own, from the history in the database to orders
and the planners' figures. The first night writes every level, the second follows a day on which one place in fifty
lost a unit. Processor time is of all processes of planner and database; memory is the most that they held together,
pages shared counted once, and the most that one process of the planner held. Goals stand in GOALS.
"""

import http.client
import json
import os
import secrets
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from sqlalchemy import text
from sqlalchemy.orm import Session

from inventory.db import database_now
from inventory.identity import Role
from inventory.planning import calibration, replenishment
from inventory.planning.forecasting import SEGMENTS
from inventory.planning.policies import read_policy_book
from inventory.planning.replenishment import PIECE_STEPS, RUN_STEPS
from tests import given
from tests.bench.figures import Figure, percentile
from tests.bench.load import Target
from tests.bench.machine import cpu_ms, memory_mb, tree
from tests.bench.planning_goals import TREE_PARTS, measure_goals
from tests.bench.planning_kernels import measure_kernels
from tests.bench.planning_world import let_a_day_pass, load_planning_world
from tests.bench.world import Databases, serving
from web.cluster import APP_ROLE, running
from web.crew import PATIENT

PAIRS: Final = 3_000_000
PROCESSES: Final = 2
PARTS_REPLANNED: Final = 20
PAGES: Final = 30
PLACES_A_PART: Final = 50
STEPS: Final = (*RUN_STEPS, *PIECE_STEPS)
"""Those within the pieces are summed over the processes."""


def figures(pairs: int) -> Iterator[Figure]:
    """All figures of planning, in their order."""
    scale = f"{pairs} pairs"
    yield from measure_kernels(pairs, scale)
    yield from measure_goals(TREE_PARTS, pairs // PLACES_A_PART)
    with tempfile.TemporaryDirectory(prefix="beijian-bench-") as name:
        folder = Path(name)
        folder.chmod(0o711)  # the server of a root's database is another user, who has to pass through
        with running(folder / "pg") as cluster:
            yield from _measured(Databases(cluster.url("postgres", "postgres")), pairs, scale, folder)


def _measured(databases: Databases, pairs: int, scale: str, folder: Path) -> Iterator[Figure]:
    started = time.monotonic()
    loaded = load_planning_world(databases, pairs)
    yield Figure("planning_load", scale, time.monotonic() - started, "s")
    yield Figure("planning_pairs", scale, float(loaded), "pairs")
    yield from measure_night("first", databases, scale)
    let_a_day_pass(databases)
    yield from measure_night("second", databases, scale)
    yield measure_one_part(databases, scale)
    with serving(databases, folder) as target:
        yield measure_report(databases, target, scale)


def measure_night(name: str, databases: Databases, scale: str) -> Iterator[Figure]:
    """Run a night, and tell its seconds by step, processor time, speed over the pairs it planned, and memory."""
    watch = _Watch(databases)
    night = _run_night(databases, watch)
    told = _told_by_last_run(databases)
    seconds = {**told["seconds"], **told["piece_seconds"]}
    for step in STEPS:
        yield Figure(f"planning_{name}_{step}", scale, seconds[step], "s")
    yield Figure(f"planning_{name}_pairs", scale, float(told["places"]), "pairs")
    yield Figure(f"planning_{name}_night", scale, night, "s", cpu_ms=watch.cpu_ms)
    yield Figure(f"planning_{name}_speed", scale, told["places"] / night, "pairs/s")
    yield Figure(f"planning_{name}_memory", scale, watch.together_mb, "MB")
    yield Figure(f"planning_{name}_memory_process", scale, max(watch.held_mb.values()), "MB")


@dataclass
class _Watch:
    """What a night takes, looked at while it runs.

    Units: megabytes; milliseconds of processor time. `held_mb` is the most that each process of the planner held.
    """

    databases: Databases
    held_mb: dict[int, float] = field(default_factory=dict)
    together_mb: float = 0.0
    cpu_ms: float = 0.0

    def follow(self, planner: "subprocess.Popen[str]") -> None:
        """Look twice a second until the planner has ended."""
        postmaster = self.databases.postmaster()
        before, planners = cpu_ms(postmaster), 0.0
        while planner.poll() is None:
            planners = max(planners, cpu_ms(planner.pid))
            together = 0.0
            for pid in tree(planner.pid, postmaster):
                with suppress(FileNotFoundError, ProcessLookupError, KeyError):
                    resident, share = memory_mb(pid)
                    together += share
                    if pid in tree(planner.pid):
                        self.held_mb[pid] = max(self.held_mb.get(pid, 0.0), resident)
            self.together_mb = max(self.together_mb, together)
            time.sleep(0.5)
        self.cpu_ms = planners + cpu_ms(postmaster) - before


def _run_night(databases: Databases, watch: _Watch) -> float:
    """Run `beijian plan run`; its seconds by the clock."""
    environment = {
        **os.environ,
        "DATABASE_URL": databases.address(APP_ROLE, databases.measured),
        "SECRET_KEY": secrets.token_hex(32),
    }
    started = time.monotonic()
    with subprocess.Popen(
        [sys.executable, "-m", "web.cli", "plan", "run", "--processes", str(PROCESSES)],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    ) as planner:
        follower = threading.Thread(target=watch.follow, args=(planner,))
        follower.start()
        told, _ = planner.communicate()
        seconds = time.monotonic() - started
        follower.join()
    if planner.returncode:
        raise RuntimeError(f"the run broke off: {planner.returncode}")
    print(f"bench: {told.strip()}", file=sys.stderr)
    return seconds


def _told_by_last_run(databases: Databases) -> dict[str, Any]:
    """What the run came to, as it wrote it down."""
    with databases.opened(APP_ROLE, databases.measured) as engine, engine.connect() as connection:
        told = connection.scalar(text("SELECT figures FROM planning_run ORDER BY id DESC LIMIT 1"))
    assert isinstance(told, dict), "a run tells what it came to"
    return told


def measure_one_part(databases: Databases, scale: str) -> Figure:
    """Plan single parts anew over all tiers with the constants of a run: the middle one's time, reading included."""
    latencies = []
    with databases.opened(APP_ROLE, databases.measured) as engine, Session(engine) as session:
        session.execute(PATIENT)
        now = database_now(session)
        on, parts = now.date(), replenishment.list_parts(session)
        constants = calibration.fix_constants(session, parts, read_policy_book(session, on=on), on=on)
        run_id = session.scalar(text("SELECT max(id) FROM planning_run"))
        assert run_id is not None, "nights have been run"
        for part_id in parts[:: max(len(parts) // PARTS_REPLANNED, 1)]:
            started = time.monotonic()
            book = read_policy_book(session, on=on, part_ids=[int(part_id)])
            replenishment.plan_piece(session, run_id, np.array([part_id]), book, constants, on=on, at=now)
            session.commit()
            latencies.append(time.monotonic() - started)
    return _told("planning_one_part", scale, latencies)


def measure_report(databases: Databases, target: Target, scale: str) -> Figure:
    """Ask for the first page of the reorder report as a planner who sees all of the network."""
    with databases.opened(APP_ROLE, databases.measured) as engine, Session(engine) as session, session.begin():
        planner = given.person(session, Role.PLANNER, login=f"bench-{secrets.token_hex(6)}")
        cookie = f"beijian={given.web_session(session, planner)}"
    connection = http.client.HTTPConnection(target.host, target.port, timeout=60)
    latencies, before = [], 0.0
    for page in range(PAGES + 5):
        if page == 5:  # each worker has answered
            before = cpu_ms(*target.processes)
        started = time.monotonic()
        connection.request("GET", "/replenishment", headers={"Cookie": cookie})
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != http.HTTPStatus.OK:
            raise RuntimeError(f"the report answered {answer.status}: {body[:300]!r}")
        latencies.append(time.monotonic() - started)
    told = _told("planning_report_first_page", scale, latencies[5:])
    return Figure(**{**json.loads(told.as_line()), "cpu_ms": (cpu_ms(*target.processes) - before) / PAGES})


def _told(name: str, scale: str, latencies: list[float]) -> Figure:
    middle, last = percentile(latencies, 0.50), percentile(latencies, 0.95)
    return Figure(name, scale, middle, "s", p50_ms=middle * 1000, p95_ms=last * 1000, runs=len(latencies))


GOALS: Final = (
    ("planning_first_night", "<= 600 s"),
    ("planning_second_night", "<= 600 s"),
    ("planning_first_memory", "<= 6144 MB"),
    ("planning_second_memory", "<= 6144 MB"),
    ("planning_one_part", "<= 2 s"),
    ("planning_report_first_page", "<= 0.3 s"),
    ("base_stock", "<= 3 s for 3 million"),
    ("forecast_four", ">= 500,000 /s"),
    ("forecast_tsb_grid", ">= 100,000 /s"),
    ("network_at_one_price", "<= 120 s for 60,000 parts"),
    ("carparts_rmsse_product", "<= 0.690"),
    ("carparts_bias_product", "within 0.13"),
    ("carparts_stock_product", "<= 9.1 months"),
    *((f"carparts_fill_of_{segment}", "0.90 within 0.03") for segment in SEGMENTS),
    *((f"poisson_fill_of_{segment}", "0.90 within 0.02") for segment in SEGMENTS),
    ("tree_one_target", "ratio >= 1.43: 30 % less"),
    ("tree_tier_targets", "ratio >= 1.11: 10 % less"),
)
"""What is asked of the figures, most of them at three million pairs."""


def main() -> None:
    """Print each figure as soon as it is known, and at the end those that have a goal beside it."""
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else PAIRS
    told = []
    for figure in figures(pairs):
        print(figure.as_line(), flush=True)
        told.append(figure)
    for name, goal in GOALS:
        for figure in told:
            if figure.figure == name:
                ratio = "" if figure.ratio is None else f", ratio {figure.ratio:.3g}"
                print(f"bench: {name:28} {figure.scale:16} {figure.value:.4g} {figure.unit}{ratio}   goal {goal}",
                      file=sys.stderr)  # fmt: skip


if __name__ == "__main__":
    main()
