"""What is attacked: processes with their database and their Redis, each of which can be hit and mended."""

import signal
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx
import psutil

from together.database.embedded import Cluster, socket_dir
from together.testing.process import Instance
from together.testing.redis import Redis

# Seconds in which everything must serve again after a fault (threats.md: ready again within 15 s). Twice as long, since
# a machine that runs other tests too is slow to start a process.
MENDED = 30.0


class World:
    """One process with its embedded database; or several on one database, with Redis between them."""

    def __init__(self, directory: Path, processes: int = 1) -> None:
        self.cluster: Cluster | None = None
        self.redis: Redis | None = None
        shared: dict[str, str] = {}
        if processes > 1:
            self.cluster, self.redis = Cluster(directory / "database"), Redis()
            database = f"postgresql://postgres@/together?host={self.cluster.socket_dir}"
            secret = "the same in all processes, " * 3
            shared = {"DATABASE_URL": database, "REDIS_URL": self.redis.url, "SECRET_KEY": secret}
        self.instances = [Instance(directory / f"process-{number}", **shared) for number in range(processes)]
        data = self.cluster.data_dir if self.cluster else directory / "process-0"
        self.socket_dir = socket_dir(data)
        self._postmaster = data / "postgres" / "postmaster.pid"

    def __enter__(self) -> Self:
        if self.redis:
            self.redis.start()
        if self.cluster:
            self.cluster.start()
        for instance in self.instances:
            instance.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for instance in self.instances:
            try:
                instance.stop()
            except subprocess.TimeoutExpired:
                instance.kill()
        if self.cluster:
            self.cluster.stop()
        if self.redis:
            self.redis.kill()

    @property
    def ports(self) -> list[int]:
        return [instance.port for instance in self.instances]

    @property
    def postmaster(self) -> psutil.Process:
        return psutil.Process(int(self._postmaster.read_text().split()[0]))

    def kill(self, instance: Instance) -> None:
        """`kill -9`, and start it again."""
        instance.kill()
        instance.start()

    def restart(self, instance: Instance) -> None:
        """As a deployment does. Raises `AssertionError` when it does not end in peace."""
        status = instance.stop()
        assert status == 0, f"SIGTERM ended it with {status}: {instance.log.read_text()[-2000:]}"
        instance.start()

    def restart_database(self, sign: signal.Signals = signal.SIGINT) -> None:
        """Let PostgreSQL fall, by a fast shutdown or as `sign` says, and come back."""
        postmaster = self.postmaster
        postmaster.send_signal(sign)
        if self.cluster:
            postmaster.wait(20)
            self.cluster.start()
        self.mended()

    def kill_backend(self) -> None:
        """Kill one of PostgreSQL's own processes: it throws everybody out and recovers."""
        backends = [child for child in self.postmaster.children() if "postgres together" in " ".join(child.cmdline())]
        if backends:
            backends[-1].kill()
        self.mended()

    def freeze_database(self, seconds: float) -> None:
        """Stop all of PostgreSQL's processes for a while."""
        frozen = [self.postmaster, *self.postmaster.children(recursive=True)]
        for process in frozen:
            process.suspend()
        time.sleep(seconds)
        for process in frozen:
            process.resume()
        self.mended()

    def mended(self) -> None:
        """Wait until every process says that it is ready. Raises `AssertionError` when one does not in time."""
        deadline = time.monotonic() + MENDED
        for instance in self.instances:
            while not ready(instance):
                assert time.monotonic() < deadline, f"Not ready again: {instance.log.read_text()[-2000:]}"
                time.sleep(0.1)


def ready(instance: Instance) -> bool:
    try:
        return httpx.get(f"{instance.url}/api/health/ready", timeout=6).status_code == 200
    except httpx.HTTPError:
        return False
