"""All figures of a scale, in their order."""

import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from inventory.reporting.verifying import verify
from tests.bench.accepting import measure_accepting, measure_round_trips
from tests.bench.figures import Figure
from tests.bench.floor import fill_waves, measure_picks, measure_waves
from tests.bench.looking_up import measure_availability, measure_scans
from tests.bench.machine import memory_mb, tree
from tests.bench.world import Databases, World, copy_database, employ_engineers, load_network, parts_by_stock, serving
from tests.bench.yardstick import Yardstick, find_pgbench
from web.cluster import APP_ROLE
from web.demo.scales import Scale


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured.

    Units: seconds of a burst of part requests; the others are counts.
    """

    clients: tuple[int, ...] = (1, 4, 16)
    seconds: float = 5
    runs: int = 3
    trips: int = 20
    look_ups: int = 500
    wave_lines: int = 1000
    waves: int = 3
    scanners: int = 16
    picks: int = 800


def measure(databases: Databases, scale: Scale, size: Size, folder: Path) -> Iterator[Figure]:
    """Load the network of the scale, serve it, and take every figure; at the end the books are proved."""
    seconds = load_network(databases, scale)
    yield Figure("load", scale.name, seconds, "s")
    engineers, parts = employ_engineers(databases), parts_by_stock(databases)
    yield measure_round_trips(databases, scale.name, engineers, parts, requests=size.trips)
    with ExitStack() as stack:
        program = find_pgbench()
        if program is not None:
            copy_database(databases)
            stack.callback(databases.command, f"DROP DATABASE {databases.copied} WITH (FORCE)", "postgres")
        yardstick = Yardstick(databases, program, folder) if program else None
        target = stack.enter_context(serving(databases, folder))
        world = World(scale.name, databases, engineers, parts, target)
        yield from measure_accepting(world, yardstick, clients=size.clients, seconds=size.seconds, runs=size.runs)
        yield measure_availability(world, clients=4, requests=size.look_ups, runs=size.runs)
        floor = fill_waves(world, lines=size.wave_lines, waves=size.waves, scanners=size.scanners)
        yield measure_waves(world, floor, lines=size.wave_lines, waves=size.waves)
        yield measure_scans(world, floor.warehouse, floor.scanners, requests=size.look_ups, runs=size.runs)
        yield measure_picks(world, floor, picks=size.picks, runs=size.runs)
        yield from measure_memory(world)
    yield prove(databases, scale.name)


def measure_memory(world: World) -> Iterator[Figure]:
    """The memory of the largest worker after all that; and its share, where pages are shared with others."""
    server = world.target.processes[0]
    held = [memory_mb(pid) for pid in tree(server) if pid != server]
    yield Figure("worker_memory", world.scale, max(resident for resident, _ in held), "MB")
    yield Figure("worker_memory_share", world.scale, max(share for _, share in held), "MB")


def prove(databases: Databases, scale: str) -> Figure:
    """What `beijian verify` finds wrong in the books after all that: nothing."""
    started = time.monotonic()
    with databases.opened(APP_ROLE, databases.measured) as engine, Session(engine) as session:
        broken = [finding for finding in verify(session) if finding.violations]
    for finding in broken:
        print(f"bench: {finding.violations} break {finding.name}: {finding.rule}", file=sys.stderr)
    print(f"bench: verify took {time.monotonic() - started:.0f} s", file=sys.stderr)
    return Figure("verify_violations", scale, sum(finding.violations for finding in broken), "rows")


def growth(small: list[Figure], full: list[Figure]) -> Iterator[Figure]:
    """How many times as much processor time a request takes with all of the data as with a hundredth of it."""
    before = {figure.figure: figure for figure in small}
    for figure in full:
        earlier = before.get(figure.figure)
        if earlier is not None and earlier.cpu_ms and figure.cpu_ms:
            yield Figure(f"growth_{figure.figure}", figure.scale, figure.cpu_ms / earlier.cpu_ms, "x")
