"""The life of an embedded cluster: made once, started or joined, stopped by whoever started it."""

import atexit
import fcntl
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

import psycopg

from . import accounts, paths
from .creation import create_cluster, create_database, environment
from .errors import DatabaseUnavailable

# Recovery after a crash replays at most a checkpoint's worth of log; a start in peace takes 0.1 s.
START_TIMEOUT = 60.0
LOG_LIMIT = 10 * 1024 * 1024

_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": "128MB",
    # Compiling costs more than it saves on short queries.
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    # Details quote values of rows: addresses of people do not belong in a log.
    "log_error_verbosity": "terse",
}


class Cluster:
    """The embedded PostgreSQL of one data directory, in `<data_dir>/postgres`, with a database `together`.

    `version` is the major, 16 or 18; without it TOGETHER_EMBEDDED_POSTGRES decides, else 18. As a context manager
    it starts on entry and stops on exit.
    """

    def __init__(self, data_dir: Path, version: int | None = None) -> None:
        self.data_dir = data_dir.resolve()
        self.home = paths.cluster_dir(data_dir)
        self.socket_dir = paths.socket_dir(data_dir)
        self.log = self.data_dir / "postgres.log"
        self.version = str(version or os.environ.get("TOGETHER_EMBEDDED_POSTGRES") or 18)
        self._server: subprocess.Popen[bytes] | None = None
        self._launcher = 0

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def owned(self) -> bool:
        """Whether this very process started the server, and so has to stop it."""
        return self._server is not None and self._launcher == os.getpid()

    @property
    def alive(self) -> bool:
        """Whether the server is there at this moment; cheap enough to ask every second."""
        if self.owned and self._server is not None:
            return self._server.poll() is None
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(1)
            return probe.connect_ex(str(paths.socket_file(self.socket_dir))) == 0

    def start(self) -> None:
        """Starts the server, or joins one that is running; makes the cluster and its database when missing.

        Raises DatabaseUnavailable.
        """
        try:
            self._prepare()
            self._run()
        except psycopg.Error as error:
            raise DatabaseUnavailable(f"The embedded PostgreSQL refused us: {str(error).strip()}") from error
        except OSError as error:
            raise DatabaseUnavailable(f"{self.data_dir} cannot be used: {error.strerror}.") from error

    def stop(self) -> None:
        """Stops the server if this process started it, within half a minute; otherwise does nothing."""
        if not self.owned or self._server is None:
            return
        # Fast shutdown, then without a checkpoint (the next start recovers), then by force.
        for sign, patience in ((signal.SIGINT, 20), (signal.SIGQUIT, 5), (signal.SIGKILL, 5)):
            self._server.send_signal(sign)
            with suppress(subprocess.TimeoutExpired):
                self._server.wait(patience)
                break
        self._server = None
        atexit.unregister(self.stop)

    def _prepare(self) -> None:
        self._programs = paths.installation(self.version)
        # Root may have to hand the cluster to another account, which must be able to pass through.
        self.data_dir.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
        with suppress(FileNotFoundError):
            found = (self.home / "PG_VERSION").read_text().strip()
            if found != self.version:
                raise DatabaseUnavailable(
                    f"The data in {self.home} was written by PostgreSQL {found} and version {self.version} cannot "
                    f"read it: set TOGETHER_EMBEDDED_POSTGRES={found}, or move it by a backup."
                )

    def _run(self) -> None:
        self._server = self._server if self.owned and self.alive else None
        deadline = time.monotonic() + START_TIMEOUT
        while not self._ready():
            if self.owned and not self.alive:
                raise DatabaseUnavailable(f"The embedded PostgreSQL did not start: {self._last_words()}")
            if time.monotonic() > deadline:
                self.stop()
                raise DatabaseUnavailable(f"The embedded PostgreSQL is not ready after {START_TIMEOUT:.0f} s.")
            with self._lock() as lock:
                if lock is not None:
                    self._launch(lock)
            time.sleep(0.02)

    def _ready(self) -> bool:
        # Asked by what is wanted of it: a server that is going down still listens for a moment.
        try:
            create_database(self.socket_dir)
        except psycopg.OperationalError:
            return False
        return True

    @contextmanager
    def _lock(self) -> Iterator[int | None]:
        """A lock that PostgreSQL and all its processes inherit: who gets it knows that none of them lives."""
        lock = os.open(self.data_dir / "postgres.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            yield lock if _is_taken(lock) else None
        finally:
            os.close(lock)

    def _launch(self, lock: int) -> None:
        if not self.home.exists():
            create_cluster(self.home, self._programs, self.version)
        account, programs = accounts.choose(self.home, self._programs)
        self._prepare_socket_dir(account)
        # PostgreSQL believes a pid file as long as any process, a zombie too, has that number.
        for stale in (self.home / "postmaster.pid", Path(f"{paths.socket_file(self.socket_dir)}.lock")):
            stale.unlink(missing_ok=True)
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            self.log.replace(self.log.with_suffix(".log.1"))
        command = [str(programs / "bin/postgres"), "-D", str(self.home)]
        command += ["-k", str(self.socket_dir), "-p", str(paths.PORT)]
        for name, value in _SETTINGS.items():
            command += ["-c", f"{name}={value}"]
        self.log.touch(mode=0o600)
        with self.log.open("ab") as log:
            self._server = subprocess.Popen(  # noqa: S603
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=environment(),
                umask=0o077,
                pass_fds=[lock],
                # Ctrl-C in the terminal is for the launcher, which stops the server when it is done with it.
                start_new_session=True,
                **account.options,
            )
        self._launcher = os.getpid()
        atexit.register(self.stop)

    def _prepare_socket_dir(self, account: accounts.Account) -> None:
        if self.socket_dir == self.home:
            return
        with suppress(FileExistsError):
            self.socket_dir.mkdir(mode=0o700)
            os.chown(self.socket_dir, account.uid, account.gid)
        found = self.socket_dir.lstat()
        if self.socket_dir.is_symlink() or found.st_uid != account.uid or found.st_mode & 0o077:
            raise DatabaseUnavailable(f"{self.socket_dir} belongs to someone else: choose a shorter TOGETHER_DATA_DIR.")

    def _last_words(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines()[-20:]
        fatal = [line.split("FATAL:")[-1].strip() for line in lines if "FATAL:" in line]
        return f"{(fatal or lines or ['no reason given'])[-1]} (see {self.log})."


def _is_taken(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
