"""A real Redis for tests of several processes."""

import os
import shutil
import signal
import subprocess
import time
from types import TracebackType
from typing import Self

import pytest
import redis

from together.testing.process import free_port

PROGRAM = shutil.which("redis-server")


class Redis:
    """A Redis on a free port that keeps nothing on disk, and may go, come back, or forget."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Run it and wait until it answers."""
        command = [str(PROGRAM), "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            try:
                with redis.Redis(port=self.port) as client:
                    client.ping()
                    return
            except redis.ConnectionError:
                time.sleep(0.02)
        raise RuntimeError("Redis did not start.")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def flush(self) -> None:
        with redis.Redis(port=self.port) as client:
            client.flushall()

    def cut(self) -> None:
        """Cut the connections of all its clients."""
        with redis.Redis(port=self.port) as client:
            for kind in ("normal", "pubsub"):
                client.execute_command("CLIENT", "KILL", "TYPE", kind, "SKIPME", "yes")

    def freeze(self) -> None:
        """It is there and says nothing, as behind a network that has gone silent."""
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def __enter__(self) -> Self:
        required()
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.kill()


def required() -> None:
    """Skip the test where there is no Redis; in CI it has to be there."""
    if PROGRAM is None and not os.environ.get("CI"):
        pytest.skip("redis-server is not installed: `make browser` gets it")
