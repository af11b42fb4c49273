"""What has to be true before the first request: tables, first data, static files, and no published password."""

import hashlib
import ipaddress
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import check_password
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection
from django.db.models import Q
from django.db.models.functions import Lower

from . import CannotStart
from .database import disconnect

DEMO_NAMES = ("alice", "bob", "charlie", "diana", "eve")
DEMO_PASSWORD = "password123"  # noqa: S105

_DEMO_IDS = [uuid.UUID(int=number) for number in range(1, 6)]
# Any number that nothing else takes a lock on.
_LOCK = 7_063_128


def prepare() -> list[str]:
    """Brings the database and the static files up to date, one process at a time.

    Returns the names of the demo people who can sign in. Raises CannotStart when there are any and strangers could.
    """
    with _alone():
        call_command("migrate", interactive=False, verbosity=0, skip_checks=True)
        if _among_ourselves() and _is_empty():
            call_command("loaddata", "demo", verbosity=0)
        names = _open_demo_accounts()
        if names and not _among_ourselves():
            raise CannotStart(
                f"The account {names[0]} still has the published demo password: change it with "
                f"`manage.py changepassword {names[0]}`, for each of {', '.join(names)}, before others can come in."
            )
        if settings.TOGETHER_ENV == "production":
            _collect_static()
    return names


@contextmanager
def _alone() -> Iterator[None]:
    with connection.cursor() as cursor:
        # A migration may take its time, and another process waits for it as long as it takes.
        cursor.execute("SET statement_timeout = 0; SET lock_timeout = 0")
        cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        cursor.execute("RESET lock_timeout")
    try:
        yield
    finally:
        # With the connection itself goes the lock, and what was set on it.
        disconnect()


def _among_ourselves() -> bool:
    return settings.TOGETHER_ENV == "development" and _is_loopback(settings.HOST)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _is_empty() -> bool:
    return not get_user_model()._base_manager.exists() and not apps.get_model("guilds", "Server")._base_manager.exists()


def _open_demo_accounts() -> list[str]:
    people = get_user_model()._base_manager.alias(lower=Lower("username"))
    people = people.filter(Q(pk__in=_DEMO_IDS) | Q(lower__in=DEMO_NAMES)).order_by("lower")
    return [name for name, known in people.values_list("username", "password") if check_password(DEMO_PASSWORD, known)]


def _collect_static() -> None:
    root = Path(settings.STATIC_ROOT)
    stamp, current = root.with_name(f"{root.name}.stamp"), _fingerprint()
    if stamp.exists() and stamp.read_text() == current and root.exists():
        return
    call_command("collectstatic", interactive=False, verbosity=0, skip_checks=True)
    stamp.write_text(current)


def _fingerprint() -> str:
    facts = hashlib.sha256(repr(settings.STORAGES).encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            found = Path(storage.path(name)).stat()
            facts.update(f"{name} {found.st_size} {found.st_mtime_ns}\n".encode())
    return facts.hexdigest()
