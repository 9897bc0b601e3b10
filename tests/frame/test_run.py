"""`beijian run`: everything up from nothing, and everything gone at the end, whatever the end."""

import os
import queue
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from web.cluster import find_running
from web.run import RESTART_SECONDS_FIRST, RESTARTS_MAX, RESTARTS_SECONDS, Part, PartEnded

UP_SECONDS_MAX = 60
END_SECONDS_MAX = 30


class Run:
    """A `beijian run` on a folder and a port of its own."""

    def __init__(self, var: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.var = var
        environment = {name: value for name, value in os.environ.items() if not name.endswith("DATABASE_URL")}
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "web.cli", "run", "--empty"],
            env={**environment, "BEIJIAN_VAR": str(var), "PORT": str(self.port), "WORKERS": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.said: list[str] = []
        self.parts: list[psutil.Process] = []
        self._up: queue.SimpleQueue[bool] = queue.SimpleQueue()
        self._listener = threading.Thread(target=self._listen)
        self._listener.start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout:
            for line in self.process.stdout:
                self.said.append(line)
                if "Ctrl-C ends" in line:
                    self._up.put(True)
        self._up.put(False)

    def await_up(self) -> None:
        assert self._up.get(timeout=UP_SECONDS_MAX), "".join(self.said)
        self.parts = psutil.Process(self.process.pid).children(recursive=True)

    def part(self, name: str) -> psutil.Process:
        [found] = [child for child in psutil.Process(self.process.pid).children() if child.cmdline()[-1:] == [name]]
        return found

    def await_another(self, name: str, than: psutil.Process) -> None:
        """Wait until the part runs as another process than this one."""
        deadline = time.monotonic() + UP_SECONDS_MAX
        while time.monotonic() < deadline:
            with suppress(psutil.NoSuchProcess, ValueError):
                if self.part(name) != than:
                    self.parts = psutil.Process(self.process.pid).children(recursive=True)
                    return
            time.sleep(0.1)
        raise AssertionError("".join(self.said))

    def await_health(self) -> None:
        """Wait until the server answers."""
        deadline = time.monotonic() + UP_SECONDS_MAX
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/api/v1/health", timeout=10) as answer:
                    assert answer.status == 200
                    self.parts = psutil.Process(self.process.pid).children(recursive=True)
                    return
            except OSError:
                assert time.monotonic() < deadline, "".join(self.said)
                time.sleep(0.1)

    def await_end(self) -> int:
        status = self.process.wait(END_SECONDS_MAX)
        self._listener.join(END_SECONDS_MAX)
        assert not self._listener.is_alive(), "a part holds our output open"
        return status

    def left_over(self) -> list[psutil.Process]:
        """Return the parts that still live a little later."""
        _, alive = psutil.wait_procs(self.parts, timeout=END_SECONDS_MAX)
        return alive

    def end_for_certain(self) -> None:
        for process in [*self.parts, self.process]:
            with suppress(psutil.NoSuchProcess, ProcessLookupError):
                process.kill()
        self.await_end()


@pytest.fixture
def var() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="beijian-run-") as folder:
        yield Path(folder) / "var"


@pytest.fixture
def run(var: Path) -> Iterator[Run]:
    run = Run(var)
    try:
        run.await_up()
        yield run
    finally:
        run.end_for_certain()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_and_a_signal_ends_all_of_it(run: Run, number: signal.Signals) -> None:
    with urllib.request.urlopen(f"http://127.0.0.1:{run.port}/api/v1/health", timeout=10) as answer:
        assert answer.status == 200
    run.process.send_signal(number)
    assert run.await_end() == 0
    assert run.left_over() == []
    assert find_running(run.var / "pg") is None


def test_it_starts_again_on_the_data_it_left(run: Run) -> None:
    run.process.send_signal(signal.SIGINT)
    run.await_end()
    again = Run(run.var)
    try:
        again.await_up()
    finally:
        again.process.send_signal(signal.SIGINT)
        again.await_end()


@pytest.mark.parametrize("name", ["serve", "jobs"])
def test_a_part_that_ends_by_itself_is_started_again(run: Run, name: str) -> None:
    killed = run.part(name)
    left = killed.children(recursive=True)
    killed.kill()
    run.await_another(name, than=killed)
    assert f"{name} ended by itself (exit status -9); it starts again in 1 s" in "".join(run.said)
    assert psutil.wait_procs(left, timeout=END_SECONDS_MAX)[1] == []
    run.await_health()
    run.process.send_signal(signal.SIGINT)
    assert run.await_end() == 0
    assert run.left_over() == []


def test_workers_that_die_again_within_seconds_end_the_server_which_is_started_again(run: Run) -> None:
    server = run.part("serve")
    deadline = time.monotonic() + UP_SECONDS_MAX
    while server.is_running() and time.monotonic() < deadline:
        with suppress(psutil.NoSuchProcess):
            for worker in server.children():
                worker.kill()
        time.sleep(0.2)
    run.await_another("serve", than=server)
    run.await_health()
    assert "serve ended by itself (exit status 1)" in "".join(run.said)


def test_a_part_that_ends_again_and_again_is_given_up(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("web.run.RESTART_SECONDS_FIRST", 0.001)
    broken = [sys.executable, "-c", "print('begun', flush=True); raise SystemExit(3)"]
    with (
        Part("broken", broken, os.environ) as part,
        pytest.raises(PartEnded, match="ended by itself 6 times") as given_up,
    ):
        look_after(part, seconds=UP_SECONDS_MAX)
    assert "last exit status 3" in given_up.value.message
    assert capfd.readouterr().out.count("begun") == RESTARTS_MAX + 1


def look_after(part: Part, *, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        part.look_after(time.monotonic())
        time.sleep(0.01)


def test_ends_that_lie_far_apart_are_not_added_up() -> None:
    at = 0.0
    with Part("frail", [sys.executable, "-c", ""], os.environ) as part:
        for _ in range(RESTARTS_MAX + 2):
            while not part.has_ended():
                time.sleep(0.01)
            part.look_after(at)
            part.look_after(at + RESTART_SECONDS_FIRST)
            at += RESTARTS_SECONDS


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux signals the children of a killed parent")
def test_a_killed_run_leaves_nothing_behind(run: Run) -> None:
    run.process.kill()
    run.await_end()
    assert run.left_over() == []


@pytest.mark.parametrize("command", [["run", "--empty"], ["serve"]])
def test_a_taken_port_is_said_before_the_database_is_touched(tmp_path: Path, command: list[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = subprocess.run(
            [sys.executable, "-P", "-m", "web.cli", *command],
            env={**os.environ, "BEIJIAN_VAR": str(tmp_path), "PORT": str(taken.getsockname()[1])},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert "cannot listen on 127.0.0.1" in done.stderr
    assert not (tmp_path / "pg").exists()
