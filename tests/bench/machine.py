"""What the kernel tells of processes and their children: processor time used, memory held. Linux only."""

import os
from collections.abc import Iterator
from pathlib import Path

TICK_MS = 1000 / os.sysconf("SC_CLK_TCK")
_PARENT, _FIRST_TIME, _LAST_TIME = 1, 11, 15  # fields after the name: parent; own and waited-for children's time


def cpu_ms(*roots: int) -> float:
    """The processor time that the processes, their children and theirs have used, those that ended included.

    Units: milliseconds.
    """
    ticks = 0
    for pid in tree(*roots):
        fields = _stat(pid)
        if fields is not None:
            ticks += sum(int(field) for field in fields[_FIRST_TIME:_LAST_TIME])
    return ticks * TICK_MS


def tree(*roots: int) -> list[int]:
    """The processes and all that descend from them."""
    children: dict[int, list[int]] = {}
    for pid, parent in _parents():
        children.setdefault(parent, []).append(pid)
    found = list(roots)
    for pid in found:
        found += children.get(pid, [])
    return found


def memory_mb(pid: int) -> tuple[float, float]:
    """The resident memory of a process, and its share of it where pages are shared with others.

    Units: megabytes of a million bytes.
    """
    held = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
        name, _, rest = line.partition(":")
        held[name] = int(rest.split()[0]) * 1024 / 1e6
    return held["Rss"], held["Pss"]


def _parents() -> Iterator[tuple[int, int]]:
    for name in os.listdir("/proc"):
        if name.isdigit() and (fields := _stat(int(name))) is not None:
            yield int(name), int(fields[_PARENT])


def _stat(pid: int) -> list[str] | None:
    """The fields after the name of the program; None when the process is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
