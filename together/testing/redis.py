"""A real Redis, which may go and come back."""

import os
import shutil
import signal
import socket
import subprocess
import time
from types import TracebackType
from typing import Self

import pytest

from together.testing.process import free_port


class Redis:
    """A Redis of a test's own on a free port. Skips the test where there is none to be had."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}"
        self._binary = shutil.which("redis-server")

    def start(self) -> None:
        command = [str(self._binary), "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                break
            except ConnectionRefusedError:
                time.sleep(0.01)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def freeze(self) -> None:
        """It is there and says nothing, as behind a network that has gone silent."""
        self.process.send_signal(signal.SIGSTOP)

    def __enter__(self) -> Self:
        if self._binary is None and not os.environ.get("CI"):
            pytest.skip("redis-server is not installed: `make browser` gets it")
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.kill()
