"""The product as its operator runs it, for benchmarks: a process with a core of its own, and a database beside it.

Importing this sets Django up on the instance's database, so that a benchmark fills it with a few bulk inserts.
"""

import atexit
import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

DATA = Path(tempfile.mkdtemp(prefix="together-bench-"))
# Production, but for rate limits (`bench/settings.py`). Nothing of a developer's `.env` counts.
ENVIRONMENT = {
    "DJANGO_SETTINGS_MODULE": "bench.settings",
    "TOGETHER_ENV": "production",
    "TOGETHER_DATA_DIR": str(DATA),
    "SECRET_KEY": secrets.token_urlsafe(64),
    "ALLOWED_HOSTS": "127.0.0.1",
    "DATABASE_URL": "",
    "REDIS_URL": "",
    "LOG_LEVEL": "WARNING",
}
SERVER_CORE, LOAD_CORE = 0, 1

os.environ.update(ENVIRONMENT)
atexit.register(shutil.rmtree, DATA, ignore_errors=True)

import django

django.setup()

from accounts.models import Session, User
from accounts.tokens import access_token, refresh_expiry
from guilds.models import Member, Server
from together.testing.process import Instance


@contextmanager
def running() -> Iterator[Instance]:
    """An instance that answers, alone on its core; everything else, its database too, is on the other one."""
    pin(os.getpid(), LOAD_CORE)
    with Instance(DATA, **ENVIRONMENT) as instance:
        assert instance.process is not None
        pin(instance.process.pid, SERVER_CORE)
        yield instance


def pin(pid: int, core: int) -> None:
    """Keep a process, with the threads that it has and will have, on one core, where there are several."""
    if (os.cpu_count() or 1) == 1:
        return
    for thread in psutil.Process(pid).threads():
        # One that has just ended needs no core.
        with suppress(ProcessLookupError):
            os.sched_setaffinity(thread.id, {core})


def cpu(pid: int) -> float:
    """Seconds of CPU that a process has used, in itself and in the kernel."""
    times = psutil.Process(pid).cpu_times()
    return times.user + times.system


def cpu_beside(server: int) -> float:
    """Seconds of CPU that the other core has worked: this process, and the database, a child of the server."""
    used = time.process_time()
    for child in psutil.Process(server).children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            used += cpu(child.pid)
    return used


def limit(server: float, load: float) -> str:
    """What held a run back, by how busy the two cores were, from 0 to 1."""
    if max(server, load) < 0.8:
        return "waiting (disk, other work)"
    return "the server" if server >= load else "load and database"


def people(count: int, *servers: Server) -> tuple[list[User], list[str]]:
    """Members of those servers, signed in: they, and their access tokens."""
    users = User.objects.bulk_create(User(username=f"person {secrets.token_hex(6)}") for _ in range(count))
    Member.objects.bulk_create(Member(user=user, server=server) for user in users for server in servers)
    sessions = Session.objects.bulk_create(Session(user=user, expires_at=refresh_expiry()) for user in users)
    return users, [access_token(session.user, session) for session in sessions]
