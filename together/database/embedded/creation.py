"""Making a cluster and its database, the same on every machine whatever its locale."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo

from . import accounts
from .errors import DatabaseUnavailable
from .paths import PORT

_LOCALE = "C.UTF-8" if sys.platform == "linux" else "en_US.UTF-8"
# Version 16 has no locale of its own and takes the one of the C library.
_PROVIDERS = {"16": [f"--locale={_LOCALE}"], "18": ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]}


def create_cluster(home: Path, programs: Path, version: str) -> None:
    """Makes a cluster in `home`, which appears only when it is whole. Raises DatabaseUnavailable."""
    fresh = home.with_name(f"{home.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    account, programs = accounts.choose(fresh, programs)
    command = [str(programs / "bin/initdb"), "-D", str(fresh), "-U", "postgres", "-E", "UTF8", "--no-instructions"]
    command += ["--auth-local=trust", "--auth-host=reject", *_PROVIDERS[version]]
    done = subprocess.run(  # noqa: S603
        command, capture_output=True, text=True, cwd="/", env=environment(), umask=0o077, **account.options
    )
    if done.returncode != 0:
        shutil.rmtree(fresh, ignore_errors=True)
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise DatabaseUnavailable(f"A PostgreSQL cluster could not be made in {home.parent}: {reason}")
    fresh.rename(home)


def create_database(socket_dir: Path) -> None:
    """Makes the database `together` unless it is there. Raises psycopg.Error."""
    where = make_conninfo(host=str(socket_dir), port=PORT, user="postgres", dbname="postgres", connect_timeout=10)
    with psycopg.connect(where, autocommit=True) as connection:
        # Two processes may come here together, and CREATE DATABASE knows no IF NOT EXISTS.
        connection.execute("SELECT pg_advisory_lock(1)")
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = 'together'").fetchone() is None:
            connection.execute("CREATE DATABASE together")


def environment() -> dict[str, str]:
    """The environment for PostgreSQL's programs, without what would steer them elsewhere."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    return {**kept, "LC_ALL": _LOCALE}
