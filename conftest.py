"""The test session: its environment, and a PostgreSQL of its own unless DATABASE_URL names one.

The embedded cluster lives in the temporary directory and is kept, so that only the first run has to make one. A second
session of the same checkout at the same time takes the next place, so neither stops or empties the other's database.
"""

import fcntl
import hashlib
import itertools
import os
import tempfile
from pathlib import Path

import psycopg
import pytest

pytest_plugins = ["together.testing.fixtures"]

ROOT = Path(__file__).resolve().parent
WORKER = "PYTEST_XDIST_WORKER" in os.environ

_held: list[int] = []


def pytest_configure(config: pytest.Config) -> None:
    # Before anything imports the settings, which is why the settings module is not named in pyproject.toml:
    # pytest-django would load it earlier than this file.
    os.environ["DJANGO_SETTINGS_MODULE"] = "together.settings"
    os.environ["TOGETHER_ENV"] = "test"
    # What an `.env` file of the developer says of Redis is not for tests.
    os.environ["REDIS_URL"] = ""
    if not WORKER:
        os.environ["TOGETHER_DATA_DIR"] = str(_take_place())

    import django
    from django.conf import settings

    from together.database.embedded import Cluster

    django.setup()
    if settings.EMBEDDED_DATABASE and not WORKER:
        cluster = Cluster(settings.DATA_DIR)
        cluster.start()
        config.add_cleanup(cluster.stop)
        _trade_safety_for_speed(str(cluster.socket_dir))


def _take_place() -> Path:
    digest = hashlib.sha256(os.fsencode(ROOT)).hexdigest()[:12]
    base = Path(tempfile.gettempdir()) / f"together-tests-{os.geteuid()}-{digest}"
    base.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, exist_ok=True)
    if base.is_symlink() or base.stat().st_uid != os.geteuid():
        raise pytest.UsageError(f"{base} belongs to someone else: remove it, or set TMPDIR.")
    for number in itertools.count():
        lock = os.open(base / f"{number}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            continue
        _held.append(lock)
        return base / str(number)
    raise AssertionError


def _trade_safety_for_speed(host: str) -> None:
    with psycopg.connect(host=host, user="postgres", dbname="postgres", autocommit=True) as connection:
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {name} = off")
        connection.execute("SELECT pg_reload_conf()")
