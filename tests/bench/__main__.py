"""`python -m tests.bench`: the figures of SCALE (full unless another is named), a line of JSON each."""

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench import planning
from tests.bench.figures import Figure
from tests.bench.suite import Size, growth, measure
from tests.bench.world import Databases
from web.cluster import running
from web.demo.scales import SCALES

QUICK = Size(clients=(1, 4, 16), seconds=2, runs=1)
PLANNED_PAIRS = {"small": 30_000, "full": planning.PAIRS}
"""Over how many part-places planning is measured."""


def figures(scale: str) -> Iterator[Figure]:
    """All figures of a scale; of the full one also how they grew from the small one."""
    if scale != "full":
        yield from _measured(scale, Size())
        yield from planning.figures(PLANNED_PAIRS[scale])
        return
    small = list(_measured("small", QUICK))
    full = []
    for figure in _measured(scale, Size()):
        full.append(figure)
        yield figure
    yield from growth(small, full)
    yield from planning.figures(PLANNED_PAIRS[scale])


def _measured(scale: str, size: Size) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(prefix="beijian-bench-") as name:
        folder = Path(name)
        folder.chmod(0o711)  # the server of a root's database is another user, who has to pass through
        with running(folder / "pg") as cluster:
            yield from measure(Databases(cluster.url("postgres", "postgres")), SCALES[scale], size, folder)


def main() -> None:
    """Print each figure as soon as it is known."""
    scale = os.environ.get("SCALE", "full")
    if scale not in SCALES:
        sys.exit(f"SCALE is one of {', '.join(SCALES)}, not {scale!r}")
    started = time.monotonic()
    for figure in figures(scale):
        print(figure.as_line(), flush=True)
    print(f"bench: {time.monotonic() - started:.0f} s in all", file=sys.stderr)


if __name__ == "__main__":
    main()
