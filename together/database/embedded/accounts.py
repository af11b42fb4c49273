"""Who the embedded PostgreSQL runs as, and how it dies with its launcher.

PostgreSQL refuses to run as root. A launcher that is root prefers a user namespace in which root appears as nobody:
files stay root's and nothing is copied. Where namespaces are forbidden it drops to an account of the system.
"""

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import DatabaseUnavailable

# From <linux/prctl.h> and <linux/sched.h>.
_PR_SET_PDEATHSIG = 1
_CLONE_NEWUSER = 0x10000000

# Loaded before any fork: between fork and exec nothing may take the loader's lock.
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Account:
    """Someone that PostgreSQL agrees to run as. `options` are the Popen arguments that become it."""

    uid: int
    gid: int
    options: dict[str, Any]


def choose(directory: Path, programs: Path) -> tuple[Account, Path]:
    """The account for a cluster in `directory`, which from now on belongs to it, and the programs it can run.

    `programs` is an installation with `bin` in it. Raises DatabaseUnavailable when nobody fits.
    """
    if os.geteuid() != 0:
        return _myself(), programs
    for account in _candidates(directory):
        if not _works(account, ["/bin/sh", "-c", 'cd "$1"', "sh", str(directory.parent)]):
            continue
        if not _works(account, [str(programs / "bin/postgres"), "--version"]):
            if account.uid == 0:
                continue
            programs = _copy(programs, directory.parent / "programs")
        _give(directory, account)
        return account, programs
    raise DatabaseUnavailable(
        "PostgreSQL refuses to run as root and no other account can reach the data directory: "
        "start Together as an ordinary user, or set TOGETHER_DATA_DIR to a directory outside of private ones."
    )


def _candidates(directory: Path) -> Iterator[Account]:
    owner = directory.stat().st_uid
    if owner == 0:
        yield _root_in_disguise()
    around = (parent.stat().st_uid for parent in directory.parents)
    known = {entry.pw_name: entry.pw_uid for entry in pwd.getpwall()}
    for uid in dict.fromkeys([owner, *around, known.get("postgres"), known.get("nobody")]):
        if uid and uid in known.values():
            yield _someone(pwd.getpwuid(uid))


def _myself() -> Account:
    return Account(os.geteuid(), os.getegid(), {"preexec_fn": _before_exec()})


def _someone(entry: pwd.struct_passwd) -> Account:
    identity = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    return Account(entry.pw_uid, entry.pw_gid, {**identity, "preexec_fn": _before_exec()})


def _root_in_disguise() -> Account:
    # initdb wants to know the name of who runs it: the last account that there is, mostly nobody.
    return Account(0, 0, {"preexec_fn": _before_exec(disguise=max(entry.pw_uid for entry in pwd.getpwall()))})


def _before_exec(disguise: int | None = None) -> Callable[[], None] | None:
    if sys.platform != "linux":
        return None
    launcher = os.getpid()

    def prepare() -> None:
        if disguise is not None:
            if _libc.unshare(_CLONE_NEWUSER) != 0:
                raise OSError(ctypes.get_errno(), "no user namespaces")
            Path("/proc/self/setgroups").write_text("deny")
            Path("/proc/self/uid_map").write_text(f"{disguise} 0 1")
            Path("/proc/self/gid_map").write_text(f"{disguise} 0 1")
        # After every change of identity: the kernel forgets the signal when credentials change.
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGINT)
        if os.getppid() != launcher:
            os._exit(1)

    return prepare


def _works(account: Account, command: list[str]) -> bool:
    try:
        done = subprocess.run(command, cwd="/", capture_output=True, timeout=10, **account.options)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0


def _copy(programs: Path, target: Path) -> Path:
    """Copies an installation to where the account can run it; its libraries are found beside it, by rpath."""
    package, libraries = programs.parent, programs.parent.with_name(f"{programs.parent.name}.libs")
    copy = target / package.name / programs.name
    if not copy.exists():
        shutil.copytree(libraries, target / libraries.name, dirs_exist_ok=True)
        shutil.copytree(programs, copy)
        for folder in (target, target / package.name):
            folder.chmod(0o755)
    return copy


def _give(directory: Path, account: Account) -> None:
    if directory.stat().st_uid == account.uid:
        return
    for path in (directory, *directory.rglob("*")):
        os.chown(path, account.uid, account.gid, follow_symlinks=False)
