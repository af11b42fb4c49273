"""`manage.py up` as somebody who starts Together sees it: a process, its lines, its exit code, and what it leaves."""

import http.client
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psutil
import psycopg
import pytest

from together.database.embedded import Cluster, socket_dir
from together.testing.process import KEPT

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = {"TOGETHER_ENV": "production", "SECRET_KEY": secrets.token_urlsafe(64), "ALLOWED_HOSTS": "localhost"}

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="a parent's death is told on Linux only")


class Instance:
    """One `manage.py up` on a free port; its lines are in `said` once it has ended."""

    def __init__(self, data: Path, **environment: str) -> None:
        self.data = data
        self.port = int(environment.setdefault("PORT", str(free_port())))
        self.output = data.with_name(f"{data.name}-{self.port}.out")
        inherited = {name: os.environ[name] for name in KEPT if name in os.environ}
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "up"],
                cwd=ROOT,
                env={**inherited, "TOGETHER_ENV": "development", "TOGETHER_DATA_DIR": str(data), **environment},
                stdout=output,
                stderr=output,
            )

    @property
    def said(self) -> str:
        return self.output.read_text()

    def ready(self) -> "Instance":
        deadline = time.monotonic() + 30
        while "Ctrl-C stops it." not in self.said:
            assert self.process.poll() is None, self.said
            assert time.monotonic() < deadline, self.said
            time.sleep(0.02)
        return self

    def health(self) -> tuple[int, dict]:
        with closing(http.client.HTTPConnection("localhost", self.port, timeout=10)) as connection:
            connection.request("GET", "/api/health")
            response = connection.getresponse()
            return response.status, json.loads(response.read())

    def end(self, sign: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(sign)
        return self.process.wait(15)

    def refusal(self, within: float = 15) -> str:
        """What it said when it would not start."""
        assert self.process.wait(within) == 1, self.said
        return self.said.strip()


Up = Callable[..., Instance]


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Instance:
    """An instance that was started for the first time, and ended; the others begin with a copy of its data."""
    instance = Instance(tmp_path_factory.mktemp("first") / "data").ready()
    assert instance.health()[0] == 200
    assert instance.end() == 0
    return instance


@pytest.fixture
def data(first: Instance, tmp_path: Path) -> Path:
    return shutil.copytree(first.data, tmp_path / "data")


@pytest.fixture
def up() -> Iterator[Up]:
    started: list[Instance] = []

    def up(data: Path, **environment: str) -> Instance:
        started.append(Instance(data, **environment))
        return started[-1]

    yield up
    for instance in started:
        instance.process.kill()
        instance.process.wait()
    for instance in started:
        assert not remaining(instance.data)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def remaining(data: Path) -> list[str]:
    """The processes of an instance that are still there five seconds later."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        found = [process.info["cmdline"] for process in psutil.process_iter(["cmdline"])]
        if not (left := [" ".join(line) for line in found if line and f"{data}/postgres" in " ".join(line)]):
            return []
        time.sleep(0.05)
    return left


def query(data: Path, statement: str) -> list[tuple]:
    where = {"host": str(socket_dir(data)), "port": 5432, "user": "postgres", "dbname": "together"}
    with psycopg.connect(**where, autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def test_the_first_start_says_where_to_go_and_who_can_sign_in(first: Instance):
    assert first.said.splitlines() == [
        f"Together is at http://127.0.0.1:{first.port} and keeps its data in {first.data}.",
        "Sign in as alice, bob, charlie, diana or eve with the password password123.",
        "Ctrl-C stops it.",
    ]
    assert not remaining(first.data)


def test_a_second_start_keeps_everything(up: Up, data: Path):
    instance = up(data).ready()
    query(data, "UPDATE users SET custom_status = 'here to stay' WHERE username = 'bob'")
    query(data, "DELETE FROM users WHERE username = 'eve'")
    assert instance.end() == 0
    before = time.monotonic()
    up(data).ready()
    assert time.monotonic() - before < 10
    assert query(data, "SELECT custom_status FROM users WHERE username = 'bob'") == [("here to stay",)]
    assert query(data, "SELECT count(*) FROM users") == [(4,)]


def test_ctrl_c_is_no_failure(up: Up, data: Path):
    instance = up(data).ready()
    assert instance.end(signal.SIGINT) == 0
    assert not remaining(data)


def test_being_told_to_stop_while_it_still_starts_is_no_failure(up: Up, tmp_path: Path):
    instance = up(tmp_path / "data")
    while not (tmp_path / "data/postgres").exists():
        time.sleep(0.02)
    assert instance.end() == 0
    assert not remaining(instance.data)


@on_linux
def test_a_killed_launcher_leaves_no_process_and_no_loss(up: Up, data: Path):
    instance = up(data).ready()
    query(data, "UPDATE users SET custom_status = 'committed' WHERE username = 'bob'")
    instance.process.kill()
    assert not remaining(data)
    up(data).ready()
    assert query(data, "SELECT custom_status FROM users WHERE username = 'bob'") == [("committed",)]


@on_linux
def test_it_ends_with_the_make_that_started_it(up: Up, data: Path):
    port = str(free_port())
    environment = {**os.environ, "MAKELEVEL": "1", "TOGETHER_ENV": "development", "TOGETHER_DATA_DIR": str(data)}
    # A shell that stays between, as make does.
    make = subprocess.Popen(
        ["/bin/sh", "-c", f"{sys.executable} manage.py up; true"],
        cwd=ROOT,
        env={**environment, "PORT": port},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert make.stdout
    while "Ctrl-C" not in make.stdout.readline():
        assert make.poll() is None
    make.kill()
    make.wait()
    assert not remaining(data)


def test_two_instances_run_side_by_side(up: Up, data: Path, tmp_path: Path):
    other = shutil.copytree(data, tmp_path / "other")
    instances = [up(data), up(other)]
    assert [instance.ready().health()[0] for instance in instances] == [200, 200]
    assert instances[0].end() == 0
    assert instances[1].health()[0] == 200


def test_a_database_that_falls_is_started_again(up: Up, data: Path):
    instance = up(data).ready()
    pid = int((data / "postgres/postmaster.pid").read_text().split()[0])
    psutil.Process(pid).kill()
    deadline = time.monotonic() + 15
    time.sleep(0.2)
    while instance.health()[0] != 200 and time.monotonic() < deadline:
        time.sleep(0.1)
    assert instance.health()[0] == 200
    assert pid != int((data / "postgres/postmaster.pid").read_text().split()[0])


def test_a_command_uses_the_running_database_and_leaves_it_running(up: Up, data: Path):
    instance = up(data).ready()
    environment = {**os.environ, "TOGETHER_ENV": "development", "TOGETHER_DATA_DIR": str(data)}
    subprocess.run([sys.executable, "manage.py", "migrate", "--check"], cwd=ROOT, env=environment, check=True)
    assert instance.health()[0] == 200


def test_a_token_in_an_address_is_never_logged(up: Up, data: Path):
    instance = up(data, LOG_LEVEL="DEBUG").ready()
    upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {}\r\n"
    for headers in ("Connection: close\r\n", upgrade.format("dGhlIHNhbXBsZSBub25jZQ==")):
        with closing(socket.create_connection(("127.0.0.1", instance.port), timeout=5)) as client:
            client.sendall(f"GET /ws?token=very-secret HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n".encode())
            assert client.recv(65536).startswith(b"HTTP/1.1 ")
    assert instance.end() == 0
    assert "very-secret" not in instance.said


def test_a_port_that_is_taken_is_named(up: Up, data: Path):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        refusal = up(data, PORT=str(port)).refusal()
    assert refusal == f"Port {port} is taken: stop what uses it, or set PORT to another one."


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({"HOST": "192.0.2.1"}, "HOST 192.0.2.1 is not an address of this machine."),
        ({"HOST": "nowhere.invalid"}, "HOST nowhere.invalid is not a known address."),
        ({"TOGETHER_ENV": "staging"}, "TOGETHER_ENV"),
        ({"TOGETHER_EMBEDDED_POSTGRES": "9"}, "TOGETHER_EMBEDDED_POSTGRES must be 16 or 18, not 9."),
        ({"TOGETHER_EMBEDDED_POSTGRES": "16"}, "was written by PostgreSQL 18"),
        ({"DATABASE_URL": "mysql://a@b/c"}, "DATABASE_URL"),
        ({**PRODUCTION, "SECRET_KEY": ""}, "SECRET_KEY"),
        ({**PRODUCTION, "ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS"),
        (PRODUCTION, "`manage.py changepassword alice`"),
        ({"HOST": "0.0.0.0"}, "`manage.py changepassword alice`"),
    ],
)
def test_what_is_wrong_is_told_in_one_sentence(up: Up, data: Path, environment: dict[str, str], named: str):
    refusal = up(data, **environment).refusal()
    assert named in refusal
    assert len(refusal.splitlines()) == 1


def test_a_port_that_is_no_number_is_told_in_one_sentence(data: Path):
    environment = {**os.environ, "PORT": "eight", "TOGETHER_DATA_DIR": str(data)}
    done = subprocess.run(
        [sys.executable, "manage.py", "up"], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "PORT" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("part", ["http", "gateway"])
def test_a_part_without_redis_is_told_in_one_sentence(data: Path, part: str):
    environment = {**os.environ, "TOGETHER_ENV": "development", "TOGETHER_DATA_DIR": str(data), "REDIS_URL": ""}
    command = [sys.executable, "manage.py", "up", "--only", part]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr == "REDIS_URL must be set with --only: news travels between processes through Redis.\n"


def test_a_database_that_cannot_be_reached_is_told_within_ten_seconds(up: Up, data: Path):
    address = f"postgresql://somebody:very-secret@127.0.0.1:{free_port()}/together"
    refusal = up(data, DATABASE_URL=address).refusal(within=10)
    assert refusal.startswith("The database that DATABASE_URL names cannot be reached: ")
    assert "very-secret" not in refusal
    assert len(refusal.splitlines()) == 1


def test_a_database_of_ones_own_is_used_and_left_running(up: Up, data: Path, tmp_path: Path):
    with Cluster(data) as cluster:
        instance = up(tmp_path / "empty", DATABASE_URL=f"postgresql://postgres@/together?host={cluster.socket_dir}")
        instance.ready()
        assert instance.health()[0] == 200
        assert instance.end() == 0
        assert cluster.alive
    assert not (tmp_path / "empty/postgres").exists()


def test_production_starts_without_demo_data_and_with_its_static_files(up: Up, tmp_path: Path):
    instance = up(tmp_path / "data", **PRODUCTION).ready()
    assert query(instance.data, "SELECT count(*) FROM users") == [(0,)]
    assert instance.health()[0] == 200
    assert instance.end() == 0
    assert (instance.data / "static/staticfiles.json").exists()
    assert "password123" not in instance.said


def test_the_public_may_come_once_the_demo_passwords_are_changed(up: Up, data: Path):
    with Cluster(data):
        query(data, "UPDATE users SET password = '!'")
    instance = up(data, HOST="0.0.0.0").ready()
    assert "Sign in as" not in instance.said
    assert instance.end() == 0
