"""The embedded PostgreSQL: started, shared, stopped, killed and found again."""

import errno
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg
import pytest

from together.database.embedded import Cluster, DatabaseUnavailable, accounts, socket_dir

ROOT = Path(__file__).resolve().parents[2]
LAUNCHER = """
import sys, time
from pathlib import Path
from together.database.embedded import Cluster
cluster = Cluster(Path(sys.argv[1]))
cluster.start()
print("owner" if cluster.owned else "guest", flush=True)
time.sleep(float(sys.argv[2]))
"""

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="a parent's death is told on Linux only")
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="for root only")

Launch = Callable[..., subprocess.Popen[str]]


@pytest.fixture(scope="module")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with a cluster that was made and stopped: cheaper to copy than to make."""
    folder = tmp_path_factory.mktemp("pattern")
    with Cluster(folder):
        pass
    return folder


@pytest.fixture
def data(pattern: Path, tmp_path: Path) -> Path:
    return shutil.copytree(pattern, tmp_path / "data")


@pytest.fixture
def launch(data: Path) -> Iterator[Launch]:
    """Starts the cluster from a process of its own, which lives for `seconds`."""
    started: list[subprocess.Popen[str]] = []

    def launch(seconds: float = 60) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", LAUNCHER, str(data), str(seconds)]
        started.append(subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True))
        return started[-1]

    yield launch
    for process in started:
        process.kill()
        process.communicate()
    assert not remaining(data)


def said(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline().strip()


def query(data: Path, statement: str) -> list[tuple]:
    where = {"host": str(socket_dir(data)), "port": 5432, "user": "postgres", "dbname": "together"}
    with psycopg.connect(**where, autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def owners(data: Path) -> set[int]:
    """Whose PostgreSQL's processes are; those of its workers that have just ended are nobody's."""
    found = set()
    for process in servers(data):
        with suppress(psutil.NoSuchProcess):
            found.add(process.uids().effective)
    return found


def servers(data: Path) -> list[psutil.Process]:
    """The postmaster of the cluster and its children, as far as they live."""
    found = []
    for process in psutil.process_iter(["name"]):
        # Between being listed and being looked at, it may have become a zombie or gone.
        with suppress(psutil.NoSuchProcess):
            if process.info["name"] == "postgres" and str(data) in " ".join(process.cmdline()):
                found += [process, *process.children()]
    return found


def kill_servers(data: Path) -> None:
    for process in servers(data):
        # A worker may have ended by itself.
        with suppress(psutil.NoSuchProcess):
            process.kill()


def remaining(data: Path, patience: float = 5) -> list[psutil.Process]:
    deadline = time.monotonic() + patience
    while (left := servers(data)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return left


@pytest.mark.parametrize("version", [16, 18])
def test_a_new_data_directory_gets_a_cluster_and_a_database(tmp_path: Path, version: int):
    with Cluster(tmp_path / "new" / "data", version) as cluster:
        assert cluster.owned
        assert cluster.alive
        [(found, encoding, lower, zone, jit)] = query(
            tmp_path / "new" / "data",
            "SELECT current_setting('server_version_num')::int / 10000, current_setting('server_encoding'),"
            " lower('ÀÉÑ'), current_setting('TimeZone'), current_setting('jit')",
        )
        assert (found, encoding, lower, zone, jit) == (version, "UTF8", "àéñ", "UTC", "off")
    assert not cluster.owned
    assert not remaining(tmp_path)


def test_the_environment_of_the_launcher_steers_nothing(data: Path, monkeypatch: pytest.MonkeyPatch):
    for name, value in {"PGPORT": "1", "PGHOST": "elsewhere", "PGDATA": "/x", "TZ": "Asia/Tokyo", "LANG": "x"}.items():
        monkeypatch.setenv(name, value)
    with Cluster(data):
        assert query(data, "SELECT current_setting('TimeZone')") == [("UTC",)]


def test_nobody_else_on_the_machine_can_reach_it(data: Path):
    with Cluster(data) as cluster:
        assert query(data, "SELECT current_setting('listen_addresses')") == [("",)]
        assert cluster.socket_dir.stat().st_mode & 0o077 == 0
        assert (data / "postgres.log").stat().st_mode & 0o077 == 0


def test_a_second_process_attaches_to_the_running_cluster(data: Path, launch: Launch):
    owner, guest = launch(), None
    assert said(owner) == "owner"
    guest = launch(seconds=0)
    assert said(guest) == "guest"
    assert guest.wait() == 0
    assert query(data, "SELECT 1") == [(1,)]


def test_of_four_that_start_at_once_one_owns_the_cluster(data: Path, launch: Launch):
    assert sorted(said(process) for process in [launch() for _ in range(4)]) == ["guest"] * 3 + ["owner"]


def test_a_cluster_that_is_being_stopped_is_waited_for(data: Path, launch: Launch):
    owner = launch(seconds=0)
    assert said(owner) == "owner"
    with Cluster(data) as cluster:
        owner.wait()
        cluster.start()
        assert cluster.owned
        assert query(data, "SELECT 1") == [(1,)]


@on_linux
def test_a_killed_owner_leaves_no_server_and_no_loss(data: Path, launch: Launch):
    owner = launch()
    assert said(owner) == "owner"
    query(data, "CREATE TABLE notes AS SELECT generate_series(1, 1000) AS number")
    owner.kill()
    assert not remaining(data)
    with Cluster(data):
        assert query(data, "SELECT count(*) FROM notes") == [(1000,)]


def test_committed_rows_survive_the_kill_of_launcher_and_server(data: Path, launch: Launch):
    owner = launch()
    assert said(owner) == "owner"
    query(data, "CREATE TABLE notes AS SELECT generate_series(1, 1000) AS number")
    owner.send_signal(signal.SIGSTOP)
    kill_servers(data)
    owner.kill()
    with Cluster(data) as cluster:
        assert cluster.owned
        assert query(data, "SELECT count(*) FROM notes") == [(1000,)]


def test_the_zombie_of_a_killed_server_does_not_keep_the_next_from_starting(data: Path, launch: Launch):
    owner = launch()
    assert said(owner) == "owner"
    owner.send_signal(signal.SIGSTOP)
    kill_servers(data)
    assert not remaining(data)
    pid = int((data / "postgres/postmaster.pid").read_text().split()[0])
    assert psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    with Cluster(data) as cluster:
        assert cluster.owned


@pytest.mark.parametrize("content", ["", "not a number", "{pid}\n/x\n1\n5432\n\n\n0\n", "1\n"])
def test_a_stale_pid_file_does_not_keep_it_from_starting(data: Path, content: str):
    content = content.format(pid=os.getpid())
    (data / "postgres/postmaster.pid").write_text(content)
    (socket_dir(data) / ".s.PGSQL.5432.lock").write_text(content)
    with Cluster(data) as cluster:
        assert cluster.owned


def test_a_server_that_fell_is_started_again_by_its_owner(data: Path):
    with Cluster(data) as cluster:
        kill_servers(data)
        while cluster.alive:
            time.sleep(0.01)
        cluster.start()
        assert cluster.owned
        assert query(data, "SELECT 1") == [(1,)]


def test_a_forked_child_does_not_stop_the_server_of_its_parent(data: Path):
    with Cluster(data) as cluster:
        if (child := os.fork()) == 0:
            cluster.stop()
            os._exit(int(cluster.owned))
        assert os.waitpid(child, 0)[1] == 0
        assert query(data, "SELECT 1") == [(1,)]


def test_a_path_too_long_for_a_socket_gets_a_short_one(data: Path):
    long = data.rename(data.with_name("x" * 100))
    assert socket_dir(long) != long / "postgres"
    with Cluster(long) as cluster:
        assert query(long, "SELECT 1") == [(1,)]
        assert cluster.socket_dir.stat().st_mode & 0o777 == 0o700
    shutil.rmtree(cluster.socket_dir)


def test_a_socket_directory_of_somebody_else_is_not_trusted(data: Path):
    long = data.rename(data.with_name("y" * 100))
    socket_dir(long).symlink_to("/")
    with pytest.raises(DatabaseUnavailable, match="belongs to someone else"):
        Cluster(long).start()
    socket_dir(long).unlink()


def test_a_private_home_stays_private(data: Path):
    for folder in (data.parent, data.parent.parent):
        folder.chmod(0o700)
    before = {folder: folder.stat().st_mode for folder in data.parents}
    with Cluster(data):
        assert query(data, "SELECT 1") == [(1,)]
    assert {folder: folder.stat().st_mode for folder in data.parents} == before


def test_data_of_another_version_is_left_alone(data: Path):
    with pytest.raises(DatabaseUnavailable, match=r"written by PostgreSQL 18 and version 16 cannot read it"):
        Cluster(data, 16).start()


def test_a_version_that_is_not_carried_is_named(data: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TOGETHER_EMBEDDED_POSTGRES", "17")
    with pytest.raises(DatabaseUnavailable, match="must be 16 or 18, not 17"):
        Cluster(data).start()


def test_a_data_directory_that_is_a_file_is_named(tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(DatabaseUnavailable, match=r"file cannot be used: File exists\."):
        Cluster(tmp_path / "file").start()


def test_a_machine_on_which_no_further_process_may_start_is_named(data: Path, monkeypatch: pytest.MonkeyPatch):
    def fail(*_: object) -> None:
        raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))

    monkeypatch.setattr(Cluster, "_launch", fail)
    with pytest.raises(DatabaseUnavailable, match="temporarily unavailable"):
        Cluster(data).start()


def test_a_server_that_refuses_to_start_says_why(data: Path):
    (data / "postgres/postgresql.conf").write_text("nonsense = 1")
    with pytest.raises(DatabaseUnavailable, match=r"did not start: .* contains errors \(see .*postgres\.log\)"):
        Cluster(data).start()


class TestRootWithoutNamespaces:
    """Some containers forbid user namespaces: then the server becomes an account of the system."""

    pytestmark = as_root

    @pytest.fixture(autouse=True)
    def forbidden(self, monkeypatch: pytest.MonkeyPatch):
        broken = accounts.Account(0, 0, {"preexec_fn": lambda: 1 / 0})
        monkeypatch.setattr(accounts, "_root_in_disguise", lambda: broken)

    @pytest.fixture
    def reachable(self) -> Iterator[Path]:
        with tempfile.TemporaryDirectory() as folder:
            Path(folder).chmod(0o755)
            yield Path(folder) / "data"

    def test_the_cluster_belongs_to_an_ordinary_account(self, reachable: Path):
        with Cluster(reachable) as cluster:
            assert query(reachable, "SELECT 1") == [(1,)]
            owner = cluster.home.stat().st_uid
            assert owner != 0
            assert owners(reachable) == {owner}
        with Cluster(reachable):
            assert query(reachable, "SELECT 1") == [(1,)]

    def test_a_cluster_of_root_is_handed_over(self, reachable: Path, pattern: Path):
        shutil.copytree(pattern, reachable)
        reachable.chmod(0o711)
        with Cluster(reachable):
            assert query(reachable, "SELECT 1") == [(1,)]

    def test_programs_in_a_private_directory_are_copied(self, reachable: Path, monkeypatch: pytest.MonkeyPatch):
        works = accounts._works
        private = str(Path(sys.prefix))

        def pretend(account: accounts.Account, command: list[str]) -> bool:
            return not command[0].startswith(private) and works(account, command)

        monkeypatch.setattr(accounts, "_works", pretend)
        with Cluster(reachable):
            assert query(reachable, "SELECT 1") == [(1,)]
            assert str(reachable / "programs") in servers(reachable)[0].cmdline()[0]

    def test_a_data_directory_in_a_private_place_is_refused(self, tmp_path: Path):
        tmp_path.chmod(0o700)
        with pytest.raises(DatabaseUnavailable, match="no other account can reach the data directory"):
            Cluster(tmp_path / "data").start()
        assert tmp_path.stat().st_mode & 0o777 == 0o700


@as_root
def test_root_in_the_home_of_somebody_works_as_that_person():
    nobody = pwd.getpwnam("nobody")
    with tempfile.TemporaryDirectory() as folder:
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        with Cluster(Path(folder) / "data") as cluster:
            assert query(Path(folder) / "data", "SELECT 1") == [(1,)]
            assert cluster.home.stat().st_uid == nobody.pw_uid
