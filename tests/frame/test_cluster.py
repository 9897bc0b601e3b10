"""The life of the program's own PostgreSQL."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from web.cluster import APP_ROLE, Cluster, ClusterFailed, find_running, running


@pytest.fixture
def data() -> Iterator[Path]:
    """A short path: pytest's own temporary folders are closed to the user that runs the server for root."""
    with tempfile.TemporaryDirectory(prefix="beijian-") as folder:
        yield Path(folder) / "pg"


def test_rows_outlive_a_stop(data: Path) -> None:
    with running(data) as cluster, cluster.connect() as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS figure")
    assert find_running(data) is None
    with running(data) as cluster, cluster.connect() as connection:
        assert connection.execute("SELECT figure FROM kept").fetchone() == (7,)


def test_while_it_runs_others_find_it(data: Path) -> None:
    with running(data) as cluster:
        assert find_running(data) == cluster


def test_a_second_owner_is_refused(data: Path) -> None:
    with running(data), pytest.raises(ClusterFailed, match="another process"), running(data):
        pass


def test_it_listens_on_no_address_of_the_network(data: Path) -> None:
    with running(data) as cluster, cluster.connect() as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)


def test_the_programs_role_waits_for_a_lock_only_so_long(data: Path) -> None:
    with running(data) as cluster, cluster.connect(APP_ROLE, "beijian") as connection:
        assert connection.execute("SHOW lock_timeout").fetchone() == ("2s",)


def test_data_that_lie_deep_get_a_socket_elsewhere(data: Path) -> None:
    deep = data.parent / ("d" * 60) / ("e" * 60) / "pg"
    with running(deep) as cluster:
        assert cluster.socket != deep
        socket = cluster.socket
    assert not socket.exists()


def test_half_a_cluster_is_never_taken_for_one(data: Path) -> None:
    draft = data.with_name("pg.new")
    draft.mkdir()
    (draft / "PG_VERSION").write_text("18\n")
    with running(data) as cluster, cluster.connect() as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


OWN_UNTIL_KILLED = """
import sys, time
from pathlib import Path
from web.cluster import running
with running(Path(sys.argv[1])) as cluster:
    with cluster.connect() as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS figure")
    print("up", flush=True)
    time.sleep(600)
"""


def test_a_killed_owner_takes_it_along_and_the_next_start_finds_the_rows(data: Path) -> None:
    owner = subprocess.Popen([sys.executable, "-c", OWN_UNTIL_KILLED, data], stdout=subprocess.PIPE)
    assert owner.stdout is not None
    with owner, owner.stdout:
        assert owner.stdout.readline() == b"up\n"
        owner.send_signal(signal.SIGKILL)
    with running(data) as cluster, cluster.connect() as connection:
        assert connection.execute("SELECT figure FROM kept").fetchone() == (7,)


def test_a_killed_server_recovers_at_the_next_start(data: Path) -> None:
    with running(data) as cluster, cluster.connect() as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS figure")
        os.kill(postmaster_of(cluster), signal.SIGKILL)
        wait_until_dead(cluster)
    with running(data) as cluster, cluster.connect() as connection:
        assert connection.execute("SELECT figure FROM kept").fetchone() == (7,)


def test_a_killed_server_is_started_again_while_its_owner_runs(data: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with running(data) as cluster:
        with cluster.connect() as connection:
            connection.execute("CREATE TABLE kept AS SELECT 7 AS figure")
        first = postmaster_of(cluster)
        os.kill(first, signal.SIGKILL)
        wait_until_dead(cluster)
        with await_alive(cluster) as connection:
            assert connection.execute("SELECT figure FROM kept").fetchone() == (7,)
        assert postmaster_of(cluster) != first
    assert find_running(data) is None
    assert "PostgreSQL ended by itself (exit status -9) and is started again" in capfd.readouterr().err


def await_alive(cluster: Cluster) -> "psycopg.Connection[tuple[object, ...]]":
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with suppress(psycopg.OperationalError):
            return cluster.connect()
        time.sleep(0.05)
    raise AssertionError("the killed server was not started again")


def postmaster_of(cluster: Cluster) -> int:
    return int((cluster.data / "postmaster.pid").read_text().splitlines()[0])


def wait_until_dead(cluster: Cluster) -> None:
    with suppress(psycopg.OperationalError):
        for _ in range(100):
            cluster.connect().close()
            time.sleep(0.05)
        pytest.fail("the killed server still answers")
