"""Child processes that never outlive us."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress

_PR_SET_PDEATHSIG = 1


def signalled_when_parent_dies(number: signal.Signals) -> Callable[[], None] | None:
    """Return what a child runs before its program, so that the kernel signals it when we are killed.

    Only Linux has this; elsewhere a killed parent leaves its children, and the next start has to find them.
    """
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl
    return lambda: prctl(_PR_SET_PDEATHSIG, number)


def end(process: "subprocess.Popen[bytes]", by: signal.Signals, *, within_seconds: float) -> None:
    """Ask a child to end, insist when it takes too long, and end what it leaves behind in its group.

    The child was started as the leader of a group of its own. A server that was killed leaves its workers there,
    which would go on answering.
    """
    process.send_signal(by)
    try:
        process.wait(within_seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
